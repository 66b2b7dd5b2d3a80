#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

Trigger read_trigger_object(ObjectReader& reader) {
  Trigger trigger;
  trigger.id = reader.text("trigger_id");
  trigger.type_code = reader.text("trigger_type_code");
  trigger.status = reader.text_or_empty("trigger_status");
  if (const auto data = reader.object_setting("event_data")) trigger.event_data = data->json();
  trigger.last_updated_time = read_timestamp(reader, "last_updated_time");
  trigger.created_time = read_timestamp(reader, "created_time");
  return trigger;
}

}  // namespace

Result<std::vector<Trigger>> read_triggers(const std::string& body) {
  return read_list(body, "triggers", read_trigger_object);
}

Result<Trigger> read_trigger(const std::string& body) {
  return read_object(body, read_trigger_object);
}

Result<std::string> write_trigger(const TriggerRequest& request) {
  // What is in it may be a password: the message says only what is wrong.
  if (!is_json_object(request.event_data)) {
    return fail(ErrorKind::invalid, "the event data of the " + request.type_code + " trigger is not a JSON object");
  }
  ObjectWriter body;
  body.text("trigger_type_code", request.type_code)
      .text_if_any("trigger_status", request.status)
      .text_if_any("event_type_code", request.event_type_code)
      .raw("event_data", request.event_data);
  return body.json();
}

Result<std::string> write_trigger_update(const TriggerUpdate& update) {
  ObjectWriter body;
  body.text_if_any("trigger_status", update.status);
  if (!update.event_data.empty()) {
    if (!is_json_list(update.event_data))
      return fail(ErrorKind::invalid, "the trigger's event data is not a JSON list");
    body.raw("event_data", update.event_data);
  }
  return body.json();
}

}  // namespace fgsync::functiongraph
