#pragma once

#include <chrono>
#include <string>

#include "emulator/fault.hpp"
#include "emulator/random.hpp"
#include "emulator/route.hpp"
#include "emulator/service.hpp"
#include "emulator/store.hpp"

namespace fgsync::emulator {

struct Answer {
  int status;
  std::string body;
};
using Outcome = Valid<Answer>;

/// All that an operation works with. Operations that write run inside a transaction that is undone when they refuse.
struct Call {
  Store& store;
  const ServiceOptions& options;
  Random& random;
  std::chrono::system_clock::time_point now;
  const Route& route;
  std::string_view body;
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

// target.cpp: what the URN in the path means.

struct Target {
  FunctionRow function;
  FunctionUrn urn;
};
/// FSS.1051 when the function does not exist. The qualifier is not looked at.
Valid<Target> find_function(const Call& call);
/// The version that the qualifier names, through an alias if it is one. FSS.1052, FSS.1053.
Valid<std::string> find_version_name(const Call& call, const Target& target);
/// For what only `latest` can do: FSS.1015 with any other existing qualifier.
Valid<Target> find_latest(const Call& call);

/// `latest-191025153727@zehht`: another one for every build of code or configuration.
std::string new_image_name(const Call& call, const std::string& version, const std::string& previous);

}  // namespace fgsync::emulator
