#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "functiongraph/urn.hpp"

namespace fgsync::functiongraph {

/// The configuration of a function or version, as far as fgsync manages it. Names and units are the service's.
struct FunctionConfig {
  std::string runtime;
  std::string handler;
  int memory_size = 0;  ///< MB
  std::chrono::seconds timeout{};
  std::string description;  ///< as stored by the service, markers included
  std::map<std::string, std::string> user_data;
  /// A JSON object with the other fields that a configuration update takes, as the service last answered them. An
  /// update replaces the whole configuration, so they are sent back untouched; empty: none.
  std::string unmanaged;
  /// Whether encrypted environment variables are set. They read back blank, so an update would erase them.
  bool has_encrypted_user_data = false;
};

/// One row of the list of functions: their `latest`.
struct FunctionRow {
  FunctionUrn urn;
  std::string name;
  std::string app;  ///< the service's `package`
  RemoteDigest digest;
  std::int64_t code_size = 0;  ///< bytes
  std::string description;     ///< markers included
  std::string image_name;      ///< changes with every build of code or configuration
  std::string last_modified;   ///< informational: its format and zone vary
};

/// `latest` of one function, whole.
struct FunctionDetail {
  FunctionRow row;
  FunctionConfig config;
};

/// A published version: an immutable snapshot of code and configuration.
struct Version {
  std::string name;
  RemoteDigest digest;
  FunctionConfig config;
  /// The version's own description. The service's documents disagree on whether lists have it: absent = unknown.
  std::optional<std::string> description;
};

struct Alias {
  std::string name;
  std::string version;
  std::string description;
  std::map<std::string, int> additional_version_weights;  ///< percent
};

struct ImportRequest {
  std::string name;
  std::string app;
  std::string file_name;  ///< ends with .zip
  std::string package;    ///< the import package's bytes
};

struct CreateRequest {
  std::string name;
  std::string app;
  FunctionConfig config;
  std::string code_filename;
  std::string code_zip;  ///< bytes
};

struct CodeUpdate {
  std::string code_filename;
  std::string code_zip;  ///< bytes
};

struct PublishRequest {
  std::string version;  ///< always named beforehand: a repeated publish then collides instead of multiplying
  std::string description;
};

struct AliasRequest {
  std::string name;
  std::string version;
  std::string description;
};

}  // namespace fgsync::functiongraph
