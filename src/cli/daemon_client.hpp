#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/options.hpp"

namespace fgsync::cli {

/// The running daemon, as a command talks to it: one request at a time, each to its end.
class DaemonClient {
 public:
  explicit DaemonClient(std::string socket);
  DaemonClient(DaemonClient&& other) noexcept;
  DaemonClient& operator=(DaemonClient&& other) noexcept;
  DaemonClient(const DaemonClient&) = delete;
  DaemonClient& operator=(const DaemonClient&) = delete;
  ~DaemonClient();

  [[nodiscard]] const std::string& socket() const { return socket_; }
  /// Of the daemon's targets, the one that is meant; empty: any.
  [[nodiscard]] const std::string& target() const { return target_; }
  /// What it answered to /v1/status when it was found.
  [[nodiscard]] const std::string& status() const { return status_; }

  /// The answer's JSON. Errors: those of the daemon with their kind and words; `transient` and `timed_out` as of
  /// HttpClient; `unknown_effect` when an order's answer was lost.
  Result<std::string> get(const std::string& path, std::chrono::milliseconds timeout);
  Result<std::string> post(const std::string& path, std::string body, std::chrono::milliseconds timeout);
  /// Hears the body piece by piece, until it ends or the process is interrupted; answers the signal, or 0.
  Result<int> follow(const std::string& path, std::function<void(std::string_view)> on_piece);

  friend Result<std::optional<DaemonClient>> find_daemon(const Options& options);

 private:
  struct Impl;
  Result<std::string> ask(bool is_order, const std::string& path, std::string body, std::chrono::milliseconds timeout);

  std::unique_ptr<Impl> impl_;
  std::string socket_;
  std::string target_;
  std::string status_;
};

/// The daemon that these options mean; nothing: none runs. One at a place that nobody named (/run/fgsync) is meant only
/// when it takes care of the same project and source. Error: one is there and does not answer, or the one that was
/// named is not there.
Result<std::optional<DaemonClient>> find_daemon(const Options& options);

}  // namespace fgsync::cli
