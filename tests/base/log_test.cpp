#include "base/log.hpp"

#include <catch2/catch.hpp>

#include "tests/support/captured_stderr.hpp"

namespace fgsync {
namespace {

TEST_CASE("logfmt: what has special letters is quoted and escaped") {
  const std::vector<std::pair<std::string, std::string>> values{
      {"plain", "plain"},
      {"a/b-c:d.e", "a/b-c:d.e"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a=b", "\"a=b\""},
      {"say \"hi\"", "\"say \\\"hi\\\"\""},
      {"back\\slash", "\"back\\\\slash\""},
      {"line\nbreak", "\"line\\nbreak\""},
      {"tab\there", "\"tab\\x09here\""},
      {"\x1b[31mred", "\"\\x1b[31mred\""},
      {std::string("nul\0!", 5), "\"nul\\x00!\""},
      {"del\x7f", "\"del\\x7f\""},
      {"größe", "größe"},
  };
  for (const auto& [value, shown] : values) CHECK(to_logfmt(kv("k", value)) == "k=" + shown);
}

TEST_CASE("logfmt: numbers stand without quotes") {
  CHECK(to_logfmt(kv("n", 42)) == "n=42");
  CHECK(to_logfmt(kv("n", -1L)) == "n=-1");
}

TEST_CASE("logfmt: a long value is cut at 500 bytes") {
  CHECK(to_logfmt(kv("k", std::string(501, 'x'))) == "k=" + std::string(500, 'x'));
}

TEST_CASE("logfmt: the cut never splits a letter of several bytes") {
  const std::string long_value = std::string(499, 'x') + "ü and more";
  CHECK(to_logfmt(kv("k", long_value)) == "k=" + std::string(499, 'x'));
}

TEST_CASE("logger: a line has its time, level, message, bound fields and own fields in this order") {
  test::CapturedStderr captured;
  Logger::to_stderr(LogLevel::info).with({kv("fn", "hello")}).info("code updated", {kv("took_ms", 12)});
  const std::string line = captured.text();
  CHECK_THAT(line, Catch::Matches("time=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z level=info "
                                  "msg=\"code updated\" fn=hello took_ms=12\n"));
}

TEST_CASE("logger: braces and percent signs in values are text") {
  test::CapturedStderr captured;
  Logger::to_stderr(LogLevel::info).warn("{} %s", {kv("k", "{0}%n")});
  CHECK_THAT(captured.text(), Catch::Contains("level=warning msg=\"{} %s\" k={0}%n\n"));
}

TEST_CASE("logger: writes its level and what is more severe") {
  test::CapturedStderr captured;
  const auto log = Logger::to_stderr(LogLevel::warn);
  log.error("e");
  log.warn("w");
  log.info("i");
  log.debug("d");
  const std::string lines = captured.text();
  CHECK_THAT(lines, Catch::Contains("msg=e"));
  CHECK_THAT(lines, Catch::Contains("msg=w"));
  CHECK_THAT(lines, !Catch::Contains("msg=i"));
  CHECK_THAT(lines, !Catch::Contains("msg=d"));
}

TEST_CASE("logger: the default one writes nothing") {
  test::CapturedStderr captured;
  Logger().with({kv("fn", "hello")}).error("lost");
  CHECK(captured.text().empty());
}

}  // namespace
}  // namespace fgsync
