#include "manifest/cross_checks.hpp"

#include <algorithm>
#include <map>

namespace fgsync::manifest {
namespace {

using Index = std::map<std::string, std::size_t, std::less<>>;  // name → first function of that name

Index check_names(std::vector<ReadFunction>& functions, const ReportAt& report) {
  Index index;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const Function& function = functions[i].function;
    if (function.name.empty()) continue;
    const auto [first, is_new] = index.emplace(function.name, i);
    if (is_new) continue;
    // Which of the two is meant cannot be known, so neither is used.
    functions[first->second].is_valid = false;
    functions[i].is_valid = false;
    report(function.position, {.code = "duplicate_name",
                               .mark = {},
                               .field = "metadata.name",
                               .message = yaml::quoted(function.name) + " is a function already, at " +
                                          functions[first->second].function.position.to_string(),
                               .hint = "names are unique in a project; neither of the two is used"});
  }
  return index;
}

constexpr int kMostHints = 100;  // each compares with the names of all functions

void check_dependencies_exist(std::vector<ReadFunction>& functions, const Index& index, const ReportAt& report) {
  std::vector<std::string_view> names;
  for (const auto& [name, unused] : index) names.push_back(name);
  int hints = 0;
  for (ReadFunction& read : functions) {
    for (const auto& dependency : read.function.depends_on) {
      if (index.contains(dependency.value)) continue;
      read.is_valid = false;
      report(dependency.position, {.code = "unknown_function",
                                   .mark = {},
                                   .field = "spec.depends_on",
                                   .message = "no manifest defines a function " + yaml::quoted(dependency.value),
                                   .hint = ++hints > kMostHints ? "" : yaml::did_you_mean(dependency.value, names)});
    }
  }
}

/// Depth-first search over depends_on, without recursion: chains may be long.
class CycleSearch {
 public:
  CycleSearch(std::vector<ReadFunction>& functions, const Index& index, const ReportAt& report)
      : functions_(functions), index_(index), report_(report), states_(functions.size(), State::unseen) {}

  void run() {
    for (const auto& [name, start] : index_) {
      if (states_[start] == State::unseen) search_from(start);
    }
  }

 private:
  enum class State { unseen, on_path, done };
  struct Step {
    std::size_t function;
    std::size_t next_dependency = 0;
  };

  void search_from(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      const auto& dependencies = functions_[step.function].function.depends_on;
      if (step.next_dependency == dependencies.size()) {
        states_[step.function] = State::done;
        path_.pop_back();
        continue;
      }
      const auto target = index_.find(dependencies[step.next_dependency++].value);
      if (target == index_.end()) continue;
      if (states_[target->second] == State::unseen) {
        enter(target->second);
      } else if (states_[target->second] == State::on_path) {
        report_cycle(target->second);
      }
    }
  }

  void enter(std::size_t function) {
    states_[function] = State::on_path;
    path_.push_back(Step{.function = function});
  }

  void report_cycle(std::size_t first) {
    const auto start = std::find_if(path_.begin(), path_.end(), [first](const Step& s) { return s.function == first; });
    std::string names;
    for (auto step = start; step != path_.end(); ++step) {
      names += functions_[step->function].function.name + " → ";
      functions_[step->function].is_valid = false;
    }
    const Function& function = functions_[first].function;
    report_(function.depends_on[start->next_dependency - 1].position,
            {.code = "dependency_cycle",
             .mark = {},
             .field = "spec.depends_on",
             .message = "functions depend on each other in a circle: " + names + function.name});
  }

  std::vector<ReadFunction>& functions_;
  const Index& index_;
  const ReportAt& report_;
  std::vector<State> states_;
  std::vector<Step> path_;
};

}  // namespace

void check_across(std::vector<ReadFunction>& functions, const ReportAt& report) {
  const Index index = check_names(functions, report);
  check_dependencies_exist(functions, index, report);
  CycleSearch(functions, index, report).run();
}

}  // namespace fgsync::manifest
