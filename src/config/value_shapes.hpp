#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "manifest/service_rules.hpp"

namespace fgsync::config {

/// `200ms`, `30s`, `5m`, `1h`; nothing when it is no duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

inline constexpr std::chrono::milliseconds kMinTimeout{100};
inline constexpr std::chrono::milliseconds kMaxTimeout = std::chrono::hours{24};

extern const manifest::NameRule kSourceId;
extern const manifest::NameRule kRegion;
extern const manifest::NameRule kProjectId;
/// https, or http to the machine itself: a token must not travel in the clear.
extern const manifest::NameRule kEndpoint;

}  // namespace fgsync::config
