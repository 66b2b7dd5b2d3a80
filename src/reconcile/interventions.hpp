#pragma once

#include <optional>
#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"
#include "manifest/function.hpp"
#include "reconcile/journal.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

struct RollbackWish {
  std::string function;
  std::optional<std::string> alias;  ///< absent: the only one that there is
  std::string to;                    ///< a published version
  std::string reason;
  /// Held where the version that the alias leaves does not say what it was made of. Absent: then there is no rollback.
  std::optional<std::string> wanted_fingerprint;
};

/// A rollback as it will be done, checked against what is there.
struct Rollback {
  functiongraph::FunctionUrn urn;
  std::string function;
  std::string alias;
  std::string description;  ///< of the alias, without a mark
  std::string from;
  std::string to;
  std::string fingerprint;  ///< to be held
  std::string reason;
  std::string digest_before;
  std::string digest_after;
};

/// Whether a step that was begun is the moving of an alias by a rollback.
bool is_rollback(const state::Intent& intent);

/// What `release` took away.
struct Released {
  bool had_hold = false;             ///< in the state
  std::vector<std::string> aliases;  ///< whose mark was removed
};

/// What `forget` took away.
struct Forgotten {
  bool had_inventory = false;
  bool had_mark = false;     ///< in the function's description, on the service
  bool had_intents = false;  ///< steps without an answer
  Kept kept;                 ///< these stay
};

/// What a person decides about one function, besides its manifest. What is done is written to the state and its
/// history. Errors: `not_found` (no such function or version), `conflict` (another source's function), and those of the
/// ports; the messages say what to do.
class Interventions {
 public:
  Interventions(Ports ports, Settings settings) : ports_(std::move(ports)), settings_(std::move(settings)) {}

  /// The fingerprint of what a manifest asks for now. Error `not_found` when it takes a secret that is not available.
  boost::asio::awaitable<Result<std::string>> wanted_fingerprint(manifest::Function function);

  /// Looks and checks; changes nothing.
  boost::asio::awaitable<Result<Rollback>> prepare(RollbackWish wish);
  /// Moves the alias in one call, all of its traffic, and holds what it left: in the state, and for other machines at
  /// the end of the alias's description. Error `unknown_effect`: whether it moved is not known, and it is held.
  boost::asio::awaitable<Result<void>> roll_back(Rollback rollback);

  /// Keeps sync from applying this fingerprint to the function. In this state only.
  boost::asio::awaitable<Result<void>> hold(std::string function, std::string fingerprint, std::string reason);
  /// Ends the function's hold, in the state and at its aliases.
  boost::asio::awaitable<Result<Released>> release(std::string function);

  /// Has sync leave the function alone, whatever its manifest says. In this state only; asks nobody.
  boost::asio::awaitable<Result<void>> suspend(std::string function, std::string reason);
  /// Ends that. Answers whether it was suspended.
  boost::asio::awaitable<Result<bool>> resume(std::string function);

  /// Leaves the function to others, as it is: it goes out of the inventory, and the ownership mark out of its
  /// description. Its hold and its suspension stay. Error `conflict` when that would erase encrypted variables, which
  /// cannot be read.
  boost::asio::awaitable<Result<Forgotten>> forget(std::string function);

 private:
  boost::asio::awaitable<Result<std::optional<functiongraph::FunctionRow>>> find_ours(std::string function);
  boost::asio::awaitable<Result<void>> look_again(std::string function, std::optional<Rollback> moved);
  boost::asio::awaitable<Result<void>> move_alias(Rollback rollback);
  boost::asio::awaitable<Result<void>> put_alias(functiongraph::FunctionUrn urn, functiongraph::AliasRequest request);
  boost::asio::awaitable<Result<std::vector<std::string>>> remove_holds(functiongraph::FunctionUrn urn);
  boost::asio::awaitable<Result<bool>> remove_mark(functiongraph::FunctionRow row);

  [[nodiscard]] Deadline call_deadline() const { return ports_.clock.in(settings_.call_timeout); }

  Ports ports_;
  Settings settings_;
};

}  // namespace fgsync::reconcile
