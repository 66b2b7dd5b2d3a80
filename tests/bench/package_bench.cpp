// Packages: checking a large directory through the digest cache, hashing, zipping on all cores, memory, and what the
// levels of deflate cost (docs/adr/0012).
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.hpp"
#include "base/fan_out.hpp"
#include "base/worker_pool.hpp"
#include "package/archive.hpp"
#include "package/compression.hpp"
#include "package/contents.hpp"
#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

namespace fs = std::filesystem;
using package::FileList;

constexpr double kMiB = 1024.0 * 1024.0;
constexpr int kFiles = 5000;
constexpr std::size_t kLargeBytes = 256ULL * 1024 * 1024;
constexpr int kPackages = 20;
constexpr std::size_t kPackageBytes = 8ULL * 1024 * 1024;
constexpr int kFilesPerPackage = 16;

/// The rules of a usual Python or Node project.
const std::vector<std::string> kRules{"*.pyc",      "__pycache__/",          ".venv/", "tests/**",    "*.md",
                                      "!README.md", "/node_modules/.cache/", "dist/",  "*.egg-info/", ".env*",
                                      "coverage/"};

template <class T>
T good(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().describe());
  return std::move(*result);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// What reconciling does to a code directory of which nothing changed (reconcile/code_catalog.cpp).
void check_through_cache(const std::string& directory, const std::string& signature, const std::string& files) {
  const FileList list = good(package::scan(directory, kRules));
  constexpr std::int64_t kFarFuture = 4'000'000'000'000'000'000;
  if (package::lasting_signature(list, kFarFuture) != signature) throw std::runtime_error("the signature changed");
  if (good(package::files_from_text(files)).size() != kFiles) throw std::runtime_error("files are missing");
}

void bench_check() {
  const WorkDirectory work;
  for (int i = 0; i < kFiles; ++i) {
    const std::string name =
        "package_" + std::to_string(i % 50) + "/module_" + std::to_string(i % 7) + "/File_" + std::to_string(i) + ".py";
    work.write(name, source_text(500, static_cast<unsigned>(i)));
  }
  const FileList list = good(package::scan(work.path(), kRules));
  const std::string signature = package::stamp_signature(list);
  const std::string files = package::to_text(good(package::hash_contents(list)).files);
  std::vector<double> checks;
  std::vector<double> hashes;
  for (int i = 0; i < 21; ++i)
    checks.push_back(seconds_of([&] { check_through_cache(work.path(), signature, files); }));
  for (int i = 0; i < 5; ++i) hashes.push_back(seconds_of([&] { good(package::hash_contents(list)); }));
  report("check", {{"files", kFiles},
                   {"ms", median(checks) * 1000},
                   {"highest_ms", *std::max_element(checks.begin(), checks.end()) * 1000},
                   {"uncached_hashing_ms", median(hashes) * 1000}});
}

/// CPU time, user and system, because that is what `openssl speed` goes by.
template <class Work>
double cpu_seconds_of(Work work) {
  const auto before = cpu_time();
  work();
  return (cpu_time() - before).count();
}

void bench_hash() {
  const WorkDirectory work;
  work.write("large", random_bytes(kLargeBytes, 1));
  const FileList list = good(package::scan(work.path(), {}));
  double best = 1e9;
  for (int i = 0; i < 7; ++i) best = std::min(best, cpu_seconds_of([&] { good(package::hash_contents(list)); }));
  report("hash_file_sha256", {{"mb_per_s", static_cast<double>(kLargeBytes) / best / 1e6}});
}

