#pragma once

#include <optional>

#include "emulator/fault_rules.hpp"

namespace fgsync::emulator {

/// What the service, the gateway or IAM answers with a status, from the tables of error codes. Without a shape, that of
/// who most likely says so: the gateway for 401 and 429, else the service.
ForcedAnswer known_answer(int status, std::optional<AnswerShape> shape);

/// The answer as it is sent.
http::Response render(const ForcedAnswer& answer, std::string_view request_id);

}  // namespace fgsync::emulator
