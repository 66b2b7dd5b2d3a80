// Dependency packages and their versions.
#include <algorithm>

#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

DependencyUpload some_dependency(const std::string& name = "numbers") {
  DependencyUpload upload;
  upload.name = name;
  upload.runtime = "Python3.9";
  upload.description = "counts süß";
  upload.bytes = bytes_in_memory(code_zip(name));
  return upload;
}

std::vector<std::string> names_of(const std::vector<DependencyVersion>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.name);
  std::sort(names.begin(), names.end());
  return names;
}

CONTRACT_CASE("a dependency that was uploaded is listed and shown") {
  World world{TestType()};
  const auto made = world.good(world.dependencies.create_dependency_version(some_dependency(), world.soon()));
  CHECK_FALSE(made.id.empty());
  CHECK_FALSE(made.dep_id.empty());
  CHECK(made.version == 1);
  const auto shown = world.good(world.dependencies.show_dependency_version(made.dep_id, 1, world.soon()));
  CHECK(shown.id == made.id);
  CHECK(shown.name == "numbers");
  CHECK(shown.runtime == "Python3.9");
  CHECK(shown.description == "counts süß");
  CHECK(shown.size == static_cast<std::int64_t>(code_zip("numbers").size()));
  CHECK(world.good(world.dependencies.list_dependency_versions(made.dep_id, world.soon())).size() == 1);
  CHECK(names_of(world.good(world.dependencies.list_dependencies({}, world.soon()))) ==
        std::vector<std::string>{"numbers"});
}

CONTRACT_CASE("the same name again is another version of the same dependency") {
  World world{TestType()};
  const auto first = world.good(world.dependencies.create_dependency_version(some_dependency(), world.soon()));
  DependencyUpload upload = some_dependency();
  upload.bytes = bytes_in_memory(code_zip("more numbers"));
  const auto second = world.good(world.dependencies.create_dependency_version(upload, world.soon()));
  CHECK(second.dep_id == first.dep_id);
  CHECK(second.version == 2);
  CHECK(second.id != first.id);
  CHECK(world.good(world.dependencies.list_dependency_versions(first.dep_id, world.soon())).size() == 2);
}

CONTRACT_CASE("dependencies are found by name and by runtime") {
  World world{TestType()};
  world.good(world.dependencies.create_dependency_version(some_dependency(), world.soon()));
  DependencyUpload other = some_dependency("letters");
  other.runtime = "Node.js18.15";
  world.good(world.dependencies.create_dependency_version(other, world.soon()));
  DependencyFilter by_name;
  by_name.name = "numbers";
  CHECK(names_of(world.good(world.dependencies.list_dependencies(by_name, world.soon()))) ==
        std::vector<std::string>{"numbers"});
  DependencyFilter by_runtime;
  by_runtime.runtime = "Node.js18.15";
  CHECK(names_of(world.good(world.dependencies.list_dependencies(by_runtime, world.soon()))) ==
        std::vector<std::string>{"letters"});
  DependencyFilter nothing;
  nothing.name = "nothing";
  CHECK(world.good(world.dependencies.list_dependencies(nothing, world.soon())).empty());
}

CONTRACT_CASE("a deleted dependency version is gone, others are not") {
  World world{TestType()};
  const auto first = world.good(world.dependencies.create_dependency_version(some_dependency(), world.soon()));
  DependencyUpload upload = some_dependency();
  upload.bytes = bytes_in_memory(code_zip("more numbers"));
  world.good(world.dependencies.create_dependency_version(upload, world.soon()));
  world.good(world.dependencies.delete_dependency_version(first.dep_id, 1, world.soon()));
  CHECK(world.refusal(world.dependencies.show_dependency_version(first.dep_id, 1, world.soon())) ==
        "not_found FSS.1056");
  CHECK(world.refusal(world.dependencies.delete_dependency_version(first.dep_id, 1, world.soon())) ==
        "not_found FSS.1056");
  CHECK(world.good(world.dependencies.list_dependency_versions(first.dep_id, world.soon())).size() == 1);
}

CONTRACT_CASE("a dependency that is not there is not found") {
  World world{TestType()};
  const std::string id = "4e3f2c1a-0000-0000-0000-000000000001";
  CHECK(world.good(world.dependencies.list_dependencies({}, world.soon())).empty());
  CHECK(world.refusal(world.dependencies.list_dependency_versions(id, world.soon())) == "not_found FSS.1056");
  CHECK(world.refusal(world.dependencies.show_dependency_version(id, 1, world.soon())) == "not_found FSS.1056");
  CHECK(world.refusal(world.dependencies.delete_dependency_version(id, 1, world.soon())) == "not_found FSS.1056");
}

CONTRACT_CASE("a dependency that a function uses cannot be deleted") {
  World world{TestType()};
  const auto made = world.good(world.dependencies.create_dependency_version(some_dependency(), world.soon()));
  CreateRequest request = some_function();
  request.depend_version_list = {made.id};
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  CHECK(world.refusal(world.dependencies.delete_dependency_version(made.dep_id, 1, world.soon())) ==
        "invalid FSS.1033");
  world.good(world.graph.delete_function(urn, world.soon()));
  world.good(world.dependencies.delete_dependency_version(made.dep_id, 1, world.soon()));
}

CONTRACT_CASE("a dependency that is no zip is refused") {
  World world{TestType()};
  DependencyUpload upload = some_dependency();
  upload.bytes = bytes_in_memory("text");
  CHECK(world.bad(world.dependencies.create_dependency_version(upload, world.soon())).kind == ErrorKind::invalid);
  CHECK(world.good(world.dependencies.list_dependencies({}, world.soon())).empty());
}

CONTRACT_CASE("more dependencies than a page holds are all listed") {
  World world{TestType()};
  for (int i = 0; i < 401; ++i) {
    const auto upload = some_dependency("d" + std::to_string(i));
    world.good(world.dependencies.create_dependency_version(upload, world.soon()));
  }
  auto names = names_of(world.good(world.dependencies.list_dependencies({}, world.soon())));
  CHECK(names.size() == 401);
  CHECK(std::unique(names.begin(), names.end()) == names.end());
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
