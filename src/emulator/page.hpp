#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fgsync::emulator {

/// A page of a list: the items as JSON texts, and how many there are in all.
struct Page {
  std::vector<std::string> items;
  std::int64_t total = 0;
};
struct PageRange {
  std::int64_t offset = 0;
  std::int64_t limit = 0;
};

}  // namespace fgsync::emulator
