// What else belongs to a function: asynchronous calls, tags, reserved instances, quotas.
#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr TextField<AsyncDestination> kDestinationTexts[]{
    {"destination", &AsyncDestination::destination},
    {"param", &AsyncDestination::param},
};

constexpr TextField<LogConfig> kAsyncLogTexts[]{
    {"log_group_id", &LogConfig::group_id},
    {"log_stream_id", &LogConfig::stream_id},
    {"log_group_name", &LogConfig::group_name},
    {"log_stream_name", &LogConfig::stream_name},
};

// ---- asynchronous calls

std::optional<AsyncDestination> read_destination(ObjectReader& destinations, const char* key) {
  auto reader = destinations.object_setting(key);
  if (!reader) return std::nullopt;
  AsyncDestination destination;
  read_texts(*reader, kDestinationTexts, destination);
  // Set to nothing is the same as not set.
  return destination == AsyncDestination() ? std::nullopt : std::optional(std::move(destination));
}

void write_destination(ObjectWriter& writer, const char* key, const std::optional<AsyncDestination>& destination) {
  if (!destination) return;
  ObjectWriter object;
  write_texts(object, kDestinationTexts, *destination);
  writer.object(key, object);
}

// ---- tags

std::map<std::string, std::string> read_tag_list(ObjectReader& reader, const char* key) {
  std::map<std::string, std::string> tags;
  for (ObjectReader& tag : reader.rows_if_any(key)) tags[tag.text("key")] = tag.text_or_empty("value");
  return tags;
}

Tags read_tags_object(ObjectReader& reader) {
  return {read_tag_list(reader, "tags"), read_tag_list(reader, "sys_tags")};
}

std::vector<ObjectWriter> write_tag_list(const std::map<std::string, std::string>& tags) {
  std::vector<ObjectWriter> items;
  for (const auto& [key, value] : tags) items.emplace_back().text("key", key).text("value", value);
  return items;
}

// ---- reserved instances

ReservedInstances::Cron read_cron(ObjectReader& reader) {
  ReservedInstances::Cron cron;
  cron.name = reader.text_or_empty("name");
  cron.cron = reader.text_or_empty("cron");
  cron.count = reader.number_if_any<int>("count").value_or(0);
  cron.start_time = reader.number_if_any("start_time").value_or(0);
  cron.expired_time = reader.number_if_any("expired_time").value_or(0);
  return cron;
}

ReservedInstances::Metric read_metric(ObjectReader& reader) {
  ReservedInstances::Metric metric;
  metric.name = reader.text_or_empty("name");
  metric.type = reader.text_or_empty("type");
  metric.threshold = reader.number_if_any<int>("threshold").value_or(0);
  metric.min = reader.number_if_any<int>("min").value_or(0);
  return metric;
}

ReservedInstances read_instances(ObjectReader& reader, const char* count_key) {
  ReservedInstances instances;
  instances.count = reader.number<int>(count_key);
  instances.idle_mode = reader.flag_setting("idle_mode");
  if (auto tactics = reader.object_setting("tactics_config")) {
    instances.cron_configs = read_each(tactics->rows_if_any("cron_configs"), read_cron);
    instances.metric_configs = read_each(tactics->rows_if_any("metric_configs"), read_metric);
  }
  return instances;
}

ReservedInstances read_reserved_instances_object(ObjectReader& reader) {
  return read_instances(reader, "count");
}

ReservedInstancesRow read_reserved_instances_row(ObjectReader& reader) {
  return {reader.text("function_urn"), reader.text_or_empty("qualifier_type"), reader.text_or_empty("qualifier_name"),
          read_instances(reader, "min_count")};
}

ReservedCount read_reserved_count(ObjectReader& reader) {
  return {reader.text("func_urn"), reader.number("count")};
}

ObjectWriter write_cron(const ReservedInstances::Cron& cron) {
  ObjectWriter object;
  object.text("name", cron.name)
      .text("cron", cron.cron)
      .number("count", cron.count)
      .number("start_time", cron.start_time)
      .number("expired_time", cron.expired_time);
  return object;
}

ObjectWriter write_metric(const ReservedInstances::Metric& metric) {
  ObjectWriter object;
  object.text("name", metric.name)
      .text("type", metric.type)
      .number("threshold", metric.threshold)
      .number("min", metric.min);
  return object;
}

