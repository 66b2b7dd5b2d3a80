#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "functiongraph/dependencies.hpp"
#include "functiongraph/invocations.hpp"
#include "functiongraph/triggers.hpp"
#include "functiongraph/types.hpp"

/// JSON ↔ values (models: the fields of every operation). Pure. Readers ignore fields they do not know and fail with
/// `corrupt`, naming the field, where one that a decision rests on is missing or of another type.
namespace fgsync::functiongraph {

// ---- lists

/// A part of a list that goes on at an offset.
template <class Row>
struct OffsetPage {
  std::vector<Row> rows;
  std::int64_t next_marker = 0;
  std::optional<std::int64_t> count;  ///< rows of the whole list
};
/// A part of a list that goes on at a mark of the service's.
template <class Row>
struct MarkedPage {
  std::vector<Row> rows;
  std::string next_marker;            ///< empty: this was the last
  std::optional<std::int64_t> count;  ///< rows of the whole list
};

Result<OffsetPage<FunctionRow>> read_function_page(const std::string& body);
Result<OffsetPage<FunctionRow>> read_brief_function_page(const std::string& body);  ///< see FunctionFilter::is_brief
Result<OffsetPage<Version>> read_version_page(const std::string& body);             ///< `latest` included
Result<OffsetPage<DependencyVersion>> read_dependency_page(const std::string& body);
Result<MarkedPage<AsyncConfig>> read_async_config_page(const std::string& body);
Result<MarkedPage<ReservedInstancesRow>> read_reserved_instances_page(const std::string& body);
Result<MarkedPage<ReservedCount>> read_reserved_count_page(const std::string& body);
Result<std::vector<Alias>> read_aliases(const std::string& body);
Result<std::vector<Trigger>> read_triggers(const std::string& body);
Result<std::vector<Quota>> read_quotas(const std::string& body);

// ---- single answers

Result<FunctionDetail> read_function(const std::string& body);
Result<CodeDetail> read_code(const std::string& body);
/// The answer to an export when it is not the package itself.
Result<ExportedFunction> read_export_link(const std::string& body);
Result<Version> read_version(const std::string& body);
Result<Alias> read_alias(const std::string& body);
Result<AsyncConfig> read_async_config(const std::string& body);
Result<Tags> read_tags(const std::string& body);
Result<ReservedInstances> read_reserved_instances(const std::string& body);
Result<Trigger> read_trigger(const std::string& body);
Result<DependencyVersion> read_dependency(const std::string& body);
Result<InvocationResult> read_invocation(const std::string& body);
Result<std::string> read_request_id(const std::string& body);
Result<SnapshotState> read_snapshot(const std::string& body);

// ---- requests

/// A body with code in it, as what stands before and after the code's base64. Without code `bytes` is null.
struct BodyWithCode {
  std::string before;
  std::shared_ptr<const ByteSource> bytes;
  std::string after;
};

BodyWithCode write_import(const ImportRequest& request);
BodyWithCode write_create(const CreateRequest& request);
BodyWithCode write_code(const CodeUpdate& update);
BodyWithCode write_dependency(const DependencyUpload& upload);
std::string write_config(const std::string& name, const FunctionConfig& config);
std::string write_max_instances(int max_instances);
std::string write_publish(const PublishRequest& request);
std::string write_create_alias(const AliasRequest& request);
std::string write_update_alias(const AliasRequest& request);
std::string write_async_config(const AsyncConfig& config);
enum class TagAction { create, del };
std::string write_tags(TagAction action, const Tags& tags);
std::string write_reserved_instances(const ReservedInstances& instances);
/// Errors `invalid` when the event data is not JSON of its kind; the message does not hold it.
Result<std::string> write_trigger(const TriggerRequest& request);
Result<std::string> write_trigger_update(const TriggerUpdate& update);
/// Error `invalid` when the event is not a JSON object.
Result<std::string> write_event(const Invocation& invocation);

}  // namespace fgsync::functiongraph
