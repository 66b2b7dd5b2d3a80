#include "emulator/access_log.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/clock.hpp"
#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kMaxPathBytes = 500;

/// Printable ASCII only, so that a line is one line and valid JSON whatever was asked for.
std::string shown_path(const std::string& target) {
  std::string path = target.substr(0, std::min(target.find('?'), kMaxPathBytes));
  std::replace_if(path.begin(), path.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return path;
}

/// Milliseconds with three decimals.
std::string milliseconds(std::chrono::nanoseconds took) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double, std::milli>(took).count());
  return text;
}

}  // namespace

Result<AccessLog> AccessLog::open(const std::string& destination) {
  if (destination == "none") return AccessLog(nullptr);
  if (destination == "-") return AccessLog(File(stderr));
  File file(std::fopen(destination.c_str(), "ae"));
  if (file) return AccessLog(std::move(file));
  return fail(ErrorKind::invalid,
              "cannot write the access log " + destination + ": " + std::generic_category().message(errno));
}

std::string to_json(const Exchange& exchange) {
  const auto& [request, response, at, took, fault, rule] = exchange;
  JsonMembers line;
  line.text("time", to_iso8601(at))
      .text("method", http::name_of(request.method))
      .text("path", shown_path(request.target))
      .number("status", response.status)
      .raw("ms", milliseconds(took))
      .number("bytes_in", static_cast<std::int64_t>(request.body.size()))
      .number("bytes_out", static_cast<std::int64_t>(response.body.size()))
      .text("request_id", http::find_header(response.headers, "X-Request-Id"));
  if (!fault.empty()) line.text("fault", fault);
  if (!rule.empty()) line.text("rule", rule);
  return line.object();
}

void AccessLog::write(std::string line) {
  if (!file_) return;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), file_.get());
  std::fflush(file_.get());
}

void AccessLog::Closer::operator()(std::FILE* file) const {
  if (file != stderr) std::fclose(file);
}

}  // namespace fgsync::emulator
