// Calls over HTTP: how lists are read to their end, what is tried again, and what is sent once.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/base64.hpp"
#include "tests/functiongraph/http_cases.hpp"
#include "tests/support/captured_stderr.hpp"

namespace fgsync::functiongraph::cases {
namespace {

std::string function_page(const std::vector<std::string>& names, const json& next_marker, const json& count) {
  json page{{"functions", json::array()}, {"next_marker", next_marker}, {"count", count}};
  for (const auto& name : names) page["functions"].push_back(function_json(name));
  return page.dump();
}

std::string version_page(const std::vector<std::string>& names, const json& next_marker, const json& count) {
  json page{{"versions", json::array()}, {"next_marker", next_marker}, {"count", count}};
  for (const auto& name : names) {
    json version = function_json("hello");
    version["version"] = name;
    page["versions"].push_back(version);
  }
  return page.dump();
}

template <class Row>
std::vector<std::string> names_of(const Result<std::vector<Row>>& rows) {
  if (!rows) FAIL(rows.error().describe());
  std::vector<std::string> names;
  for (const auto& row : *rows) names.push_back(row.name);
  return names;
}

// ----- the list of functions

Result<std::vector<FunctionRow>> list_functions(Fixture& fixture) {
  return test::run(fixture.graph->list_functions(fixture.deadline()));
}

TEST_CASE("list of functions: one page that says it is the last") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a", "b"}, 0, 2));
  CHECK(names_of(list_functions(fixture)) == Names{"a", "b"});
  CHECK(fixture.targets() == Names{"GET /v2/p1/fgs/functions?marker=0&maxitems=400"});
}

TEST_CASE("list of functions: pages are followed while the marker grows") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a", "b"}, 2, 5));
  fixture.client.answer(200, function_page({"c", "d"}, 4, 5));
  fixture.client.answer(200, function_page({"e"}, 4, 5));
  CHECK(names_of(list_functions(fixture)) == Names{"a", "b", "c", "d", "e"});
  CHECK(fixture.targets() == Names{"GET /v2/p1/fgs/functions?marker=0&maxitems=400",
                                   "GET /v2/p1/fgs/functions?marker=2&maxitems=400",
                                   "GET /v2/p1/fgs/functions?marker=4&maxitems=400"});
}

/// Answers the page at each marker, one function long, after others had time to ask as well.
class PagingClient final : public http::HttpClient {
 public:
  explicit PagingClient(int pages) : pages_(pages) {}

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline /*deadline*/) override {
    most_at_once = std::max(most_at_once, ++at_once_);
    const auto executor = co_await boost::asio::this_coro::executor;
    for (int turn = 0; turn < 2 * pages_; ++turn) co_await boost::asio::post(executor, boost::asio::use_awaitable);
    --at_once_;
    const int marker = std::stoi(request.target.substr(request.target.find("marker=") + 7));
    http::Response response;
    response.status = 200;
    response.body = function_page({"f" + std::to_string(marker)}, std::min(marker + 1, pages_ - 1), pages_);
    co_return response;
  }

  int most_at_once = 0;

 private:
  int pages_;
  int at_once_ = 0;
};

TEST_CASE("list of functions: pages whose places are known are asked for side by side, eight at a time") {
  Fixture fixture;
  PagingClient client(12);
  auto graph = make_http_function_graph({client, fixture.clock, "p1", fixture.counter, fixture.log});
  Names all;
  for (int i = 0; i < 12; ++i) all.push_back("f" + std::to_string(i));
  CHECK(names_of(test::run(graph->list_functions(fixture.deadline()))) == all);
  CHECK(client.most_at_once == 8);
  CHECK(fixture.counter.calls == 12);
}

