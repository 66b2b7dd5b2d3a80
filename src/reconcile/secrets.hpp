#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>

#include "manifest/function.hpp"
#include "plan/desired.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// The encrypted variables of functions: read when they are needed, never kept.
class Secrets {
 public:
  Secrets(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  /// What can be known of a function's secrets without keeping them. One that cannot be read says why. An error means
  /// that the state has no key to remember them under.
  boost::asio::awaitable<Result<plan::SecretMarks>> marks(const manifest::Function& function);

  /// The values, for sending. Error: the first that cannot be read.
  boost::asio::awaitable<Result<std::map<std::string, Secret>>> values(const manifest::Function& function);

 private:
  Ports& ports_;
  const Settings& settings_;
};

}  // namespace fgsync::reconcile
