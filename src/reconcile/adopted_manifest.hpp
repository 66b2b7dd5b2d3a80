#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manifest/function.hpp"
#include "plan/desired.hpp"

namespace fgsync::reconcile {

/// How a manifest will name the code.
struct AdoptedCode {
  manifest::Code::Kind kind = manifest::Code::Kind::directory;
  std::string place;    ///< a path relative to the manifest, a URL or an image
  std::string digest;   ///< of an object
  std::string missing;  ///< why the code could not be had, for people; empty: it could
};

/// A manifest for a function that exists.
struct AdoptedManifest {
  std::string text;
  std::vector<std::string> remarks;  ///< what manifests cannot say, and what therefore stays as it is
  std::vector<std::string> to_do;    ///< what a person must fill in
  std::vector<std::string> notes;    ///< what a person should look at before the manifest is given to others
};

/// Writes what the service says as a manifest, without what is the service's default anyway. `observed` is whole: its
/// aliases with their strategies, and its side settings. `remarks` are what is known already of what no manifest says.
/// Encrypted variables are named and not set: the service gives no values. No version is wanted, so that nothing is
/// published before somebody asks for it; aliases stay on the versions they are on. Pure.
AdoptedManifest write_manifest(const plan::ObservedFunction& observed, const AdoptedCode& code,
                               const std::string& source_id, const std::vector<std::string>& remarks);

}  // namespace fgsync::reconcile
