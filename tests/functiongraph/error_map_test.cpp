#include "functiongraph/error_map.hpp"

#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

namespace fgsync::functiongraph {
namespace {

http::Response refusal(int status, const std::string& code, const std::string& message = "words") {
  http::Response response;
  response.status = status;
  response.body = R"({"error_code":")" + code + R"(","error_msg":")" + message + R"("})";
  return response;
}

TEST_CASE("errors: every documented code says what to do, for reads and for mutations") {
  struct Row {
    int status;
    std::string code;
    ErrorKind read;
    ErrorKind mutation;
  };
  using enum ErrorKind;
  const std::vector<Row> rows{
      {400, "FSS.0400", invalid, invalid},
      {401, "FSS.0401", unauthorized, unauthorized},
      {403, "FSS.0403", unauthorized, unauthorized},
      {404, "FSS.0404", not_found, not_found},
      {408, "FSS.0408", transient, unknown_effect},
      {409, "FSS.0409", conflict, conflict},
      {410, "FSS.0410", not_found, not_found},
      {413, "FSS.0413", invalid, invalid},
      {429, "FSS.0429", throttled, throttled},
      {500, "FSS.0500", transient, unknown_effect},
      {502, "FSS.0502", transient, unknown_effect},
      {503, "FSS.0503", transient, unknown_effect},
      {504, "FSS.0504", transient, unknown_effect},
      {400, "FSS.1002", invalid, invalid},
      {400, "FSS.1011", invalid, invalid},
      {400, "FSS.1016", conflict, conflict},
      {400, "FSS.1025", invalid, invalid},
      {400, "FSS.1031", conflict, conflict},
      {412, "FSS.1033", invalid, invalid},
      {403, "FSS.1041", invalid, invalid},
      {403, "FSS.1042", invalid, invalid},
      {403, "FSS.1043", invalid, invalid},
      {404, "FSS.1051", not_found, not_found},
      {404, "FSS.1052", not_found, not_found},
      {404, "FSS.1053", not_found, not_found},
      {404, "FSS.1050", invalid, invalid},
      {404, "FSS.1054", invalid, invalid},
      {404, "FSS.1055", invalid, invalid},
      {404, "FSS.1056", invalid, invalid},
      {404, "FSS.1057", invalid, invalid},
      {404, "FSS.1059", invalid, invalid},
      {404, "FSS.1060", invalid, invalid},
      {409, "FSS.1061", conflict, conflict},
      {409, "FSS.1062", conflict, conflict},
      {409, "FSS.1063", conflict, conflict},
      {409, "FSS.1064", conflict, conflict},
      {409, "FSS.1066", conflict, conflict},
      {404, "FSS.1070", invalid, invalid},
      {413, "FSS.1071", invalid, invalid},
      {400, "FSS.1077", invalid, invalid},
      {400, "FSS.1091", invalid, invalid},
      {403, "FSS.1094", invalid, invalid},
      {403, "FSS.1108", invalid, invalid},
      {404, "FSS.1111", invalid, invalid},
      {401, "FSS.1118", invalid, invalid},
      {403, "FSS.1126", unauthorized, unauthorized},
      {403, "FSS.1127", unauthorized, unauthorized},
      {404, "FSS.1130", invalid, invalid},
      {404, "FSS.1131", not_found, not_found},
      {404, "FSS.1132", not_found, not_found},
      {404, "FSS.1133", not_found, not_found},
      {404, "FSS.1134", not_found, not_found},
      {404, "FSS.1135", invalid, invalid},
      {404, "FSS.1136", not_found, not_found},
      {404, "FSS.1137", invalid, invalid},
      {404, "FSS.1138", not_found, not_found},
      {404, "FSS.1139", invalid, invalid},
      {404, "FSS.1140", not_found, not_found},
      {409, "FSS.1148", conflict, conflict},
      {403, "FSS.1154", invalid, invalid},
      {404, "FSS.1160", not_found, not_found},
      {404, "FSS.1161", invalid, invalid},
      {404, "FSS.1163", not_found, not_found},
      {404, "FSS.1171", invalid, invalid},
      {404, "FSS.1174", not_found, not_found},
      {413, "FSS.1201", invalid, invalid},
      {400, "FSS.1301", not_found, not_found},
      {503, "FSS.1401", transient, unknown_effect},
      {404, "APIGW.0101", invalid, invalid},
      {400, "APIGW.0201", invalid, invalid},
      {413, "APIGW.0201", invalid, invalid},
      {414, "APIGW.0201", invalid, invalid},
      {494, "APIGW.0201", invalid, invalid},
      {502, "APIGW.0201", transient, unknown_effect},
      {401, "APIGW.0301", unauthorized, unauthorized},
      {403, "APIGW.0302", unauthorized, unauthorized},
      {401, "APIGW.0303", unauthorized, unauthorized},
      {401, "APIGW.0305", unauthorized, unauthorized},
      {401, "APIGW.0307", unauthorized, unauthorized},
      {429, "APIGW.0308", throttled, throttled},
      {403, "APIGW.0310", unauthorized, unauthorized},
      {500, "APIGW.0601", transient, unknown_effect},
      {503, "APIGW.0613", transient, unknown_effect},
  };
  for (const auto& row : rows) {
    INFO(row.status << " " << row.code);
    const auto response = refusal(row.status, row.code);
    CHECK(to_error(response, Effect::read).kind == row.read);
    CHECK(to_error(response, Effect::mutation).kind == row.mutation);
    CHECK(code_of(to_error(response, Effect::read)) == row.code);
  }
}

TEST_CASE("errors: without a code that is known the status decides") {
  using enum ErrorKind;
  const std::vector<std::pair<int, ErrorKind>> rows{
      {400, invalid},   {401, unauthorized}, {403, unauthorized}, {404, invalid},   {406, invalid},   {408, transient},
      {409, conflict},  {410, invalid},      {413, invalid},      {429, throttled}, {500, transient}, {502, transient},
      {503, transient}, {599, transient},    {302, corrupt},      {201, corrupt},
  };
  for (const auto& [status, kind] : rows) {
    INFO(status);
    CHECK(to_error(refusal(status, "FSS.9999.unheard"), Effect::read).kind == kind);
  }
}

TEST_CASE("errors: a 404 that is not the service's says nothing about functions, but that the endpoint is wrong") {
  const std::vector<std::string> bodies{
      "",
      "<html>404 Not Found</html>",
      "{}",
      "[]",
      R"({"error_code":1051,"error_msg":"x"})",
      R"({"error_code":"","error_msg":"no such page"})",
      R"({"code":"NotFound","message":"no such page"})",
      R"({"error":{"code":"404","message":"no such page"}})",
  };
  for (const int status : {404, 410}) {
    for (const auto& body : bodies) {
      for (const Effect effect : {Effect::read, Effect::mutation}) {
        INFO(status << " " << body);
        http::Response response;
        response.status = status;
        response.body = body;
        const auto error = to_error(response, effect);
        CHECK(error.kind == ErrorKind::corrupt);
        CHECK_THAT(error.message,
                   Catch::EndsWith(". It does not come from FunctionGraph, but from something between or "
                                   "instead of it: check the endpoint (--endpoint)"));
      }
    }
  }
}

TEST_CASE("errors: the service's shape") {
  auto response = refusal(409, "FSS.1061", "The function has existed");
  response.headers = {{"x-request-id", "5f1c"}};
  const auto error = to_error(response, Effect::mutation);
  CHECK(error.describe() == "The function has existed (HTTP 409, FSS.1061, request id 5f1c)");
  REQUIRE(error.remote);
  CHECK(error.remote->request_sent);
}

TEST_CASE("errors: the service's shape with details has both texts") {
  http::Response response;
  response.status = 400;
  response.body =
      R"({"error_code":"FSS.1011","error_msg":"zip: not a valid zip file","details":{"error_msg":"Invalid function code."}})";
  CHECK(to_error(response, Effect::mutation).message == "zip: not a valid zip file (Invalid function code.)");
}

TEST_CASE("errors: a text that is in the details too is said once") {
  http::Response response;
  response.status = 400;
  response.body = R"({"error_code":"FSS.1011","error_msg":"Invalid.","details":{"error_msg":"Invalid."}})";
  CHECK(to_error(response, Effect::mutation).message == "Invalid.");
}

TEST_CASE("errors: the gateway's shape, of both products, says what to check") {
  for (const std::string prefix : {"APIGW", "APIG"}) {
    http::Response response;
    response.status = 401;
    response.body = R"({"error_msg":"Incorrect IAM authentication information: decrypt token fail","error_code":")" +
                    prefix + R"(.0301","request_id":"8080d3"})";
    const auto error = to_error(response, Effect::read);
    CHECK(error.kind == ErrorKind::unauthorized);
    CHECK(code_of(error) == "APIGW.0301");
    CHECK(error.message ==
          "Incorrect IAM authentication information: decrypt token fail. Check the credentials: they may have expired, "
          "or be of another project");
    CHECK(error.remote->request_id == "8080d3");
    CHECK(is_credential_refusal(error));
  }
}

