#pragma once

#include <optional>
#include <string>

#include "manifest/service_rules.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// Text that follows a rule of names.
std::optional<std::string> read_name(yaml::Report& report, const yaml::Value& value, const NameRule& rule);

/// A path, not empty; a relative one is joined to the folder of `file`. Only the text is looked at.
std::optional<std::string> read_path(yaml::Report& report, const yaml::Value& value, const std::string& file);

/// A path as it stands in a file: a relative one is joined to the file's folder. Nothing is looked up.
std::string joined_path(const std::string& file, const std::string& path);

}  // namespace fgsync::manifest
