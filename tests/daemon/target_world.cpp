#include "tests/daemon/target_world.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "state/sqlite_store.hpp"
#include "tests/support/all_bytes.hpp"

namespace fgsync::test {

using boost::asio::awaitable;
using daemon::SourceChange;
using daemon::Wanted;
using nlohmann::json;

// ---- FakeDesiredState

awaitable<Result<std::shared_ptr<const Wanted>>> FakeDesiredState::load() {
  if (failure) co_return fail(*failure);
  co_return wanted_;
}

awaitable<SourceChange> FakeDesiredState::next_change() {
  while (changes_.empty() && !is_stopped_) co_await changed_.wait(clock_, std::nullopt);
  if (is_stopped_) co_return SourceChange{};
  SourceChange change = std::move(changes_.front());
  changes_.erase(changes_.begin());
  co_return change;
}

void FakeDesiredState::stop() {
  is_stopped_ = true;
  changed_.raise();
}

void FakeDesiredState::restart() {
  is_stopped_ = false;
  changes_.clear();
}

void FakeDesiredState::tell(SourceChange change) {
  changes_.push_back(std::move(change));
  changed_.raise();
}

// ---- SlowNetwork

std::string short_line(const http::Request& request) {
  std::string rest = request.target;
  const auto at = rest.find(":default:");
  rest = at == std::string::npos ? rest.substr(rest.rfind('/') + 1) : rest.substr(at + 9);
  return std::string(http::name_of(request.method)) + " " + rest;
}

awaitable<SlowNetwork::Answer> SlowNetwork::send(http::Request request, Deadline deadline) {
  ++requests;
  if (request.method == http::Method::get && request.target.find("/fgs/functions?") != std::string::npos &&
      request.target.find("func_name=") == std::string::npos) {
    ++lists;
  };
  request = as_received(std::move(request));
  co_await clock_.sleep_until(clock_.now() + latency);
  std::optional<Answer> answer;
  if (before) answer = before(request);
  if (!answer) {
    if (request.method != http::Method::get) mutations.push_back(short_line(request));
    http::Response response = service_.handle(request, clock_.wall_now());
    if (on_exchange) on_exchange(request, response);
    answer = after ? after(request, std::move(response)) : Answer(std::move(response));
  }
  const bool is_late = !*answer && answer->error().kind == ErrorKind::timed_out;
  co_await clock_.sleep_until(is_late ? deadline.at : clock_.now() + latency);
  co_return std::move(*answer);
}

// ---- TargetWorld

namespace {

std::unique_ptr<emulator::Service> open_service() {
  auto service = emulator::open_service({}, ":memory:");
  if (!service) throw std::runtime_error(service.error().describe());
  return std::move(*service);
}

}  // namespace

TargetWorld::TargetWorld() : service(open_service()), network(*service, clock), desired(clock) {
  graph_ = functiongraph::make_http_function_graph({network, clock, "p1", counter_, Logger()});
  triggers_ = functiongraph::make_http_triggers({network, clock, "p1", counter_, Logger()});
  settings.name = "main";
  reconciling.plan.source_id = "shop";
  reconciling.root = directory.path();
  reconciling.random_seed = 7;
  store = std::move(*state::open_sqlite_store("", {"e", "p1", "shop", directory.path()}, state::Threading::in_place));
}

TargetWorld::~TargetWorld() {
  crash();
}

reconcile::Ports TargetWorld::ports() {
  return {*graph_, other_store != nullptr ? *other_store : *store, clock, pool_, log, triggers_.get()};
}

manifest::Function& TargetWorld::add(const std::string& name) {
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
  marks_[name] = ++last_mark_;
  put();
  return functions.back();
}

manifest::Function& TargetWorld::function(const std::string& name) {
  for (manifest::Function& each : functions) {
    if (each.name == name) return each;
  }
  throw std::runtime_error("no manifest of " + name);
}

void TargetWorld::write_code(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories(directory / name);
  directory.write(name + "/index.py", text);
}

void TargetWorld::change_release(const std::string& name, const std::string& version) {
  write_code(name, "def handler(event, context): return '" + name + version + "'\n");
  function(name).version->name = version;
}

void TargetWorld::remove(const std::string& name) {
  std::erase_if(functions, [&](const auto& each) { return each.name == name; });
}

void TargetWorld::put() {
  Wanted wanted;
  wanted.functions = functions;
  for (const manifest::Function& each : functions) {
    if (!rejected.contains(each.name)) wanted.marks[each.name] = marks_[each.name];
  }
  std::erase_if(wanted.functions, [this](const auto& each) { return rejected.contains(each.name); });
  wanted.rejected = rejected;
  wanted.is_whole = is_whole;
  wanted.no_deletes = no_deletes;
  desired.put(std::move(wanted));
}

void TargetWorld::edit(const std::vector<std::string>& names) {
  SourceChange change;
  for (const std::string& name : names) {
    marks_[name] = ++last_mark_;
    change.paths.push_back(directory / (name + ".yaml"));
  }
  put();
  desired.tell(std::move(change));
}

void TargetWorld::commit(const std::vector<std::string>& names) {
  for (const std::string& name : names) marks_[name] = ++last_mark_;
  put();
  SourceChange change;
  change.is_everything = true;
  desired.tell(std::move(change));
}

void TargetWorld::start() {
  crash();
  loop_ = std::make_unique<boost::asio::io_context>();
  events_ = std::make_unique<daemon::EventLog>(loop_->get_executor());
  events_->listen([this](const daemon::Event& event) { seen_events_.push_back(event); });
  has_ended_ = false;
  desired.restart();
  const reconcile::Ports ports = this->ports();
  daemon::TargetPorts all{ports, ports, desired, *events_, loop_->get_executor()};
  target_ = std::make_unique<daemon::Target>(settings, std::move(all), reconciling);
  boost::asio::co_spawn(*loop_, target_->run(), [this](const std::exception_ptr& thrown) {
    has_ended_ = true;
    if (thrown) std::rethrow_exception(thrown);
  });
}

void TargetWorld::settle(const std::vector<std::string>& names) {
  for (const std::string& name : names) add(name);
  start();
  pass(std::chrono::seconds(30));
  for (const std::string& name : names) {
    if (row(name).condition != daemon::Condition::synced) throw std::runtime_error(name + ": " + row(name).reason);
  }
  network.mutations.clear();
  network.requests = 0;
  network.lists = 0;
  forget_events();
}

void TargetWorld::crash() {
  events_.reset();
  loop_.reset();  // and with it what is suspended, which uses the rest until then
  target_.reset();
}

void TargetWorld::run_ready_work() {
  loop_->restart();
  loop_->poll();
}

void TargetWorld::pass(std::chrono::milliseconds time) {
  const auto until = clock.now() + time;
  for (;;) {
    run_ready_work();
    const auto next = clock.next_sleeper();
    if (!next || *next > until) break;
    clock.advance_to_next_sleeper();
  }
  if (clock.now() < until) clock.advance(until - clock.now());
}

std::chrono::milliseconds TargetWorld::stop() {
  const auto began = clock.now();
  target_->stop();
  for (int i = 0; i < 100'000 && !has_ended_; ++i) {
    run_ready_work();
    if (!has_ended_ && !clock.advance_to_next_sleeper()) break;
  }
  if (!has_ended_) throw std::logic_error("the target does not end");
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - began);
}

