#include "manifest/code_places.hpp"

#include <algorithm>

namespace fgsync::manifest {
namespace {

/// The folders that a path lies in, from the nearest up, itself first: "a/b/c" → a/b/c, a/b, a, and "." or "/".
std::vector<std::string> with_parents(const std::string& path) {
  std::vector<std::string> all{path};
  std::string rest = path;
  while (rest.find('/') != std::string::npos && rest != "/") {
    rest.resize(std::max<std::size_t>(rest.rfind('/'), rest.starts_with('/') && rest.rfind('/') == 0 ? 1 : 0));
    all.push_back(rest);
  }
  const bool is_below_here = !path.starts_with('/') && path != ".." && !path.starts_with("../");
  if (is_below_here) all.emplace_back(".");
  return all;
}

bool is_inside(const std::string& path, const std::string& directory) {
  if (directory.empty()) return false;
  const auto parents = with_parents(path);
  return std::find(parents.begin(), parents.end(), directory) != parents.end();
}

}  // namespace

CodePlaces code_places(const LoadResult& result) {
  CodePlaces places;
  for (const Function& function : result.functions) {
    if (function.code.kind == Code::Kind::directory) places[function.code.path].push_back(function.position.file);
  }
  for (const Rejected& rejected : result.rejected) {
    if (!rejected.code_path.empty()) places[rejected.code_path].push_back(rejected.position.file);
  }
  return places;
}

std::optional<CodePlace> place_of(const std::string& path, const CodePlaces& places) {
  for (const std::string& parent : with_parents(path)) {
    const auto place = places.find(parent);
    if (place == places.end()) continue;
    const auto outside = std::find_if(place->second.begin(), place->second.end(),
                                      [&parent](const std::string& file) { return !is_inside(file, parent); });
    if (outside != place->second.end()) return CodePlace{.directory = parent, .manifest = *outside};
  }
  return std::nullopt;
}

std::vector<std::string> code_directories(const LoadResult& result) {
  std::vector<std::string> directories;
  for (const auto& [directory, manifests] : code_places(result)) directories.push_back(directory);
  return directories;
}

bool is_below(const std::string& path, const std::vector<std::string>& directories) {
  return std::any_of(directories.begin(), directories.end(),
                     [&path](const std::string& directory) { return is_inside(path, directory); });
}

}  // namespace fgsync::manifest
