#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace fgsync::emulator {

/// A row of the service's table of error codes (docs: error codes; texts as in the examples where those differ).
struct FaultKind {
  int status;
  std::string_view code;
  std::string_view message;
};

inline constexpr FaultKind kInvalidParameter{400, "FSS.0400", "Invalid parameter."};
inline constexpr FaultKind kForbidden{403, "FSS.0403", "Forbidden"};
inline constexpr FaultKind kNoResource{404, "FSS.0404", "The specified resource was not found."};
inline constexpr FaultKind kSameCode{409, "FSS.0409", "The specified resource already exists."};
inline constexpr FaultKind kTooManyRequests{429, "FSS.0429", "Too many requests."};
inline constexpr FaultKind kInternal{500, "FSS.0500", "Internal server error."};
inline constexpr FaultKind kInvalidQuery{400, "FSS.1001", "Invalid query parameter."};
inline constexpr FaultKind kInvalidFunctionName{400, "FSS.1002", "Invalid function name."};
inline constexpr FaultKind kInvalidHandler{400, "FSS.1003", "Invalid function handler."};
inline constexpr FaultKind kInvalidRuntime{400, "FSS.1005", "Invalid runtime."};
inline constexpr FaultKind kInvalidCodeType{400, "FSS.1006", "Invalid function code entry mode."};
inline constexpr FaultKind kInvalidMemory{400, "FSS.1007", "Invalid function memory."};
inline constexpr FaultKind kInvalidTimeout{400, "FSS.1008", "Invalid function timeout."};
inline constexpr FaultKind kInvalidUserData{400, "FSS.1009", "Invalid function UserData."};
inline constexpr FaultKind kInvalidUrl{400, "FSS.1010", "Invalid URL."};
inline constexpr FaultKind kInvalidCode{400, "FSS.1011", "Invalid function code."};
inline constexpr FaultKind kNoCode{400, "FSS.1012", "The function code must be configured."};
inline constexpr FaultKind kInvalidFileType{400, "FSS.1013", "Invalid file type."};
inline constexpr FaultKind kInvalidAlias{400, "FSS.1014", "Invalid function alias."};
inline constexpr FaultKind kInvalidVersion{400, "FSS.1015", "Invalid function version."};
inline constexpr FaultKind kNothingToPublish{
    400, "FSS.1016", "The function cannot be published because no changes have been made since last publication."};
inline constexpr FaultKind kTooManyVariables{
    400, "FSS.1017", "The number of environment variables exceeds the maximum allowed limit (20)."};
inline constexpr FaultKind kUserDataTooLarge{
    400, "FSS.1018", "The total size of the UserData field exceeds the maximum allowed limit (4 KB)."};
inline constexpr FaultKind kDescriptionTooLong{400, "FSS.1019", "The description exceeds the maximum allowed limit."};
inline constexpr FaultKind kSeveralYaml{400, "FSS.1022", "Only one YAML file is allowed."};
inline constexpr FaultKind kImportTooLarge{400, "FSS.1023", "The imported file is too large."};
inline constexpr FaultKind kInvalidDependency{400, "FSS.1024", "Invalid dependency."};
inline constexpr FaultKind kInvalidYaml{400, "FSS.1025", "Invalid YAML file."};
inline constexpr FaultKind kInvalidConcurrency{400, "FSS.1026", "Invalid Concurrency."};
inline constexpr FaultKind kInvalidApp{400, "FSS.1027", "Invalid packageName (app name)."};
inline constexpr FaultKind kInvalidDependencyType{400, "FSS.1032", "Invalid dependency type."};
inline constexpr FaultKind kDependencyInUse{412, "FSS.1033", "The dependency is currently in use."};
inline constexpr FaultKind kInvalidImage{400, "FSS.1034", "Invalid image URL."};
inline constexpr FaultKind kMountExists{400, "FSS.1038",
                                        "The file system configuration already exists in the function."};
inline constexpr FaultKind kInvalidMountPath{400, "FSS.1039", "The mounting path is invalid."};
inline constexpr FaultKind kTooManyFunctions{403, "FSS.1041",
                                             "The number of functions exceeds the maximum allowed limit."};
inline constexpr FaultKind kTooMuchCode{403, "FSS.1042",
                                        "The total code size of functions exceeds the maximum allowed limit."};
inline constexpr FaultKind kTooManyAliases{403, "FSS.1043", "The number of aliases exceeds the maximum allowed limit."};
inline constexpr FaultKind kTooManyMounts{
    403, "FSS.1049", "The number of file systems mounted to the function exceeds the maximum allowed limit (5)."};
inline constexpr FaultKind kNoFunction{404, "FSS.1051", "Not found the function"};
inline constexpr FaultKind kNoVersion{404, "FSS.1052", "Not found the function version"};
inline constexpr FaultKind kNoAlias{404, "FSS.1053", "The alias does not exist."};
inline constexpr FaultKind kNoDependency{404, "FSS.1056", "The dependency does not exist."};
inline constexpr FaultKind kNotInYaml{404, "FSS.1057", "The function name does not exist in the YAML file."};
inline constexpr FaultKind kAppIsFunction{400, "FSS.1058",
                                          "The app name and function name cannot be the same in the YAML file."};
