#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::Secret;
using fgsync::emulator::AuthenticationMode;
using fgsync::emulator::ServiceOptions;
using fgsync::http::find_header;
using fgsync::http::Headers;
using fgsync::http::Method;

namespace {

ServiceOptions with_users() {
  ServiceOptions options;
  options.iam.users.push_back({"acme", "deployer", Secret("s3cret-password")});
  options.iam.agencies.push_back({"partner", "deploy"});
  options.iam.projects = {{"p1", "cn-north-4"}, {"p2", "cn-north-4_dev"}};
  return options;
}

Json password_body(const Json& scope = {{"project", {{"id", "p1"}}}}) {
  const Json user{{"name", "deployer"}, {"password", "s3cret-password"}, {"domain", {{"name", "acme"}}}};
  return Json{{"auth", {{"identity", {{"methods", {"password"}}, {"password", {{"user", user}}}}}, {"scope", scope}}}};
}

Json agency_body(const Json& role) {
  return Json{{"auth",
               {{"identity", {{"methods", {"assume_role"}}, {"assume_role", role}}},
                {"scope", {{"project", {{"id", "p1"}}}}}}}};
}

Reply login(Emulated& service, const Json& body, Headers headers = {}) {
  return service.send(Method::post, "/v3/auth/tokens?nocatalog=true", body.dump(), std::move(headers));
}

Headers token_of(const Reply& reply) {
  return {{"X-Auth-Token", std::string(find_header(reply.headers, "X-Subject-Token"))}};
}

std::string list_with(Emulated& service, const Headers& headers, const std::string& project = "p1") {
  return service.send(Method::get, "/v2/" + project + "/fgs/functions", "", headers).outcome();
}

}  // namespace

TEST_CASE("iam: a password brings a token with its scope and times") {
  Emulated service(with_users());
  const auto reply = login(service, password_body());
  REQUIRE(reply.status == 201);
  CHECK(find_header(reply.headers, "X-Subject-Token").size() > 2000);
  const auto token = reply.json()["token"];
  CHECK(names_of(token) ==
        std::set<std::string>{"expires_at", "issued_at", "methods", "project", "user", "roles", "catalog"});
  CHECK(token["issued_at"] == "2019-10-25T07:37:27.000000Z");
  CHECK(token["expires_at"] == "2019-10-26T07:37:27.000000Z");
  CHECK(token["methods"] == Json{"password"});
  CHECK(token["project"]["id"] == "p1");
  CHECK(token["project"]["name"] == "cn-north-4");
  CHECK(token["project"]["domain"]["name"] == "acme");
  CHECK(token["user"]["name"] == "deployer");
  CHECK(reply.body.find("s3cret-password") == std::string::npos);
}

TEST_CASE("iam: a project may be named instead") {
  Emulated service(with_users());
  const auto reply = login(service, password_body({{"project", {{"name", "cn-north-4_dev"}}}}));
  CHECK(reply.json()["token"]["project"]["id"] == "p2");
}

TEST_CASE("iam: an issued token is good for its project only") {
  Emulated service(with_users());
  const auto headers = token_of(login(service, password_body()));
  CHECK(list_with(service, headers) == "200");
  CHECK(list_with(service, headers, "p2") == "403 APIGW.0302");
  CHECK(list_with(service, {}) == "401 APIGW.0301");
  CHECK(list_with(service, {{"X-Auth-Token", "MIIF"}}) == "401 APIGW.0301");
}

TEST_CASE("iam: a token expires, and another does not end it before") {
  auto options = with_users();
  options.token_lifetime = std::chrono::seconds(60);
  Emulated service(options);
  const auto first = token_of(login(service, password_body()));
  service.now += std::chrono::seconds(59);
  const auto second = token_of(login(service, password_body()));
  CHECK(first != second);
  CHECK(list_with(service, first) == "200");
  service.now += std::chrono::seconds(1);
  CHECK(list_with(service, first) == "401 APIGW.0307");
  CHECK(list_with(service, second) == "200");
}

TEST_CASE("iam: wrong names and passwords are one answer, in IAM's shape") {
  Emulated service(with_users());
  for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{
           {"name", "other"}, {"password", "other"}, {"domain", {{"name", "other"}}}, {"password", Json()}}) {
    auto body = password_body();
    body["auth"]["identity"]["password"]["user"][name] = value;
    const auto reply = login(service, body);
    CHECK(reply.status == 401);
    CHECK(
        reply.json() ==
        Json{{"error", {{"message", "The username or password is wrong."}, {"code", 401}, {"title", "Unauthorized"}}}});
    CHECK(find_header(reply.headers, "X-Subject-Token").empty());
  }
}

