#pragma once

#include <string>
#include <string_view>

#include "manifest/loader.hpp"

namespace fgsync::manifest::test {

/// A valid manifest. Tests change what matters.
inline constexpr std::string_view kBase =
    "apiVersion: fgsync/v1\n"
    "kind: Function\n"
    "metadata:\n"
    "  name: thumbnail\n"
    "spec:\n"
    "  runtime: Python3.9\n"
    "  handler: index.handler\n"
    "  memory_size: 256\n"
    "  timeout: 30\n"
    "  description: Makes thumbnails\n"
    "  code:\n"
    "    directory: code\n"
    "  user_data:\n"
    "    BUCKET: photos\n"
    "  version:\n"
    "    name: v1.4.0\n"
    "  aliases:\n"
    "    - name: prod\n"
    "      version: v1.4.0\n";

/// The base manifest with one place replaced, which must be there.
std::string with(std::string_view old_text, std::string_view new_text);

/// A minimal valid manifest; `more` goes on in spec, two spaces deep.
std::string function_named(std::string_view name, std::string_view more = {});

/// A scanned file `f.yaml`.
LoadResult load_text(std::string text);

/// One line per diagnostic: `8:16 error wrong_type: spec.memory_size: must be … [hint]`, the file in front unless it
/// is f.yaml; no line break at the end.
std::string listing(const Diagnostics& diagnostics);

}  // namespace fgsync::manifest::test
