#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

InvocationResult read_invocation_object(ObjectReader& reader) {
  InvocationResult result;
  result.request_id = reader.shown_text("request_id");
  result.result = reader.text_or_json("result");
  result.log = reader.shown_text("log");
  result.status = reader.number<int>("status");
  return result;
}

std::string read_request_id_field(ObjectReader& reader) {
  return reader.text("request_id");
}

SnapshotState read_snapshot_object(ObjectReader& reader) {
  return {reader.text("state"), reader.shown_text("code")};
}

}  // namespace

Result<InvocationResult> read_invocation(const std::string& body) {
  return read_object(body, read_invocation_object);
}

Result<std::string> read_request_id(const std::string& body) {
  return read_object(body, read_request_id_field);
}

Result<SnapshotState> read_snapshot(const std::string& body) {
  return read_object(body, read_snapshot_object);
}

Result<std::string> write_event(const Invocation& invocation) {
  if (is_json_object(invocation.event)) return invocation.event;
  return fail(ErrorKind::invalid, "the event is not a JSON object");
}

}  // namespace fgsync::functiongraph
