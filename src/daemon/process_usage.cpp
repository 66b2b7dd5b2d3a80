#include "daemon/process_usage.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace fgsync::daemon {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> resident_bytes(const fs::path& folder) {
  std::ifstream file(folder / "statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;  // pages
  if (!(file >> all >> resident)) return std::nullopt;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::optional<std::uint64_t> open_descriptors(const fs::path& folder) {
  std::error_code problem;
  std::uint64_t count = 0;
  for (fs::directory_iterator entry(folder / "fd", problem); !problem && entry != fs::directory_iterator();
       entry.increment(problem)) {
    ++count;
  }
  // The one that was open for looking is not counted.
  return problem || count == 0 ? std::nullopt : std::optional(count - 1);
}

std::optional<double> cpu_seconds(const fs::path& folder) {
  constexpr int kFieldsBefore = 11;  // between the name and the time in user mode (proc(5): stat)
  std::ifstream file(folder / "stat");
  std::string line;
  // The name stands in parentheses and may hold anything.
  if (!std::getline(file, line) || line.rfind(')') == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < kFieldsBefore; ++i) rest >> skipped;
  double user = 0;
  double system = 0;  // ticks
  if (!(rest >> user >> system)) return std::nullopt;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

ProcessUsage read_process_usage(const fs::path& folder) {
  return {resident_bytes(folder), open_descriptors(folder), cpu_seconds(folder)};
}

}  // namespace fgsync::daemon