TEST_CASE("list of functions: a page that does not begin where it was looked for is asked for again") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a", "b"}, 2, 5));
  fixture.client.answer(200, function_page({"c"}, 3, 5));  // shorter than the first
  fixture.client.answer(200, function_page({"e"}, 0, 5));  // at 4, which nobody needs
  fixture.client.answer(200, function_page({"d"}, 4, 5));
  fixture.client.answer(200, function_page({"e"}, 0, 5));
  CHECK(names_of(list_functions(fixture)) == Names{"a", "b", "c", "d", "e"});
  CHECK(fixture.targets() ==
        Names{"GET /v2/p1/fgs/functions?marker=0&maxitems=400", "GET /v2/p1/fgs/functions?marker=2&maxitems=400",
              "GET /v2/p1/fgs/functions?marker=4&maxitems=400", "GET /v2/p1/fgs/functions?marker=3&maxitems=400",
              "GET /v2/p1/fgs/functions?marker=4&maxitems=400"});
}

TEST_CASE("list of functions: an empty page is the last") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a"}, 1, nullptr)).answer(200, function_page({}, 2, nullptr));
  CHECK(names_of(list_functions(fixture)) == Names{"a"});
}

TEST_CASE("list of functions: rows that a shifted page brings twice count once") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a", "b"}, 2, 3)).answer(200, function_page({"b", "c"}, 0, 3));
  CHECK(names_of(list_functions(fixture)) == Names{"a", "b", "c"});
}

TEST_CASE("list of functions: fewer rows than the service counts are an error, never a short list") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a", "b"}, 2, 3)).answer(200, function_page({}, 0, 3));
  const auto rows = list_functions(fixture);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().kind == ErrorKind::corrupt);
  CHECK(rows.error().describe() ==
        "list functions: the service says there are 3 but listed only 2; nothing was decided on it");
}

TEST_CASE("list of functions: a page that is repeated for ever is an error, not a hang") {
  Fixture fixture;
  for (int i = 1; i <= 1000; ++i) fixture.client.answer(200, function_page({"a"}, i, nullptr));
  const auto rows = list_functions(fixture);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().kind == ErrorKind::corrupt);
  CHECK(rows.error().message == "list functions: the list does not end after 1000 pages");
}

TEST_CASE("list of functions: no functions at all") {
  Fixture fixture;
  fixture.client.answer(200, R"({"functions":null,"next_marker":0,"count":0})");
  CHECK(names_of(list_functions(fixture)).empty());
}

TEST_CASE("list of functions: a failure in the middle is the whole list's") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"a"}, 1, 2));
  fixture.client.answer(401, R"({"error_code":"APIGW.0307","error_msg":"token expired"})");
  const auto rows = list_functions(fixture);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().kind == ErrorKind::unauthorized);
  CHECK_THAT(rows.error().describe(), Catch::StartsWith("list functions: token expired"));
}

TEST_CASE("list of functions: an answer that is no list is corrupt") {
  for (const auto* body : {"", "[]", "{}", R"({"error_code":"FSS.0500"})", R"({"functions":[{"func_name":"a"}]})"}) {
    INFO(body);
    Fixture fixture;
    fixture.client.answer(200, body);
    const auto rows = list_functions(fixture);
    REQUIRE_FALSE(rows);
    CHECK(rows.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("list of functions: another success than 200 is not taken for an answer") {
  Fixture fixture;
  fixture.client.answer(204, "");
  CHECK_FALSE(list_functions(fixture));
}

// ----- one function by name

Result<std::optional<FunctionRow>> find(Fixture& fixture, const std::string& name) {
  return test::run(fixture.graph->find_function(name, fixture.deadline()));
}

TEST_CASE("find function: the service's filter is fuzzy, ours is exact") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"hello-2", "my-hello", "hello", "Hello"}, 0, 4));
  const auto row = find(fixture, "hello");
  REQUIRE(row);
  REQUIRE(*row);
  CHECK((*row)->name == "hello");
  CHECK((*row)->urn == urn_of("hello"));
  CHECK(fixture.targets() == Names{"GET /v2/p1/fgs/functions?marker=0&maxitems=400&func_name=hello"});
}

TEST_CASE("find function: one that only looks like it is none") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"hello-2", "HELLO"}, 0, 2));
  const auto row = find(fixture, "hello");
  REQUIRE(row);
  CHECK_FALSE(*row);
}

