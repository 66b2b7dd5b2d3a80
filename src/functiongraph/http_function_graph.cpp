#include "functiongraph/http_function_graph.hpp"

#include <algorithm>
#include <utility>

#include "functiongraph/calls.hpp"
#include "functiongraph/error_codes.hpp"
#include "functiongraph/regions.hpp"

namespace fgsync::functiongraph {
namespace {

using enum http::Method;

// The verbs are plain functions that answer the call's coroutine: none of them has anything to wait for itself.
class HttpFunctionGraph final : public FunctionGraph {
 public:
  explicit HttpFunctionGraph(const ProjectPorts& ports)
      : project_id_(ports.project_id), region_(ports.region), calls_(ports) {}

  // ---- functions

  Answer<std::vector<FunctionRow>> list_functions(FunctionFilter filter, Deadline deadline) override {
    return list_ours(std::move(filter), deadline);
  }

  Answer<std::optional<FunctionRow>> find_function(std::string name, Deadline deadline) override {
    // The filter is fuzzy: it may bring more, never less.
    FunctionFilter filter;
    filter.name = name;
    auto rows = co_await list_ours(std::move(filter), deadline);
    if (!rows) co_return fail(std::move(rows).error());
    for (FunctionRow& row : *rows) {
      if (row.name == name) co_return std::optional<FunctionRow>(std::move(row));
    }
    co_return std::optional<FunctionRow>();
  }

  Answer<FunctionDetail> show_config(QualifiedUrn urn, Deadline deadline) override {
    return calls_.read(Call(get, path_of(urn, "/config"), "show configuration"), deadline, read_function);
  }

  Answer<CodeDetail> show_code(QualifiedUrn urn, Deadline deadline) override {
    return calls_.read(Call(get, path_of(urn, "/code"), "show code"), deadline, read_code);
  }

  Answer<FunctionDetail> import_function(ImportRequest request, Deadline deadline) override {
    return calls_.mutate(Call(post, calls_.path("/fgs/functions/import"), "import").with_body(write_import(request)),
                         deadline, read_function);
  }

  Answer<ExportedFunction> export_function(QualifiedUrn urn, ExportRequest request, Deadline deadline) override {
    const std::string what = "export";
    const bool is_by_type = !request.type.empty();
    auto call = Call(get, path_of(urn, "/export"), what)
                    .with_query("config", request.config && !is_by_type ? "true" : "")
                    .with_query("code", request.code && !is_by_type ? "true" : "")
                    .with_query("type", request.type);
    auto response = co_await calls_.fetch(std::move(call), deadline);
    if (!response) co_return fail(std::move(response).error());
    // All zips begin like this, and no JSON does.
    if (response->body.starts_with("PK")) co_return ExportedFunction{"", "", std::move(response->body)};
    co_return Calls::understood(what, Effect::read, *response, read_export_link(response->body));
  }

  Answer<FunctionDetail> create_function(CreateRequest request, Deadline deadline) override {
    return calls_.mutate(Call(post, calls_.path("/fgs/functions"), "create").with_body(write_create(request)), deadline,
                         read_function);
  }

  Answer<CodeDetail> update_code(FunctionUrn urn, CodeUpdate update, Deadline deadline) override {
    return calls_.mutate(Call(put, path_of(urn, "/code"), "update code").with_body(write_code(update)), deadline,
                         read_code);
  }

  Answer<FunctionDetail> update_config(FunctionUrn urn, std::string name, FunctionConfig config,
                                       Deadline deadline) override {
    return calls_.mutate(
        Call(put, path_of(urn, "/config"), "update configuration").with_body(write_config(name, config)), deadline,
        read_function);
  }

  Answer<FunctionDetail> update_max_instances(FunctionUrn urn, int max_instances, Deadline deadline) override {
    return calls_.mutate(Call(put, path_of(urn, "/config-max-instance"), "update the most instances")
                             .with_body(write_max_instances(max_instances)),
                         deadline, read_function);
  }

  Answer<void> delete_function(FunctionUrn urn, Deadline deadline) override {
    return calls_.mutate(Call(del, calls_.function_path(urn.text()), "delete function").answered_by(204), deadline);
  }

