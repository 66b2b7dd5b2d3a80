#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fgsync {

enum class LogLevel { error, warn, info, debug };

/// One `key=value` of a log line. Keys come from docs/logging.md.
struct LogField {
  std::string key;
  std::string value;
};

inline LogField kv(std::string_view key, std::string_view value) {
  return LogField{std::string(key), std::string(value)};
}
template <class Number>
  requires std::is_arithmetic_v<Number>
LogField kv(std::string_view key, Number value) {
  return LogField{std::string(key), std::to_string(value)};
}

/// Where log lines go: standard error in logfmt, or nowhere (the default). Cheap to copy; the copies share the sink.
/// The message is constant, what varies stands in fields; values are escaped and cut at 500 bytes.
class Logger {
 public:
  Logger() = default;
  /// A logger to standard error that writes `level` and everything more severe.
  static Logger to_stderr(LogLevel level);

  /// The same logger with fields that stand in every line.
  [[nodiscard]] Logger with(std::initializer_list<LogField> fields) const;

  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;

  [[nodiscard]] bool writes(LogLevel level) const { return enabled_ && level <= level_; }

 private:
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const;

  bool enabled_ = false;
  LogLevel level_ = LogLevel::info;
  std::vector<LogField> bound_;
};

/// `key=value` with the value quoted and escaped when it holds a blank, a quote, `=` or a control character.
std::string to_logfmt(const LogField& field);

}  // namespace fgsync
