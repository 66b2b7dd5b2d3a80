#include "reconcile/sighting.hpp"

#include <utility>

#include "plan/side_settings.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::reconcile {
namespace {

/// Parts with their lengths, hashed: no two different lists of parts read the same.
class Token {
 public:
  Token& add(std::string_view part) {
    hasher_.update(std::to_string(part.size()));
    hasher_.update(":");
    hasher_.update(part);
    return *this;
  }
  template <class Map>
  Token& add_all(const Map& fields) {
    add(std::to_string(fields.size()));
    for (const auto& [name, value] : fields) add(name).add(value);
    return *this;
  }
  std::string text() { return hasher_.hex(); }

 private:
  Hasher hasher_{Hasher::Function::sha256};
};

void add_alias(Token& token, const manifest::WantedAlias& alias) {
  token.add("alias").add(alias.name).add(alias.version).add(alias.description.value_or("\n"));
  for (const auto& [version, percent] : alias.additional_version_weights) {
    token.add("weight").add(version).add(std::to_string(percent));
  }
  for (const auto& [version, strategy] : alias.additional_version_strategy) {
    token.add("strategy").add(version).add(strategy.combine_type);
    for (const auto& rule : strategy.rules) token.add(rule.rule_type).add(rule.param).add(rule.op).add(rule.value);
  }
}

/// All that a plan depends on besides the service.
std::string desired_token(const plan::Desired& desired, const plan::PlanOptions& options) {
  const manifest::Function& function = desired.function;
  const std::string owner = options.writes_markers ? options.source_id : "";
  Token token;
  token.add("fgsync-desired/1").add(desired.fingerprint).add(desired.contents.digest.hex).add(owner).add(function.app);
  token.add(function.extra->type.value_or("")).add(function.handling.is_protected ? "protected" : "");
  token.add_all(plan::comparable_fields(plan::desired_config(function, owner), function));
  token.add_all(plan::wanted_side_fields(function));
  for (const auto& [key, mark] : desired.secrets) token.add("secret").add(key).add(mark.local);
  if (function.version) {
    token.add(function.version->is_auto ? "auto" : "named").add(function.version->name);
    token.add(function.version->description);
  }
  for (const manifest::WantedAlias& alias : function.aliases) add_alias(token, alias);
  token.add(std::to_string(function.handling.retain_versions.value_or(0)));
  // The inventory must learn of it while there is a manifest to say so.
  token.add(function.handling.is_protected ? "protected" : "unprotected");
  for (const std::string& pointer : function.handling.ignore_differences) token.add(pointer);
  token.add(options.pruning == plan::Pruning::on ? "prunes" : "keeps");
  token.add(function.handling.self_heal.value_or(options.self_heals) ? "heals" : "leaves");
  return token.text();
}

}  // namespace

std::optional<std::string> row_mark_of(const functiongraph::FunctionRow& row) {
  // Without these two a changed configuration looks like an unchanged one.
  if (row.image_name.empty() || row.last_modified.text.empty()) return std::nullopt;
  return Token().add(row.urn.text()).add(row.digest.hex).add(row.image_name).add(row.last_modified.text).text();
}

Sighting sighting_of(std::string row_mark, const plan::Desired& desired, const plan::PlanOptions& options,
                     std::chrono::system_clock::time_point now) {
  return {std::move(row_mark), desired_token(desired, options), epoch_seconds(now)};
}

bool still_holds(const Sighting& seen, const Sighting& current, std::chrono::seconds max_age) {
  const auto age = current.at - seen.at;
  return seen.row == current.row && seen.desired == current.desired && age >= 0 && age < max_age.count();
}

}  // namespace fgsync::reconcile