  // ---- versions

  Answer<std::vector<Version>> list_versions(FunctionUrn urn, Deadline deadline) override {
    OffsetList<Version> list;
    list.path = path_of(urn, "/versions");
    list.name = "versions";
    list.paging = OffsetList<Version>::Paging::uncertain;
    list.read = read_version_page;
    list.identity = [](const Version& version) { return version.name; };
    auto versions = co_await calls_.list(std::move(list), deadline);
    if (versions) std::erase_if(*versions, [](const Version& version) { return version.name == "latest"; });
    co_return versions;
  }

  Answer<Version> publish_version(FunctionUrn urn, PublishRequest request, Deadline deadline) override {
    return calls_.mutate(
        Call(post, path_of(urn, "/versions"), "publish " + request.version).with_body(write_publish(request)), deadline,
        read_version);
  }

  Answer<void> delete_version(VersionUrn urn, Deadline deadline) override {
    return calls_.mutate(
        Call(del, calls_.function_path(urn.text()), "delete version " + urn.version()).answered_by(204), deadline);
  }

  // ---- aliases

  Answer<std::vector<Alias>> list_aliases(FunctionUrn urn, Deadline deadline) override {
    return calls_.read(Call(get, path_of(urn, "/aliases"), "list aliases"), deadline, read_aliases);
  }

  Answer<Alias> show_alias(AliasUrn urn, Deadline deadline) override {
    return calls_.read(Call(get, alias_path(urn), "show alias " + urn.alias()), deadline, read_alias);
  }

  Answer<Alias> create_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) override {
    return calls_.mutate(
        Call(post, path_of(urn, "/aliases"), "create alias " + request.name).with_body(write_create_alias(request)),
        deadline, read_alias);
  }

  Answer<Alias> update_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) override {
    // It becomes part of the path.
    auto alias = AliasUrn::of(urn, request.name);
    if (!alias) co_return fail(std::move(alias).error());
    Call call(put, alias_path(*alias), "move alias " + request.name);
    call = std::move(call).with_body(write_update_alias(request));
    co_return co_await calls_.mutate(std::move(call), deadline, read_alias);
  }

  Answer<void> delete_alias(AliasUrn urn, Deadline deadline) override {
    return calls_.mutate(Call(del, alias_path(urn), "delete alias " + urn.alias()).answered_by(204), deadline);
  }

  // ---- what else belongs to a function

  Answer<std::optional<AsyncConfig>> show_async_config(QualifiedUrn urn, Deadline deadline) override {
    Call call(get, path_of(urn, "/async-invoke-config"), "show asynchronous configuration");
    auto config = co_await calls_.read(std::move(call), deadline, read_async_config);
    if (config) co_return std::optional<AsyncConfig>(std::move(*config));
    if (is_without_async_config(config.error())) co_return std::optional<AsyncConfig>();
    co_return fail(std::move(config).error());
  }

  Answer<std::vector<AsyncConfig>> list_async_configs(FunctionUrn urn, Deadline deadline) override {
    MarkedList<AsyncConfig> list;
    list.path = path_of(urn, "/async-invoke-configs");
    list.name = "asynchronous configurations";
    list.read = read_async_config_page;
    return calls_.list(std::move(list), deadline);
  }

  Answer<AsyncConfig> update_async_config(QualifiedUrn urn, AsyncConfig config, Deadline deadline) override {
    return calls_.mutate(Call(put, path_of(urn, "/async-invoke-config"), "update asynchronous configuration")
                             .with_body(write_async_config(config)),
                         deadline, read_async_config);
  }

  Answer<void> delete_async_config(QualifiedUrn urn, Deadline deadline) override {
    return calls_.mutate(
        Call(del, path_of(urn, "/async-invoke-config"), "delete asynchronous configuration").answered_by(204),
        deadline);
  }

  Answer<Tags> list_tags(FunctionUrn urn, Deadline deadline) override {
    return calls_.read(Call(get, tags_path(urn), "list tags"), deadline, read_tags);
  }

