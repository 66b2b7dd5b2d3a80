#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "emulator/execution.hpp"

namespace fgsync::emulator {

/// Runs code of functions.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Whether functions of this runtime can run; else why not, in words for whoever calls one.
  [[nodiscard]] virtual std::optional<std::string> why_not(const std::string& runtime) const = 0;
  /// Whether a run needs its code handed over: what ran before is kept.
  [[nodiscard]] virtual bool needs_code(const CodeFacts& code) const = 0;
  /// To its end, whatever that is; `code` may be null when it is not needed. Many can be under way.
  virtual boost::asio::awaitable<ExecutionOutcome> run(Execution execution,
                                                       std::shared_ptr<const std::string> code) = 0;
  /// Ends all that is running, soon. New ones end at once.
  virtual void stop() = 0;
};

}  // namespace fgsync::emulator
