#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.hpp"

namespace fgsync::simulation {

/// A mistake that is built into the engine's surroundings on purpose, to see whether the simulation finds it.
enum class Mutant {
  none,
  republish,          ///< a publish whose answer is lost is sent again under another name
  alias_gap,          ///< an alias is moved by deleting and creating it
  hidden_version,     ///< the list of versions never shows the newest one
  forgotten_intents,  ///< what is about to be sent is not written down
  forgotten_mark,     ///< updates lose the ownership mark
  no_cap,             ///< the most deletions of a run are not looked at
  early_prune,        ///< deletes in the first run that misses a manifest
  wrong_target,       ///< aliases are put on latest
  extra_step,         ///< a function without steps gets one
};

std::string_view name_of(Mutant mutant);
std::optional<Mutant> mutant_named(std::string_view name);

/// Between the engine's client and the network.
class MutantClient final : public http::HttpClient {
 public:
  MutantClient(http::HttpClient& inner, Mutant mutant) : inner_(inner), mutant_(mutant) {}

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override;

 private:
  boost::asio::awaitable<Result<http::Response>> publish(http::Request request, Deadline deadline);
  boost::asio::awaitable<Result<http::Response>> move_alias(http::Request request, Deadline deadline);

  http::HttpClient& inner_;
  Mutant mutant_;
};

}  // namespace fgsync::simulation
