#include "daemon/metrics.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <optional>
#include <variant>
#include <vector>

#include "plan/model.hpp"
#include "tests/daemon/metrics_support.hpp"
#include "tests/support/temp_directory.hpp"

using namespace fgsync;
using namespace fgsync::test;
using daemon::Condition;
using std::chrono::milliseconds;

namespace {

const Labels kMain{{"target", "main"}};

Labels with(Labels labels, const std::string& name, const std::string& value) {
  labels[name] = value;
  return labels;
}

}  // namespace

// ---- what is counted

TEST_CASE("metrics: reconciles are counted and timed by outcome") {
  MeteredDaemon daemon;
  daemon.publish("reconcile_ended", "main", {{"outcome", "done"}, {"took_ms", "1500"}});
  daemon.publish("reconcile_ended", "main", {{"outcome", "done"}, {"took_ms", "20"}});
  daemon.publish("reconcile_ended", "main", {{"outcome", "failed"}, {"took_ms", "7"}});
  const auto families = daemon.read(plain_view());
  const Labels done = with(kMain, "outcome", "done");
  CHECK(value_of(families, "fgsync_reconciles_total", done) == 2);
  CHECK(value_of(families, "fgsync_reconciles_total", with(kMain, "outcome", "failed")) == 1);
  CHECK(value_of(families, "fgsync_reconcile_duration_seconds_count", done) == 2);
  CHECK(value_of(families, "fgsync_reconcile_duration_seconds_sum", done) == Approx(1.52));
  CHECK(value_of(families, "fgsync_reconcile_duration_seconds_bucket", with(done, "le", "0.05")) == 1);
  CHECK(value_of(families, "fgsync_reconcile_duration_seconds_bucket", with(done, "le", "2.5")) == 2);
}

TEST_CASE("metrics: a reconcile without a readable time is counted, not timed") {
  MeteredDaemon daemon;
  for (const char* took : {"", "soon", "12x"}) {
    daemon.publish("reconcile_ended", "main", {{"outcome", "done"}, {"took_ms", took}});
  }
  const auto families = daemon.read(plain_view());
  CHECK(value_of(families, "fgsync_reconciles_total", with(kMain, "outcome", "done")) == 3);
  CHECK(value_of(families, "fgsync_reconcile_duration_seconds_count", with(kMain, "outcome", "done")) == 0);
}

TEST_CASE("metrics: steps, retries and healed drift are counted by target") {
  MeteredDaemon daemon;
  daemon.publish("step", "main", {{"step", "publish"}});
  daemon.publish("step", "other", {{"step", "publish"}});
  daemon.publish("retry_scheduled", "main");
  daemon.publish("retry_scheduled", "main");
  daemon.publish("drift_healed", "main");
  daemon.publish("sweep_ended", "main");
  const auto families = daemon.read(plain_view());
  CHECK(value_of(families, "fgsync_steps_total", with(kMain, "step", "publish")) == 1);
  CHECK(value_of(families, "fgsync_steps_total", {{"target", "other"}, {"step", "publish"}}) == 1);
  CHECK(value_of(families, "fgsync_retries_total", kMain) == 2);
  CHECK(value_of(families, "fgsync_drift_healed_total", kMain) == 1);
}

TEST_CASE("metrics: what has not happened yet is 0, so that its first time is an increase") {
  MeteredDaemon daemon;
  const auto families = daemon.read(plain_view());
  for (const char* outcome : {"unchanged", "done", "failed", "blocked", "skipped", "interrupted"}) {
    CHECK(value_of(families, "fgsync_reconciles_total", with(kMain, "outcome", outcome)) == 0);
  }
  CHECK(value_of(families, "fgsync_steps_total", with(kMain, "step", "delete_function")) == 0);
  CHECK(value_of(families, "fgsync_retries_total", kMain) == 0);
  CHECK(value_of(families, "fgsync_drift_healed_total", kMain) == 0);
}

TEST_CASE("metrics: words that nobody knows become one label") {
  MeteredDaemon daemon;
  for (const char* word : {"a", "b", "c"}) {
    daemon.publish("step", "main", {{"step", word}});
    daemon.publish("reconcile_ended", "main", {{"outcome", word}});
  }
  const auto families = daemon.read(plain_view());
  CHECK(value_of(families, "fgsync_steps_total", with(kMain, "step", "other")) == 3);
  CHECK(value_of(families, "fgsync_reconciles_total", with(kMain, "outcome", "other")) == 3);
}

