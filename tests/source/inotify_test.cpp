#include "source/inotify.hpp"

#include <sys/inotify.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <string>

namespace fgsync::source::test {
namespace {

std::string record(int watch, std::uint32_t mask, std::string name) {
  inotify_event head{};
  head.wd = watch;
  head.mask = mask;
  head.len = static_cast<std::uint32_t>(name.size());
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes + name;
}

}  // namespace

TEST_CASE("inotify: records are read one after the other, names without their filling") {
  const std::string bytes = record(3, IN_CREATE, std::string("a.yaml\0\0", 8)) + record(-1, IN_Q_OVERFLOW, "") +
                            record(4, IN_DELETE, std::string("full"));
  const auto events = parse_events(bytes);
  REQUIRE(events.size() == 3);
  CHECK(events[0].watch == 3);
  CHECK(events[0].mask == IN_CREATE);
  CHECK(events[0].name == "a.yaml");
  CHECK(events[1].watch == -1);
  CHECK(events[1].name.empty());
  CHECK(events[2].name == "full");
}

TEST_CASE("inotify: a record that is cut short ends the list") {
  const std::string first = record(3, IN_CREATE, std::string("a\0", 2));
  const std::string bytes = first + record(4, IN_CREATE, std::string("b\0", 2));
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    INFO(size);
    const std::string exact = bytes.substr(0, size);  // for the sanitizer: nothing behind it
    CHECK(parse_events(exact).size() == (size == bytes.size() ? 2U : (size >= first.size() ? 1U : 0U)));
  }
}

}  // namespace fgsync::source::test
