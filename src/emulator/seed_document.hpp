#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "emulator/scenario.hpp"

/// Described states: the functions that an emulator is to begin with, as YAML or JSON (docs/emulator.md).
namespace fgsync::emulator {

/// Fields of a request: names and JSON texts.
using SeedFields = std::map<std::string, std::string>;

/// Code to upload.
struct SeedCode {
  std::string file;  ///< beside the document; empty: `text` is the code
  std::string text;
  SourcePosition position;
};

struct SeedVersion {
  SeedFields publish;  ///< version, description
  SeedFields changes;  ///< of the configuration, against the function's
  std::optional<SeedCode> code;
  SourcePosition position;
};

struct SeedAlias {
  SeedFields fields;
  SourcePosition position;
};

struct SeedFunction {
  std::string project;
  std::string name;
  SeedFields fields;  ///< of the request that creates it, without the code
  SeedCode code;
  std::vector<SeedVersion> versions;  ///< oldest first
  std::vector<SeedAlias> aliases;
  SourcePosition position;
};

Read<std::vector<SeedFunction>> read_seed(std::string_view text, const std::string& file);

}  // namespace fgsync::emulator
