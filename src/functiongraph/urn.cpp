#include "functiongraph/urn.hpp"

#include <algorithm>
#include <vector>

namespace fgsync::functiongraph {
namespace {

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

bool is_field(std::string_view field) {
  return !field.empty() && std::all_of(field.begin(), field.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

}  // namespace

Result<FunctionUrn> FunctionUrn::parse(std::string_view text) {
  constexpr std::size_t kFields = 7;
  auto fields = split_fields(text);
  const bool has_shape = (fields.size() == kFields || fields.size() == kFields + 1) && fields[0] == "urn" &&
                         fields[1] == "fss" && fields[4] == "function" &&
                         std::all_of(fields.begin(), fields.begin() + kFields, is_field);
  if (!has_shape) return fail(ErrorKind::corrupt, "not the URN of a function: \"" + std::string(text) + "\"");
  std::string bare;
  for (std::size_t i = 0; i < kFields; ++i) bare += (i == 0 ? "" : ":") + std::string(fields[i]);
  return FunctionUrn(std::move(bare));
}

}  // namespace fgsync::functiongraph
