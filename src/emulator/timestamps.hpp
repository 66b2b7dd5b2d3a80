#pragma once

#include <chrono>
#include <string>

namespace fgsync::emulator {

// Times of the service. Where its clock stands is not documented; pages of 2021 mark their times +08:00.

/// `2019-10-25 15:37:27`
std::string last_modified(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset);
/// `v20191025-153727`: the name of a version that is published without one.
std::string default_version_name(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset);
/// `191025153727`: the middle part of an image name.
std::string image_stamp(std::chrono::system_clock::time_point when, std::chrono::hours utc_offset);

/// `2019-02-13T06:52:13.855000Z`: IAM writes its times in UTC.
std::string iam_time(std::chrono::system_clock::time_point when);

}  // namespace fgsync::emulator
