#pragma once

#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"

namespace fgsync::functiongraph {

struct Trigger {
  std::string id;
  std::string type_code;   ///< `TIMER`, `APIG`, `DEDICATEDGATEWAY`, `OBS`, `SMN`, `KAFKA`, …
  std::string status;      ///< `ACTIVE`, `DISABLED`
  std::string event_data;  ///< a JSON object; what is in it depends on the type (models: triggers)
  Timestamp last_updated_time = {};
  Timestamp created_time = {};
};

struct TriggerRequest {
  std::string type_code;
  std::string status;           ///< empty: the service's default
  std::string event_type_code;  ///< empty: not sent
  std::string event_data;       ///< a JSON object. May hold passwords: never shown, never logged
};

/// All that an update takes. Absent: left as it is.
struct TriggerUpdate {
  std::string status;
  std::string event_data;  ///< a JSON list of objects, or empty
};

/// Names one trigger. Only complete ones can be made, because DELETE of a shorter path removes all triggers.
class TriggerId {
 public:
  /// Error `invalid` when a part is empty or cannot stand in a path.
  static Result<TriggerId> of(const QualifiedUrn& urn, std::string_view type_code, std::string_view id);

  [[nodiscard]] const QualifiedUrn& urn() const { return urn_; }
  [[nodiscard]] const std::string& type_code() const { return type_code_; }
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  TriggerId(QualifiedUrn urn, std::string type_code, std::string id)
      : urn_(std::move(urn)), type_code_(std::move(type_code)), id_(std::move(id)) {}
  QualifiedUrn urn_;
  std::string type_code_;
  std::string id_;
};

/// Port: what calls functions. Errors as FunctionGraph's.
class Triggers {
 public:
  virtual ~Triggers() = default;

  virtual Answer<std::vector<Trigger>> list_triggers(QualifiedUrn urn, Deadline deadline) = 0;
  /// A missing trigger may be answered 401 FSS.0401 or 500 FSS.0500 by the service (api: section 0); those errors are
  /// passed on as they are.
  virtual Answer<Trigger> show_trigger(TriggerId trigger, Deadline deadline) = 0;
  virtual Answer<Trigger> create_trigger(QualifiedUrn urn, TriggerRequest request, Deadline deadline) = 0;
  virtual Answer<Trigger> update_trigger(TriggerId trigger, TriggerUpdate update, Deadline deadline) = 0;
  virtual Answer<void> delete_trigger(TriggerId trigger, Deadline deadline) = 0;
};

}  // namespace fgsync::functiongraph
