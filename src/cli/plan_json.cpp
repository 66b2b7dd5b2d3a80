#include "cli/plan_json.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.hpp"
#include "cli/next_steps.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const std::optional<std::string>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const SourcePosition& position) {
  return {{"file", position.file}, {"line", position.line}, {"column", position.column}};
}

Json to_json(const manifest::Diagnostic& diagnostic) {
  Json entry = to_json(diagnostic.position);
  entry["pointer"] = diagnostic.field;
  entry["code"] = diagnostic.code;
  entry["message"] = diagnostic.message;
  entry["hint"] = diagnostic.hint;
  return entry;
}

Json to_json(const Error& error) {
  Json entry{{"kind", name_of(error.kind)}, {"message", error.describe()}};
  if (error.position) entry["position"] = to_json(*error.position);
  if (error.remote) {
    entry["http_status"] = error.remote->http_status;
    entry["error_code"] = error.remote->error_code;
    entry["request_id"] = error.remote->request_id;
  }
  return entry;
}

Json to_json(const plan::Blocked& blocked, const std::string& address) {
  Json entry{{"address", address}, {"code", blocked.code}, {"message", blocked.message}, {"next", blocked.next}};
  if (blocked.position) entry["position"] = to_json(*blocked.position);
  return entry;
}

Json diff_entry(const std::string& path, const std::optional<std::string>& before,
                const std::optional<std::string>& after) {
  const char* op = !before ? "add" : !after ? "remove" : "replace";
  return {{"path", path}, {"op", op}, {"before", to_json(before)}, {"after", to_json(after)}, {"sensitive", false}};
}

Json row_of(const plan::FieldChange& change) {
  Json row = diff_entry("/" + change.path, change.before, change.after);
  row["sensitive"] = change.is_sensitive;
  return row;
}

std::optional<std::string> shown_traffic(const plan::Traffic& traffic) {
  return traffic.is_whole() ? std::nullopt : std::optional(traffic.to_string());
}

/// What one step changes, as rows of before and after.
struct Differ {
  std::string function;
  Json rows = Json::array();

  void operator()(const plan::ImportFunction&) {}
  void operator()(const plan::UpdateCode& step) {
    if (step.changes_code()) add_code(step);
    if (step.dependencies) rows.push_back(row_of(*step.dependencies));
  }
  void operator()(const plan::UpdateConfig& step) { add(step.changes); }
  void operator()(const plan::PublishVersion& step) {
    rows.push_back(diff_entry("/versions/" + step.version, std::nullopt, step.version));
  }
  void operator()(const plan::CreateAlias& step) {
    rows.push_back(diff_entry("/aliases/" + step.name, std::nullopt, step.version));
    add_traffic(step.name, {}, step.traffic);
  }
  void operator()(const plan::UpdateAlias& step) {
    rows.push_back(diff_entry("/aliases/" + step.name, step.from, step.to));
    add_traffic(step.name, step.traffic_before, step.traffic);
  }
  void operator()(const plan::UpdateMaxInstances& step) {
    rows.push_back(diff_entry("/max_instance_num", std::to_string(step.before), std::to_string(step.after)));
  }
  void operator()(const plan::UpdateTags& step) { add(step.changes); }
  void operator()(const plan::UpdateAsyncConfig& step) { add(step.changes); }
  void operator()(const plan::UpdateReservedInstances& step) { add(step.changes); }
  void operator()(const plan::DeleteAlias& step) {
    rows.push_back(diff_entry("/aliases/" + step.name, step.version, std::nullopt));
  }
  void operator()(const plan::DeleteVersion& step) {
    rows.push_back(diff_entry("/versions/" + step.version, step.version, std::nullopt));
  }
  void operator()(const plan::DeleteFunction&) { rows.push_back(diff_entry("/function", function, std::nullopt)); }

