#pragma once

#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace fgsync::daemon {

/// What a request asks of the service, for metrics: `list_functions`, `update_code`, `publish`, … `target` is a
/// request's path, with or without a query. What no part of fgsync sends is `other`, so that there are only so many
/// names. They are never freed.
std::string_view operation_of(http::Method method, std::string_view target);

/// All of them, `other` included.
std::vector<std::string_view> operation_names();

}  // namespace fgsync::daemon
