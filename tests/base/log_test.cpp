#include "base/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/captured_stderr.hpp"
#include "tests/support/temp_directory.hpp"

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

TEST_CASE("JSON: a field is a member, and a number stands without quotes") {
  CHECK(to_json(kv("fn", "hello")) == R"("fn":"hello")");
  CHECK(to_json(kv("took_ms", 12)) == R"("took_ms":12)");
  CHECK(to_json(kv("n", -1.5)) == R"("n":-1.500000)");
}

TEST_CASE("JSON: what is no number in JSON stands in quotes") {
  CHECK(to_json(kv("n", std::numeric_limits<double>::infinity())) == R"("n":"inf")");
  CHECK(to_json(kv("n", std::numeric_limits<double>::quiet_NaN())) == R"("n":"nan")");
  CHECK(to_json(kv("n", "12")) == R"("n":"12")");
}

TEST_CASE("JSON: values are escaped") {
  const std::vector<std::pair<std::string, std::string>> values{
      {"say \"hi\"", R"("say \"hi\"")"},
      {"back\\slash", R"("back\\slash")"},
      {"line\nbreak", R"("line\nbreak")"},
      {"\x1b[31mred", R"("\u001b[31mred")"},
      {std::string("nul\0!", 5), R"("nul\u0000!")"},
      {"del\x7f", R"("del\u007f")"},
      {"größe €", R"("größe €")"},
      {"\U0001f600", "\"\U0001f600\""},
      {"not \xff UTF-8 \xc3", "\"not \ufffd UTF-8 \ufffd\""},
      {"\xc0\x80", "\"\ufffd\ufffd\""},
  };
  for (const auto& [value, shown] : values) CHECK(to_json(kv("k", value)) == "\"k\":" + shown);
}

TEST_CASE("JSON: a long value is cut at 500 bytes, never inside a letter") {
  CHECK(to_json(kv("k", std::string(499, 'x') + "ü")) == "\"k\":\"" + std::string(499, 'x') + "\"");
}

TEST_CASE("logger: a line of JSON is an object with the same keys in the same order") {
  test::CapturedStderr captured;
  const auto log = Logger::to_stderr(LogSettings{.format = LogFormat::json}).with({kv("fn", "a\nb")});
  log.warn("code updated", {kv("took_ms", 12)});
  const std::string line = captured.text();
  CHECK_THAT(line, Catch::Matches(R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"warning",)"
                                  R"("msg":"code updated","fn":"a\\nb","took_ms":12\}\n)"));
  CHECK(nlohmann::json::parse(line).at("fn") == "a\nb");
}

TEST_CASE("logger: lines for the journal have their priority in front and no time") {
  test::CapturedStderr captured;
  const auto log = Logger::to_stderr(LogSettings{.level = LogLevel::debug, .is_journal = true});
  log.error("e", {kv("fn", "hello")});
  log.warn("w");
  log.info("i");
  log.debug("d");
  log.set_format(LogFormat::json);
  log.error("j", {kv("n", 1)});
  CHECK(captured.text() ==
        "<3>level=error msg=e fn=hello\n<4>level=warning msg=w\n<6>level=info msg=i\n<7>level=debug msg=d\n"
        "<3>{\"level\":\"error\",\"msg\":\"j\",\"n\":1}\n");
}

TEST_CASE("logger: copies share the level and the format, also when these change") {
  test::CapturedStderr captured;
  const auto log = Logger::to_stderr(LogSettings{.level = LogLevel::warn, .is_journal = true});
  const auto copy = log.with({kv("fn", "hello")});
  copy.debug("before");
  log.set_level(LogLevel::debug);
  log.set_format(LogFormat::json);
  CHECK(copy.writes(LogLevel::debug));
  CHECK(copy.settings().format == LogFormat::json);
  copy.debug("between");
  copy.set_level(LogLevel::error);
  log.warn("after");
  CHECK(captured.text() == "<7>{\"level\":\"debug\",\"msg\":\"between\",\"fn\":\"hello\"}\n");
}

TEST_CASE("logger: a level given to one that writes nowhere changes nothing") {
  test::CapturedStderr captured;
  const Logger log;
  log.set_level(LogLevel::debug);
  log.set_format(LogFormat::json);
  log.error("lost");
  CHECK_FALSE(log.writes(LogLevel::error));
  CHECK(captured.text().empty());
}

TEST_CASE("logger: the journal is known by device and inode of the stream, not by the variable alone") {
  const test::TempDirectory directory;
  directory.write("journal", "");
  directory.write("other", "");
  const int journal = ::open((directory / "journal").c_str(), O_WRONLY | O_CLOEXEC);
  const int other = ::open((directory / "other").c_str(), O_WRONLY | O_CLOEXEC);
  struct stat facts{};
  REQUIRE(::fstat(journal, &facts) == 0);
  const std::string stream = std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
  CHECK(is_journal_stream(stream, journal));
  CHECK_FALSE(is_journal_stream(stream, other));
  CHECK_FALSE(is_journal_stream("", journal));
  CHECK_FALSE(is_journal_stream("1:2:3", journal));
  ::close(journal);
  CHECK_FALSE(is_journal_stream(stream, journal));
  ::close(other);
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