void bench_hash_archive() {
  const WorkDirectory work;
  work.write("large", random_bytes(48ULL * 1024 * 1024, 1));
  const FileList list = good(package::scan(work.path(), {}));
  const auto contents = good(package::hash_contents(list));
  const package::Archive archive = good(package::build_archive(list, contents.digest));
  std::string buffer(64ULL * 1024, '\0');
  double best = 1e9;
  for (int i = 0; i < 15; ++i) {
    best = std::min(best, cpu_seconds_of([&] {
                      Hasher hasher(Hasher::Function::sha512);
                      for (std::uint64_t at = 0; at < archive.size(); at += buffer.size()) {
                        const std::size_t count = good(archive.read_at(at, buffer));
                        hasher.update({buffer.data(), count});
                      }
                      if (hasher.hex() != archive.digest().hex) throw std::runtime_error("the digest is wrong");
                    }));
  }
  report("hash_archive_sha512", {{"mb_per_s", static_cast<double>(archive.size()) / best / 1e6}});
}

struct Package {
  FileList list;
  ContentDigest digest;
};

/// How long our threads that are alive have run or waited for a core, together: what they would have run on a machine
/// of our own.
double runnable_seconds() {
  double nanoseconds = 0;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream statistics(task.path() / "schedstat");
    double ran = 0;
    double waited = 0;
    if (statistics >> ran >> waited) nanoseconds += ran + waited;
  }
  return nanoseconds / 1e9;
}

struct Zipping {
  double seconds = 0;
  double cpu = 0;
  double runnable = 0;
};

/// Zips all of them on a pool, as a reconcile does: eight functions in flight, work on as many threads as asked for.
Zipping zip_all(const std::vector<Package>& packages, unsigned threads) {
  const double runnable_before = runnable_seconds();
  const auto cpu_before = cpu_time();
  boost::asio::io_context loop(1);
  WorkerPool pool(threads);
  auto zip_one = [&](std::size_t i) -> boost::asio::awaitable<void> {
    auto work = [&package = packages[i]] { return good(package::build_archive(package.list, package.digest)).size(); };
    co_await offload(pool, std::move(work));
  };
  boost::asio::co_spawn(loop, for_each_bounded(packages.size(), 8, zip_one), [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  });
  Zipping zipping;
  zipping.seconds = seconds_of([&loop] { loop.run(); });
  zipping.cpu = (cpu_time() - cpu_before).count();
  zipping.runnable = runnable_seconds() - runnable_before;
  return zipping;
}

void bench_zip() {
  const WorkDirectory work;
  std::vector<Package> packages;
  for (int i = 0; i < kPackages; ++i) {
    const std::string name = "package-" + std::to_string(i);
    for (int file = 0; file < kFilesPerPackage; ++file) {
      const auto seed = static_cast<unsigned>(i * kFilesPerPackage + file);
      work.write(name + "/file-" + std::to_string(file) + ".py", source_text(kPackageBytes / kFilesPerPackage, seed));
    }
    FileList list = good(package::scan(work.path() + '/' + name, {}));
    ContentDigest digest = good(package::hash_contents(list)).digest;
    packages.push_back({std::move(list), std::move(digest)});
  }
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const Zipping one = zip_all(packages, 1);
  const Zipping all = zip_all(packages, cores);
  report("zip", {{"packages", kPackages},
                 {"mib_each", static_cast<double>(kPackageBytes) / kMiB},
                 {"cores", cores},
                 {"one_thread_s", one.seconds},
                 {"all_cores_s", all.seconds},
                 {"cpu_s", all.cpu},
                 {"cores_used", all.cpu / all.seconds},
                 {"cores_wanted", all.runnable / all.seconds}});
}

/// The process's peak so far. Not getrusage's, which starts with that of whoever started us.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kib = 0;
    status >> kib;
    return kib / 1024;
  }
  throw std::runtime_error("no VmHWM in /proc/self/status");
}

/// All files below a directory that are no links, up to 64 MiB of them.
std::vector<std::string> files_below(const std::string& directory) {
  constexpr std::size_t kMostBytes = 64ULL * 1024 * 1024;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && !entry.is_symlink()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> files;
  std::size_t bytes = 0;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    bytes += files.back().size();
    if (bytes > kMostBytes) break;
  }
  return files;
}

