#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/dependencies.hpp"
#include "functiongraph/error_map.hpp"
#include "functiongraph/function_graph.hpp"
#include "functiongraph/invocations.hpp"
#include "functiongraph/triggers.hpp"
#include "tests/support/run.hpp"

/// A case of the contract suite: it runs against every implementation of the ports, whose name ends the case's name.
/// `TestType` is the implementation.
#define CONTRACT_CASE(name) TEMPLATE_TEST_CASE("contract: " name, "", Fake, Emulated, Loopback)

/// What every implementation of the ports owes its callers (api). Where implementations disagree, the documents decide.
namespace fgsync::functiongraph::contract {

/// One implementation of the four ports, and the service behind it.
class Implementation {
 public:
  virtual ~Implementation() = default;
  virtual FunctionGraph& graph() = 0;
  virtual Triggers& triggers() = 0;
  virtual Dependencies& dependencies() = 0;
  virtual Invocations& invocations() = 0;
  virtual boost::asio::io_context& loop() = 0;
  [[nodiscard]] virtual Deadline soon() const = 0;
  /// Whether code that is sent as an address is found: the emulator has neither OBS nor images, and says so.
  [[nodiscard]] virtual bool finds_code() const = 0;
};

struct Quotas {
  int functions = 400;
};

struct Fake {};      ///< the double in memory
struct Emulated {};  ///< the HTTP adapter, and the emulator's core in the same process
struct Loopback {};  ///< the same with credentials and a budget, over a real client, a socket and a real server

std::unique_ptr<Implementation> open(Fake which, Quotas quotas);
std::unique_ptr<Implementation> open(Emulated which, Quotas quotas);
std::unique_ptr<Implementation> open(Loopback which, Quotas quotas);

/// A service with nothing in it, and words for talking to it without coroutines.
class World {
 public:
  template <class Which>
  explicit World(Which which, Quotas quotas = {}) : World(open(which, quotas)) {}

  [[nodiscard]] Deadline soon() const { return implementation_->soon(); }
  [[nodiscard]] bool finds_code() const { return implementation_->finds_code(); }

  /// What the call answers; it must succeed.
  template <class T>
  T good(Answer<T> call) {
    auto result = ask(std::move(call));
    if (!result) FAIL(result.error().describe());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  /// Why the call fails; it must.
  template <class T>
  Error bad(Answer<T> call) {
    auto result = ask(std::move(call));
    REQUIRE_FALSE(result);
    return result.error();
  }
  /// The same as kind and code: `not_found FSS.1051`.
  template <class T>
  std::string refusal(Answer<T> call) {
    const Error error = bad(std::move(call));
    return std::string(name_of(error.kind)) + " " + std::string(code_of(error));
  }

  FunctionUrn create(const std::string& name = "hello");
  void publish(const FunctionUrn& urn, const std::string& version);
  /// Gives latest new code and publishes it.
  void release(const FunctionUrn& urn, const std::string& version);
  void point(const FunctionUrn& urn, const std::string& alias, const std::string& version);
  FunctionConfig config_of(const QualifiedUrn& urn);
  /// In alphabetical order.
  std::vector<std::string> versions_of(const FunctionUrn& urn);
  /// Name to version.
  std::map<std::string, std::string> aliases_of(const FunctionUrn& urn);

 private:
  explicit World(std::unique_ptr<Implementation> implementation);

  template <class T>
  Result<T> ask(Answer<T> call) {
    return test::run(implementation_->loop(), then_stop(implementation_->loop(), std::move(call)));
  }
  // A server on the loop always waits for somebody: without this the loop would not end.
  template <class T>
  static Answer<T> then_stop(boost::asio::io_context& loop, Answer<T> call) {
    auto result = co_await std::move(call);
    loop.stop();
    co_return result;
  }

  std::unique_ptr<Implementation> implementation_;

 public:
  FunctionGraph& graph;
  Triggers& triggers;
  Dependencies& dependencies;
  Invocations& invocations;
};

std::string code_zip(const std::string& source);
CodeUpload zip_upload(const std::string& source);
CodeUpload source_upload(const std::string& text);
/// A create request that is valid.
CreateRequest some_function(const std::string& name = "hello");
inline Tags tagged(std::map<std::string, std::string> tags) {
  return Tags{std::move(tags), {}};
}
/// A timer that is active.
TriggerRequest some_trigger();
/// Of a function that nobody has made.
FunctionUrn nobody();

}  // namespace fgsync::functiongraph::contract