 private:
  void add(const std::vector<plan::FieldChange>& changes) {
    for (const plan::FieldChange& change : changes) rows.push_back(row_of(change));
  }
  void add_code(const plan::UpdateCode& step) {
    const auto after = step.after ? std::optional(step.after->hex) : std::nullopt;
    rows.push_back(diff_entry("/digest", step.before.hex, after));
    if (!step.files) return;
    rows.back()["files"] = {{"added", step.files->added},
                            {"changed", step.files->changed},
                            {"removed", step.files->removed},
                            {"size_change", step.files->size_change}};
  }
  void add_traffic(const std::string& alias, const plan::Traffic& before, const plan::Traffic& after) {
    if (before == after) return;
    rows.push_back(diff_entry("/aliases/" + alias + "/traffic", shown_traffic(before), shown_traffic(after)));
  }
};

/// One side of the rows, by path. Null where the function is not there on that side.
Json side_of(const Json& rows, const char* side, bool is_there) {
  if (!is_there) return nullptr;
  Json values = Json::object();
  for (const Json& row : rows) {
    if (!row[side].is_null()) values[row["path"].get<std::string>()] = row[side];
  }
  return values;
}

Json named(const std::vector<std::pair<std::string, std::string>>& values) {
  Json entries = Json::object();
  for (const auto& [name, value] : values) entries[name] = value;
  return entries;
}

Json change_of(const plan::FunctionPlan& function) {
  Json change{{"address", function.name}};
  Json actions = Json::array();
  Differ diff{function.name};
  for (const plan::Step& step : function.steps) {
    actions.push_back({{"action", plan::kind_of(step.action)},
                       {"id", plan::step_id(step.action)},
                       {"reason", plan::name_of(step.reason)},
                       {"description", plan::describe(step.action)}});
    std::visit(diff, step.action);
  }
  const plan::Preconditions& seen = function.preconditions;
  const bool is_deleted = std::holds_alternative<plan::DeleteFunction>(function.steps.back().action);
  change["actions"] = std::move(actions);
  change["reason"] = plan::name_of(function.steps.front().reason);
  change["before"] = side_of(diff.rows, "before", seen.remote_digest.has_value());
  change["after"] = side_of(diff.rows, "after", !is_deleted);
  change["diff"] = std::move(diff.rows);
  change["fingerprint"] = function.fingerprint;
  change["preconditions"] = {{"digest", seen.remote_digest ? Json(seen.remote_digest->hex) : Json(nullptr)},
                             {"versions", seen.versions},
                             {"aliases", named(seen.aliases)},
                             {"traffic", named(seen.traffic)}};
  change["wave"] = function.wave;
  if (function.position) change["position"] = to_json(*function.position);
  return change;
}

Json to_json(const Selection& selection) {
  return {{"names", selection.names}, {"selector", to_json(selection.selector)}, {"since", to_json(selection.since)}};
}

Json summary_of(const plan::Summary& summary) {
  return {{"import", summary.import},
          {"create", summary.create},
          {"update_code", summary.update_code},
          {"update_config", summary.update_config},
          {"publish", summary.publish},
          {"alias", summary.alias},
          {"setting", summary.setting},
          {"prune", summary.prune},
          {"remove", summary.remove},
          {"blocked", summary.blocked},
          {"failed", summary.failed},
          {"unchanged", summary.unchanged},
          {"noted", summary.noted}};
}

