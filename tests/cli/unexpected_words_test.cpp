#include "cli/unexpected_words.hpp"

#include <catch2/catch.hpp>

#include "cli/option_checks.hpp"
#include "cli/options.hpp"

using namespace fgsync;

namespace {

std::string said_of(const std::vector<std::string>& words) {
  return cli::describe_unexpected(cli::command_line_shape(), words).value_or("");
}

}  // namespace

TEST_CASE("a misspelt flag gets a suggestion") {
  CHECK(said_of({"plan", "--detailed-exit-code"}) ==
        "plan has no flag --detailed-exit-code; did you mean --detailed-exitcode?");
  CHECK(said_of({"sync", "--prnue=1"}) == "sync has no flag --prnue; did you mean --prune?");
  CHECK(said_of({"plan", "--completely-else"}) == "plan has no flag --completely-else");
}

TEST_CASE("a flag of other commands is said to be theirs") {
  CHECK(said_of({"plan", "--yes"}) == "plan has no flag --yes; it is one of sync, rollback and delete");
  CHECK(said_of({"plan", "-n", "a", "--timeout", "3"}) ==
        "plan has no flag --timeout; it is one of sync, doctor and reconcile");
}

TEST_CASE("values are not taken for flags, and words too many are named") {
  CHECK(said_of({"plan", "--root", "--yes", "manifests"}) == "");
  CHECK(said_of({"plan", "--", "--yes"}) == "");
  CHECK(said_of({"plan", "-n7", "-"}) == "");
  CHECK(said_of({"version", "now"}) == "version does not take \"now\"");
  CHECK(said_of({"hold", "thumbnail", "a.yaml", "b.yaml"}) == "");
}

TEST_CASE("flags before the command: the command that follows is named") {
  const std::vector<std::string> commands{"plan", "sync"};
  CHECK(cli::unknown_command({"-q", "sync"}, commands) == "the command comes first, then its flags: fgsync sync -q");
  CHECK(cli::unknown_command({"-q"}, commands) == "the command comes first, then its flags: fgsync COMMAND -q");
  CHECK(cli::unknown_command({"pln"}, commands) == "unknown command \"pln\"; did you mean plan?");
  CHECK(cli::unknown_command({"--version"}, commands) == std::nullopt);
}
