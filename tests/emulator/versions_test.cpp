#include "emulated.hpp"

using namespace fgsync::emulator::test;

namespace {

const std::string kUrn = "/" + Emulated::urn();

struct WithFunction : Emulated {
  explicit WithFunction(fgsync::emulator::ServiceOptions options = {}) : Emulated(options) {
    REQUIRE(post("", create_body()).outcome() == "200");
  }

  /// Changes the code, so that there is something to publish.
  void change(const std::string& source) { REQUIRE(put(kUrn + "/code", code_body(source)).outcome() == "200"); }

  std::vector<std::string> names(const std::string& query = "") {
    std::vector<std::string> names;
    const auto list = get(kUrn + "/versions" + query).json();
    for (const auto& version : list["versions"]) names.push_back(version["version"]);
    return names;
  }
};

}  // namespace

TEST_CASE("publish: the answer is the new version") {
  WithFunction service;
  const auto reply = service.post(kUrn + "/versions", Json{{"version", "v1"}, {"description", "first"}});
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json()["version"] == "v1");
  CHECK(reply.json()["func_urn"] == Emulated::urn() + ":v1");
  CHECK(reply.json()["version_description"] == "first");
}

TEST_CASE("publish: without a name the version is named by the time at UTC+8") {
  WithFunction service;
  CHECK(service.post(kUrn + "/versions", Json::object()).json()["version"] == "v20191025-153727");
}

TEST_CASE("publish: the body may be empty") {
  WithFunction service;
  CHECK(service.send(fgsync::http::Method::post, service.base + kUrn + "/versions").outcome() == "200");
}

TEST_CASE("publish: a version does not change with latest") {
  WithFunction service;
  service.publish("v1");
  const auto code = service.get(kUrn + ":v1/code").body;
  const auto config = service.get(kUrn + ":v1/config").body;
  service.change("x = 2");
  auto update = config_body();
  update["timeout"] = 99;
  service.put(kUrn + "/config", update);
  CHECK(service.get(kUrn + ":v1/code").body == code);
  CHECK(service.get(kUrn + ":v1/config").body == config);
}

TEST_CASE("publish: a taken name is refused, even where nothing changed") {
  WithFunction service;
  service.publish("v1");
  CHECK(service.publish("v1").outcome() == "409 FSS.1062");
  service.change("x = 2");
  CHECK(service.publish("v1").outcome() == "409 FSS.1062");
}

TEST_CASE("publish: nothing changed since the last publication is refused") {
  WithFunction service;
  service.publish("v1");
  CHECK(service.publish("v2").outcome() == "400 FSS.1016");
}

TEST_CASE("publish: a change of the configuration alone can be published") {
  WithFunction service;
  service.publish("v1");
  auto update = config_body();
  update["timeout"] = 99;
  service.put(kUrn + "/config", update);
  CHECK(service.publish("v2").outcome() == "200");
}

TEST_CASE("publish: a deleted version no longer counts as the last publication") {
  WithFunction service;
  service.publish("v1");
  service.remove(kUrn + ":v1");
  CHECK(service.publish("v1").outcome() == "200");
}

TEST_CASE("publish: version names keep the documented rule") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"1.0-a_b", "200"},         {std::string(42, 'v'), "200"}, {std::string(43, 'v'), "400 FSS.1015"},
      {"-v", "400 FSS.1015"},     {"v.", "400 FSS.1015"},        {"v 1", "400 FSS.1015"},
      {"latest", "400 FSS.1015"},
  };
  for (const auto& [name, outcome] : rows) {
    INFO(name);
    WithFunction service;
    CHECK(service.publish(name).outcome() == outcome);
  }
}

TEST_CASE("publish: descriptions have a limit and digests are not compared") {
  WithFunction service;
  CHECK(service.post(kUrn + "/versions", Json{{"description", std::string(513, 'd')}}).outcome() == "400 FSS.1019");
  CHECK(service.post(kUrn + "/versions", Json{{"digest", 1}}).outcome() == "400 FSS.0400");
  CHECK(service.post(kUrn + "/versions", Json{{"digest", std::string(128, '0')}}).outcome() == "200");
}