daemon::FunctionView TargetWorld::row(const std::string& name) const {
  for (const daemon::FunctionView& each : target_->view().functions) {
    if (each.name == name) return each;
  }
  throw std::runtime_error("no row of " + name);
}

std::string TargetWorld::condition(const std::string& name) const {
  const daemon::FunctionView row = this->row(name);
  return std::string(reconcile::name_of(row.condition)) + " " + row.code;
}

std::vector<std::string> TargetWorld::events(const std::string& type) const {
  std::vector<std::string> lines;
  for (const daemon::Event& event : seen_events_) {
    if (event.type == type) lines.push_back(event.function + ": " + event.message);
  }
  return lines;
}

http::Response TargetWorld::foreign(http::Method method, const std::string& path, const std::string& body) {
  http::Request request;
  request.method = method;
  request.target = "/v2/p1/fgs/functions" + path;
  request.body = body;
  return service->handle(request, clock.wall_now());
}

void TargetWorld::change_memory_by_hand(const std::string& name, int memory) {
  const auto there = json::parse(foreign(http::Method::get, "/" + urn_of(name) + "/config").body);
  const json body{{"func_name", name},           {"runtime", "Python3.9"}, {"timeout", there["timeout"]},
                  {"handler", there["handler"]}, {"memory_size", memory},  {"description", there["description"]}};
  const auto response = foreign(http::Method::put, "/" + urn_of(name) + "/config", body.dump());
  if (response.status >= 300) throw std::runtime_error(response.body);
}

bool TargetWorld::exists(const std::string& name) {
  return foreign(http::Method::get, "/" + urn_of(name) + "/config").status == 200;
}

std::vector<std::string> TargetWorld::versions_of(const std::string& name) {
  std::vector<std::string> versions;
  const auto answer = json::parse(foreign(http::Method::get, "/" + urn_of(name) + "/versions").body);
  for (const auto& row : answer["versions"]) {
    if (row["version"] != "latest") versions.push_back(row["version"]);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

}  // namespace fgsync::test
