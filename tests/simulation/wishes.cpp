#include "tests/simulation/wishes.hpp"

#include <filesystem>
#include <stdexcept>

#include "package/archive.hpp"
#include "package/contents.hpp"

namespace fgsync::simulation {
namespace {

constexpr int kContents = CodeLibrary::kFinal + 1;

void toggle(std::optional<int>& setting, int value) {
  setting = setting ? std::nullopt : std::optional(value);
}

std::string archive_digest(const std::string& path) {
  const auto list = package::scan(path, {});
  if (!list) throw std::runtime_error(list.error().describe());
  const auto contents = package::hash_contents(*list);
  if (!contents) throw std::runtime_error(contents.error().describe());
  return package::build_archive(*list, contents->digest)->digest().hex;
}

}  // namespace

CodeLibrary::CodeLibrary() {
  for (int content = 0; content < kContents; ++content) {
    std::filesystem::create_directories(path_of(content));
    directory_.write("c" + std::to_string(content) + "/index.py",
                     "def handler(event, context): return " + std::to_string(content) + "\n");
    digests_.push_back(archive_digest(path_of(content)));
  }
}

std::string CodeLibrary::path_of(int content) const {
  return directory_ / ("c" + std::to_string(content));
}

std::string Wish::version_name() const {
  return version_kind == 1 ? "v" + std::to_string(release) : "";
}

Wishes::Wishes(const Scenario& scenario, const CodeLibrary& library) : library_(library) {
  for (const Setup& setup : scenario.functions) {
    Wish wish;
    wish.is_used = setup.is_used;
    wish.content = setup.content;
    wish.memory = setup.memory;
    wish.version_kind = setup.version_kind;
    wish.aliases = setup.aliases;
    wish.depends_on = setup.depends_on;
    wishes_.push_back(wish);
  }
}

void Wishes::edit(const EditAt& edit) {
  Wish& wish = wishes_.at(static_cast<std::size_t>(edit.function));
  const int value = edit.value;
  switch (edit.edit) {
    case Edit::code: wish.content = (wish.content + 1 + value % 3) % CodeLibrary::kFinal; break;
    case Edit::memory: wish.memory = 128 << (value % 4); break;
    case Edit::variable: wish.variable = value % 3; break;
    case Edit::description: wish.description = value % 3; break;
    case Edit::release:
      wish.content = (wish.content + 1) % CodeLibrary::kFinal;
      ++wish.release;
      break;
    case Edit::version_kind:
      wish.version_kind = value % 3;
      if (wish.version_kind == 0) wish.aliases = 0;
      break;
    case Edit::alias_target: wish.prod_back = value % 2; break;
    case Edit::second_alias: wish.aliases = wish.version_kind == 0 ? 0 : value % 3; break;
    case Edit::weights: wish.divides = !wish.divides; break;
    case Edit::retain: toggle(wish.retain, 2 + value % 2); break;
    case Edit::tags: toggle(wish.tag, value % 3); break;
    case Edit::instances: toggle(wish.instances, 10 + value % 3); break;
    case Edit::async: toggle(wish.async_age, 60 + value); break;
    case Edit::protect: wish.is_protected = !wish.is_protected; break;
    case Edit::adopt: wish.adopts = !wish.adopts; break;
    case Edit::toggle_manifest: wish.has_manifest = !wish.has_manifest; break;
    default: break;  // of the run as a whole
  }
}

void Wishes::release_all() {
  for (Wish& wish : wishes_) {
    wish.content = CodeLibrary::kFinal;
    wish.release += 100;
    wish.prod_back = 0;
    wish.divides = false;
    if (wish.aliases > 1) wish.aliases = 1;
    wish.retain.reset();
  }
}

const Wish* Wishes::find(const std::string& name) const {
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    if (wishes_[i].is_used && function_name(static_cast<int>(i)) == name) return &wishes_[i];
  }
  return nullptr;
}

std::vector<manifest::Function> Wishes::manifests() const {
  std::vector<manifest::Function> manifests;
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    if (wishes_[i].is_used && wishes_[i].has_manifest) manifests.push_back(manifest_of(static_cast<int>(i)));
  }
  return manifests;
}

manifest::Function Wishes::manifest_of(int index) const {
  const Wish& wish = wishes_.at(static_cast<std::size_t>(index));
  manifest::Function function;
  function.name = function_name(index);
  function.runtime = "Python3.9";
  function.handler = "index.handler";
  function.memory_size = wish.memory;
  function.timeout = std::chrono::seconds(30);
  if (wish.description > 0) function.description = "Description " + std::to_string(wish.description);
  if (wish.variable > 0) function.user_data["LEVEL"] = std::to_string(wish.variable);
  function.code.path = library_.path_of(wish.content);
  if (wish.version_kind == 1) function.version = manifest::WantedVersion{wish.version_name(), false, "Release", {}};
  if (wish.version_kind == 2) function.version = manifest::WantedVersion{"", true, "", {}};

  const bool is_fixed = wish.version_kind == 1;
  if (wish.aliases > 0) {
    manifest::WantedAlias prod;
    prod.name = "prod";
    const int behind = is_fixed && wish.release > wish.prod_back ? wish.prod_back : 0;
    prod.version = behind == 0 ? "current" : "v" + std::to_string(wish.release - behind);
    if (wish.divides && behind == 0) prod.additional_version_weights["previous"] = 20;
    function.aliases.push_back(prod);
  }
  if (wish.aliases > 1) {
    manifest::WantedAlias canary;
    canary.name = "canary";
    canary.version = is_fixed && wish.release > 2 ? "v" + std::to_string(wish.release - 2) : "latest";
    function.aliases.push_back(canary);
  }

  if (wish.tag) function.extra->tags = std::map<std::string, std::string>{{"team", "t" + std::to_string(*wish.tag)}};
  if (wish.instances) function.extra->max_instance_num = *wish.instances;
  if (wish.async_age) {
    manifest::AsyncConfig async;
    async.max_async_event_age_in_seconds = *wish.async_age;
    function.extra->function_async_config = async;
  }
  function.handling.retain_versions = wish.retain;
  function.handling.is_protected = wish.is_protected;
  function.handling.adopt = wish.adopts;
  if (wish.depends_on) {
    const Wish& other = wishes_.at(static_cast<std::size_t>(*wish.depends_on));
    if (other.is_used && other.has_manifest) function.depends_on.push_back({function_name(*wish.depends_on), {}});
  }
  return function;
}

}  // namespace fgsync::simulation
