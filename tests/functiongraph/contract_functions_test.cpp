// Functions come and go.
#include <set>

#include "base/digest.hpp"
#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using std::chrono::seconds;

CONTRACT_CASE("a function that was created is found, listed and shown as it was sent") {
  World world{TestType()};
  const CreateRequest request = some_function();
  const auto created = world.good(world.graph.create_function(request, world.soon()));
  CHECK(matches(ArchiveDigest{sha512_hex(code_zip("v1"))}, created.row.digest));

  const auto row = world.good(world.graph.find_function("hello", world.soon()));
  REQUIRE(row);
  CHECK(row->urn == created.row.urn);
  CHECK(row->name == "hello");
  CHECK(row->app == "default");
  CHECK(row->digest == created.row.digest);
  CHECK(row->code_size == static_cast<std::int64_t>(code_zip("v1").size()));
  CHECK(row->description == "says hello");
  CHECK_FALSE(row->image_name.empty());
  CHECK(world.good(world.graph.list_functions(world.soon())).size() == 1);

  const auto shown = world.good(world.graph.show_config(row->urn, world.soon()));
  CHECK(shown.row.urn == created.row.urn);
  CHECK(shown.row.digest == created.row.digest);
  CHECK(shown.config.runtime == request.config.runtime);
  CHECK(shown.config.handler == request.config.handler);
  CHECK(shown.config.memory_size == request.config.memory_size);
  CHECK(shown.config.timeout == request.config.timeout);
  CHECK(shown.config.description == request.config.description);
  CHECK(shown.config.user_data == request.config.user_data);
  CHECK_FALSE(shown.config.has_encrypted_user_data);
}

CONTRACT_CASE("a service without functions lists none and finds none") {
  World world{TestType()};
  CHECK(world.good(world.graph.list_functions(world.soon())).empty());
  CHECK_FALSE(world.good(world.graph.find_function("hello", world.soon())));
}

CONTRACT_CASE("a name can be taken once, whatever the app") {
  World world{TestType()};
  world.create();
  CreateRequest request = some_function();
  request.app = "shop";
  CHECK(world.refusal(world.graph.create_function(request, world.soon())) == "conflict FSS.1061");
  CHECK(world.good(world.graph.list_functions(world.soon())).size() == 1);
}

CONTRACT_CASE("a function belongs to the app that was asked for, and without one to default") {
  World world{TestType()};
  CreateRequest request = some_function("first");
  request.app = "";
  CHECK(world.good(world.graph.create_function(request, world.soon())).row.urn.app() == "default");
  request.name = "second";
  request.app = "shop";
  CHECK(world.good(world.graph.create_function(request, world.soon())).row.urn.app() == "shop");
}

CONTRACT_CASE("what cannot be created is refused, each with its code") {
  struct Row {
    const char* what;
    void (*spoil)(CreateRequest& request);
    const char* refusal;
  };
  const std::vector<Row> rows{
      {"no name", [](CreateRequest& r) { r.name = ""; }, "invalid FSS.1002"},
      {"a name with a digit first", [](CreateRequest& r) { r.name = "1st"; }, "invalid FSS.1002"},
      {"a name with a dash last", [](CreateRequest& r) { r.name = "first-"; }, "invalid FSS.1002"},
      {"a name that is too long", [](CreateRequest& r) { r.name = std::string(61, 'a'); }, "invalid FSS.1002"},
      {"a handler without a dot", [](CreateRequest& r) { r.config.handler = "handler"; }, "invalid FSS.1003"},
      {"no runtime", [](CreateRequest& r) { r.config.runtime = ""; }, "invalid FSS.1005"},
      {"a memory size between two", [](CreateRequest& r) { r.config.memory_size = 200; }, "invalid FSS.1007"},
      {"a timeout that is too short", [](CreateRequest& r) { r.config.timeout = seconds(2); }, "invalid FSS.1008"},
      {"a timeout that is too long", [](CreateRequest& r) { r.config.timeout = seconds(259201); }, "invalid FSS.1008"},
      {"code that is no zip", [](CreateRequest& r) { r.code.bytes = bytes_in_memory("text"); }, "invalid FSS.1011"},
      {"no source", [](CreateRequest& r) { r.code = source_upload(""); }, "invalid FSS.1012"},
      {"source that is too long", [](CreateRequest& r) { r.code = source_upload(std::string(10241, ' ')); },
       "invalid FSS.1072"},
      {"too many variables",
       [](CreateRequest& r) {
         for (int i = 0; i < 20; ++i) r.config.user_data["N" + std::to_string(i)] = "";
       },
       "invalid FSS.1017"},
      {"variables that are too long", [](CreateRequest& r) { r.config.user_data["A"] = std::string(4096, 'a'); },
       "invalid FSS.1018"},
      {"a description that is too long", [](CreateRequest& r) { r.config.description = std::string(513, 'a'); },
       "invalid FSS.1019"},
      {"a dependency that is not there", [](CreateRequest& r) { r.depend_version_list = {"nothing"}; },
       "invalid FSS.1056"},
  };
  World world{TestType()};
  for (const Row& row : rows) {
    INFO(row.what);
    CreateRequest request = some_function();
    row.spoil(request);
    CHECK(world.refusal(world.graph.create_function(request, world.soon())) == row.refusal);
  }
  CHECK(world.good(world.graph.list_functions(world.soon())).empty());
}

