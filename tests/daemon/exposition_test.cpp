// That the parser of the other tests refuses what it should.
#include "tests/daemon/exposition.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace fgsync::test;

namespace {

const std::string kGauge = "# HELP a An a.\n# TYPE a gauge\n";
const std::string kHistogram = "# HELP h An h.\n# TYPE h histogram\n";

}  // namespace

TEST_CASE("exposition: labels are read without their escapes") {
  const auto families = parse_exposition(kGauge + "a{x=\"q\\\"b\\\\n\\n\",y=\"\"} 2.5\na 1e3\n");
  CHECK(families.at("a").type == "gauge");
  CHECK(families.at("a").help == "An a.");
  CHECK(value_of(families, "a", {{"x", "q\"b\\n\n"}, {"y", ""}}) == 2.5);
  CHECK(value_of(families, "a") == 1000);
  CHECK_THROWS_AS(value_of(families, "a", {{"x", "b"}}), std::out_of_range);
}

TEST_CASE("exposition: a histogram is one family") {
  const auto families =
      parse_exposition(kHistogram + "h_count 3\nh_sum 9\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 3\n");
  CHECK(value_of(families, "h_bucket", {{"le", "1"}}) == 1);
}

TEST_CASE("exposition: what is not the format is refused") {
  const std::string bad = GENERATE_COPY(
      as<std::string>(), "", kGauge, kGauge + "a 1", "a 1\n", kGauge + "\na 1\n", kGauge + "b 1\n", kGauge + "a x\n",
      kGauge + "a 1 2\n", kGauge + "a{} 1\n", kGauge + "a{x=1} 1\n", kGauge + "a{x=\"1\"\n",
      kGauge + "a{x=\"1\",x=\"2\"} 1\n", kGauge + "a{x=\"\\t\"} 1\n", kGauge + "a{x:y=\"1\"} 1\n",
      kGauge + "a 1\na 2\n", kGauge + "a 1\n" + kGauge + "a{x=\"1\"} 1\n", "# HELP a An a.\na 1\n",
      "# TYPE a gauge\na 1\n", "# HELP a\n# TYPE a gauge\na 1\n", "# HELP a An a.\n# TYPE a guess\na 1\n",
      "# HELP a A.\n# TYPE a counter\na 1\n", "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n",
      "# HELP a_total A.\n# TYPE a_total counter\na_total -1\n", "# HELP a_sum A.\n# TYPE a_sum gauge\na_sum 1\n");
  CAPTURE(bad);
  CHECK_THROWS_AS(parse_exposition(bad), std::runtime_error);
}

TEST_CASE("exposition: a histogram that does not add up is refused") {
  const std::string bad =
      GENERATE(as<std::string>(), "h_count 3\nh_sum 9\n", "h_count 3\nh_bucket{le=\"+Inf\"} 3\n",
               "h_sum 3\nh_bucket{le=\"+Inf\"} 3\n", "h_count 3\nh_sum 9\nh_bucket{le=\"1\"} 3\n",
               "h_count 3\nh_sum 9\nh_bucket{le=\"+Inf\"} 2\n", "h_count 3\nh_sum 9\nh_bucket 3\n",
               "h_count 3\nh_sum 9\nh_bucket{le=\"1\"} 4\nh_bucket{le=\"+Inf\"} 3\n",
               "h_count 3\nh_sum 9\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 3\n");
  CAPTURE(bad);
  CHECK_THROWS_AS(parse_exposition(kHistogram + bad), std::runtime_error);
}
