#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/desired.hpp"
#include "plan/model.hpp"
#include "reconcile/code_catalog.hpp"
#include "reconcile/ports.hpp"
#include "reconcile/report.hpp"

namespace fgsync::reconcile {

/// How far the steps of one function came.
struct Execution {
  bool has_imported = false;             ///< the service confirmed that we made the function
  std::vector<std::string> done;         ///< steps that took effect
  std::optional<plan::Blocked> blocked;  ///< the service refuses for good, and why
  std::optional<Error> error;
};

/// Carries out the steps of one function, in order, up to the first that fails. Each mutation is written down before
/// it is sent and after it was answered. Never repeats a mutation.
class Executor {
 public:
  Executor(Ports& ports, const Settings& settings, CodeCatalog& catalog)
      : ports_(ports), settings_(settings), catalog_(catalog) {}

  /// `observed` absent: the function does not exist. On success the inventory holds what was applied.
  boost::asio::awaitable<Execution> run(plan::Desired desired, std::optional<plan::ObservedFunction> observed,
                                        plan::FunctionPlan function, Progress& progress);

  /// Writes the inventory entry of a function that needs no step, when it is not what the inventory has.
  boost::asio::awaitable<Result<void>> remember_unchanged(plan::Desired desired, plan::ObservedFunction observed,
                                                          std::optional<plan::LastApplied> last);

 private:
  struct Job;

  boost::asio::awaitable<Result<void>> run_step(Job& job, const plan::Step& step);
  boost::asio::awaitable<Result<void>> import_function(Job& job);
  boost::asio::awaitable<Result<functiongraph::FunctionDetail>> send_import(Job& job, package::Archive archive);
  boost::asio::awaitable<Result<functiongraph::FunctionDetail>> send_create(Job& job, package::Archive archive);
  boost::asio::awaitable<Result<void>> update_code(Job& job);
  boost::asio::awaitable<Result<void>> update_config(Job& job);
  boost::asio::awaitable<Result<void>> publish(Job& job, const plan::PublishVersion& step);
  boost::asio::awaitable<Result<void>> read_back(Job& job, const plan::PublishVersion& step, RemoteDigest latest);
  boost::asio::awaitable<Result<void>> explain_nothing_to_publish(Job& job, const plan::PublishVersion& step,
                                                                  Error refusal);
  boost::asio::awaitable<Result<void>> create_alias(Job& job, const plan::CreateAlias& step);
  boost::asio::awaitable<Result<void>> update_alias(Job& job, const plan::UpdateAlias& step);
  boost::asio::awaitable<Result<void>> remember(Job& job);

  [[nodiscard]] Deadline call_deadline() const { return ports_.clock.in(settings_.call_timeout); }
  [[nodiscard]] Deadline upload_deadline() const { return ports_.clock.in(settings_.upload_timeout); }

  Ports& ports_;
  const Settings& settings_;
  CodeCatalog& catalog_;
  /// The endpoint refused an import package: the rest of the run goes through the create API.
  bool import_is_refused_ = false;
};

}  // namespace fgsync::reconcile
