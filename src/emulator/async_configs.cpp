#include <array>

#include "emulator/json.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

// The newer of the two documented pairs of ranges and defaults; the other is 60 to 86400, and 0 to 8 with 3.
constexpr std::int64_t kMaxAge = 86400;
constexpr std::int64_t kDefaultAge = 3600;
constexpr std::int64_t kMaxRetries = 3;
constexpr std::int64_t kDefaultRetries = 1;
constexpr std::array<JsonField, 4> kLogFields{{{"log_group_id", JsonType::text},
                                               {"log_stream_id", JsonType::text},
                                               {"log_group_name", JsonType::text},
                                               {"log_stream_name", JsonType::text}}};

/// A number of the body within its range, or its default.
Valid<std::int64_t> read_number(const JsonObject& body, const std::string& name, std::int64_t low, std::int64_t high,
                                std::int64_t fallback) {
  auto value = body.integer(name);
  if (!value) return refuse(value.error());
  const std::int64_t number = value->value_or(fallback);
  if (low <= number && number <= high) return number;
  return refuse(kInvalidParameter, name + ": expected " + std::to_string(low) + " to " + std::to_string(high));
}

bool is_destination(const std::string& text) {
  return text == "OBS" || text == "SMN" || text == "DIS" || text == "FunctionGraph";
}

/// One of the two destinations, as it is stored; empty: none.
Valid<std::string> read_destination(const JsonObject& destinations, const std::string& name) {
  auto chosen = destinations.object(name);
  if (!chosen) return refuse(chosen.error());
  if (!*chosen) return "";
  auto destination = (*chosen)->text("destination");
  if (!destination) return refuse(destination.error());
  auto param = (*chosen)->text("param");
  if (!param) return refuse(param.error());
  if (destination->value_or("").empty()) return "";
  const std::string path = "destination_config." + name;
  if (!is_destination(**destination)) {
    return refuse(kInvalidParameter, path + ".destination: expected OBS, SMN, DIS or FunctionGraph");
  }
  if (!JsonObject::parse(param->value_or(""))) {
    return refuse(kInvalidParameter, path + ".param: expected a string that holds a JSON object");
  }
  return JsonMembers().text("destination", **destination).text("param", **param).object();
}

Valid<std::string> read_destinations(const JsonObject& body) {
  auto destinations = body.object("destination_config");
  if (!destinations) return refuse(destinations.error());
  JsonMembers out;
  if (!*destinations) return out.object();
  for (const std::string name : {"on_success", "on_failure"}) {
    auto destination = read_destination(**destinations, name);
    if (!destination) return refuse(destination.error());
    if (!destination->empty()) out.raw(name, *destination);
  }
  return out.object();
}

/// The body of an update, checked, as the document that is stored.
Valid<std::string> read_config(const Call& call, const std::string& created) {
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto age = read_number(*body, "max_async_event_age_in_seconds", 1, kMaxAge, kDefaultAge);
  if (!age) return refuse(age.error());
  auto retries = read_number(*body, "max_async_retry_attempts", 0, kMaxRetries, kDefaultRetries);
  if (!retries) return refuse(retries.error());
  auto destinations = read_destinations(*body);
  if (!destinations) return refuse(destinations.error());
  auto status_log = body->boolean("enable_async_status_log");
  if (!status_log) return refuse(status_log.error());
  if (auto broken = check_types(*body, kLogFields)) return refuse(std::move(*broken));
  return JsonMembers()
      .number("max_async_event_age_in_seconds", *age)
      .number("max_async_retry_attempts", *retries)
      .raw("destination_config", *destinations)
      .text("created_time", created)
      .text("last_modified", last_modified(call.now, call.options.open.utc_offset))
      .boolean("enable_async_status_log", status_log->value_or(false))
      .object();
}

std::string render(const FunctionRow& function, const std::string& qualifier, const std::string& document) {
  const auto urn = JsonMembers().text("func_urn", urn_of(function, qualifier)).object();
  return stored_object(document).merged_with(stored_object(urn));
}

}  // namespace

Outcome show_async_config(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  const auto& [function, qualifier] = *target;
  const auto document = call.store.documents().find(function, qualifier, DocumentKind::async_config);
  if (!document) return refuse(kNoResource);
  return Answer{200, render(function, qualifier, *document)};
}

Outcome update_async_config(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  const auto& [function, qualifier] = *target;
  const auto old = call.store.documents().find(function, qualifier, DocumentKind::async_config);
  auto document = read_config(
      call, old ? text_of(stored_object(*old), "created_time") : last_modified(call.now, call.options.open.utc_offset));
  if (!document) return refuse(document.error());
  call.store.documents().put(function, qualifier, DocumentKind::async_config, *document);
  call.store.refresh_answers(function, qualifier);
  return Answer{200, render(function, qualifier, *document)};
}

Outcome delete_async_config(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  const auto& [function, qualifier] = *target;
  if (!call.store.documents().find(function, qualifier, DocumentKind::async_config)) return refuse(kNoResource);
  call.store.documents().remove(function, qualifier, DocumentKind::async_config);
  call.store.refresh_answers(function, qualifier);
  return Answer{204, ""};
}

Outcome list_async_configs(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  auto range = read_range(call.route, Limit{"limit", 10, 100});
  if (!range) return refuse(range.error());
  const auto found =
      call.store.documents().list(call.route.project, target->function, DocumentKind::async_config, *range);
  Page page{{}, found.total};
  for (const auto& row : found.rows) page.items.push_back(render(row.function, row.qualifier, row.json));
  return Answer{200, render_page_with_info("async_invoke_configs", page, *range)};
}

}  // namespace fgsync::emulator
