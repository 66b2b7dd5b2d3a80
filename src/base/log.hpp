#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fgsync {

enum class LogLevel { error, warn, info, debug };
enum class LogFormat { logfmt, json };

/// One `key=value` of a log line. Keys come from docs/logging.md.
struct LogField {
  std::string key;
  std::string value;
  bool is_number = false;  ///< stands without quotes in JSON
};

inline LogField kv(std::string_view key, std::string_view value) {
  return LogField{std::string(key), std::string(value)};
}
template <class Number>
  requires std::is_arithmetic_v<Number>
LogField kv(std::string_view key, Number value) {
  return LogField{std::string(key), std::to_string(value), true};
}

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::logfmt;
  /// Lines begin with the priority that the journal takes from them (`<3>` to `<7>`), and have no `time`: the journal
  /// has it. See `is_journal_stream`.
  bool is_journal = false;
};

/// Where log lines go: standard error, or nowhere (the default). Cheap to copy; the copies share the sink, the level
/// and the format, also when these change. Any thread may use it. The message is constant, what varies stands in
/// fields; values are escaped and cut at 500 bytes.
class Logger {
 public:
  Logger() = default;
  /// A logger to standard error that writes the level of `settings` and everything more severe.
  static Logger to_stderr(const LogSettings& settings);
  static Logger to_stderr(LogLevel level);

  /// The same logger with fields that stand in every line.
  [[nodiscard]] Logger with(std::initializer_list<LogField> fields) const;

  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;

  [[nodiscard]] bool writes(LogLevel level) const;
  /// How it writes now. That of a logger to nowhere is the default.
  [[nodiscard]] LogSettings settings() const;
  /// For this logger and all its copies, from the next line on. A logger to nowhere stays silent.
  void set_level(LogLevel level) const;
  void set_format(LogFormat format) const;

 private:
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const;

  struct Shared;
  std::shared_ptr<Shared> shared_;  // null: nowhere
  std::vector<LogField> bound_;
};

/// `key=value` with the value quoted and escaped when it holds a blank, a quote, `=` or a control character.
std::string to_logfmt(const LogField& field);
/// `"key":"value"`, or `"key":1` for a number. What is not UTF-8 becomes U+FFFD.
std::string to_json(const LogField& field);

/// Whether `descriptor` leads to the journal: `journal_stream` is JOURNAL_STREAM, by which systemd says the device and
/// inode of the stream that it made. The variable alone says nothing: children with other streams inherit it.
bool is_journal_stream(std::string_view journal_stream, int descriptor);

}  // namespace fgsync
