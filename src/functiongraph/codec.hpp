#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "functiongraph/types.hpp"

namespace fgsync::functiongraph {

// JSON ↔ values. Pure. Readers ignore fields they do not know and fail with `corrupt`, naming the field, where one
// that a decision rests on is missing or of another type.

struct FunctionPage {
  std::vector<FunctionRow> rows;
  std::int64_t next_marker = 0;
  std::optional<std::int64_t> count;
};
struct VersionPage {
  std::vector<Version> versions;  ///< `latest` included
  std::int64_t next_marker = 0;
  std::optional<std::int64_t> count;
};

Result<FunctionPage> read_function_page(const std::string& body);
Result<VersionPage> read_version_page(const std::string& body);
Result<FunctionDetail> read_function(const std::string& body);
Result<Version> read_version(const std::string& body);
Result<RemoteDigest> read_code_digest(const std::string& body);
Result<std::vector<Alias>> read_aliases(const std::string& body);
Result<Alias> read_alias(const std::string& body);

std::string write_import(const ImportRequest& request);
std::string write_create(const CreateRequest& request);
std::string write_code(const CodeUpdate& update);
std::string write_config(const std::string& name, const FunctionConfig& config);
std::string write_publish(const PublishRequest& request);
std::string write_create_alias(const AliasRequest& request);
std::string write_update_alias(const AliasRequest& request);

}  // namespace fgsync::functiongraph
