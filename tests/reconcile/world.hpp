#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/worker_pool.hpp"
#include "emulator/service.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "reconcile/interventions.hpp"
#include "reconcile/reconciler.hpp"
#include "state/sqlite_store.hpp"
#include "tests/support/emulated_client.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::test {

/// Writes down what a progress hears.
class RecordingProgress final : public reconcile::Progress {
 public:
  void on_start(const std::string& function) override { started.push_back(function); }
  void on_step(const std::string& function, const plan::Action& action) override {
    steps.push_back(function + ": " + plan::describe(action));
  }
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    waits.push_back(function + ": " + std::string(name_of(error.kind)));
    longest_wait = std::max(longest_wait, wait);
  }
  void on_end(const reconcile::FunctionReport& report) override { ended.push_back(report.name); }

  std::vector<std::string> started;
  std::vector<std::string> steps;
  std::vector<std::string> waits;
  std::vector<std::string> ended;
  std::chrono::milliseconds longest_wait{0};
};

/// The real engine with the real client code, against the emulator's core in this process; time is faked.
class World {
 public:
  World() : service_(std::move(*emulator::open_service({}, ":memory:"))), client(*service_, clock) {
    graph_ = functiongraph::make_http_function_graph({client, clock, "p1", counter_, Logger()});
    triggers_ = functiongraph::make_http_triggers({client, clock, "p1", counter_, Logger()});
    settings.plan.source_id = "shop";
    settings.root = directory.path();
    open_store();
  }

  /// A function with a code directory of its own. Change it through `functions`.
  manifest::Function& add(const std::string& name) {
    write_code(name, "def handler(event, context): return '" + name + "'\n");
    manifest::Function function;
    function.name = name;
    function.runtime = "Python3.9";
    function.handler = "index.handler";
    function.memory_size = 256;
    function.timeout = std::chrono::seconds(30);
    function.code.path = directory / name;
    function.version = manifest::WantedVersion{"v1", false, "First", {}};
    manifest::WantedAlias alias;
    alias.name = "prod";
    alias.version = "current";
    function.aliases = {alias};
    functions.push_back(std::move(function));
    return functions.back();
  }

  /// New code under a new version's name.
  void change_release(const std::string& name, const std::string& version) {
    write_code(name, "def handler(event, context): return '" + version + "'\n");
    for (manifest::Function& function : functions) {
      if (function.name == name) function.version->name = version;
    }
  }

  void write_code(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(directory / name);
    directory.write(name + "/index.py", text);
  }

  /// A run of its own, as another process would make it; the state stays.
  Result<plan::Plan> make_plan() {
    reconciler_ = std::make_unique<reconcile::Reconciler>(ports(), settings, functions);
    return run(loop_, reconciler_->make_plan());
  }

  reconcile::Report apply(plan::Plan plan) { return run(loop_, reconciler_->apply(std::move(plan), progress)); }

  /// Plan and apply; the plan must be possible.
  reconcile::Report sync() {
    auto plan = make_plan();
    if (!plan) throw std::runtime_error(plan.error().describe());
    return apply(std::move(*plan));
  }

  /// As on a machine that has never run before.
  void lose_state() { open_store(); }

  reconcile::Reconciler& reconciler() { return *reconciler_; }

  /// As `fgsync forget` does.
  Result<reconcile::Forgotten> forget(const std::string& name) {
    return run(loop_, reconcile::Interventions(ports(), settings).forget(name));
  }
  /// As `fgsync rollback` does.
  Result<void> roll_back(const std::string& name, const std::string& alias, const std::string& version) {
    reconcile::Interventions commands(ports(), settings);
    auto rollback = run(loop_, commands.prepare({name, alias, version, "", std::nullopt}));
    if (!rollback) return fail(std::move(rollback).error());
    return run(loop_, commands.roll_back(std::move(*rollback)));
  }
  /// As `fgsync suspend` does.
  Result<void> suspend(const std::string& name, const std::string& reason) {
    return run(loop_, reconcile::Interventions(ports(), settings).suspend(name, reason));
  }
  /// As `fgsync resume` does.
  Result<bool> resume(const std::string& name) {
    return run(loop_, reconcile::Interventions(ports(), settings).resume(name));
  }
  bool plans_to_change(const std::string& name) {
    const auto plan = make_plan();
    if (!plan) throw std::runtime_error(plan.error().describe());
    for (const auto& function : plan->functions) {
      if (function.name == name) return !function.is_unchanged();
    }
    throw std::runtime_error("no plan for " + name);
  }
  Result<void> remember_code(state::KnownCode known) {
    return run(loop_, ports().store.put_known_code(std::move(known)));
  }
  state::InventoryEntry remembered(const std::string& name) {
    const auto inventory = run(loop_, store->inventory());
    for (const state::InventoryEntry& entry : inventory.value()) {
      if (entry.name == name) return entry;
    }
    throw std::runtime_error("nothing is remembered of " + name);
  }
  Result<void> remember(state::InventoryEntry entry) { return run(loop_, store->put_inventory(std::move(entry))); }
  /// As `fgsync release` does.
  Result<reconcile::Released> release(const std::string& name) {
    return run(loop_, reconcile::Interventions(ports(), settings).release(name));
  }

