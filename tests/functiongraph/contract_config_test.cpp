// The configuration of a function. An update replaces the whole of it.
#include "contract.hpp"
#include "contract_fields.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using std::chrono::seconds;

void update(World& world, const FunctionUrn& urn, const FunctionConfig& config) {
  world.good(world.graph.update_config(urn, std::string(urn.name()), config, world.soon()));
}

CONTRACT_CASE("every field of the configuration comes back as it was written, and goes when it is left out") {
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig before = world.config_of(urn);
  for (const Field& field : all_fields()) {
    INFO(field.name);
    FunctionConfig config = before;
    field.set(config);
    update(world, urn, config);
    const FunctionConfig shown = world.config_of(urn);
    CHECK(differences(shown, config).empty());
    CHECK_FALSE(field.is_equal(shown, before));

    update(world, urn, before);
    CHECK(differences(world.config_of(urn), before).empty());
  }
}

CONTRACT_CASE("all fields of the configuration together come back as they were written") {
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig config = with_all_fields(world.config_of(urn));
  update(world, urn, config);
  CHECK(differences(world.config_of(urn), config).empty());
}

CONTRACT_CASE("what a create takes of the configuration comes back as it was written, the rest is unset") {
  World world{TestType()};
  CreateRequest request = some_function();
  const FunctionConfig unset = world.config_of(world.create("other"));
  request.config = with_all_fields(request.config);
  request.type = "v1";
  request.code_encrypt_kms_key_id = "4e3f2c1a-0000-0000-0000-00000000000b";
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  const auto shown = world.good(world.graph.show_config(urn, world.soon()));
  CHECK(shown.row.facts->type == "v1");
  CHECK(shown.row.facts->code_encrypt_kms_key_id == request.code_encrypt_kms_key_id);
  for (const Field& field : all_fields()) {
    INFO(field.name);
    CHECK(field.is_equal(shown.config, field.taken == Taken::by_create_too ? request.config : unset));
  }
}

CONTRACT_CASE("an update with what was shown changes nothing") {
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig config = with_all_fields(world.config_of(urn));
  update(world, urn, config);
  const auto before = world.good(world.graph.show_config(urn, world.soon()));
  update(world, urn, before.config);
  const auto after = world.good(world.graph.show_config(urn, world.soon()));
  CHECK(after.row.image_name == before.row.image_name);
  CHECK(differences(after.config, before.config).empty());
}

CONTRACT_CASE("a new configuration changes the image name") {
  World world{TestType()};
  const auto urn = world.create();
  const auto before = world.good(world.graph.show_config(urn, world.soon()));
  FunctionConfig config = before.config;
  config.memory_size = 512;
  const auto answered = world.good(world.graph.update_config(urn, "hello", config, world.soon()));
  CHECK(answered.config.memory_size == 512);
  CHECK(world.good(world.graph.show_config(urn, world.soon())).row.image_name != before.row.image_name);
}

CONTRACT_CASE("what can be written and not be read does not disturb") {
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig before = world.config_of(urn);
  FunctionConfig config = before;
  config.restore_hook = Hook{"index.restore", seconds(5)};
  config.domain_names = R"([{"type":"inner","domain":"example.org"}])";
  config.extend_config = "{}";
  config.log_config = LogConfig{"group-id", "group", "stream-id", "stream"};
  update(world, urn, config);
  CHECK(differences(world.config_of(urn), before) == std::vector<std::string>{"log_config"});
}

CONTRACT_CASE("the variables can be cleared") {
  World world{TestType()};
  const auto urn = world.create();
  FunctionConfig config = world.config_of(urn);
  config.user_data.clear();
  update(world, urn, config);
  CHECK(world.config_of(urn).user_data.empty());
}

CONTRACT_CASE("encrypted variables read back as being there, and no more") {
  World world{TestType()};
  CreateRequest request = some_function();
  request.config.encrypted_user_data.emplace();
  request.config.encrypted_user_data->emplace("PASSWORD", Secret("s3cret"));
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  FunctionConfig shown = world.config_of(urn);
  CHECK(shown.has_encrypted_user_data);
  CHECK_FALSE(shown.encrypted_user_data);
  CHECK(shown.user_data == request.config.user_data);

  // An update without them erases them.
  update(world, urn, shown);
  CHECK_FALSE(world.config_of(urn).has_encrypted_user_data);
}