CONTRACT_CASE("the longest that is allowed is stored whole") {
  World world{TestType()};
  CreateRequest request = some_function(std::string(60, 'n'));
  std::string description;
  for (int i = 0; i < 512; ++i) description += "ü";
  request.config.description = description;
  request.config.timeout = seconds(259200);
  request.config.memory_size = 4096;
  request.config.user_data.clear();
  for (int i = 0; i < 20; ++i) request.config.user_data["NAME_" + std::to_string(i)] = std::string(190, 'v');
  request.code = source_upload(std::string(10240, ' '));
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  const FunctionConfig shown = world.config_of(urn);
  CHECK(shown.description == description);
  CHECK(shown.timeout == request.config.timeout);
  CHECK(shown.user_data == request.config.user_data);
}

CONTRACT_CASE("text comes back as it was sent, whatever is in it") {
  World world{TestType()};
  for (const std::string text : {"日本語 ünï 🚀", "\"quoted\" \\ and /", "two\nlines\tand a tab", "{\"json\": [1]}",
                                 "ends with a marker [fgsync:own=demo]", " "}) {
    INFO(text);
    const auto urn = world.create("texts");
    FunctionConfig config = world.config_of(urn);
    config.description = text;
    config.user_data = {{"TEXT", text}, {"EMPTY", ""}};
    world.good(world.graph.update_config(urn, "texts", config, world.soon()));
    CHECK(world.config_of(urn).description == text);
    CHECK(world.config_of(urn).user_data == config.user_data);
    world.good(world.graph.delete_function(urn, world.soon()));
  }
}

CONTRACT_CASE("more functions than a page holds are all listed") {
  World world(TestType(), Quotas{401});
  CreateRequest request = some_function();
  for (int i = 0; i < 401; ++i) {
    request.name = "f" + std::to_string(i);
    world.good(world.graph.create_function(request, world.soon()));
  }
  const auto rows = world.good(world.graph.list_functions(world.soon()));
  CHECK(rows.size() == 401);
  std::set<std::string> names;
  for (const auto& row : rows) names.insert(row.name);
  CHECK(names.size() == 401);
  CHECK(world.good(world.graph.find_function("f400", world.soon())));
}

CONTRACT_CASE("functions over the quota are refused") {
  World world(TestType(), Quotas{2});
  world.create("first");
  const auto second = world.create("second");
  CHECK(world.refusal(world.graph.create_function(some_function("third"), world.soon())) == "invalid FSS.1041");
  world.good(world.graph.delete_function(second, world.soon()));
  world.create("third");
}

CONTRACT_CASE("names that contain each other are told apart") {
  World world{TestType()};
  for (const auto* name : {"hello-2", "hello", "my-hello"}) world.create(name);
  const auto row = world.good(world.graph.find_function("hello", world.soon()));
  REQUIRE(row);
  CHECK(row->name == "hello");
  CHECK_FALSE(world.good(world.graph.find_function("hell", world.soon())));
  CHECK(world.good(world.graph.list_functions(world.soon())).size() == 3);
}

CONTRACT_CASE("a deleted function is gone, others are not, and its name is free") {
  World world{TestType()};
  const auto urn = world.create();
  world.create("other");
  world.good(world.graph.delete_function(urn, world.soon()));
  CHECK_FALSE(world.good(world.graph.find_function("hello", world.soon())));
  CHECK(world.refusal(world.graph.delete_function(urn, world.soon())) == "not_found FSS.1051");
  CHECK(world.good(world.graph.find_function("other", world.soon())));
  world.create();
}

CONTRACT_CASE("a function that is made anew has nothing of the deleted one") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  world.good(world.graph.create_tags(urn, tagged({{"team", "a"}}), world.soon()));
  world.good(world.graph.update_async_config(urn, AsyncConfig(), world.soon()));
  world.good(world.triggers.create_trigger(urn, some_trigger(), world.soon()));
  ReservedInstances two;
  two.count = 2;
  world.good(world.graph.update_reserved_instances(urn, two, world.soon()));
  world.good(world.graph.delete_function(urn, world.soon()));

  REQUIRE(world.create() == urn);
  CHECK(world.versions_of(urn).empty());
  CHECK(world.aliases_of(urn).empty());
  CHECK(world.good(world.graph.list_tags(urn, world.soon())).tags.empty());
  CHECK(world.good(world.graph.list_async_configs(urn, world.soon())).empty());
  CHECK(world.good(world.triggers.list_triggers(urn, world.soon())).empty());
  CHECK(world.good(world.graph.list_reserved_instances(urn, world.soon())).empty());
}

CONTRACT_CASE("a list can be of one app, and of what is named alike") {
  World world{TestType()};
  world.create("hello");
  world.create("other");
  CreateRequest request = some_function("hello-2");
  request.app = "shop";
  world.good(world.graph.create_function(request, world.soon()));
  const std::vector<std::pair<FunctionFilter, std::size_t>> filters{
      {{"", ""}, 3},        {{"default", ""}, 2}, {{"shop", ""}, 1},         {{"nobody", ""}, 0},    {{"", "hello"}, 2},
      {{"", "hello-2"}, 1}, {{"", "ell"}, 2},     {{"default", "hello"}, 1}, {{"shop", "other"}, 0},
  };
  for (const auto& [filter, count] : filters) {
    INFO(filter.app << "/" << filter.name);
    CHECK(world.good(world.graph.list_functions(filter, world.soon())).size() == count);
  }
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
