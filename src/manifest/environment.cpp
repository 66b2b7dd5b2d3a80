#include "manifest/environment.hpp"

#include <algorithm>
#include <filesystem>

#include "manifest/document_kind.hpp"
#include "manifest/text_limits.hpp"

namespace fgsync::manifest {
namespace {

using schema::dictionary_of;
using schema::Field;
using schema::kAnything;
using schema::kRequired;
using schema::kText;
using schema::mapping_of;
using schema::named;
using schema::one_of;
using schema::Shape;
using schema::View;
using yaml::Node;
using yaml::Report;
using yaml::Value;

bool is_variable(std::string_view text) {
  const auto is_byte = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= 64 && (text.front() < '0' || text.front() > '9') &&
         std::all_of(text.begin(), text.end(), is_byte);
}

constexpr NameRule kVariable{is_variable, "1 to 64 letters, digits or _, not starting with a digit",
                             R"(^[A-Za-z_][A-Za-z0-9_]{0,63}$)"};

constexpr auto kSpec = std::to_array<Field>({
    {.key = "variables",
     .shape = dictionary_of(kVariable, "a variable", kText, 1000),
     .fallback = "none",
     .doc =
         "What `${NAME}` stands for in manifests and in the patches below. Only variables that are declared here can "
         "be used; `$${` is a plain `${`.",
     .example = "{BUCKET: photos-prod}"},
    {.key = "functions",
     .shape = dictionary_of(kFunctionName, "a function", kAnything),
     .fallback = "none",
     .doc =
         "For each function a JSON merge patch of its manifest: mappings are merged, anything else is replaced, `null` "
         "removes a key. The name, kind and apiVersion cannot be changed.",
     .example = "{thumbnail: {spec: {memory_size: 512, description: null}}}"},
});
constexpr auto kMetadata = std::to_array<Field>({
    {.key = "name",
     .shape = named(kEnvironmentName),
     .fallback = "the file's name without .yaml",
     .doc = "The environment; must be the file's name.",
     .example = "prod"},
});
constexpr auto kApiVersions = std::to_array<std::string_view>({"fgsync/v1"});
constexpr auto kKinds = std::to_array<std::string_view>({"Environment"});
constexpr auto kDocument = std::to_array<Field>({
    {.key = "apiVersion",
     .shape = one_of(kApiVersions),
     .presence = kRequired,
     .doc = "The form of this document.",
     .example = "fgsync/v1"},
    {.key = "kind",
     .shape = one_of(kKinds),
     .presence = kRequired,
     .doc = "What it describes.",
     .example = "Environment"},
    {.key = "metadata",
     .shape = mapping_of(kMetadata),
     .doc = "What the environment is called.",
     .example = "{name: prod}"},
    {.key = "spec",
     .shape = mapping_of(kSpec),
     .presence = kRequired,
     .doc = "What is different in it.",
     .example = "…"},
});
constexpr Shape kDocumentShape = mapping_of(kDocument);

/// Reports what makes a patch ambiguous or endless, and what no patch may change.
class PatchCheck {
 public:
  explicit PatchCheck(Report& report) : report_(report) {}

  void run(const View& patch);

 private:
  void check_mapping(const Value& value);
  void refuse(const View& parent, std::string_view key);

  static constexpr std::size_t kMostEntries = 10'000;  // each is looked for in the manifest

