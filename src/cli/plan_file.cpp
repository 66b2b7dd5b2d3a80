#include "cli/plan_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/digest.hpp"
#include "base/printable.hpp"
#include "cli/plan_json.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxBytes = std::size_t{256} << 20U;
constexpr int kMaxDepth = 32;  // of objects and lists; a plan has some ten
constexpr std::size_t kShownBytes = 80;
constexpr const char* kMakeAnew = "; make a new one with fgsync plan --out FILE";

Error unusable(const std::string& name, const std::string& what, const std::string& remedy = kMakeAnew) {
  return Error(ErrorKind::invalid, name + " " + what + remedy);
}

Result<std::string> read_whole(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0)
    return fail(unusable(path, "cannot be read: " + std::generic_category().message(errno)));
  if (S_ISDIR(status.st_mode)) return fail(unusable(path, "is a directory, not a plan"));
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(unusable(path, "cannot be read: " + std::generic_category().message(errno)));
  std::string text;
  std::string part(std::size_t{64} << 10U, '\0');
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())) || file.gcount() > 0) {
    text.append(part, 0, static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxBytes) return fail(unusable(path, "is too large for a plan (more than 256 MiB)"));
  }
  if (file.bad()) return fail(unusable(path, "cannot be read to its end"));
  return text;
}

/// Members by name, each of the type that the format says; the first that is not is kept, with where it is.
class Reader {
 public:
  Reader(const Json& value, std::string where, std::string& problem)
      : value_(value), where_(std::move(where)), problem_(problem) {}

  [[nodiscard]] std::string text(const char* key) const {
    const Json* found = member(key);
    if (found != nullptr && found->is_string()) return found->get<std::string>();
    complain(key, "text");
    return {};
  }
  [[nodiscard]] bool flag(const char* key) const {
    const Json* found = member(key);
    if (found != nullptr && found->is_boolean()) return found->get<bool>();
    complain(key, "true or false");
    return false;
  }
  [[nodiscard]] bool is_null(const char* key) const {
    const Json* found = member(key);
    return found == nullptr || found->is_null();
  }
  [[nodiscard]] Reader object(const char* key) const {
    const Json* found = member(key);
    if (found == nullptr || !found->is_object()) complain(key, "an object");
    return {found != nullptr && found->is_object() ? *found : nothing(), where_ + "/" + key, problem_};
  }
  [[nodiscard]] std::vector<Reader> list(const char* key) const {
    const Json* found = member(key);
    std::vector<Reader> items;
    if (found == nullptr || !found->is_array()) {
      complain(key, "a list");
      return items;
    }
    for (const Json& item : *found) {
      items.emplace_back(item, where_ + "/" + key + "/" + std::to_string(items.size()), problem_);
    }
    return items;
  }
  [[nodiscard]] std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> texts;
    for (const Reader& item : list(key)) {
      if (item.value_.is_string()) texts.push_back(item.value_.get<std::string>());
      if (!item.value_.is_string()) item.complain("text");
    }
    return texts;
  }
  /// An object of texts.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> named(const char* key) const {
    std::vector<std::pair<std::string, std::string>> entries;
    const Reader found = object(key);
    for (const auto& [name, value] : found.value_.items()) {
      if (value.is_string()) entries.emplace_back(name, value.get<std::string>());
      if (!value.is_string()) found.complain(name.c_str(), "text");
    }
    return entries;
  }

 private:
  static const Json& nothing() {
    static const Json empty = Json::object();
    return empty;
  }
  [[nodiscard]] const Json* member(const char* key) const {
    if (!value_.is_object()) return nullptr;
    const auto found = value_.find(key);
    return found == value_.end() ? nullptr : &*found;
  }
  void complain(const char* key, const char* wanted) const {
    if (problem_.empty()) problem_ = "has no " + where_ + "/" + key + " that is " + wanted;
  }
  void complain(const char* wanted) const {
    if (problem_.empty()) problem_ = "has no " + where_ + " that is " + wanted;
  }

  const Json& value_;
  std::string where_;
  std::string& problem_;
};

/// Where the text ends or stops being JSON, or the document.
Result<Json> parse_json(std::string_view text, const std::string& name) {
  bool is_too_deep = false;
  const auto too_deep = [&name] { return fail(unusable(name, "is no plan of fgsync: it is nested too deep")); };
  const Json::parser_callback_t limit = [&is_too_deep](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > kMaxDepth;
    return !is_too_deep;
  };
  try {
    Json document = Json::parse(text.begin(), text.end(), limit);
    if (is_too_deep) return too_deep();
    return document;
  } catch (const Json::parse_error& error) {
    if (is_too_deep) return too_deep();
    const bool is_at_end = error.byte > text.size();
    return fail(unusable(name, is_at_end ? "is cut off after " + std::to_string(text.size()) + " bytes"
                                         : "is no JSON from byte " + std::to_string(error.byte) + " on"));
  }
}

