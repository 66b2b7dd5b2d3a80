#include "cli/connection.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/config_schema.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::cli::test {
namespace {

using fgsync::test::TempDirectory;
using Variables = std::map<std::string, std::string>;

config::Environment environment_of(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

/// Everything that a run needs, given in the least strong way, and what a case changes of it.
struct Inputs {
  Options options;
  Variables variables{{"HOME", "/home/me"}};
  config::Config config;
};

Inputs base() {
  Inputs inputs;
  inputs.config.endpoint = "http://127.0.0.1:1";
  inputs.config.project_id = "file";
  inputs.config.state_directory = "/file";
  return inputs;
}

Result<Connection> resolved(const Inputs& inputs) {
  return resolve_connection(inputs.options, inputs.config, environment_of(inputs.variables));
}

/// One way to give a value.
struct Way {
  std::string name;
  std::function<void(Inputs&, const std::string& value)> give;
};

Way flag(std::string name, std::optional<std::string> Options::* member) {
  return {std::move(name), [member](Inputs& inputs, const std::string& value) { inputs.options.*member = value; }};
}

Way variable(const std::string& name) {
  return {name, [name](Inputs& inputs, const std::string& value) { inputs.variables[name] = value; }};
}

Way key(std::string name, std::optional<std::string> config::TargetSettings::* member) {
  return {std::move(name), [member](Inputs& inputs, const std::string& value) { inputs.config.*member = value; }};
}

/// A setting with all the ways to give it, the strongest first.
struct Setting {
  std::string key;
  std::vector<Way> ways;
  std::vector<std::string> values;  ///< as many as ways, all different
  std::function<std::string(const Connection&)> read;
};

std::vector<Setting> settings() {
  using config::TargetSettings;
  return {
      {"endpoint",
       {flag("--endpoint", &Options::endpoint), variable("FGSYNC_ENDPOINT"),
        key("endpoint", &TargetSettings::endpoint)},
       {"http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"},
       [](const Connection& connection) { return connection.endpoint.to_string(); }},
      {"region",
       {flag("--region", &Options::region), variable("FGSYNC_REGION"), key("region", &TargetSettings::region)},
       {"cn-north-1", "cn-north-4", "cn-east-2"},
       [](const Connection& connection) { return connection.region; }},
      {"project_id",
       {flag("--project-id", &Options::project_id), variable("FGSYNC_PROJECT_ID"),
        variable("HUAWEICLOUD_SDK_PROJECT_ID"), key("project_id", &TargetSettings::project_id)},
       {"p1", "p2", "p3", "p4"},
       [](const Connection& connection) { return connection.project_id; }},
      {"ca_file",
       {flag("--ca-file", &Options::ca_file), key("ca_file", &TargetSettings::ca_file)},
       {"/flag.pem", "/file.pem"},
       [](const Connection& connection) { return connection.ca_file.value_or(""); }},
      {"state_directory",
       {flag("--state", &Options::state_directory), variable("FGSYNC_STATE"), variable("STATE_DIRECTORY"),
        key("state_directory", &TargetSettings::state_directory), variable("XDG_STATE_HOME"), variable("HOME")},
       {"/s1", "/s2", "/s3", "/s4", "/s5", "/s6"},
       [](const Connection& connection) {
         const std::string& path = connection.state_directory;
         return path.substr(0, path.find('/', 1));
       }},
  };
}

}  // namespace

TEST_CASE("connection: a flag wins over the environment, and the environment over the file, for every setting") {
  for (const Setting& setting : settings()) {
    REQUIRE(setting.ways.size() == setting.values.size());
    for (std::size_t strongest = 0; strongest < setting.ways.size(); ++strongest) {
      Inputs inputs = base();
      inputs.config.state_directory.reset();
      for (std::size_t i = strongest; i < setting.ways.size(); ++i) setting.ways[i].give(inputs, setting.values[i]);
      CAPTURE(setting.key, setting.ways[strongest].name);
      const auto connection = resolved(inputs);
      REQUIRE(connection);
      CHECK(setting.read(*connection) == setting.values[strongest]);
    }
  }
}

TEST_CASE("connection: a relative home is no place for the state, unless another place is given") {
  for (const char* variable : {"HOME", "XDG_STATE_HOME"}) {
    CAPTURE(variable);
    Inputs inputs = base();
    inputs.config.state_directory.reset();
    inputs.variables[variable] = "rel";
    const auto refused = resolved(inputs);
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::invalid);
    CHECK(
        refused.error().message ==
        std::string(variable) +
            " is \"rel\", which is no absolute path, so there is no place for the state: correct it, give --state DIR, "
            "or --no-state to remember nothing");
    inputs.options.state_directory = "here";
    CHECK(resolved(inputs));
  }
}

