#pragma once

namespace fgsync::cli {

/// docs/cli.md. When several hold: failed > stale > blocked > changes > ok.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kHasChanges = 2,
  kBlocked = 3,
  kUsage = 64,
  kNothingUsable = 78,
};

}  // namespace fgsync::cli
