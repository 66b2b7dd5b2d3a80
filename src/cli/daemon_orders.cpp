// What a person asks of the running daemon.
#include "cli/daemon_orders.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/worker_pool.hpp"
#include "cli/advice.hpp"
#include "cli/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/daemon_client.hpp"
#include "cli/exit_code.hpp"
#include "cli/function_names.hpp"
#include "cli/screen_text.hpp"
#include "cli/workspace.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

/// An order to the service may take as long as its calls do.
constexpr seconds kOrder{120};

int failed(const std::string& function, const Error& error) {
  if (error.kind == ErrorKind::unknown_effect) {
    tell("unknown     " + function + ": " + error.describe());
    return kFailed;
  }
  print_error(error);
  return error.kind == ErrorKind::not_found || error.kind == ErrorKind::invalid ? kNothingUsable : kFailed;
}

Json body_of(const DaemonClient& daemon, const std::string& function) {
  Json body{{"function", function}};
  if (!daemon.target().empty()) body["target"] = daemon.target();
  return body;
}

Result<Json> order(DaemonClient& daemon, const std::string& path, const Json& body, seconds timeout = kOrder) {
  auto answer = daemon.post(path, body.dump(-1, ' ', false, Json::error_handler_t::replace), timeout);
  if (!answer) return fail(std::move(answer).error());
  Json document = Json::parse(*answer, nullptr, false);
  if (!document.is_object()) return fail(ErrorKind::corrupt, "what the daemon answers is no JSON");
  return document;
}

std::string joined(const Json& words) {
  std::string text;
  for (const Json& word : words) text += (text.empty() ? "" : ", ") + word.get<std::string>();
  return text;
}

std::vector<std::string> functions_of(const Options& options) {
  if (options.command == Command::forget) return options.forgotten;
  return options.functions.empty() ? std::vector<std::string>{options.function} : options.functions;
}

/// What was done, for people.
void tell_done(const Options& options, const std::string& name, const Json& answer) {
  switch (options.command) {
    case Command::suspend:
      say("suspended   " + name + ": the daemon leaves it alone, until: " + advised("fgsync resume " + name, options));
      if (answer.value("in_flight", false)) {
        say("in flight   " + name + " is being changed at this moment, and what was begun is brought to its end");
      }
      return;
    case Command::resume:
      say(answer.value("was_suspended", false) ? "resumed     " + name : "Nothing suspends " + name);
      return;
    case Command::hold:
      say("held        " + name +
          ": until the code or settings change, or: " + advised("fgsync release " + name, options));
      return;
    case Command::release: {
      const std::string aliases = joined(answer.value("aliases", Json::array()));
      const bool was_held = answer.value("had_hold", false) || !aliases.empty();
      const std::string marks = aliases.empty() ? "" : ": mark removed from alias " + aliases;
      say(was_held ? "released    " + name + marks : "Nothing holds " + name);
      return;
    }
    case Command::rollback:
      say("rolled back " + name + ": alias " + answer.value("alias", "") + " " + answer.value("from", "") + " → " +
          answer.value("to", ""));
      say("held        fingerprint " + answer.value("fingerprint", "") +
          ", until the code or settings change, or: " + advised("fgsync release " + name, options));
      return;
    case Command::forget:
      say("forgotten   " + name + ": " + (answer.value("had_mark", false) ? "its ownership mark was removed; " : "") +
          "it stays on the service as it is");
      return;
    default: return;
  }
}

const char* path_of(Command command) {
  switch (command) {
    case Command::suspend: return "/v1/suspend";
    case Command::resume: return "/v1/resume";
    case Command::hold: return "/v1/hold";
    case Command::release: return "/v1/release";
    case Command::rollback: return "/v1/rollback";
    default: return "/v1/forget";
  }
}

bool asks_and_agrees(const Options& options) {
  boost::asio::io_context loop(1);
  WorkerPool pool(1);
  bool agrees = false;
  const std::string what = "This moves " + (options.alias ? "alias " + *options.alias : std::string("the alias")) +
                           " of " + options.function + " to " + options.to_version + ", with all of its traffic";
  boost::asio::co_spawn(loop, ask(options, pool, what),
                        [&agrees](const std::exception_ptr& thrown, bool answer) { agrees = !thrown && answer; });
  loop.run();
  return agrees;
}

/// Nothing: it cannot be had, and why was said.
std::optional<DaemonClient> needed_daemon(const Options& options) {
  auto found = find_daemon(options);
  if (!found) {
    print_error(found.error());
    return std::nullopt;
  }
  if (!*found) {
    const auto place = load_place(options);
    if (!place) print_error(place.error());
    const std::string cause =
        place ? "no daemon runs here: start fgsync daemon" : "where the daemon listens is not known: correct the above";
    print_error(Error(ErrorKind::not_found, cause + ", or name its socket with --socket or FGSYNC_SOCKET"));
    return std::nullopt;
  }
  return std::move(*found);
}

Json target_of(const DaemonClient& daemon) {
  Json body = Json::object();
  if (!daemon.target().empty()) body["target"] = daemon.target();
  return body;
}

/// What comes of the functions, as an exit code: a failure counts more than what is blocked.
int exit_code_of(const Json& functions) {
  int code = kOk;
  for (const Json& function : functions) {
    const std::string condition = function.value("condition", "");
    const bool is_settled = condition == "Synced" || condition == "Suspended";
    const bool is_stopped = condition == "Blocked" || condition == "Held";
    if (is_stopped && code == kOk) code = kBlocked;
    if (!is_settled && !is_stopped) code = kFailed;
  }
  return code;
}

}  // namespace

