#include "functiongraph/timestamp.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace fgsync::functiongraph {
namespace {

std::optional<std::int64_t> seconds_of(std::optional<std::chrono::system_clock::time_point> time) {
  if (!time) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
}

TEST_CASE("timestamp: every form that documents show") {
  const std::vector<std::pair<std::string, std::int64_t>> times{
      {"2019-10-25 15:37:27", 1571989047},
      {"2019-10-25T15:37:27+08:00", 1571989047},
      {"2019-10-25T15:37:27+0800", 1571989047},
      {"2019-10-25T07:37:27Z", 1571989047},
      {"2019-10-25T04:07:27-03:30", 1571989047},
      {"2019-02-13T06:52:13.855000Z", 1550040733},
      {"2020-02-29T00:00:00Z", 1582934400},
      {"2016-12-31T23:59:60Z", 1483228800},
      {"1970-01-01T00:00:00Z", 0},
      {"2200-12-31T23:59:59Z", 7289654399},
  };
  for (const auto& [text, seconds] : times) {
    INFO(text);
    CHECK(seconds_of(parse_timestamp(text)) == seconds);
  }
}

TEST_CASE("timestamp: anything else is none") {
  for (const auto* text :
       {"", "2019-10-25", "2019-10-25 15:37", "2019-13-25 15:37:27", "2019-02-29 15:37:27", "2019-10-25 24:37:27",
        "2019-10-25 15:60:27", "2019-10-25 15:37:61", "2019-10-25 15:37:27 ", "2019-10-25T15:37:27+8",
        "2019-10-25T15:37:27X", "19-10-25 15:37:27", "2019/10/25 15:37:27", "9999-10-25 15:37:27",
        "1969-12-31T23:59:59Z", "2019-10-25x15:37:27", "-019-10-25 15:37:27", "2019-10-25 15:37:27Z2"}) {
    INFO(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("timestamp: HTTP's form of a date") {
  CHECK(seconds_of(parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT")) == 1792567680);
  CHECK(seconds_of(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT")) == 1709251199);
  for (const auto* text :
       {"", "Wed, 21 Oct 2026 07:28:00", "Wed, 21 Oct 2026 07:28:00 UTC", "Wed, 32 Oct 2026 07:28:00 GMT",
        "Wed, 21 Okt 2026 07:28:00 GMT", "Wed, 1 Oct 2026 07:28:00 GMT", "Wednesday, 21-Oct-26 07:28:00 GMT",
        "Wed Oct 21 07:28:00 2026", "Wed, 21 Oct 2026 07:28:00 GMT "}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

}  // namespace
}  // namespace fgsync::functiongraph
