// By default nothing is executed: the result of a function is the event that it was called with. With an executor, the
// answer says what is to be run. Either way the call is kept in the state.
#include <algorithm>
#include <array>

#include "emulator/alias_choice.hpp"
#include "emulator/invocation_answer.hpp"
#include "emulator/json.hpp"
#include "emulator/operations.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::array<std::string_view, 15> kInstanceMemories{"128",  "256",  "512",  "768",  "1024",
                                                             "1280", "1536", "1792", "2048", "2560",
                                                             "3072", "3584", "4096", "8192", "10240"};

struct Called {
  FunctionRow function;
  Version version;
  std::string alias;  ///< through which; empty: none
  std::string_view event;
};

/// Weights and rules of aliases count only when there is something to tell the versions apart by.
Valid<std::string> find_version_to_run(const Call& call, const Target& target) {
  if (!call.options.why_not_run || !target.urn.is_alias()) return find_version_name(call, target);
  const auto alias = call.store.find_alias(target.function, target.urn.qualifier.substr(1));
  if (!alias) return refuse(kNoAlias);
  return choose_version(*alias, call.headers, call.random);
}

std::optional<Fault> check_event(const Call& call, std::string_view event, std::int64_t max_kb) {
  if (event.size() > bytes_of_kb(max_kb)) return Fault(kEventTooLarge);
  if (auto object = JsonObject::parse(event); !object) return object.error();
  const auto memory = http::find_header(call.headers, "X-Cff-Instance-Memory");
  const bool is_known =
      std::find(kInstanceMemories.begin(), kInstanceMemories.end(), memory) != kInstanceMemories.end();
  if (memory.empty() || is_known) return std::nullopt;
  return Fault(kInvalidMemory, "X-Cff-Instance-Memory: not a documented size");
}

std::optional<Fault> check_can_run(const Call& call, const JsonObject& settings) {
  const auto strategy = settings.object("strategy_config");
  const auto concurrency = strategy && *strategy ? (*strategy)->integer("concurrency") : std::nullopt;
  if (concurrency && *concurrency == 0) return Fault(kForbidden, "the function is disabled: its concurrency is 0");
  const auto why_not = call.options.why_not_run ? call.options.why_not_run(text_of(settings, "runtime")) : std::nullopt;
  if (why_not) return Fault(kInvalidRuntime, *why_not);
  return std::nullopt;
}

/// The function, the version that would run, and the event, after all checks that both ways of calling share.
Valid<Called> find_called(const Call& call, std::int64_t max_kb) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_to_run(call, *target);
  if (!name) return refuse(name.error());
  auto version = call.store.find_version(target->function, *name);
  if (!version) return refuse(kNoVersion);
  const std::string_view event = call.body.empty() ? "{}" : call.body;
  if (auto broken = check_event(call, event, max_kb)) return refuse(std::move(*broken));
  if (auto broken = check_can_run(call, stored_object(version->settings))) return refuse(std::move(*broken));
  auto alias = target->urn.is_alias() ? target->urn.qualifier.substr(1) : std::string();
  return Called{std::move(target->function), std::move(*version), std::move(alias), event};
}

std::int64_t number_or(const JsonObject& settings, std::string_view name, std::int64_t fallback) {
  const auto number = settings.integer(name);
  return number ? number->value_or(fallback) : fallback;
}

/// The variables of both kinds as one JSON object.
std::string variables_of(const JsonObject& settings) {
  const auto parse = [&settings](std::string_view name) {
    const auto text = text_of(settings, name);
    return stored_object(text.empty() ? "{}" : text);
  };
  return parse("user_data").merged_with(parse("encrypted_user_data"));
}