std::string first_number(std::string_view version) {
  return std::string(version.substr(0, version.find('.')));
}

/// Whether it is a plan, of a version that is understood, and as it was written.
Result<void> check_document(Json& document, const std::string& name) {
  const bool is_plan = document.is_object() && document.contains("format_version") &&
                       document["format_version"].is_string() && document.contains("changes") &&
                       document.contains("plan_id");
  if (!is_plan) return fail(unusable(name, "is no plan of fgsync"));
  const auto version = document["format_version"].get<std::string>();
  if (first_number(version) != first_number(kFormatVersion)) {
    return fail(unusable(name,
                         "has the format " + printable(version, kShownBytes) +
                             ", and this fgsync, " FGSYNC_VERSION ", knows " + first_number(kFormatVersion),
                         ": apply it with the fgsync that made it, or make a new plan with this one"));
  }
  if (document.contains("results")) {
    return fail(unusable(name, "is what a sync printed, not a plan"));
  }
  const Json written = document.value("checksum", Json());
  document.erase("checksum");
  Hasher hasher(Hasher::Function::sha256);
  hasher.update(document.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!written.is_string() || written.get<std::string>() != kChecksumPrefix + hasher.hex()) {
    return fail(unusable(name, "was changed since fgsync wrote it: its checksum does not fit"));
  }
  return {};
}

plan::ApprovedFunction function_of(const Reader& change) {
  plan::ApprovedFunction function;
  function.name = change.text("address");
  function.fingerprint = change.text("fingerprint");
  for (const Reader& action : change.list("actions")) {
    function.steps.push_back(
        {action.text("id"), action.text("description"), action.text("action") == "delete_function"});
  }
  const Reader seen = change.object("preconditions");
  if (!seen.is_null("digest")) function.seen.remote_digest = RemoteDigest{seen.text("digest")};
  function.seen.versions = seen.texts("versions");
  function.seen.aliases = seen.named("aliases");
  function.seen.traffic = seen.named("traffic");
  return function;
}

}  // namespace

Result<PlanFile> parse_plan_file(std::string_view text, const std::string& name) {
  if (text.empty()) return fail(unusable(name, "is empty"));
  auto document = parse_json(text, name);
  if (!document) return fail(std::move(document).error());
  if (auto checked = check_document(*document, name); !checked) return fail(std::move(checked).error());

  std::string problem;
  const Reader top(*document, "", problem);
  PlanFile file;
  file.plan.id = top.text("plan_id");
  file.observed_at = top.text("observed_at");
  const Reader target = top.object("target");
  file.endpoint = target.text("endpoint");
  file.region = target.text("region");
  file.project_id = target.text("project_id");
  const Reader source = top.object("source");
  file.source_id = source.text("id");
  if (!source.is_null("environment")) file.environment = source.text("environment");
  const Reader options = top.object("options");
  file.adopts = options.flag("adopt");
  file.allows_recreate = options.flag("allow_recreate");
  if (!options.is_null("prune")) file.prune = options.flag("prune");
  file.plan.is_of_selection = document->contains("selection");
  for (const Reader& change : top.list("changes")) file.plan.functions.push_back(function_of(change));
  if (!problem.empty()) return fail(unusable(name, "is no plan of fgsync: it " + problem));
  return file;
}

Result<PlanFile> read_plan_file(const std::string& path) {
  auto text = read_whole(path);
  if (!text) return fail(std::move(text).error());
  return parse_plan_file(*text, path);
}

Result<void> take_over(const PlanFile& file, Options& options) {
  const std::string named = options.environment.value_or("");
  if (options.environment && named != file.environment) {
    const std::string made = file.environment.empty() ? "without --env" : "with --env " + file.environment;
    return fail(ErrorKind::invalid, "the plan was made " + made + ", and this is --env " + named);
  }
  if (!file.environment.empty()) options.environment = file.environment;
  options.adopt = file.adopts;
  options.prune = file.prune;
  options.allow_recreate = file.allows_recreate;
  options.is_confirmed = true;  // whoever gives a plan has agreed to it
  return {};
}

Result<void> check_target(const PlanFile& file, const std::string& name, const PlanContext& context) {
  std::string differences;
  const auto compare = [&differences](const char* what, const std::string& planned, const std::string& now) {
    if (planned == now) return;
    const std::string shown = planned.empty() ? "none" : planned;
    differences += std::string(differences.empty() ? "" : ", ") + what + " " + printable(shown, kShownBytes) +
                   " instead of " + (now.empty() ? "none" : now);
  };
  compare("project", file.project_id, context.project_id);
  compare("region", file.region, context.region);
  compare("endpoint", file.endpoint, context.endpoint);
  compare("source", file.source_id, context.source_id);
  compare("environment", file.environment, context.environment);
  if (differences.empty()) return {};
  return fail(unusable(name, "is a plan for another target: " + differences,
                       "; give the flags it was made with, or make a new plan"));
}

}  // namespace fgsync::cli
