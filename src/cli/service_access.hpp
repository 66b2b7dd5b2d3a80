#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "cli/connection.hpp"
#include "daemon/counted_client.hpp"
#include "functiongraph/authentication.hpp"
#include "functiongraph/budget.hpp"
#include "functiongraph/call_counter.hpp"
#include "functiongraph/function_graph.hpp"
#include "functiongraph/triggers.hpp"
#include "http/client.hpp"

namespace fgsync::cli {

/// The way to the service, each part over the one before: sockets, credentials, budget, operations.
struct ServiceAccess {
  std::unique_ptr<http::HttpClient> iam;       ///< sockets to where tokens are made, if any are
  std::unique_ptr<http::HttpClient> metadata;  ///< sockets to the metadata service, if it is asked
  std::unique_ptr<http::HttpClient> transport;
  std::unique_ptr<http::HttpClient> authenticated;
  std::unique_ptr<http::HttpClient> counted;  ///< null: nobody counts
  std::unique_ptr<functiongraph::Budget> budget;
  std::unique_ptr<http::HttpClient> budgeted;
  functiongraph::CallCounter counter;
  std::unique_ptr<functiongraph::FunctionGraph> service;
  std::unique_ptr<functiongraph::Triggers> triggers;

  /// The same service, for what nobody waits for: all other calls go first.
  std::unique_ptr<http::HttpClient> patient;
  std::unique_ptr<functiongraph::FunctionGraph> patient_service;
  std::unique_ptr<functiongraph::Triggers> patient_triggers;
};

/// What it works with; all of it outlives the access.
struct AccessPorts {
  boost::asio::any_io_executor executor;
  WorkerPool& pool;
  Clock& clock;
  Logger log;
  daemon::CountCall count = {};  ///< hears of each exchange with the service
};

/// Connects nothing yet. Error `invalid` when a CA file or the name of a proxy cannot be used.
Result<std::unique_ptr<ServiceAccess>> open_access(const Connection& connection, AccessPorts ports);

/// Who to be, apart from any service.
struct CredentialAccess {
  ServiceAccess clients;  ///< only those that the source asks
  std::unique_ptr<functiongraph::CredentialSource> source;
};

/// Asks nobody yet. Errors as above.
Result<std::unique_ptr<CredentialAccess>> open_credentials(const Connection& connection, AccessPorts ports);

}  // namespace fgsync::cli
