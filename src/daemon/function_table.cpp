#include "daemon/function_table.hpp"

namespace fgsync::daemon {

FunctionTable::FunctionTable(std::string target, EventLog& events, const Clock& clock, Logger log)
    : target_(std::move(target)), events_(events), clock_(clock), log_(std::move(log)) {}

FunctionView& FunctionTable::row(const std::string& function) {
  const auto [row, is_new] = rows_.try_emplace(function);
  if (is_new) {
    row->second.name = function;
    row->second.code = "not_observed";
    row->second.reason = "not looked at yet";
    row->second.since = clock_.wall_now();
  }
  return row->second;
}

const FunctionView* FunctionTable::find(const std::string& function) const {
  const auto found = rows_.find(function);
  return found == rows_.end() ? nullptr : &found->second;
}

void FunctionTable::judge(const std::string& function, Judgement judgement) {
  FunctionView& row = this->row(function);
  const bool is_changed = row.condition != judgement.condition || row.code != judgement.code;
  const bool has_news = is_changed || row.reason != judgement.reason;
  if (is_changed) row.since = clock_.wall_now();
  row.condition = judgement.condition;
  row.code = std::move(judgement.code);
  row.reason = std::move(judgement.reason);
  if (!has_news) return;
  const std::string condition(reconcile::name_of(row.condition));
  tell("condition_changed", function, row.reason, {{"condition", condition}, {"code", row.code}});
  const std::initializer_list<LogField> fields = {kv("fn", function), kv("condition", condition), kv("code", row.code),
                                                  kv("reason", row.reason)};
  const bool is_trouble = row.condition == Condition::failed || row.condition == Condition::blocked;
  if (is_trouble) {
    log_.warn("function needs attention", fields);
  } else {
    log_.info("function changed its condition", fields);
  }
}

void FunctionTable::judge_all(const Judgement& judgement, const std::string& event_type) {
  bool is_news = false;
  for (auto& [name, row] : rows_) {
    if (row.condition == judgement.condition && row.code == judgement.code && row.reason == judgement.reason) continue;
    if (row.condition != judgement.condition || row.code != judgement.code) row.since = clock_.wall_now();
    row.condition = judgement.condition;
    row.code = judgement.code;
    row.reason = judgement.reason;
    is_news = true;
  }
  if (is_news || rows_.empty()) tell(event_type, "", judgement.reason, {{"code", judgement.code}});
}

void FunctionTable::note_observed(const std::string& function) {
  row(function).observed_at = clock_.wall_now();
}

void FunctionTable::note_success(const std::string& function) {
  FunctionView& row = this->row(function);
  row.last_success = clock_.wall_now();
  row.next_try.reset();
  row.failures = 0;
  row.steps.clear();
}

void FunctionTable::tell(std::string type, std::string function, std::string message,
                         std::vector<std::pair<std::string, std::string>> fields) {
  Event event;
  event.at = clock_.wall_now();
  event.type = std::move(type);
  event.target = target_;
  event.function = std::move(function);
  event.message = std::move(message);
  event.fields = std::move(fields);
  events_.publish(std::move(event));
}

}  // namespace fgsync::daemon
