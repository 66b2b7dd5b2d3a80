#include "help/manual.hpp"

#include <catch2/catch.hpp>

using namespace fgsync;
using help::Takes;

namespace {

help::ProgramShape program() {
  help::CommandShape plan{"plan", "Show what's next.", {}, {}};
  plan.flags = {{{"-o", "--out"}, Takes::file, {}, false, ".hidden \\ files", "FILE", "Output", false},
                {{"--all"}, Takes::nothing, {}, false, "", "", "Output", false}};
  plan.positionals = {{{"PATH"}, Takes::file, {}, true, "Where", "", "", false}};
  plan.example = "fgsync plan -o 'a b'";
  return {{}, {plan}, "fgsync", "Keeps all equal."};
}

void contains(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("manual: a page of the program and one of each command") {
  const auto pages =
      help::render_manual(program(), {{"Files", "Some.", {{"a-b", "A file"}}}}, {"fgsync 1.2.3", "2026-11-23"});
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].file == "fgsync.1");
  contains(pages[0].markup,
           ".TH FGSYNC 1 \"2026-11-23\" \"fgsync 1.2.3\" \"User Commands\"\n.SH NAME\nfgsync \\- Keeps all equal.\n");
  contains(pages[0].markup, ".TP\n\\fBfgsync\\-plan\\fR(1)\nShow what\\(aqs next.\n");
  contains(pages[0].markup, ".SH FILES\nSome.\n.TP\n\\fBa\\-b\\fR\nA file\n");
  CHECK(pages[1].file == "fgsync-plan.1");
  contains(pages[1].markup, ".SH SYNOPSIS\n\\fBfgsync plan\\fR [flags] [PATH...]\n");
  contains(pages[1].markup, ".nf\nfgsync plan \\-o \\(aqa b\\(aq\n.fi\n");
  contains(pages[1].markup, "\\fBfgsync\\fR(1) for exit codes");
}

TEST_CASE("manual: what is no markup is not taken for any") {
  const auto pages = help::render_manual(program(), {}, {"fgsync 1.2.3", "2026-11-23"});
  contains(pages[1].markup, ".TP\n\\fB\\-o\\fR, \\fB\\-\\-out\\fR \\fIFILE\\fR\n\\&.hidden \\e files\n");
  contains(pages[1].markup, ".TP\n\\fB\\-\\-all\\fR\n\\&\n");
}

TEST_CASE("manual: flags without a heading do not stand under that of others") {
  help::ProgramShape changed = program();
  changed.commands.front().flags[1].group = "";
  const auto pages = help::render_manual(changed, {}, {"fgsync 1.2.3", "2026-11-23"});
  const std::string& text = pages[1].markup;
  CHECK(text.find(".SH OPTIONS\n.TP\n\\fB\\-\\-all\\fR") != std::string::npos);
  CHECK(text.find("\\-\\-all") < text.find(".SS Output"));
}

TEST_CASE("manual: a program without commands has one page") {
  help::ProgramShape whole = program();
  whole.commands.front().name.clear();
  const auto pages = help::render_manual(whole, {}, {"fgsync 1.2.3", "2026-11-23"});
  REQUIRE(pages.size() == 1);
  contains(pages[0].markup, ".SH SYNOPSIS\n\\fBfgsync\\fR [flags] [PATH...]\n");
  contains(pages[0].markup, ".SS Output\n");
}