TEST_CASE("metrics: every kind of step that a plan has is known") {
  const std::vector<plan::Action> actions{plan::ImportFunction{},
                                          plan::ImportFunction{plan::ImportFunction::Via::create_call, ""},
                                          plan::UpdateCode{},
                                          plan::UpdateConfig{},
                                          plan::PublishVersion{},
                                          plan::CreateAlias{},
                                          plan::UpdateAlias{},
                                          plan::UpdateMaxInstances{},
                                          plan::UpdateTags{},
                                          plan::UpdateAsyncConfig{},
                                          plan::UpdateReservedInstances{},
                                          plan::DeleteAlias{},
                                          plan::DeleteVersion{},
                                          plan::DeleteFunction{}};
  REQUIRE(actions.size() == std::variant_size_v<plan::Action> + 1);
  MeteredDaemon daemon;
  for (const auto& action : actions) daemon.publish("step", "main", {{"step", std::string(kind_of(action))}});
  const auto families = daemon.read(plain_view());
  const auto& samples = families.at("fgsync_steps_total").samples;
  CHECK(samples.size() == actions.size());
  for (const auto& sample : samples) {
    CAPTURE(sample.labels.at("step"));
    CHECK(sample.value == 1);
  }
}

TEST_CASE("metrics: calls are counted by operation and status, and timed by operation") {
  MeteredDaemon daemon;
  daemon.metrics.count_call("main", "publish", 200, milliseconds(40));
  daemon.metrics.count_call("main", "publish", 429, milliseconds(3));
  daemon.metrics.count_call("main", "publish", 0, milliseconds(30'000));
  daemon.metrics.count_call("main", "publish", 77'777, milliseconds(1));
  const auto families = daemon.read(plain_view());
  const Labels publish = with(kMain, "operation", "publish");
  const auto count = [&](const std::string& code, const std::string& status_class) {
    return value_of(families, "fgsync_api_requests_total", with(with(publish, "code", code), "class", status_class));
  };
  CHECK(count("200", "2xx") == 1);
  CHECK(count("429", "4xx") == 1);
  CHECK(count("none", "none") == 1);
  CHECK(count("other", "other") == 1);
  CHECK(value_of(families, "fgsync_api_request_duration_seconds_count", publish) == 4);
  CHECK(value_of(families, "fgsync_api_request_duration_seconds_bucket", with(publish, "le", "0.05")) == 3);
  CHECK(value_of(families, "fgsync_api_request_duration_seconds_sum", publish) == Approx(30.044));
}

TEST_CASE("metrics: events that come after it do no harm") {
  boost::asio::io_context loop;
  daemon::EventLog events(loop.get_executor());
  {
    const daemon::Metrics metrics(events);
  }
  daemon::Event event;
  event.type = "drift_healed";
  events.publish(event);
  CHECK(events.last_id() == 1);
}

// ---- what is seen

TEST_CASE("metrics: functions are counted by condition, and all conditions are there") {
  MeteredDaemon daemon;
  auto view = plain_view();
  view.targets[0].functions = {function_view("a", Condition::synced), function_view("b", Condition::synced),
                               function_view("c", Condition::failed), function_view("d", Condition::unknown)};
  view.targets.push_back(target_view("empty"));
  const auto families = daemon.read(view);
  const std::map<std::string, double> expected{{"Synced", 2},    {"Progressing", 0}, {"Blocked", 0}, {"Held", 0},
                                               {"Suspended", 0}, {"Failed", 1},      {"Unknown", 1}};
  for (const auto& [condition, count] : expected) {
    CAPTURE(condition);
    CHECK(value_of(families, "fgsync_functions", with(kMain, "condition", condition)) == count);
    CHECK(value_of(families, "fgsync_functions", {{"target", "empty"}, {"condition", condition}}) == 0);
  }
}

TEST_CASE("metrics: what was never observed is as old as the daemon, and nothing is younger than now") {
  MeteredDaemon daemon;
  auto view = plain_view();
  view.targets[0].functions = {function_view("never", Condition::unknown), function_view("later", Condition::synced),
                               function_view("seen", Condition::synced)};
  view.targets[0].functions[0].observed_at.reset();
  view.targets[0].functions[1].observed_at = kNow + std::chrono::minutes(3);
  const auto families = daemon.read(view);
  const auto age = [&](const std::string& function) {
    return value_of(families, "fgsync_function_observation_age_seconds", with(kMain, "function", function));
  };
  CHECK(age("never") == 3600);
  CHECK(age("later") == 0);
  CHECK(age("seen") == 30);
  CHECK(value_of(families, "fgsync_observation_age_max_seconds", kMain) == 3600);
}

TEST_CASE("metrics: versions and failures are there for functions that have them") {
  MeteredDaemon daemon;
  auto view = plain_view();
  view.targets[0].functions = {function_view("a", Condition::failed), function_view("b", Condition::synced)};
  view.targets[0].functions[0].versions_used = 18;
  view.targets[0].functions[0].failures = 3;
  const auto families = daemon.read(view);
  CHECK(families.at("fgsync_function_versions_used").samples.size() == 1);
  CHECK(value_of(families, "fgsync_function_versions_used", with(kMain, "function", "a")) == 18);
  CHECK(value_of(families, "fgsync_function_versions_limit") == 20);
  CHECK(families.at("fgsync_function_consecutive_failures").samples.size() == 1);
  CHECK(value_of(families, "fgsync_function_consecutive_failures", with(kMain, "function", "a")) == 3);
}

TEST_CASE("metrics: a function that is gone leaves nothing behind") {
  MeteredDaemon daemon;
  auto view = full_view();
  daemon.publish("reconcile_ended", "main", {{"outcome", "done"}, {"took_ms", "5"}});
  CHECK(daemon.metrics.render(view).find("hello") != std::string::npos);
  view.targets[0].functions.clear();
  CHECK(daemon.metrics.render(view).find("hello") == std::string::npos);
}

TEST_CASE("metrics: sweeps and the queue") {
  MeteredDaemon daemon;
  auto view = plain_view();
  auto& target = view.targets[0];
  target.sweep.count = 4;
  target.sweep.took = milliseconds(250);
  target.queue = {3, 2, 1, milliseconds(1500)};
  auto families = daemon.read(view);
  CHECK(value_of(families, "fgsync_sweeps_total", kMain) == 4);
  CHECK(value_of(families, "fgsync_sweep_last_duration_seconds", kMain) == 0.25);
  CHECK(value_of(families, "fgsync_sweep_last_success_timestamp_seconds", kMain) == 0);
  CHECK_FALSE(families.contains("fgsync_sweep_next_timestamp_seconds"));
  CHECK(value_of(families, "fgsync_queue_functions", with(kMain, "state", "ready")) == 3);
  CHECK(value_of(families, "fgsync_queue_functions", with(kMain, "state", "delayed")) == 2);
  CHECK(value_of(families, "fgsync_queue_functions", with(kMain, "state", "in_flight")) == 1);
  CHECK(value_of(families, "fgsync_queue_oldest_seconds", kMain) == 1.5);
  target.sweep.succeeded_at = kNow;
  target.sweep.next_at = kNow + std::chrono::seconds(300);
  families = daemon.read(view);
  CHECK(value_of(families, "fgsync_sweep_last_success_timestamp_seconds", kMain) == 1'795'380'800);
  CHECK(value_of(families, "fgsync_sweep_next_timestamp_seconds", kMain) == 1'795'381'100);
}

TEST_CASE("metrics: the budget and its limits") {
  MeteredDaemon daemon;
  auto view = plain_view();
  view.targets[0].budget = {100, 20, milliseconds(2500), 5, 3, 7, 4096};
  view.targets[0].budget_limits = {10, 16, 1024};
  const auto families = daemon.read(view);
  const std::map<std::string, double> expected{{"granted_total", 100},
                                               {"waited_total", 20},
                                               {"waited_seconds_total", 2.5},
                                               {"throttled_total", 5},
                                               {"refused_total", 3},
                                               {"requests_in_flight", 7},
                                               {"in_flight_bytes", 4096},
                                               {"requests_in_flight_limit", 16},
                                               {"in_flight_limit_bytes", 1024},
                                               {"requests_per_second_limit", 10}};
  for (const auto& [name, value] : expected) {
    CAPTURE(name);
    CHECK(value_of(families, "fgsync_budget_" + name, kMain) == value);
  }
}

TEST_CASE("metrics: sources that share a repository are one") {
  MeteredDaemon daemon;
  auto view = full_view();
  auto& sources = view.targets[0].sources;
  sources[0].requests = 12;
  sources.push_back(sources[0]);
  sources[1].failures = 3;
  sources[1].problem = "nobody answers";
  sources[1].checked_at = ago(std::chrono::minutes(10));
  daemon::SourceView folder;
  folder.kind = "directory";
  folder.where = "/srv/functions";
  sources.push_back(folder);
  const auto families = daemon.read(view);
  const Labels git = with(with(with(kMain, "kind", "git"), "source", sources[0].where), "environment", "");
  CHECK(value_of(families, "fgsync_source_consecutive_failures", git) == 3);
  CHECK(value_of(families, "fgsync_source_problem", git) == 1);
  CHECK(value_of(families, "fgsync_source_check_age_seconds", git) == 600);
  CHECK(families.at("fgsync_source_problem").samples.size() == 2);
  CHECK(families.at("fgsync_source_check_age_seconds").samples.size() == 1);
  CHECK(families.at("fgsync_git_requests_total").samples.size() == 1);
  CHECK(value_of(families, "fgsync_git_requests_total", with(kMain, "repository", sources[0].where)) == 12);
}

TEST_CASE("metrics: whether a target may write, and what it waits for") {
  MeteredDaemon daemon;
  auto view = plain_view();
  auto families = daemon.read(view);
  CHECK(value_of(families, "fgsync_target_working", kMain) == 1);
  for (const char* name : {"fgsync_observing", "fgsync_paused", "fgsync_plan_held"}) {
    CHECK(value_of(families, name, kMain) == 0);
  }
  CHECK_FALSE(families.contains("fgsync_plan_held_functions"));
  auto& target = view.targets[0];
  target.problem = "another fgsync uses the state";
  target.is_observing = true;
  target.pause = daemon::PauseView{"jane", "incident", "2026-11-22T20:00:00Z"};
  target.held_plan = daemon::HeldPlanView{"4a45e0a5d540", 30, 10, kNow};
  families = daemon.read(view);
  CHECK(value_of(families, "fgsync_target_working", kMain) == 0);
  for (const char* name : {"fgsync_observing", "fgsync_paused", "fgsync_plan_held"}) {
    CHECK(value_of(families, name, kMain) == 1);
  }
  CHECK(value_of(families, "fgsync_plan_held_functions", kMain) == 30);
}

TEST_CASE("metrics: the daemon itself") {
  MeteredDaemon daemon;
  auto view = plain_view();
  auto families = daemon.read(view);
  CHECK(value_of(families, "fgsync_build_info", {{"version", "1.2.3"}}) == 1);
  CHECK(value_of(families, "fgsync_ready") == 0);
  CHECK(value_of(families, "fgsync_config_last_reload_successful") == 1);
  CHECK(value_of(families, "fgsync_config_last_reload_success_timestamp_seconds") == 1'795'377'200);
  CHECK(value_of(families, "process_start_time_seconds") == 1'795'377'200);
  CHECK(value_of(families, "process_resident_memory_bytes") == 12'345'678);
  CHECK(value_of(families, "process_open_fds") == 17);
  CHECK(value_of(families, "process_cpu_seconds_total") == 1.5);
  view.is_ready = true;
  view.reloaded_at = kNow;
  view.reload_problem = "fgsync.yaml:3: no such key";
  families = daemon.read(view);
  CHECK(value_of(families, "fgsync_ready") == 1);
  CHECK(value_of(families, "fgsync_config_last_reload_successful") == 0);
  CHECK(value_of(families, "fgsync_config_last_reload_success_timestamp_seconds") == 1'795'380'800);
}

TEST_CASE("metrics: names of any kind are escaped") {
  MeteredDaemon daemon;
  auto view = plain_view();
  const std::string name = "a\\b\"c\nd{é}";
  view.targets[0].functions = {function_view(name, Condition::synced)};
  const auto families = daemon.read(view);
  CHECK(value_of(families, "fgsync_function_observation_age_seconds", with(kMain, "function", name)) == 30);
}

TEST_CASE("metrics: no targets at all is no mistake") {
  MeteredDaemon daemon;
  daemon::DaemonView view;
  CHECK(value_of(daemon.read(view), "fgsync_ready") == 0);
}

// ---- this process

TEST_CASE("metrics: what this process uses is read from /proc") {
  const auto usage = daemon::read_process_usage();
  REQUIRE(usage.resident_bytes);
  CHECK(*usage.resident_bytes > 1'000'000);
  REQUIRE(usage.open_descriptors);
  REQUIRE(usage.cpu_seconds);
  CHECK(*usage.cpu_seconds >= 0);
  const std::ifstream one_more("/proc/self/stat");
  CHECK(*daemon::read_process_usage().open_descriptors == *usage.open_descriptors + 1);
}

TEST_CASE("metrics: the time of the processor is found behind any name") {
  const TempDirectory folder;
  std::ofstream(folder / "stat") << "7 (a) S 1 (b) S 1 7 7 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1\n";
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  CHECK(daemon::read_process_usage(folder.path()).cpu_seconds == std::optional(200 / ticks));
}

TEST_CASE("metrics: what cannot be read of this process is left out, not 0") {
  const TempDirectory empty;
  MeteredDaemon daemon;
  const auto families = parse_exposition(daemon.metrics.render(plain_view(), daemon::read_process_usage(empty.path())));
  CHECK(families.contains("process_start_time_seconds"));
  for (const char* name : {"process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"}) {
    CHECK_FALSE(families.contains(name));
  }
}