TEST_CASE("find function: it may stand on a later page") {
  Fixture fixture;
  fixture.client.answer(200, function_page({"hello-1"}, 1, 2)).answer(200, function_page({"hello"}, 0, 2));
  const auto row = find(fixture, "hello");
  REQUIRE(row);
  CHECK(row->has_value());
  CHECK(fixture.targets()[1] == "GET /v2/p1/fgs/functions?marker=1&maxitems=400&func_name=hello");
}

TEST_CASE("find function: a failed look is no absence") {
  Fixture fixture;
  fixture.client.answer(404, R"({"error_code":"APIGW.0101","error_msg":"no such API"})");
  const auto row = find(fixture, "hello");
  REQUIRE_FALSE(row);
  CHECK(row.error().kind == ErrorKind::invalid);
}

// ----- the list of versions

Result<std::vector<Version>> list_versions(Fixture& fixture) {
  return test::run(fixture.graph->list_versions(urn_of("hello"), fixture.deadline()));
}

TEST_CASE("list of versions: latest is left out, though it counts") {
  Fixture fixture;
  fixture.client.answer(200, version_page({"latest", "v2", "v1"}, 3, 3));
  CHECK(names_of(list_versions(fixture)) == Names{"v2", "v1"});
  CHECK(fixture.targets() == Names{"GET /v2/p1/fgs/functions/" + urn_of("hello").text() + "/versions"});
}

TEST_CASE("list of versions: a marker is followed only while it grows and brings new rows") {
  struct Row {
    std::string what;
    std::vector<std::string> pages;
    Names versions;
  };
  const std::vector<Row> rows{
      {"no marker", {version_page({"latest", "v1"}, nullptr, nullptr)}, {"v1"}},
      {"marker 0", {version_page({"latest", "v1"}, 0, nullptr)}, {"v1"}},
      {"a marker that grows", {version_page({"latest"}, 1, 2), version_page({"v1"}, 2, 2)}, {"v1"}},
      {"the same page again, as where paging does not work",
       {version_page({"latest", "v1"}, 5, nullptr), version_page({"latest", "v1"}, 10, nullptr)},
       {"v1"}},
      {"an empty page", {version_page({"latest", "v1"}, 5, nullptr), version_page({}, 10, nullptr)}, {"v1"}},
      {"a marker that falls", {version_page({"latest"}, 5, nullptr), version_page({"v1"}, 3, nullptr)}, {"v1"}},
      {"overlapping pages", {version_page({"latest", "v2"}, 2, 3), version_page({"v2", "v1"}, 4, 3)}, {"v2", "v1"}},
      {"a marker though the count is reached", {version_page({"latest", "v1"}, 9, 2)}, {"v1"}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Fixture fixture;
    for (const auto& page : row.pages) fixture.client.answer(200, page);
    CHECK(names_of(list_versions(fixture)) == row.versions);
    CHECK(fixture.client.is_used_up());
  }
}

TEST_CASE("list of versions: the next page is asked for by its marker") {
  Fixture fixture;
  fixture.client.answer(200, version_page({"latest"}, 1, 2)).answer(200, version_page({"v1"}, 2, 2));
  REQUIRE(list_versions(fixture));
  CHECK(fixture.targets()[1] == "GET /v2/p1/fgs/functions/" + urn_of("hello").text() + "/versions?marker=1");
}

TEST_CASE("list of versions: fewer than the service counts are an error") {
  Fixture fixture;
  fixture.client.answer(200, version_page({"latest", "v1"}, 0, 3));
  const auto versions = list_versions(fixture);
  REQUIRE_FALSE(versions);
  CHECK(versions.error().kind == ErrorKind::corrupt);
  CHECK(versions.error().message ==
        "list versions: the service says there are 3 but listed only 2; nothing was decided on it");
}

TEST_CASE("list of versions: a list without end is an error, not a hang") {
  Fixture fixture;
  for (int i = 1; i <= 1000; ++i) {
    fixture.client.answer(200, version_page({"v" + std::to_string(i)}, i, nullptr));
  }
  const auto versions = list_versions(fixture);
  REQUIRE_FALSE(versions);
  CHECK(versions.error().message == "list versions: the list does not end after 1000 pages");
}

// ----- reads are repeated, mutations are not

Result<FunctionDetail> show(Fixture& fixture) {
  return test::run(fixture.graph->show_config(urn_of("hello"), fixture.deadline()));
}

TEST_CASE("read: a lost connection is tried twice more, a little later each time") {
  Fixture fixture;
  fixture.client.failure(test::no_connection()).failure(test::lost_answer()).answer(200, function_json("hello").dump());
  REQUIRE(show(fixture));
  CHECK(fixture.clock.sleeps() == std::vector<milliseconds>{milliseconds(100), milliseconds(200)});
  CHECK(fixture.counter.calls == 3);
}

TEST_CASE("read: a third lost connection is the answer") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) fixture.client.failure(test::lost_answer());
  const auto detail = show(fixture);
  REQUIRE_FALSE(detail);
  CHECK(detail.error().kind == ErrorKind::transient);
  CHECK_THAT(detail.error().describe(), Catch::StartsWith("show configuration: "));
  CHECK(fixture.client.is_used_up());
}

