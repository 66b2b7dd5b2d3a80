#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/log.hpp"
#include "help/command_shape.hpp"

namespace fgsync::cli {

enum class Command {
  plan,
  sync,
  daemon,
  reconcile,
  approve,
  events,
  pause,
  unpause,
  validate,
  package,
  status,
  history,
  hold,
  release,
  rollback,
  suspend,
  resume,
  adopt,
  forget,
  delete_functions,
  doctor,
  schema,
  completion,
  version
};
enum class Format { text, json, github, sarif, markdown, ndjson, junit };
enum class Color { automatic, always, never };

/// The command line, typed. What is absent here comes from the environment or fgsync.yaml.
struct Options {
  Command command = Command::version;
  std::vector<std::string> paths;
  // Which functions, see Selection.
  std::vector<std::string> names;
  std::optional<std::string> selector;
  std::optional<std::string> since;
  std::optional<std::string> environment;  ///< of environments/, see chosen_environment.hpp
  std::optional<std::string> root;
  std::optional<std::string> config_file;
  std::optional<std::string> endpoint;
  std::optional<std::string> project_id;
  std::optional<std::string> region;
  std::optional<std::string> ca_file;
  std::optional<std::string> state_directory;
  std::optional<std::string> state_subdirectory;  ///< of a target of the daemon, below the state directory
  bool no_state = false;
  std::optional<std::string> socket;  ///< --socket: where the daemon listens
  std::string target;                 ///< --target: of the daemon; empty: the only one
  bool waits = false;                 ///< reconcile --wait
  std::string plan_id;                ///< of `approve`; empty: whichever is held
  bool follows = false;               ///< events --follow
  Format format = Format::text;
  Color color = Color::automatic;
  LogLevel log_level = LogLevel::warn;
  bool is_quiet = false;
  bool detailed_exitcode = false;
  bool show_all = false;
  std::optional<std::string> out_file;  ///< --out of `plan` and `sync`
  bool adopt = false;
  std::optional<bool> prune;  ///< absent: as the configuration says
  bool allow_recreate = false;
  std::optional<bool> refreshes_fully;   ///< --refresh; absent: as much as the state allows
  bool is_confirmed = false;             ///< --yes
  std::optional<std::string> plan_file;  ///< sync --plan
  bool allow_blocked = false;
  std::optional<int> parallel;
  std::optional<std::chrono::milliseconds> timeout;
  bool shows_result = false;                         ///< validate --show
  std::string schema_kind = "function";              ///< of `schema`
  bool explains = false;                             ///< package --explain
  std::string package_name;                          ///< of `package`
  std::string function;                              ///< of `history` (empty: all), `hold`, `release`, `rollback`
  std::vector<std::string> forgotten;                ///< of `forget`
  int history_length = 20;                           ///< history -n
  std::string reason;                                ///< of `hold`, `rollback`, `suspend` and `delete`
  std::optional<std::string> alias;                  ///< rollback --alias
  std::string to_version;                            ///< rollback --to
  std::optional<std::string> package_file;           ///< -O
  std::string shell;                                 ///< of `completion`
  std::vector<std::string> functions;                ///< of `status`, `reconcile` (none: all), `delete`, `suspend`, …
  std::optional<std::chrono::milliseconds> max_age;  ///< status --max-age
  bool includes_unmanaged = false;                   ///< delete --unmanaged
  bool is_dry_run = false;                           ///< delete and adopt --dry-run
  bool is_wide = false;                              ///< status -o wide
  bool adopts_all = false;                           ///< adopt --all
  std::optional<std::string> into;                   ///< adopt --into
  bool keeps_archives = false;                       ///< adopt --packed
};

/// The options, or the exit code when the command line was answered right away (help, usage errors).
std::variant<Options, int> parse_command_line(int argc, char** argv);

/// The whole command line as data, under the headings that help shows.
help::ProgramShape command_line_shape();

/// What a command line that is still being typed says of the place and the target; the rest is passed over.
Options parse_beginning(std::vector<std::string> words);

}  // namespace fgsync::cli
