#pragma once

#include "functiongraph/function_graph.hpp"
#include "plan/model.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// The steps that take something away. What must hold for each is read again directly before: that the function is
/// still ours, that nobody uses the version. What is gone already counts as done.
class DeleteSteps {
 public:
  /// What says that a function is ours: a manifest, or, without one, its mark.
  enum class Ownership { wanted, marked };

  DeleteSteps(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  /// Error `conflict` when an alias uses the version: deleting it would take the alias along (api: section 0).
  boost::asio::awaitable<Result<void>> run(const plan::DeleteVersion& step, const functiongraph::FunctionUrn& urn);
  /// Error `conflict` when the alias is on another version than was planned.
  boost::asio::awaitable<Result<void>> run(const plan::DeleteAlias& step, const functiongraph::FunctionUrn& urn);
  /// Error `conflict` when the function is no longer what was planned for: another source's mark stands on it, or ours
  /// is gone; its code, its versions or its aliases are others.
  boost::asio::awaitable<Result<void>> run(const plan::DeleteFunction& step, const functiongraph::FunctionUrn& urn,
                                           const plan::Preconditions& planned, Ownership ownership);

 private:
  [[nodiscard]] Deadline call_deadline() const { return ports_.clock.in(settings_.call_timeout); }

  Ports& ports_;
  const Settings& settings_;
};

}  // namespace fgsync::reconcile
