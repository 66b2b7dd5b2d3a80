#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "daemon/metrics.hpp"
#include "tests/daemon/exposition.hpp"

namespace fgsync::test {

/// 2026-11-22T20:53:20Z.
inline const daemon::WallTime kNow{std::chrono::seconds(1'795'380'800)};

inline daemon::WallTime ago(std::chrono::milliseconds before) {
  return kNow - before;
}

inline daemon::FunctionView function_view(std::string name, daemon::Condition condition) {
  daemon::FunctionView function;
  function.name = std::move(name);
  function.condition = condition;
  function.observed_at = ago(std::chrono::seconds(30));
  return function;
}

inline daemon::TargetView target_view(std::string name) {
  daemon::TargetView target;
  target.name = std::move(name);
  return target;
}

/// One target, `main`, with one function, `hello`, which is as it should be. Started an hour ago.
inline daemon::DaemonView plain_view() {
  daemon::DaemonView view;
  view.version = "1.2.3";
  view.started_at = ago(std::chrono::hours(1));
  view.now = kNow;
  view.targets.push_back(target_view("main"));
  view.targets[0].functions.push_back(function_view("hello", daemon::Condition::synced));
  return view;
}

/// Where every metric has at least one sample.
inline daemon::DaemonView full_view() {
  auto view = plain_view();
  auto& target = view.targets[0];
  target.functions[0].failures = 2;
  target.functions[0].versions_used = 18;
  target.held_plan = daemon::HeldPlanView{"4a45e0a5d540", 30, 10, ago(std::chrono::minutes(5))};
  target.sweep.next_at = kNow + std::chrono::minutes(1);
  daemon::SourceView git;
  git.kind = "git";
  git.where = "https://git.example.org/functions.git";
  git.checked_at = ago(std::chrono::seconds(20));
  target.sources.push_back(git);
  return view;
}

inline const daemon::ProcessUsage kUsage{12'345'678, 17, 1.5};

/// The metrics of a daemon, and the log that they listen to.
struct MeteredDaemon {
  std::map<std::string, Family> read(const daemon::DaemonView& view) {
    return parse_exposition(metrics.render(view, kUsage));
  }
  void publish(std::string type, std::string target, std::vector<std::pair<std::string, std::string>> fields = {}) {
    daemon::Event event;
    event.type = std::move(type);
    event.target = std::move(target);
    event.function = "hello";
    event.fields = std::move(fields);
    events.publish(std::move(event));
  }

  boost::asio::io_context loop;
  daemon::EventLog events{loop.get_executor()};
  daemon::Metrics metrics{events};
};

}  // namespace fgsync::test