TEST_CASE("errors: a refused password of somebody else's says nothing of ours") {
  CHECK(to_error(refusal(401, "FSS.1118", "Access denied."), Effect::mutation).message == "Access denied.");
}

TEST_CASE("errors: throttling by the gateway of either product is throttling") {
  for (const auto* code : {"APIGW.0308", "APIG.0308"}) {
    CHECK(to_error(refusal(429, code), Effect::mutation).kind == ErrorKind::throttled);
  }
}

TEST_CASE("errors: IAM's shape") {
  http::Response response;
  response.status = 403;
  response.body =
      R"({"error":{"code":"PAP5.0012","message":"not allowed","encoded_authorization_message":"xyz"},"error_code":"x"})";
  const auto error = to_error(response, Effect::mutation);
  CHECK(error.kind == ErrorKind::unauthorized);
  CHECK(error.message == "not allowed");
  CHECK(code_of(error) == "PAP5.0012");
}

TEST_CASE("errors: bodies of no known shape") {
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"", "the service answered with nothing but a status"},
      {std::string(100'000, '['), "the service answered with something that is not its error format"},
      {"<html><h1>502 Bad Gateway</h1></html>", "the service answered with something that is not its error format"},
      {"[]", "the service answered with something that is not its error format"},
      {"{}", "the service answered with something that is not its error format"},
      {R"({"error_code":1061,"error_msg":["x"]})", "the service answered with something that is not its error format"},
      {R"({"error_code":"FSS.05)", "the service answered with something that is not its error format"},
      {R"({"error":"text"})", "the service answered with something that is not its error format"},
  };
  for (const auto& [body, message] : bodies) {
    INFO(body);
    http::Response response;
    response.status = 502;
    response.body = body;
    const auto error = to_error(response, Effect::mutation);
    CHECK(error.message == message);
    CHECK(error.kind == ErrorKind::unknown_effect);
    CHECK(code_of(error) == "");
  }
}

TEST_CASE("errors: a redirect is not followed, and says why") {
  http::Response response;
  response.status = 302;
  CHECK(to_error(response, Effect::read).kind == ErrorKind::corrupt);
  CHECK(to_error(response, Effect::mutation).kind == ErrorKind::unknown_effect);
  CHECK_THAT(to_error(response, Effect::read).message,
             Catch::EndsWith("Redirects are not followed with credentials: check the endpoint"));
}

TEST_CASE("errors: an API that is not there says what to check") {
  CHECK(to_error(refusal(404, "APIG.0101", "The API does not exist"), Effect::read).message ==
        "The API does not exist. No such API there: check endpoint, region and project id");
}

TEST_CASE("errors: the service's words become part of one line") {
  const auto error = to_error(refusal(400, "FSS.0400", R"(first\nsecond\u001b[31mred)"), Effect::read);
  CHECK(error.message == "first?second?[31mred");
}

TEST_CASE("errors: the service's words are cut where they have no end") {
  const auto error =
      to_error(refusal(400, "FSS.0400", std::string(499, 'x') + "ü" + std::string(9999, 'y')), Effect::read);
  CHECK(error.message == std::string(499, 'x') + "…");
}

TEST_CASE("errors: the shapes that only the SDKs know") {
  for (const auto* body :
       {R"({"errorCode":"FSS.1051","errorMsg":"gone"})", R"({"code":"FSS.1051","message":"gone"})"}) {
    INFO(body);
    http::Response response;
    response.status = 404;
    response.body = body;
    const auto error = to_error(response, Effect::read);
    CHECK(error.message == "gone");
    CHECK(code_of(error) == "FSS.1051");
  }
}

TEST_CASE("errors: of several shapes in one body the documented one counts") {
  http::Response response;
  response.status = 404;
  response.body = R"({"error_code":"FSS.1051","error_msg":"gone","code":"X","message":"x","errorCode":"Y"})";
  CHECK(code_of(to_error(response, Effect::read)) == "FSS.1051");
}

TEST_CASE("errors: the request id is taken from where it is") {
  using Headers = http::Headers;
  const std::vector<std::tuple<Headers, std::string, std::string>> rows{
      {Headers{{"X-Request-Id", "a"}, {"X-Cff-Request-Id", "b"}}, R"({"request_id":"c"})", "a"},
      {Headers{{"X-Cff-Request-Id", "b"}}, R"({"request_id":"c"})", "b"},
      {Headers{}, R"({"request_id":"c"})", "c"},
      {Headers{}, R"({"request_id":7})", ""},
      {Headers{}, "<html>", ""},
      {Headers{}, "", ""},
      {Headers{{"X-Request-Id", "a\nb"}}, "", "a?b"},
  };
  for (const auto& [headers, body, id] : rows) {
    http::Response response;
    response.status = 400;
    response.headers = headers;
    response.body = body;
    CHECK(to_error(response, Effect::read).remote->request_id == id);
  }
}

TEST_CASE("errors: Retry-After may be seconds or a date, and else says nothing") {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1792567680));  // 07:28:00
  struct Row {
    std::string retry_after;
    std::string date;  ///< of the answer
    std::optional<milliseconds> wait;
  };
  const std::vector<Row> rows{
      {"3", "", milliseconds(3000)},
      {"0", "", milliseconds(0)},
      {"2147483647", "", milliseconds(2147483647000LL)},
      {"Wed, 21 Oct 2026 07:28:05 GMT", "", milliseconds(5000)},
      {"Wed, 21 Oct 2026 07:27:59 GMT", "", milliseconds(0)},
      // The answer's own clock counts, whatever ours says.
      {"Wed, 21 Oct 2026 07:28:05 GMT", "Wed, 21 Oct 2026 07:28:03 GMT", milliseconds(2000)},
      {"Wed, 21 Oct 2026 07:28:05 GMT", "no date", milliseconds(5000)},
      {"", "", std::nullopt},
      {"-1", "", std::nullopt},
      {"1.5", "", std::nullopt},
      {"soon", "", std::nullopt},
      {"3 s", "", std::nullopt},
      {"99999999999", "", milliseconds(std::chrono::hours(24))},
      {"-99999999999", "", std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.retry_after << ", " << row.date);
    auto response = refusal(429, "FSS.0429");
    response.headers = {{"Retry-After", row.retry_after}, {"Date", row.date}};
    CHECK(to_error(response, Effect::read, now).remote->retry_after == row.wait);
  }
}

