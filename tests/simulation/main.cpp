// fgsync-simulate: plays seeds. docs: CONTRIBUTING.md.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <map>
#include <string>

#include "tests/simulation/simulation.hpp"

namespace {

using namespace fgsync::simulation;  // NOLINT(google-build-using-namespace): the program is about nothing else

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  std::uint64_t step = 1;
  std::optional<std::uint64_t> seed;
  std::string mutant = "none";
  std::string finds;
  bool compares = false;
  bool traces_all = false;
  bool counts_rules = false;
};

/// The smallest scenario that fails in the same way, with what happens in it.
void explain(const Scenario& failing, const Violation& violation, const CodeLibrary& library, Mutant mutant) {
  const Scenario small = shrink(failing, violation.rule, library, mutant);
  const Outcome outcome = simulate(small, library, mutant, Tracing::on);
  std::cout << "left of it:\n" << describe(small) << outcome.trace;
  if (outcome.violation) std::cout << outcome.violation->rule << ": " << outcome.violation->text << "\n";
  std::cout << "again: scripts/simulate --seed " << failing.seed
            << (mutant == Mutant::none ? "" : " --mutant " + std::string(name_of(mutant))) << "\n";
}

int play_one(const Options& options, const CodeLibrary& library, Mutant mutant) {
  const Scenario scenario = scenario_of(*options.seed);
  const Outcome outcome = simulate(scenario, library, mutant, Tracing::on);
  if (!outcome.violation || options.traces_all) std::cout << describe(scenario) << outcome.trace;
  if (!outcome.violation) {
    std::cout << "seed " << scenario.seed << ": all promises kept, " << outcome.runs << " runs, " << outcome.calls
              << " calls\n";
    return 0;
  }
  std::cout << "seed " << scenario.seed << ": " << outcome.violation->rule << ": " << outcome.violation->text << "\n";
  explain(scenario, *outcome.violation, library, mutant);
  return 1;
}

int play_many(const Options& options, const CodeLibrary& library, Mutant mutant) {
  std::map<std::string, std::vector<std::uint64_t>> failures;
  std::uint64_t runs = 0;
  std::uint64_t calls = 0;
  std::uint64_t played = 0;
  for (std::uint64_t i = 0; i < options.seeds; i += options.step) {
    const std::uint64_t seed = options.first + i;
    const Scenario scenario = scenario_of(seed);
    const Outcome outcome = simulate(scenario, library, mutant);
    ++played;
    runs += static_cast<std::uint64_t>(outcome.runs);
    calls += static_cast<std::uint64_t>(outcome.calls);
    if (!outcome.violation) continue;
    failures[outcome.violation->rule].push_back(seed);
    if (options.counts_rules) continue;
    std::cout << "seed " << seed << ": " << outcome.violation->rule << ": " << outcome.violation->text << "\n";
    explain(scenario, *outcome.violation, library, mutant);
    break;
  }
  for (const auto& [rule, seeds] : failures) {
    std::cout << rule << ": " << seeds.size() << " seeds:";
    for (std::size_t i = 0; i < seeds.size() && i < 10; ++i) std::cout << " " << seeds[i];
    std::cout << "\n";
  }
  std::cout << played << " seeds, " << runs << " runs, " << calls << " calls, "
            << static_cast<double>(std::clock()) / CLOCKS_PER_SEC * 1000 / static_cast<double>(played)
            << " ms of CPU for each\n";
  return failures.empty() ? 0 : 1;
}

/// Until a seed breaks that promise.
int search(const Options& options, const CodeLibrary& library, Mutant mutant) {
  for (std::uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    const Outcome outcome = simulate(scenario_of(seed), library, mutant);
    if (!outcome.violation || outcome.violation->rule != options.finds) continue;
    std::cout << "seed " << seed << ": " << outcome.violation->rule << ": " << outcome.violation->text << "\n";
    return 0;
  }
  std::cout << "no seed of " << options.seeds << " finds it\n";
  return 1;
}

/// Whether each seed plays the same way twice, call for call.
int compare(const Options& options, const CodeLibrary& library, Mutant mutant) {
  for (std::uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    const Scenario scenario = scenario_of(seed);
    const Outcome once = simulate(scenario, library, mutant, Tracing::on);
    const Outcome again = simulate(scenario, library, mutant, Tracing::on);
    if (once.trace == again.trace && once.calls == again.calls) continue;
    std::cout << "seed " << seed << " does not play the same way twice\n";
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Plays runs of the engine against a simulated service, from seeds, and checks what was promised");
  app.add_option("--seed", options.seed, "this one only, with its trace; a failing one is made small");
  app.add_option("--seeds", options.seeds, "that many");
  app.add_option("--first", options.first, "from this one on");
  app.add_option("--step", options.step, "only every so manieth of them");
  app.add_option("--mutant", options.mutant, "with a mistake built in");
  app.add_option("--finds", options.finds, "succeeds as soon as a seed breaks this promise");
  app.add_flag("--twice", options.compares, "plays each twice and compares what happens");
  app.add_flag("--whole", options.traces_all, "with --seed: also the trace before it is made small");
  app.add_flag("--keep-going", options.counts_rules, "do not stop at the first that fails; count by rule");
  CLI11_PARSE(app, argc, argv);
  const auto mutant = mutant_named(options.mutant);
  if (!mutant || options.step == 0) {
    std::cerr << "fgsync-simulate: no such mutant: " << options.mutant << "\n";
    return 64;
  }
  const CodeLibrary library;
  if (!options.finds.empty()) return search(options, library, *mutant);
  if (options.compares) return compare(options, library, *mutant);
  return options.seed ? play_one(options, library, *mutant) : play_many(options, library, *mutant);
}
