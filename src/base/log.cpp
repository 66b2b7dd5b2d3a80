#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/utf8.hpp"

namespace fgsync {
namespace {

constexpr std::size_t kMaxValueBytes = 500;

/// The sinks of the process, one for each form; all write to standard error. spdlog's own registry is not used: it
/// would be a global that anybody may change.
std::shared_ptr<spdlog::logger> make_sink(const char* pattern) {
  auto made = std::make_shared<spdlog::logger>("fgsync", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  made->set_pattern(pattern, spdlog::pattern_time_type::utc);
  made->set_level(spdlog::level::trace);
  return made;
}

spdlog::logger& sink_of(const LogSettings& settings) {
  static const auto journal = make_sink("%v");
  static const auto logfmt = make_sink("time=%Y-%m-%dT%H:%M:%S.%eZ %v");
  static const auto json = make_sink(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v)");
  if (settings.is_journal) return *journal;
  return settings.format == LogFormat::json ? *json : *logfmt;
}

struct LevelNames {
  std::string_view in_lines;
  std::string_view priority;  ///< as sd-daemon(3) has it
};

LevelNames names_of(LogLevel level) {
  switch (level) {
    case LogLevel::error: return {"error", "<3>"};
    case LogLevel::warn: return {"warning", "<4>"};
    case LogLevel::info: return {"info", "<6>"};
    case LogLevel::debug: return {"debug", "<7>"};
  }
  return {"error", "<3>"};
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

constexpr std::string_view kDigits = "0123456789abcdef";

/// `for_bytes` begins the form of control characters, before two digits.
void append_escaped(std::string& out, char c, std::string_view for_bytes) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (byte < ' ' || byte == 0x7f) {
    out += for_bytes;
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  } else {
    out += c;
  }
}

std::string in_json_quotes(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\ufffd";
    } else if (length == 1) {
      append_escaped(out, text.front(), "\\u00");
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + '"';
}

/// Not so of "nan" and "inf", which JSON does not know.
bool is_json_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("-0123456789.") == std::string_view::npos;
}

}  // namespace

std::string to_logfmt(const LogField& field) {
  const std::string_view value = shortened(field.value);
  std::string out = field.key + "=";
  if (!needs_quotes(value)) return out + std::string(value);
  out += '"';
  for (const char c : value) append_escaped(out, c, "\\x");
  out += '"';
  return out;
}

std::string to_json(const LogField& field) {
  const std::string_view value = shortened(field.value);
  std::string out = in_json_quotes(field.key) + ":";
  return out + (field.is_number && is_json_number(value) ? std::string(value) : in_json_quotes(value));
}

bool is_journal_stream(std::string_view journal_stream, int descriptor) {
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) return false;
  return journal_stream == std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
}

struct Logger::Shared {
  explicit Shared(const LogSettings& settings)
      : level(settings.level), format(settings.format), is_journal(settings.is_journal) {}

  std::atomic<LogLevel> level;
  std::atomic<LogFormat> format;
  const bool is_journal;
};

Logger Logger::to_stderr(const LogSettings& settings) {
  Logger logger;
  logger.shared_ = std::make_shared<Shared>(settings);
  return logger;
}

Logger Logger::to_stderr(LogLevel level) {
  return to_stderr(LogSettings{level});
}

bool Logger::writes(LogLevel level) const {
  return shared_ != nullptr && level <= shared_->level.load();
}

LogSettings Logger::settings() const {
  if (shared_ == nullptr) return {};
  return {shared_->level.load(), shared_->format.load(), shared_->is_journal};
}

void Logger::set_level(LogLevel level) const {
  if (shared_ != nullptr) shared_->level = level;
}

void Logger::set_format(LogFormat format) const {
  if (shared_ != nullptr) shared_->format = format;
}

Logger Logger::with(std::initializer_list<LogField> fields) const {
  Logger logger = *this;
  logger.bound_.insert(logger.bound_.end(), fields);
  return logger;
}

void Logger::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (!writes(level)) return;
  const LogSettings settings = this->settings();
  const bool is_json = settings.format == LogFormat::json;
  const auto [name, priority] = names_of(level);
  std::string line;
  const auto add = [&](const LogField& field) {
    if (!line.empty()) line += is_json ? ',' : ' ';
    line += is_json ? to_json(field) : to_logfmt(field);
  };
  add(kv("level", name));
  add(kv("msg", message));
  for (const LogField& field : bound_) add(field);
  for (const LogField& field : fields) add(field);
  if (is_json) line += '}';
  // Without the time the line has its beginning from here.
  if (settings.is_journal) line.insert(0, std::string(priority) + (is_json ? "{" : ""));
  sink_of(settings).log(spdlog::level::info, line);
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
