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

  /// An earlier run was refused: nothing is imported.
  void create_instead() { import_is_refused_ = true; }

  /// `observed` absent: the function does not exist. On success the inventory holds what was applied.
  boost::asio::awaitable<Execution> run(plan::Desired desired, Boxed<plan::ObservedFunction> observed,
                                        std::optional<plan::LastApplied> last, plan::FunctionPlan function,
                                        Progress& progress);

  /// Deletes a function that no manifest wants any more, and forgets it.
  boost::asio::awaitable<Execution> delete_function(functiongraph::FunctionRow row, plan::FunctionPlan function,
                                                    Progress& progress);

 private:
  struct Job;

  void count_foreign_change(Job& job, const plan::FunctionPlan& function) const;
  boost::asio::awaitable<Result<void>> run_step(Job& job, const plan::Step& step);
  boost::asio::awaitable<Result<void>> import_function(Job& job);
  boost::asio::awaitable<Result<functiongraph::FunctionDetail>> import_or_create(Job& job, const CodeToSend& code);
  [[nodiscard]] bool refuses_imports(const Error& error) const;
  boost::asio::awaitable<Result<functiongraph::FunctionDetail>> send_import(Job& job, package::Archive archive);
  boost::asio::awaitable<Result<functiongraph::FunctionDetail>> send_create(Job& job, CodeToSend code);
  boost::asio::awaitable<Result<void>> update_code(Job& job);
  boost::asio::awaitable<Result<void>> update_config(Job& job);
  boost::asio::awaitable<Result<void>> publish(Job& job, const plan::PublishVersion& step);
  boost::asio::awaitable<Result<void>> read_back(Job& job, const plan::PublishVersion& step);
  boost::asio::awaitable<Result<void>> explain_nothing_to_publish(Job& job, const plan::PublishVersion& step,
                                                                  Error refusal);
  boost::asio::awaitable<Result<void>> remember_refusal(Job& job, std::string key);
  boost::asio::awaitable<Result<void>> create_alias(Job& job, const plan::CreateAlias& step);
  boost::asio::awaitable<Result<void>> check_alias(Job& job, const plan::UpdateAlias& step);
  [[nodiscard]] bool is_known_whole(const Job& job, const plan::UpdateAlias& step) const;
  boost::asio::awaitable<Result<void>> update_alias(Job& job, const plan::UpdateAlias& step);
  boost::asio::awaitable<Result<void>> run_side_step(Job& job, const plan::Action& action);
  boost::asio::awaitable<Result<void>> delete_for_recreation(Job& job, const plan::DeleteFunction& step);
  boost::asio::awaitable<Result<void>> remember(Job& job);

  /// Whether what was read then counts as read directly before (ADR 22).
  [[nodiscard]] bool is_fresh(const std::optional<std::chrono::steady_clock::time_point>& read_at) const;
  [[nodiscard]] Deadline call_deadline() const { return ports_.clock.in(settings_.call_timeout); }
  [[nodiscard]] Deadline upload_deadline() const { return ports_.clock.in(settings_.upload_timeout); }

  Ports& ports_;
  const Settings& settings_;
  CodeCatalog& catalog_;
  /// The endpoint refused an import package, or several at a time: the rest of the run goes through the create API.
  bool import_is_refused_ = false;
  std::size_t imports_in_flight_ = 0;
};

}  // namespace fgsync::reconcile
