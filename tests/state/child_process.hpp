#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace fgsync::test {

/// What `work` answers in a forked child, so that limits, rights and signals concern nobody else. The child ends
/// without cleaning up. A child that dies answers `killed by signal N`.
std::string in_child(const std::function<std::string()>& work);

/// A child that runs `start` and then waits to be killed. The constructor returns when `start` has returned.
class WaitingChild {
 public:
  explicit WaitingChild(const std::function<void()>& start);
  WaitingChild(const WaitingChild&) = delete;
  WaitingChild& operator=(const WaitingChild&) = delete;
  ~WaitingChild() { kill(); }

  /// SIGKILL; returns when the child is gone.
  void kill();

 private:
  pid_t id_ = -1;
};

}  // namespace fgsync::test