  Report& report_;
  std::size_t entries_ = 0;
};

void PatchCheck::check_mapping(const Value& value) {
  if (value.node->kind != Node::Kind::mapping || entries_ > kMostEntries) return;
  const auto mapping = yaml::Mapping::open(report_, value);
  if (!mapping) return;
  entries_ += value.node->entries.size();
  if (entries_ > kMostEntries) {
    report_.error({.code = "too_large",
                   .mark = value.mark(),
                   .field = value.field,
                   .message = "the patch has more than 10000 keys"});
    return;
  }
  for (const auto& [key, entry] : mapping->entries()) check_mapping(entry);
}

void PatchCheck::refuse(const View& parent, std::string_view key) {
  const auto found = parent.find(key);
  if (!found) return;
  report_.error({.code = "not_patchable",
                 .mark = found->value().key,
                 .field = found->value().field,
                 .message = "cannot be changed by an environment"});
}

void PatchCheck::run(const View& patch) {
  if (patch.value().node->kind != Node::Kind::mapping) {
    report_.error({.code = "wrong_type",
                   .mark = patch.mark(),
                   .field = patch.value().field,
                   .message = "must be a mapping, found " + describe(*patch.value().node),
                   .hint = "write what is different, such as `{spec: {memory_size: 512}}`"});
    return;
  }
  check_mapping(patch.value());
  refuse(patch, "apiVersion");
  refuse(patch, "kind");
  const auto metadata = patch.find("metadata");
  if (!metadata) return;
  const bool keeps_name = metadata->value().node->kind == Node::Kind::mapping;
  keeps_name ? refuse(*metadata, "name") : refuse(patch, "metadata");
}

void check_name(Report& report, const View& document, const std::string& expected) {
  const auto metadata = document.find("metadata");
  const auto name = metadata ? metadata->find("name") : std::nullopt;
  const auto text = name ? name->text() : std::nullopt;
  if (!text || !kEnvironmentName.is_valid(*text) || *text == expected) return;
  report.error({.code = "invalid_value",
                .mark = name->mark(),
                .field = name->value().field,
                .message = "must be the file's name, " + yaml::quoted(expected) + ", found " + yaml::quoted(*text)});
}

/// A variable's value is put in as it stands, which may surprise somebody who wrote another variable there.
void check_value(Report& report, const View& value) {
  if (value.text().value_or("").find("${") == std::string::npos) return;
  report.warning({.code = "bad_variable",
                  .mark = value.mark(),
                  .field = value.value().field,
                  .message = "is put in as it stands: variables are not replaced inside of variables",
                  .hint = {}});
}

/// Reads the one document of the file into the environment.
void read_document(Report& report, const yaml::NodePtr& root, Environment& environment) {
  const Value value{.node = root, .field = {}, .key = root->mark};
  if (classify(report, value, Origin::named) != DocumentKind::environment) {
    if (report.has_error()) return;
    const auto kind = View(value).find("kind");
    report.error({.code = "unknown_value",
                  .mark = kind ? kind->mark() : root->mark,
                  .field = "kind",
                  .message = "must be Environment in this file"});
    return;
  }
  schema::check(report, value, kDocumentShape);
  const View document(value);
  check_name(report, document, environment.name);
  const auto spec = document.find("spec");
  if (!spec) return;
  if (const auto variables = spec->find("variables")) {
    for (const auto& [name, entry] : variables->entries()) {
      check_value(report, entry);
      environment.variables.emplace(name,
                                    Environment::Variable{.value = entry.text().value_or(""), .mark = entry.mark()});
    }
  }
  const auto functions = spec->find("functions");
  if (!functions) return;
  for (const auto& [name, entry] : functions->entries()) {
    PatchCheck(report).run(entry);
    environment.patches.emplace(name, Environment::Patch{.content = entry.value().node, .key = entry.value().key});
  }
}

}  // namespace

LoadedEnvironment load_environment(const SourceText& text) {
  auto environment = std::make_shared<Environment>();
  environment->path = text.path;
  environment->text = text.text;
  environment->name = std::filesystem::path(text.path).stem().string();

  const yaml::Lines lines(environment->path, environment->text);
  // Marks carry the number that the text has in composed documents; here it is the only one.
  Report report({&lines, &lines});
  const yaml::Documents parsed = yaml::parse(environment->text, kEnvironmentFile);
  if (parsed.problem) {
    report.error({.code = parsed.problem->code,
                  .mark = parsed.problem->mark,
                  .field = {},
                  .message = parsed.problem->message,
                  .hint = parsed.problem->hint});
  } else if (parsed.documents.size() != 1) {
    report.error({.code = "empty",
                  .mark = {},
                  .field = {},
                  .message = "the file must hold exactly one kind: Environment, found " +
                             std::to_string(parsed.documents.size()) + " documents"});
  } else {
    read_document(report, parsed.documents.front(), *environment);
  }
  LoadedEnvironment loaded;
  const bool is_usable = !report.has_error();
  loaded.diagnostics = report.take();
  if (is_usable) loaded.environment = std::move(environment);
  return loaded;
}

const Shape& environment_document() {
  return kDocumentShape;
}

}  // namespace fgsync::manifest
