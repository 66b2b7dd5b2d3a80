#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace fgsync::emulator {

/// A JSON document without its long texts, which a JSON parser reads character by character, and code in base64 has
/// millions of them.
struct ShortDocument {
  std::string json;  ///< valid exactly when the whole one is; what was taken out is "" there
  /// What was taken out, by which of all strings it is, names of members counted, the first one being 0.
  std::map<std::size_t, std::string_view> texts;
};

/// Takes out the values that are long and plain: no escapes, nothing but printable ASCII. `json` may be anything; the
/// result refers to it.
ShortDocument without_long_texts(std::string_view json);

}  // namespace fgsync::emulator
