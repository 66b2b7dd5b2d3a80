// One table for the types of triggers. Which fields a type requires is what the documents mark as its parameters and
// what it cannot work without; the codes are those of the table of error codes, which has some of each type.
#include "emulator/trigger_kinds.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace fgsync::emulator {
namespace {

using enum TriggerKind::Disabling;

constexpr FaultKind kInvalidSmn{400, "FSS.1102", "Invalid SMN trigger parameters."};
constexpr FaultKind kInvalidDms{400, "FSS.1103", "Invalid DMS trigger parameters."};
constexpr FaultKind kInvalidDis{400, "FSS.1104", "Invalid DIS trigger parameters."};
constexpr FaultKind kInvalidObs{400, "FSS.1106", "Invalid OBS trigger parameters."};
constexpr FaultKind kInvalidApig{400, "FSS.1107", "Invalid APIG trigger parameters."};
constexpr FaultKind kInvalidTimer{400, "FSS.1109", "Invalid timer trigger parameters."};
constexpr FaultKind kInvalidLts{400, "FSS.1110", "Invalid LTS trigger parameters."};
constexpr FaultKind kInvalidKafka{400, "FSS.1112", "The Kafka trigger parameters are invalid."};
constexpr FaultKind kInvalidDds{400, "FSS.1164", "The DDS trigger parameters are invalid."};
constexpr FaultKind kInvalidCts{400, "FSS.1305", "Invalid CTS trigger parameters."};
constexpr FaultKind kInvalidGateway{400, "FSS.1417", "Invalid APIG Exclusive trigger parameters."};
constexpr FaultKind kSmnExists{409, "FSS.1141", "The SMN trigger already exists."};
constexpr FaultKind kDmsExists{409, "FSS.1142", "The DMS trigger already exists."};
constexpr FaultKind kDisExists{409, "FSS.1143", "The DIS trigger already exists."};
constexpr FaultKind kObsExists{409, "FSS.1145", "The OBS trigger already exists."};
constexpr FaultKind kApigExists{409, "FSS.1146", "The APIG trigger already exists."};
constexpr FaultKind kTimerExists{409, "FSS.1148", "The timer trigger already exists."};
constexpr FaultKind kLtsExists{409, "FSS.1149", "The LTS trigger already exists."};
constexpr FaultKind kKafkaExists{409, "FSS.1150", "The Kafka trigger already exists."};
constexpr FaultKind kDdsExists{409, "FSS.1166", "The DDS trigger already exists."};
constexpr FaultKind kCtsExists{400, "FSS.1307", "The trigger name already exists."};
constexpr FaultKind kExists{409, "FSS.0409", "The specified resource already exists."};

const std::vector<TriggerKind>& all_kinds() {
  static const std::vector<TriggerKind> kinds{
      {"TIMER", "ACTIVE", allowed, {"name", "schedule_type", "schedule"}, {"name"}, kInvalidTimer, kTimerExists},
      {"APIG", "ACTIVE", refused, {"name", "group_id", "env_id"}, {"name"}, kInvalidApig, kApigExists},
      {"DEDICATEDGATEWAY",
       "ACTIVE",
       refused,
       {"name", "group_id", "env_id", "instance_id"},
       {"name"},
       kInvalidGateway,
       kApigExists},
      {"OBS", "ACTIVE", refused, {"bucket"}, {"bucket", "name"}, kInvalidObs, kObsExists},
      {"SMN", "ACTIVE", refused, {"topic_urn"}, {"topic_urn"}, kInvalidSmn, kSmnExists},
      {"CTS", "ACTIVE", refused, {"name"}, {"name"}, kInvalidCts, kCtsExists},
      {"DIS", "ACTIVE", refused, {"stream_name"}, {"stream_name"}, kInvalidDis, kDisExists},
      {"DMS", "ACTIVE", allowed, {"queue_id", "consumer_group_id"}, {"queue_id"}, kInvalidDms, kDmsExists},
      {"LTS", "ACTIVE", allowed, {"log_group_id", "log_topic_id"}, {"log_topic_id"}, kInvalidLts, kLtsExists},
      {"DDS",
       "DISABLED",
       allowed,
       {"instance_id", "db_name", "collection_name"},
       {"instance_id", "db_name", "collection_name"},
       kInvalidDds,
       kDdsExists},
      {"KAFKA", "DISABLED", allowed, {"instance_id"}, {}, kInvalidKafka, kKafkaExists},
      {"OPENSOURCEKAFKA", "DISABLED", allowed, {}, {}, kInvalidKafka, kKafkaExists},
      {"GAUSSMONGO", "DISABLED", allowed, {"instance_id"}, {}, kInvalidDds, kDdsExists},
      {"RABBITMQ", "DISABLED", allowed, {"instance_id"}, {}, kInvalidParameter, kExists},
      {"ROCKETMQ", "DISABLED", allowed, {"instance_id"}, {}, kInvalidParameter, kExists},
      {"APIC", "ACTIVE", refused, {}, {}, kInvalidApig, kApigExists},
      {"EVENTGRID", "ACTIVE", allowed, {"channel_id"}, {}, kInvalidParameter, kExists},
      {"IOTDA", "ACTIVE", allowed, {}, {}, kInvalidParameter, kExists},
  };
  return kinds;
}

constexpr std::array<JsonField, 57> kFields{{
    {"name", JsonType::text},
    {"schedule_type", JsonType::text},
    {"schedule", JsonType::text},
    {"user_event", JsonType::text},
    {"type", JsonType::integer},
    {"path", JsonType::text},
    {"protocol", JsonType::text},
    {"req_method", JsonType::text},
    {"group_id", JsonType::text},
    {"group_name", JsonType::text},
    {"match_mode", JsonType::text},
    {"env_name", JsonType::text},
    {"env_id", JsonType::text},
    {"auth", JsonType::text},
    {"func_info", JsonType::object},
    {"sl_domain", JsonType::text},
    {"backend_type", JsonType::text},
    {"operations", JsonType::text_list},
    {"instance_id", JsonType::text},
    {"collection_name", JsonType::text},
    {"db_name", JsonType::text},
    {"db_password", JsonType::text},
    {"batch_size", JsonType::integer},
    {"queue_id", JsonType::text},
    {"consumer_group_id", JsonType::text},
    {"polling_interval", JsonType::integer},
    {"stream_name", JsonType::text},
    {"sharditerator_type", JsonType::text},
    {"polling_unit", JsonType::text},
    {"max_fetch_bytes", JsonType::integer},
    {"is_serial", JsonType::text},
    {"log_group_id", JsonType::text},
    {"log_topic_id", JsonType::text},
    {"bucket", JsonType::text},
    {"prefix", JsonType::text},
    {"suffix", JsonType::text},
    {"events", JsonType::text_list},
    {"topic_urn", JsonType::text},
    {"topic_ids", JsonType::text_list},
    {"kafka_user", JsonType::text},
    {"kafka_password", JsonType::text},
    {"kafka_connect_address", JsonType::text},
    {"kafka_ssl_enable", JsonType::boolean},
    {"access_password", JsonType::text},
    {"access_user", JsonType::text},
    {"connect_address", JsonType::text},
    {"exchange_name", JsonType::text},
    {"vhost", JsonType::text},
    {"ssl_enable", JsonType::boolean},
    {"Key_encode", JsonType::boolean},
    {"agency", JsonType::text},
    {"channel_name", JsonType::text},
    {"channel_id", JsonType::text},
    {"source_name", JsonType::text},
    {"status", JsonType::text},
    {"trigger_name", JsonType::text},
    {"event_types", JsonType::text_list},
}};

/// `3m`, `2h`, `1d`: up to 60 minutes, 24 hours or 30 days.
bool is_rate(std::string_view schedule) {
  int number = 0;
  const char* end = schedule.data() + schedule.size();
  const auto [unit, failed] = std::from_chars(schedule.data(), end, number);
  if (failed != std::errc() || unit + 1 != end || number < 1) return false;
  switch (*unit) {
    case 'm': return number <= 60;
    case 'h': return number <= 24;
    case 'd': return number <= 30;
    default: return false;
  }
}

/// `@every 30m`, or six fields or more between spaces. What stands in the fields is not looked at.
bool is_cron(std::string_view schedule) {
  if (schedule.starts_with("@every ")) return schedule.size() > 7;
  int fields = 0;
  bool is_inside = false;
  for (const char c : schedule) {
    if (c != ' ' && !is_inside) ++fields;
    is_inside = c != ' ';
  }
  return fields == 6 || fields == 7;
}

/// 1–64 letters, digits, `-` and `_`, first a letter.
bool is_timer_name(std::string_view name) {
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto is_allowed = [is_letter](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 64 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), is_allowed);
}

