#include "cli/version_command.hpp"

#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_json.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

#ifdef __clang__
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

/// Those of the headers that this was built with; a shared library may be newer.
constexpr std::array<std::pair<const char*, const char*>, 11> kLibraries{{
    {"boost", FGSYNC_BOOST_VERSION},
    {"c-ares", FGSYNC_CARES_VERSION},
    {"cli11", FGSYNC_CLI11_VERSION},
    {"libzip", FGSYNC_LIBZIP_VERSION},
    {"nlohmann-json", FGSYNC_NLOHMANN_JSON_VERSION},
    {"openssl", FGSYNC_OPENSSL_VERSION},
    {"spdlog", FGSYNC_SPDLOG_VERSION},
    {"sqlite", FGSYNC_SQLITE_VERSION},
    {"utf8proc", FGSYNC_UTF8PROC_VERSION},
    {"yaml-cpp", FGSYNC_YAMLCPP_VERSION},
    {"zlib", FGSYNC_ZLIB_VERSION},
}};

}  // namespace

std::string render_version_text() {
  return std::string("fgsync ") + FGSYNC_VERSION + "\n";
}

std::string render_version_json() {
  Json libraries = Json::object();
  for (const auto& [name, version] : kLibraries) libraries[name] = version;
  const Json build{{"type", FGSYNC_BUILD_TYPE}, {"compiler", kCompiler}, {"platform", FGSYNC_PLATFORM}};
  const Json document{{"name", "fgsync"},
                      {"version", FGSYNC_VERSION},
                      {"format_version", kFormatVersion},
                      {"build", build},
                      {"libraries", std::move(libraries)}};
  return document.dump(2) + "\n";
}

int run_version(const Options& options) {
  std::cout << (options.format == Format::json ? render_version_json() : render_version_text());
  return kOk;
}

}  // namespace fgsync::cli
