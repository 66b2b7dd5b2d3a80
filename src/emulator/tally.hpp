#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace fgsync::emulator {

/// What the summary at the end tells.
class Tally {
 public:
  /// Of a request; `operation` and `fault` are names that never go away, or empty.
  void count(std::string_view operation, int status, std::string_view fault);

  /// `12 requests, 3 of them refused, 1 with an injected fault`, and a line for each operation and each kind of fault.
  /// Ends with a line break.
  [[nodiscard]] std::string text() const;

 private:
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t refused = 0;
  };

  Counts all_;
  std::uint64_t faulty_ = 0;
  std::map<std::string_view, Counts> operations_;
  std::map<std::string_view, std::uint64_t> faults_;
};

}  // namespace fgsync::emulator
