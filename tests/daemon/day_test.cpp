// A day of a target, simulated: manifests are edited, removed, broken and mended, others write to the service, calls
// and the disk fail, the clock is set, the process is killed. What must never happen is watched at the service; at the
// end everything works again, and all must be as the manifests say. FGSYNC_DAY_SEEDS=FIRST:COUNT plays other days.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/daemon/faulty_store.hpp"
#include "tests/daemon/target_world.hpp"
#include "tests/support/exchange_failures.hpp"

namespace {

using namespace fgsync;        // NOLINT(google-build-using-namespace)
using namespace fgsync::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::milliseconds;
using TimePoint = SimulatedClock::TimePoint;

constexpr int kFunctions = 6;
/// A call that was begun before something changed may still take this long.
constexpr milliseconds kUnderWay = 6min;
/// The list, then what it shows changed, each with what it waits after failures.
constexpr milliseconds kMostSilence = 25min;
constexpr milliseconds kMostSettling = 40min;

class Day {
 public:
  explicit Day(std::uint64_t seed) : seed_(seed), random_(seed * 0x9e3779b97f4a7c15ULL + 1), store_(*world_.store) {
    world_.reconciling.random_seed = seed;
    world_.reconciling.plan.pruning = plan::Pruning::on;
    if (seed % 2 == 0) world_.reconciling.max_delete = kFunctions;
    world_.other_store = &store_;
    store_.fails_to_read = [this] { return is_disk_bad_ && one_in(10); };
    store_.fails_to_write = [this] { return is_disk_bad_ && one_in(2); };
    world_.network.before = [this](const http::Request& request) { return before(request); };
    world_.network.after = [this](const http::Request& request, http::Response response) {
      return after(request, std::move(response));
    };
    world_.network.on_exchange = [this](const http::Request& request, const http::Response& response) {
      watch(request, response);
    };
    for (int i = 0; i < kFunctions; ++i) {
      const std::string name = std::string("fn-") + static_cast<char>('a' + i);
      manifest::Function& function = world_.add(name);
      if (i % 2 == 1) function.version = manifest::WantedVersion{"", true, "", {}};
      if (i == 3) function.depends_on.push_back({"fn-a", {}});
      wishes_[name].manifest = function;
      wishes_[name].since = wishes_[name].observed = now();
    }
    world_.put();
    make_stranger();
  }

  /// What went wrong; empty: nothing.
  std::string play() {
    world_.start();
    const TimePoint end = world_.clock.now() + 24h;
    while (violation_.empty() && world_.clock.now() < end) {
      act();
      pass(one_in(3) ? milliseconds(below(3'000)) : milliseconds(below(600'000)));
    }
    if (violation_.empty()) settle();
    world_.crash();
    return violation_.empty() ? "" : "seed " + std::to_string(seed_) + ": " + violation_;
  }

  /// All that was written to the service, in order.
  [[nodiscard]] const std::vector<std::string>& mutations() const { return world_.network.mutations; }
  [[nodiscard]] const std::map<std::string, int>& happened() const { return happened_; }

 private:
  struct Wish {
    manifest::Function manifest;
    bool is_there = true;
    bool is_broken = false;
    TimePoint since;  ///< is_there
    int release = 1;
    std::set<std::string> published;  ///< by us, since it was made
    std::optional<daemon::WallTime> observed_at;
    TimePoint observed;  ///< when that changed last
  };