TEST_CASE("iam: without users it says how to have some") {
  Emulated service;
  const auto reply = login(service, password_body());
  CHECK(reply.status == 401);
  CHECK_THAT(reply.json()["error"]["message"].get<std::string>(), Catch::Matchers::Contains("--iam-file"));
}

TEST_CASE("iam: requests that are not understood are refused with 400, unknown projects with 404") {
  Emulated service(with_users());
  for (const auto& body : {Json::object(), Json{{"auth", Json::object()}}, password_body(Json::object()),
                           password_body({{"domain", {{"name", "acme"}}}}),
                           password_body({{"project", Json::object()}}), agency_body(Json())}) {
    INFO(body);
    const auto headers = token_of(login(service, password_body()));
    CHECK(login(service, body, headers).status == 400);
  }
  CHECK(service.send(Method::post, "/v3/auth/tokens", "{").json()["error"]["title"] == "Bad Request");
  CHECK(login(service, password_body({{"project", {{"id", "p3"}}}})).status == 404);
}

TEST_CASE("iam: without a list of projects every id is one") {
  auto options = with_users();
  options.iam.projects.clear();
  Emulated service(options);
  const auto headers = token_of(login(service, password_body({{"project", {{"id", "anything"}}}})));
  CHECK(list_with(service, headers, "anything") == "200");
}

TEST_CASE("iam: the holder of a token gets one for an agency") {
  Emulated service(with_users());
  const auto headers = token_of(login(service, password_body()));
  const Json role{{"domain_name", "partner"}, {"agency_name", "deploy"}};
  const auto reply = login(service, agency_body(role), headers);
  REQUIRE(reply.status == 201);
  CHECK(reply.json()["token"]["methods"] == Json{"assume_role"});
  CHECK(reply.json()["token"]["project"]["domain"]["name"] == "partner");
  CHECK(list_with(service, token_of(reply)) == "200");
  CHECK(login(service, agency_body({{"domain_name", "partner"}, {"xrole_name", "deploy"}}), headers).status == 201);
  const auto id = reply.json()["token"]["project"]["domain"]["id"];
  CHECK(login(service, agency_body({{"domain_id", id}, {"agency_name", "deploy"}}), headers).status == 201);

  CHECK(login(service, agency_body(role)).status == 401);
  CHECK(login(service, agency_body(role), {{"X-Auth-Token", "other"}}).status == 401);
  CHECK(login(service, agency_body({{"domain_name", "partner"}, {"agency_name", "x"}}), headers).status == 404);
  CHECK(login(service, agency_body({{"domain_name", "x"}, {"agency_name", "deploy"}}), headers).status == 404);
}

TEST_CASE("iam: projects are listed to those who are let in") {
  Emulated service(with_users());
  CHECK(service.send(Method::get, "/v3/projects").outcome() == "401 APIGW.0301");
  const auto headers = token_of(login(service, password_body()));
  const auto all = service.send(Method::get, "/v3/projects", "", headers).json();
  CHECK(all["projects"].size() == 2);
  CHECK(names_of(all["projects"][0]) ==
        std::set<std::string>{"id", "name", "domain_id", "parent_id", "description", "enabled", "is_domain", "links"});
  const auto one = service.send(Method::get, "/v3/projects?name=cn-north-4", "", headers).json();
  REQUIRE(one["projects"].size() == 1);
  CHECK(one["projects"][0]["id"] == "p1");
  CHECK(service.send(Method::get, "/v3/projects?name=none", "", headers).json()["projects"].empty());
}

TEST_CASE("iam: a project's name has the same id in a list and in a token, also when none is configured") {
  auto options = with_users();
  options.iam.projects.clear();
  Emulated service(options);
  const auto reply = login(service, password_body({{"project", {{"name", "eu-de"}}}}));
  const auto list = service.send(Method::get, "/v3/projects?name=eu-de", "", token_of(reply)).json();
  CHECK(list["projects"][0]["id"] == reply.json()["token"]["project"]["id"]);
}

TEST_CASE("iam: a fixed token is accepted beside the issued ones, for every project") {
  auto options = with_users();
  options.token = "fixed";
  Emulated service(options);
  CHECK(list_with(service, {{"X-Auth-Token", "fixed"}}, "p2") == "200");
  CHECK(list_with(service, token_of(login(service, password_body()))) == "200");
}

TEST_CASE("authentication: with none, nothing is asked for, whatever is configured") {
  auto options = with_users();
  options.authentication = AuthenticationMode::none;
  Emulated service(options);
  CHECK(list_with(service, {}) == "200");
  CHECK(list_with(service, {{"X-Auth-Token", "wrong"}}) == "200");
}
