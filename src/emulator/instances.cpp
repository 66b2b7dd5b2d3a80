#include <array>
#include <span>

#include "emulator/json.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/settings.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::int64_t kMaxConcurrency = 1000;

constexpr std::array<JsonField, 5> kCronFields{{{"name", JsonType::text},
                                                {"cron", JsonType::text},
                                                {"count", JsonType::integer},
                                                {"start_time", JsonType::integer},
                                                {"expired_time", JsonType::integer}}};
constexpr std::array<JsonField, 4> kMetricFields{
    {{"name", JsonType::text}, {"type", JsonType::text}, {"threshold", JsonType::integer}, {"min", JsonType::integer}}};

std::optional<Fault> check_rules(const JsonObject& tactics, std::string_view list, std::span<const JsonField> fields) {
  const auto rules = tactics.objects(list);
  if (!rules) return rules.error();
  for (const auto& rule : *rules) {
    if (auto broken = check_types(rule, fields)) return broken;
  }
  return std::nullopt;
}

std::optional<Fault> check_tactics(const JsonObject& tactics) {
  if (auto broken = check_rules(tactics, "cron_configs", kCronFields)) return broken;
  return check_rules(tactics, "metric_configs", kMetricFields);
}

/// The body of an update, checked, as the document that is stored and answered.
struct Reservation {
  std::int64_t count;
  bool has_tactics;
  std::string json;
};

Valid<Reservation> read_reservation(std::string_view text) {
  auto body = JsonObject::parse(text);
  if (!body) return refuse(body.error());
  auto count = body->integer("count");
  if (!count) return refuse(count.error());
  if (!*count || **count < 0) return refuse(kInvalidParameter, "count: expected a number from 0");
  auto idle_mode = body->boolean("idle_mode");
  if (!idle_mode) return refuse(idle_mode.error());
  auto tactics = body->object("tactics_config");
  if (!tactics) return refuse(tactics.error());
  JsonMembers document;
  document.number("count", **count).boolean("idle_mode", idle_mode->value_or(false));
  if (*tactics) {
    if (auto broken = check_tactics(**tactics)) return refuse(std::move(*broken));
    document.raw("tactics_config", (*tactics)->canonical());
  }
  return Reservation{**count, tactics->has_value(), document.object()};
}

std::int64_t count_in(const std::optional<std::string>& document) {
  if (!document) return 0;
  const auto count = stored_object(*document).integer("count");
  return count ? count->value_or(0) : 0;
}

/// The rows of a list of reserved instances; a query parameter may name the only function that is wanted.
Valid<DocumentTable::Rows> find_rows(const Call& call, std::string_view urn_parameter, PageRange range) {
  std::optional<FunctionRow> only;
  if (const auto urn = call.route.parameter(urn_parameter); urn && !urn->empty()) {
    auto target = find_function(call, *urn);
    if (!target) return refuse(target.error());
    only = std::move(target->function);
  }
  return call.store.documents().list(call.route.project, only, DocumentKind::reserved_instances, range);
}

std::string render_config_row(const DocumentTable::Row& row) {
  const JsonObject reserved = stored_object(row.json);
  const bool is_alias = row.qualifier.starts_with('!');
  JsonMembers out;
  out.text("function_urn", urn_of(row.function, row.qualifier))
      .text("qualifier_type", is_alias ? "alias" : "version")
      .text("qualifier_name", is_alias ? row.qualifier.substr(1) : row.qualifier)
      .number("min_count", count_in(row.json));
  for (const auto& [name, type] :
       {std::pair{"idle_mode", JsonType::boolean}, std::pair{"tactics_config", JsonType::object}}) {
    if (const auto value = reserved.raw(name, type); value && *value) out.raw(name, **value);
  }
  return out.object();
}

}  // namespace

Outcome update_max_instances(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto wanted = body->integer("max_instance_num");
  if (!wanted) return refuse(wanted.error());
  if (*wanted && (**wanted < -1 || **wanted > kMaxConcurrency)) return refuse(kInvalidConcurrency);
  Version latest = latest_of(call, target->function);
  const std::string old_settings = latest.settings;
  if (*wanted) latest.settings = with_concurrency(old_settings, **wanted);
  if (latest.settings != old_settings) rebuild(call, target->function, latest);
  return config_answer(call, target->function);
}

Outcome update_reserved_instances(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  auto wanted = read_reservation(call.body);
  if (!wanted) return refuse(wanted.error());
  auto documents = call.store.documents();
  const auto& [function, qualifier] = *target;
  const auto current = count_in(documents.find(function, qualifier, DocumentKind::reserved_instances));
  const auto total = documents.sum(function.project, DocumentKind::reserved_instances, "count");
  if (total - current + wanted->count > call.options.max_reserved_instances) return refuse(kTooManyReserved);
  if (wanted->count > 0 || wanted->has_tactics) {
    documents.put(function, qualifier, DocumentKind::reserved_instances, wanted->json);
  } else {
    documents.remove(function, qualifier, DocumentKind::reserved_instances);
  }
  call.store.refresh_answers(function, qualifier);
  return Answer{200, std::move(wanted->json)};
}

Outcome list_reserved_configs(const Call& call) {
  auto range = read_range(call.route, Limit{"limit", 100, 500});
  if (!range) return refuse(range.error());
  auto found = find_rows(call, "function_urn", *range);
  if (!found) return refuse(found.error());
  Page page{{}, found->total};
  for (const auto& row : found->rows) page.items.push_back(render_config_row(row));
  return Answer{200, render_page_with_info("reserved_instances", page, *range)};
}

Outcome list_reserved_counts(const Call& call) {
  auto range = read_range(call.route, Limit{"limit", 400, 400});
  if (!range) return refuse(range.error());
  auto found = find_rows(call, "urn", *range);
  if (!found) return refuse(found.error());
  Page page{{}, found->total};
  for (const auto& row : found->rows) {
    page.items.push_back(JsonMembers()
                             .text("func_urn", urn_of(row.function, row.qualifier))
                             .number("count", count_in(row.json))
                             .object());
  }
  return Answer{200, render_page_with_info("reservedinstances", page, *range)};
}

std::optional<Fault> check_not_reserved(const Call& call, const FunctionRow& function) {
  if (call.options.reserved_updates == ReservedUpdates::allowed) return std::nullopt;
  const auto reserved = call.store.documents().find(function, "latest", DocumentKind::reserved_instances);
  return count_in(reserved) > 0 ? std::optional<Fault>(kReserved) : std::nullopt;
}

}  // namespace fgsync::emulator
