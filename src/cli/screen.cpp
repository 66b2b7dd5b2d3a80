#include "cli/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

namespace fgsync::cli {
namespace {

constexpr std::size_t kMinColumns = 20;
constexpr std::size_t kMaxColumns = 10'000;

std::string read_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return value == nullptr ? "" : value;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Absent: the descriptor is no terminal.
std::optional<std::size_t> terminal_columns(int descriptor) {
  if (::isatty(descriptor) != 1) return std::nullopt;
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

Charset charset_of(const Environment& environment) {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (locale.empty()) locale = lower(environment(name));
  }
  const bool is_utf8 = locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  return is_utf8 ? Charset::utf8 : Charset::ascii;
}

bool uses_color(Color wish, const Environment& environment, bool is_terminal) {
  if (wish != Color::automatic) return wish == Color::always;
  if (!environment("NO_COLOR").empty()) return false;
  const std::string force = environment("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  return is_terminal && environment("TERM") != "dumb";
}

std::optional<std::size_t> columns_of(const Environment& environment, std::optional<std::size_t> terminal) {
  if (!terminal) return std::nullopt;
  const std::string given = environment("COLUMNS");
  std::size_t columns = 0;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), columns);
  if (failed != std::errc() || end != given.data() + given.size() || columns == 0) columns = *terminal;
  if (columns == 0) return std::nullopt;  // a terminal that does not know its size
  return std::clamp(columns, kMinColumns, kMaxColumns);
}

Screen screen_of(int descriptor) {
  return {.columns = columns_of(read_variable, terminal_columns(descriptor)), .charset = charset_of(read_variable)};
}

bool uses_color(const Options& options, int descriptor) {
  return uses_color(options.color, read_variable, ::isatty(descriptor) == 1);
}

}  // namespace fgsync::cli