TEST_CASE("publish: over the quota of versions is refused, latest included") {
  fgsync::emulator::ServiceOptions options;
  options.max_versions = 2;
  WithFunction service(options);
  CHECK(service.publish("v1").outcome() == "200");
  service.change("x = 2");
  CHECK(service.publish("v2").outcome() == "403 FSS.0403");
  service.remove(kUrn + ":v1");
  CHECK(service.publish("v2").outcome() == "200");
}

TEST_CASE("publish: only latest can be published") {
  WithFunction service;
  service.publish("v1");
  service.change("x = 2");
  CHECK(service.post(kUrn + ":v1/versions", Json{{"version", "v2"}}).outcome() == "400 FSS.1015");
  CHECK(service.post(kUrn + ":latest/versions", Json{{"version", "v2"}}).outcome() == "200");
}

TEST_CASE("versions: latest comes first, then the others as they were published") {
  WithFunction service;
  service.publish("z");
  service.change("x = 2");
  service.publish("a");
  CHECK(service.names() == std::vector<std::string>{"latest", "z", "a"});
}

TEST_CASE("versions: entries have the documented fields and the version's description") {
  WithFunction service;
  service.post(kUrn + "/versions", Json{{"version", "v1"}, {"description", "first"}});
  const auto entry = service.get(kUrn + "/versions").json()["versions"][1];
  for (const auto* field : {"func_urn", "func_name", "domain_id", "namespace", "project_name", "package", "runtime",
                            "timeout", "handler", "memory_size", "cpu", "code_type", "code_filename", "code_size",
                            "digest", "version", "image_name", "last_modified", "strategy_config"}) {
    INFO(field);
    CHECK(entry.contains(field));
  }
  CHECK(entry["version_description"] == "first");
}

TEST_CASE("versions: paging by offset ends with marker 0") {
  WithFunction service;
  service.publish("v1");
  service.change("x = 2");
  service.publish("v2");
  const auto first = service.get(kUrn + "/versions?marker=0&maxitems=2").json();
  CHECK(first["versions"].size() == 2);
  CHECK(first["next_marker"] == 2);
  CHECK(first["count"] == 3);
  const auto second = service.get(kUrn + "/versions?marker=2&maxitems=2").json();
  CHECK(second["versions"].size() == 1);
  CHECK(second["next_marker"] == 0);
  CHECK(service.get(kUrn + "/versions?marker=9").json()["versions"].empty());
}

TEST_CASE("versions: an unknown version is not found") {
  WithFunction service;
  const auto reply = service.get(kUrn + ":v9/code");
  CHECK(reply.outcome() == "404 FSS.1052");
  CHECK(reply.json()["error_msg"] == "Not found the function version");
  CHECK(service.remove(kUrn + ":v9").outcome() == "404 FSS.1052");
}

TEST_CASE("versions: deleting one leaves latest and the other versions") {
  WithFunction service;
  service.publish("v1");
  service.change("x = 2");
  service.publish("v2");
  CHECK(service.remove(kUrn + ":v1").outcome() == "204");
  CHECK(service.names() == std::vector<std::string>{"latest", "v2"});
}

TEST_CASE("versions: deleting one deletes its alias") {
  WithFunction service;
  service.publish("v1");
  service.post(kUrn + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  CHECK(service.remove(kUrn + ":v1").outcome() == "204");
  CHECK(service.get(kUrn + "/aliases").json().empty());
}

TEST_CASE("versions: one that takes traffic of an alias cannot be deleted") {
  WithFunction service;
  service.publish("v1");
  service.change("x = 2");
  service.publish("v2");
  service.post(kUrn + "/aliases",
               Json{{"name", "prod"}, {"version", "v2"}, {"additional_version_weights", {{"v1", 10}}}});
  CHECK(service.remove(kUrn + ":v1").outcome() == "403 FSS.1094");
}

TEST_CASE("versions: latest cannot be deleted") {
  WithFunction service;
  CHECK(service.remove(kUrn + ":latest").outcome() == "400 FSS.1015");
  CHECK(service.get(kUrn + "/config").outcome() == "200");
}
