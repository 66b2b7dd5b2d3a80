#include "cli/actor.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace fgsync;

namespace {

std::string actor_with(std::map<std::string, std::string> variables) {
  return cli::actor_of([variables](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST_CASE("the actor is who is named, else who CI says, else user and machine") {
  const std::map<std::string, std::string> github{{"GITHUB_ACTOR", "octocat"}, {"GITHUB_RUN_ID", "77"}};
  CHECK(actor_with(github) == "octocat (GitHub run 77)");
  CHECK(actor_with({{"GITLAB_USER_LOGIN", "jane"}, {"CI_PIPELINE_ID", "9"}}) == "jane (GitLab pipeline 9)");
  auto named = github;
  named["FGSYNC_ACTOR"] = "release bot\n";
  CHECK(actor_with(named) == "release bot?");
  const std::string somebody = actor_with({{"GITHUB_ACTOR", "octocat"}});
  CHECK(somebody.find('@') != std::string::npos);
  CHECK(somebody.find("octocat") == std::string::npos);
}
