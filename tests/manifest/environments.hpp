#pragma once

#include <memory>
#include <string>

#include "manifest/environment.hpp"
#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {

inline const std::string kEnvironmentPath = "environments/prod.yaml";

/// An environment document; `spec` goes on from line 4, two spaces deep.
std::string environment_text(const std::string& spec);

/// That environment, which must be valid.
std::shared_ptr<const Environment> environment_of(const std::string& spec);

/// A whole source of one file `f.yaml` in the environment, with documents.
LoadResult load_in(const Environment& environment, const std::string& text);

/// listing() with `e:` for the environment's path.
std::string short_listing(const Diagnostics& diagnostics);

}  // namespace fgsync::manifest::test
