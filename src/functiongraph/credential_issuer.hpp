#pragma once

#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

/// What IAM and the metadata service, which both give out credentials in JSON, have in common.
namespace fgsync::functiongraph {

/// A refusal of `issuer`, with what to check. Never `not_found` or `conflict`, whatever its status: callers would take
/// that for an answer about a function. 429 is `throttled`, 5xx `transient`, another 4xx `unauthorized`, and what is no
/// refusal at all `corrupt`.
Error refused_by(std::string_view issuer, const http::Response& response, std::string_view what_to_check);

/// `corrupt`, for an answer that should hold a credential and does not.
Error not_understood(std::string_view issuer, std::string_view why, std::string_view what_to_check);

}  // namespace fgsync::functiongraph
