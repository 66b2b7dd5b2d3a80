#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "daemon/events.hpp"
#include "daemon/view.hpp"

namespace fgsync::daemon {

/// A condition with its reason.
struct Judgement {
  Condition condition = Condition::unknown;
  std::string code;
  std::string reason;
};

/// How the functions of one target are. Every change of a condition is an event and a line of the log.
class FunctionTable {
 public:
  FunctionTable(std::string target, EventLog& events, const Clock& clock, Logger log);

  /// The function's row, made when there is none.
  FunctionView& row(const std::string& function);
  [[nodiscard]] const FunctionView* find(const std::string& function) const;
  void remove(const std::string& function) { rows_.erase(function); }
  [[nodiscard]] const std::map<std::string, FunctionView>& rows() const { return rows_; }

  void judge(const std::string& function, Judgement judgement);
  /// The same for all that are not yet judged so, in one line: what happened did not happen to each of them.
  void judge_all(const Judgement& judgement, const std::string& event_type);

  /// The service showed how it is.
  void note_observed(const std::string& function);
  /// It is as desired.
  void note_success(const std::string& function);

  /// An event of this target.
  void tell(std::string type, std::string function, std::string message,
            std::vector<std::pair<std::string, std::string>> fields = {});

 private:
  std::string target_;
  EventLog& events_;
  const Clock& clock_;
  Logger log_;
  std::map<std::string, FunctionView> rows_;
};

}  // namespace fgsync::daemon
