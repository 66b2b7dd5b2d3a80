#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// Times as the service, IAM and HTTP write them. All fields are checked; what is no such time is nothing.
namespace fgsync::functiongraph {

/// `2019-10-25 15:37:27`, `2019-10-25T15:37:27+08:00`, `2019-02-13T06:52:13.855000Z`. Without a zone it is taken for
/// UTC+8, where the examples of the service's documents were made.
std::optional<std::chrono::system_clock::time_point> parse_timestamp(std::string_view text);

/// The one form that HTTP lets servers send in Date and Retry-After: `Wed, 21 Oct 2026 07:28:00 GMT`.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

}  // namespace fgsync::functiongraph
