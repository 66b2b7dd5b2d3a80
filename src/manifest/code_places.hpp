#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifest/loader.hpp"

namespace fgsync::manifest {

/// The code directories, each with the manifests that name it.
using CodePlaces = std::map<std::string, std::vector<std::string>, std::less<>>;

CodePlaces code_places(const LoadResult& result);

/// A code directory and a manifest outside of it that names it.
struct CodePlace {
  std::string directory;
  std::string manifest;
};

/// The nearest code directory that a path lies in, if a manifest outside of it names it.
std::optional<CodePlace> place_of(const std::string& path, const CodePlaces& places);

}  // namespace fgsync::manifest
