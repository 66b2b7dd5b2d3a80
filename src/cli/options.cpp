#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <map>
#include <utility>

#include "base/enumerate.hpp"
#include "cli/command_line_help.hpp"
#include "cli/help_groups.hpp"
#include "cli/option_checks.hpp"
#include "cli/selection.hpp"
#include "cli/unexpected_words.hpp"
#include "config/value_shapes.hpp"

namespace fgsync::cli {
namespace {

/// The forms of output, by name. Not all commands have all of them.
const std::map<std::string, Format> kFormats{
    {"text", Format::text},   {"json", Format::json},     {"markdown", Format::markdown}, {"ndjson", Format::ndjson},
    {"junit", Format::junit}, {"github", Format::github}, {"sarif", Format::sarif}};

std::vector<std::string> forms_of(Command command) {
  switch (command) {
    case Command::plan:
    case Command::sync: return {"text", "json", "markdown", "ndjson", "junit"};
    case Command::validate: return {"text", "json", "github", "sarif"};
    default: return {"text", "json"};
  }
}

constexpr const char* kPurpose = "Keeps Huawei Cloud FunctionGraph equal to what YAML manifests say.";

const std::map<std::string, Color> kColors{
    {"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};

/// Where the source is, which says whose state is meant.
void add_place(CLI::App& command, Options& options) {
  command
      .add_option("--root", options.root,
                  "Directory that relative paths may not leave (default: the nearest one up with an fgsync.yaml, "
                  "else with a .git, else PATH)")
      ->option_text("DIR");
  command.add_option("--env", options.environment, "Apply environments/ENV.yaml: its patches and variables")
      ->option_text("ENV");
  command.add_option("-f,--config", options.config_file, "Configuration (default: fgsync.yaml in the root)")
      ->option_text("FILE");
}

void add_paths(CLI::App& command, Options& options) {
  command.add_option("PATH", options.paths,
                     "Manifest files or directories (default: the sources of ./fgsync.yaml, else .)");
  add_place(command, options);
}

void add_selection(CLI::App& command, Options& options) {
  command.add_option("-n,--name", options.names, "Only the function of this name; may be given several times")
      ->allow_extra_args(false)
      ->option_text("NAME");
  command
      .add_option("-l,--selector", options.selector,
                  "Only functions with these labels: key=value, key!=value, key in (a,b), key notin (a,b), key, !key; "
                  "a comma means and")
      ->option_text("LABELS");
  command
      .add_option(
          "--since", options.since,
          "Only functions whose manifest or code changed since a git revision; REVISION... means the merge base")
      ->option_text("REVISION");
}

/// What is wrong with the name of a form of output; empty when nothing is.
std::string problem_of_format(const std::string& name, Command command) {
  const std::vector<std::string> forms = forms_of(command);
  if (std::find(forms.begin(), forms.end(), name) != forms.end()) return {};
  if (!kFormats.contains(name)) return "there is no " + name + "; there are " + enumerate(forms);
  const bool is_of_validate = name == "github" || name == "sarif";
  return name + " is only for " + (is_of_validate ? "validate" : "plan and sync") + "; there are " + enumerate(forms);
}

void add_output(CLI::App& command, Options& options, Command which) {
  std::string forms;
  for (const std::string& form : forms_of(which)) forms += (forms.empty() ? "" : "|") + form;
  const bool is_validate = which == Command::validate;
  command
      .add_option_function<std::string>(
          "-o,--output", [&options](const std::string& name) { options.format = kFormats.at(name); },
          is_validate ? "text, json, github (annotations of a workflow) or sarif" : "The form of the result")
      ->check([which](const std::string& name) { return problem_of_format(name, which); })
      ->option_text(forms);
  command
      .add_option_function<std::string>(
          "--color", [&options](const std::string& name) { options.color = kColors.at(name); },
          "Colours in text (default: auto: on a terminal; NO_COLOR and CLICOLOR_FORCE decide otherwise)")
      ->check(CLI::IsMember(kColors))
      ->option_text("auto|always|never");
  command.add_flag_callback(
      "-v,--verbose", [&options] { options.log_level = LogLevel::debug; }, "Log every call with its request id");
  command.add_flag("-q,--quiet", options.is_quiet, "No progress, only results and errors");
}

/// What says which service, project and state.
void add_target(CLI::App& command, Options& options) {
  command.add_option("--endpoint", options.endpoint, "URL of the service [FGSYNC_ENDPOINT] (default: from the region)")
      ->option_text("URL");
  command.add_option("--project-id", options.project_id, "Project [FGSYNC_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID]")
      ->option_text("ID");
  command.add_option("--region", options.region, "Region, for example cn-north-4 [FGSYNC_REGION]")
      ->option_text("REGION");
  command.add_option("--ca-file", options.ca_file, "Certificates to trust instead of the system's, PEM")
      ->option_text("FILE");
  command
      .add_option("--state", options.state_directory,
                  "State directory [FGSYNC_STATE] (default: fgsync in the XDG state home)")
      ->option_text("DIR");
  command.add_flag("--no-state", options.no_state, "Remember nothing; everything is read from the service");
}

void add_connection(CLI::App& command, Options& options) {
  add_target(command, options);
  command.footer(
      "The token is read from FGSYNC_TOKEN or the file that credentials.token_file names, never from flags.");
}

void add_parallel(CLI::App& command, Options& options) {
  command.add_option("--parallel", options.parallel, "Functions that are worked on at once (default: 8)")
      ->check(CLI::Range(1, 256));
  command.add_flag("--adopt", options.adopt, "Take over existing functions that the manifests describe");
}

/// What may be deleted, and how much is read before.
void add_extent(CLI::App& command, Options& options) {
  command.add_flag_callback(
      "--prune", [&options] { options.prune = true; },
      "Delete functions and aliases of this source that no manifest names any more, within the guards of fgsync.yaml");
  command.add_flag_callback(
      "--no-prune", [&options] { options.prune = false; }, "Delete none, whatever fgsync.yaml says");
  command.add_flag("--allow-recreate", options.allow_recreate,
                   "Delete and make anew what cannot be changed in place and has on_change: recreate");
  command
      .add_option_function<std::string>(
          "--refresh", [&options](const std::string& name) { options.refreshes_fully = name == "full"; },
          "list: do not read functions that the list shows unchanged (default with state); full: read everything")
      ->check(CLI::IsMember({"list", "full"}))
      ->option_text("list|full");
}

void add_out_file(CLI::App& command, Options& options) {
  command.add_option("--out", options.out_file, "Also write the plan to this file, as JSON that only you may read")
      ->option_text("FILE");
}

/// `90s`, `15m`, `24h`, `7d`; nothing when it is none.
std::optional<std::chrono::milliseconds> parse_age(const std::string& text) {
  int days = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), days);
  const bool is_days = failed == std::errc() && days >= 0 && std::string_view(end) == "d";
  constexpr int kMostDays = 36'500;
  if (is_days) return days <= kMostDays ? std::optional(std::chrono::hours(24) * days) : std::nullopt;
  return config::parse_duration(text);
}

void set_timeout(Options& options, int seconds) {
  options.timeout = std::chrono::seconds(seconds);
}

CLI::App* add_command(CLI::App& app, Options& options, Command command, const std::string& name,
                      const std::string& purpose, const std::string& example) {
  CLI::App* sub = app.add_subcommand(name, purpose + "\n\nExample: " + example);
  sub->callback([&options, command] { options.command = command; });
  return sub;
}

void add_verbose(CLI::App& command, Options& options) {
  command.add_flag_callback(
      "-v,--verbose", [&options] { options.log_level = LogLevel::debug; }, "Log every call with its request id");
}

/// Which daemon, and which of its targets.
void add_daemon(CLI::App& command, Options& options) {
  command
      .add_option("--socket", options.socket,
                  "Where the daemon listens [FGSYNC_SOCKET] (default: control.socket of fgsync.yaml, /run/fgsync, the "
                  "state directory)")
      ->option_text("PATH");
  command.add_option("--target", options.target, "The daemon's target, where it has several")->option_text("TARGET");
}

/// What only a running daemon does.
void declare_daemon_commands(CLI::App& app, Options& options) {
  auto* reconcile = add_command(app, options, Command::reconcile, "reconcile",
                                "Have the running daemon look at functions now.", "fgsync reconcile thumbnail --wait");
  reconcile->add_option("NAME", options.functions, "Functions (default: all)");
  reconcile->add_flag("--wait", options.waits, "Wait until each was reconciled, and show how it is then");
  reconcile
      ->add_option_function<int>(
          "--timeout",
          [&options](int seconds) {
            set_timeout(options, seconds);
            options.waits = true;
          },
          "Seconds to wait at most (default: 300); means --wait")
      ->check(CLI::Range(1, 3600));

  auto* approve = add_command(app, options, Command::approve, "approve",
                              "Agree to the plan that the running daemon holds back, and to no other.",
                              "fgsync approve 7c19d0f2b6a4");
  approve->add_option("PLAN_ID", options.plan_id, "The plan, as fgsync status names it (default: whichever is held)");

  auto* events = add_command(app, options, Command::events, "events", "Show what the running daemon did and does.",
                             "fgsync events --follow");
  events->add_flag("--follow", options.follows, "Go on with what happens, until interrupted");
  events
      ->add_option_function<std::string>(
          "-o,--output", [&options](const std::string& name) { options.format = kFormats.at(name); },
          "text, or ndjson: one JSON document a line")
      ->check(CLI::IsMember({"text", "ndjson"}))
      ->option_text("text|ndjson");

  auto* pause = add_command(app, options, Command::pause, "pause",
                            "Keep the running daemon from writing anything, until unpause; it goes on looking.",
                            "fgsync pause --reason 'incident 4711'");
  pause->add_option("--reason", options.reason, "Why");
  auto* unpause =
      add_command(app, options, Command::unpause, "unpause", "End the pause of the running daemon.", "fgsync unpause");
  for (CLI::App* command : {reconcile, approve, events, pause, unpause}) {
    add_daemon(*command, options);
    add_place(*command, options);
    add_target(*command, options);
  }
}

void declare_adopt(CLI::App& app, Options& options) {
  auto* adopt = add_command(app, options, Command::adopt, "adopt",
                            "Write manifests and code of functions that exist. Changes nothing on the service.",
                            "fgsync adopt thumbnail --into manifests");
  auto* names = adopt->add_option("NAME", options.functions, "Functions");
  adopt->add_flag("--all", options.adopts_all, "All functions of the project that nobody manages yet")->excludes(names);
  adopt
      ->add_option("--into", options.into,
                   "Where a folder for each function is made (default: the first source of fgsync.yaml, else the root)")
      ->option_text("DIR");
  adopt->add_flag("--packed", options.keeps_archives, "Leave code packed, byte for byte as it is on the service");
  adopt->add_flag("--dry-run", options.is_dry_run, "Only show what would be written");
  add_place(*adopt, options);
  add_connection(*adopt, options);
  add_verbose(*adopt, options);
}

/// What a person does to one function, and what was done.
void declare_interventions(CLI::App& app, Options& options) {
  auto* history = add_command(app, options, Command::history, "history",
                              "Show what was done to functions, the newest last.", "fgsync history thumbnail -n 5");
  history->add_option("NAME", options.function, "The function (default: all)");
  history->add_option("-n,--lines", options.history_length, "So many entries at most (default: 20)")
      ->check(CLI::Range(1, 100'000));
  add_place(*history, options);
  add_output(*history, options, Command::history);
  add_target(*history, options);

  auto* rollback = add_command(app, options, Command::rollback, "rollback",
                               "Move an alias to an older version, and keep sync from bringing back what it left.",
                               "fgsync rollback thumbnail --to v1.4.0 --reason 'wrong colours'");
  rollback->add_option("NAME", options.function, "The function")->required();
  rollback->add_option("--to", options.to_version, "The published version")->required()->option_text("VERSION");
  rollback->add_option("--alias", options.alias, "The alias (default: the only one)");
  rollback->add_option("--reason", options.reason, "Why, for the history and for whoever meets the hold");
  rollback->add_flag("--yes", options.is_confirmed, "Do not ask");

  auto* hold = add_command(app, options, Command::hold, "hold",
                           "Keep sync from applying what the manifests now say of a function.",
                           "fgsync hold thumbnail --reason 'not before Monday'");
  hold->add_option("NAME", options.function, "The function, as its manifest names it")->required();
  hold->add_option("--reason", options.reason, "Why");

  auto* release =
      add_command(app, options, Command::release, "release", "End the hold of a function.", "fgsync release thumbnail");
  release->add_option("NAME", options.function, "The function")->required();

  auto* suspend = add_command(app, options, Command::suspend, "suspend",
                              "Keep sync from touching functions, whatever their manifests say, until resume.",
                              "fgsync suspend thumbnail --reason 'incident 4711'");
  suspend->add_option("NAME", options.functions, "Functions")->required();
  suspend->add_option("--reason", options.reason, "Why");

  auto* resume = add_command(app, options, Command::resume, "resume",
                             "Let sync take care of suspended functions again.", "fgsync resume thumbnail");
  resume->add_option("NAME", options.functions, "Functions")->required();

  declare_adopt(app, options);

  auto* forget = add_command(app, options, Command::forget, "forget",
                             "Leave functions to others: fgsync no longer manages them, and deletes nothing.",
                             "fgsync forget thumbs-legacy");
  forget->add_option("NAME", options.forgotten, "Functions")->required();
  for (CLI::App* command : {rollback, hold}) add_paths(*command, options);
  for (CLI::App* command : {release, suspend, resume, forget}) add_place(*command, options);
  for (CLI::App* command : {rollback, hold, release, suspend, resume, forget}) {
    add_connection(*command, options);
    add_daemon(*command, options);
    add_verbose(*command, options);
  }
}

void add_form(CLI::App& command, Options& options) {
  command
      .add_option_function<std::string>(
          "-o,--output", [&options](const std::string& name) { options.format = kFormats.at(name); }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->option_text("text|json");
}

/// What looks at the state, the machine and the service; and what takes functions away.
void declare_inspections(CLI::App& app, Options& options) {
  auto* status = add_command(app, options, Command::status, "status",
                             "Show how functions are: as the running daemon says, else by manifests and state.",
                             "fgsync status --max-age 24h");
  status->add_option("NAME", options.functions, "Functions (default: all)");
  status
      ->add_option_function<std::string>(
          "-o,--output",
          [&options](const std::string& name) {
            options.format = name == "json" ? Format::json : Format::text;
            options.is_wide = name == "wide";
          },
          "text, wide (a table with all columns) or json")
      ->check(CLI::IsMember({"text", "wide", "json"}))
      ->option_text("text|wide|json");
  status
      ->add_option_function<std::string>(
          "--max-age", [&options](const std::string& text) { options.max_age = parse_age(text); },
          "Exit 1 when a function was not observed for longer, or never: 90s, 15m, 24h, 7d")
      ->check([](const std::string& text) {
        return parse_age(text) ? "" : "\"" + text + "\" is no duration: expected for example 90s, 15m, 24h or 7d";
      })
      ->option_text("DURATION");
  add_daemon(*status, options);
  add_place(*status, options);
  add_target(*status, options);

  auto* removal = add_command(app, options, Command::delete_functions, "delete",
                              "Delete functions with all that belongs to them, for good. Asks first.",
                              "fgsync delete thumbs-legacy");
  removal->add_option("NAME", options.functions, "Functions")->required();
  removal->add_flag("--yes", options.is_confirmed, "Do not ask; without a terminal nothing is deleted otherwise");
  removal->add_flag("--dry-run", options.is_dry_run, "Only show what would go");
  removal->add_flag("--unmanaged", options.includes_unmanaged,
                    "Also functions of which nothing says that they are this source's");
  removal->add_option("--reason", options.reason, "Why, for the history");
  add_place(*removal, options);
  add_connection(*removal, options);
  add_verbose(*removal, options);

  auto* doctor =
      add_command(app, options, Command::doctor, "doctor",
                  "Check configuration, credentials, service, state and manifests; changes nothing.", "fgsync doctor");
  add_form(*doctor, options);
  doctor
      ->add_option_function<int>(
          "--timeout", [&options](int seconds) { set_timeout(options, seconds); },
          "Seconds that each question to the service may take (default: 10)")
      ->check(CLI::Range(1, 600));
  add_place(*doctor, options);
  add_connection(*doctor, options);
  add_verbose(*doctor, options);
}

void declare_deployment(CLI::App& app, Options& options) {
  auto* plan = add_command(app, options, Command::plan, "plan", "Show what sync would do, and why. Changes nothing.",
                           "fgsync plan manifests/");
  add_paths(*plan, options);
  add_selection(*plan, options);
  add_output(*plan, options, Command::plan);
  add_out_file(*plan, options);
  add_connection(*plan, options);
  add_parallel(*plan, options);
  add_extent(*plan, options);
  plan->add_flag("--detailed-exitcode", options.detailed_exitcode, "Exit 2 when there are changes, 3 when blocked");
  plan->add_flag("--all", options.show_all, "List unchanged functions too");

  auto* sync = add_command(app, options, Command::sync, "sync", "Plan, then do it: once.", "fgsync sync manifests/");
  add_paths(*sync, options);
  add_selection(*sync, options);
  add_output(*sync, options, Command::sync);
  add_out_file(*sync, options);
  add_connection(*sync, options);
  add_parallel(*sync, options);
  add_extent(*sync, options);
  sync->add_option("--plan", options.plan_file,
                   "Do what this plan says and nothing else; what does not fit any more is left alone (exit 4)")
      ->option_text("FILE");
  sync->add_flag("--yes", options.is_confirmed, "Do not ask before functions are deleted");
  sync->add_flag("--allow-blocked", options.allow_blocked, "Exit 0 although something is blocked");
  sync->add_option_function<int>(
          "--timeout", [&options](int seconds) { set_timeout(options, seconds); },
          "Seconds for which failures are tried again (default: 600)")
      ->check(CLI::Range(0, 86'400));

  auto* daemon = add_command(app, options, Command::daemon, "daemon",
                             "Keep functions as their sources say, all the time: the service.",
                             "fgsync daemon --config /etc/fgsync/fgsync.yaml");
  add_place(*daemon, options);
  add_connection(*daemon, options);
  add_verbose(*daemon, options);
}

void declare(CLI::App& app, Options& options) {
  declare_deployment(app, options);

  auto* validate = add_command(app, options, Command::validate, "validate",
                               "Check manifests and configuration, offline.", "fgsync validate manifests/");
  add_paths(*validate, options);
  add_selection(*validate, options);
  add_output(*validate, options, Command::validate);
  validate->add_flag("--show", options.shows_result,
                     "Print the manifests as they are read, with the file that each value came from");

  auto* package =
      add_command(app, options, Command::package, "package", "Build a function's archive and print its digests.",
                  "fgsync package thumbnail -O thumbnail.zip");
  package->add_option("NAME", options.package_name, "The function, as its manifest names it")->required();
  add_paths(*package, options);
  add_output(*package, options, Command::package);
  package->add_option("-O,--out", options.package_file, "Write the archive to this file")->option_text("FILE");
  package->add_flag("--explain", options.explains,
                    "Also show what the fingerprint is made of, and what differs from what was applied last");
  add_target(*package, options);

  declare_daemon_commands(app, options);
  declare_interventions(app, options);
  declare_inspections(app, options);

  auto* schema = add_command(app, options, Command::schema, "schema",
                             "Print the JSON Schema of manifests, configuration or environments.",
                             "fgsync schema function > fgsync.schema.json");
  schema->add_option("KIND", options.schema_kind, "function (default), config or environment")
      ->check(CLI::IsMember({"function", "config", "environment"}))
      ->option_text("function|config|environment");
  schema
      ->add_option_function<std::string>(
          "-o,--output",
          [&options](const std::string& name) { options.format = name == "json" ? Format::json : Format::markdown; },
          "json, or markdown: a table of all keys")
      ->check(CLI::IsMember({"json", "markdown"}))
      ->option_text("json|markdown");

  auto* completion = add_command(app, options, Command::completion, "completion",
                                 "Print a script that completes commands, flags and names in a shell.",
                                 "fgsync completion bash > ~/.local/share/bash-completion/completions/fgsync");
  completion->add_option("SHELL", options.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("bash|zsh|fish");

  auto* version = add_command(app, options, Command::version, "version",
                              "Print the version; with --json also how this program was built.", "fgsync version");
  version->add_flag_callback(
      "--json", [&options] { options.format = Format::json; },
      "A JSON document, for scripts and for reports of mistakes");
}

/// The form of output that --show cannot have.
std::optional<std::string> find_form_against_show(const Options& options) {
  if (!options.shows_result || options.format == Format::text) return std::nullopt;
  const auto form =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const auto& known) { return known.second == options.format; });
  return form->first;
}

/// A NAME that was given as nothing; not given, it may mean all.
bool is_name_empty(const CLI::App& app, const Options& options) {
  if (!options.function.empty()) return false;
  const CLI::App* command = app.get_subcommands().front();
  const CLI::Option* name = command->get_option_no_throw("NAME");
  return name != nullptr && name->count() > 0 && options.functions.empty() && options.forgotten.empty() &&
         options.package_name.empty();
}

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* command : app.get_subcommands(all)) names.push_back(command->get_name());
  return names;
}

void declare_program(CLI::App& app, Options& options) {
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", std::string("fgsync ") + FGSYNC_VERSION, "Print the version");
  declare(app, options);
}

}  // namespace

help::ProgramShape command_line_shape() {
  Options options;
  CLI::App app{kPurpose, "fgsync"};
  declare_program(app, options);
  help::ProgramShape program = help::shape_of(app);
  group_for_help(program);
  return program;
}

Options parse_beginning(std::vector<std::string> words) {
  Options options;
  CLI::App app;
  app.allow_extras();
  add_place(app, options);
  add_target(app, options);
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError&) {
    return {};  // nothing can be offered on a guess
  }
  return options;
}

std::variant<Options, int> parse_command_line(int argc, char** argv) {
  const std::vector<std::string> words = words_of(argc, argv);
  const auto refuse = [&words](const std::string& message) { return usage_error(message, words); };
  Options options;
  CLI::App app{kPurpose, "fgsync"};
  declare_program(app, options);
  if (const auto unknown = unknown_command(words, names_of(app))) return refuse(*unknown);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // as CLI11 takes them
  } catch (const CLI::CallForHelp&) {
    return show_help(words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --version
    return refuse(describe_unexpected(command_line_shape(), words).value_or(error.what()));
  }
  if (const auto empty = find_empty_option(options)) return refuse(*empty + " must not be empty");
  if (is_name_empty(app, options)) return refuse("NAME must not be empty");
  if (const auto bad = find_bad_name(options)) return refuse(*bad);
  if (const auto form = find_form_against_show(options)) {
    return refuse("--show prints YAML, and " + *form + " is another form of output: leave one of the two out");
  }
  if (const auto flag = find_flag_against_plan(options)) {
    return refuse("the plan given with --plan says what to do: leave " + *flag + " out, or make another plan");
  }
  if (options.out_file == "-") {
    return refuse("--out writes a file beside the result: for the plan on standard output use -o json");
  }
  if (options.command == Command::adopt && options.functions.empty() && !options.adopts_all) {
    return refuse("which functions? Name them, or give --all");
  }
  if (const auto selection = selection_of(options); !selection) return refuse(selection.error().describe());
  return options;
}

}  // namespace fgsync::cli
