#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What FunctionGraph documents about names and values (API reference of create function, publish version and create
/// alias). Lists that the service extends are checked for near misses only.
namespace fgsync::manifest {

struct NameRule {
  bool (*is_valid)(std::string_view);
  std::string_view expected;  ///< goes on after "must be"
};

extern const NameRule kFunctionName;
extern const NameRule kAppName;
extern const NameRule kVersionName;
extern const NameRule kAliasName;
extern const NameRule kLabelKey;
extern const NameRule kLabelValue;
extern const NameRule kVariableName;  ///< a key of user_data

/// What to say about a value of an open list.
struct ListFinding {
  enum class Kind { near_miss, not_documented };
  Kind kind = Kind::not_documented;
  std::string nearest;  ///< of a near miss
};

/// Nothing for a documented runtime. A spelling close to one is a near miss; an unknown version of a known language
/// is only not documented: the service adds them.
std::optional<ListFinding> check_runtime(std::string_view runtime);

/// Nothing for a documented size. Within a twentieth of one is a near miss (1000 for 1024).
std::optional<ListFinding> check_memory_size(int megabytes);

/// The runtime of functions made from an image, which has no code directory.
inline constexpr std::string_view kImageRuntime = "Custom Image";

}  // namespace fgsync::manifest