inline constexpr FaultKind kFunctionExists{409, "FSS.1061", "The function has existed"};
inline constexpr FaultKind kVersionExists{409, "FSS.1062", "The version already exists."};
inline constexpr FaultKind kAliasExists{409, "FSS.1063", "The alias already exists."};
inline constexpr FaultKind kVersionHasAlias{409, "FSS.1066", "The version is already in use by another alias."};
inline constexpr FaultKind kCodeTooLarge{
    413, "FSS.1071", "The size of the code package to be uploaded exceeds the maximum allowed limit (50 MB)."};
inline constexpr FaultKind kInlineTooLarge{413, "FSS.1072",
                                           "The size of the inline code exceeds the maximum allowed limit (10 KB)."};
inline constexpr FaultKind kInvalidMountUser{
    400, "FSS.1075",
    "The user ID and user group ID must be an integer from -1 to 65,534, excluding 0, 1000, and 1002."};
inline constexpr FaultKind kTooManyReserved{400, "FSS.1076",
                                            "The number of reserved instances exceeds the maximum allowed limit."};
inline constexpr FaultKind kReserved{400, "FSS.1077",
                                     "The code and configurations of the function cannot be updated because the "
                                     "function has at least one reserved instance."};
inline constexpr FaultKind kInvalidAdditional{400, "FSS.1091", "The additional version is invalid."};
inline constexpr FaultKind kInvalidWeight{400, "FSS.1092", "The weight of the additional version is invalid."};
inline constexpr FaultKind kAdditionalIsMain{400, "FSS.1093",
                                             "The major version and the additional version cannot be the same."};
inline constexpr FaultKind kUsedAsAdditional{
    403, "FSS.1094", "The version cannot be deleted because it has been used as the additional version of an alias."};
inline constexpr FaultKind kInvalidTriggerType{400, "FSS.1101", "Invalid trigger type."};
inline constexpr FaultKind kNoTrigger{404, "FSS.1131", "The trigger does not exist."};
inline constexpr FaultKind kNoTriggerType{404, "FSS.1137", "Invalid trigger type."};
inline constexpr FaultKind kAliasHasTriggers{403, "FSS.1154",
                                             "Aliases of a function bound with triggers cannot be deleted."};
inline constexpr FaultKind kEventTooLarge{413, "FSS.1201", "The request body is too large."};
inline constexpr FaultKind kTooManyTriggers{400, "FSS.1306",
                                            "The number of triggers exceeds the maximum allowed limit."};
inline constexpr FaultKind kInvalidInitializer{400, "FSS.1404", "Invalid function initializer."};
inline constexpr FaultKind kInvalidInitializationTimeout{400, "FSS.1405", "Invalid initialization timeout."};
inline constexpr FaultKind kNoSuchApi{404, "APIGW.0101", "The API does not exist or has not been published."};
inline constexpr FaultKind kRequestTooLarge{413, "APIGW.0201", "Request entity too large."};
inline constexpr FaultKind kWrongToken{401, "APIGW.0301",
                                       "Incorrect IAM authentication information: decrypt token fail"};
inline constexpr FaultKind kWrongCredentials{401, "APIGW.0301", "Incorrect IAM authentication information."};
inline constexpr FaultKind kNotAuthorized{403, "APIGW.0302", "The IAM user is not authorized to access the API."};
inline constexpr FaultKind kExpiredToken{401, "APIGW.0307", "The token must be updated."};
inline constexpr FaultKind kBadIamRequest{400, "IAM.400", "The request is invalid."};
inline constexpr FaultKind kWrongPassword{401, "IAM.401", "The username or password is wrong."};
inline constexpr FaultKind kNoIamResource{404, "IAM.404", "The requested resource cannot be found."};

/// Why a request is refused. With a specific text the body has the shape that was observed for FSS.1011: the specific
/// text outside, the table's text in `details`.
struct Fault {
  Fault(FaultKind fault_kind, std::string specific_text = {})  // NOLINT(google-explicit-constructor)
      : kind(fault_kind), specific(std::move(specific_text)) {}

  FaultKind kind;
  std::string specific;
};

/// A value, or the refusal to answer with.
template <class T>
using Valid = tl::expected<T, Fault>;

inline tl::unexpected<Fault> refuse(FaultKind kind, std::string specific = {}) {
  return tl::unexpected<Fault>(Fault(kind, std::move(specific)));
}
inline tl::unexpected<Fault> refuse(Fault fault) {
  return tl::unexpected<Fault>(std::move(fault));
}

/// The body: of the gateway's shape for `APIGW.…`, of IAM's for `IAM.…`, else of the service's.
std::string render(const Fault& fault, std::string_view request_id);

}  // namespace fgsync::emulator
