#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::base64_encode;
using fgsync::emulator::ServiceOptions;
using fgsync::emulator::UnknownDependencies;
using fgsync::http::Method;

namespace {

Json dependency_body(const std::string& name = "numpy", const std::string& content = "x = 1") {
  return Json{{"name", name},
              {"runtime", "Python3.9"},
              {"description", "arrays"},
              {"depend_type", "zip"},
              {"depend_file", base64_encode(zip_bytes({{"numpy.py", content}}))}};
}

Json create(Emulated& service, const Json& body) {
  const auto reply = service.ask(Method::post, "/dependencies/version", body);
  REQUIRE(reply.outcome() == "200");
  return reply.json();
}

std::string outcome_with(const std::string& field, const Json& value) {
  Emulated service;
  auto body = dependency_body();
  body[field] = value;
  return service.ask(Method::post, "/dependencies/version", body).outcome();
}

std::string versions_of(const Json& dependency) {
  return "/dependencies/" + dependency["dep_id"].get<std::string>() + "/version";
}

std::string path_of(const Json& dependency) {
  return versions_of(dependency) + "/" + std::to_string(dependency["version"].get<int>());
}

std::vector<std::string> names_in(const Reply& list) {
  const auto body = list.json();
  std::vector<std::string> names;
  for (const auto& dependency : body["dependencies"]) names.push_back(dependency["name"]);
  return names;
}

}  // namespace

TEST_CASE("dependencies: a created version is answered with all documented fields") {
  Emulated service;
  const auto dependency = create(service, dependency_body());
  CHECK(names_of(dependency) == std::set<std::string>{"id", "owner", "link", "runtime", "etag", "size", "name",
                                                      "description", "file_name", "version", "dep_id",
                                                      "last_modified"});
  CHECK(dependency["version"] == 1);
  CHECK(dependency["name"] == "numpy");
  CHECK(dependency["file_name"] == "numpy.zip");
  CHECK(dependency["last_modified"] == 1571989047);
  CHECK(dependency["size"] == zip_bytes({{"numpy.py", "x = 1"}}).size());
  CHECK_THAT(dependency["etag"].get<std::string>(), Catch::Matchers::Matches("[0-9a-f]{32}"));
  CHECK(dependency["id"] != dependency["dep_id"]);
  CHECK(service.ask(Method::get, path_of(dependency)).json() == dependency);
}

TEST_CASE("dependencies: the same name again is the next version, with an id of its own") {
  Emulated service;
  const auto first = create(service, dependency_body());
  const auto second = create(service, dependency_body("numpy", "x = 2"));
  CHECK(second["version"] == 2);
  CHECK(second["dep_id"] == first["dep_id"]);
  CHECK(second["id"] != first["id"]);
  CHECK(second["etag"] != first["etag"]);
  const auto list = service.ask(Method::get, versions_of(first)).json();
  CHECK(list == Json{{"dependencies", {second, first}}, {"next_marker", 0}, {"count", 2}});
}

TEST_CASE("dependencies: the list has the newest version of each, under the id of the dependency") {
  Emulated service;
  const auto numpy = create(service, dependency_body());
  create(service, dependency_body("requests"));
  create(service, dependency_body("numpy", "x = 2"));
  const auto list = service.ask(Method::get, "/dependencies").json();
  CHECK(list["count"] == 2);
  CHECK(list["dependencies"][0]["id"] == numpy["dep_id"]);
  CHECK(list["dependencies"][0]["version"] == 2);
  CHECK_FALSE(list["dependencies"][0].contains("dep_id"));
  CHECK(list["dependencies"][1]["name"] == "requests");
}

TEST_CASE("dependencies: the list has filters and pages") {
  Emulated service;
  for (const auto* name : {"a1", "a2", "b1"}) create(service, dependency_body(name));
  auto node = dependency_body("node");
  node["runtime"] = "Node.js18.15";
  create(service, node);
  const auto names = [&service](const std::string& query) {
    return names_in(service.ask(Method::get, "/dependencies?" + query));
  };
  using Names = std::vector<std::string>;
  CHECK(names("name=a") == Names{"a1", "a2"});
  CHECK(names("runtime=Node.js18.15") == Names{"node"});
  CHECK(names("maxitems=2&marker=1") == Names{"a2", "b1"});
  CHECK(names("limit=1") == Names{"a1"});
  CHECK(names("dependency_type=private") == Names{"a1", "a2", "b1", "node"});
  CHECK(names("dependency_type=public").empty());
  CHECK(names("ispublic=true").empty());
  for (const auto* query : {"dependency_type=mine", "ispublic=1", "maxitems=-1", "marker=x"}) {
    CHECK(service.ask(Method::get, std::string("/dependencies?") + query).outcome() == "400 FSS.1001");
  }
}

