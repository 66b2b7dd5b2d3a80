#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

#include "emulator/service.hpp"

namespace fgsync::emulator {

struct GroupCommitLimits {
  int requests = 256;
  std::chrono::milliseconds time{10};
};

/// Lets requests that arrive together share one commit. When commits begin to fail, standard error is told why. It
/// comes as soon as the loop has nothing else to do, so that a client alone does not wait for others, and at the latest
/// when one of the limits is reached.
class GroupCommit {
 public:
  /// The service must outlive it, and it every call of settled().
  GroupCommit(boost::asio::any_io_executor executor, Service& service, GroupCommitLimits limits = {});
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  ~GroupCommit();

  /// To be called right behind handle_in_batch(). Returns when the answer may leave. False: nothing was kept, see
  /// not_kept().
  boost::asio::awaitable<bool> settled();
  /// Commits an open batch now.
  void settle_now();

 private:
  struct Round;

  void look_around(const std::shared_ptr<Round>& round, int known_requests);
  void commit();

  boost::asio::any_io_executor executor_;
  Service& service_;
  GroupCommitLimits limits_;
  std::shared_ptr<Round> round_;  ///< null: no batch is open
  bool is_failing_ = false;
};

}  // namespace fgsync::emulator