std::size_t deflated_size(const std::string& bytes, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("no zlib");
  }
  std::array<Bytef, 65536> out{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = out.data();
    stream.avail_out = out.size();
    state = deflate(&stream, Z_FINISH);
  }
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  return size;
}

/// What deciding by the beginning of each file costs, and what it gives away where it says "stored".
void report_sampling(const std::string& directory, const std::vector<std::string>& files) {
  double sampled = 0;
  double stored = 0;
  double lost = 0;
  double wasted = 0;
  double seconds = 0;
  for (const std::string& file : files) {
    const auto before = cpu_time();
    const bool is_stored = package::compression_for(file) == package::ZipCompression::stored;
    seconds += (cpu_time() - before).count();
    sampled += static_cast<double>(std::min(file.size(), package::kSampleBytes));
    const double size = static_cast<double>(file.size());
    const double saved = size - static_cast<double>(deflated_size(file, package::kDeflateLevel));
    if (is_stored) stored += size, lost += std::max(saved, 0.0);
    if (!is_stored && saved < size / 50) wasted += size;
  }
  report(directory, {{"files", static_cast<double>(files.size())},
                     {"stored_mib", stored / kMiB},
                     {"lost_mib", lost / kMiB},
                     {"deflated_in_vain_mib", wasted / kMiB},
                     {"sampling_ms", seconds * 1000},
                     {"sampling_mib_per_s", sampled / kMiB / seconds}});
}

}  // namespace

/// All parts, or the one that is named: check, hash, zip.
void bench_package(const std::vector<std::string>& arguments) {
  const auto is_wanted = [&arguments](std::string_view part) { return arguments.empty() || arguments.front() == part; };
  if (is_wanted("check")) bench_check();
  if (is_wanted("hash")) bench_hash();
  if (is_wanted("hash")) bench_hash_archive();
  if (is_wanted("zip")) bench_zip();
}

/// MIB of bytes that cannot be compressed, or with a second argument `zeros`, that can; hashed, zipped, written out.
void bench_memory(const std::vector<std::string>& arguments) {
  if (arguments.empty()) throw std::runtime_error("memory MIB [zeros]");
  const double mib = std::stod(arguments[0]);
  const WorkDirectory work;
  work.write("code/index.py", source_text(100'000, 1));
  work.write("code/data", "");
  if (arguments.size() > 1) {
    fs::resize_file(work.path() + "/code/data", static_cast<std::uintmax_t>(mib * kMiB));
  } else {
    std::ofstream data(work.path() + "/code/data", std::ios::binary);
    for (unsigned i = 0; i < mib; ++i) data << random_bytes(1024ULL * 1024, i);
  }
  const FileList list = good(package::scan(work.path() + "/code", {}));
  const auto contents = good(package::hash_contents(list));
  const package::Archive archive = good(package::build_archive(list, contents.digest));
  report("memory",
         {{"package_mib", mib}, {"archive_mib", static_cast<double>(archive.size()) / kMiB}, {"peak_mib", peak_mib()}});
}

void bench_levels(const std::vector<std::string>& arguments) {
  for (const std::string& directory : arguments) {
    const std::vector<std::string> files = files_below(directory);
    double bytes = 0;
    for (const std::string& file : files) bytes += static_cast<double>(file.size());
    report_sampling(directory, files);
    for (int level = 1; level <= 9; ++level) {
      double best = 1e9;
      double packed = 0;
      for (int run = 0; run < 3; ++run) {
        packed = 0;
        const auto before = cpu_time();
        for (const std::string& file : files) packed += static_cast<double>(deflated_size(file, level));
        best = std::min(best, (cpu_time() - before).count());
      }
      report(directory, {{"level", level},
                         {"files", static_cast<double>(files.size())},
                         {"mib", bytes / kMiB},
                         {"percent", 100 * packed / bytes},
                         {"mib_per_s", bytes / kMiB / best}});
    }
  }
}

}  // namespace fgsync::bench