TEST_CASE("read: what another try cannot mend is not tried again") {
  const std::vector<Error> failures{
      test::late_answer(),
      test::exchange_failure(ErrorKind::corrupt, "the answer was cut off", true),
      test::exchange_failure(ErrorKind::invalid, "the certificate is not trusted", false),
      test::exchange_failure(ErrorKind::cancelled, "stopped", true),
  };
  for (const auto& failure : failures) {
    INFO(failure.message);
    Fixture fixture;
    fixture.client.failure(failure);
    const auto detail = show(fixture);
    REQUIRE_FALSE(detail);
    CHECK(detail.error().kind == failure.kind);
    CHECK(fixture.clock.sleeps().empty());
  }
}

TEST_CASE("read: a refusal is not tried again, not even a 5xx: that wait is the caller's") {
  for (const int status : {401, 404, 429, 500, 503}) {
    Fixture fixture;
    fixture.client.answer(status, "");
    CHECK_FALSE(show(fixture));
    CHECK(fixture.clock.sleeps().empty());
  }
}

TEST_CASE("read: every try has the same deadline") {
  Fixture fixture;
  fixture.client.failure(test::no_connection()).answer(200, function_json("hello").dump());
  const auto deadline = fixture.deadline();
  REQUIRE(test::run(fixture.graph->show_config(urn_of("hello"), deadline)));
  for (const auto& seen : fixture.client.deadlines()) CHECK(seen.at == deadline.at);
}

/// Every mutation, by name.
struct Mutation {
  std::string name;
  std::string line;                                           ///< method and path
  std::string good;                                           ///< an answer that is understood
  std::function<std::optional<Error>(Fixture& fixture)> run;  ///< how it failed, if it did
};

std::vector<Mutation> all_mutations() {
  const std::string base = "/v2/p1/fgs/functions";
  const std::string path = base + "/" + urn_of("hello").text();
  const std::string function = function_json("hello").dump();
  json version = function_json("hello");
  version["version"] = "v1";
  const std::string alias = R"({"name":"prod","version":"v1"})";
  const AliasRequest request{"prod", "v1", "d"};
  FunctionConfig config;
  config.runtime = "Python3.9";
  const auto urn = urn_of("hello");
  return {
      {"import", "POST " + base + "/import", function,
       [](Fixture& f) {
         const ImportRequest import{"hello", "default", "hello.zip", bytes_in_memory("PK")};
         return failure_of(f.graph->import_function(import, f.deadline()));
       }},
      {"create", "POST " + base, function,
       [config](Fixture& f) {
         CreateRequest create;
         create.config = config;
         create.code = zip_upload("PK");
         return failure_of(f.graph->create_function(create, f.deadline()));
       }},
      {"update code", "PUT " + path + "/code", code_json("hello"),
       [urn](Fixture& f) {
         CodeUpdate update;
         update.code = zip_upload("PK");
         return failure_of(f.graph->update_code(urn, update, f.deadline()));
       }},
      {"update configuration", "PUT " + path + "/config", function,
       [urn, config](Fixture& f) { return failure_of(f.graph->update_config(urn, "hello", config, f.deadline())); }},
      {"publish v1", "POST " + path + "/versions", version.dump(),
       [urn](Fixture& f) {
         PublishRequest publish{"v1", "d"};
         return failure_of(f.graph->publish_version(urn, publish, f.deadline()));
       }},
      {"create alias prod", "POST " + path + "/aliases", alias,
       [urn, request](Fixture& f) { return failure_of(f.graph->create_alias(urn, request, f.deadline())); }},
      {"move alias prod", "PUT " + path + "/aliases/prod", alias,
       [urn, request](Fixture& f) { return failure_of(f.graph->update_alias(urn, request, f.deadline())); }},
  };
}