CONTRACT_CASE("encrypted variables that are written again stay") {
  World world{TestType()};
  const auto urn = world.create();
  FunctionConfig config = world.config_of(urn);
  for (int round = 0; round < 2; ++round) {
    config.encrypted_user_data.emplace();
    config.encrypted_user_data->emplace("PASSWORD", Secret("s3cret"));
    update(world, urn, config);
    config = world.config_of(urn);
    CHECK(config.has_encrypted_user_data);
  }
}

CONTRACT_CASE("an update of the configuration keeps code, dependencies, versions and aliases") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  const auto before = world.good(world.graph.show_code(urn, world.soon()));
  FunctionConfig config = world.config_of(urn);
  config.memory_size = 512;
  update(world, urn, config);
  const auto after = world.good(world.graph.show_code(urn, world.soon()));
  CHECK(after.digest == before.digest);
  CHECK(after.depend_version_list == before.depend_version_list);
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"prod", "v1"}});
  CHECK(world.config_of(*AliasUrn::of(urn, "prod")).memory_size == 128);
}

CONTRACT_CASE("a configuration that cannot be is refused, each with its code, and changes nothing") {
  struct Row {
    const char* what;
    void (*spoil)(FunctionConfig& config);
    const char* refusal;
  };
  const std::vector<Row> rows{
      {"another runtime", [](FunctionConfig& c) { c.runtime = "Node.js18.15"; }, "invalid FSS.1005"},
      {"no handler", [](FunctionConfig& c) { c.handler = ""; }, "invalid FSS.1003"},
      {"no memory", [](FunctionConfig& c) { c.memory_size = 0; }, "invalid FSS.1007"},
      {"no timeout", [](FunctionConfig& c) { c.timeout = seconds(0); }, "invalid FSS.1008"},
      {"too many instances", [](FunctionConfig& c) { c.strategy_config = StrategyConfig{1001, 1}; },
       "invalid FSS.1026"},
      {"no request per instance", [](FunctionConfig& c) { c.strategy_config = StrategyConfig{1, 0}; },
       "invalid FSS.1026"},
      {"storage of a size that is none", [](FunctionConfig& c) { c.ephemeral_storage = 1024; }, "invalid FSS.0400"},
      {"a description that is too long", [](FunctionConfig& c) { c.description = std::string(513, 'a'); },
       "invalid FSS.1019"},
      {"encrypted variables that are too long",
       [](FunctionConfig& c) {
         c.encrypted_user_data.emplace();
         c.encrypted_user_data->emplace("A", Secret(std::string(4096, 'a')));
       },
       "invalid FSS.1018"},
  };
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig before = world.config_of(urn);
  for (const Row& row : rows) {
    INFO(row.what);
    FunctionConfig config = before;
    row.spoil(config);
    CHECK(world.refusal(world.graph.update_config(urn, "hello", config, world.soon())) == row.refusal);
    CHECK(differences(world.config_of(urn), before).empty());
  }
}

CONTRACT_CASE("a function cannot be renamed") {
  World world{TestType()};
  const auto urn = world.create();
  const FunctionConfig config = world.config_of(urn);
  CHECK(world.refusal(world.graph.update_config(urn, "other", config, world.soon())) == "invalid FSS.1002");
}

CONTRACT_CASE("the number of instances can be limited, disabled and set free") {
  World world{TestType()};
  const auto urn = world.create();
  for (const int instances : {1, 1000, 0, -1}) {
    INFO(instances);
    world.good(world.graph.update_max_instances(urn, instances, world.soon()));
    const auto strategy = world.config_of(urn).strategy_config;
    REQUIRE(strategy);
    CHECK(strategy->concurrency == instances);
  }
}

CONTRACT_CASE("a limit of instances leaves the rest of the configuration") {
  World world{TestType()};
  const auto urn = world.create();
  FunctionConfig config = with_all_fields(world.config_of(urn));
  update(world, urn, config);
  world.good(world.graph.update_max_instances(urn, 3, world.soon()));
  config.strategy_config->concurrency = 3;
  CHECK(differences(world.config_of(urn), config).empty());
}

CONTRACT_CASE("a limit of instances that cannot be is refused") {
  World world{TestType()};
  const auto urn = world.create();
  for (const int instances : {-2, 1001}) {
    CHECK(world.bad(world.graph.update_max_instances(urn, instances, world.soon())).kind == ErrorKind::invalid);
  }
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