std::optional<int> order_of_daemon(const Options& options) {
  auto found = find_daemon(options);
  if (!found) {
    print_error(found.error());
    return kFailed;
  }
  if (!*found) return std::nullopt;
  const auto names = function_names(functions_of(options));
  if (!names) {
    print_error(names.error());
    return kUsage;
  }
  if (options.command == Command::rollback && !asks_and_agrees(options)) {
    std::cerr << "Nothing was done.\n";
    return kBlocked;
  }
  int exit_code = kOk;
  for (const std::string& name : *names) {
    Json body = body_of(**found, name);
    if (!options.reason.empty()) body["reason"] = options.reason;
    if (options.command == Command::rollback) body["to"] = options.to_version;
    if (options.command == Command::rollback && options.alias) body["alias"] = *options.alias;
    const auto answer = order(**found, path_of(options.command), body);
    if (answer) {
      tell_done(options, name, *answer);
    } else {
      exit_code = failed(name, answer.error());
    }
  }
  return exit_code;
}

int run_reconcile(const Options& options) {
  auto daemon = needed_daemon(options);
  if (!daemon) return kFailed;
  constexpr seconds kUsualWait{300};
  const auto wait =
      options.waits ? std::chrono::duration_cast<seconds>(options.timeout.value_or(kUsualWait)) : seconds(0);
  Json body = target_of(*daemon);
  body["functions"] = options.functions;
  body["wait"] = wait.count();
  const auto answer = order(*daemon, "/v1/reconcile", body, wait + seconds(30));
  if (!answer) return failed("the order", answer.error());
  const Json functions = answer->value("functions", Json::array());
  if (!options.waits) {
    say("asked       for " + (options.functions.empty() ? "all functions" : joined(Json(options.functions))) +
        ": fgsync status shows what comes of it");
    return kOk;
  }
  for (const Json& function : functions) {
    say(padded(function.value("condition", ""), 12) + function.value("address", "") + ": " +
        function.value("reason", ""));
  }
  return exit_code_of(functions);
}

int run_approve(const Options& options) {
  auto daemon = needed_daemon(options);
  if (!daemon) return kFailed;
  Json body = target_of(*daemon);
  if (!options.plan_id.empty()) body["plan_id"] = options.plan_id;
  const auto answer = order(*daemon, "/v1/approve", body);
  if (!answer) return failed("the approval", answer.error());
  const Json plan = answer->value("approved", Json::object());
  say("approved    plan " + plan.value("plan_id", "") + ": " + std::to_string(plan.value("changes", 0)) +
      " functions are changed now");
  return kOk;
}

int run_pause(const Options& options) {
  auto daemon = needed_daemon(options);
  if (!daemon) return kFailed;
  Json body = target_of(*daemon);
  if (!options.reason.empty()) body["reason"] = options.reason;
  const auto answer = order(*daemon, "/v1/pause", body);
  if (!answer) return failed("the pause", answer.error());
  const auto in_flight = answer->value("in_flight", 0);
  const std::string until = ", also after a restart, until: " + advised("fgsync unpause", options);
  if (in_flight == 0) {
    say("paused      nothing is written any more" + until);
  } else {
    say("paused      nothing more is begun" + until);
    say("in flight   " + std::to_string(in_flight) + (in_flight == 1 ? " function is" : " functions are") +
        " being changed at this moment, and what was begun is brought to its end");
  }
  return kOk;
}

int run_unpause(const Options& options) {
  auto daemon = needed_daemon(options);
  if (!daemon) return kFailed;
  const auto answer = order(*daemon, "/v1/unpause", target_of(*daemon));
  if (!answer) return failed("the end of the pause", answer.error());
  say(answer->value("was_paused", false) ? "unpaused    the daemon goes on" : "Nothing was paused");
  return kOk;
}

namespace {

/// Puts the pieces of a stream together to events and prints each.
class EventPrinter {
 public:
  explicit EventPrinter(Format format) : format_(format) {}

  void hear(std::string_view piece) {
    constexpr std::string_view kData = "data: ";
    rest_ += piece;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      const std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      if (line.starts_with(kData)) print(Json::parse(line.substr(kData.size()), nullptr, false));
    }
  }

  void print(const Json& event) const {
    if (!event.is_object()) return;
    if (format_ == Format::ndjson) {
      std::cout << event.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n" << std::flush;
      return;
    }
    const auto text = [&event](const char* key) {
      const auto found = event.find(key);
      return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string function = text("function");
    say(text("at") + "  " + padded(text("type"), 18) + "  " + (function.empty() ? "" : function + ": ") +
        text("message"));
  }

 private:
  Format format_;
  std::string rest_;
};

}  // namespace

int run_events(const Options& options) {
  auto daemon = needed_daemon(options);
  if (!daemon) return kFailed;
  EventPrinter printer(options.format);
  if (!options.follows) {
    const auto answer = daemon->get("/v1/events?follow=false", seconds(10));
    if (!answer) return failed("the events", answer.error());
    const Json document = Json::parse(*answer, nullptr, false);
    for (const Json& event : document.value("events", Json::array())) printer.print(event);
    return kOk;
  }
  constexpr int kSignalled = 128;
  const auto signal = daemon->follow("/v1/events", [&printer](std::string_view piece) { printer.hear(piece); });
  if (!signal) return failed("the events", signal.error());
  return *signal == 0 ? kOk : kSignalled + *signal;
}

}  // namespace fgsync::cli