  /// What somebody else does to the service. Answers the body.
  nlohmann::json foreign(http::Method method, const std::string& path, const nlohmann::json& body = nullptr) {
    http::Request request;
    request.method = method;
    request.target = "/v2/p1/fgs" + path;
    if (!body.is_null()) request.body = body.dump();
    const http::Response response = service_->handle(request, clock.wall_now());
    if (response.status >= 300) throw std::runtime_error(path + ": " + response.body);
    return response.body.empty() ? nlohmann::json() : nlohmann::json::parse(response.body);
  }
  nlohmann::json config_of(const std::string& name) {
    return foreign(http::Method::get, "/functions/" + urn_of(name) + "/config");
  }
  std::vector<std::string> versions_of(const std::string& name) {
    std::vector<std::string> versions;
    const auto answer = foreign(http::Method::get, "/functions/" + urn_of(name) + "/versions");
    for (const auto& row : answer["versions"]) versions.push_back(row["version"]);
    return versions;
  }
  std::string alias_of(const std::string& name, const std::string& alias) {
    const auto answer = foreign(http::Method::get, "/functions/" + urn_of(name) + "/aliases");
    for (const auto& row : answer) {
      if (row["name"] == alias) return row["version"];
    }
    return "";
  }
  /// The digest of what would be uploaded.
  std::string archive_digest(const std::string& name) const {
    const auto list = package::scan(directory / name, {});
    return package::build_archive(*list, package::hash_contents(*list)->digest)->digest().hex;
  }
  static std::string urn_of(const std::string& name, const std::string& app = "default") {
    return "urn:fss:cn-north-4:p1:function:" + app + ":" + name;
  }

  TempDirectory directory;
  FakeClock clock;

 private:
  std::unique_ptr<emulator::Service> service_;

 public:
  EmulatedClient client;
  reconcile::Settings settings;
  std::vector<manifest::Function> functions;
  std::map<std::string, std::string> secrets;  ///< what manifests may refer to, by name
  std::unique_ptr<state::Store> store;
  RecordingProgress progress;

 private:
  void open_store() { store = std::move(*state::open_sqlite_store("", {"e", "p1", "shop", directory.path()})); }

  reconcile::Ports ports() {
    reconcile::Ports ports{*graph_, *store, clock, pool_, Logger(), triggers_.get()};
    ports.read_secret = [this](const manifest::SecretReference& reference) -> Result<Secret> {
      const auto found = secrets.find(reference.source);
      if (found == secrets.end()) return fail(ErrorKind::not_found, reference.source + " is not set");
      return Secret(found->second);
    };
    return ports;
  }

  boost::asio::io_context loop_;
  WorkerPool pool_{2};
  functiongraph::CallCounter counter_;
  std::unique_ptr<functiongraph::FunctionGraph> graph_;
  std::unique_ptr<functiongraph::Triggers> triggers_;
  std::unique_ptr<reconcile::Reconciler> reconciler_;
};

inline reconcile::Outcome outcome_of(const reconcile::Report& report, const std::string& name) {
  for (const auto& function : report.functions) {
    if (function.name == name) return function.outcome;
  }
  throw std::runtime_error("no report on " + name);
}

/// For the hooks of EmulatedClient: whether the request is that call.
inline auto is_call(const http::Request& request, http::Method method, const std::string& path_end) {
  return request.method == method && request.target.ends_with(path_end);
}

}  // namespace fgsync::test
