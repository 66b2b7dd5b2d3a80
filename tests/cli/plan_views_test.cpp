// What holds for every plan, beside the golden files: sizes, escapes, one event a line, screens.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/plan_junit.hpp"
#include "cli/plan_markdown.hpp"
#include "cli/plan_ndjson.hpp"
#include "tests/cli/sample_plan.hpp"

using namespace fgsync;
using namespace fgsync::cli;
using nlohmann::json;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

plan::Plan large_plan(int functions, int fields) {
  std::vector<plan::FunctionPlan> plans;
  for (int i = 0; i < functions; ++i) {
    plan::FunctionPlan function;
    function.name = "function-" + std::to_string(10'000 + i);
    plan::UpdateConfig step;
    for (int k = 0; k < fields; ++k) step.changes.push_back({"user_data.KEY_" + std::to_string(k), "é", "``` <b>"});
    function.steps.push_back({step, plan::Reason::drifted, {}});
    plans.push_back(std::move(function));
  }
  return plan::assemble(std::move(plans));
}

Environment environment(std::map<std::string, std::string> variables) {
  return [variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("markdown is cut between functions, below the limit, and says how many are left out") {
  const auto plan = large_plan(2000, 20);
  const std::string text = render_plan_markdown(plan, test::sample_context(), {}, Unchanged::hidden);
  CHECK(text.size() < 65'536);
  CHECK(text.size() > 60'000);
  const std::size_t shown = count(text, "<details>");
  CHECK(shown > 0);
  CHECK(count(text, "</details>") == shown);
  CHECK(text.find("**" + std::to_string(2000 - shown) + " functions more** would not fit") != std::string::npos);
  CHECK(text.ends_with("fgsync sync --prune\n```\n"));
}

TEST_CASE("markdown is not cut when everything fits, to the byte") {
  const auto plan = large_plan(3, 20);
  const auto context = test::sample_context();
  const std::string whole = render_plan_markdown(plan, context, {}, Unchanged::hidden);
  CHECK(render_plan_markdown(plan, context, {}, Unchanged::hidden, whole.size()) == whole);
  const std::string cut = render_plan_markdown(plan, context, {}, Unchanged::hidden, whole.size() - 1);
  CHECK(cut.find("1 function more** would not fit in a comment and is left out") != std::string::npos);
  CHECK(cut.size() < whole.size());
}

TEST_CASE("markdown of one function with very many changes fits") {
  const std::string text = render_plan_markdown(large_plan(1, 5000), test::sample_context(), {}, Unchanged::hidden);
  CHECK(text.size() < 20'000);
  CHECK(text.find(" more lines\n````\n") != std::string::npos);
}

TEST_CASE("markdown starts with a marker that nothing can end early") {
  auto context = test::hostile_context();
  const std::string text = render_plan_markdown(test::hostile_plan(), context, {}, Unchanged::hidden);
  const std::string first = text.substr(0, text.find('\n'));
  CHECK(first.starts_with("<!-- fgsync plan: "));
  CHECK(first.ends_with(" -->"));
  const std::string inside = first.substr(4, first.size() - 7);
  CHECK(inside.find("--") == std::string::npos);
  CHECK(inside.find('>') == std::string::npos);
}

TEST_CASE("markdown: no text from outside stands outside of code") {
  const std::string text = render_plan_markdown(test::hostile_plan(), test::hostile_context(), {}, Unchanged::hidden);
  // What is left when code spans of HTML and fenced blocks are taken away.
  std::string rest;
  std::string fence;
  for (const std::string& line : lines_of(text)) {
    if (!fence.empty()) {
      if (line == fence) fence.clear();
      continue;
    }
    if (line.starts_with("```")) {
      fence = line.substr(0, line.find_first_not_of('`'));
      continue;
    }
    rest += line + "\n";
  }
  CHECK(fence.empty());
  for (std::size_t at = rest.find("<code>"); at != std::string::npos; at = rest.find("<code>")) {
    rest.erase(at, rest.find("</code>", at) + 7 - at);
  }
  CHECK(rest.find("octocat") == std::string::npos);
  CHECK(rest.find("script>alert") == std::string::npos);
  CHECK(count(rest, "<details>") == count(rest, "</details>"));
}

TEST_CASE("ndjson: each line is an event with time, type, address and message") {
  for (const auto& plan : {test::sample_plan(), test::hostile_plan()}) {
    const auto lines = lines_of(render_plan_ndjson(plan, test::sample_context(), test::sample_diagnostics()));
    REQUIRE(lines.size() > 3);
    for (const std::string& line : lines) {
      INFO(line);
      const json event = json::parse(line);
      CHECK(event.at("@timestamp") == "2026-01-01T12:03:20.041Z");
      CHECK(event.at("type").is_string());
      CHECK(event.contains("address"));
      CHECK(event.at("message").is_string());
    }
    CHECK(json::parse(lines.front()).at("type") == "version");
    CHECK(json::parse(lines.back()).at("type") == "change_summary");
  }
}

TEST_CASE("ndjson: a name with quotes and backslashes does not confuse the event") {
  plan::FunctionPlan function;
  function.name = R"(a\"b,\\)";
  function.steps.push_back({plan::DeleteFunction{}, plan::Reason::manifest_removed, {}});
  const auto lines = lines_of(render_plan_ndjson(plan::assemble({function}), test::sample_context(), {}));
  const json event = json::parse(lines.at(1));
  CHECK(event.at("address") == function.name);
  CHECK(event.at("actions").size() == 1);
}

TEST_CASE("JUnit: what is blocked or failed fails, everything else passes") {
  const std::string text = render_plan_junit(test::sample_plan(), test::sample_context(), test::sample_diagnostics());
  CHECK(count(text, "<testcase ") == 11);  // ten functions and a mistake
  CHECK(count(text, "<failure ") == 3);
  CHECK(text.find("tests=\"11\" failures=\"3\"") != std::string::npos);
}

TEST_CASE("JUnit: no byte that XML 1.0 forbids is left") {
  auto plan = test::hostile_plan();
  plan.functions.front().notes.push_back({"all", {}});
  for (int c = 0; c < 256; ++c) plan.functions.front().notes.back().message += static_cast<char>(c);
  const std::string text = render_plan_junit(plan, test::hostile_context(), {});
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const bool is_forbidden = (character.code < ' ' && character.code != '\n' && character.code != '\t') ||
                              (character.code == kReplacement && character.size == 1) || character.code == 0xffff;
    REQUIRE_FALSE(is_forbidden);
    at += character.size;
  }
}

TEST_CASE("text: no line of a terminal is longer than it, but for words that are") {
  for (const std::size_t width : {20U, 40U, 60U, 80U, 120U}) {
    for (const auto& plan : {test::sample_plan(), large_plan(3, 10)}) {
      const Screen screen{.columns = width, .charset = Charset::utf8};
      const auto text = render_plan_text(plan, test::sample_context(), Paint(false), Unchanged::listed, screen);
      for (const std::string& line : lines_of(text)) {
        // A word that does not fit beside its indent, its label, or the symbol of a function.
        const bool is_name = line.size() > 2 && line[0] != ' ' && line[1] == ' ';
        const std::size_t label = line.rfind("  ");
        const std::size_t begin = is_name ? 2 : label == std::string::npos ? 0 : label + 2;
        const bool is_one_word = line.find(' ', begin) == std::string::npos;
        const bool is_command = line.starts_with("  fgsync sync");
        INFO(width << ": " << line);
        CHECK((columns_of(line) <= width || is_one_word || is_command));
      }
      for (const auto& function : plan.functions) CHECK(text.find(function.name) != std::string::npos);
    }
  }
}

TEST_CASE("text: a broken line says the same words in the same order") {
  const auto words = [](const std::string& text) {
    std::istringstream stream(text);
    std::string joined;
    for (std::string word; stream >> word;) joined += word + " ";
    return joined;
  };
  const auto text = [](std::optional<std::size_t> width) {
    return render_plan_text(large_plan(2, 10), test::sample_context(), Paint(false), Unchanged::hidden,
                            {.columns = width, .charset = Charset::utf8});
  };
  CHECK(words(text(80)) == words(text(std::nullopt)));
  CHECK(text(80) != text(std::nullopt));
}

TEST_CASE("in ASCII nothing else is left") {
  const auto text = render_plan_text(test::hostile_plan(), test::hostile_context(), Paint(false), Unchanged::hidden,
                                     {.columns = {}, .charset = Charset::ascii});
  for (const char c : text) CHECK((c == '\n' || (c >= ' ' && c < 0x7f)));
  CHECK(shown("café → …", Charset::ascii) == "caf\\u00e9 -> ...");
}

TEST_CASE("the charset is that of LC_ALL, else LC_CTYPE, else LANG") {
  CHECK(charset_of(environment({})) == Charset::ascii);
  CHECK(charset_of(environment({{"LANG", "de_DE.UTF-8"}})) == Charset::utf8);
  CHECK(charset_of(environment({{"LANG", "en_US.utf8"}})) == Charset::utf8);
  CHECK(charset_of(environment({{"LANG", "C.UTF-8"}, {"LC_ALL", "C"}})) == Charset::ascii);
  CHECK(charset_of(environment({{"LANG", "C"}, {"LC_CTYPE", "C.UTF-8"}})) == Charset::utf8);
  CHECK(charset_of(environment({{"LC_CTYPE", "C"}, {"LANG", "C.UTF-8"}})) == Charset::ascii);
}

TEST_CASE("colours: the flag, else NO_COLOR, else CLICOLOR_FORCE, else the terminal") {
  const auto none = environment({});
  CHECK(uses_color(Color::automatic, none, true));
  CHECK_FALSE(uses_color(Color::automatic, none, false));
  CHECK(uses_color(Color::automatic, environment({{"CLICOLOR_FORCE", "1"}}), false));
  CHECK_FALSE(uses_color(Color::automatic, environment({{"CLICOLOR_FORCE", "0"}}), false));
  CHECK_FALSE(uses_color(Color::automatic, environment({{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}), true));
  CHECK_FALSE(uses_color(Color::automatic, environment({{"TERM", "dumb"}}), true));
  CHECK(uses_color(Color::always, environment({{"NO_COLOR", "1"}}), false));
  CHECK_FALSE(uses_color(Color::never, environment({{"CLICOLOR_FORCE", "1"}}), true));
}

TEST_CASE("the width is that of COLUMNS, else of the terminal, and there is none without a terminal") {
  CHECK(columns_of(environment({{"COLUMNS", "40"}}), std::nullopt) == std::nullopt);
  CHECK(columns_of(environment({{"COLUMNS", "40"}}), 80) == 40U);
  CHECK(columns_of(environment({}), 80) == 80U);
  CHECK(columns_of(environment({{"COLUMNS", "wide"}}), 80) == 80U);
  CHECK(columns_of(environment({{"COLUMNS", "3"}}), 80) == 20U);
  CHECK(columns_of(environment({}), 0) == std::nullopt);
}

TEST_CASE("characters are those of UTF-8, and what is none is one byte") {
  const auto code = [](const char* text) { return character_at(text, 0).code; };
  CHECK(code("a") == 'a');
  CHECK(code("é") == 0xe9);
  CHECK(code("→") == 0x2192);
  CHECK(code("😀") == 0x1f600);
  for (const char* broken :
       {"\xff", "\x80", "\xc0\x80", "\xe2\x86", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80"}) {
    const Character character = character_at(broken, 0);
    CHECK((character.code == kReplacement && character.size == 1));
  }
  CHECK(columns_of("日本 é") == 6);
}

TEST_CASE("views: a message keeps its lines and loses what would control a terminal") {
  CHECK(shown_lines("a\x1b[31m\nb\xff\n\n  ^\n", Charset::utf8) == "a?[31m\nb\ufffd\n\n  ^\n");
  CHECK(shown_lines("", Charset::utf8).empty());
}

TEST_CASE("views: text is cut between characters, by their columns") {
  CHECK(cut_to_columns("abc", 2) == "ab");
  CHECK(cut_to_columns("abc", 5) == "abc");
  CHECK(cut_to_columns("\u65e5\u672c", 3) == "\u65e5");
  CHECK(cut_to_columns("\u65e5\u672c", 0).empty());
}
