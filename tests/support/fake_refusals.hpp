#pragma once

#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "functiongraph/error_codes.hpp"

/// The refusals of the service's table of error codes that FakeService makes, each with what callers are to make of it.
namespace fgsync::test::refusals {

struct Refusal {
  int status;
  std::string_view code;
  ErrorKind kind;
  std::string_view message;
};

namespace codes = functiongraph::codes;
using enum ErrorKind;

inline constexpr Refusal kInvalidParameter{400, "FSS.0400", invalid, "Invalid parameter."};
inline constexpr Refusal kTooManyVersions{403, "FSS.0403", unauthorized, "Forbidden"};
inline constexpr Refusal kNoSuchThing{404, "FSS.0404", not_found, "The specified resource was not found."};
inline constexpr Refusal kSameCode{409, codes::kSameCode, conflict, "The specified resource already exists."};
inline constexpr Refusal kInvalidQuery{400, "FSS.1001", invalid, "Invalid query parameter."};
inline constexpr Refusal kInvalidFunctionName{400, "FSS.1002", invalid, "Invalid function name."};
inline constexpr Refusal kInvalidHandler{400, "FSS.1003", invalid, "Invalid function handler."};
inline constexpr Refusal kInvalidRuntime{400, "FSS.1005", invalid, "Invalid runtime."};
inline constexpr Refusal kInvalidMemory{400, "FSS.1007", invalid, "Invalid function memory."};
inline constexpr Refusal kInvalidTimeout{400, "FSS.1008", invalid, "Invalid function timeout."};
inline constexpr Refusal kInvalidUrl{400, "FSS.1010", invalid, "Invalid URL."};
inline constexpr Refusal kInvalidCode{400, "FSS.1011", invalid, "Invalid function code."};
inline constexpr Refusal kNoCode{400, "FSS.1012", invalid, "The function code must be configured."};
inline constexpr Refusal kInvalidFileType{400, "FSS.1013", invalid, "Invalid file type."};
inline constexpr Refusal kInvalidAlias{400, "FSS.1014", invalid, "Invalid function alias."};
inline constexpr Refusal kInvalidVersion{400, "FSS.1015", invalid, "Invalid function version."};
inline constexpr Refusal kNothingToPublish{
    400, codes::kNothingToPublish, conflict,
    "The function cannot be published because no changes have been made since last publication."};
inline constexpr Refusal kTooManyVariables{
    400, "FSS.1017", invalid, "The number of environment variables exceeds the maximum allowed limit (20)."};
inline constexpr Refusal kVariablesTooLarge{
    400, "FSS.1018", invalid, "The total size of the UserData field exceeds the maximum allowed limit (4 KB)."};
inline constexpr Refusal kDescriptionTooLong{400, "FSS.1019", invalid,
                                             "The description exceeds the maximum allowed limit."};
inline constexpr Refusal kSeveralYaml{400, "FSS.1022", invalid, "Only one YAML file is allowed."};
inline constexpr Refusal kInvalidYaml{400, "FSS.1025", invalid, "Invalid YAML file."};
inline constexpr Refusal kInvalidConcurrency{400, "FSS.1026", invalid, "Invalid Concurrency."};
inline constexpr Refusal kDependencyInUse{412, "FSS.1033", invalid, "The dependency is currently in use."};
inline constexpr Refusal kInvalidImage{400, "FSS.1034", invalid, "Invalid image URL."};
inline constexpr Refusal kTooManyFunctions{403, codes::kTooManyFunctions, invalid,
                                           "The number of functions exceeds the maximum allowed limit."};
inline constexpr Refusal kTooManyAliases{403, codes::kTooManyAliases, invalid,
                                         "The number of aliases exceeds the maximum allowed limit."};
inline constexpr Refusal kNoFunction{404, codes::kNoFunction, not_found, "Not found the function"};
inline constexpr Refusal kNoVersion{404, codes::kNoVersion, not_found, "Not found the function version"};
inline constexpr Refusal kNoAlias{404, codes::kNoAlias, not_found, "The alias does not exist."};
/// The dependency that was asked for, and one that a function was to have.
inline constexpr Refusal kNoDependency{404, codes::kNoDependency, not_found, "The dependency does not exist."};
inline constexpr Refusal kUnknownDependency{404, codes::kNoDependency, invalid, "The dependency does not exist."};
inline constexpr Refusal kNotInYaml{404, "FSS.1057", invalid, "The function name does not exist in the YAML file."};
inline constexpr Refusal kAppIsFunction{400, "FSS.1058", invalid,
                                        "The app name and function name cannot be the same in the YAML file."};
inline constexpr Refusal kFunctionExists{409, codes::kFunctionExists, conflict, "The function has existed"};
inline constexpr Refusal kVersionExists{409, codes::kVersionExists, conflict, "The version already exists."};
inline constexpr Refusal kAliasExists{409, codes::kAliasExists, conflict, "The alias already exists."};
inline constexpr Refusal kVersionHasAlias{409, codes::kVersionHasAlias, conflict,
                                          "The version is already in use by another alias."};
inline constexpr Refusal kSourceTooLarge{413, codes::kSourceTooLarge, invalid,
                                         "The size of the inline code exceeds the maximum allowed limit (10 KB)."};
inline constexpr Refusal kInvalidAdditional{400, "FSS.1091", invalid, "The additional version is invalid."};
inline constexpr Refusal kInvalidWeight{400, "FSS.1092", invalid, "The weight of the additional version is invalid."};
inline constexpr Refusal kAdditionalIsMain{400, "FSS.1093", invalid,
                                           "The major version and the additional version cannot be the same."};
inline constexpr Refusal kUsedAsAdditional{
    403, codes::kUsedAsAdditional, invalid,
    "The version cannot be deleted because it has been used as the additional version of an alias."};
inline constexpr Refusal kInvalidTrigger{400, "FSS.1101", invalid, "Invalid trigger type."};
inline constexpr Refusal kNoTrigger{404, "FSS.1131", not_found, "The trigger does not exist."};
inline constexpr Refusal kAliasHasTriggers{403, codes::kAliasHasTriggers, invalid,
                                           "Aliases of a function bound with triggers cannot be deleted."};
inline constexpr Refusal kTooManyTriggers{400, "FSS.1306", invalid,
                                          "The number of triggers exceeds the maximum allowed limit."};

}  // namespace fgsync::test::refusals

namespace fgsync::test {

/// As the adapter would make it of the service's answer.
inline tl::unexpected<Error> refuse(const refusals::Refusal& refusal) {
  Error error(refusal.kind, std::string(refusal.message));
  RemoteFacts facts;
  facts.http_status = refusal.status;
  facts.error_code = refusal.code;
  error.remote = std::move(facts);
  return fail(std::move(error));
}

}  // namespace fgsync::test
