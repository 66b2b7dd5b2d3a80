#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "manifest/service_rules.hpp"

/// What the values of an fgsync.yaml look like, and what the text of each means.
namespace fgsync::config {

/// `200ms`, `30s`, `5m`, `1h`; nothing when it is no duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// Bytes: `512B`, `64KiB`, `24MiB`, `1GiB`; nothing when it is no size.
std::optional<std::int64_t> parse_size(std::string_view text);
/// `30%`, from 1 to 100; nothing when it is no percentage.
std::optional<int> parse_percentage(std::string_view text);

/// Whether an address, `127.0.0.1:9464`, can be reached from this machine only.
bool is_loopback_address(std::string_view address);
/// Whether a URL holds a user name with a password, or, with https, any user name: tokens stand there.
bool has_login(std::string_view url);
/// Whether a repository's URL is reached by SSH: `ssh://…` or `git@HOST:PATH`.
bool is_ssh_url(std::string_view url);

extern const manifest::NameRule kSourceId;
extern const manifest::NameRule kRegion;
extern const manifest::NameRule kProjectId;
/// https, or http to the machine itself: a token must not travel in the clear.
extern const manifest::NameRule kEndpoint;
extern const manifest::NameRule kTargetName;
extern const manifest::NameRule kSwitch;  ///< on or off

extern const manifest::NameRule kTimeout;
extern const manifest::NameRule kInterval;
extern const manifest::NameRule kDebounce;
extern const manifest::NameRule kSize;
extern const manifest::NameRule kPercentage;
extern const manifest::NameRule kAddress;

/// A URL with a login is let through: what refuses it afterwards points to the right key.
extern const manifest::NameRule kGitUrl;
extern const manifest::NameRule kPingUrl;
extern const manifest::NameRule kGitReference;
extern const manifest::NameRule kGitCommit;
extern const manifest::NameRule kPathInRepository;
extern const manifest::NameRule kVariablePattern;

}  // namespace fgsync::config
