#include "tests/manifest/environments.hpp"

#include <stdexcept>

namespace fgsync::manifest::test {

std::string environment_text(const std::string& spec) {
  return "apiVersion: fgsync/v1\nkind: Environment\nspec:\n" + spec;
}

std::shared_ptr<const Environment> environment_of(const std::string& spec) {
  LoadedEnvironment loaded = load_environment({.path = kEnvironmentPath, .text = environment_text(spec)});
  if (!loaded.environment) throw std::logic_error("not an environment: " + listing(loaded.diagnostics));
  return std::move(loaded.environment);
}

LoadResult load_in(const Environment& environment, const std::string& text) {
  return load({{.path = "f.yaml", .text = text}},
              {.environment = &environment, .is_whole_source = true, .keeps_documents = true});
}

std::string short_listing(const Diagnostics& diagnostics) {
  std::string text = listing(diagnostics);
  for (auto place = text.find(kEnvironmentPath + ":"); place != std::string::npos;
       place = text.find(kEnvironmentPath + ":")) {
    text.replace(place, kEnvironmentPath.size(), "e");
  }
  return text;
}

}  // namespace fgsync::manifest::test
