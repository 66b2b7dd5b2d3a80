#include "tests/support/fake_dependencies.hpp"

#include <algorithm>

#include "tests/support/all_bytes.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

bool fits(const DependencyFilter& filter, const DependencyVersion& version) {
  const bool is_ours = filter.type != "public" && !filter.is_public.value_or(false);
  return is_ours && (filter.name.empty() || version.name.find(filter.name) != std::string::npos) &&
         (filter.runtime.empty() || version.runtime == filter.runtime);
}

/// The versions of one dependency, newest first; an error when there is none.
Result<std::vector<DependencyVersion>> versions_of(const FakeService& service, const std::string& dep_id) {
  std::vector<DependencyVersion> versions;
  std::copy_if(service.dependencies.rbegin(), service.dependencies.rend(), std::back_inserter(versions),
               [&](const DependencyVersion& version) { return version.dep_id == dep_id; });
  if (versions.empty()) return refuse(refusals::kNoDependency);
  return versions;
}

Result<DependencyVersion> find(const FakeService& service, const std::string& dep_id, std::int64_t number) {
  const auto& all = service.dependencies;
  const auto found = std::find_if(all.begin(), all.end(), [&](const DependencyVersion& version) {
    return version.dep_id == dep_id && version.version == number;
  });
  if (found == all.end()) return refuse(refusals::kNoDependency);
  return *found;
}

bool is_used(const FakeService& service, const std::string& id) {
  auto uses = [&](const FakeVersion& version) {
    const auto& list = version.depend_version_list;
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  return std::any_of(service.functions.begin(), service.functions.end(), [&](const auto& entry) {
    const FakeFunction& function = entry.second;
    return uses(function.latest) || std::any_of(function.published.begin(), function.published.end(), uses);
  });
}

Result<DependencyVersion> create(FakeService& service, const DependencyUpload& upload) {
  if (upload.name.empty()) return refuse(refusals::kInvalidParameter);
  if (upload.runtime.empty()) return refuse(refusals::kInvalidRuntime);
  const std::string bytes = upload.bytes ? all_bytes(*upload.bytes) : "";
  if (upload.link.empty() && !bytes.starts_with("PK")) return refuse(refusals::kInvalidCode);
  DependencyVersion version;
  version.id = service.new_id();
  version.dep_id = service.new_id();
  version.version = 1;
  for (const DependencyVersion& other : service.dependencies) {
    if (other.name != upload.name || other.runtime != upload.runtime) continue;
    version.dep_id = other.dep_id;
    version.version = other.version + 1;
  }
  version.name = upload.name;
  version.runtime = upload.runtime;
  version.description = upload.description;
  version.link = upload.link;
  version.size = static_cast<std::int64_t>(bytes.size());
  version.last_modified = service.now().at;
  service.dependencies.push_back(version);
  return version;
}

std::string line_of(const char* verb, const std::string& dep_id, std::int64_t version) {
  return verb + dep_id + " " + std::to_string(version);
}

}  // namespace

Answer<std::vector<DependencyVersion>> FakeDependencies::list_dependencies(DependencyFilter filter,
                                                                           Deadline /*deadline*/) {
  auto list = [this, filter = std::move(filter)]() -> Result<std::vector<DependencyVersion>> {
    // The newest version stands for the dependency.
    std::map<std::string, DependencyVersion> newest;
    for (const DependencyVersion& version : service_.dependencies) {
      if (fits(filter, version)) newest[version.dep_id] = version;
    }
    std::vector<DependencyVersion> rows;
    for (const auto& [dep_id, version] : newest) rows.push_back(version);
    return rows;
  };
  return service_.serve<std::vector<DependencyVersion>>(Effect::read, "list dependencies", std::move(list));
}

Answer<std::vector<DependencyVersion>> FakeDependencies::list_dependency_versions(std::string dep_id,
                                                                                  Deadline /*deadline*/) {
  const std::string line = "list dependency versions " + dep_id;
  auto list = [this, dep_id = std::move(dep_id)] { return versions_of(service_, dep_id); };
  return service_.serve<std::vector<DependencyVersion>>(Effect::read, line, std::move(list));
}

Answer<DependencyVersion> FakeDependencies::show_dependency_version(std::string dep_id, std::int64_t version,
                                                                    Deadline /*deadline*/) {
  const std::string line = line_of("show dependency ", dep_id, version);
  auto show = [this, dep_id = std::move(dep_id), version] { return find(service_, dep_id, version); };
  return service_.serve<DependencyVersion>(Effect::read, line, std::move(show));
}

Answer<DependencyVersion> FakeDependencies::create_dependency_version(DependencyUpload upload, Deadline /*deadline*/) {
  const std::string line = "create dependency " + upload.name;
  auto apply = [this, upload = std::move(upload)] { return create(service_, upload); };
  return service_.serve<DependencyVersion>(Effect::mutation, line, std::move(apply));
}

Answer<void> FakeDependencies::delete_dependency_version(std::string dep_id, std::int64_t version,
                                                         Deadline /*deadline*/) {
  const std::string line = line_of("delete dependency ", dep_id, version);
  auto apply = [this, dep_id = std::move(dep_id), version]() -> Result<void> {
    auto found = find(service_, dep_id, version);
    if (!found) return fail(std::move(found).error());
    if (is_used(service_, found->id)) return refuse(refusals::kDependencyInUse);
    std::erase_if(service_.dependencies, [&](const DependencyVersion& other) { return other.id == found->id; });
    return {};
  };
  return service_.serve<void>(Effect::mutation, line, std::move(apply));
}

}  // namespace fgsync::test
