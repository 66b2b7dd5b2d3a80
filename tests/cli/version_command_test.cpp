#include "cli/version_command.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/plan_json.hpp"

using namespace fgsync;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace

TEST_CASE("the version as JSON has the keys that scripts rely on, in their order") {
  const Json version = Json::parse(cli::render_version_json());
  CHECK(keys_of(version) == std::vector<std::string>{"name", "version", "format_version", "build", "libraries"});
  CHECK(keys_of(version["build"]) == std::vector<std::string>{"type", "compiler", "platform"});
  CHECK(keys_of(version["libraries"]) == std::vector<std::string>{"boost", "c-ares", "cli11", "libzip", "nlohmann-json",
                                                                  "openssl", "spdlog", "sqlite", "utf8proc", "yaml-cpp",
                                                                  "zlib"});
}

TEST_CASE("the version as JSON and as text is the same, and the format is the plan's") {
  const Json version = Json::parse(cli::render_version_json());
  CHECK(cli::render_version_text() == "fgsync " + version["version"].get<std::string>() + "\n");
  CHECK(version["format_version"] == cli::kFormatVersion);
}

TEST_CASE("the version of each library begins with a number") {
  const Json version = Json::parse(cli::render_version_json());
  for (const auto& [library, number] : version["libraries"].items()) {
    INFO(library << " " << number);
    const std::string text = number;
    CHECK(text.find_first_not_of("0123456789.") != 0);
    CHECK(text.find('.') != std::string::npos);
  }
}
