#include "functiongraph/calls.hpp"
#include "functiongraph/error_codes.hpp"

namespace fgsync::functiongraph {
namespace {

using enum http::Method;

/// Empty when it is not said.
std::string text_of(std::optional<bool> flag) {
  if (!flag) return "";
  return *flag ? "true" : "false";
}

class HttpDependencies final : public Dependencies {
 public:
  explicit HttpDependencies(ProjectPorts ports) : calls_(std::move(ports)) {}

  Answer<std::vector<DependencyVersion>> list_dependencies(DependencyFilter filter, Deadline deadline) override {
    auto list = list_at(calls_.path("/fgs/dependencies"), "dependencies");
    list.filters = {{"dependency_type", filter.type},
                    {"runtime", filter.runtime},
                    {"name", filter.name},
                    {"ispublic", text_of(filter.is_public)},
                    {"limit", filter.limit ? std::to_string(*filter.limit) : ""}};
    return calls_.list(std::move(list), deadline);
  }

  Answer<std::vector<DependencyVersion>> list_dependency_versions(std::string dep_id, Deadline deadline) override {
    if (auto refused = refuse_id(dep_id)) co_return fail(std::move(*refused));
    auto list = list_at(version_path(dep_id), "versions of a dependency");
    list.missing_code = codes::kNoDependency;
    co_return co_await calls_.list(std::move(list), deadline);
  }

  Answer<DependencyVersion> show_dependency_version(std::string dep_id, std::int64_t version,
                                                    Deadline deadline) override {
    if (auto refused = refuse_id(dep_id)) co_return fail(std::move(*refused));
    Call call(get, version_path(dep_id, version), "show version of a dependency");
    call = std::move(call).missing_as(codes::kNoDependency);
    co_return co_await calls_.read(std::move(call), deadline, read_dependency);
  }

  Answer<DependencyVersion> create_dependency_version(DependencyUpload upload, Deadline deadline) override {
    return calls_.mutate(Call(post, calls_.path("/fgs/dependencies/version"), "create version of " + upload.name)
                             .with_body(write_dependency(upload)),
                         deadline, read_dependency);
  }

  Answer<void> delete_dependency_version(std::string dep_id, std::int64_t version, Deadline deadline) override {
    if (auto refused = refuse_id(dep_id)) co_return fail(std::move(*refused));
    Call call(del, version_path(dep_id, version), "delete version of a dependency");
    call = std::move(call).answered_by(204).missing_as(codes::kNoDependency);
    co_return co_await calls_.mutate(std::move(call), deadline);
  }

 private:
  static std::optional<Error> refuse_id(const std::string& dep_id) {
    if (is_path_segment(dep_id)) return std::nullopt;
    return Error(ErrorKind::invalid, "not the id of a dependency");
  }

  static OffsetList<DependencyVersion> list_at(std::string path, std::string name) {
    OffsetList<DependencyVersion> list;
    list.path = std::move(path);
    list.name = std::move(name);
    list.read = read_dependency_page;
    list.identity = [](const DependencyVersion& row) { return row.id + '/' + std::to_string(row.version); };
    return list;
  }

  [[nodiscard]] std::string version_path(const std::string& dep_id) const {
    return calls_.path("/fgs/dependencies/" + dep_id + "/version");
  }
  [[nodiscard]] std::string version_path(const std::string& dep_id, std::int64_t version) const {
    return version_path(dep_id) + '/' + std::to_string(version);
  }

  Calls calls_;
};

}  // namespace

std::unique_ptr<Dependencies> make_http_dependencies(ProjectPorts ports) {
  return std::make_unique<HttpDependencies>(std::move(ports));
}

}  // namespace fgsync::functiongraph
