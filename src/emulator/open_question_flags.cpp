// Every question is a flag that takes the other answer than the default; docs/emulator.md has a table of what is known
// of each.
#include "emulator/open_question_flags.hpp"

#include <CLI/CLI.hpp>

namespace fgsync::emulator {
namespace {

constexpr const char* kQuestions = "What the documents leave open (see docs/emulator.md)";

/// A group of options and flags in `--help`.
class Group {
 public:
  Group(CLI::App& app, const char* name) : app_(app), name_(name) {}

  template <typename Choice>
  void flag(const std::string& flag_name, Choice& choice, Choice other, const std::string& what) {
    app_.add_flag_callback(flag_name, [&choice, other] { choice = other; }, what)->group(name_);
  }

  template <typename Number>
  void limit(const std::string& option_name, Number& value, int maximum, const std::string& what) {
    app_.add_option(option_name, value, what)
        ->type_name("N")
        ->check(CLI::Range(1, maximum))
        ->capture_default_str()
        ->group(name_);
  }

 private:
  CLI::App& app_;
  const char* name_;
};

}  // namespace

void add_open_question_flags(CLI::App& app, ServiceOptions& service) {
  OpenQuestions& open = service.open;
  Group group(app, kQuestions);
  group.flag("--publish-compares-digest", open.publish_digest, PublishDigest::compared,
             "Refuse to publish (400 FSS.0400) when the request's digest is a SHA-512 and not that of latest's code");
  group.flag("--publish-needs-code-change", open.publish_needs, PublishNeeds::code_change,
             "Refuse to publish (FSS.1016) when only the configuration has changed");
  group.flag("--publish-checks-change-first", open.publish_order, PublishOrder::change_first,
             "Answer FSS.1016 before FSS.1062 when nothing has changed and the name is taken");
  group.flag("--publish-answers-latest", open.publish_answer, PublishAnswer::latest,
             "Answer publish with latest, as the documents' examples do, not with the new version");
  group.flag("--versions-ignore-paging", open.version_paging, VersionPaging::ignored,
             "List all versions whatever marker and maxitems say, with a next_marker that leads nowhere");
  group.flag("--config-merges", open.config_update, ConfigUpdate::merges,
             "Keep the fields that a configuration update leaves out, instead of setting their defaults");
  group.flag("--version-config-editable", open.version_configuration, VersionConfiguration::editable,
             "Let the configuration of published versions be updated");
  group.flag("--unsuffixed-urns", open.urn_form, UrnForm::plain, "Answer func_urn without :latest or :<version>");
  group.flag("--lock-reserved", service.reserved_updates, ReservedUpdates::refused,
             "Refuse updates of code and configuration while latest has reserved instances (FSS.1077)");
  group.flag("--check-dependencies", service.unknown_dependencies, UnknownDependencies::refused,
             "Refuse functions with dependencies that are not there (FSS.1056)");
  app.add_option_function<int>(
         "--single-transfer", [&open](const int& seconds) { open.transfer_time = std::chrono::seconds(seconds); },
         "Refuse an import (429 FSS.0429) for so long after another one of the project; exports likewise")
      ->type_name("SECONDS")
      ->default_str("0")
      ->check(CLI::Range(0, 3600))
      ->group(kQuestions);
  app.add_option_function<int>(
         "--utc-offset", [&open](const int& hours) { open.utc_offset = std::chrono::hours(hours); },
         "The service's clock: last_modified, image_name and default names of versions")
      ->type_name("HOURS")
      ->default_str("8")
      ->check(CLI::Range(-12, 14))
      ->group(kQuestions);
}

void add_limit_options(CLI::App& app, ServiceOptions& service) {
  constexpr int kMaxCount = 1'000'000;
  constexpr int kMaxMb = 1024;
  Group group(app, kLimitsGroup);
  group.limit("--max-functions", service.max_functions, kMaxCount, "Functions in a project (FSS.1041)");
  group.limit("--max-versions", service.max_versions, kMaxCount, "Versions of a function, latest included");
  group.limit("--max-aliases", service.max_aliases, kMaxCount, "Aliases of a function (FSS.1043)");
  group.limit("--max-reserved", service.max_reserved_instances, kMaxCount,
              "Reserved instances in a project (FSS.1076)");
  group.limit("--max-code-mb", service.max_code_mb, kMaxCount, "Code of all versions in a project, in MB (FSS.1042)");
  SizeLimits& sizes = service.sizes;
  group.limit("--max-package-mb", sizes.package_mb, kMaxMb, "Code as a zip or jar, in MB (FSS.1071)");
  group.limit("--max-inline-kb", sizes.inline_kb, kMaxCount, "Inline source, in KB (FSS.1072)");
  group.limit("--max-import-mb", sizes.import_mb, kMaxMb, "A package to import, in MB (FSS.1023)");
  group.limit("--max-dependency-mb", sizes.dependency_mb, kMaxMb, "A dependency, in MB (FSS.1071)");
  group.limit("--max-event-kb", sizes.event_kb, kMaxCount, "The event of a call, in KB (FSS.1201)");
  group.limit("--max-async-event-kb", sizes.async_event_kb, kMaxCount,
              "The event of an asynchronous call, in KB (FSS.1201)");
  group.limit("--max-signed-mb", sizes.signed_mb, kMaxMb, "A body with a signature, in MB (APIGW.0201)");
}

}  // namespace fgsync::emulator
