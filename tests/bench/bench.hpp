#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::bench {

/// One figure as a line of JSON on standard output: `{"name": …, <key>: <number>, …}`. What the figures should be is
/// known to scripts/bench.
void report(std::string_view name, const std::map<std::string, double>& figures);

/// A directory for what is measured on, removed at the end.
class WorkDirectory {
 public:
  WorkDirectory();
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }
  void write(const std::string& name, std::string_view bytes) const;

 private:
  std::string path_;
};

/// Something that looks like source code, the same for every seed.
std::string source_text(std::size_t size, unsigned seed);
/// Bytes that cannot be compressed.
std::string random_bytes(std::size_t size, unsigned seed);

/// CPU time of all threads so far.
std::chrono::duration<double> cpu_time();

template <class Work>
double seconds_of(Work work) {
  const auto started = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

/// The areas: each measures its part and reports. `arguments` are those behind the area's name.
void bench_manifest(const std::vector<std::string>& arguments);
void bench_package(const std::vector<std::string>& arguments);
void bench_memory(const std::vector<std::string>& arguments);
void bench_client(const std::vector<std::string>& arguments);
void bench_signing(const std::vector<std::string>& arguments);
void bench_levels(const std::vector<std::string>& arguments);
void bench_imports(const std::vector<std::string>& arguments);
void bench_fdatasync(const std::vector<std::string>& arguments);
void bench_plan(const std::vector<std::string>& arguments);
void bench_views(const std::vector<std::string>& arguments);
void bench_daemon(const std::vector<std::string>& arguments);
void bench_fill(const std::vector<std::string>& arguments);

}  // namespace fgsync::bench