Json document_of(const plan::Plan& plan, const PlanContext& context, const manifest::Diagnostics& diagnostics) {
  Json changes = Json::array();
  Json blocked = Json::array();
  Json failed = Json::array();
  Json notes = Json::array();
  Json errors = Json::array();
  for (const plan::FunctionPlan& function : plan.functions) {
    if (!function.steps.empty()) changes.push_back(change_of(function));
    for (const plan::Blocked& entry : function.blocked) blocked.push_back(to_json(entry, function.name));
    if (function.failure) failed.push_back({{"address", function.name}, {"error", to_json(*function.failure)}});
    for (const plan::Note& note : function.notes) {
      notes.push_back({{"address", function.name}, {"code", note.code}, {"message", note.message}});
    }
  }
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == manifest::Severity::error) errors.push_back(to_json(diagnostic));
  }
  Json document{
      {"format_version", kFormatVersion},
      {"tool", {{"name", "fgsync"}, {"version", FGSYNC_VERSION}}},
      {"plan_id", plan.id},
      {"source", {{"kind", "directory"}, {"id", context.source_id}, {"paths", context.source}}},
      {"target", {{"endpoint", context.endpoint}, {"region", context.region}, {"project_id", context.project_id}}},
      {"options",
       {{"adopt", context.adopts},
        {"prune", context.prune ? Json(*context.prune) : Json(nullptr)},
        {"allow_recreate", context.allows_recreate}}},
      {"observed_at", to_iso8601(context.observed_at)},
      {"calls", context.calls},
      {"changes", std::move(changes)},
      {"blocked", std::move(blocked)},
      {"failed", std::move(failed)},
      {"notes", std::move(notes)},
      {"errors", std::move(errors)},
      {"summary", summary_of(plan.summary)},
      {"complete", context.is_complete && plan.summary.failed == 0 && !context.selection}};
  if (context.trusted_since) document["trusted_since"] = to_iso8601(*context.trusted_since);
  if (!context.environment.empty()) document["source"]["environment"] = context.environment;
  if (context.selection) document["selection"] = to_json(*context.selection);
  return document;
}

Json result_of(const reconcile::FunctionReport& report) {
  Json result{{"address", report.name},
              {"outcome", reconcile::name_of(report.outcome)},
              {"done", report.done},
              {"took_ms", report.took.count()}};
  Json blocked = Json::array();
  for (const plan::Blocked& entry : report.blocked) blocked.push_back(to_json(entry, report.name));
  if (!blocked.empty()) result["blocked"] = std::move(blocked);
  if (report.error) result["error"] = to_json(*report.error);
  if (!report.reason.empty()) result["reason"] = report.reason;
  if (auto next = next_steps(report); !next.empty()) result["next"] = std::move(next);
  return result;
}

/// Bytes that are no UTF-8 (they can come from the service) are replaced, never a reason to print nothing.
std::string to_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The same on one line.
std::string to_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_checksum(Json& document) {
  Hasher hasher(Hasher::Function::sha256);
  hasher.update(document.dump(-1, ' ', false, Json::error_handler_t::replace));
  document["checksum"] = kChecksumPrefix + hasher.hex();
}

}  // namespace

std::string change_json(const plan::FunctionPlan& function) {
  return to_line(change_of(function));
}

std::string blocked_json(const plan::Blocked& blocked, const std::string& address) {
  return to_line(to_json(blocked, address));
}

std::string error_json(const Error& error) {
  return to_line(to_json(error));
}

std::string diagnostic_json(const manifest::Diagnostic& diagnostic) {
  return to_line(to_json(diagnostic));
}

std::string summary_json(const plan::Summary& summary) {
  return to_line(summary_of(summary));
}

std::string result_json(const reconcile::FunctionReport& report) {
  return to_line(result_of(report));
}

std::string text_json(const std::string& text) {
  return to_line(Json(text));
}

std::string render_plan_json(const plan::Plan& plan, const PlanContext& context,
                             const manifest::Diagnostics& diagnostics) {
  Json document = document_of(plan, context, diagnostics);
  add_checksum(document);
  return to_text(document);
}

std::string render_sync_json(const plan::Plan& plan, const PlanContext& context,
                             const manifest::Diagnostics& diagnostics, const reconcile::Report& report) {
  Json document = document_of(plan, context, diagnostics);
  Json results = Json::array();
  for (const auto& function : report.functions) results.push_back(result_of(function));
  document["results"] = std::move(results);
  return to_text(document);
}

std::string render_diagnostics_json(const manifest::Diagnostics& diagnostics, std::size_t functions,
                                    const std::optional<Selection>& selection) {
  Json errors = Json::array();
  Json warnings = Json::array();
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    (diagnostic.severity == manifest::Severity::error ? errors : warnings).push_back(to_json(diagnostic));
  }
  Json document{{"format_version", kFormatVersion},
                {"functions", functions},
                {"errors", std::move(errors)},
                {"warnings", std::move(warnings)}};
  if (selection) document["selection"] = to_json(*selection);
  return to_text(document);
}

}  // namespace fgsync::cli
