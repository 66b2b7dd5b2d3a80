#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// What FunctionGraph documents about names and values (API reference of create function, publish version and create
/// alias). Lists that the service extends are checked for near misses only.
namespace fgsync::manifest {

struct NameRule {
  bool (*is_valid)(std::string_view);
  std::string_view expected;      ///< goes on after "must be"
  std::string_view pattern = {};  ///< the same as a regular expression of ECMA-262, for the JSON Schema
};

extern const NameRule kFunctionName;
extern const NameRule kAppName;
extern const NameRule kVersionName;
extern const NameRule kAliasName;
extern const NameRule kLabelKey;
extern const NameRule kLabelValue;
extern const NameRule kVariableName;  ///< a key of user_data
extern const NameRule kHandler;
extern const NameRule kPath;
extern const NameRule kObjectUrl;
extern const NameRule kObjectDigest;
extern const NameRule kImage;
extern const NameRule kIdentifier;  ///< of another resource: an agency, a network, a dependency version
extern const NameRule kTagKey;
extern const NameRule kAdditionalVersion;  ///< of an alias: a version, or previous
extern const NameRule kQualifier;          ///< of reserved instances: a version, an alias or latest
extern const NameRule kJsonPointer;
extern const NameRule kEnvironmentName;

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
/// The handler of such functions, which have none.
inline constexpr std::string_view kNoHandler = "-";

inline constexpr auto kDocumentedRuntimes = std::to_array<std::string_view>({
    "Node.js6.10",
    "Node.js8.10",
    "Node.js10.16",
    "Node.js12.13",
    "Node.js14.18",
    "Node.js16.17",
    "Node.js18.15",
    "Node.js20.15",
    "Python2.7",
    "Python3.6",
    "Python3.9",
    "Python3.10",
    "Python3.12",
    "Java8",
    "Java11",
    "Java17",
    "Java21",
    "Go1.8",
    "Go1.x",
    "C#(.NET Core 2.0)",
    "C#(.NET Core 2.1)",
    "C#(.NET Core 3.1)",
    "C#(.NET Core 6.0)",
    "C#(.NET Core 8.0)",
    "PHP7.3",
    "PHP8.3",
    "Cangjie1.0",
    "Custom",
    "http",
    kImageRuntime,
});

/// MB.
inline constexpr auto kDocumentedMemorySizes = std::to_array<std::string_view>(
    {"128", "256", "512", "768", "1024", "1280", "1536", "1792", "2048", "2560", "3072", "3584", "4096"});

}  // namespace fgsync::manifest
