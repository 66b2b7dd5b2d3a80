#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/diagnostic.hpp"
#include "manifest/yaml_tree.hpp"

/// Typed reading of a YAML tree that collects every mistake instead of stopping at the first. For the readers of this
/// folder and of config/. A function that returns nothing has reported why.
namespace fgsync::manifest::yaml {

/// A file's text for showing its lines.
class Lines {
 public:
  Lines(std::string path, std::string_view text);  ///< `text` must outlive it

  [[nodiscard]] SourcePosition at(Mark mark) const;
  /// The line as it may be shown: no control characters, cut when it is very long.
  [[nodiscard]] std::string line(int number) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

inline constexpr std::string_view kMergeKey = "<<";
inline constexpr std::string_view kMergeKeyHint = "YAML merge keys are not supported; an alias for a whole value is";

/// A mistake about to be reported.
struct Finding {
  std::string_view code;
  Mark mark;               ///< line 0: the file as a whole
  std::string field = {};  ///< empty: no field in particular
  std::string message = {};
  std::string hint = {};
};

/// Collects the diagnostics of one document: the first 1000, which is more than a person reads.
class Report {
 public:
  explicit Report(const Lines& lines) : files_{&lines} {}
  /// Of a document that was put together from several texts: Mark::file says which. All outlive the report.
  explicit Report(std::vector<const Lines*> files) : files_(std::move(files)) {}

  void error(Finding finding);
  void warning(Finding finding);
  [[nodiscard]] bool has_error() const { return manifest::has_error(diagnostics_); }
  [[nodiscard]] bool is_full() const { return diagnostics_.size() > kMaxDiagnostics; }
  [[nodiscard]] SourcePosition at(Mark mark) const { return file_of(mark).at(mark); }
  /// The mark that at() made this position of.
  [[nodiscard]] Mark mark_of(const SourcePosition& position) const;
  /// What was collected, in the order of the text.
  [[nodiscard]] Diagnostics take();

 private:
  static constexpr std::size_t kMaxDiagnostics = 1000;

  void add(Severity severity, Finding finding);
  [[nodiscard]] const Lines& file_of(Mark mark) const { return *files_[static_cast<std::size_t>(mark.file)]; }

  std::vector<const Lines*> files_;
  Diagnostics diagnostics_;
};

/// A value, what to call it, and where its key stands (for an entry of a list: the value itself).
struct Value {
  NodePtr node;
  std::string field;
  Mark key;

  /// Where to point at: the value, or its key when nothing is written.
  [[nodiscard]] Mark mark() const { return node->kind == Node::Kind::null ? key : node->mark; }
};

/// A mapping whose keys are known: ask for each, then close().
class Mapping {
 public:
  /// Reports another type, keys that are not text, and every duplicate key.
  static std::optional<Mapping> open(Report& report, const Value& value);

  std::optional<Value> find(std::string_view key);
  /// Like find(), but a missing key is an error.
  std::optional<Value> require(std::string_view key);
  /// Names that people use for a key which is called otherwise here, `{"memory", "memory_size"}`: for hints.
  void hint_synonyms(std::span<const std::pair<std::string_view, std::string_view>> synonyms);
  /// Every key that nobody asked for is an error.
  void close();

  /// All keys with their values, for a mapping that takes any key. No close() then.
  [[nodiscard]] std::vector<std::pair<std::string, Value>> entries() const;
  [[nodiscard]] const std::string& field() const { return field_; }

 private:
  struct Slot {
    std::string key;
    Mark key_mark;
    NodePtr value;
  };

  Mapping(Report& report, std::string field, Mark mark) : report_(&report), field_(std::move(field)), mark_(mark) {}
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] std::string hint_for(const std::string& key) const;

  Report* report_;
  std::string field_;
  Mark mark_;  // where a missing key is reported
  std::vector<Slot> slots_;
  std::vector<std::string> asked_for_;
  std::map<std::string, std::string, std::less<>> synonyms_;
};

/// Any scalar but null, as written: `8080` is the text "8080".
std::optional<std::string> read_text(Report& report, const Value& value);
/// A plain decimal number within [low, high].
struct Range {
  long long low;
  long long high;
};
std::optional<int> read_integer(Report& report, const Value& value, Range range);
/// `true` or `false`.
std::optional<bool> read_bool(Report& report, const Value& value);
/// The entries of a list.
std::optional<std::vector<Value>> read_list(Report& report, const Value& value);

/// What stands there, in words: `"lots"`, `a list`, `nothing`.
std::string describe(const Node& node);
/// `"text"` fit for a message: no control characters, at most about 60 characters.
std::string quoted(std::string_view text);
/// The number of characters (code points) of UTF-8 text.
std::size_t count_characters(std::string_view text);
/// `did you mean memory_size?`, or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace fgsync::manifest::yaml
