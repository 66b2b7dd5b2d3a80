#include "manifest/loader.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "base/nearest.hpp"
#include "manifest/code_places.hpp"
#include "manifest/cross_checks.hpp"
#include "manifest/diagnostic_order.hpp"
#include "manifest/environment.hpp"
#include "manifest/text_reader.hpp"

namespace fgsync::manifest {
namespace {

void move_into(Diagnostics& all, Diagnostics some) {
  std::move(some.begin(), some.end(), std::back_inserter(all));
}

/// `spec.tags`, `spec.tags and spec.xrole`, `a, b and c`.
std::string enumerate(const std::set<std::string>& words) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& word : words) {
    if (count > 0) text += count + 1 == words.size() ? " and " : ", ";
    text += word;
    ++count;
  }
  return text;
}

}  // namespace

struct ParseCache::Entries {
  struct Entry {
    std::string text;
    bool is_named = false;
    std::shared_ptr<const ReadText> read;
    bool is_used = false;
  };
  std::string environment_text;
  std::string environment_path;
  std::map<std::string, Entry> by_path;
};

ParseCache::ParseCache() : entries_(std::make_unique<Entries>()) {}
ParseCache::~ParseCache() = default;

/// Loads texts one after the other, then looks at all functions together.
class Loader {
 public:
  explicit Loader(const LoadOptions& options);

  void read(const SourceText& text);
  LoadResult finish();

 private:
  std::shared_ptr<const ReadText> read_cached(const SourceText& text);
  [[nodiscard]] ReadText read_now(const SourceText& text);
  void take(ReadText read);
  const yaml::Lines& lines_of(const std::string& path);
  void report_at(const SourcePosition& position, Severity severity, yaml::Finding finding);
  void check_patches();
  void report_unknown_patch(const std::string& name, const Environment::Patch& patch,
                            const std::optional<std::string>& meant);
  void warn_of_unused();
  void drop_unused_entries();

  LoadOptions options_;
  ParseCache::Entries* cache_ = nullptr;
  std::map<std::string, std::string_view, std::less<>> texts_;
  std::map<std::string, yaml::Lines, std::less<>> lines_;  ///< of the texts that something is said about
  std::map<std::string, std::size_t, std::less<>> order_;
  std::vector<ReadFunction> functions_;
  std::vector<Document> documents_;
  Diagnostics diagnostics_;
};

Loader::Loader(const LoadOptions& options) : options_(options) {
  const Environment* environment = options_.environment;
  if (environment != nullptr) texts_.emplace(environment->path, environment->text);
  if (options_.cache == nullptr) return;
  cache_ = options_.cache->entries_.get();
  const std::string environment_text = environment != nullptr ? environment->text : "";
  const std::string environment_path = environment != nullptr ? environment->path : "";
  if (cache_->environment_text != environment_text || cache_->environment_path != environment_path) {
    cache_->by_path.clear();
  }
  cache_->environment_text = environment_text;
  cache_->environment_path = environment_path;
}

const yaml::Lines& Loader::lines_of(const std::string& path) {
  return lines_.try_emplace(path, path, texts_.at(path)).first->second;
}

void Loader::read(const SourceText& text) {
  texts_.emplace(text.path, text.text);
  order_.emplace(text.path, order_.size());
  if (cache_ != nullptr) {
    take(*read_cached(text));
  } else {
    take(read_now(text));
  }
}

std::shared_ptr<const ReadText> Loader::read_cached(const SourceText& text) {
  const auto known = cache_->by_path.find(text.path);
  if (known != cache_->by_path.end() && known->second.text == text.text && known->second.is_named == text.is_named) {
    known->second.is_used = true;
    return known->second.read;
  }
  auto read = std::make_shared<const ReadText>(read_now(text));
  cache_->by_path.insert_or_assign(
      text.path,
      ParseCache::Entries::Entry{.text = text.text, .is_named = text.is_named, .read = read, .is_used = true});
  return read;
}

ReadText Loader::read_now(const SourceText& text) {
  const Environment* environment = options_.environment;
  const yaml::Lines* environment_lines = environment != nullptr ? &lines_of(environment->path) : nullptr;
  return read_text(text, lines_of(text.path), environment, environment_lines);
}

void Loader::take(ReadText read) {
  std::move(read.functions.begin(), read.functions.end(), std::back_inserter(functions_));
  if (options_.keeps_documents) {
    std::move(read.documents.begin(), read.documents.end(), std::back_inserter(documents_));
  }
  move_into(diagnostics_, std::move(read.diagnostics));
}

void Loader::report_at(const SourcePosition& position, Severity severity, yaml::Finding finding) {
  yaml::Report report(lines_of(position.file));
  finding.mark = {.line = position.line, .column = position.column};
  if (severity == Severity::error) {
    report.error(std::move(finding));
  } else {
    report.warning(std::move(finding));
  }
  move_into(diagnostics_, report.take());
}

/// A patch that finds no function is most likely misspelt: the function it was meant for must not go out without it.
/// Where only some manifests were read, the patch may be for one of the others, so that it is only pointed out.
void Loader::check_patches() {
  if (options_.environment == nullptr) return;
  const auto& patches = options_.environment->patches;
  std::vector<std::string_view> names;
  std::vector<std::string_view> unpatched;
  for (const ReadFunction& read : functions_) {
    if (read.function.name.empty()) continue;
    names.push_back(read.function.name);
    if (!patches.contains(read.function.name)) unpatched.push_back(read.function.name);
  }
  for (const auto& [name, patch] : patches) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto meant = nearest(name, unpatched);
    if (!meant && !options_.is_whole_source) continue;
    report_unknown_patch(name, patch, meant);
  }
}