std::optional<Fault> check_timer(const TriggerKind& kind, const JsonObject& event_data) {
  const auto type = text_of(event_data, "schedule_type");
  const auto schedule = text_of(event_data, "schedule");
  if (!is_timer_name(text_of(event_data, "name"))) {
    return Fault(kind.invalid, "event_data.name: expected up to 64 letters, digits, - and _, first a letter");
  }
  if (type != "Rate" && type != "Cron") return Fault(kind.invalid, "event_data.schedule_type: expected Rate or Cron");
  if (type == "Rate" && !is_rate(schedule)) {
    return Fault(kind.invalid, "event_data.schedule: expected up to 60m, 24h or 30d");
  }
  if (type == "Cron" && !is_cron(schedule)) {
    return Fault(kind.invalid, "event_data.schedule: expected a Cron expression of six fields");
  }
  return std::nullopt;
}

}  // namespace

const TriggerKind* find_trigger_kind(std::string_view code) {
  const auto& kinds = all_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(), [code](const auto& kind) { return kind.code == code; });
  return found == kinds.end() ? nullptr : &*found;
}

std::optional<Fault> check_event_data(const TriggerKind& kind, const JsonObject& event_data) {
  if (auto broken = check_types(event_data, kFields)) return broken;
  for (const auto name : kind.required) {
    if (text_of(event_data, name).empty()) {
      return Fault(kind.invalid, "event_data." + std::string(name) + ": required for " + std::string(kind.code));
    }
  }
  return kind.code == "TIMER" ? check_timer(kind, event_data) : std::nullopt;
}

bool is_same_source(const TriggerKind& kind, const JsonObject& a, const JsonObject& b) {
  return !kind.identity.empty() && std::all_of(kind.identity.begin(), kind.identity.end(), [&](std::string_view name) {
    return text_of(a, name) == text_of(b, name);
  });
}

}  // namespace fgsync::emulator