TEST_CASE("connection: the reference of the configuration names the same flags and variables") {
  std::map<std::string, std::string> documented;
  for (const auto& part : manifest::schema::fields_of(config::document_shape())) {
    if (part.key != "spec") continue;
    for (const auto& field : manifest::schema::fields_of(part.shape)) {
      if (!field.api.empty()) documented.emplace(field.key, field.api);
    }
  }
  CHECK(documented.contains("parallel"));
  documented.erase("parallel");  // a number, see below
  for (const Setting& setting : settings()) {
    CAPTURE(setting.key);
    std::string names;
    for (const Way& way : setting.ways) {
      if (way.name == setting.key) break;  // what is weaker than the file is a default
      names += (names.empty() ? "" : ", ") + way.name;
    }
    CHECK(documented[setting.key] == names);
    documented.erase(setting.key);
  }
  CHECK(documented.empty());
}

TEST_CASE("connection: the number of functions at once is the flag's, else the file's, else 8") {
  Inputs inputs = base();
  CHECK(resolve_parallel(inputs.options, inputs.config) == 8);
  inputs.config.parallel = 4;
  CHECK(resolve_parallel(inputs.options, inputs.config) == 4);
  inputs.options.parallel = 2;
  CHECK(resolve_parallel(inputs.options, inputs.config) == 2);
}

TEST_CASE("connection: an endpoint wins over a region, wherever each comes from") {
  Inputs inputs = base();
  inputs.options.region = "cn-north-4";
  CHECK(resolved(inputs)->endpoint.to_string() == "http://127.0.0.1:1");
  inputs.config.endpoint.reset();
  inputs.variables["FGSYNC_TOKEN"] = "t";
  CHECK(resolved(inputs)->endpoint.to_string() == "https://functiongraph.cn-north-4.myhuaweicloud.com");
}

TEST_CASE("connection: the SDKs' variable replaces a region's endpoint, and only that region's") {
  Inputs inputs = base();
  inputs.config.region = "cn-north-4";
  inputs.variables["HUAWEICLOUD_SDK_REGION_FUNCTIONGRAPH_CN_NORTH_4"] = "http://127.0.0.1:9";
  CHECK(resolved(inputs)->endpoint.to_string() == "http://127.0.0.1:9");
  inputs.variables["FGSYNC_ENDPOINT"] = "http://127.0.0.1:8";
  CHECK(resolved(inputs)->endpoint.to_string() == "http://127.0.0.1:8");
  inputs.variables.erase("FGSYNC_ENDPOINT");
  inputs.config.region = "cn-north-1";
  CHECK(resolved(inputs)->endpoint.to_string() == "http://127.0.0.1:1");
}

TEST_CASE("connection: a region is looked up with its own cloud's names") {
  Inputs inputs = base();
  inputs.config.endpoint.reset();
  inputs.variables["FGSYNC_TOKEN"] = "t";
  const auto endpoint_in = [&](const std::string& region) {
    inputs.config.region = region;
    return resolved(inputs)->endpoint.to_string();
  };
  CHECK(endpoint_in("cn-north-4") == "https://functiongraph.cn-north-4.myhuaweicloud.com");
  CHECK(endpoint_in("eu-west-101") == "https://functiongraph.eu-west-101.myhuaweicloud.eu");
  CHECK(endpoint_in("eu-de") == "https://functiongraph.eu-de.otc.t-systems.com");
}

