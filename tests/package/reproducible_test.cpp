// The same files give the same bytes: each test varies one thing that must leave no trace, in a process of its own.
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "package/archive.hpp"
#include "package/contents.hpp"
#include "tests/package/temp_directory.hpp"
#include "tests/support/all_bytes.hpp"

using fgsync::test::TempDirectory;
using namespace fgsync::package;

namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65'534;

struct NamedFile {
  std::string name;
  std::string text;
  bool executable = false;
};

/// Stored and deflated entries, large enough for a temporary file, with names whose order depends on the locale.
std::vector<NamedFile> package() {
  std::string text;
  std::string random;
  std::mt19937 generator(7);
  while (text.size() < 100'000) text += "line " + std::to_string(generator() % 1000) + '\n';
  while (random.size() < 2'000'000) random += static_cast<char>(generator());
  return {{"index.py", text},       {"lib/a.py", "x"}, {"lib/b.py", ""},      {"lib.py", "x"},
          {"bin/run", "run", true}, {"logo", random},  {"I.txt", "x"},        {"i-dot.txt", "x"},
          {"caf\xc3\xa9", "x"},     {"zebra", "x"},    {"\xc3\x84pfel", "x"}, {".hidden", "x"}};
}

void write(const std::string& directory, const std::vector<NamedFile>& files) {
  for (const NamedFile& file : files) {
    const fs::path path = fs::path(directory) / file.name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << file.text;
    if (file.executable) fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add);
  }
}

/// Content and archive digest, or what went wrong.
std::string digests_of(const std::string& directory) {
  const auto list = scan(directory, {});
  if (!list) return list.error().message;
  const auto contents = hash_contents(*list);
  if (!contents) return contents.error().message;
  const auto archive = build_archive(*list, contents->digest);
  if (!archive) return archive.error().message;
  if (fgsync::sha512_hex(fgsync::test::all_bytes(*archive->source())) != archive->digest().hex)
    return "the digest is not that of the bytes";
  return contents->digest.hex + ' ' + archive->digest().hex;
}

/// What `work` returns in a child process, which has its own umask, environment, locale and user.
std::string in_child(const std::function<std::string()>& work) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string said;
    try {
      said = work();
    } catch (const std::exception& failure) {
      said = failure.what();
    }
    const auto written = ::write(pipe[1], said.data(), said.size());
    ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(pipe[1]);
  std::string said;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  return said;
}

/// A package written and digested in the usual way.
struct Usual {
  Usual() {
    write(code.path(), package());
    digests = digests_of(code.path());
    REQUIRE(digests.size() == 64 + 1 + 128);
  }
  TempDirectory code;
  std::string digests;
};

}  // namespace

