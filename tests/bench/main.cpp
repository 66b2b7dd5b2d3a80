// fgsync-bench AREA [ARGUMENT...]: figures of one part of fgsync, a line of JSON each. scripts/bench --micro runs it.
#include <stdlib.h>
#include <time.h>

#include <array>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

struct Area {
  std::string_view name;
  void (*run)(const std::vector<std::string>&);
};

// A new area is a line here and a file <area>_bench.cpp.
constexpr std::array kAreas{
    Area{"manifest", bench_manifest}, Area{"package", bench_package},     Area{"memory", bench_memory},
    Area{"client", bench_client},     Area{"signing", bench_signing},     Area{"levels", bench_levels},
    Area{"imports", bench_imports},   Area{"fdatasync", bench_fdatasync}, Area{"fill", bench_fill},
    Area{"plan", bench_plan},         Area{"views", bench_views},         Area{"daemon", bench_daemon},
};

}  // namespace

void report(std::string_view name, const std::map<std::string, double>& figures) {
  nlohmann::ordered_json line{{"name", name}};
  for (const auto& [key, value] : figures) line[key] = value;
  std::cout << line.dump() << std::endl;
}

WorkDirectory::WorkDirectory() : path_((std::filesystem::temp_directory_path() / "fgsync-bench-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make a directory for temporary files");
}

WorkDirectory::~WorkDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WorkDirectory::write(const std::string& name, std::string_view bytes) const {
  const std::filesystem::path file = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string source_text(std::size_t size, unsigned seed) {
  static constexpr std::array<std::string_view, 24> kWords{
      "def ",    "return ", "self.",    "import ", "if ",     "else:\n    ", "for ",   " in ",
      "value",   "request", "response", "handler", "context", "config",      "logger", "(",
      "):\n   ", " = ",     "['",       "']",      "\n\n",    ".append(",    "None",   "\n    "};
  std::mt19937 random(seed);
  std::string text;
  text.reserve(size + 32);
  while (text.size() < size) {
    text += kWords[random() % kWords.size()];
    if (random() % 6 == 0) text += std::to_string(random() % 100'000);
  }
  text.resize(size);
  return text;
}

std::string random_bytes(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::chrono::duration<double> cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace fgsync::bench

int main(int argc, char** argv) {
  using namespace fgsync::bench;
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  try {
    for (const Area& area : kAreas) {
      if (words.empty() || words.front() != area.name) continue;
      area.run({words.begin() + 1, words.end()});
      return 0;
    }
    std::cerr << "usage: fgsync-bench AREA [ARGUMENT...]\nareas:";
    for (const Area& area : kAreas) std::cerr << ' ' << area.name;
    std::cerr << '\n';
    return 64;
  } catch (const std::exception& failure) {
    std::cerr << "fgsync-bench: " << failure.what() << '\n';
    return 1;
  }
}
