#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "emulator/fault.hpp"
#include "emulator/json.hpp"
#include "emulator/pending_execution.hpp"
#include "emulator/random.hpp"
#include "emulator/route.hpp"
#include "emulator/service.hpp"
#include "emulator/store.hpp"
#include "emulator/transfers.hpp"

namespace fgsync::emulator {

struct Answer {
  int status;
  std::string body;
  http::Headers headers = {};  ///< besides those that every answer has
  std::string content_type = "application/json";
  /// What is to be run before the answer is known, or, of an asynchronous call, after it was given.
  std::optional<PendingExecution> execution = std::nullopt;
};

/// All that an operation works with. Operations that write run inside a transaction that is undone when they refuse.
struct Call {
  Store& store;
  const ServiceOptions& options;
  Random& random;
  Transfers& transfers;
  std::chrono::system_clock::time_point now;
  const Route& route;
  std::string_view body;
  const http::Headers& headers;
};

// functions.cpp
Outcome create_function(const Call& call);
Outcome import_function(const Call& call);
Outcome list_functions(const Call& call);
/// DELETE of a function, a version or an alias: the URN's suffix says which.
Outcome delete_resource(const Call& call);

// updates.cpp
Outcome show_code(const Call& call);
Outcome update_code(const Call& call);
Outcome show_config(const Call& call);
Outcome update_config(const Call& call);

// versions.cpp
Outcome list_versions(const Call& call);
Outcome publish_version(const Call& call);
Outcome delete_version(const Call& call, const FunctionRow& function, const std::string& name);

// aliases.cpp
Outcome list_aliases(const Call& call);
Outcome create_alias(const Call& call);
Outcome show_alias(const Call& call);
Outcome update_alias(const Call& call);
Outcome delete_alias(const Call& call);
Outcome delete_alias(const Call& call, const FunctionRow& function, const std::string& name);

// instances.cpp: how many instances a function may have, and keeps ready
Outcome update_max_instances(const Call& call);
Outcome update_reserved_instances(const Call& call);
Outcome list_reserved_configs(const Call& call);
Outcome list_reserved_counts(const Call& call);
/// FSS.1077 while latest has reserved instances, if the options want that.
std::optional<Fault> check_not_reserved(const Call& call, const FunctionRow& function);

// export.cpp
Outcome export_function(const Call& call);
/// Behind the link that an export of `type=code` answers.
Outcome download_code(const Call& call);

// async_configs.cpp
Outcome show_async_config(const Call& call);
Outcome update_async_config(const Call& call);
Outcome delete_async_config(const Call& call);
Outcome list_async_configs(const Call& call);

// triggers.cpp
Outcome list_triggers(const Call& call);
/// Of all functions. No document has it; the Terraform provider calls it.
Outcome list_project_triggers(const Call& call);
Outcome create_trigger(const Call& call);
Outcome show_trigger(const Call& call);
Outcome update_trigger(const Call& call);
Outcome delete_trigger(const Call& call);
Outcome delete_all_triggers(const Call& call);

// tags.cpp
Outcome list_tags(const Call& call);
Outcome create_tags(const Call& call);
Outcome delete_tags(const Call& call);

// dependencies.cpp
Outcome list_dependencies(const Call& call);
Outcome list_dependency_versions(const Call& call);
Outcome create_dependency_version(const Call& call);
Outcome show_dependency_version(const Call& call);
Outcome delete_dependency_version(const Call& call);
/// FSS.1056 for an id in `depend_version_list` that is no dependency's, if the options want them to exist.
std::optional<Fault> check_dependencies(const Call& call, const JsonObject& body);
/// The same for an import, which cannot do without them.
std::optional<Fault> check_imported_dependencies(const Call& call, const JsonObject& configuration);

// invocations.cpp
Outcome invoke(const Call& call);
Outcome invoke_async(const Call& call);

// snapshots.cpp
Outcome show_snapshot(const Call& call);
Outcome update_snapshot(const Call& call);

// quotas.cpp
Outcome list_quotas(const Call& call);
/// FSS.1042 when the project's code would grow over the limit.
std::optional<Fault> check_code_size(const Call& call, const std::string& project, std::int64_t more_bytes);

// iam.cpp
Outcome create_token(const Call& call);
Outcome list_projects(const Call& call);

// target.cpp: what the URN in the path means.

struct Target {
  FunctionRow function;
  FunctionUrn urn;
};
/// FSS.1051 when the function does not exist. The qualifier is not looked at.
Valid<Target> find_function(const Call& call);
Valid<Target> find_function(const Call& call, const std::string& urn);
/// The version that the qualifier names, through an alias if it is one. FSS.1052, FSS.1053.
Valid<std::string> find_version_name(const Call& call, const Target& target);
/// A function and what of it the URN names: `latest`, a version, or `!` and an alias, each of which exists.
struct QualifiedTarget {
  FunctionRow function;
  std::string qualifier;
};
Valid<QualifiedTarget> find_qualified(const Call& call);
/// For what only `latest` can do: FSS.1015 with any other existing qualifier.
Valid<Target> find_latest(const Call& call);
/// The function and the name of the version whose configuration can be updated: latest, or any when the options allow.
Valid<QualifiedTarget> find_configurable(const Call& call);

/// Latest's version of a function.
Version latest_of(const Call& call, const FunctionRow& function);
/// Stores the version as a new build.
void rebuild(const Call& call, const FunctionRow& function, Version& version);
/// The stored answer of GET config.
Answer config_answer(const Call& call, const FunctionRow& function, const std::string& version = "latest");
/// Refuses an import or an export while another one keeps the project busy; else this one does, from now on.
std::optional<Fault> begin_transfer(const Call& call, Transfer kind);

/// `latest-191025153727@zehht`: another one for every build of code or configuration.
std::string new_image_name(const Call& call, const std::string& version, const std::string& previous);

}  // namespace fgsync::emulator
