#pragma once

#include <optional>
#include <string>

#include "functiongraph/function_graph.hpp"

namespace fgsync::functiongraph {

struct Invocation {
  std::string event = "{}";  ///< a JSON object
  bool wants_log_tail = false;
  std::optional<int> instance_memory;  ///< MB; for functions with dynamic memory
};

/// What a synchronous call brought. The function's own failure is not an error of the call: see `status`.
struct InvocationResult {
  std::string request_id;
  std::string result;
  std::string log;  ///< the log's tail, when asked for
  int status = 0;   ///< the function's own; 200: it returned
};

enum class SnapshotAction { enable, disable };

struct SnapshotState {
  std::string state;
  std::string code;
};

/// Port: running functions. Errors as FunctionGraph's; calls are mutations.
class Invocations {
 public:
  virtual ~Invocations() = default;

  virtual Answer<InvocationResult> invoke(QualifiedUrn urn, Invocation invocation, Deadline deadline) = 0;
  /// Answers the request's id: 202, the function runs later.
  virtual Answer<std::string> invoke_async(QualifiedUrn urn, Invocation invocation, Deadline deadline) = 0;

  virtual Answer<SnapshotState> show_snapshot(QualifiedUrn urn, SnapshotAction action, Deadline deadline) = 0;
  virtual Answer<void> update_snapshot(QualifiedUrn urn, SnapshotAction action, Deadline deadline) = 0;
};

}  // namespace fgsync::functiongraph
