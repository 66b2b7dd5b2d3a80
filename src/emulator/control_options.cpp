#include "emulator/control_options.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>

#include "emulator/scenario.hpp"

namespace fgsync::emulator {
namespace {

constexpr int kUsage = 64;
constexpr int kUnusable = 78;

OptionProblem usage(const std::string& text) {
  return {kUsage, "fgsync-emulator: " + text + "\nTry fgsync-emulator --help.\n"};
}

std::optional<OptionProblem> read_faults(ControlOptions& options) {
  std::ifstream file(options.faults_file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return OptionProblem{kUnusable, "fgsync-emulator: " + options.faults_file + ": cannot be read\n"};
  auto plan = read_scenario(text, options.faults_file);
  if (plan) {
    options.faults = std::move(*plan);
    return std::nullopt;
  }
  OptionProblem problem{kUnusable, {}};
  for (const auto& mistake : plan.error()) problem.text += to_text(mistake);
  return problem;
}

}  // namespace

void add_control_options(CLI::App& app, ControlOptions& options) {
  app.add_option("--faults", options.faults_file, "File of fault rules (docs/emulator-faults.md)")->type_name("FILE");
  app.add_option("--latency", options.latency, "Wait so long before every request, for example 20ms")
      ->type_name("DURATION");
  app.add_option("--rate", options.rate, "Requests in a second; those above it are refused with 429")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--control", options.control_text,
                 "Where the control API listens: faults, snapshots, metrics; port 0 is any free port")
      ->type_name("HOST:PORT");
  app.add_option("--control-port-file", options.control_port_file,
                 "File to write the control API's port to once it listens")
      ->type_name("FILE");
  app.add_option("--seed-state", options.seed_file,
                 "What an empty state begins with: a document of functions, a snapshot or another state file")
      ->type_name("FILE");
}

std::optional<OptionProblem> read_control_options(ControlOptions& options) {
  if (!options.control_text.empty()) {
    options.control = parse_listen_address(options.control_text);
    if (!options.control) {
      return usage("--control: expected HOST:PORT, for example 127.0.0.1:9481, found \"" + options.control_text + "\"");
    }
  }
  if (!options.control_port_file.empty() && !options.control) return usage("--control-port-file: needs --control");
  if (!options.faults_file.empty()) {
    if (auto problem = read_faults(options)) return problem;
  }
  if (!options.latency.empty()) {
    const auto latency = parse_pause(options.latency);
    if (!latency) {
      return usage("--latency: expected a duration up to an hour, such as 20ms or 1s, found \"" + options.latency +
                   "\"");
    }
    options.faults.latency = *latency;
  }
  if (options.rate) options.faults.rate = options.rate;
  return std::nullopt;
}

}  // namespace fgsync::emulator