  Answer<void> create_tags(FunctionUrn urn, Tags tags, Deadline deadline) override {
    return calls_.mutate(Call(post, tags_path(urn) + "/create", "create tags")
                             .with_body(write_tags(TagAction::create, tags))
                             .answered_by(204),
                         deadline);
  }

  Answer<void> delete_tags(FunctionUrn urn, Tags tags, Deadline deadline) override {
    return calls_.mutate(Call(del, tags_path(urn) + "/delete", "delete tags")
                             .with_body(write_tags(TagAction::del, tags))
                             .answered_by(204),
                         deadline);
  }

  Answer<std::vector<ReservedInstancesRow>> list_reserved_instances(std::optional<FunctionUrn> urn,
                                                                    Deadline deadline) override {
    MarkedList<ReservedInstancesRow> list;
    list.path = calls_.path("/fgs/functions/reservedinstanceconfigs");
    list.name = "reserved instances";
    list.read = read_reserved_instances_page;
    if (urn) list.filters = {{"function_urn", urn->text()}};
    return calls_.list(std::move(list), deadline);
  }

  Answer<std::vector<ReservedCount>> list_reserved_counts(std::optional<FunctionUrn> urn, Deadline deadline) override {
    MarkedList<ReservedCount> list;
    list.path = calls_.path("/fgs/functions/reservedinstances");
    list.name = "numbers of reserved instances";
    list.read = read_reserved_count_page;
    if (urn) list.filters = {{"urn", urn->text()}};
    return calls_.list(std::move(list), deadline);
  }

  Answer<ReservedInstances> update_reserved_instances(QualifiedUrn urn, ReservedInstances instances,
                                                      Deadline deadline) override {
    return calls_.mutate(Call(put, path_of(urn, "/reservedinstances"), "update reserved instances")
                             .with_body(write_reserved_instances(instances)),
                         deadline, read_reserved_instances);
  }

  Answer<std::vector<Quota>> list_quotas(Deadline deadline) override {
    return calls_.read(Call(get, calls_.path("/fgs/quotas"), "list quotas"), deadline, read_quotas);
  }

 private:
  /// Below a function, version or alias. Always with something below, so that no DELETE of it is the function's.
  [[nodiscard]] std::string path_of(const QualifiedUrn& urn, std::string_view below) const {
    return calls_.function_path(urn.text(), below);
  }
  [[nodiscard]] std::string alias_path(const AliasUrn& urn) const {
    return path_of(urn.function(), "/aliases/" + urn.alias());
  }
  /// Tags are resources of their own, so they are not below /fgs.
  [[nodiscard]] std::string tags_path(const FunctionUrn& urn) const {
    return calls_.path("/functions/" + urn.text() + "/tags");
  }

  /// Those that the filter names. An answer about another project, or of another region, is an
  /// error: nothing may be decided on it.
  Answer<std::vector<FunctionRow>> list_ours(FunctionFilter filter, Deadline deadline) {
    OffsetList<FunctionRow> list;
    list.path = calls_.path("/fgs/functions");
    list.name = "functions";
    list.read = filter.is_brief ? read_brief_function_page : read_function_page;
    list.identity = [](const FunctionRow& row) { return row.urn.text(); };
    list.filters = {{"package_name", std::move(filter.app)}, {"func_name", std::move(filter.name)}};
    auto rows = co_await calls_.list(std::move(list), deadline);
    if (!rows) co_return rows;
    for (const FunctionRow& row : *rows) {
      auto is_ours = check_urn(row.urn, region_, project_id_);
      if (!is_ours) co_return fail(with_context(std::move(is_ours).error(), "list functions"));
    }
    co_return rows;
  }

  /// Not found, and not because the function itself is missing.
  static bool is_without_async_config(const Error& error) {
    const std::string_view code = code_of(error);
    return code == codes::kNoResource || code == codes::kGone;
  }

  std::string project_id_;
  std::string region_;
  Calls calls_;
};

}  // namespace

std::unique_ptr<FunctionGraph> make_http_function_graph(ProjectPorts ports) {
  return std::make_unique<HttpFunctionGraph>(ports);
}

bool is_project_id(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace fgsync::functiongraph
