#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/worker_pool.hpp"
#include "cli/connection.hpp"
#include "cli/finding.hpp"
#include "state/sqlite_snapshot.hpp"

namespace boost::asio {
class io_context;
}

namespace fgsync::cli {

/// What the checks of the service work with; borrowed.
struct ServiceCheckInputs {
  Connection connection;                  ///< without credentials when `credential_error` says why
  std::optional<Error> credential_error;  ///< why there are none
  std::optional<Error> connection_error;  ///< why the service cannot be asked at all
  std::string source_id;
  std::optional<state::Snapshot> snapshot;     ///< what the state knows; absent: nothing
  std::chrono::milliseconds patience{10'000};  ///< for each question
  Logger log = Logger();
};

/// Whether the service can be reached, who fgsync is there, and what it may see. Only reads. After a refusal nothing
/// more is asked with the same credentials, since failures lock an access key.
boost::asio::awaitable<Findings> check_service(ServiceCheckInputs inputs, boost::asio::any_io_executor executor,
                                               WorkerPool& pool, Clock& clock);

}  // namespace fgsync::cli