TEST_CASE("dependencies: another project does not see them") {
  Emulated service;
  const auto dependency = create(service, dependency_body());
  CHECK(service.send(Method::get, "/v2/p2/fgs/dependencies").json()["count"] == 0);
  CHECK(service.send(Method::get, "/v2/p2/fgs" + path_of(dependency)).outcome() == "404 FSS.1056");
}

TEST_CASE("dependencies: each broken rule has its documented code") {
  CHECK(outcome_with("name", std::string(96, 'a')) == "200");
  CHECK(outcome_with("name", "py-kafka_1.0") == "200");
  for (const Json& name : {Json(std::string(97, 'a')), Json("1a"), Json("a-"), Json("a b"), Json()}) {
    INFO(name);
    CHECK(outcome_with("name", name) == "400 FSS.1024");
  }
  CHECK(outcome_with("runtime", "Python1.0") == "400 FSS.1005");
  CHECK(outcome_with("description", std::string(513, 'd')) == "400 FSS.1019");
  CHECK(outcome_with("depend_type", "tar") == "400 FSS.1032");
  CHECK(outcome_with("depend_type", Json()) == "400 FSS.1032");
  CHECK(outcome_with("depend_type", "obs") == "400 FSS.1010");
  CHECK(outcome_with("depend_file", "abc") == "400 FSS.1024");
  CHECK(outcome_with("depend_file", base64_encode("no zip")) == "400 FSS.1024");
  CHECK(outcome_with("depend_file", Json()) == "400 FSS.1024");
  CHECK(outcome_with("depend_file", base64_encode(std::string((40U << 20U) + 1, 'x'))) == "413 FSS.1071");
}

TEST_CASE("dependencies: what is not there is a 404, and a version is a number") {
  Emulated service;
  const auto dependency = create(service, dependency_body());
  CHECK(service.ask(Method::get, "/dependencies/none/version").outcome() == "404 FSS.1056");
  CHECK(service.ask(Method::get, versions_of(dependency) + "/2").outcome() == "404 FSS.1056");
  CHECK(service.ask(Method::del, versions_of(dependency) + "/2").outcome() == "404 FSS.1056");
  CHECK(service.ask(Method::get, versions_of(dependency) + "/one").outcome() == "400 FSS.0400");
}

TEST_CASE("dependencies: a function shows those that it names, in its order") {
  Emulated service;
  const auto first = create(service, dependency_body("first"));
  const auto second = create(service, dependency_body("second"));
  auto body = create_body();
  body["depend_version_list"] = {second["id"], "unknown", first["id"]};
  const auto config = service.post("", body).json();
  CHECK(config["depend_version_list"] == body["depend_version_list"]);
  CHECK(config["dependencies"] == Json::array({second, first}));
  CHECK(service.get("/" + Emulated::urn() + "/code").json()["dependencies"] == Json::array({second, first}));

  auto code = code_body("x = 2");
  code["depend_version_list"] = Json::array({first["id"]});
  CHECK(service.put("/" + Emulated::urn() + "/code", code).json()["dependencies"] == Json::array({first}));
}

TEST_CASE("dependencies: unknown ones are refused where that is wanted") {
  ServiceOptions options;
  options.unknown_dependencies = UnknownDependencies::refused;
  Emulated service(options);
  auto body = create_body();
  body["depend_version_list"] = {"unknown"};
  CHECK(service.post("", body).outcome() == "404 FSS.1056");
  body["depend_version_list"] = Json::array({create(service, dependency_body())["id"]});
  CHECK(service.post("", body).outcome() == "200");
  auto code = code_body("x = 2");
  code["depend_version_list"] = {"unknown"};
  CHECK(service.put("/" + Emulated::urn() + "/code", code).outcome() == "404 FSS.1056");
}

TEST_CASE("dependencies: a version in use cannot be deleted") {
  Emulated service;
  const auto dependency = create(service, dependency_body());
  auto body = create_body();
  body["depend_version_list"] = Json::array({dependency["id"]});
  service.post("", body);
  CHECK(service.ask(Method::del, path_of(dependency)).outcome() == "412 FSS.1033");
  service.remove("/" + Emulated::urn());
  const auto reply = service.ask(Method::del, path_of(dependency));
  CHECK(reply.status == 204);
  CHECK(reply.body.empty());
  CHECK(service.ask(Method::get, "/dependencies").json()["count"] == 0);
}
