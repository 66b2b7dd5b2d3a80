// Looks at all that a sync needs, and only looks: it writes nothing here and changes nothing on the service. Each line
// says what to do, so that a person who starts anew, or whose pipeline broke, need not know where to begin.
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <utility>

#include "base/clock.hpp"
#include "cli/advice.hpp"
#include "cli/commands.hpp"
#include "cli/doctor_view.hpp"
#include "cli/exit_code.hpp"
#include "cli/local_checks.hpp"
#include "cli/run_loop.hpp"
#include "cli/screen.hpp"
#include "cli/service_checks.hpp"
#include "cli/stderr_log.hpp"

namespace fgsync::cli {
namespace {

/// What the service is asked through, and why not where it cannot be.
ServiceCheckInputs inputs_of(const Options& options, const Connection& target, const Workspace& place) {
  const config::Environment environment = config::process_environment();
  ServiceCheckInputs inputs;
  inputs.connection = target;
  inputs.source_id = place.source_id;
  inputs.patience = options.timeout.value_or(inputs.patience);
  inputs.log = stderr_log(options.log_level);
  auto credentials = choose_credentials(place.config, environment, target.endpoint, target.region);
  if (credentials) {
    inputs.connection.credentials = std::move(*credentials);
  } else {
    inputs.credential_error = std::move(credentials).error();
  }
  auto proxied = resolve_proxies(inputs.connection, environment);
  if (!proxied) inputs.connection_error = std::move(proxied).error();
  return inputs;
}

struct Surgery {
  boost::asio::io_context loop{1};
  SystemClock clock;
  WorkerPool pool{2};
  Findings findings;
};

boost::asio::awaitable<int> examine_service(ServiceCheckInputs inputs, Surgery& surgery) {
  surgery.findings =
      co_await check_service(std::move(inputs), surgery.loop.get_executor(), surgery.pool, surgery.clock);
  co_return kOk;
}

Findings ask_service(ServiceCheckInputs inputs) {
  Surgery surgery;
  Interruption interruption;
  interruption.on_first_signal = [] { return false; };
  run_loop(surgery.loop, surgery.clock, examine_service(std::move(inputs), surgery), interruption);
  return std::move(surgery.findings);
}

void append(Findings& findings, Findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

/// What needs a target.
Findings look_at_target(const Options& options, const Connection& target, const Workspace& place) {
  Findings findings;
  StateFinding state = check_state(target, place);
  findings.push_back(std::move(state.finding));
  findings.push_back({"target", Health::ok,
                      "project " + target.project_id + (target.region.empty() ? "" : ", region " + target.region) +
                          ", " + target.endpoint.to_string()});
  ServiceCheckInputs inputs = inputs_of(options, target, place);
  inputs.snapshot = std::move(state.snapshot);
  append(findings, ask_service(std::move(inputs)));
  return findings;
}

struct Examination {
  Findings findings;
  bool is_usable = true;  ///< configuration and target could be read
};

Examination examine(const Options& options) {
  Examination done;
  auto place = load_place(options);
  if (!place) {
    done.is_usable = false;
    done.findings.push_back({"configuration", Health::failed, place.error().describe()});
    done.findings.push_back(check_git("/"));
    done.findings.push_back(check_temporary_space());
    for (const char* check :
         {"sources", "state", "target", "endpoint", "clock", "credentials", "rights", "functions", "quotas"}) {
      done.findings.push_back({check, Health::unknown, "not looked at: the configuration cannot be read"});
    }
    return done;
  }
  done.findings.push_back(check_configuration(*place));
  done.findings.push_back(check_sources(options));
  done.findings.push_back(check_git(place->root));
  done.findings.push_back(check_temporary_space());
  const auto target = resolve_target(options, place->config, config::process_environment());
  if (target) {
    append(done.findings, look_at_target(options, *target, *place));
    return done;
  }
  done.is_usable = false;
  done.findings.push_back({"target", Health::failed, target.error().describe(),
                           "give what is missing by flag, environment variable or fgsync.yaml, or correct it"});
  for (const char* check : {"state", "endpoint", "clock", "credentials", "rights", "functions", "quotas"}) {
    done.findings.push_back({check, Health::unknown, "not looked at: it is not known which project is meant"});
  }
  return done;
}

}  // namespace

int run_doctor(const Options& options) {
  Examination done = examine(options);
  for (Finding& finding : done.findings) finding.next = advised(finding.next, options);
  if (options.format == Format::json) {
    std::cout << render_findings_json(done.findings, to_iso8601(SystemClock().wall_now()));
  } else {
    std::cout << render_findings_text(done.findings, Paint(uses_color(options, STDOUT_FILENO)),
                                      screen_of(STDOUT_FILENO));
  }
  if (!done.is_usable) return kNothingUsable;
  return count_of(done.findings, Health::failed) == 0 ? kOk : kFailed;
}

}  // namespace fgsync::cli
