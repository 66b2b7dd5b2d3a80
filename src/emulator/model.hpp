#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/open_questions.hpp"

namespace fgsync::emulator {

/// What does not change during a function's life.
struct FunctionRow {
  std::int64_t id = 0;  ///< in the store
  std::string region;
  std::string project;
  std::string app;  ///< the service's `package`
  std::string name;
  std::string func_id;
};

struct CodeFacts {
  std::string type;
  std::string filename;
  std::string digest;  ///< SHA-512, lower-case hex, of the received bytes
  std::int64_t size = 0;
};

/// `latest` or a published version: code and configuration at one time.
struct Version {
  std::string name = "latest";
  std::string description;  ///< of the version, not of the function
  std::string image_name;
  std::string last_modified;
  CodeFacts code;
  std::string settings;  ///< the configuration, canonical JSON (settings.hpp)
};

struct Alias {
  std::string name;
  std::string version;
  std::string description;
  std::string last_modified;
  std::string additional_version;  ///< empty: none
  std::string weights;             ///< JSON object; empty: none
  std::string strategy;            ///< JSON object; empty: none
};

/// What answers show of a version that is kept apart from it.
struct Extras {
  std::string dependencies = "[]";  ///< JSON list: those of depend_version_list that exist, in its order
  std::string async_config;         ///< JSON object; empty: none
  std::string reserved_instances;   ///< JSON object; empty: none
  UrnForm urn_form = UrnForm::suffixed;
};

/// `urn:fss:…:<name>`
std::string urn_of(const FunctionRow& function);
/// `urn:fss:…:<name>:<qualifier>`
std::string urn_of(const FunctionRow& function, const std::string& qualifier);
/// The id of the account that a project belongs to: always the same 32 hex digits for a project.
std::string domain_of(const std::string& project);

// The JSON of answers, as each page documents it.

/// Answer of GET and PUT config, create and max instances.
std::string render_config(const FunctionRow& function, const Version& version, const Extras& extras);
/// Answer of import: the same with the description of the version.
std::string render_imported(const FunctionRow& function, const Version& version, const Extras& extras);
/// Answer of publish: the same with what belongs to the version, and with what only the older examples have.
std::string render_published(const FunctionRow& function, const Version& version, const Extras& extras,
                             std::chrono::system_clock::time_point now);
/// Answer of GET and PUT code. The code itself is not returned, as documented.
std::string render_code(const FunctionRow& function, const Version& version, const Extras& extras);
/// Entry of the list of versions.
std::string render_version_item(const FunctionRow& function, const Version& version, const Extras& extras);
/// Entry of the list of functions.
std::string render_function_item(const FunctionRow& function, const Version& version, const Extras& extras);

enum class AliasView { full, without_strategy };
std::string render_alias(const FunctionRow& function, const Alias& alias, AliasView view);

}  // namespace fgsync::emulator
