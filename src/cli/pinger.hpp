#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "http/client.hpp"

namespace fgsync::cli {

/// Tells a service that watches for silence that all is well. A ping that fails is logged, and has no other effect.
class Pinger {
 public:
  /// Error `invalid`: the URL cannot be used.
  static Result<std::unique_ptr<Pinger>> open(const std::string& url, boost::asio::any_io_executor executor,
                                              Clock& clock, WorkerPool& pool, Logger log);

  /// One GET, unless one is under way.
  boost::asio::awaitable<void> ping();

 private:
  Pinger(std::unique_ptr<http::HttpClient> client, std::string target, Clock& clock, Logger log);

  std::unique_ptr<http::HttpClient> client_;
  std::string target_;
  Clock& clock_;
  Logger log_;
  bool is_under_way_ = false;
};

}  // namespace fgsync::cli
