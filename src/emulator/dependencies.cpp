#include <charconv>

#include "emulator/base64_decode.hpp"
#include "emulator/dependency_json.hpp"
#include "emulator/json.hpp"
#include "emulator/md5.hpp"
#include "emulator/names.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/setting_rules.hpp"
#include "emulator/zip_reader.hpp"

namespace fgsync::emulator {
namespace {

/// The archive of a create request.
Valid<std::string> read_archive(const JsonObject& body, const SizeLimits& limits) {
  auto type = body.text("depend_type");
  if (!type) return refuse(type.error());
  auto link = body.text("depend_link");
  if (!link) return refuse(link.error());
  auto file = body.text("depend_file");
  if (!file) return refuse(file.error());
  if (*type == "obs") return refuse(kInvalidUrl, "depend_link: the emulator cannot read from OBS");
  if (*type != "zip") return refuse(kInvalidDependencyType, "depend_type: expected zip or obs");
  auto bytes = base64_decode(file->value_or(""));
  if (!bytes) return refuse(kInvalidDependency, "depend_file: " + bytes.error().specific);
  if (bytes->size() > bytes_of_mb(limits.dependency_mb)) {
    return refuse(kCodeTooLarge, "depend_file: more than " + std::to_string(limits.dependency_mb) + " MB");
  }
  const auto archive = ZipReader::open(*bytes);
  if (!archive || archive->names().empty()) return refuse(kInvalidDependency, "depend_file: not a valid zip file");
  return bytes;
}

/// Name, runtime and description of a create request.
Valid<Dependency> read_dependency(const JsonObject& body) {
  Dependency dependency;
  for (const auto& [name, member] : {std::pair{"name", &Dependency::name}, std::pair{"runtime", &Dependency::runtime},
                                     std::pair{"description", &Dependency::description}}) {
    auto text = body.text(name);
    if (!text) return refuse(text.error());
    dependency.*member = text->value_or("");
  }
  if (!is_dependency_name(dependency.name)) return refuse(kInvalidDependency, "name: expected up to 96 characters");
  if (!is_runtime(dependency.runtime)) return refuse(kInvalidRuntime);
  if (!is_description(dependency.description)) return refuse(kDescriptionTooLong);
  return dependency;
}

Valid<Dependency> find_version(const Call& call) {
  const std::string& text = call.route.dependency_version;
  std::int64_t number = 0;
  const auto [stopped, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || stopped != text.data() + text.size()) {
    return refuse(kInvalidParameter, "version: expected a number");
  }
  auto dependency = call.store.dependencies().find(call.route.project, call.route.dependency, number);
  if (!dependency) return refuse(kNoDependency);
  return std::move(*dependency);
}

Answer render_list(const Call& call, const DependencyPage& found, PageRange range, DependencyView view) {
  Page page{{}, found.total};
  for (const auto& dependency : found.items) {
    page.items.push_back(render_dependency(call.route.project, dependency, view));
  }
  return Answer{200, render_page("dependencies", page, range)};
}

/// Whether the filters ask for dependencies that belong to nobody, of which there are none.
Valid<bool> wants_only_public(const Route& route) {
  const auto type = route.parameter("dependency_type").value_or("");
  if (!type.empty() && type != "all" && type != "public" && type != "private") {
    return refuse(kInvalidQuery, "dependency_type: expected public, private or all");
  }
  auto is_public = route.flag("ispublic");
  if (!is_public) return refuse(is_public.error());
  return type == "public" || *is_public;
}

}  // namespace

Outcome list_dependencies(const Call& call) {
  // The documents name the limit twice.
  auto range = read_range(call.route, Limit{call.route.parameter("limit") ? "limit" : "maxitems", 400, 400});
  if (!range) return refuse(range.error());
  auto only_public = wants_only_public(call.route);
  if (!only_public) return refuse(only_public.error());
  if (*only_public) return render_list(call, DependencyPage(), *range, DependencyView::dependency);
  const DependencyQuery filter{call.route.project, call.route.parameter("runtime").value_or(""),
                               call.route.parameter("name").value_or("")};
  return render_list(call, call.store.dependencies().list(filter, *range), *range, DependencyView::dependency);
}

Outcome list_dependency_versions(const Call& call) {
  auto range = read_range(call.route);
  if (!range) return refuse(range.error());
  const auto found = call.store.dependencies().list_versions(call.route.project, call.route.dependency, *range);
  if (found.total == 0) return refuse(kNoDependency);
  return render_list(call, found, *range, DependencyView::version);
}

Outcome create_dependency_version(const Call& call) {
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto dependency = read_dependency(*body);
  if (!dependency) return refuse(dependency.error());
  auto archive = read_archive(*body, call.options.sizes);
  if (!archive) return refuse(archive.error());
  const auto previous = call.store.dependencies().newest(call.route.project, dependency->name);
  const auto is_taken = [&call](const auto& id) { return call.store.dependencies().has_id(id); };
  dependency->id = unused_uuid(call.random, is_taken);
  dependency->dependency = previous ? previous->dependency : unused_uuid(call.random, is_taken);
  dependency->version = previous ? previous->version + 1 : 1;
  dependency->etag = md5_hex(*archive);
  dependency->size = static_cast<std::int64_t>(archive->size());
  dependency->last_modified = std::chrono::floor<std::chrono::seconds>(call.now).time_since_epoch().count();
  call.store.dependencies().add(call.route.project, *dependency, *archive);
  return Answer{200, render_dependency(call.route.project, *dependency, DependencyView::version)};
}

Outcome show_dependency_version(const Call& call) {
  auto dependency = find_version(call);
  if (!dependency) return refuse(dependency.error());
  return Answer{200, render_dependency(call.route.project, *dependency, DependencyView::version)};
}

Outcome delete_dependency_version(const Call& call) {
  auto dependency = find_version(call);
  if (!dependency) return refuse(dependency.error());
  if (call.store.dependencies().is_used(call.route.project, dependency->id)) return refuse(kDependencyInUse);
  call.store.dependencies().remove(dependency->id);
  return Answer{204, ""};
}

std::optional<Fault> check_dependencies(const Call& call, const JsonObject& body) {
  if (call.options.unknown_dependencies == UnknownDependencies::accepted) return std::nullopt;
  return check_imported_dependencies(call, body);
}

std::optional<Fault> check_imported_dependencies(const Call& call, const JsonObject& configuration) {
  const auto ids = configuration.texts("depend_version_list");
  if (!ids) return ids.error();
  for (const auto& id : *ids) {
    if (!call.store.dependencies().find(call.route.project, id)) {
      return Fault(kNoDependency, "depend_version_list: there is no dependency version " + id);
    }
  }
  return std::nullopt;
}

}  // namespace fgsync::emulator
