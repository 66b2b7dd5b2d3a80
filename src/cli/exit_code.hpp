#pragma once

namespace fgsync::cli {

// docs/cli.md. When several hold: failed > stale > blocked > changes > ok.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kHasChanges = 2;
inline constexpr int kBlocked = 3;
inline constexpr int kStale = 4;
inline constexpr int kUsage = 64;
inline constexpr int kNothingUsable = 78;

}  // namespace fgsync::cli
