// What the service says goes through our writer and our reader and must come back as it was.
#include "reconcile/adopted_manifest.hpp"

#include <catch2/catch.hpp>

#include "manifest/loader.hpp"
#include "plan/marker.hpp"

namespace fgsync {
namespace {

using manifest::Code;
using Texts = std::vector<std::string>;

struct Example {
  plan::ObservedFunction observed;
  reconcile::AdoptedCode code;

  Example() : observed{{make_row(), make_config()}, {}, {}} { code.place = "code"; }

  static functiongraph::FunctionRow make_row() {
    auto urn = functiongraph::FunctionUrn::parse("urn:fss:cn-north-4:p1:function:default:thumb");
    functiongraph::FunctionRow row{*urn, "thumb", "default", RemoteDigest{std::string(128, 'a')}};
    return row;
  }
  static functiongraph::FunctionConfig make_config() {
    functiongraph::FunctionConfig config;
    config.runtime = "Python3.9";
    config.handler = "index.handler";
    config.memory_size = 256;
    config.timeout = std::chrono::seconds(30);
    return config;
  }
  functiongraph::FunctionConfig& config() { return observed.detail.config; }

  [[nodiscard]] reconcile::AdoptedManifest write() const {
    return reconcile::write_manifest(observed, code, "shop", {});
  }
  /// The only function of the manifest, which must be without a mistake.
  [[nodiscard]] manifest::Function read_back() const {
    const auto written = write();
    INFO(written.text);
    const auto loaded = manifest::load({{"function.yaml", written.text, true}});
    std::string mistakes;
    for (const auto& diagnostic : loaded.diagnostics) mistakes += manifest::to_text(diagnostic);
    CHECK(mistakes.empty());
    REQUIRE(loaded.functions.size() == 1);
    return loaded.functions[0];
  }
};

TEST_CASE("adopted manifest: what every function has comes back") {
  Example example;
  example.observed.detail.row.app = "media";
  example.observed.detail.row.facts->type = "v2";
  example.config().description = plan::with_owner("Makes thumbnails", "other");
  const auto function = example.read_back();
  CHECK(function.name == "thumb");
  CHECK(function.app == "media");
  CHECK(function.extra->type == "v2");
  CHECK(function.runtime == "Python3.9");
  CHECK(function.handler == "index.handler");
  CHECK(function.memory_size == 256);
  CHECK(function.timeout == std::chrono::seconds(30));
  CHECK(function.description == "Makes thumbnails");
  CHECK(function.code.kind == Code::Kind::directory);
  CHECK(function.code.path == "code");
  CHECK(function.handling.adopt);
  CHECK_FALSE(function.version);
}

TEST_CASE("adopted manifest: what carries this source's mark already is not to be adopted") {
  Example example;
  example.observed.detail.row.description = example.config().description = plan::with_owner("", "shop");
  CHECK_FALSE(example.read_back().handling.adopt);
}

TEST_CASE("adopted manifest: texts that YAML would take for something else stay what they are") {
  const Texts texts{"yes",
                    "No",
                    "on",
                    "null",
                    "Null",
                    "~",
                    "1e3",
                    "0x1F",
                    "007",
                    "1_000",
                    "12:30:45",
                    "2001-12-14",
                    ".inf",
                    "-.NaN",
                    "inf",
                    "nan",
                    "TRUE",
                    "Off",
                    "true",
                    "",
                    " ",
                    " leading",
                    "trailing ",
                    "*alias",
                    "&anchor",
                    "!tag",
                    "%percent",
                    "@at",
                    "`tick",
                    "- dash",
                    "-",
                    "? key",
                    ": value",
                    "key: value",
                    "# comment",
                    "text # comment",
                    "[list]",
                    "{map}",
                    "|",
                    ">",
                    "'single'",
                    "\"double\"",
                    "back\\slash\\n",
                    "two\nlines",
                    "three\n\n  lines\n",
                    "tab\there",
                    "<<",
                    "=",
                    "---",
                    "...",
                    "${VARIABLE}",
                    "$${VARIABLE}",
                    "$",
                    "$$",
                    "a,b",
                    "größe",
                    "日本語",
                    "😀",
                    "e\xcc\x81",
                    "\xc2\xa0",
                    "\xe2\x80\xa8",
                    "\xef\xbb\xbf",
                    "{\"json\": [1, \"two\"]}"};
  for (const std::string& text : texts) {
    Example example;
    example.config().user_data = {{"KEY", text}};
    example.observed.tags = {{"tag", text}};
    CAPTURE(text);
    const auto function = example.read_back();
    CHECK(function.user_data == std::map<std::string, std::string>{{"KEY", text}});
    CHECK(function.extra->tags == std::map<std::string, std::string>{{"tag", text}});
  }
}

TEST_CASE("adopted manifest: keys that YAML would take for something else stay what they are") {
  for (const std::string key : {"yes", "NULL", "y", "on", "1", "1e3", "a.b", "größe"}) {
    Example example;
    example.config().user_data = {{key, "x"}};
    CAPTURE(key);
    CHECK(example.read_back().user_data == std::map<std::string, std::string>{{key, "x"}});
  }
}

TEST_CASE("adopted manifest: every setting comes back") {
  Example example;
  auto& config = example.config();
  config.xrole = "agency";
  config.app_xrole = "exec-agency";
  config.initializer = functiongraph::Hook{"index.init", std::chrono::seconds(10)};
  config.pre_stop = functiongraph::Hook{"index.stop", std::chrono::seconds(5)};
  example.observed.detail.row.facts->depend_version_list = {"dep-2", "dep-1"};
  config.enable_dynamic_memory = true;
  config.ephemeral_storage = 10240;
  config.enterprise_project_id = "e-1";
  const auto extra = *example.read_back().extra;
  CHECK(extra.xrole == "agency");
  CHECK(extra.app_xrole == "exec-agency");
  CHECK(extra.initializer_handler == "index.init");
  CHECK(extra.initializer_timeout == std::chrono::seconds(10));
  CHECK(extra.pre_stop_handler == "index.stop");
  CHECK(extra.pre_stop_timeout == std::chrono::seconds(5));
  CHECK(extra.depend_version_list == Texts{"dep-2", "dep-1"});
  CHECK(extra.enable_dynamic_memory == true);
  CHECK(extra.ephemeral_storage == 10240);
  CHECK(extra.enterprise_project_id == "e-1");
}

TEST_CASE("adopted manifest: networks, mounts and logs come back") {
  Example example;
  auto& config = example.config();
  functiongraph::Vpc vpc;
  vpc.vpc_id = "1e3";
  vpc.subnet_id = "subnet";
  vpc.vpc_name = "on";
  vpc.subnet_name = "a b";
  vpc.security_groups = {"123", "sg"};
  config.vpc = vpc;
  config.mount_config = functiongraph::MountConfig{1003, -1, {{"sfsTurbo", "id", "/share", "/mnt/it"}}};
  config.log_config = functiongraph::LogConfig{"group", "the group", "stream", "the stream"};
  config.network_controller = functiongraph::NetworkController{true, {{"media", "vpc-1"}}};
  const auto extra = *example.read_back().extra;
  REQUIRE(extra.func_vpc);
  CHECK(extra.func_vpc->vpc_id == "1e3");
  CHECK(extra.func_vpc->subnet_id == "subnet");
  CHECK(extra.func_vpc->vpc_name == "on");
  CHECK(extra.func_vpc->subnet_name == "a b");
  CHECK(extra.func_vpc->security_groups == Texts{"123", "sg"});
  REQUIRE(extra.mount_config);
  CHECK(extra.mount_config->user_id == 1003);
  CHECK(extra.mount_config->user_group_id == -1);
  REQUIRE(extra.mount_config->mounts.size() == 1);
  CHECK(extra.mount_config->mounts[0].type == "sfsTurbo");
  CHECK(extra.mount_config->mounts[0].resource == "id");
  CHECK(extra.mount_config->mounts[0].share_path == "/share");
  CHECK(extra.mount_config->mounts[0].local_path == "/mnt/it");
  REQUIRE(extra.log_config);
  CHECK(extra.log_config->group_id == "group");
  CHECK(extra.log_config->group_name == "the group");
  CHECK(extra.log_config->stream_id == "stream");
  CHECK(extra.log_config->stream_name == "the stream");
  REQUIRE(extra.network_controller);
  CHECK(extra.network_controller->disable_public_network == true);
  CHECK(extra.network_controller->trigger_access_vpcs ==
        std::vector<std::pair<std::string, std::string>>{{"vpc-1", "media"}});
}

TEST_CASE("adopted manifest: instances and asynchronous invocations come back") {
  Example example;
  example.config().strategy_config = functiongraph::StrategyConfig{5, 1};
  functiongraph::AsyncConfig async;
  async.max_event_age = std::chrono::seconds(60);
  async.max_retry_attempts = 2;
  async.on_failure = functiongraph::AsyncDestination{"SMN", R"({"topic_urn":"urn:smn:x"})"};
  async.on_success = functiongraph::AsyncDestination{"OBS", R"({"bucket": "results"})"};
  example.observed.async_config = async;
  functiongraph::ReservedInstancesRow reserved{"", "alias", "prod", {2, true, {}, {}}};
  example.observed.reserved_instances = {reserved};
  const auto extra = *example.read_back().extra;
  CHECK(extra.max_instance_num == 5);
  REQUIRE(extra.function_async_config);
  CHECK(extra.function_async_config->max_async_event_age_in_seconds == 60);
  CHECK(extra.function_async_config->max_async_retry_attempts == 2);
  CHECK(extra.function_async_config->on_failure->param == R"({"topic_urn":"urn:smn:x"})");
  CHECK(extra.function_async_config->on_success->destination == "OBS");
  REQUIRE(extra.reserved_instances);
  CHECK(extra.reserved_instances->at(0).qualifier == "prod");
  CHECK(extra.reserved_instances->at(0).count == 2);
  CHECK(extra.reserved_instances->at(0).idle_mode == true);

  example.config().strategy_config = functiongraph::StrategyConfig{7, 20};
  const auto several = *example.read_back().extra;
  CHECK_FALSE(several.max_instance_num);
  CHECK(several.strategy_config->concurrency == 7);
  CHECK(several.strategy_config->concurrent_num == 20);
}

TEST_CASE("adopted manifest: aliases stay on their versions, with weights and rules") {
  Example example;
  functiongraph::Alias prod{"prod", "1.0", plan::with_hold("Production", "aabbccddeeff"), {{"2.0", 10}}};
  functiongraph::Alias canary{"canary", "2.0", "", {}};
  canary.additional_version_strategy =
      std::map<std::string, functiongraph::VersionStrategy>{{"1.0", {"or", {{"Header", "X-Canary", "in", "yes,no"}}}}};
  functiongraph::Alias edge{"edge", "latest", "", {}};
  example.observed.aliases = {prod, canary, edge};
  const auto function = example.read_back();
  REQUIRE(function.aliases.size() == 2);
  CHECK(function.aliases[0].name == "prod");
  CHECK(function.aliases[0].version == "1.0");
  CHECK(function.aliases[0].description == "Production");
  CHECK(function.aliases[0].additional_version_weights == std::map<std::string, int>{{"2.0", 10}});
  CHECK_FALSE(function.aliases[1].description);
  const auto& strategy = function.aliases[1].additional_version_strategy.at("1.0");
  CHECK(strategy.combine_type == "or");
  CHECK(strategy.rules.at(0).value == "yes,no");
  const auto written = example.write();
  REQUIRE(written.remarks.size() == 1);
  CHECK(written.remarks[0].starts_with("the alias edge, which is on latest"));
  CHECK(written.text.starts_with("# Left as it is: the alias edge, which is on latest"));
}

TEST_CASE("adopted manifest: every kind of code is named") {
  Example example;
  const auto kinds = {Code::Kind::file, Code::Kind::archive, Code::Kind::jar};
  for (const Code::Kind kind : kinds) {
    example.code = {kind, "code.bin", "", ""};
    const auto code = example.read_back().code;
    CHECK(code.kind == kind);
    CHECK(code.path == "code.bin");
  }
  example.code = {Code::Kind::obs, "https://b.obs.x.com/a.zip", std::string(128, 'f'), ""};
  const auto object = example.read_back().code;
  CHECK(object.url == "https://b.obs.x.com/a.zip");
  CHECK(object.digest == std::string(128, 'f'));
  example.config().runtime = "Custom Image";
  example.config().handler = "-";
  example.code = {Code::Kind::image, "swr.cn-north-4.myhuaweicloud.com/org/app:1.2", "", ""};
  CHECK(example.read_back().code.image == "swr.cn-north-4.myhuaweicloud.com/org/app:1.2");
}

TEST_CASE("adopted manifest: encrypted variables are named in a comment, and no value is made up") {
  Example example;
  example.config().has_encrypted_user_data = true;
  example.config().encrypted_names = std::vector<std::string>{"DB-PASSWORD", "evil\nspec: x"};
  CHECK(example.read_back().extra->encrypted_user_data.empty());
  const auto written = example.write();
  CHECK_THAT(written.text, Catch::Contains("  # encrypted_user_data:\n  #   DB-PASSWORD: {from_env: DB_PASSWORD}\n"));
  CHECK_THAT(written.remarks.at(0), Catch::Contains("DB-PASSWORD") && Catch::Contains("before anything else"));
}

TEST_CASE("adopted manifest: what it cannot say is named, above it too, on one line each") {
  Example example;
  example.config().gpu_memory = 1024;
  example.config().domain_names = "x";
  const auto written = reconcile::write_manifest(example.observed, example.code, "shop", {"the triggers\nof: latest"});
  CHECK(written.remarks == Texts{"the triggers\nof: latest", "gpu_memory, domain_names, which manifests do not have"});
  CHECK(written.text.starts_with("# Left as it is: the triggers?of: latest\n# Left as it is: gpu_memory, domain"));
}

TEST_CASE("adopted manifest: a variable that sounds secret is pointed out, its value is not") {
  Example example;
  example.config().user_data = {{"DB_PASSWORD", "hunter2"}, {"BUCKET", "photos"}};
  const auto notes = example.write().notes;
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::Contains("user_data.DB_PASSWORD") && !Catch::Contains("hunter2"));
}

TEST_CASE("adopted manifest: code that could not be had is to be put there") {
  Example example;
  example.code.missing = "export: 403";
  const auto written = example.write();
  CHECK(written.to_do == Texts{"put the code there; the service did not give it: export: 403"});
  CHECK_THAT(written.text, Catch::Contains("# To finish: put the code there"));
}

}  // namespace
}  // namespace fgsync
