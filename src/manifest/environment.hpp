#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "manifest/diagnostic.hpp"
#include "manifest/loader.hpp"
#include "manifest/schema.hpp"
#include "manifest/yaml_tree.hpp"

namespace fgsync::manifest {

/// `environments/<name>.yaml`: what is different in one environment. Immutable once loaded.
struct Environment {
  struct Variable {
    std::string value;
    yaml::Mark mark;
  };
  /// A JSON merge patch (RFC 7396) for the document of one function.
  struct Patch {
    yaml::NodePtr content;
    yaml::Mark key;  ///< of the function's name
  };

  std::string name;
  std::string path;
  std::string text;
  std::map<std::string, Variable, std::less<>> variables;
  std::map<std::string, Patch, std::less<>> patches;  ///< by the function's name
};

struct LoadedEnvironment {
  std::shared_ptr<const Environment> environment;  ///< none when there is an error among the diagnostics
  Diagnostics diagnostics;
};

/// Reads an environment file. `text.path` must end with `<name>.yaml` or `.yml`. What a patch makes of a function is
/// checked when the function is loaded; what no patch may touch (apiVersion, kind, the name) is checked here.
LoadedEnvironment load_environment(const SourceText& text);

/// A `kind: Environment` document.
const schema::Shape& environment_document();

/// The number of an environment's text in the marks of composed documents; the manifest's own is 0.
inline constexpr int kEnvironmentFile = 1;

}  // namespace fgsync::manifest
