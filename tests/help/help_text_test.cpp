#include "help/help_text.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace fgsync;
using help::Takes;

namespace {

help::CommandShape plan() {
  help::CommandShape command;
  command.name = "plan";
  command.purpose = "Show what sync would do.";
  command.example = "fgsync plan manifests/";
  command.note = "The token is read from FGSYNC_TOKEN.";
  command.group = "Deploying";
  command.positionals = {{{"PATH"}, Takes::file, {}, true, "Manifest files", "TEXT", "", false}};
  command.flags = {
      {{"-o", "--output"}, Takes::choice, {"text", "json"}, false, "The form", "text|json", "Output", false},
      {{"--root"},
       Takes::directory,
       {},
       false,
       "Directory that relative paths may not leave, ever",
       "DIR",
       "Source",
       false},
      {{"--all"}, Takes::nothing, {}, false, "All of them", "", "Output", false},
      {{"-h", "--help"}, Takes::nothing, {}, false, "Help", "", "", false}};
  return command;
}

}  // namespace

TEST_CASE("help: purpose, usage, example, and flags under their headings") {
  CHECK(help::render_help("fgsync", plan(), 60) ==
        "Show what sync would do.\n"
        "\n"
        "Usage:\n"
        "  fgsync plan [flags] [PATH...]\n"
        "\n"
        "Example:\n"
        "  fgsync plan manifests/\n"
        "\n"
        "Arguments:\n"
        "  PATH                    Manifest files\n"
        "\n"
        "Output:\n"
        "  -o, --output text|json  The form\n"
        "  --all                   All of them\n"
        "\n"
        "Source:\n"
        "  --root DIR              Directory that relative paths may\n"
        "                          not leave, ever\n"
        "\n"
        "Options:\n"
        "  -h, --help              Help\n"
        "\n"
        "The token is read from FGSYNC_TOKEN.\n");
}

TEST_CASE("help: meanings stand below their terms where there is little room") {
  const std::string text = help::render_help("fgsync", plan(), 40);
  INFO(text);
  CHECK(text.find("  --root DIR\n      Directory that relative paths may\n      not leave, ever\n") !=
        std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 40);
}

TEST_CASE("help: any width will do") {
  CHECK(help::render_help("fgsync", plan(), 0) == help::render_help("fgsync", plan(), help::kNarrowest));
  CHECK(help::render_help("fgsync", plan(), 100'000) == help::render_help("fgsync", plan(), help::kWidest));
}

TEST_CASE("help: a required word stands without brackets") {
  help::CommandShape command{"hold", "", {}, {{{"NAME"}, Takes::function, {}, false, "The function", "", "", true}}};
  CHECK(help::usage_of("fgsync", command) == "fgsync hold [flags] NAME");
  CHECK(help::usage_of("emulator", help::CommandShape{}) == "emulator [flags]");
}

TEST_CASE("help: the list of commands is one line each") {
  help::CommandShape history{"history", "Show what was done.", {}, {}};
  history.group = "Looking";
  const help::ProgramShape program{{{{"--version"}, Takes::nothing, {}, false, "The version", "", "", false}},
                                   {plan(), history},
                                   "fgsync",
                                   "Keeps all equal."};
  CHECK(help::render_overview(program, 80) ==
        "Keeps all equal.\n"
        "\n"
        "Usage:\n"
        "  fgsync COMMAND [flags] [ARGUMENT...]\n"
        "\n"
        "Deploying:\n"
        "  plan       Show what sync would do.\n"
        "\n"
        "Looking:\n"
        "  history    Show what was done.\n"
        "\n"
        "Options:\n"
        "  --version  The version\n"
        "\n"
        "'fgsync COMMAND --help' shows the flags of a command with an example.\n");
}
