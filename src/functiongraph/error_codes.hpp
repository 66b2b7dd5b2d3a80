#pragma once

#include <string_view>

/// The service's and the gateway's codes that decisions rest on (error_codes). Their texts vary and are never compared.
/// Of the gateway's two prefixes, errors carry `APIGW.` for both.
namespace fgsync::functiongraph::codes {

inline constexpr std::string_view kUnauthorized = "FSS.0401";        ///< 401, also for triggers that are gone
inline constexpr std::string_view kForbidden = "FSS.0403";           ///< 403
inline constexpr std::string_view kNoResource = "FSS.0404";          ///< 404
inline constexpr std::string_view kGone = "FSS.0410";                ///< 410
inline constexpr std::string_view kRequestTimeout = "FSS.0408";      ///< 408
inline constexpr std::string_view kSameCode = "FSS.0409";            ///< generic 409: "exists", so also the same code
inline constexpr std::string_view kTooManyRequests = "FSS.0429";     ///< 429
inline constexpr std::string_view kInvalidCode = "FSS.1011";         ///< 400, no zip
inline constexpr std::string_view kInvalidFileType = "FSS.1013";     ///< 400, of an import
inline constexpr std::string_view kNothingToPublish = "FSS.1016";    ///< 400
inline constexpr std::string_view kManyDescriptions = "FSS.1022";    ///< 400: more than one YAML file in a package
inline constexpr std::string_view kInvalidDescription = "FSS.1025";  ///< 400: the YAML file of a package
inline constexpr std::string_view kDependencyExists = "FSS.1031";    ///< 400, though it is a conflict
inline constexpr std::string_view kTooManyFunctions = "FSS.1041";    ///< 403
inline constexpr std::string_view kTooMuchCode = "FSS.1042";         ///< 403
inline constexpr std::string_view kTooManyAliases = "FSS.1043";      ///< 403
inline constexpr std::string_view kNoFunction = "FSS.1051";          ///< 404
inline constexpr std::string_view kNoVersion = "FSS.1052";           ///< 404
inline constexpr std::string_view kNoAlias = "FSS.1053";             ///< 404
inline constexpr std::string_view kNoDependency = "FSS.1056";        ///< 404, also for one in a function's request
inline constexpr std::string_view kNotInPackage = "FSS.1057";        ///< 404: the package is of another function
inline constexpr std::string_view kDuplicateInPackage = "FSS.1058";  ///< 400: the package is of several functions
inline constexpr std::string_view kFunctionExists = "FSS.1061";      ///< 409
inline constexpr std::string_view kVersionExists = "FSS.1062";       ///< 409
inline constexpr std::string_view kAliasExists = "FSS.1063";         ///< 409
inline constexpr std::string_view kVersionHasAlias = "FSS.1066";     ///< 409
inline constexpr std::string_view kCodeTooLarge = "FSS.1071";        ///< 413
inline constexpr std::string_view kSourceTooLarge = "FSS.1072";      ///< 413
inline constexpr std::string_view kUsedAsAdditional = "FSS.1094";    ///< 403
inline constexpr std::string_view kNoPermission = "FSS.1126";        ///< 403
inline constexpr std::string_view kNoEnterprisePermission = "FSS.1127";  ///< 403
inline constexpr std::string_view kNoTrigger = "FSS.1131";               ///< 404; the next ones, of one type
inline constexpr std::string_view kNoSmnTrigger = "FSS.1132";            ///< 404
inline constexpr std::string_view kNoDmsTrigger = "FSS.1133";            ///< 404
inline constexpr std::string_view kNoDisTrigger = "FSS.1134";            ///< 404
inline constexpr std::string_view kNoObsTrigger = "FSS.1136";            ///< 404
inline constexpr std::string_view kNoApigTrigger = "FSS.1138";           ///< 404
inline constexpr std::string_view kNoTimerTrigger = "FSS.1140";          ///< 404
inline constexpr std::string_view kAliasHasTriggers = "FSS.1154";        ///< 403
inline constexpr std::string_view kNoLtsTrigger = "FSS.1160";            ///< 404
inline constexpr std::string_view kNoDdsTrigger = "FSS.1163";            ///< 404
inline constexpr std::string_view kNoKafkaTrigger = "FSS.1174";          ///< 404
inline constexpr std::string_view kNoCtsTrigger = "FSS.1301";            ///< 400, though it is not there
inline constexpr std::string_view kNoSuchApi = "APIGW.0101";             ///< 404: wrong path, method or region
inline constexpr std::string_view kWrongCredentials = "APIGW.0301";      ///< 401
inline constexpr std::string_view kTokenExpired = "APIGW.0307";          ///< 401: the token must be renewed
inline constexpr std::string_view kThrottled = "APIGW.0308";             ///< 429
inline constexpr std::string_view kProjectUnavailable = "APIGW.0310";    ///< 403

}  // namespace fgsync::functiongraph::codes
