#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "emulator/batch.hpp"
#include "emulator/database.hpp"
#include "emulator/dependency_table.hpp"
#include "emulator/document_table.hpp"
#include "emulator/invocation_table.hpp"
#include "emulator/model.hpp"
#include "emulator/page.hpp"
#include "emulator/tag_table.hpp"
#include "emulator/token_table.hpp"
#include "emulator/trigger_table.hpp"

namespace fgsync::emulator {

/// The state: functions, their versions and aliases, and code by digest. Answers about versions are rendered when a
/// version is written and stored next to it, so that reading is one row without any JSON work. Code has a table of its
/// own that neither lists nor configurations touch; what hangs on functions has classes of its own. Methods throw
/// StorageFailure.
class Store {
 public:
  /// How much there is, of all projects.
  struct Counts {
    std::int64_t functions = 0;
    std::int64_t versions = 0;  ///< latest included
    std::int64_t aliases = 0;
    std::int64_t dependencies = 0;
  };

  /// Opens or creates the state; `:memory:` keeps nothing. Error `invalid`: the file cannot be used.
  static Result<std::unique_ptr<Store>> open(const std::string& path, UrnForm urn_form);

  /// The writes of one request, in the batch that is open or a new one.
  Batch::Part begin() { return Batch::Part(batch_); }
  [[nodiscard]] bool has_open_batch() const { return batch_.is_open(); }
  void commit_batch() { batch_.commit(); }

  Counts counts();
  // Copies of the whole state; neither side may be in a transaction.
  void copy_from(Store& source);
  void copy_to(Database& target) { target.copy_from(database_); }
  /// All of a state that an emulator has kept, perhaps an older one, in place of what is here.
  void load(Database& source);

  TriggerTable triggers() { return TriggerTable(database_); }
  DocumentTable documents() { return DocumentTable(database_); }
  TagTable tags() { return TagTable(database_); }
  DependencyTable dependencies() { return DependencyTable(database_); }
  InvocationTable invocations() { return InvocationTable(database_); }
  TokenTable tokens() { return TokenTable(database_); }

  std::optional<FunctionRow> find_function(const std::string& project, const std::string& name);
  std::int64_t count_functions(const std::string& project);
  /// Whether the project has as many functions as that. Counts them only when it may.
  bool has_functions(const std::string& project, std::int64_t count);
  /// Returns the new row's id.
  std::int64_t add_function(const FunctionRow& function);
  /// With all that hangs on it, and its code.
  void remove_function(const FunctionRow& function);
  Page list_functions(const std::string& project, const std::string& app, const std::string& name_part,
                      PageRange range);

  std::optional<Version> find_version(const FunctionRow& function, const std::string& name);
  bool has_version(const FunctionRow& function, const std::string& name);
  /// The stored answer of GET config.
  std::optional<std::string> find_config(const FunctionRow& function, const std::string& version);
  std::optional<Version> newest_published(const FunctionRow& function);
  /// `latest` included.
  std::int64_t count_versions(const FunctionRow& function);
  Page list_versions(const FunctionRow& function, PageRange range);
  /// Appends a version whose code is stored already.
  void add_version(const FunctionRow& function, const Version& version);
  void update_version(const FunctionRow& function, const Version& version);
  /// What answers show of a version besides itself, as it is now.
  Extras extras_of(const FunctionRow& function, const Version& version);
  /// Renders the stored answers again, after one of a version's documents has changed.
  void refresh_answers(const FunctionRow& function, const std::string& version);
  /// With its alias, and what hangs on either.
  void remove_version(const FunctionRow& function, const std::string& name);

  /// Code is stored before the version that has it, and goes with the last version that has it.
  void put_code(const std::string& digest, std::string_view bytes);
  std::optional<std::string> find_code(const std::string& digest);
  /// The code of all versions of a project, in bytes.
  std::int64_t code_size(const std::string& project);
  /// Whether that is more than so many bytes. Adds them up only when it may be.
  bool has_code_beyond(const std::string& project, std::int64_t bytes);

  std::vector<Alias> list_aliases(const FunctionRow& function);
  std::optional<Alias> find_alias(const FunctionRow& function, const std::string& name);
  std::int64_t count_aliases(const FunctionRow& function);
  /// The alias whose main version this is.
  std::optional<std::string> alias_of(const FunctionRow& function, const std::string& version);
  bool is_additional(const FunctionRow& function, const std::string& version);
  void put_alias(const FunctionRow& function, const Alias& alias);
  /// With what hangs on it.
  void remove_alias(const FunctionRow& function, const std::string& name);

  [[nodiscard]] UrnForm urn_form() const { return urn_form_; }

 private:
  /// What a project has at most: what it had when it was counted, and what was added since.
  struct Usage {
    std::int64_t functions;
    std::int64_t code_bytes;
  };

  Store(const std::string& path, UrnForm urn_form) : database_(path), urn_form_(urn_form) {}
  Usage& usage_of(const std::string& project);
  void grow(const std::string& project, Usage more);
  void refresh_all_answers();
  bool has_answers_of_other_form();
  void refresh_answers_of_other_form();
  void store_answers(const FunctionRow& function, const Version& version);
  void remove_attachments(const FunctionRow& function, const std::string& qualifier);
  std::string digest_of(const FunctionRow& function, const std::string& version);
  void drop_code_if_unused(const std::string& digest);

  Database database_;
  Batch batch_{database_};
  std::unordered_map<std::string, Usage> usage_;
  UrnForm urn_form_;
};

}  // namespace fgsync::emulator
