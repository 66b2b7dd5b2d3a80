#pragma once

#include "functiongraph/function_graph.hpp"
#include "plan/desired.hpp"
#include "plan/model.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// The steps that concern a function as a whole and have calls of their own. Each checks what the service answers, and
/// fails with `conflict` when that is not what was sent.
class SideSteps {
 public:
  SideSteps(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  boost::asio::awaitable<Result<void>> run(const plan::UpdateMaxInstances& step, const functiongraph::FunctionUrn& urn);
  boost::asio::awaitable<Result<void>> run(const plan::UpdateTags& step, const functiongraph::FunctionUrn& urn);
  boost::asio::awaitable<Result<void>> run(const plan::UpdateAsyncConfig& step, const functiongraph::FunctionUrn& urn,
                                           const manifest::Function& function);
  boost::asio::awaitable<Result<void>> run(const plan::UpdateReservedInstances& step,
                                           const functiongraph::FunctionUrn& urn, const manifest::Function& function);

 private:
  [[nodiscard]] Deadline call_deadline() const { return ports_.clock.in(settings_.call_timeout); }

  Ports& ports_;
  const Settings& settings_;
};

/// Reads what of the function's side settings the manifest names, or was applied before, into `observed`. Calls are
/// made only for those.
boost::asio::awaitable<Result<void>> observe_side_settings(Ports& ports, const manifest::Function& function,
                                                           const std::optional<plan::LastApplied>& last,
                                                           plan::ObservedFunction& observed, Deadline deadline);

}  // namespace fgsync::reconcile
