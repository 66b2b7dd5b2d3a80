#include "plan/ignored.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "manifest/difference_pointers.hpp"
#include "plan/settings.hpp"
#include "plan/side_settings.hpp"
#include "tests/plan/base_case.hpp"
#include "tests/plan/settings_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using functiongraph::FunctionConfig;

namespace {

manifest::Function ignoring(const std::vector<std::string>& pointers) {
  manifest::Function function = with_every_setting();
  function.handling.ignore_differences = pointers;
  return function;
}

}  // namespace

TEST_CASE("a pointer covers the setting that it names and all that is part of it") {
  const auto function = ignoring({"/timeout", "/func_vpc", "/user_data/LOG_LEVEL"});
  CHECK(plan::is_ignored(function, "timeout"));
  CHECK(plan::is_ignored(function, "func_vpc"));
  CHECK(plan::is_ignored(function, "func_vpc.vpc_id"));
  CHECK(plan::is_ignored(function, "user_data.LOG_LEVEL"));
  CHECK_FALSE(plan::is_ignored(function, "user_data"));
  CHECK_FALSE(plan::is_ignored(function, "user_data.LOG_LEVEL_2"));
  CHECK_FALSE(plan::is_ignored(function, "user_data.BUCKET"));
  CHECK_FALSE(plan::is_ignored(function, "func_vpc_id"));
  CHECK_FALSE(plan::is_ignored(function, "memory_size"));
}

TEST_CASE("without pointers nothing is ignored") {
  CHECK_FALSE(plan::is_ignored(ignoring({}), "timeout"));
}

TEST_CASE("in a pointer ~1 is a slash and ~0 a tilde") {
  const auto function = ignoring({"/tags/team~1media", "/tags/a~0b", "/tags/c~01"});
  CHECK(plan::is_ignored(function, "tags.team/media"));
  CHECK(plan::is_ignored(function, "tags.a~b"));
  CHECK(plan::is_ignored(function, "tags.c~1"));
  CHECK_FALSE(plan::is_ignored(function, "tags.c/"));
}

TEST_CASE("ignored fields are dropped from a comparison") {
  std::map<std::string, std::string> fields{{"timeout", "3"}, {"user_data.A", "1"}, {"user_data.B", "2"}};
  SECTION("one") {
    plan::drop_ignored(ignoring({"/user_data/A"}), fields);
    CHECK(fields == std::map<std::string, std::string>{{"timeout", "3"}, {"user_data.B", "2"}});
  }
  SECTION("a whole group") {
    plan::drop_ignored(ignoring({"/user_data"}), fields);
    CHECK(fields == std::map<std::string, std::string>{{"timeout", "3"}});
  }
}

TEST_CASE("what is ignored is not compared, whatever the service has") {
  Case base;
  base.desired.function.handling.ignore_differences = {"/memory_size", "/user_data/BUCKET", "/description"};
  base.observed_config().memory_size = 4096;
  base.observed_config().user_data["BUCKET"] = "elsewhere";
  base.observed->detail.row.description = base.observed_config().description = plan::with_owner("by hand", "shop");
  CHECK(base.run().is_unchanged());
}

TEST_CASE("what is ignored does not make a published version another one") {
  Case base;
  base.desired.function.handling.ignore_differences = {"/memory_size"};
  base.observed->versions[0].config.memory_size = 4096;
  CHECK(base.run().is_unchanged());
}

TEST_CASE("an update sends what is ignored as it is") {
  const auto function = ignoring({"/handler", "/description", "/user_data/BUCKET", "/user_data/EXTRA"});
  FunctionConfig current = plan::desired_config(function, "shop");
  current.handler = "by.hand";
  current.description = plan::with_owner("by hand", "shop");
  current.user_data["BUCKET"] = "elsewhere";
  current.user_data["EXTRA"] = "1";
  current.user_data["STALE"] = "1";
  const FunctionConfig sent = plan::with_managed_settings(current, function, "shop");
  CHECK(sent.handler == "by.hand");
  CHECK(sent.description == plan::with_owner("by hand", "shop"));
  CHECK(sent.user_data == std::map<std::string, std::string>{{"BUCKET", "elsewhere"}, {"EXTRA", "1"}});
}

TEST_CASE("a variable that is ignored and that nobody set is not sent") {
  const auto function = ignoring({"/user_data/BUCKET"});
  FunctionConfig current = plan::desired_config(function, "shop");
  current.user_data.clear();
  CHECK(plan::with_managed_settings(current, function, "shop").user_data.empty());
}

