// libzip keeps two masks for the whole process, without a lock: two threads must not be in zip_open_from_source at
// once.
#include <dlfcn.h>
#include <zip.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "package/unpack.hpp"
#include "package/zip_writer.hpp"

using fgsync::Result;
using namespace fgsync::package;

namespace {

std::atomic<int> opening = 0;
std::atomic<int> opened = 0;
std::atomic<bool> has_overlapped = false;

class Letter final : public EntrySource {
 public:
  Result<void> open() override {
    is_read_ = false;
    return {};
  }
  Result<std::size_t> read(std::span<char> buffer) override {
    if (is_read_) return std::size_t{0};
    is_read_ = true;
    buffer.front() = 'x';
    return std::size_t{1};
  }
  [[nodiscard]] std::uint64_t size() const override { return 1; }

 private:
  bool is_read_ = false;
};

class Nowhere final : public ByteSink {
 public:
  Result<void> write_at(std::uint64_t /*offset*/, std::span<const char> /*bytes*/) override { return {}; }
  Result<void> settle(std::uint64_t /*offset*/) override { return {}; }
};

bool write_one() {
  Letter letter;
  Nowhere nowhere;
  const std::array<ZipEntry, 1> entries{ZipEntry{"letter", ZipMode::plain, ZipCompression::stored, &letter}};
  return write_zip(entries, nowhere).has_value();
}

}  // namespace

/// Stands before libzip's function of that name: it stays long enough for another thread to come.
extern "C" zip_t* zip_open_from_source(zip_source_t* source, int flags, zip_error_t* error) {
  using Open = zip_t* (*)(zip_source_t*, int, zip_error_t*);
  if (opening.fetch_add(1) > 0) has_overlapped = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  zip_t* zip = reinterpret_cast<Open>(dlsym(RTLD_NEXT, "zip_open_from_source"))(source, flags, error);
  opening.fetch_sub(1);
  opened.fetch_add(1);
  return zip;
}

TEST_CASE("zip: threads that write at the same time open their zips one after the other") {
  has_overlapped = false;
  opened = 0;
  std::array<bool, 4> is_written{};
  {
    std::array<std::jthread, 4> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      threads.at(i) = std::jthread([&is_written, i] { is_written.at(i) = write_one(); });
    }
  }
  CHECK(is_written == std::array{true, true, true, true});
  CHECK(opened == 4);
  CHECK_FALSE(has_overlapped);
}

TEST_CASE("zip: nor does a thread that reads one open it while another is written") {
  has_overlapped = false;
  opened = 0;
  {
    std::array<std::jthread, 4> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      threads.at(i) = std::jthread([i] {
        if (i % 2 == 0) {
          write_one();
        } else {
          (void)find_entry("no zip", {});
        }
      });
    }
  }
  CHECK(opened == 4);
  CHECK_FALSE(has_overlapped);
}