TEST_CASE("errors: a date to wait for means nothing without a clock") {
  auto response = refusal(429, "FSS.0429");
  response.headers = {{"Retry-After", "Wed, 21 Oct 2026 07:28:05 GMT"}};
  CHECK_FALSE(to_error(response, Effect::read).remote->retry_after);
}

Error exchange_failure(ErrorKind kind, bool request_sent) {
  Error error(kind, "x");
  error.remote = RemoteFacts{};
  error.remote->request_sent = request_sent;
  return error;
}

TEST_CASE("errors: a lost answer leaves the effect of a mutation unknown, and nothing else") {
  for (const auto kind : {ErrorKind::transient, ErrorKind::timed_out, ErrorKind::corrupt, ErrorKind::cancelled}) {
    INFO(name_of(kind));
    CHECK(to_error(exchange_failure(kind, true), Effect::mutation).kind == ErrorKind::unknown_effect);
    CHECK(to_error(exchange_failure(kind, false), Effect::mutation).kind == kind);
    CHECK(to_error(exchange_failure(kind, true), Effect::read).kind == kind);
  }
}

TEST_CASE("errors: a success that cannot be read is unknown for a mutation, corrupt for a read") {
  http::Response response;
  response.status = 200;
  response.headers = {{"X-Request-Id", "5f1c"}};
  const auto error = unreadable_answer(response, "the field digest is missing", Effect::read);
  CHECK(error.kind == ErrorKind::corrupt);
  CHECK(error.describe() ==
        "the service's answer cannot be understood: the field digest is missing. Check that the endpoint (--endpoint) "
        "is a FunctionGraph (HTTP 200, request id 5f1c)");
  CHECK(unreadable_answer(response, "x", Effect::mutation).kind == ErrorKind::unknown_effect);
  CHECK_THAT(unreadable_answer(response, "a\nb", Effect::read).message, Catch::Contains("understood: a?b."));
}

TEST_CASE("errors: only the gateway's 401 condemns the credentials as such") {
  CHECK(is_credential_refusal(to_error(refusal(401, "APIGW.0307"), Effect::read)));
  // FunctionGraph itself answers 401 for things that are gone.
  CHECK_FALSE(is_credential_refusal(to_error(refusal(401, "FSS.0401"), Effect::read)));
  CHECK_FALSE(is_credential_refusal(to_error(refusal(403, "APIGW.0310"), Effect::read)));
  CHECK_FALSE(is_credential_refusal(Error(ErrorKind::unauthorized, "x")));
}

}  // namespace
}  // namespace fgsync::functiongraph