TEST_CASE("reproducible: in every time zone") {
  const Usual usual;
  for (const char* zone : {"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "XYZ-14ABC,1/0,100/0"}) {
    CAPTURE(zone);
    CHECK(in_child([&] {
            ::setenv("TZ", zone, 1);
            ::tzset();
            return digests_of(usual.code.path());
          }) == usual.digests);
  }
}

TEST_CASE("reproducible: with every umask") {
  const Usual usual;
  for (const mode_t mask : {0U, 002U, 022U, 027U, 077U}) {
    CAPTURE(mask);
    const TempDirectory place;
    const std::string other = place / "code";
    CHECK(in_child([&] {
            ::umask(mask);
            write(other, package());
            return digests_of(other);
          }) == usual.digests);
  }
}

TEST_CASE("reproducible: in every locale that is installed") {
  const Usual usual;
  int tried = 0;
  for (const char* locale : {"C", "POSIX", "C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "zh_CN.GB18030"}) {
    CAPTURE(locale);
    const std::string said = in_child([&]() -> std::string {
      ::setenv("LC_ALL", locale, 1);
      if (::setlocale(LC_ALL, "") == nullptr) return "not installed";
      return digests_of(usual.code.path());
    });
    if (said == "not installed") continue;
    ++tried;
    CHECK(said == usual.digests);
  }
  CHECK(tried >= 2);
}

TEST_CASE("reproducible: whatever order the files were made in") {
  const Usual usual;
  std::vector<NamedFile> files = package();
  for (unsigned seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    const TempDirectory other;
    std::shuffle(files.begin(), files.end(), std::mt19937(seed));
    write(other.path(), files);
    CHECK(digests_of(other.path()) == usual.digests);
  }
}

TEST_CASE("reproducible: whatever the times of the files are") {
  const Usual usual;
  int hours = 0;
  for (const auto& entry : fs::recursive_directory_iterator(usual.code.path())) {
    hours += 24 * 365 * 3;
    fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours(hours));
  }
  CHECK(digests_of(usual.code.path()) == usual.digests);
  // Neither before 1980, where a zip's time begins, nor after 2107, where it ends.
  using std::chrono::seconds;
  const std::chrono::sys_time<seconds> in_1970(seconds(100'000));
  const std::chrono::sys_time<seconds> in_2200(seconds(7'258'118'400));
  fs::last_write_time(usual.code / "index.py", std::chrono::file_clock::from_sys(in_1970));
  fs::last_write_time(usual.code / "zebra", std::chrono::file_clock::from_sys(in_2200));
  CHECK(digests_of(usual.code.path()) == usual.digests);
}

TEST_CASE("reproducible: wherever the directory is, whatever it is called, however it is named") {
  const Usual usual;
  const TempDirectory place;
  place.make_directory("deep/er");
  fs::copy(usual.code.path(),
           place /
               "deep/er/c\xc3\xb6"
               "de",
           fs::copy_options::recursive);
  CHECK(digests_of(place / "deep/er/c\xc3\xb6"
                           "de") == usual.digests);
  CHECK(digests_of(place / "deep/../deep/er/c\xc3\xb6"
                           "de/") == usual.digests);
  place.link("link",
             "deep/er/c\xc3\xb6"
             "de");
  CHECK(digests_of(place / "link") == usual.digests);
  CHECK(in_child([&] {
          fs::current_path(place / "link");
          return digests_of(".");
        }) == usual.digests);
}

TEST_CASE("reproducible: permissions beyond the executable bit, and who owns the files, do not matter") {
  const Usual usual;
  for (const auto& entry : fs::recursive_directory_iterator(usual.code.path())) {
    if (!entry.is_regular_file()) continue;
    const bool executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    REQUIRE(::chmod(entry.path().c_str(), executable ? 02711 : 0604) == 0);
    if (::geteuid() == 0) REQUIRE(::chown(entry.path().c_str(), kNobody, kNobody) == 0);
  }
  // chown drops the set-id bits; the executable ones stay.
  CHECK(digests_of(usual.code.path()) == usual.digests);
}

TEST_CASE("reproducible: as another user") {
  // Only the superuser can become somebody else.
  if (::geteuid() != 0) return;
  const Usual usual;
  REQUIRE(::chmod(usual.code.path().c_str(), 0755) == 0);
  CHECK(in_child([&]() -> std::string {
          if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) return "cannot become nobody";
          ::setenv("HOME", "/nonexistent", 1);
          return digests_of(usual.code.path());
        }) == usual.digests);
}

TEST_CASE("reproducible: all of it at once") {
  const Usual usual;
  const TempDirectory place;
  REQUIRE(::chmod(place.path().c_str(), 0777) == 0);
  std::vector<NamedFile> files = package();
  std::reverse(files.begin(), files.end());
  const std::string other = place / "else/where";
  CHECK(in_child([&]() -> std::string {
          ::umask(027);
          ::setenv("TZ", "Asia/Kathmandu", 1);
          ::tzset();
          ::setenv("LC_ALL", "C.UTF-8", 1);
          ::setlocale(LC_ALL, "");
          if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return "cannot become nobody";
          write(other, files);
          return digests_of(other);
        }) == usual.digests);
}
