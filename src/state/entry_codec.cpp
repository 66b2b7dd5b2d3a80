#include "state/entry_codec.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace fgsync::state {
namespace {

constexpr std::string_view kAlias = "alias ";
constexpr std::string_view kPrevious = "previous ";
constexpr std::string_view kStamp = "stamp ";
constexpr std::string_view kWish = "wish ";
constexpr std::string_view kForeign = "foreign ";

std::optional<std::string> take_counted(std::string_view& text) {
  std::size_t size = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), size);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc() || digits >= text.size() || text[digits] != ':' || size > text.size() - digits - 1) {
    return std::nullopt;
  }
  std::string bytes(text.substr(digits + 1, size));
  text.remove_prefix(digits + 1 + size);
  return bytes;
}

std::int64_t number_in(const std::map<std::string, std::string>& fields, const std::string& name) {
  const auto found = fields.find(name);
  std::int64_t number = 0;
  if (found != fields.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  }
  return number;
}

}  // namespace

std::string encode(const std::map<std::string, std::string>& fields) {
  std::string text;
  for (const auto& [key, value] : fields) {
    text += std::to_string(key.size()) + ":" + key + std::to_string(value.size()) + ":" + value;
  }
  return text;
}

std::map<std::string, std::string> decode(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    auto key = take_counted(text);
    auto value = key ? take_counted(text) : std::nullopt;
    if (!value) return {};
    fields[std::move(*key)] = std::move(*value);
  }
  return fields;
}

std::map<std::string, std::string> more_of(const InventoryEntry& entry) {
  std::map<std::string, std::string> more;
  if (entry.is_protected) more["protected"] = "";
  if (entry.awaits_mark) more["awaits_mark"] = "";
  if (entry.missing_runs > 0) more["missing_runs"] = std::to_string(entry.missing_runs);
  if (entry.is_held_back) more["held_back"] = "";
  for (const std::string& alias : entry.aliases) more[std::string(kAlias) + alias] = "";
  for (const auto& [alias, version] : entry.previous_versions) more[std::string(kPrevious) + alias] = version;
  for (const auto& [alias, stamp] : entry.alias_stamps) more[std::string(kStamp) + alias] = stamp;
  for (const auto& [alias, wish] : entry.alias_wishes) more[std::string(kWish) + alias] = wish;
  for (std::size_t i = 0; i < entry.foreign_changes.size(); ++i) {
    more[std::string(kForeign) + std::to_string(i)] = std::to_string(entry.foreign_changes[i]);
  }
  if (entry.refused_publish) {
    more["refused.key"] = entry.refused_publish->key;
    more["refused.why"] = entry.refused_publish->why;
  }
  if (entry.sighting) {
    more["seen.row"] = entry.sighting->row;
    more["seen.desired"] = entry.sighting->desired;
    more["seen.at"] = std::to_string(entry.sighting->at);
  }
  return more;
}

void set_more(const std::map<std::string, std::string>& more, InventoryEntry& entry) {
  entry.is_protected = more.contains("protected");
  entry.awaits_mark = more.contains("awaits_mark");
  entry.missing_runs = static_cast<int>(number_in(more, "missing_runs"));
  entry.is_held_back = more.contains("held_back");
  for (const auto& [name, value] : more) {
    if (name.starts_with(kAlias)) entry.aliases.insert(name.substr(kAlias.size()));
    if (name.starts_with(kForeign)) entry.foreign_changes.push_back(number_in(more, name));
    if (name.starts_with(kStamp)) entry.alias_stamps[name.substr(kStamp.size())] = value;
    if (name.starts_with(kPrevious)) entry.previous_versions[name.substr(kPrevious.size())] = value;
    if (name.starts_with(kWish)) entry.alias_wishes[name.substr(kWish.size())] = value;
  }
  if (const auto key = more.find("refused.key"); key != more.end() && more.contains("refused.why")) {
    entry.refused_publish = InventoryEntry::RefusedPublish{key->second, more.at("refused.why")};
  }
  if (const auto row = more.find("seen.row"); row != more.end() && more.contains("seen.desired")) {
    entry.sighting = InventoryEntry::Sighting{row->second, more.at("seen.desired"), number_in(more, "seen.at")};
  }
}

}  // namespace fgsync::state
