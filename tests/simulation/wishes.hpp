#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifest/function.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::simulation {

/// The code directories that manifests name: written once for all simulations of a process.
class CodeLibrary {
 public:
  static constexpr int kFinal = 15;  ///< content that nothing but the last release has
  CodeLibrary();

  [[nodiscard]] const std::string& root() const { return directory_.path(); }
  [[nodiscard]] std::string path_of(int content) const;
  /// What the service answers once it has that content.
  [[nodiscard]] const std::string& digest_of(int content) const {
    return digests_.at(static_cast<std::size_t>(content));
  }

 private:
  test::TempDirectory directory_;
  std::vector<std::string> digests_;
};

/// What one manifest asks for.
struct Wish {
  bool is_used = true;
  bool has_manifest = true;
  int content = 0;
  int memory = 256;
  int variable = 0;
  int description = 0;
  int version_kind = 1;  ///< 0: none, 1: a fixed name, 2: auto
  int release = 1;
  int aliases = 1;
  int prod_back = 0;  ///< how many releases `prod` stays behind; 0: current
  bool divides = false;
  std::optional<int> retain;
  std::optional<int> tag;
  std::optional<int> instances;
  std::optional<int> async_age;
  bool is_protected = false;
  bool adopts = false;
  std::optional<int> depends_on;

  /// Empty: none, or one that only its fingerprint names.
  [[nodiscard]] std::string version_name() const;
};

/// All manifests, and the configuration that belongs to the source.
class Wishes {
 public:
  Wishes(const Scenario& scenario, const CodeLibrary& library);

  void edit(const EditAt& edit);
  /// Asks for something new that nothing which happened before can forbid.
  void release_all();

  [[nodiscard]] std::vector<manifest::Function> manifests() const;
  [[nodiscard]] manifest::Function manifest_of(int function) const;
  [[nodiscard]] const std::vector<Wish>& all() const { return wishes_; }
  /// Of that name; null: nobody ever wrote a manifest for it.
  [[nodiscard]] const Wish* find(const std::string& name) const;
  [[nodiscard]] const CodeLibrary& library() const { return library_; }

 private:
  const CodeLibrary& library_;
  std::vector<Wish> wishes_;
};

}  // namespace fgsync::simulation
