#include "reconcile/outcome.hpp"

#include <catch2/catch.hpp>

using namespace fgsync;
using reconcile::Next;
using std::chrono::milliseconds;

namespace {

std::mt19937_64 random_of_tests{7};

Next next(ErrorKind kind, int failures = 1) {
  reconcile::Failures in_a_row;
  for (int i = 0; i < failures; ++i) in_a_row.add(Error(kind, "x"));
  return reconcile::next_after(Error(kind, "x"), in_a_row, Backoff{}, random_of_tests);
}

}  // namespace

TEST_CASE("every kind of failure has its consequence") {
  struct Row {
    ErrorKind kind;
    Next::Kind consequence;
  };
  const auto row = GENERATE(values<Row>({{ErrorKind::invalid, Next::Kind::stop},
                                         {ErrorKind::not_found, Next::Kind::observe},
                                         {ErrorKind::conflict, Next::Kind::observe},
                                         {ErrorKind::unauthorized, Next::Kind::stop},
                                         {ErrorKind::throttled, Next::Kind::observe},
                                         {ErrorKind::transient, Next::Kind::observe},
                                         {ErrorKind::timed_out, Next::Kind::observe},
                                         {ErrorKind::unknown_effect, Next::Kind::observe},
                                         {ErrorKind::cancelled, Next::Kind::stop},
                                         {ErrorKind::corrupt, Next::Kind::observe},
                                         {ErrorKind::internal, Next::Kind::stop}}));
  INFO(name_of(row.kind));
  CHECK(next(row.kind).kind == row.consequence);
}

TEST_CASE("conflicts and garbage are not looked at for ever") {
  const auto kind = GENERATE(ErrorKind::conflict, ErrorKind::not_found, ErrorKind::corrupt);
  CHECK(next(kind, 3).kind == Next::Kind::observe);
  CHECK(next(kind, 4).kind == Next::Kind::stop);
}

TEST_CASE("what a bad network does in between makes no conflict stubborn, and waits grow all the same") {
  const auto kind = GENERATE(ErrorKind::conflict, ErrorKind::corrupt);
  reconcile::Failures failures;
  for (int i = 0; i < 20; ++i) {
    failures.add(Error(ErrorKind::transient, "x"));
    failures.add(Error(kind, "x"));
    CHECK(reconcile::next_after(Error(kind, "x"), failures, Backoff{}, random_of_tests).kind == Next::Kind::observe);
  }
  CHECK(failures.count() == 40);
}

TEST_CASE("a thing that is there and gone in turn is one conflict") {
  reconcile::Failures failures;
  for (int i = 0; i < 2; ++i) {
    failures.add(Error(ErrorKind::conflict, "x"));
    failures.add(Error(ErrorKind::not_found, "x"));
  }
  CHECK(failures.of_this_sort() == 4);
}

TEST_CASE("a conflict is looked at again at once") {
  CHECK(next(ErrorKind::conflict).wait == milliseconds(0));
}

TEST_CASE("the waits of failures in a row grow up to the cap") {
  milliseconds longest{0};
  for (int i = 0; i < 200; ++i) longest = std::max(longest, next(ErrorKind::transient, 1).wait);
  CHECK(longest <= milliseconds(1000));
  longest = milliseconds(0);
  for (int i = 0; i < 200; ++i) longest = std::max(longest, next(ErrorKind::transient, 40).wait);
  CHECK(longest > milliseconds(300'000));
  CHECK(longest <= milliseconds(600'000));
}

TEST_CASE("throttling without advice waits two to five seconds") {
  for (int i = 0; i < 50; ++i) {
    const auto wait = next(ErrorKind::throttled).wait;
    CHECK(wait >= milliseconds(2000));
    CHECK(wait <= milliseconds(5000));
  }
}

TEST_CASE("reads for planning are asked again only when the service said later") {
  auto read = [](Error error, int failures) {
    return reconcile::next_after_read(error, failures, Backoff{}, random_of_tests).kind;
  };
  Error refused(ErrorKind::transient, "no connection");
  refused.remote = RemoteFacts{};
  CHECK(read(refused, 1) == Next::Kind::stop);
  Error busy(ErrorKind::transient, "503");
  busy.remote = RemoteFacts{};
  busy.remote->http_status = 503;
  CHECK(read(busy, 1) == Next::Kind::observe);
  CHECK(read(busy, 5) == Next::Kind::stop);
  CHECK(read(Error(ErrorKind::throttled, "429"), 1) == Next::Kind::observe);
  CHECK(read(Error(ErrorKind::unauthorized, "401"), 1) == Next::Kind::stop);
  CHECK(read(Error(ErrorKind::corrupt, "cut off"), 2) == Next::Kind::observe);
  CHECK(read(Error(ErrorKind::corrupt, "cut off"), 3) == Next::Kind::stop);
}
