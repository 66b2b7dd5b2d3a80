// What a daemon keeps between two sweeps.
#include "cli/idle_memory.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

namespace fgsync::cli {
namespace {

/// Pages of files, in KiB.
int resident_pages_of_files() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int kib = -1;
  while (status >> word && word != "RssFile:") {
  }
  status >> kib;
  return kib;
}

}  // namespace

TEST_CASE("idle memory: the program's own code is let go of, and comes back when it is needed") {
  const int before = resident_pages_of_files();
  REQUIRE(before > 0);
  give_memory_back();
  const int after = resident_pages_of_files();
  CHECK(after < before * 3 / 4);
  give_memory_back();
  CHECK(std::to_string(before) != std::to_string(after));
}

}  // namespace fgsync::cli
