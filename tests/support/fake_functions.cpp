// FakeFunctionGraph: functions, their code and their configuration.
#include <algorithm>

#include "tests/support/all_bytes.hpp"
#include "tests/support/fake_function_graph.hpp"
#include "tests/support/fake_package.hpp"
#include "tests/support/fake_rules.hpp"
#include "tests/support/fake_views.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

Result<void> check_name(const FakeService& service, const std::string& app, const std::string& name) {
  if (!is_name(NameOf::function, name)) return refuse(refusals::kInvalidFunctionName);
  if (service.functions.contains(name)) return refuse(refusals::kFunctionExists);
  if (service.functions.size() >= service.limits.functions) return refuse(refusals::kTooManyFunctions);
  if (app == name) return refuse(refusals::kAppIsFunction);
  return {};
}

Result<void> check_dependencies(const FakeService& service, const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    const bool is_known = std::any_of(service.dependencies.begin(), service.dependencies.end(),
                                      [&](const DependencyVersion& known) { return known.id == id; });
    if (!is_known) return refuse(refusals::kUnknownDependency);
  }
  return {};
}

FunctionDetail add_function(FakeService& service, FakeFunction function) {
  service.rebuild(function.latest);
  const std::string name(function.urn.name());
  const FakeFunction& added = service.functions.emplace(name, std::move(function)).first->second;
  return detail_of(service, added, added.latest);
}

Result<FunctionDetail> create(FakeService& service, const CreateRequest& request) {
  const std::string app = request.app.empty() ? "default" : request.app;
  // Only an import refuses a function that is named like its app.
  if (auto checked = check_name(service, "", request.name); !checked) return fail(std::move(checked).error());
  if (auto checked = check(request.config); !checked) return fail(std::move(checked).error());
  if (auto checked = check_dependencies(service, request.depend_version_list); !checked) {
    return fail(std::move(checked).error());
  }
  auto code = receive(request.code, request.config);
  if (!code) return fail(std::move(code).error());
  FakeFunction function{service.urn_of(app, request.name)};
  if (!request.type.empty()) function.type = request.type;
  function.code_encrypt_kms_key_id = request.code_encrypt_kms_key_id;
  function.latest.config = as_created(request.config);
  function.latest.code = std::move(*code);
  function.latest.depend_version_list = request.depend_version_list;
  return add_function(service, std::move(function));
}

Result<FunctionDetail> import(FakeService& service, const ImportRequest& request) {
  const std::string app = request.app.empty() ? "default" : request.app;
  if (auto checked = check_name(service, app, request.name); !checked) return fail(std::move(checked).error());
  if (!request.file_name.ends_with(".zip")) return refuse(refusals::kInvalidFileType);
  auto package = read_package(all_bytes(*request.package), request.name);
  if (!package) return fail(std::move(package).error());
  if (auto checked = check(package->config); !checked) return fail(std::move(checked).error());
  FakeFunction function{service.urn_of(app, request.name)};
  function.latest.config = as_created(std::move(package->config));
  function.latest.code = std::move(package->code);
  return add_function(service, std::move(function));
}

Result<CodeDetail> update(FakeService& service, const FunctionUrn& urn, const CodeUpdate& update) {
  auto target = service.resolve(urn);
  if (!target) return fail(std::move(target).error());
  FakeVersion changed = target->function.latest;
  if (update.depend_version_list) changed.depend_version_list = *update.depend_version_list;
  if (auto checked = check_dependencies(service, changed.depend_version_list); !checked) {
    return fail(std::move(checked).error());
  }
  auto code = receive(update.code, changed.config);
  if (!code) return fail(std::move(code).error());
  changed.code = std::move(*code);
  FakeVersion& latest = target->function.latest;
  if (has_same_content(changed, latest)) return refuse(refusals::kSameCode);
  latest = std::move(changed);
  service.rebuild(latest);
  return code_of(service, target->function, latest);
}

Result<ExportedFunction> export_of(const FakeTarget& target, ExportRequest request) {
  const std::string name(target.function.urn.name());
  if (request.type == "code") return ExportedFunction{name + ".zip", "https://obs.example/" + name + ".zip", ""};
  if (request.type == "config") {
    request.code = false;
  } else if (!request.type.empty() || (!request.config && !request.code)) {
    return refuse(refusals::kInvalidQuery);
  }
  const FakePackage package{target.version.config, target.version.code};
  return ExportedFunction{"", "", write_package(name, package, request)};
}

Result<FunctionDetail> replace_config(FakeService& service, FakeFunction& function, FunctionConfig config) {
  if (auto checked = check(config); !checked) return fail(std::move(checked).error());
  FakeVersion changed = function.latest;
  changed.config = as_stored(std::move(config));
  if (!has_same_content(changed, function.latest)) {
    function.latest = std::move(changed);
    service.rebuild(function.latest);
  }
  return detail_of(service, function, function.latest);
}

}  // namespace

