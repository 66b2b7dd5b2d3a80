#pragma once

#include <optional>
#include <string>

#include "manifest/service_rules.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// Text that follows a rule of names.
std::optional<std::string> read_name(yaml::Report& report, const yaml::Value& value, const NameRule& rule);

/// A description: at most 512 characters, and none of our own markers.
std::optional<std::string> read_description(yaml::Report& report, const yaml::Value& value);

/// A path, not empty; a relative one is joined to the folder of `file`. Only the text is looked at.
std::optional<std::string> read_path(yaml::Report& report, const yaml::Value& value, const std::string& file);

/// `metadata.labels`.
std::map<std::string, std::string> read_labels(yaml::Report& report, const yaml::Value& value);

}  // namespace fgsync::manifest