TEST_CASE("mutation: goes to its documented place") {
  for (const auto& mutation : all_mutations()) {
    INFO(mutation.name);
    Fixture fixture;
    fixture.client.answer(200, mutation.good);
    CHECK_FALSE(mutation.run(fixture));
    CHECK(fixture.targets() == Names{mutation.line});
  }
}

TEST_CASE("mutation: is sent once, whatever happens to it") {
  struct Row {
    std::string what;
    Result<http::Response> outcome;
    ErrorKind kind;
  };
  const auto answer = [](int status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
  };
  const std::vector<Row> rows{
      {"no connection", fail(test::no_connection()), ErrorKind::transient},
      {"lost answer", fail(test::lost_answer()), ErrorKind::unknown_effect},
      {"late answer", fail(test::late_answer()), ErrorKind::unknown_effect},
      {"deadline before sending", fail(test::exchange_failure(ErrorKind::timed_out, "x", false)), ErrorKind::timed_out},
      {"cut-off answer", fail(test::exchange_failure(ErrorKind::corrupt, "x", true)), ErrorKind::unknown_effect},
      {"success without sense", answer(200, "<html>"), ErrorKind::unknown_effect},
      {"success without a body", answer(200, ""), ErrorKind::unknown_effect},
      {"500", answer(500, ""), ErrorKind::unknown_effect},
      {"503 of a proxy", answer(503, "<html>"), ErrorKind::unknown_effect},
      {"429", answer(429, ""), ErrorKind::throttled},
      {"409", answer(409, R"({"error_code":"FSS.1061"})"), ErrorKind::conflict},
      {"400", answer(400, ""), ErrorKind::invalid},
      {"404 of a proxy", answer(404, "<html>"), ErrorKind::corrupt},
      {"301", answer(301, "<html>"), ErrorKind::unknown_effect},
      {"302", answer(302, ""), ErrorKind::unknown_effect},
      {"307 with JSON", answer(307, "{}"), ErrorKind::unknown_effect},
  };
  for (const auto& mutation : all_mutations()) {
    for (const auto& row : rows) {
      INFO(mutation.name << ", " << row.what);
      Fixture fixture;
      if (row.outcome) {
        fixture.client.answer(row.outcome->status, row.outcome->body);
      } else {
        fixture.client.failure(row.outcome.error());
      }
      const auto failure = mutation.run(fixture);
      REQUIRE(failure);
      CHECK(failure->kind == row.kind);
      CHECK_THAT(failure->describe(), Catch::StartsWith(mutation.name + ": "));
      CHECK(fixture.client.requests().size() == 1);
      CHECK(fixture.clock.sleeps().empty());
    }
  }
}

// ----- what is sent, and what is told of it

TEST_CASE("calls: every request has the content type that even GET must have") {
  Fixture fixture;
  fixture.client.answer(200, function_page({}, 0, 0)).answer(200, code_json("hello"));
  REQUIRE(list_functions(fixture));
  CodeUpdate update;
  update.code = zip_upload("PK");
  REQUIRE(test::run(fixture.graph->update_code(urn_of("hello"), update, fixture.deadline())));
  for (const auto& request : fixture.client.requests()) {
    CHECK(http::find_header(request.headers, "Content-Type") == "application/json");
    CHECK(request.headers.size() == 1);
  }
}

