#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace fgsync::emulator {

/// The random parts of answers, repeatable from a seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// `length` lower-case hex digits: request ids, function ids.
  std::string hex(int length) { return pick("0123456789abcdef", length); }
  /// `length` lower-case letters: the end of an image name.
  std::string letters(int length) { return pick("abcdefghijklmnopqrstuvwxyz", length); }

  /// Evenly from 0 up to and without `end`, as good as (the remainder is of no weight here).
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }

  /// `9a14fae1-78cf-4185-ac7a-429eb6dc41fb`: ids of triggers and dependencies.
  std::string uuid() { return hex(8) + "-" + hex(4) + "-" + hex(4) + "-" + hex(4) + "-" + hex(12); }

 private:
  std::string pick(std::string_view alphabet, int length) {
    std::string text;
    for (int i = 0; i < length; ++i) text += alphabet[engine_() % alphabet.size()];
    return text;
  }

  std::mt19937_64 engine_;
};

/// A uuid that is not taken: an emulator that is started again with the same seed would draw the same ones.
template <class IsTaken>
std::string unused_uuid(Random& random, IsTaken is_taken) {
  std::string id;
  do {
    id = random.uuid();
  } while (is_taken(id));
  return id;
}

}  // namespace fgsync::emulator
