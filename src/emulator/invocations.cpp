// Nothing is executed: the result of a function is the event that it was called with, and the call is kept in the
// state.
#include <algorithm>
#include <array>

#include "base/base64.hpp"
#include "base/clock.hpp"
#include "emulator/json.hpp"
#include "emulator/operations.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kMaxEventBytes = std::size_t{6} << 20U;
constexpr std::size_t kMaxAsyncEventBytes = std::size_t{256} << 10U;
constexpr std::array<std::string_view, 15> kInstanceMemories{"128",  "256",  "512",  "768",  "1024",
                                                             "1280", "1536", "1792", "2048", "2560",
                                                             "3072", "3584", "4096", "8192", "10240"};

struct Called {
  FunctionRow function;
  Version version;
  std::string_view event;
};

/// The function, the version that would run, and the event, after all checks that both ways of calling share.
Valid<Called> find_called(const Call& call, std::size_t max_bytes) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  auto version = call.store.find_version(target->function, *name);
  if (!version) return refuse(kNoVersion);
  const std::string_view event = call.body.empty() ? "{}" : call.body;
  if (event.size() > max_bytes) return refuse(kEventTooLarge);
  if (auto object = JsonObject::parse(event); !object) return refuse(object.error());
  const auto memory = http::find_header(call.headers, "X-Cff-Instance-Memory");
  const bool is_known =
      std::find(kInstanceMemories.begin(), kInstanceMemories.end(), memory) != kInstanceMemories.end();
  if (!memory.empty() && !is_known) return refuse(kInvalidMemory, "X-Cff-Instance-Memory: not a documented size");
  const auto strategy = stored_object(version->settings).object("strategy_config");
  const auto concurrency = strategy && *strategy ? (*strategy)->integer("concurrency") : std::nullopt;
  if (concurrency && *concurrency == 0) return refuse(kForbidden, "the function is disabled: its concurrency is 0");
  return Called{std::move(target->function), std::move(*version), event};
}

/// Request ids of functions have dashes, those of the API have none.
std::string record(const Call& call, const Called& called, std::string_view kind) {
  const auto request_id = call.random.uuid();
  call.store.invocations().add(called.function, Invocation{called.version.name, std::string(kind), request_id,
                                                           last_modified(call.now), called.event});
  return request_id;
}

/// The lines that a run which does nothing would log.
std::string log_of(const Call& call, const Called& called, const std::string& request_id) {
  const auto memory = stored_object(called.version.settings).integer("memory_size");
  const std::string time = to_iso8601(call.now);
  return time + " Start invoke request '" + request_id + "', version: " + called.version.name + "\n" + time +
         " Finish invoke request '" + request_id +
         "', duration: 0ms, billing duration: 1ms, memory used: 0MB, billing memory: " +
         std::to_string(memory ? memory->value_or(0) : 0) + "MB";
}

struct Form {
  bool is_json;
  bool wants_log;
};

Valid<Form> read_form(const http::Headers& headers) {
  const auto version = http::find_header(headers, "X-CFF-Request-Version");
  if (!version.empty() && version != "v0" && version != "v1") {
    return refuse(kInvalidParameter, "X-CFF-Request-Version: expected v0 or v1");
  }
  const auto log = http::find_header(headers, "X-Cff-Log-Type");
  if (!log.empty() && log != "tail" && log != "null") {
    return refuse(kInvalidParameter, "X-Cff-Log-Type: expected tail or null");
  }
  return Form{version == "v1", log == "tail"};
}

}  // namespace

Outcome invoke(const Call& call) {
  auto called = find_called(call, kMaxEventBytes);
  if (!called) return refuse(called.error());
  auto form = read_form(call.headers);
  if (!form) return refuse(form.error());
  const auto request_id = record(call, *called, "sync");
  const auto log = form->wants_log ? log_of(call, *called, request_id) : std::string();

  Answer answer{200, std::string(called->event)};
  answer.headers = {{"X-Cff-Request-Id", request_id}, {"X-Cff-Invoke-Summary", R"({"duration":0,"billingDuration":1})"},
                    {"X-CFF-Billing-Duration", "1"},  {"X-Cff-Response-Version", form->is_json ? "v1" : "v0"},
                    {"X-Func-Err-Code", "0"},         {"X-Is-Func-Err", "false"}};
  if (form->wants_log) answer.headers.emplace_back("X-Cff-Function-Log", base64_encode(log));
  if (!form->is_json) {
    answer.content_type = "text/plain; charset=utf-8";
    return answer;
  }
  answer.body = JsonMembers()
                    .text("request_id", request_id)
                    .text("result", called->event)
                    .text("log", log)
                    .number("status", 200)
                    .object();
  return answer;
}

Outcome invoke_async(const Call& call) {
  auto called = find_called(call, kMaxAsyncEventBytes);
  if (!called) return refuse(called.error());
  const auto request_id = record(call, *called, "async");
  Answer answer{202, JsonMembers().text("request_id", request_id).object()};
  answer.headers.emplace_back("X-Cff-Request-Id", request_id);
  return answer;
}

}  // namespace fgsync::emulator