  int below(int count) { return static_cast<int>(random_() % static_cast<std::uint64_t>(count)); }
  bool one_in(int count) { return below(count) == 0; }
  TimePoint now() const { return world_.clock.now(); }
  void fail_day(const std::string& text) {
    if (!violation_.empty()) return;
    violation_ = "after " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now() - began_).count()) +
                 " s: " + text + log_;
  }
  void note(const std::string& text) {
    ++happened_[text.substr(0, text.find(':'))];
    const std::string line =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now() - began_).count()) + " s " + text;
    if (std::getenv("FGSYNC_DAY_TRACE") != nullptr) std::cerr << line << "\n";
    log_ += "\n  " + line;
  }
  /// From now on silence counts anew.
  void excuse() {
    for (auto& [name, wish] : wishes_) wish.observed = now();
  }

  void make_stranger() {
    const json body{{"func_name", "stranger"},    {"package", "default"},
                    {"runtime", "Python3.9"},     {"timeout", 3},
                    {"handler", "index.handler"}, {"memory_size", 128},
                    {"code_type", "inline"},      {"func_code", {{"file", "eA=="}}}};
    const auto response = world_.foreign(http::Method::post, "", body.dump());
    if (response.status >= 300) throw std::runtime_error(response.body);
  }

  // ---- what goes wrong

  std::optional<SlowNetwork::Answer> before(const http::Request& /*request*/) {
    if (is_away_) return SlowNetwork::Answer(fail(no_connection()));
    if (trouble_ == 0 || !one_in(trouble_)) return std::nullopt;
    switch (below(5)) {
      case 0: return SlowNetwork::Answer(fail(no_connection()));
      case 1: return SlowNetwork::Answer(fail(lost_answer()));
      case 2: return SlowNetwork::Answer(fail(late_answer()));
      case 3: return answer(429, R"({"error_code":"FSS.0429","error_msg":"Too many requests."})");
      default: return answer(503, R"({"error_code":"FSS.0500","error_msg":"Internal server error."})");
    }
  }
  SlowNetwork::Answer after(const http::Request& /*request*/, http::Response response) {
    if (trouble_ == 0 || !one_in(trouble_)) return response;
    switch (below(3)) {
      case 0: return fail(lost_answer());
      case 1: return fail(late_answer());
      default: return *answer(500, "<html>Bad Gateway</html>");
    }
  }
  static std::optional<SlowNetwork::Answer> answer(int status, const std::string& body) {
    http::Response response;
    response.status = status;
    response.body = body;
    return SlowNetwork::Answer(std::move(response));
  }

  // ---- what must never happen

  void watch(const http::Request& request, const http::Response& response) {
    if (request.method == http::Method::get || response.status >= 300) return;
    const std::string line = short_line(request);
    if (paused_at_ && now() - *paused_at_ > kUnderWay) fail_day("writes while paused: " + line);
    const std::string rest = line.substr(line.find(' ') + 1);
    const std::string name = rest.substr(0, rest.find_first_of("/:"));
    if (name == "stranger") fail_day("touches what is not ours: " + line);
    const auto found = wishes_.find(name);
    if (found == wishes_.end()) return;
    if (request.method == http::Method::del && rest == name) watch_deletion(name, found->second);
    if (request.method == http::Method::post && rest == name + "/versions") watch_publish(name, found->second, request);
  }

  void watch_deletion(const std::string& name, Wish& wish) {
    note("deleted: " + name);
    const auto for_long = now() - wish.since;
    if (wish.is_there && for_long > 1s) fail_day("deletes " + name + ", which has a manifest");
    if (!wish.is_there && for_long < 280s) fail_day("deletes " + name + " too early");
    if (!world_.is_whole && now() - part_since_ > 1s) fail_day("deletes " + name + " although the source is not whole");
    if (wish.manifest.handling.is_protected) fail_day("deletes " + name + ", which is protected");
    wish.published.clear();
  }

  void watch_publish(const std::string& name, Wish& wish, const http::Request& request) {
    const std::string version = json::parse(request.body)["version"];
    if (!wish.published.insert(version).second) fail_day("publishes " + name + ":" + version + " twice");
    const auto answer =
        json::parse(world_.foreign(http::Method::get, "/" + TargetWorld::urn_of(name) + "/versions").body);
    const json* latest = nullptr;
    for (const auto& row : answer["versions"]) {
      if (row["version"] == version) latest = &row;
    }
    for (const auto& row : answer["versions"]) {
      const bool is_same = latest != nullptr && row["version"] != "latest" && row["version"] != version &&
                           row["digest"] == (*latest)["digest"] && row["memory_size"] == (*latest)["memory_size"];
      if (is_same)
        fail_day("publishes " + name + ":" + version + " although " + row["version"].get<std::string>() +
                 " is the same");
    }
  }

  void watch_silence() {
    const daemon::TargetView view = world_.target().view();
    if (now() - world_.target().last_progress() > world_.target().patience()) fail_day("no progress");
    std::map<std::string, const daemon::FunctionView*> rows;
    for (const auto& row : view.functions) rows[row.name] = &row;
    for (auto& [name, wish] : wishes_) {
      if (!wish.is_there || wish.is_broken || is_away_ || is_disk_bad_) continue;
      const auto row = rows.find(name);
      if (row != rows.end() && row->second->observed_at != wish.observed_at) {
        wish.observed_at = row->second->observed_at;
        wish.observed = now();
      }
      if (now() - wish.observed > kMostSilence) {
        fail_day("nothing is heard of " + name + (row == rows.end() ? "" : ": " + row->second->reason));
      }
    }
  }

  void pass(milliseconds time) {
    const TimePoint until = now() + time;
    while (now() < until && violation_.empty()) {
      world_.pass(std::min<milliseconds>(std::chrono::duration_cast<milliseconds>(until - now()) + 1ms, 1min));
      watch_silence();
    }
  }

  // ---- what people and others do

  void tell(const std::string& name) {
    Wish& wish = wishes_[name];
    world_.remove(name);
    if (wish.is_there) world_.functions.push_back(wish.manifest);
    world_.rejected.clear();
    for (const auto& [other, each] : wishes_) {
      if (each.is_there && each.is_broken) world_.rejected[other] = "broken by the test";
    }
    // What a removed one is named by is an error of that manifest; the loader says so.
    std::erase_if(wishes_.at("fn-d").manifest.depends_on, [](const auto&) { return true; });
    if (wishes_["fn-a"].is_there) wishes_["fn-d"].manifest.depends_on.push_back({"fn-a", {}});
    for (manifest::Function& function : world_.functions) function = wishes_[function.name].manifest;
    if (one_in(2)) {
      world_.edit({name});
    } else {
      world_.commit({name});
    }
  }

  void release(const std::string& name) {
    Wish& wish = wishes_[name];
    ++wish.release;
    const std::string text = "v" + std::to_string(wish.release);
    world_.write_code(name, "def handler(event, context): return '" + name + text + "'\n");
    if (!wish.manifest.version->is_auto) wish.manifest.version->name = text;
    if (one_in(2)) wish.manifest.memory_size = 128 << below(4);
    tell(name);
  }

  void act() {
    const std::string name = std::string("fn-") + static_cast<char>('a' + below(kFunctions));
    Wish& wish = wishes_[name];
    switch (below(17)) {
      case 0:
      case 1: note("release: " + name); return release(name);
      case 2:
        note((wish.is_there ? "remove: " : "restore: ") + name);
        wish.is_there = !wish.is_there;
        wish.since = now();
        wish.observed = now();
        return tell(name);
      case 3:
        note((wish.is_broken ? "mend: " : "break: ") + name);
        wish.is_broken = !wish.is_broken;
        wish.observed = now();
        return tell(name);
      case 4:
        if (!world_.exists(name) || now() - last_drift_[name] < 2h) return;
        note("by hand: " + name);
        last_drift_[name] = now();
        return world_.change_memory_by_hand(name, 128 << below(5));
      case 5: return kill();
      case 6: {
        const auto by = std::chrono::minutes(below(600) - 300);
        note("clock: " + std::to_string(by.count()) + " min");
        return world_.clock.set_wall_forward(by);
      }
      case 7:
        is_away_ = !is_away_;
        note(is_away_ ? "away" : "back");
        return excuse();
      case 8:
        is_disk_bad_ = !is_disk_bad_;
        note(is_disk_bad_ ? "disk full" : "disk mended");
        return excuse();
      case 9:
        trouble_ = std::array{0, 0, 40, 15}.at(static_cast<std::size_t>(below(4)));
        return note("trouble: 1 of " + std::to_string(trouble_));
      case 10:
        world_.is_whole = !world_.is_whole;
        part_since_ = now();
        note(world_.is_whole ? "whole" : "in part");
        world_.put();
        return world_.desired.tell({true, {}});
      case 11: return toggle_pause();
      case 12: note("look"); return world_.target().look_now();
      default: return mend_something();
    }
  }

  /// Nothing is deleted while anything is wrong: without this there would be few such hours in a day.
  void mend_something() {
    if (is_away_) {
      is_away_ = false;
      note("back");
      return excuse();
    }
    if (!world_.is_whole) {
      world_.is_whole = true;
      note("whole");
      world_.put();
      return world_.desired.tell({true, {}});
    }
    for (auto& [name, wish] : wishes_) {
      if (!wish.is_there || !wish.is_broken) continue;
      note("mend: " + name);
      wish.is_broken = false;
      wish.observed = now();
      return tell(name);
    }
    if (paused_at_) return toggle_pause();
    trouble_ = 0;
    is_disk_bad_ = false;
    note("all is well");
  }

  void kill() {
    note("kill");
    if (one_in(2)) pass(milliseconds(below(500)));
    world_.start();
    excuse();
  }

  void toggle_pause() {
    if (!paused_at_) {
      const auto paused = world_.ask(world_.target().pause("the test", "anna"));
      note(paused ? "pause" : "pause fails");
      if (paused) paused_at_ = now();
    } else {
      const auto unpaused = world_.ask(world_.target().unpause("anna"));
      note(unpaused ? "unpause" : "unpause fails");
      paused_at_.reset();  // on the safe side, even where it may still be
    }
    watch_silence();
  }

  // ---- the end

  void settle() {
    note("from here on all is well");
    is_away_ = false;
    is_disk_bad_ = false;
    trouble_ = 0;
    world_.is_whole = true;
    if (!world_.ask(world_.target().unpause("anna"))) fail_day("cannot unpause");
    paused_at_.reset();
    for (auto& [name, wish] : wishes_) {
      wish.is_broken = false;
    }
    for (auto& [name, wish] : wishes_) tell(name);
    excuse();
    pass(kMostSettling);
    if (!violation_.empty()) return;
    for (auto& [name, wish] : wishes_) check_end(name, wish);
    const auto queue = world_.target().view().queue;
    if (queue.ready + queue.delayed + queue.in_flight > 0) fail_day("the queue does not drain");
    if (world_.foreign(http::Method::get, "/" + TargetWorld::urn_of("stranger") + "/config").status != 200) {
      fail_day("the stranger is gone");
    }
  }

  void check_end(const std::string& name, const Wish& wish) {
    if (!wish.is_there) {
      if (!world_.exists(name)) return;
      const auto row = world_.row(name);
      if (row.condition != daemon::Condition::blocked) fail_day(name + " is still there: " + row.reason);
      return;
    }
    const auto row = world_.row(name);
    if (row.condition != daemon::Condition::synced) {
      return fail_day(name + " is not as its manifest says: " + row.code + ": " + row.reason);
    }
    const auto config =
        json::parse(world_.foreign(http::Method::get, "/" + TargetWorld::urn_of(name) + "/config").body);
    if (config["memory_size"] != wish.manifest.memory_size) fail_day(name + " has other memory");
    const auto versions = world_.versions_of(name);
    // Of an automatic one only who published it, or read the function in full, knows the name.
    if (wish.manifest.version->is_auto && row.version.empty() && !versions.empty()) return;
    const std::string wanted = wish.manifest.version->is_auto ? row.version : wish.manifest.version->name;
    if (std::find(versions.begin(), versions.end(), wanted) == versions.end()) {
      fail_day(name + " has no version " + wanted);
    }
  }

  std::uint64_t seed_;
  std::mt19937_64 random_;
  TargetWorld world_;
  FaultyStore store_;
  std::map<std::string, Wish> wishes_;
  std::map<std::string, TimePoint> last_drift_;
  std::map<std::string, int> happened_;
  std::string violation_;
  std::string log_;
  TimePoint began_ = world_.clock.now();
  TimePoint part_since_;
  std::optional<TimePoint> paused_at_;
  bool is_away_ = false;
  bool is_disk_bad_ = false;
  int trouble_ = 0;  ///< one call in so many fails; 0: none
};

std::pair<std::uint64_t, std::uint64_t> seeds() {
  const char* given = std::getenv("FGSYNC_DAY_SEEDS");
  if (given == nullptr) return {1, 4};
  const std::string text = given;
  const auto colon = text.find(':');
  if (colon == std::string::npos) return {std::stoull(text), 1};
  return {std::stoull(text), std::stoull(text.substr(colon + 1))};
}

}  // namespace

TEST_CASE("day: 24 hours with everything going wrong keep all promises") {
  const auto [first, count] = seeds();
  std::map<std::string, int> happened;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Day day(seed);
    const std::string violation = day.play();
    if (!violation.empty()) FAIL_CHECK(violation);
    for (const auto& [what, times] : day.happened()) happened[what] += times;
  }
  if (count < 3) return;
  for (const char* what : {"release", "remove", "restore", "deleted", "kill", "clock", "away", "disk full", "pause"}) {
    CHECK(happened[what] > 0);
  }
}

TEST_CASE("day: a seed plays the same day twice") {
  Day first(3);
  Day second(3);
  CHECK(first.play() == second.play());
  CHECK(first.mutations() == second.mutations());
}