TEST_CASE("calls: neither the log nor errors have bodies or queries") {
  test::CapturedStderr captured;
  Fixture fixture(Logger::to_stderr(LogLevel::debug));
  fixture.client.answer(401, R"({"error_code":"APIGW.0301","error_msg":"decrypt token fail"})");
  fixture.client.failure(test::lost_answer());
  const auto row = find(fixture, "hello");
  auto config = FunctionConfig{};
  config.user_data["PASSWORD"] = "hunter2";
  const auto detail = test::run(fixture.graph->update_config(urn_of("hello"), "hello", config, fixture.deadline()));
  const std::string log = captured.text();
  REQUIRE_FALSE(row);
  REQUIRE_FALSE(detail);
  for (const std::string& text : {log, row.error().describe(), detail.error().describe()}) {
    CHECK_THAT(text, !Catch::Contains("hunter2"));
    CHECK_THAT(text, !Catch::Contains("func_name="));
  }
  CHECK_THAT(log, Catch::Contains("msg=call method=GET path=/v2/p1/fgs/functions status=401"));
  CHECK_THAT(log, Catch::Contains("msg=\"call failed\" method=PUT"));
}

TEST_CASE("calls: a success that the documents do not name is one when its body is understood, and is noted") {
  test::CapturedStderr captured;
  Fixture fixture(Logger::to_stderr(LogLevel::debug));
  fixture.client.answer(201, R"({"name":"prod","version":"v1"})");
  CHECK(test::run(fixture.graph->create_alias(urn_of("hello"), {"prod", "v1", ""}, fixture.deadline())));
  CHECK_THAT(captured.text(), Catch::Contains("msg=\"undocumented success\" method=POST"));
}

TEST_CASE("calls: little code goes in whole, much is made while it is sent") {
  for (const std::size_t size : {std::size_t{64} * 1024, std::size_t{64} * 1024 + 1}) {
    INFO(size);
    const std::string code(size, 'x');
    Fixture fixture;
    fixture.client.answer(200, code_json("hello"));
    CodeUpdate update;
    update.code = zip_upload(code);
    REQUIRE(test::run(fixture.graph->update_code(urn_of("hello"), update, fixture.deadline())));
    const http::Request& request = fixture.client.requests().back();
    CHECK((request.stream != nullptr) == (size > std::size_t{64} * 1024));
    CHECK(request.body_size() == fixture.last_body().size());
    CHECK(json::parse(fixture.last_body())["func_code"]["file"] == base64_encode(code));
  }
}

/// Code on a disk that is gone.
class LostBytes final : public ByteSource {
 public:
  [[nodiscard]] std::uint64_t size() const override { return 10; }
  [[nodiscard]] Result<void> read(std::uint64_t /*offset*/, std::span<char> /*into*/) const override {
    return fail(ErrorKind::internal, "the disk is gone");
  }
};

TEST_CASE("calls: code that cannot be read is not sent") {
  Fixture fixture;
  CodeUpdate update;
  update.code = {CodeUpload::Type::zip, "index.zip", std::make_shared<LostBytes>(), ""};
  const auto digest = test::run(fixture.graph->update_code(urn_of("hello"), update, fixture.deadline()));
  REQUIRE_FALSE(digest);
  CHECK(digest.error().kind == ErrorKind::internal);
  CHECK(digest.error().describe() == "update code: the disk is gone");
  CHECK(fixture.client.requests().empty());
}

TEST_CASE("calls: each exchange counts, repeated ones too") {
  Fixture fixture;
  fixture.client.failure(test::no_connection()).answer(200, function_page({"a"}, 1, 2));
  fixture.client.answer(200, function_page({"b"}, 0, 2));
  REQUIRE(list_functions(fixture));
  CHECK(fixture.counter.calls == 3);
}

TEST_CASE("project id: only what may stand in a path") {
  for (const auto* text : {"46b6f338fc3445b8846c71dfb1fbd9e8", "local", "a-b_C9"}) CHECK(is_project_id(text));
  for (const std::string& text : {std::string(), std::string(65, 'a'), std::string("a/b"), std::string(".."),
                                  std::string("a b"), std::string("a%2f"), std::string("a?b"), std::string("ä")}) {
    INFO(text);
    CHECK_FALSE(is_project_id(text));
  }
}

}  // namespace
}  // namespace fgsync::functiongraph::cases
