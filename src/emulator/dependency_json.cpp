#include "emulator/dependency_json.hpp"

#include "emulator/json.hpp"
#include "emulator/model.hpp"

namespace fgsync::emulator {

std::string render_dependency(const std::string& project, const Dependency& dependency, DependencyView view) {
  const std::string owner = domain_of(project);
  JsonMembers out;
  out.text("id", view == DependencyView::version ? dependency.id : dependency.dependency)
      .text("owner", owner)
      // Nothing can be fetched there: the name is one that never resolves.
      .text("link", "https://obs.invalid/depends/" + owner + "/" + dependency.id + ".zip")
      .text("runtime", dependency.runtime)
      .text("etag", dependency.etag)
      .number("size", dependency.size)
      .text("name", dependency.name)
      .text("description", dependency.description)
      .text("file_name", dependency.name + ".zip")
      .number("version", dependency.version)
      .number("last_modified", dependency.last_modified);
  if (view == DependencyView::version) out.text("dep_id", dependency.dependency);
  return out.object();
}

}  // namespace fgsync::emulator