/// Request ids of functions have dashes, those of the API have none.
Execution execution_of(const Call& call, const Called& called) {
  const auto settings = stored_object(called.version.settings);
  Execution execution;
  execution.request_id = call.random.uuid();
  execution.function = called.function;
  execution.version = called.version.name;
  execution.alias = called.alias;
  execution.code = called.version.code;
  execution.runtime = text_of(settings, "runtime");
  execution.handler = text_of(settings, "handler");
  execution.initializer = text_of(settings, "initializer_handler");
  execution.timeout = std::chrono::seconds(number_or(settings, "timeout", 3));
  execution.initializer_timeout = std::chrono::seconds(number_or(settings, "initializer_timeout", 3));
  const std::string memory(http::find_header(call.headers, "X-Cff-Instance-Memory"));
  execution.memory_mb = memory.empty() ? number_or(settings, "memory_size", 128) : std::stoll(memory);
  execution.storage_mb = number_or(settings, "ephemeral_storage", 512);
  execution.user_data = variables_of(settings);
  execution.event = std::string(called.event);
  return execution;
}

void record(const Call& call, const Called& called, const Execution& execution, std::string_view kind) {
  Invocation invocation{called.version.name, std::string(kind), execution.request_id,
                        last_modified(call.now, call.options.open.utc_offset), called.event};
  if (call.options.why_not_run) invocation.outcome = "running";
  call.store.invocations().add(called.function, invocation);
}

/// As many instances as the function may have, each with as many requests as one takes.
std::int64_t max_at_once(const JsonObject& settings) {
  const auto strategy = settings.object("strategy_config");
  if (!strategy || !*strategy) return -1;
  const auto instances = number_or(**strategy, "concurrency", -1);
  return instances < 0 ? -1 : instances * number_or(**strategy, "concurrent_num", 1);
}

/// Of the alias or version that was called; without one the documented defaults.
void read_async_config(const Call& call, const Called& called, PendingExecution& pending) {
  const auto qualifier = called.alias.empty() ? called.version.name : "!" + called.alias;
  const auto document = call.store.documents().find(called.function, qualifier, DocumentKind::async_config);
  if (!document) return;
  const auto config = stored_object(*document);
  pending.max_age = std::chrono::seconds(number_or(config, "max_async_event_age_in_seconds", 3600));
  pending.retries = number_or(config, "max_async_retry_attempts", 1);
  const auto destinations = config.object("destination_config");
  if (!destinations || !*destinations) return;
  const auto raw = [&](std::string_view name) {
    const auto text = (*destinations)->raw(name, JsonType::object);
    return text ? text->value_or("") : "";
  };
  pending.on_success = raw("on_success");
  pending.on_failure = raw("on_failure");
}

PendingExecution pending_of(const Called& called, Execution execution, CallKind kind) {
  PendingExecution pending;
  pending.kind = kind;
  pending.execution = std::move(execution);
  pending.max_at_once = max_at_once(stored_object(called.version.settings));
  return pending;
}

/// What the calls of an executor that runs nothing come to.
ExecutionOutcome echo(const Called& called) {
  ExecutionOutcome outcome;
  outcome.result = std::string(called.event);
  return outcome;
}

}  // namespace

Outcome invoke(const Call& call) {
  auto called = find_called(call, call.options.sizes.event_kb);
  if (!called) return refuse(called.error());
  auto form = read_form(call.headers);
  if (!form) return refuse(form.error());
  auto execution = execution_of(call, *called);
  record(call, *called, execution, "sync");
  if (!call.options.why_not_run) return invocation_answer(execution, *form, echo(*called), call.now, call.now);
  Answer draft{200, ""};
  draft.execution = pending_of(*called, std::move(execution), CallKind::synchronous);
  draft.execution->form = *form;
  return draft;
}

Outcome invoke_async(const Call& call) {
  auto called = find_called(call, call.options.sizes.async_event_kb);
  if (!called) return refuse(called.error());
  auto execution = execution_of(call, *called);
  record(call, *called, execution, "async");
  Answer answer{202, JsonMembers().text("request_id", execution.request_id).object()};
  answer.headers.emplace_back("X-Cff-Request-Id", execution.request_id);
  if (!call.options.why_not_run) return answer;
  answer.execution = pending_of(*called, std::move(execution), CallKind::asynchronous);
  read_async_config(call, *called, *answer.execution);
  return answer;
}

}  // namespace fgsync::emulator
