// Errs on the side of hiding: what was cut off before its `@` may be the start of a password, too.
#include "config/redaction.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace fgsync::config {
namespace {

constexpr std::string_view kSchemeEnd = "://";
constexpr std::string_view kCut = "…";

/// How much of what stands behind `://` may be a login.
std::size_t login_length(std::string_view location) {
  const auto at = location.rfind('@');
  if (at != std::string_view::npos) return at;
  const std::string_view authority = location.substr(0, location.find('/'));
  if (authority.ends_with(kCut)) return authority.size();
  const auto colon = authority.starts_with('[') ? std::string_view::npos : authority.find(':');
  if (colon == std::string_view::npos) return 0;
  const std::string_view port = authority.substr(colon + 1);
  const bool is_port = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_port ? 0 : location.size();
}

/// Values stand in quotes; what is before the first one are our own words.
std::string without_logins_in_quotes(const std::string& text) {
  const auto quote = std::min(text.find('"'), text.size());
  return text.substr(0, quote) + without_logins(text.substr(quote));
}

bool is_about_credentials(const manifest::Diagnostic& diagnostic) {
  return diagnostic.field.find(".credentials") != std::string::npos;
}

void redact_one(manifest::Diagnostic& diagnostic) {
  diagnostic.field = without_logins(diagnostic.field);
  diagnostic.message = without_logins_in_quotes(diagnostic.message);
  diagnostic.hint = without_logins_in_quotes(diagnostic.hint);
  diagnostic.source_line = without_logins(diagnostic.source_line);
  if (!is_about_credentials(diagnostic) || diagnostic.code != "wrong_type") return;
  const auto found = diagnostic.message.find(", found \"");
  diagnostic.message.resize(std::min(found, diagnostic.message.size()));
}

}  // namespace

std::string without_logins(const std::string& text) {
  std::string shown;
  std::size_t done = 0;
  for (auto scheme = text.find(kSchemeEnd); scheme != std::string::npos; scheme = text.find(kSchemeEnd, done)) {
    const std::size_t start = scheme + kSchemeEnd.size();
    const std::size_t end = std::min(text.find_first_of(" \t\"'", start), text.size());
    const std::size_t hidden = login_length(std::string_view(text).substr(start, end - start));
    shown += text.substr(done, start - done);
    if (hidden > 0) shown += "***";
    done = start + hidden;
  }
  return shown + text.substr(done);
}

void redact(manifest::Diagnostics& diagnostics) {
  std::set<int> lines;
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    if (is_about_credentials(diagnostic)) lines.insert(diagnostic.position.line);
  }
  for (manifest::Diagnostic& diagnostic : diagnostics) {
    redact_one(diagnostic);
    if (lines.contains(diagnostic.position.line)) diagnostic.source_line.clear();
  }
}

}  // namespace fgsync::config
