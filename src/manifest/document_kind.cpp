#include "manifest/document_kind.hpp"

#include <algorithm>
#include <array>

#include "base/nearest.hpp"
#include "manifest/shown_text.hpp"

namespace fgsync::manifest {
namespace {

using yaml::Node;

constexpr std::string_view kApiVersion = "fgsync/v1";
constexpr std::string_view kApiGroup = "fgsync/";
constexpr std::string_view kApiVersionKey = "apiVersion";
constexpr std::array<std::string_view, 3> kKinds{"Function", "Config", "Environment"};

const yaml::Entry* find_entry(const Node& mapping, std::string_view key) {
  const auto is_key = [key](const yaml::Entry& entry) {
    return entry.key->kind == Node::Kind::scalar && entry.key->text == key;
  };
  const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(), is_key);
  return found == mapping.entries.end() ? nullptr : &*found;
}

std::string text_of(const yaml::Entry* entry) {
  return entry != nullptr && entry->value->kind == Node::Kind::scalar ? entry->value->text : "";
}

bool is_near(std::string_view word, std::string_view wanted) {
  return nearest(word, std::span(&wanted, 1)).has_value();
}

/// An entry like `apiversion: fgsync/v1`.
const yaml::Entry* find_misspelt_api_version(const Node& mapping) {
  const auto is_misspelt = [](const yaml::Entry& entry) {
    return entry.key->kind == Node::Kind::scalar && entry.value->kind == Node::Kind::scalar &&
           entry.value->text.starts_with(kApiGroup) && is_near(entry.key->text, kApiVersionKey);
  };
  const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(), is_misspelt);
  return found == mapping.entries.end() ? nullptr : &*found;
}

DocumentKind refuse(yaml::Report& report, yaml::Finding finding) {
  report.error(std::move(finding));
  return DocumentKind::refused;
}

DocumentKind classify_kind(yaml::Report& report, const yaml::Value& root) {
  const yaml::Entry* kind = find_entry(*root.node, "kind");
  if (kind == nullptr) {
    return refuse(report, {.code = "missing",
                           .mark = root.key,
                           .field = "kind",
                           .message = "is missing",
                           .hint = "write `kind: Function`, Config or Environment"});
  }
  const std::string text = text_of(kind);
  if (text == kKinds[0]) return DocumentKind::function;
  if (text == kKinds[1]) return DocumentKind::config;
  if (text == kKinds[2]) return DocumentKind::environment;
  const yaml::Value value{.node = kind->value, .field = "kind", .key = kind->key->mark};
  return refuse(report, {.code = "unknown_value",
                         .mark = value.mark(),
                         .field = "kind",
                         .message = "must be Function, Config or Environment, found " + describe(*kind->value),
                         .hint = yaml::did_you_mean(text, {kKinds.begin(), kKinds.end()})});
}

DocumentKind classify_without_api_version(yaml::Report& report, const yaml::Value& root, Origin origin) {
  if (const yaml::Entry* misspelt = find_misspelt_api_version(*root.node)) {
    return refuse(report, {.code = "unknown_key",
                           .mark = misspelt->key->mark,
                           .field = yaml::shown_text(misspelt->key->text, 60),
                           .message = "unknown key",
                           .hint = "did you mean apiVersion?"});
  }
  const bool is_near_miss = text_of(find_entry(*root.node, "kind")) == kKinds[0];
  if (!is_near_miss && origin == Origin::scanned) return DocumentKind::foreign;
  return refuse(report, {.code = "missing",
                         .mark = root.key,
                         .field = std::string(kApiVersionKey),
                         .message = "is missing",
                         .hint = "write `apiVersion: fgsync/v1`"});
}

}  // namespace

DocumentKind classify(yaml::Report& report, const yaml::Value& root, Origin origin) {
  if (root.node->kind == Node::Kind::null) return DocumentKind::foreign;
  if (root.node->kind != Node::Kind::mapping) {
    if (origin == Origin::scanned) return DocumentKind::foreign;
    return refuse(report, {.code = "wrong_type",
                           .mark = root.mark(),
                           .field = {},
                           .message = "a manifest must be a mapping, found " + describe(*root.node)});
  }

  const yaml::Entry* api_version = find_entry(*root.node, kApiVersionKey);
  if (api_version == nullptr) return classify_without_api_version(report, root, origin);
  const std::string text = text_of(api_version);
  if (text == kApiVersion) return classify_kind(report, root);

  const bool is_near_miss = text.starts_with(kApiGroup) || is_near(text, kApiVersion);
  if (!is_near_miss && origin == Origin::scanned) return DocumentKind::foreign;
  const yaml::Value value{
      .node = api_version->value, .field = std::string(kApiVersionKey), .key = api_version->key->mark};
  return refuse(report, {.code = "unknown_api_version",
                         .mark = value.mark(),
                         .field = value.field,
                         .message = "must be fgsync/v1, found " + describe(*value.node),
                         .hint = text.starts_with("fgsync/v") && text != kApiVersion
                                     ? "this version of fgsync knows only fgsync/v1"
                                     : ""});
}

}  // namespace fgsync::manifest