Answer<std::vector<FunctionRow>> FakeFunctionGraph::list_functions(FunctionFilter filter, Deadline /*deadline*/) {
  auto list = [this, filter = std::move(filter)]() -> Result<std::vector<FunctionRow>> {
    std::vector<FunctionRow> rows;
    for (const auto& [name, function] : service_.functions) {
      const bool is_in_app = filter.app.empty() || function.urn.app() == filter.app;
      if (is_in_app && name.find(filter.name) != std::string::npos) rows.push_back(row_of(function));
    }
    return rows;
  };
  return service_.serve<std::vector<FunctionRow>>(Effect::read, "list functions", std::move(list));
}

Answer<std::optional<FunctionRow>> FakeFunctionGraph::find_function(std::string name, Deadline /*deadline*/) {
  const std::string line = "find " + name;
  auto find = [this, name = std::move(name)]() -> Result<std::optional<FunctionRow>> {
    const auto found = service_.functions.find(name);
    if (found == service_.functions.end()) return std::nullopt;
    return row_of(found->second);
  };
  return service_.serve<std::optional<FunctionRow>>(Effect::read, line, std::move(find));
}

Answer<FunctionDetail> FakeFunctionGraph::show_config(QualifiedUrn urn, Deadline /*deadline*/) {
  auto show = [this, urn]() -> Result<FunctionDetail> {
    return service_.resolve(urn).map(
        [this](const FakeTarget& target) { return detail_of(service_, target.function, target.version); });
  };
  return service_.serve<FunctionDetail>(Effect::read, "show config " + short_name(urn), std::move(show));
}

Answer<CodeDetail> FakeFunctionGraph::show_code(QualifiedUrn urn, Deadline /*deadline*/) {
  auto show = [this, urn]() -> Result<CodeDetail> {
    return service_.resolve(urn).map(
        [this](const FakeTarget& target) { return code_of(service_, target.function, target.version); });
  };
  return service_.serve<CodeDetail>(Effect::read, "show code " + short_name(urn), std::move(show));
}

Answer<FunctionDetail> FakeFunctionGraph::import_function(ImportRequest request, Deadline /*deadline*/) {
  const std::string line = "import " + request.name;
  auto apply = [this, request = std::move(request)] { return import(service_, request); };
  return service_.serve<FunctionDetail>(Effect::mutation, line, std::move(apply));
}

Answer<ExportedFunction> FakeFunctionGraph::export_function(QualifiedUrn urn, ExportRequest request,
                                                            Deadline /*deadline*/) {
  auto show = [this, urn, request = std::move(request)]() -> Result<ExportedFunction> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    return export_of(*target, request);
  };
  return service_.serve<ExportedFunction>(Effect::read, "export " + short_name(urn), std::move(show));
}

Answer<FunctionDetail> FakeFunctionGraph::create_function(CreateRequest request, Deadline /*deadline*/) {
  const std::string line = "create " + request.name;
  auto apply = [this, request = std::move(request)] { return create(service_, request); };
  return service_.serve<FunctionDetail>(Effect::mutation, line, std::move(apply));
}

Answer<CodeDetail> FakeFunctionGraph::update_code(FunctionUrn urn, CodeUpdate update, Deadline /*deadline*/) {
  const std::string line = "update code " + short_name(urn);
  auto apply = [this, urn, update = std::move(update)] { return test::update(service_, urn, update); };
  return service_.serve<CodeDetail>(Effect::mutation, line, std::move(apply));
}

Answer<FunctionDetail> FakeFunctionGraph::update_config(FunctionUrn urn, std::string name, FunctionConfig config,
                                                        Deadline /*deadline*/) {
  const std::string line = "update config " + short_name(urn);
  auto apply = [this, urn, name = std::move(name), config = std::move(config)]() -> Result<FunctionDetail> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    if (name != urn.name()) return refuse(refusals::kInvalidFunctionName);
    if (config.runtime != target->version.config.runtime) return refuse(refusals::kInvalidRuntime);
    return replace_config(service_, target->function, config);
  };
  return service_.serve<FunctionDetail>(Effect::mutation, line, std::move(apply));
}

Answer<FunctionDetail> FakeFunctionGraph::update_max_instances(FunctionUrn urn, int max_instances,
                                                               Deadline /*deadline*/) {
  const std::string line = "update max instances " + short_name(urn) + " " + std::to_string(max_instances);
  auto apply = [this, urn, max_instances]() -> Result<FunctionDetail> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    FunctionConfig config = target->version.config;
    config.strategy_config->concurrency = max_instances;
    return replace_config(service_, target->function, std::move(config));
  };
  return service_.serve<FunctionDetail>(Effect::mutation, line, std::move(apply));
}

Answer<void> FakeFunctionGraph::delete_function(FunctionUrn urn, Deadline /*deadline*/) {
  auto apply = [this, urn]() -> Result<void> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    service_.functions.erase(std::string(urn.name()));
    return {};
  };
  return service_.serve<void>(Effect::mutation, "delete function " + short_name(urn), std::move(apply));
}

}  // namespace fgsync::test