TEST_CASE("connection: an endpoint of another region than the region's is refused before anything is sent") {
  Inputs inputs = base();
  inputs.config.endpoint = "https://functiongraph.cn-north-1.myhuaweicloud.com";
  inputs.config.region = "cn-north-4";
  inputs.variables["FGSYNC_TOKEN"] = "t";
  const auto connection = resolved(inputs);
  REQUIRE_FALSE(connection);
  CHECK(connection.error().kind == ErrorKind::invalid);
  CHECK_THAT(connection.error().message, Catch::Contains("cn-north-1") && Catch::Contains("cn-north-4"));
}

TEST_CASE("connection: the project of a profile file is used when none is given") {
  const TempDirectory directory;
  directory.write("credentials", "[basic]\nak = A\nsk = S\nproject_id = from-profile\n");
  Inputs inputs = base();
  inputs.config.credentials = config::Profile{directory / "credentials", std::nullopt};
  CHECK(resolved(inputs)->project_id == "file");
  inputs.config.project_id.reset();
  CHECK(resolved(inputs)->project_id == "from-profile");
}

TEST_CASE("connection: what may be asked of the service has defaults, and no limit of the rate on this machine") {
  Inputs inputs = base();
  CHECK(resolved(inputs)->budget.requests_per_second == 0);
  CHECK(resolved(inputs)->budget.concurrency == 16);
  CHECK(resolved(inputs)->budget.bytes_in_flight == 24 * 1024 * 1024);
  inputs.config.budget = {5, 3, 1024 * 1024};
  CHECK(resolved(inputs)->budget.requests_per_second == 5);
  CHECK(resolved(inputs)->budget.concurrency == 3);
  CHECK(resolved(inputs)->budget.bytes_in_flight == 1024 * 1024);
  inputs.config.budget = {};
  inputs.config.endpoint = "https://fg.example.org";
  inputs.variables["FGSYNC_TOKEN"] = "t";
  CHECK(resolved(inputs)->budget.requests_per_second == 20);
}

TEST_CASE("connection: a proxy of the environment is for https, and not for what NO_PROXY names") {
  Inputs inputs = base();
  inputs.variables["HTTPS_PROXY"] = "http://proxy.example.org:8080";
  CHECK_FALSE(resolved(inputs)->proxy);
  inputs.variables["FGSYNC_TOKEN"] = "t";
  inputs.config.endpoint = "https://fg.example.org";
  REQUIRE(resolved(inputs)->proxy);
  CHECK(resolved(inputs)->proxy->host == "proxy.example.org");
  inputs.variables["NO_PROXY"] = "example.org";
  CHECK_FALSE(resolved(inputs)->proxy);
}

TEST_CASE("connection: without state nothing of the state's directory counts") {
  Inputs inputs = base();
  inputs.options.no_state = true;
  inputs.variables["FGSYNC_STATE"] = "/s";
  CHECK(resolved(inputs)->state_directory.empty());
}

TEST_CASE("connection: what is given nowhere is named with all the ways to give it") {
  const auto problem = [](void (*change)(Inputs&)) {
    Inputs inputs = base();
    change(inputs);
    const auto connection = resolved(inputs);
    return connection ? std::string() : connection.error().message;
  };
  CHECK(problem([](Inputs& inputs) { inputs.config.endpoint.reset(); }) ==
        "no endpoint: give --region or --endpoint, set FGSYNC_REGION or FGSYNC_ENDPOINT, or set spec.region in "
        "fgsync.yaml");
  CHECK(problem([](Inputs& inputs) { inputs.config.project_id.reset(); }) ==
        "no project: give --project-id, set FGSYNC_PROJECT_ID, or set spec.project_id in fgsync.yaml");
}

}  // namespace fgsync::cli::test
