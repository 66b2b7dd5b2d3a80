#include "functiongraph/timestamp.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace fgsync::functiongraph {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::hours kZoneOfTheDocuments{8};

/// Takes a text apart from its front. After something that is not there, nothing more is.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Exactly as many digits.
  int digits(std::size_t count) {
    int value = 0;
    const char* end = rest_.data() + std::min(count, rest_.size());
    const bool are_digits = rest_.size() >= count && std::all_of(rest_.data(), end, is_digit);
    if (!are_digits) return give_up();
    std::from_chars(rest_.data(), end, value);
    rest_.remove_prefix(count);
    return value;
  }
  /// One of the characters, or 0.
  char any_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return 0;
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }
  void expect(std::string_view text) {
    if (!rest_.starts_with(text)) give_up();
    rest_.remove_prefix(std::min(text.size(), rest_.size()));
  }
  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  void skip_digits() {
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
  }
  int give_up() {
    is_good_ = false;
    return 0;
  }

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] bool is_good() const { return is_good_; }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
  bool is_good_ = true;
};

std::chrono::seconds time_of_day(Scanner& scanner) {
  const int hour = scanner.digits(2);
  scanner.expect(":");
  const int minute = scanner.digits(2);
  scanner.expect(":");
  const int second = scanner.digits(2);
  // 60: a leap second.
  if (hour > 23 || minute > 59 || second > 60) scanner.give_up();
  return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

/// What the zone is ahead of UTC.
std::chrono::minutes zone(Scanner& scanner) {
  if (scanner.is_at_end()) return kZoneOfTheDocuments;
  const char sign = scanner.any_of("Z+-");
  if (sign == 'Z') return std::chrono::minutes(0);
  if (sign == 0) scanner.give_up();
  const int hours = scanner.digits(2);
  scanner.any_of(":");
  const std::chrono::minutes ahead = std::chrono::hours(hours) + std::chrono::minutes(scanner.digits(2));
  return sign == '-' ? -ahead : ahead;
}

std::optional<system_clock::time_point> time_point(const Scanner& scanner, int year, int month, int day,
                                                   std::chrono::seconds since_midnight) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // What the clock counts in ends long before the year 9999.
  if (!scanner.is_good() || !scanner.is_at_end() || !date.ok() || year < 1970 || year > 2200) return std::nullopt;
  return std::chrono::sys_days(date) + since_midnight;
}

}  // namespace

std::optional<system_clock::time_point> parse_timestamp(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.digits(4);
  scanner.expect("-");
  const int month = scanner.digits(2);
  scanner.expect("-");
  const int day = scanner.digits(2);
  if (scanner.any_of("T ") == 0) scanner.give_up();
  const auto since_midnight = time_of_day(scanner);
  if (scanner.any_of(".") != 0) scanner.skip_digits();
  const auto ahead = zone(scanner);
  return time_point(scanner, year, month, day, since_midnight - ahead);
}

std::optional<system_clock::time_point> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  Scanner scanner(text);
  scanner.take(3);  // the day of the week, which the date says, too
  scanner.expect(", ");
  const int day = scanner.digits(2);
  scanner.expect(" ");
  const auto* const month = std::find(kMonths.begin(), kMonths.end(), scanner.take(3));
  scanner.expect(" ");
  const int year = scanner.digits(4);
  scanner.expect(" ");
  const auto since_midnight = time_of_day(scanner);
  scanner.expect(" GMT");
  return time_point(scanner, year, static_cast<int>(month - kMonths.begin()) + 1, day, since_midnight);
}

}  // namespace fgsync::functiongraph
