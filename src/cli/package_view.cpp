#include "cli/package_view.hpp"

#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "cli/step_words.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShown = 200;

std::string_view kind_of(manifest::Code::Kind kind) {
  switch (kind) {
    case manifest::Code::Kind::directory: return "directory";
    case manifest::Code::Kind::file: return "file";
    case manifest::Code::Kind::archive: return "archive";
    case manifest::Code::Kind::jar: return "jar";
    case manifest::Code::Kind::obs: return "obs";
    case manifest::Code::Kind::image: return "image";
  }
  return "";
}

std::string line(std::string_view name, std::string_view value) {
  constexpr std::size_t kColumn = 13;
  std::string text(name);
  text += std::string(text.size() + 2 > kColumn ? 2 : kColumn - text.size(), ' ');
  return text + printable(value, kMaxShown) + "\n";
}

std::string shown(const std::optional<std::string>& value) {
  return value ? "\"" + printable(*value, kMaxShown) + "\"" : "(unset)";
}

std::string render_files(const package::ContentsDiff& files) {
  std::string text;
  for (const std::string& path : files.added) text += "  + " + printable(path, kMaxShown) + "\n";
  for (const std::string& path : files.changed) text += "  ~ " + printable(path, kMaxShown) + "\n";
  for (const std::string& path : files.removed) text += "  - " + printable(path, kMaxShown) + "\n";
  return text;
}

std::string render_comparison(const plan::Explanation& explanation) {
  const plan::Explanation::Comparison& last = *explanation.last_applied;
  if (last.is_same_content && last.fields.empty()) {
    return "\nAgainst what was applied last: nothing differs.\n";
  }
  std::string text = "\nAgainst what was applied last (fingerprint " + last.fingerprint + "):\n";
  if (!last.is_same_content) text += "  content, " + shown_size_change(last.files.size_change) + "\n";
  text += render_files(last.files);
  for (const plan::FieldChange& change : last.fields) {
    text += "  " + printable(change.path, kMaxShown) + ": " + shown(change.before) + " → " + shown(change.after);
    text += change.path == "description" ? " (not part of the fingerprint)\n" : "\n";
  }
  return text;
}

std::string render_explanation(const PackageView& view) {
  const plan::Explanation& explanation = *view.explanation;
  std::string text = "\nThe fingerprint " + explanation.fingerprint + " is made of:\n";
  for (const auto& [name, value] : explanation.inputs) text += "  " + line(name, value);
  if (explanation.last_applied) return text + render_comparison(explanation);
  return text + "\nNothing to compare with: " + view.no_record + "\n";
}

Json to_json(const std::optional<std::string>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json explanation_json(const PackageView& view) {
  const plan::Explanation& explanation = *view.explanation;
  Json inputs = Json::object();
  for (const auto& [name, value] : explanation.inputs) inputs[name] = value;
  Json json{{"inputs", std::move(inputs)}};
  if (!explanation.last_applied) {
    json["last_applied"] = nullptr;
    json["no_record"] = view.no_record;
    return json;
  }
  const plan::Explanation::Comparison& last = *explanation.last_applied;
  Json fields = Json::array();
  for (const plan::FieldChange& change : last.fields) {
    fields.push_back({{"path", change.path}, {"before", to_json(change.before)}, {"after", to_json(change.after)}});
  }
  json["last_applied"] = {{"fingerprint", last.fingerprint},
                          {"same_content", last.is_same_content},
                          {"files",
                           {{"added", last.files.added},
                            {"changed", last.files.changed},
                            {"removed", last.files.removed},
                            {"size_change", last.files.size_change}}},
                          {"fields", std::move(fields)}};
  return json;
}

}  // namespace

std::string render_package_text(const PackageView& view) {
  const manifest::Function& function = view.function;
  std::string text =
      line("function", function.name) + line(kind_of(function.code.kind), function.code.path) +
      line("files", std::to_string(view.contents.files.size())) +
      line("content", "sha256:" + view.contents.digest.hex) + line("archive", "sha512:" + view.archive.digest().hex) +
      line("size", std::to_string(view.archive.size()) + " bytes") + line("fingerprint", view.fingerprint);
  if (view.explanation) text += render_explanation(view);
  return text;
}

std::string render_package_json(const PackageView& view) {
  Json files = Json::array();
  for (const package::FileDigest& file : view.contents.files) {
    files.push_back(
        {{"path", file.path}, {"executable", file.executable}, {"size", file.size}, {"sha256", file.sha256}});
  }
  Json document{{"function", view.function.name},
                {std::string(kind_of(view.function.code.kind)), view.function.code.path},
                {"content_digest", view.contents.digest.hex},
                {"archive_digest", view.archive.digest().hex},
                {"size", view.archive.size()},
                {"fingerprint", view.fingerprint},
                {"files", std::move(files)}};
  if (view.explanation) document["explanation"] = explanation_json(view);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fgsync::cli
