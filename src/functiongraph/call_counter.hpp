#pragma once

#include <cstdint>

namespace fgsync::functiongraph {

/// How many calls were made, for reports and benchmarks.
struct CallCounter {
  std::uint64_t calls = 0;
};

}  // namespace fgsync::functiongraph
