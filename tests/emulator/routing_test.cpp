#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::http::Method;

namespace {

fgsync::emulator::ServiceOptions with_token() {
  fgsync::emulator::ServiceOptions options;
  options.token = "secret-token";
  return options;
}

}  // namespace

TEST_CASE("routing: text that is no UTF-8 is shown in answers that are JSON all the same") {
  fgsync::emulator::ServiceOptions options;
  Emulated service(options);
  for (const auto& [name, shown] :
       std::vector<std::pair<std::string, std::string>>{{"%ff", "\uFFFD"},
                                                        {"a%c3", "a\uFFFD"},
                                                        {"%c3%a9", "\u00e9"},
                                                        {"%e0%80%80", "\uFFFD\uFFFD\uFFFD"},
                                                        {"%ed%a0%80", "\uFFFD\uFFFD\uFFFD"},
                                                        {"%f0%9f%98%80", "\U0001F600"},
                                                        {"%f5%80%80%80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
                                                        {"%e2%82%ac!", "\u20ac!"}}) {
    INFO(name);
    const auto reply = service.send(fgsync::http::Method::get, "/v3/projects?name=" + name);
    REQUIRE(reply.status == 200);
    CHECK(reply.json()["projects"][0]["name"] == shown);
  }
}

TEST_CASE("routing: unknown paths and methods are answered as the gateway does") {
  Emulated service;
  for (const auto* target : {"/", "/v2/p1/fgs", "/v2/p1/fgs/function", "/v1/p1/fgs/functions", "/v2/p1/fgs/functions/",
                             "/v2//fgs/functions", "/v2/p1/fgs/functions/a/b/c/d", "/v2/p1/fgs/functions/%zz/code"}) {
    INFO(target);
    CHECK(service.send(Method::get, target).outcome() == "404 APIGW.0101");
  }
  CHECK(service.send(Method::put, "/v2/p1/fgs/functions").outcome() == "404 APIGW.0101");
  const auto body = service.send(Method::get, "/").json();
  CHECK(body.contains("request_id"));
  CHECK(body.contains("error_msg"));
}

TEST_CASE("routing: a URN may be percent-encoded") {
  Emulated service;
  service.post("", create_body());
  service.publish("v1");
  service.post("/" + Emulated::urn() + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  const std::string encoded = "/urn%3Afss%3Acn-north-4%3ap1%3Afunction%3Adefault%3Ahello";
  CHECK(service.get(encoded + "/config").outcome() == "200");
  CHECK(service.get(encoded + "%3Av1/config").json()["version"] == "v1");
  CHECK(service.get(encoded + "%3A%21prod/config").json()["version"] == "v1");
}

TEST_CASE("routing: what is no URN is an invalid parameter") {
  Emulated service;
  for (const auto* urn :
       {"hello", "urn:fss:cn-north-4:p1:function:default", "urn:fss:cn-north-4:p1:trigger:default:hello",
        "urn:fss:cn-north-4:p1:function:default:hello:", "urn:fss:cn-north-4:p1:function:default:hello:!",
        "urn:fss:cn-north-4:p1:function::hello", "urn:fss:cn-north-4:p1:function:default:hello:v1:v2"}) {
    INFO(urn);
    CHECK(service.remove("/" + std::string(urn)).outcome() == "400 FSS.0400");
  }
}

TEST_CASE("routing: a URN of another region, project or app is not found") {
  Emulated service;
  service.post("", create_body());
  CHECK(service.get("/urn:fss:cn-south-1:p1:function:default:hello/config").outcome() == "404 FSS.1051");
  CHECK(service.get("/urn:fss:cn-north-4:p2:function:default:hello/config").outcome() == "404 FSS.1051");
  CHECK(service.get("/urn:fss:cn-north-4:p1:function:other:hello/config").outcome() == "404 FSS.1051");
}

TEST_CASE("routing: the state of one project is not seen in another") {
  Emulated service;
  service.post("", create_body());
  service.base = "/v2/p2/fgs/functions";
  CHECK(service.get("").json()["count"] == 0);
}

TEST_CASE("answers: each has a request id of its own and is JSON") {
  Emulated service;
  const auto first = service.get("");
  const auto second = service.get("/nothing/here");
  for (const auto& reply : {first, second}) {
    CHECK(fgsync::http::find_header(reply.headers, "Content-Type") == "application/json");
    CHECK(fgsync::http::find_header(reply.headers, "X-Request-Id").size() == 32);
  }
  CHECK(fgsync::http::find_header(first.headers, "X-Request-Id") !=
        fgsync::http::find_header(second.headers, "X-Request-Id"));
}

TEST_CASE("token: another or none is answered as the gateway does") {
  Emulated service(with_token());
  for (const auto& headers : {fgsync::http::Headers{}, fgsync::http::Headers{{"X-Auth-Token", "other"}}}) {
    const auto reply = service.send(Method::get, service.base, "", headers);
    CHECK(reply.outcome() == "401 APIGW.0301");
    CHECK_THAT(reply.json()["error_msg"].get<std::string>(),
               Catch::Matchers::StartsWith("Incorrect IAM authentication information: "));
    CHECK(reply.json()["request_id"] == std::string(fgsync::http::find_header(reply.headers, "X-Request-Id")));
  }
}

TEST_CASE("token: the right one is accepted, whatever the header's case") {
  Emulated service(with_token());
  CHECK(service.send(Method::get, service.base, "", {{"x-auth-token", "secret-token"}}).outcome() == "200");
}

TEST_CASE("token: a refused request changes nothing") {
  Emulated service(with_token());
  CHECK(service.post("", create_body()).outcome() == "401 APIGW.0301");
  const auto list = service.send(Method::get, service.base, "", {{"X-Auth-Token", "secret-token"}});
  CHECK(list.json()["count"] == 0);
}