TEST_CASE("an ignored description still gets the ownership mark") {
  const auto function = ignoring({"/description"});
  FunctionConfig current = plan::desired_config(function, std::nullopt);
  current.description = "by hand";
  CHECK(plan::with_managed_settings(current, function, "shop").description == plan::with_owner("by hand", "shop"));
}

TEST_CASE("every setting, and every part of one, can be left to others: an update changes all but that") {
  const auto wanted = with_every_setting();
  const FunctionConfig others = config_of_somebody_else();
  const auto fields = plan::comparable_fields(others, wanted);
  REQUIRE(fields.size() > 30);
  for (const auto& [field, value] : fields) {
    if (field == "code.image") continue;  // code cannot be left to others
    INFO(field);
    const auto function = ignoring({pointer_to(field)});
    const FunctionConfig sent = plan::with_managed_settings(others, function, "shop");
    // Read back without ignoring anything: only this one is as it was.
    const auto changes = plan::field_changes(plan::comparable_fields(plan::desired_config(wanted, "shop"), wanted),
                                             plan::comparable_fields(sent, wanted));
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].path == field);
    CHECK(changes[0].after == value);
    CHECK(plan::comparable_fields(sent, function) ==
          plan::comparable_fields(plan::desired_config(function, "shop"), function));
  }
}

TEST_CASE("a part that is ignored and that the service does not have is as in an empty setting") {
  const auto function = ignoring({"/strategy_config/concurrency", "/func_vpc/security_groups"});
  FunctionConfig current = plan::desired_config(function, "shop");
  current.strategy_config.reset();
  current.vpc.reset();
  const FunctionConfig sent = plan::with_managed_settings(current, function, "shop");
  CHECK(sent.strategy_config->concurrency == -1);
  CHECK(sent.strategy_config->concurrent_num == function.extra->strategy_config->concurrent_num);
  CHECK(sent.vpc->security_groups.empty());
  CHECK(sent.vpc->vpc_id == function.extra->func_vpc->vpc_id);
}

TEST_CASE("a whole setting that is ignored and that the service does not have is not set") {
  const auto function = ignoring({"/func_vpc", "/xrole", "/initializer_handler", "/initializer_timeout"});
  FunctionConfig current = plan::desired_config(function, "shop");
  current.vpc.reset();
  current.xrole.reset();
  current.initializer.reset();
  const FunctionConfig sent = plan::with_managed_settings(current, function, "shop");
  CHECK_FALSE(sent.vpc);
  CHECK_FALSE(sent.xrole);
  CHECK_FALSE(sent.initializer);
}

namespace {

/// All that is compared of a function that has everything.
std::set<std::string> compared_fields() {
  manifest::Function function = with_every_setting();
  manifest::ExtraSettings& extra = *function.extra;
  extra.max_instance_num = 10;
  extra.tags = std::map<std::string, std::string>{{"K", "v"}};
  extra.depend_version_list = std::vector<std::string>{"d"};
  extra.reserved_instances = std::vector<manifest::ReservedInstances>{{"K", 1, true, {}}};
  extra.function_async_config =
      manifest::AsyncConfig{1, 1, manifest::AsyncDestination{"OBS", "{}"}, manifest::AsyncDestination{"OBS", "{}"}};
  std::set<std::string> names;
  for (const auto& [name, value] : plan::comparable_fields(plan::desired_config(function, "shop"), function)) {
    if (name != "code.image") names.insert(name);  // code cannot be left to others
  }
  for (const auto& [name, value] : plan::wanted_side_fields(function)) names.insert(name);
  return names;
}

}  // namespace

TEST_CASE("whatever is compared can be named by a pointer in a manifest") {
  for (const std::string& field : compared_fields()) {
    INFO(field);
    CHECK_FALSE(manifest::check_pointer(pointer_to(field)));
    CHECK(manifest::check_pointer(pointer_to(field) + "/x"));
  }
}

TEST_CASE("whatever a pointer in a manifest can name is compared") {
  const auto fields = compared_fields();
  for (const std::string& pattern : manifest::difference_pointers()) {
    INFO(pattern);
    const bool is_variable = pattern == "/user_data/*";
    const std::string pointer = is_variable ? pattern : std::regex_replace(pattern, std::regex("[*]"), "K");
    CHECK_FALSE(manifest::check_pointer(pointer));
    const auto function = ignoring({pointer});
    const bool is_there =
        std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return plan::is_ignored(function, field); });
    CHECK((is_there || is_variable));
  }
}
