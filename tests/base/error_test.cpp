#include "base/error.hpp"

#include <catch2/catch.hpp>

#include "base/result.hpp"

namespace fgsync {
namespace {

TEST_CASE("error: every kind has a name of its own") {
  const std::vector<std::pair<ErrorKind, std::string>> names{
      {ErrorKind::invalid, "invalid"},     {ErrorKind::not_found, "not_found"},
      {ErrorKind::conflict, "conflict"},   {ErrorKind::unauthorized, "unauthorized"},
      {ErrorKind::throttled, "throttled"}, {ErrorKind::transient, "transient"},
      {ErrorKind::timed_out, "timed_out"}, {ErrorKind::unknown_effect, "unknown_effect"},
      {ErrorKind::cancelled, "cancelled"}, {ErrorKind::corrupt, "corrupt"},
      {ErrorKind::internal, "internal"},
  };
  for (const auto& [kind, name] : names) CHECK(name_of(kind) == name);
}

TEST_CASE("error: a bare error describes itself by its message") {
  CHECK(Error(ErrorKind::invalid, "no such file").describe() == "no such file");
}

TEST_CASE("error: the outermost context stands first") {
  auto error = with_context(with_context(Error(ErrorKind::transient, "no route"), "list versions"), "observe");
  CHECK(error.describe() == "observe: list versions: no route");
}

TEST_CASE("error: the position stands before the context") {
  auto error = with_context(Error(ErrorKind::invalid, "expected a number"), "reading memory");
  error.position = SourcePosition{"app.yaml", 3, 7};
  CHECK(error.describe() == "app.yaml:3:7: reading memory: expected a number");
}

TEST_CASE("error: a position without a line is the file as a whole") {
  CHECK(SourcePosition{"app.yaml", 0, 0}.to_string() == "app.yaml");
}

TEST_CASE("error: what the service said stands behind the message") {
  Error error(ErrorKind::conflict, "The function has existed");
  error.remote = RemoteFacts{409, "FSS.1061", "abc123", std::nullopt, true};
  CHECK(error.describe() == "The function has existed (HTTP 409, FSS.1061, request id abc123)");
}

TEST_CASE("error: facts that are not known leave no trace") {
  Error error(ErrorKind::transient, "no connection");
  error.remote = RemoteFacts{};
  CHECK(error.describe() == "no connection");
  error.remote->request_id = "abc123";
  CHECK(error.describe() == "no connection (request id abc123)");
}

TEST_CASE("result: fail makes a result of an error of any type") {
  const Result<int> number = fail(ErrorKind::not_found, "nobody there");
  REQUIRE_FALSE(number);
  CHECK(number.error().kind == ErrorKind::not_found);
  const Result<std::string> handed_on = fail(number.error());
  CHECK(handed_on.error().message == "nobody there");
}

}  // namespace
}  // namespace fgsync
