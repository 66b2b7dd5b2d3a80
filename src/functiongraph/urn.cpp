#include "functiongraph/urn.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/printable.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr std::size_t kMaxShown = 200;  // bytes of somebody's text in a message

std::vector<std::string_view> split_fields(std::string_view text) {
  std::vector<std::string_view> fields;
  std::size_t start = 0;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', start)) {
    fields.push_back(text.substr(start, colon - start));
    start = colon + 1;
  }
  fields.push_back(text.substr(start));
  return fields;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of_letters_digits_and(std::string_view others, std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [others](char c) {
    return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_field(std::string_view field) {
  return consists_of_letters_digits_and("-_.", field);
}

/// In whatever case: a service that did not care about it would delete the function.
bool is_latest(std::string_view version) {
  constexpr std::string_view kLatest = "latest";
  return std::equal(version.begin(), version.end(), kLatest.begin(), kLatest.end(),
                    [](unsigned char ours, char theirs) { return std::tolower(ours) == theirs; });
}

std::string quoted(std::string_view text) {
  return '"' + printable(text, kMaxShown) + '"';
}

}  // namespace

Result<FunctionUrn> FunctionUrn::parse(std::string_view text) {
  constexpr std::size_t kFields = 7;
  auto fields = split_fields(text);
  const bool has_shape = (fields.size() == kFields || fields.size() == kFields + 1) && fields[0] == "urn" &&
                         fields[1] == "fss" && fields[4] == "function" &&
                         std::all_of(fields.begin(), fields.begin() + kFields, is_field);
  if (!has_shape) return fail(ErrorKind::corrupt, "not the URN of a function: " + quoted(text));
  std::string bare;
  for (std::size_t i = 0; i < kFields; ++i) bare += (i == 0 ? "" : ":") + std::string(fields[i]);
  return FunctionUrn(std::move(bare));
}

std::string_view FunctionUrn::field(std::size_t index) const {
  return split_fields(text_)[index];
}

Result<VersionUrn> VersionUrn::of(const FunctionUrn& function, std::string_view version) {
  if (is_latest(version)) {
    return fail(ErrorKind::invalid, "latest is not a version: it stands for the function itself");
  }
  if (!is_field(version)) return fail(ErrorKind::invalid, "not the name of a version: " + quoted(version));
  return VersionUrn(function, std::string(version));
}

Result<AliasUrn> AliasUrn::of(const FunctionUrn& function, std::string_view alias) {
  if (!consists_of_letters_digits_and("-_", alias)) {
    return fail(ErrorKind::invalid, "not the name of an alias: " + quoted(alias));
  }
  return AliasUrn(function, std::string(alias));
}

bool is_path_segment(std::string_view text) {
  return is_field(text) && text != "." && text != "..";
}

}  // namespace fgsync::functiongraph