// ---- quotas

Quota read_quota(ObjectReader& reader) {
  return {reader.text("type"), reader.shown_text("unit"), reader.number("quota"), reader.number("used")};
}

std::vector<Quota> read_quota_list(ObjectReader& reader) {
  auto quotas = reader.object_setting("quotas");
  if (!quotas) {
    reader.refuse("the field quotas is missing");
    return {};
  }
  return read_each(quotas->rows("resources"), read_quota);
}

}  // namespace

AsyncConfig read_async_config_fields(ObjectReader& reader) {
  AsyncConfig config;
  if (const auto age = reader.number_if_any<int>("max_async_event_age_in_seconds")) {
    config.max_event_age = std::chrono::seconds(*age);
  }
  config.max_retry_attempts = reader.number_if_any<int>("max_async_retry_attempts");
  if (auto destinations = reader.object_setting("destination_config")) {
    config.on_success = read_destination(*destinations, "on_success");
    config.on_failure = read_destination(*destinations, "on_failure");
  }
  config.enable_async_status_log = reader.flag_setting("enable_async_status_log");
  config.func_urn = reader.shown_text("func_urn");
  config.created_time = read_timestamp(reader, "created_time");
  config.last_modified = read_last_modified(reader);
  return config;
}

Result<MarkedPage<AsyncConfig>> read_async_config_page(const std::string& body) {
  return read_marked_page(body, "async_invoke_configs", read_async_config_fields);
}

Result<AsyncConfig> read_async_config(const std::string& body) {
  return read_object(body, read_async_config_fields);
}

Result<Tags> read_tags(const std::string& body) {
  return read_object(body, read_tags_object);
}

Result<MarkedPage<ReservedInstancesRow>> read_reserved_instances_page(const std::string& body) {
  return read_marked_page(body, "reserved_instances", read_reserved_instances_row);
}

Result<MarkedPage<ReservedCount>> read_reserved_count_page(const std::string& body) {
  return read_marked_page(body, "reservedinstances", read_reserved_count);
}

Result<ReservedInstances> read_reserved_instances(const std::string& body) {
  return read_object(body, read_reserved_instances_object);
}

Result<std::vector<Quota>> read_quotas(const std::string& body) {
  return read_object(body, read_quota_list);
}

std::string read_marker(const ObjectReader& page_info) {
  const std::string marker = page_info.text_or_json("next_marker");
  return marker == "0" || marker == "null" ? "" : marker;
}

std::string write_async_config(const AsyncConfig& config) {
  ObjectWriter body;
  if (config.max_event_age) body.number("max_async_event_age_in_seconds", config.max_event_age->count());
  if (config.max_retry_attempts) body.number("max_async_retry_attempts", *config.max_retry_attempts);
  ObjectWriter destinations;
  write_destination(destinations, "on_success", config.on_success);
  write_destination(destinations, "on_failure", config.on_failure);
  if (!destinations.is_empty()) body.object("destination_config", destinations);
  if (config.enable_async_status_log) body.flag("enable_async_status_log", *config.enable_async_status_log);
  write_texts(body, kAsyncLogTexts, config.log);
  return body.json();
}

std::string write_tags(TagAction action, const Tags& tags) {
  ObjectWriter body;
  body.objects("tags", write_tag_list(tags.tags)).text("action", action == TagAction::create ? "create" : "delete");
  if (!tags.system_tags.empty()) body.objects("sys_tags", write_tag_list(tags.system_tags));
  return body.json();
}

std::string write_reserved_instances(const ReservedInstances& instances) {
  ObjectWriter body;
  body.number("count", instances.count);
  if (instances.idle_mode) body.flag("idle_mode", *instances.idle_mode);
  std::vector<ObjectWriter> crons;
  for (const auto& cron : instances.cron_configs) crons.push_back(write_cron(cron));
  std::vector<ObjectWriter> metrics;
  for (const auto& metric : instances.metric_configs) metrics.push_back(write_metric(metric));
  ObjectWriter tactics;
  if (!crons.empty()) tactics.objects("cron_configs", crons);
  if (!metrics.empty()) tactics.objects("metric_configs", metrics);
  if (!tactics.is_empty()) body.object("tactics_config", tactics);
  return body.json();
}

}  // namespace fgsync::functiongraph