void Loader::report_unknown_patch(const std::string& name, const Environment::Patch& patch,
                                  const std::optional<std::string>& meant) {
  const SourcePosition position{.file = options_.environment->path, .line = patch.key.line, .column = patch.key.column};
  yaml::Finding finding{.code = "unknown_function",
                        .mark = {},
                        .field = "spec.functions",
                        .message = "no manifest defines a function " + yaml::quoted(name),
                        .hint = {}};
  if (!options_.is_whole_source) {
    finding.message = "no manifest that was read defines a function " + yaml::quoted(name);
    finding.hint = "did you mean " + *meant + "?";
    report_at(position, Severity::warning, std::move(finding));
    return;
  }
  if (meant) finding.hint = "did you mean " + *meant + "? it is left out until this is settled";
  for (ReadFunction& read : functions_) {
    if (meant && read.function.name == *meant) read.is_valid = false;
  }
  report_at(position, Severity::error, std::move(finding));
}

void Loader::warn_of_unused() {
  std::set<std::string> fields;
  std::size_t count = 0;
  const SourcePosition* first = nullptr;
  for (const ReadFunction& read : functions_) {
    if (!read.is_valid || read.unused.empty()) continue;
    ++count;
    for (const schema::UnusedField& unused : read.unused) {
      fields.insert(unused.field);
      if (first == nullptr) first = &unused.position;
    }
  }
  if (first == nullptr) return;
  const std::string verb = fields.size() == 1 ? " is" : " are";
  const std::string pronoun = fields.size() == 1 ? "it" : "them";
  report_at(
      *first, Severity::warning,
      {.code = "not_acted_on",
       .mark = {},
       .field = {},
       .message = enumerate(fields) + verb + " checked, but this version of fgsync does not act on " + pronoun + " yet",
       .hint = count > 1 ? std::to_string(count) + " functions set such fields; this is the first place" : ""});
}

void Loader::drop_unused_entries() {
  if (cache_ == nullptr) return;
  std::erase_if(cache_->by_path, [](const auto& entry) { return !entry.second.is_used; });
  for (auto& [path, entry] : cache_->by_path) entry.is_used = false;
}

LoadResult Loader::finish() {
  check_across(functions_, [this](const SourcePosition& position, yaml::Finding finding) {
    report_at(position, Severity::error, std::move(finding));
  });
  check_patches();
  warn_of_unused();
  drop_unused_entries();

  LoadResult result;
  for (ReadFunction& read : functions_) {
    if (read.is_valid) {
      result.functions.push_back(std::move(read.function));
    } else {
      result.rejected.push_back({.name = std::move(read.function.name),
                                 .position = std::move(read.function.position),
                                 .code_path = std::move(read.function.code.path)});
    }
  }
  order_by(diagnostics_, [this](const Diagnostic& diagnostic) {
    const SourcePosition& position = diagnostic.position;
    const auto file = order_.find(position.file);  // an environment comes last
    return std::tuple(file == order_.end() ? order_.size() : file->second, position.line, position.column);
  });
  result.diagnostics = std::move(diagnostics_);
  result.documents = std::move(documents_);
  return result;
}

namespace {

Diagnostic left_out(const SourcePosition& position, const std::string& name, const CodePlace& place) {
  Diagnostic warning;
  warning.severity = Severity::warning;
  warning.code = "inside_code_directory";
  warning.position = position;
  warning.field = "metadata.name";
  warning.message = "function " + yaml::quoted(name) + " is not read: the file lies in the code directory " +
                    place.directory + " that " + place.manifest + " names";
  warning.hint = "move the manifest out of the code, or name it on the command line";
  return warning;
}

}  // namespace

LoadResult load(const std::vector<SourceText>& texts, const LoadOptions& options) {
  Loader loader(options);
  for (const SourceText& text : texts) loader.read(text);
  return loader.finish();
}

LoadResult load_tree(const std::vector<SourceText>& texts, const LoadOptions& options) {
  LoadResult everything = load(texts, options);
  const CodePlaces places = code_places(everything);
  std::map<std::string, CodePlace> dropped;
  for (const SourceText& text : texts) {
    auto place = text.is_named ? std::nullopt : place_of(text.path, places);
    if (place) dropped.emplace(text.path, *std::move(place));
  }
  if (dropped.empty()) return everything;

  std::vector<SourceText> kept;
  std::copy_if(texts.begin(), texts.end(), std::back_inserter(kept),
               [&dropped](const SourceText& text) { return !dropped.contains(text.path); });
  LoadResult result = load(kept, options);
  const auto warn = [&](const SourcePosition& position, const std::string& name) {
    const auto place = dropped.find(position.file);
    if (place != dropped.end()) result.diagnostics.push_back(left_out(position, name, place->second));
  };
  for (const Function& function : everything.functions) warn(function.position, function.name);
  for (const Rejected& rejected : everything.rejected) warn(rejected.position, rejected.name);
  return result;
}

}  // namespace fgsync::manifest
