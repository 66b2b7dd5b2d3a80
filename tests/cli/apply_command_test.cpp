#include "cli/apply_command.hpp"

#include <catch2/catch.hpp>

#include "cli/shell_word.hpp"

using namespace fgsync;

namespace {

cli::Options everything() {
  cli::Options options;
  options.paths = {"manifests", "-more"};
  options.names = {"thumb"};
  options.environment = "prod";
  options.root = "a b";
  options.config_file = "f.yaml";
  options.endpoint = "http://127.0.0.1:1";
  options.project_id = "p";
  options.region = "r";
  options.ca_file = "ca.pem";
  options.state_directory = "-s";
  options.no_state = true;
  options.adopt = true;
  options.prune = false;
  options.allow_recreate = true;
  options.refreshes_fully = true;
  options.out_file = "it's a plan.json";
  return options;
}

}  // namespace

TEST_CASE("the command that applies a plan has the flags that it was made with") {
  CHECK(cli::apply_command(cli::Options{}) == "fgsync sync");
  CHECK(cli::apply_command(everything()) ==
        "fgsync sync --root 'a b' --env prod --config f.yaml --endpoint http://127.0.0.1:1 --project-id p --region r "
        "--ca-file ca.pem --state=-s --no-state --adopt --no-prune --allow-recreate --refresh full --name thumb "
        "manifests ./-more");
}

TEST_CASE("the command that applies exactly a saved plan leaves out what stands in it, and what --plan refuses") {
  cli::Options saved;
  saved.out_file = "plan.json";
  CHECK(cli::apply_exactly_command(saved) == "fgsync sync --plan plan.json");
  saved.out_file = "-x";
  CHECK(cli::apply_exactly_command(saved) == "fgsync sync --plan=-x");
  CHECK(cli::apply_exactly_command(everything()) ==
        "fgsync sync --plan 'it'\\''s a plan.json' --root 'a b' --config f.yaml --endpoint http://127.0.0.1:1 "
        "--project-id p --region r --ca-file ca.pem --state=-s --no-state --refresh full manifests ./-more");
}

TEST_CASE("a word that a terminal would not show is written with escapes, which a shell reads back") {
  CHECK(cli::shell_word("caf\u00e9") == "'caf\u00e9'");
  CHECK(cli::shell_word("a\nb's\\") == "$'a\\012b\\047s\\134'");
  CHECK(cli::shell_word("\xff\u00e9") == "$'\\377\\303\\251'");
  CHECK(cli::shell_word("\u202e") == "$'\\342\\200\\256'");
}
