#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "functiongraph/dependencies.hpp"
#include "functiongraph/error_map.hpp"
#include "functiongraph/function_graph.hpp"
#include "functiongraph/invocations.hpp"
#include "functiongraph/triggers.hpp"
#include "tests/support/fake_refusals.hpp"

/// What the ports' doubles share: a FunctionGraph in memory, without HTTP.
namespace fgsync::test {

struct FakeCode {
  std::string type;  ///< `zip`, `jar`, `inline`, `obs`, `Custom-Image-Swr`
  std::string filename;
  std::string url;    ///< obs
  std::string bytes;  ///< of an image its name, of code on OBS its address: what would be fetched is not there
  [[nodiscard]] RemoteDigest digest() const;
};

struct FakeVersion {
  std::string name = "latest";
  std::string description;
  functiongraph::FunctionConfig config;  ///< as it was written, secrets included
  FakeCode code;
  std::vector<std::string> depend_version_list;
  std::string image_name;
  functiongraph::Timestamp last_modified;
  bool has_snapshot = false;
};

/// What hangs on latest, on a version or on an alias alike.
struct FakeAttachments {
  std::optional<functiongraph::AsyncConfig> async_config;
  std::optional<functiongraph::ReservedInstances> reserved_instances;
  std::vector<functiongraph::Trigger> triggers;
};

struct FakeFunction {
  functiongraph::FunctionUrn urn;
  std::string type = "v2";
  std::string code_encrypt_kms_key_id = {};
  FakeVersion latest = {};
  std::vector<FakeVersion> published = {};  ///< in the order of publishing
  std::map<std::string, functiongraph::Alias> aliases = {};
  std::map<std::string, FakeAttachments> attachments = {};  ///< by qualifier: empty for latest, `v1`, `!prod`
  std::map<std::string, std::string> tags = {};

  /// `latest` or a published version; null when there is none of that name.
  FakeVersion* find_version(std::string_view name);
};

/// What a URN names.
struct FakeTarget {
  FakeFunction& function;
  FakeVersion& version;   ///< of an alias the one it points to
  std::string qualifier;  ///< as in FakeFunction::attachments
  [[nodiscard]] FakeAttachments& attachments() const { return function.attachments[qualifier]; }
};

struct FakeLimits {
  std::size_t functions = 400;
  std::size_t versions = 20;  ///< latest included
  std::size_t aliases = 10;
  std::size_t tags = 20;
  std::size_t triggers = 10;  ///< of one version or alias
};

/// A call of a port, as hooks see it.
struct FakeCall {
  std::string line;  ///< what it does to what, such as `publish hello v1`
  functiongraph::Effect effect = functiongraph::Effect::read;
  int number = 0;  ///< among the calls of the same effect, from 1
};

/// Answers the error with which the call is to fail, or nothing.
using FakeHook = std::function<std::optional<Error>(const FakeCall& call)>;

/// The state of a project and the record of what was done to it. Tests may look at the state and change it, as somebody
/// else would. Every call gives up the loop before and after it is served, so that parallel callers interleave as they
/// would over a network.
///
///     FakeService service(clock);
///     FakeFunctionGraph graph(service);
///     service.before = nth_mutation(2, no_connection());         // the service never sees it
///     service.after = calls_like("publish hello", lost_effect());  // applied, and nobody knows
///     …
///     CHECK(service.effects() == std::vector<std::string>{"create hello", "publish hello v1"});
class FakeService {
 public:
  explicit FakeService(const Clock& clock, FakeLimits service_limits = {}) : limits(service_limits), clock_(clock) {}

  FakeLimits limits;
  std::map<std::string, FakeFunction> functions;
  std::vector<functiongraph::DependencyVersion> dependencies;
  FakeHook before;
  FakeHook after;
  /// What a function does when it is called; by default it answers its event.
  std::function<functiongraph::InvocationResult(const FakeTarget& target, const functiongraph::Invocation& invocation)>
      run_function;

  /// The mutations that were applied, in order.
  [[nodiscard]] const std::vector<std::string>& effects() const { return effects_; }
  /// All calls, whatever became of them.
  [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
  /// Begins a new record; hooks count from 1 again.
  void forget_calls();

  // For the ports' doubles.

  /// Serves a call by `apply`, unless a hook lets it fail.
  template <class T, class Apply>
  functiongraph::Answer<T> serve(functiongraph::Effect effect, std::string line, Apply apply) {
    const FakeCall call = record(effect, std::move(line));
    auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    Result<T> answer = exchange<T>(call, apply);
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    co_return answer;
  }

  Result<FakeTarget> resolve(const functiongraph::QualifiedUrn& urn);
  [[nodiscard]] functiongraph::FunctionUrn urn_of(const std::string& app, const std::string& name) const;
  [[nodiscard]] functiongraph::Timestamp now() const;
  /// 32 hex digits, never the same twice.
  std::string new_id();
  /// Gives the version the marks of a new build.
  void rebuild(FakeVersion& version);

 private:
  FakeCall record(functiongraph::Effect effect, std::string line);

  template <class T, class Apply>
  Result<T> exchange(const FakeCall& call, const Apply& apply) {
    if (before) {
      if (auto error = before(call)) return fail(std::move(*error));
    }
    Result<T> answer = apply();
    if (answer && call.effect == functiongraph::Effect::mutation) effects_.push_back(call.line);
    if (after) {
      if (auto error = after(call)) return fail(std::move(*error));
    }
    return answer;
  }

  const Clock& clock_;
  std::vector<std::string> effects_;
  std::vector<std::string> calls_;
  int reads_ = 0;
  int mutations_ = 0;
  int ids_ = 0;
};

/// For `before` and `after`: the n-th mutation from now on fails, from 1.
FakeHook nth_mutation(int n, Error error);
/// For `before` and `after`: every call whose line begins like this fails.
FakeHook calls_like(std::string beginning, Error error);
/// A mutation whose answer was lost, as the adapter reports it.
Error lost_effect();

/// `hello`, `hello:v1` or `hello:!prod`, for the lines of calls.
std::string short_name(const functiongraph::QualifiedUrn& urn);

}  // namespace fgsync::test
