#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace fgsync {
namespace {

constexpr std::size_t kMaxValueBytes = 500;

/// The one sink of the process. spdlog's own registry is not used: it would be a global that anybody may change.
spdlog::logger& stderr_logger() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("fgsync", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::debug: return spdlog::level::debug;
  }
  return spdlog::level::err;
}

bool needs_quotes(std::string_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f;
         });
}

/// At most kMaxValueBytes, and no part of a UTF-8 sequence at the end.
std::string_view shortened(std::string_view value) {
  if (value.size() <= kMaxValueBytes) return value;
  std::size_t end = kMaxValueBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xc0U) == 0x80U) --end;
  return value.substr(0, end);
}

void append_escaped(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (byte < ' ' || byte == 0x7f) {
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  } else {
    out += c;
  }
}

}  // namespace

std::string to_logfmt(const LogField& field) {
  const std::string_view value = shortened(field.value);
  std::string out = field.key + "=";
  if (!needs_quotes(value)) return out + std::string(value);
  out += '"';
  for (const char c : value) append_escaped(out, c);
  out += '"';
  return out;
}

Logger Logger::to_stderr(LogLevel level) {
  Logger logger;
  logger.enabled_ = true;
  logger.level_ = level;
  return logger;
}

Logger Logger::with(std::initializer_list<LogField> fields) const {
  Logger logger = *this;
  logger.bound_.insert(logger.bound_.end(), fields);
  return logger;
}

void Logger::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (!writes(level)) return;
  std::string line = to_logfmt({"msg", std::string(message)});
  for (const LogField& field : bound_) line += " " + to_logfmt(field);
  for (const LogField& field : fields) line += " " + to_logfmt(field);
  stderr_logger().log(to_spdlog(level), line);
}

void Logger::error(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::error, message, fields);
}
void Logger::warn(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::warn, message, fields);
}
void Logger::info(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::info, message, fields);
}
void Logger::debug(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::debug, message, fields);
}

}  // namespace fgsync
