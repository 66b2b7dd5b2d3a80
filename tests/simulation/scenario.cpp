#include "tests/simulation/scenario.hpp"

#include <array>
#include <random>

namespace fgsync::simulation {
namespace {

constexpr std::array<std::string_view, 12> kFaults{"no connection", "lost before", "lost after",         "5xx before",
                                                   "5xx after",     "throttled",   "throttled for long", "slow before",
                                                   "slow after",    "stale reads", "cut answer",         "garbage"};
constexpr std::array<std::string_view, 22> kEdits{
    "code",    "memory",  "variable", "description", "release",   "version kind", "alias target", "second alias",
    "weights", "retain",  "tags",     "instances",   "async",     "protect",      "adopt",        "toggle manifest",
    "pruning", "markers", "refresh",  "lose state",  "pass time", "dry run"};
constexpr std::array<std::string_view, 11> kActs{
    "update code", "update memory",  "take the mark",   "other mark",      "move alias", "delete alias",
    "publish",     "delete version", "delete function", "create function", "tag"};

/// std's distributions differ between libraries; a seed must mean the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  int below(int count) { return static_cast<int>(random_() % static_cast<std::uint64_t>(count)); }
  bool one_in(int count) { return below(count) == 0; }

 private:
  std::mt19937_64 random_;
};

constexpr int kRoundsCalls = 14;  // of a function in a round, roughly

void draw_functions(Dice& dice, Scenario& scenario) {
  const int count = 1 + dice.below(dice.one_in(3) ? 6 : 3);
  for (int i = 0; i < count; ++i) {
    Setup setup;
    setup.exists_already = dice.one_in(10);
    setup.content = dice.below(4);
    setup.memory = 128 << dice.below(3);
    setup.version_kind = dice.one_in(8) ? 0 : 1 + dice.below(2);
    setup.aliases = setup.version_kind == 0 ? 0 : dice.below(3);
    if (i > 0 && dice.one_in(4)) setup.depends_on = dice.below(i);
    scenario.functions.push_back(setup);
  }
}

void draw_edits(Dice& dice, Scenario& scenario) {
  const int functions = static_cast<int>(scenario.functions.size());
  for (int round = 1; round < scenario.rounds; ++round) {
    const int count = 1 + dice.below(4);
    for (int i = 0; i < count; ++i) {
      auto edit = static_cast<Edit>(dice.below(static_cast<int>(kEdits.size())));
      if (dice.one_in(3)) edit = Edit::release;  // what happens most in life
      if (dice.one_in(6)) edit = Edit::toggle_manifest;
      // More of it to one function than to the others: what comes after another is what is interesting.
      const int function = dice.one_in(2) ? 0 : dice.below(functions);
      scenario.edits.push_back({round, edit, function, dice.below(1000)});
    }
  }
}

void draw_trouble(Dice& dice, Scenario& scenario) {
  const int functions = static_cast<int>(scenario.functions.size());
  const int calls = scenario.rounds * functions * kRoundsCalls;
  constexpr std::array kOneIn{0, 60, 25, 12};
  if (const int one_in = kOneIn.at(static_cast<std::size_t>(dice.below(4))); one_in > 0) {
    for (int call = 0; call < calls; ++call) {
      if (!dice.one_in(one_in)) continue;
      scenario.faults.push_back({call, static_cast<Fault>(dice.below(static_cast<int>(kFaults.size())))});
    }
  }
  if (dice.one_in(2)) {
    const int acts = 1 + dice.below(5);
    for (int i = 0; i < acts; ++i) {
      scenario.acts.push_back({dice.below(calls), static_cast<Act>(dice.below(static_cast<int>(kActs.size()))),
                               dice.below(functions), dice.below(1000)});
    }
  }
  if (dice.one_in(2)) {
    const int crashes = 1 + dice.below(3);
    for (int i = 0; i < crashes; ++i) scenario.crashes.push_back(dice.below(calls * 3));
  }
}

}  // namespace

Scenario scenario_of(std::uint64_t seed) {
  Dice dice(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.rounds = 1 + dice.below(5);
  scenario.parallel = 1 + dice.below(4);
  scenario.writes_markers = !dice.one_in(4);
  scenario.prunes = dice.one_in(2);
  scenario.refreshes_by_list = dice.one_in(2);
  scenario.ends_with_release = !dice.one_in(3);
  if (dice.one_in(3)) scenario.max_delete = dice.below(3);
  draw_functions(dice, scenario);
  draw_edits(dice, scenario);
  draw_trouble(dice, scenario);
  return scenario;
}

std::string_view name_of(Fault fault) {
  return kFaults.at(static_cast<std::size_t>(fault));
}
std::string_view name_of(Edit edit) {
  return kEdits.at(static_cast<std::size_t>(edit));
}
std::string_view name_of(Act act) {
  return kActs.at(static_cast<std::size_t>(act));
}

std::string function_name(int index) {
  return std::string("fn-") + static_cast<char>('a' + index);
}

std::string describe(const Scenario& scenario) {
  const auto yes = [](bool is_so) { return is_so ? "on" : "off"; };
  std::string text = "seed " + std::to_string(scenario.seed) + ": " + std::to_string(scenario.rounds) +
                     " rounds, parallel " + std::to_string(scenario.parallel) + ", markers " +
                     yes(scenario.writes_markers) + ", prune " + yes(scenario.prunes) + ", refresh " +
                     (scenario.refreshes_by_list ? "list" : "full") + ", max_delete " +
                     (scenario.max_delete ? std::to_string(*scenario.max_delete) : "default") +
                     (scenario.ends_with_release ? ", ends with a release of all" : "") + "\n";
  for (std::size_t i = 0; i < scenario.functions.size(); ++i) {
    const Setup& setup = scenario.functions[i];
    if (!setup.is_used) continue;
    constexpr std::array kKinds{"no version", "fixed version", "auto version"};
    text += "  " + function_name(static_cast<int>(i)) + ": " + kKinds.at(static_cast<std::size_t>(setup.version_kind)) +
            ", " + std::to_string(setup.aliases) + " aliases" + (setup.exists_already ? ", exists already" : "") +
            (setup.depends_on ? ", depends on " + function_name(*setup.depends_on) : "") + "\n";
  }
  for (const EditAt& edit : scenario.edits) {
    text += "  round " + std::to_string(edit.round) + ": edit " + std::string(name_of(edit.edit)) + " of " +
            function_name(edit.function) + " (" + std::to_string(edit.value) + ")\n";
  }
  for (const FaultAt& fault : scenario.faults) {
    text += "  call " + std::to_string(fault.call) + ": " + std::string(name_of(fault.fault)) + "\n";
  }
  for (const ActAt& act : scenario.acts) {
    text += "  before call " + std::to_string(act.call) + ": somebody does " + std::string(name_of(act.act)) + " to " +
            function_name(act.function) + " (" + std::to_string(act.value) + ")\n";
  }
  for (const int crash : scenario.crashes) text += "  crash at point " + std::to_string(crash) + "\n";
  return text;
}

}  // namespace fgsync::simulation
