// Versions: snapshots that do not change.
#include "base/digest.hpp"
#include "contract.hpp"
#include "contract_fields.hpp"

namespace fgsync::functiongraph::contract {
namespace {

CONTRACT_CASE("a function has no versions before the first is published") {
  World world{TestType()};
  CHECK(world.versions_of(world.create()).empty());
}

CONTRACT_CASE("a published version keeps latest's code and configuration, and its description") {
  World world{TestType()};
  const auto urn = world.create();
  const PublishRequest request{"v1.0.0", "about v1.0.0", ""};
  CHECK(world.good(world.graph.publish_version(urn, request, world.soon())).digest.hex == sha512_hex(code_zip("v1")));
  CodeUpdate update;
  update.code = zip_upload("v2");
  world.good(world.graph.update_code(urn, update, world.soon()));
  FunctionConfig config = world.config_of(urn);
  config.handler = "other.handler";
  config.user_data = {{"B", "2"}};
  world.good(world.graph.update_config(urn, "hello", config, world.soon()));

  const auto versions = world.good(world.graph.list_versions(urn, world.soon()));
  REQUIRE(versions.size() == 1);
  CHECK(versions[0].name == "v1.0.0");
  CHECK(versions[0].digest.hex == sha512_hex(code_zip("v1")));
  CHECK(versions[0].description == "about v1.0.0");
  CHECK(versions[0].config.handler == "index.handler");
  CHECK(versions[0].config.user_data == std::map<std::string, std::string>{{"A", "1"}});
  const auto shown = world.good(world.graph.show_config(*VersionUrn::of(urn, "v1.0.0"), world.soon()));
  CHECK(shown.row.urn == urn);
  CHECK(shown.row.digest.hex == sha512_hex(code_zip("v1")));
  CHECK(shown.config.handler == "index.handler");
  CHECK(shown.config.description == "says hello");
}

CONTRACT_CASE("the list of versions has the configuration of each, as far as lists have it") {
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig before = world.config_of(urn);
  const FunctionConfig config = with_all_fields(before);
  world.good(world.graph.update_config(urn, "hello", config, world.soon()));
  world.publish(urn, "v1");
  world.good(world.graph.update_config(urn, "hello", before, world.soon()));
  const auto versions = world.good(world.graph.list_versions(urn, world.soon()));
  REQUIRE(versions.size() == 1);
  const FunctionConfig shown = world.config_of(*VersionUrn::of(urn, "v1"));
  for (const Field& field : all_fields()) {
    INFO(field.name);
    if (field.listed == Listed::with_versions) CHECK(field.is_equal(versions[0].config, config));
    CHECK(field.is_equal(shown, config));
  }
}

CONTRACT_CASE("a version's description may be anything, or nothing") {
  World world{TestType()};
  const auto urn = world.create();
  world.good(world.graph.publish_version(urn, PublishRequest{"v1", "erste Ausgabe 🚀\n\"quoted\"", ""}, world.soon()));
  const auto versions = world.good(world.graph.list_versions(urn, world.soon()));
  REQUIRE(versions.size() == 1);
  CHECK(versions[0].description == "erste Ausgabe 🚀\n\"quoted\"");
  CodeUpdate update;
  update.code = zip_upload("v2");
  world.good(world.graph.update_code(urn, update, world.soon()));
  world.good(world.graph.publish_version(urn, PublishRequest{"v2", "", ""}, world.soon()));
  for (const Version& version : world.good(world.graph.list_versions(urn, world.soon()))) {
    if (version.name == "v2") CHECK(version.description.value_or("").empty());
  }
}

CONTRACT_CASE("a publication without a change is refused") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  const PublishRequest request{"v2", "another description is no change", ""};
  CHECK(world.refusal(world.graph.publish_version(urn, request, world.soon())) == "conflict FSS.1016");
  CHECK(world.versions_of(urn) == std::vector<std::string>{"v1"});
}

CONTRACT_CASE("a change of the configuration alone can be published") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  FunctionConfig config = world.config_of(urn);
  config.user_data["A"] = "2";
  world.good(world.graph.update_config(urn, "hello", config, world.soon()));
  world.publish(urn, "v2");
  CHECK(world.versions_of(urn) == std::vector<std::string>{"v1", "v2"});
}

CONTRACT_CASE("a change of encrypted variables alone can be published") {
  World world{TestType()};
  const auto urn = world.create();
  FunctionConfig config = world.config_of(urn);
  for (const auto* password : {"s3cret", "s3cret2"}) {
    config.encrypted_user_data.emplace();
    config.encrypted_user_data->emplace("PASSWORD", Secret(password));
    world.good(world.graph.update_config(urn, "hello", config, world.soon()));
    world.publish(urn, password);
  }
  CHECK(world.versions_of(urn).size() == 2);
}

CONTRACT_CASE("code that was published before the newest version can be published again") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.release(urn, "v2");
  CodeUpdate back;
  back.code = zip_upload("v1");
  world.good(world.graph.update_code(urn, back, world.soon()));
  world.publish(urn, "v3");
  CHECK(world.versions_of(urn).size() == 3);
}

