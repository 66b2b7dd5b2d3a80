#include "emulator/timestamps.hpp"

#include <cstdio>

#include "base/clock.hpp"

namespace fgsync::emulator {
namespace {

struct Parts {
  int year;
  unsigned month, day, hour, minute, second;
};

Parts parts_of(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset) {
  using std::chrono::days;
  const auto local = std::chrono::floor<std::chrono::seconds>(when) + utc_offset;
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  return Parts{static_cast<int>(date.year()),
               static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day()),
               static_cast<unsigned>(time.hours().count()),
               static_cast<unsigned>(time.minutes().count()),
               static_cast<unsigned>(time.seconds().count())};
}

std::string format(const char* pattern, int year, const Parts& at) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, year, at.month, at.day, at.hour, at.minute, at.second);
  return text;
}

}  // namespace

std::string last_modified(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset) {
  const Parts at = parts_of(when, utc_offset);
  return format("%04d-%02u-%02u %02u:%02u:%02u", at.year, at);
}

std::string default_version_name(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset) {
  const Parts at = parts_of(when, utc_offset);
  return format("v%04d%02u%02u-%02u%02u%02u", at.year, at);
}

std::string image_stamp(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset) {
  const Parts at = parts_of(when, utc_offset);
  return format("%02d%02u%02u%02u%02u%02u", at.year % 100, at);
}

std::string iam_time(std::chrono::system_clock::time_point when) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(when).time_since_epoch().count() % 1'000'000;
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06lldZ", static_cast<long long>(micros));
  std::string time = to_iso8601(std::chrono::floor<std::chrono::seconds>(when));
  time.pop_back();
  return time + fraction;
}

}  // namespace fgsync::emulator
