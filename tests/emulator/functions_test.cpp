#include "emulated.hpp"

using namespace fgsync::emulator::test;

namespace {

struct WithFunctions : Emulated {
  WithFunctions() {
    for (const auto* name : {"resize", "thumbnail", "resize-all"}) {
      auto body = create_body(name);
      body["package"] = name == std::string("thumbnail") ? "media" : "default";
      REQUIRE(post("", body).outcome() == "200");
    }
  }

  std::vector<std::string> names(const std::string& query) {
    std::vector<std::string> names;
    const auto list = get(query).json();
    for (const auto& function : list["functions"]) names.push_back(function["func_name"]);
    return names;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("functions: an empty project has an empty list") {
  Emulated service;
  CHECK(service.get("").json() == Json{{"functions", Json::array()}, {"next_marker", 0}, {"count", 0}});
}

TEST_CASE("functions: the list has every function with its latest state") {
  WithFunctions service;
  CHECK(service.names("") == Names{"resize", "thumbnail", "resize-all"});
  auto update = config_body();
  update["func_name"] = "resize";
  update["description"] = "new";
  service.put("/" + Emulated::urn("resize") + "/config", update);
  const auto entry = service.get("").json()["functions"][0];
  CHECK(entry["description"] == "new");
  CHECK(entry["version"] == "latest");
  CHECK(entry["func_urn"] == Emulated::urn("resize") + ":latest");
}

TEST_CASE("functions: the list can be filtered by app and by part of the name") {
  WithFunctions service;
  CHECK(service.names("?package_name=media") == Names{"thumbnail"});
  CHECK(service.names("?func_name=size") == Names{"resize", "resize-all"});
  CHECK(service.names("?func_name=%73ize%2Dall") == Names{"resize-all"});
  CHECK(service.names("?func_name=re%25").empty());
  CHECK(service.get("?func_name=size").json()["count"] == 2);
}

TEST_CASE("functions: paging by offset visits each function once") {
  WithFunctions service;
  const auto first = service.get("?marker=0&maxitems=2").json();
  CHECK(first["next_marker"] == 2);
  CHECK(first["count"] == 3);
  CHECK(service.names("?marker=2&maxitems=2") == Names{"resize-all"});
  CHECK(service.get("?marker=2&maxitems=2").json()["next_marker"] == 0);
}

TEST_CASE("functions: page sizes of none, 0 and over 400 mean 400, what is no number is refused") {
  WithFunctions service;
  CHECK(service.names("?maxitems=0").size() == 3);
  CHECK(service.names("?maxitems=401").size() == 3);
  CHECK(service.names("?maxitems=").size() == 3);
  CHECK(service.get("?maxitems=-1").outcome() == "400 FSS.1001");
  CHECK(service.get("?marker=-1").outcome() == "400 FSS.1001");
  CHECK(service.get("?marker=x").outcome() == "400 FSS.1001");
  CHECK(service.get("?marker=99999999999999999999").outcome() == "400 FSS.1001");
}

TEST_CASE("functions: deleting one deletes its versions and aliases") {
  Emulated service;
  const auto urn = "/" + Emulated::urn();
  service.post("", create_body());
  service.publish("v1");
  service.post(urn + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  const auto reply = service.remove(urn);
  CHECK(reply.outcome() == "204");
  CHECK(reply.body.empty());
  CHECK(service.get(urn + "/config").outcome() == "404 FSS.1051");

  service.post("", create_body());
  CHECK(service.get(urn + "/versions").json()["count"] == 1);
  CHECK(service.get(urn + "/aliases").body == "[]");
}

TEST_CASE("functions: a missing one is not found by any operation") {
  Emulated service;
  const auto urn = "/" + Emulated::urn("none");
  const std::vector<Reply> replies{
      service.get(urn + "/code"),         service.put(urn + "/code", code_body("x")),
      service.get(urn + "/config"),       service.put(urn + "/config", config_body()),
      service.get(urn + "/versions"),     service.post(urn + "/versions", Json::object()),
      service.get(urn + "/aliases"),      service.post(urn + "/aliases", Json{{"name", "a"}, {"version", "latest"}}),
      service.get(urn + "/aliases/a"),    service.put(urn + "/aliases/a", Json{{"version", "latest"}}),
      service.remove(urn + "/aliases/a"), service.remove(urn),
      service.remove(urn + ":v1"),
  };
  for (const auto& reply : replies) {
    CHECK(reply.status == 404);
    CHECK(reply.json() == Json{{"error_code", "FSS.1051"}, {"error_msg", "Not found the function"}});
  }
}