CONTRACT_CASE("a publication under a name that is taken is refused, changed or not") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  const PublishRequest request{"v1", "", ""};
  CHECK(world.refusal(world.graph.publish_version(urn, request, world.soon())) == "conflict FSS.1062");
  CodeUpdate update;
  update.code = zip_upload("v2");
  world.good(world.graph.update_code(urn, update, world.soon()));
  CHECK(world.refusal(world.graph.publish_version(urn, request, world.soon())) == "conflict FSS.1062");
}

CONTRACT_CASE("names and descriptions that no version can have are refused") {
  World world{TestType()};
  const auto urn = world.create();
  for (const std::string name : {"latest", "-v1", "v1-", "v 1", "v1!", "ü"}) {
    INFO(name);
    CHECK(world.refusal(world.graph.publish_version(urn, PublishRequest{name, "", ""}, world.soon())) ==
          "invalid FSS.1015");
  }
  const PublishRequest too_long{std::string(43, 'v'), "", ""};
  CHECK(world.refusal(world.graph.publish_version(urn, too_long, world.soon())) == "invalid FSS.1015");
  const PublishRequest too_wordy{"v1", std::string(513, 'd'), ""};
  CHECK(world.refusal(world.graph.publish_version(urn, too_wordy, world.soon())) == "invalid FSS.1019");
  CHECK(world.versions_of(urn).empty());
}

CONTRACT_CASE("a version's name may have all that is allowed") {
  World world{TestType()};
  const auto urn = world.create();
  for (const std::string& name : {std::string("1"), std::string("v1.2.3-rc_4"), std::string(42, 'v')}) {
    INFO(name);
    world.release(urn, name);
    CHECK(world.good(world.graph.show_code(*VersionUrn::of(urn, name), world.soon())).digest.hex ==
          sha512_hex(code_zip("code of " + name)));
  }
}

CONTRACT_CASE("there are twenty versions with latest, and one more when one is deleted") {
  World world{TestType()};
  const auto urn = world.create();
  for (int i = 1; i <= 19; ++i) world.release(urn, "v" + std::to_string(i));
  CHECK(world.versions_of(urn).size() == 19);
  CodeUpdate update;
  update.code = zip_upload("one more");
  world.good(world.graph.update_code(urn, update, world.soon()));
  const Error refused = world.bad(world.graph.publish_version(urn, PublishRequest{"v20", "", ""}, world.soon()));
  // No document names the code.
  REQUIRE(refused.remote);
  CHECK(refused.remote->http_status == 403);
  CHECK(world.versions_of(urn).size() == 19);

  world.good(world.graph.delete_version(*VersionUrn::of(urn, "v1"), world.soon()));
  world.publish(urn, "v20");
  CHECK(world.versions_of(urn).size() == 19);
}

CONTRACT_CASE("a deleted version is gone, others are not") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.release(urn, "v2");
  const auto v1 = *VersionUrn::of(urn, "v1");
  world.good(world.graph.delete_version(v1, world.soon()));
  CHECK(world.versions_of(urn) == std::vector<std::string>{"v2"});
  CHECK(world.refusal(world.graph.delete_version(v1, world.soon())) == "not_found FSS.1052");
  CHECK(world.refusal(world.graph.show_config(v1, world.soon())) == "not_found FSS.1052");
  CHECK(world.good(world.graph.find_function("hello", world.soon())));
}

CONTRACT_CASE("the same code can be published again when its version was deleted") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.good(world.graph.delete_version(*VersionUrn::of(urn, "v1"), world.soon()));
  world.publish(urn, "v1");
  CHECK(world.versions_of(urn) == std::vector<std::string>{"v1"});
}

CONTRACT_CASE("a deleted version takes its alias with it, and no other") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.release(urn, "v2");
  world.point(urn, "old", "v1");
  world.point(urn, "prod", "v2");
  world.good(world.graph.delete_version(*VersionUrn::of(urn, "v1"), world.soon()));
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"prod", "v2"}});
}

CONTRACT_CASE("a version that is somebody's additional version cannot be deleted") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.release(urn, "v2");
  AliasRequest alias{"prod", "v1", ""};
  alias.additional_version_weights = {{"v2", 10}};
  world.good(world.graph.create_alias(urn, alias, world.soon()));
  const auto v2 = *VersionUrn::of(urn, "v2");
  CHECK(world.refusal(world.graph.delete_version(v2, world.soon())) == "invalid FSS.1094");
  CHECK(world.versions_of(urn).size() == 2);

  alias.additional_version_weights.clear();
  world.good(world.graph.update_alias(urn, alias, world.soon()));
  world.good(world.graph.delete_version(v2, world.soon()));
}

CONTRACT_CASE("a deleted version takes its triggers, instances and asynchronous configuration with it") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  const auto v1 = *VersionUrn::of(urn, "v1");
  world.good(world.triggers.create_trigger(v1, some_trigger(), world.soon()));
  world.good(world.graph.update_async_config(v1, AsyncConfig(), world.soon()));
  ReservedInstances one;
  one.count = 1;
  world.good(world.graph.update_reserved_instances(v1, one, world.soon()));
  world.good(world.graph.delete_version(v1, world.soon()));

  world.publish(urn, "v1");
  CHECK(world.good(world.triggers.list_triggers(v1, world.soon())).empty());
  CHECK_FALSE(world.good(world.graph.show_async_config(v1, world.soon())));
  CHECK(world.good(world.graph.list_reserved_instances(urn, world.soon())).empty());
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
