#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::http::Method;

namespace {

const std::string kTags = "/v2/p1/functions/" + Emulated::urn() + "/tags";

Json tags_of(const std::vector<std::pair<std::string, std::string>>& tags) {
  Json items = Json::array();
  for (const auto& [key, value] : tags) items.push_back(Json{{"key", key}, {"value", value}});
  return Json{{"tags", items}};
}

Emulated with_function() {
  Emulated service;
  service.post("", create_body());
  return service;
}

Reply create(Emulated& service, const Json& body) {
  return service.send(Method::post, kTags + "/create", body.dump());
}
Reply remove(Emulated& service, const Json& body) {
  return service.send(Method::del, kTags + "/delete", body.dump());
}
Json list(Emulated& service) {
  return service.send(Method::get, kTags).json();
}

}  // namespace

TEST_CASE("tags: a function begins with those of the system only") {
  Emulated service = with_function();
  CHECK(list(service) ==
        Json{{"tags", Json::array()}, {"sys_tags", {{{"key", "_sys_enterprise_project_id"}, {"value", "0"}}}}});
}

TEST_CASE("tags: created ones are listed by key, and a key that is there gets the new value") {
  Emulated service = with_function();
  const auto reply = create(service, tags_of({{"team", "media"}, {"env", "test"}}));
  CHECK(reply.status == 204);
  CHECK(reply.body.empty());
  CHECK(list(service)["tags"] == tags_of({{"env", "test"}, {"team", "media"}})["tags"]);
  create(service, tags_of({{"env", "prod"}}));
  CHECK(list(service)["tags"] == tags_of({{"env", "prod"}, {"team", "media"}})["tags"]);
}

TEST_CASE("tags: DELETE has a body and removes by key") {
  Emulated service = with_function();
  create(service, tags_of({{"team", "media"}, {"env", "test"}}));
  CHECK(remove(service, tags_of({{"env", "test"}, {"none", ""}})).status == 204);
  CHECK(remove(service, Json{{"tags", {{{"key", "team"}}}}}).status == 204);
  CHECK(list(service)["tags"] == Json::array());
}

TEST_CASE("tags: an action must be what the path says") {
  Emulated service = with_function();
  auto body = tags_of({{"a", "b"}});
  body["action"] = "create";
  CHECK(create(service, body).status == 204);
  CHECK(remove(service, body).outcome() == "400 FSS.0400");
  body["action"] = "delete";
  CHECK(create(service, body).outcome() == "400 FSS.0400");
}

TEST_CASE("tags: keys and values keep their limits") {
  Emulated service = with_function();
  CHECK(create(service, tags_of({{std::string(128, 'k'), std::string(255, 'v')}})).status == 204);
  for (const auto& body : {tags_of({{std::string(129, 'k'), ""}}), tags_of({{"k", std::string(256, 'v')}}),
                           tags_of({{"", "v"}}), tags_of({{"_sys_x", "v"}}), tags_of({}), Json::object(),
                           Json{{"tags", "a=b"}}, Json{{"tags", {{{"key", 1}}}}}}) {
    INFO(body);
    CHECK(create(service, body).outcome() == "400 FSS.0400");
  }
}

TEST_CASE("tags: a function has twenty at most, and too many are not added in part") {
  Emulated service = with_function();
  for (int i = 0; i < 19; ++i) create(service, tags_of({{"k" + std::to_string(i), ""}}));
  CHECK(create(service, tags_of({{"a", ""}, {"b", ""}})).outcome() == "400 FSS.0400");
  CHECK(list(service)["tags"].size() == 19);
  CHECK(create(service, tags_of({{"a", ""}, {"k1", "again"}})).status == 204);
}

TEST_CASE("tags: of what is not there have the documented codes") {
  Emulated service = with_function();
  const auto outcome = [&service](const std::string& target) { return service.send(Method::get, target).outcome(); };
  CHECK(outcome("/v2/p1/functions/" + Emulated::urn("other") + "/tags") == "404 FSS.1051");
  CHECK(outcome("/v2/p1/functions/hello/tags") == "400 FSS.0400");
  CHECK(outcome("/v2/p1/servers/" + Emulated::urn() + "/tags") == "404 APIGW.0101");
}

TEST_CASE("tags: go with the function") {
  Emulated service = with_function();
  create(service, tags_of({{"a", "b"}}));
  service.remove("/" + Emulated::urn());
  service.post("", create_body());
  CHECK(list(service)["tags"] == Json::array());
}
