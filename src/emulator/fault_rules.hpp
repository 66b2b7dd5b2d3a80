#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

/// What goes wrong on purpose, and when: rules, and the decision about one request. No input or output, no clock of its
/// own, no other randomness than the seed: the same requests at the same times get the same faults.
namespace fgsync::emulator {

/// What of a request rules look at.
struct FaultSubject {
  http::Method method = http::Method::get;
  std::string path;            ///< percent-decoded, without the query
  std::string_view operation;  ///< as the API names it, `CreateFunctionVersion`; empty: there is no such path
  std::string function;        ///< the name of the function that it is about; empty: of none, or it is not known
};

/// Which requests a rule is about. What is empty matches all.
struct FaultMatch {
  std::vector<http::Method> methods;
  std::string path;  ///< a pattern (glob.hpp)
  std::vector<std::string> operations;
  std::string function;  ///< a pattern
  friend bool operator==(const FaultMatch&, const FaultMatch&) = default;
};

/// Which of those it hits: all conditions that are given must hold. Requests count from 1.
struct FaultTurns {
  std::optional<int> nth = {};    ///< only this one
  std::optional<int> every = {};  ///< each one whose number is a multiple
  std::optional<int> first = {};  ///< up to this one
  std::optional<int> times = {};  ///< at most so many hits
  std::optional<double> probability = {};
  friend bool operator==(const FaultTurns&, const FaultTurns&) = default;
};

enum class AnswerShape { service, gateway, iam };

/// An answer that the service never gave.
struct ForcedAnswer {
  int status = 503;
  std::string code;
  std::string message;
  AnswerShape shape = AnswerShape::service;
  std::optional<std::chrono::seconds> retry_after;  ///< the header Retry-After
  friend bool operator==(const ForcedAnswer&, const ForcedAnswer&) = default;
};

/// How often the service gets the request.
enum class Application { never, once, twice };

/// What becomes of the answer.
enum class AnswerFate {
  sent,
  lost,     ///< the connection is closed instead
  cut,      ///< the connection is closed within the body
  dripped,  ///< the body comes in small pieces
  garbage,  ///< bytes that are no HTTP come instead
};

/// All that can be done to one request.
struct FaultEffect {
  std::chrono::milliseconds delay{0};         ///< before the request is looked at
  std::chrono::milliseconds jitter{0};        ///< at most this is added to it
  std::chrono::milliseconds answer_delay{0};  ///< after the request was applied
  Application application = Application::once;
  std::optional<ForcedAnswer> answer;  ///< instead of the service's
  AnswerFate fate = AnswerFate::sent;
  std::size_t bytes = 0;                    ///< cut: how many of the body are sent; dripped: how many at a time
  std::chrono::milliseconds drip_pause{0};  ///< between pieces
  bool expires_tokens = false;              ///< all issued tokens, before the request is looked at
  std::chrono::milliseconds stale_for{0};   ///< how long reads do not see this write
  friend bool operator==(const FaultEffect&, const FaultEffect&) = default;
};

/// One word for an effect, for counters and logs: `answer`, `throttle`, `drop_before`, `drop_after`, `cut`, `drip`,
/// `garbage`, `duplicate`, `stale`, `expire_tokens`, `delay`; the first that applies.
std::string_view kind_of(const FaultEffect& effect);

struct FaultRule {
  std::string name;  ///< unique among the rules
  FaultMatch match;
  FaultTurns turns;
  FaultEffect effect;
  friend bool operator==(const FaultRule&, const FaultRule&) = default;
};

/// All that a scenario file says.
struct FaultPlan {
  std::uint64_t seed = 1;
  std::chrono::milliseconds latency{0};  ///< of every request
  std::optional<int> rate;               ///< requests in a second; those above it are refused by the gateway
  std::vector<FaultRule> rules;
  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

/// What is done to one request. Jitter and latency are in `effect.delay` already.
struct FaultDecision {
  std::string rule;       ///< the name of the rule; empty: no rule hit
  std::string_view kind;  ///< kind_of(effect), `rate` above the rate; empty: nothing but the latency
  FaultEffect effect;
};

/// A rule and what it has seen.
struct FaultCounts {
  std::uint64_t matched = 0;
  std::uint64_t hit = 0;
};

/// The rules at work. From top to bottom, the first rule that hits a request decides about it; those below do not see
/// it, nor count it. Each rule draws from randomness of its own, which comes from the seed and its name: a rule that is
/// added or removed does not change what others do to the requests that they see.
class FaultRules {
 public:
  struct Entry {
    FaultRule rule;
    FaultCounts counts;
    std::mt19937_64 random;
  };

  explicit FaultRules(FaultPlan plan = {});

  FaultDecision decide(const FaultSubject& subject, std::chrono::steady_clock::time_point now);
  /// Whether any rule asks for functions, whose names may have to be looked for in bodies.
  [[nodiscard]] bool asks_for_functions() const;
  /// Nothing can happen to any request.
  [[nodiscard]] bool is_idle() const;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] FaultPlan plan() const;
  /// Starts anew, counters at zero.
  void replace(FaultPlan plan);
  /// At the end. Error `conflict`: the name is taken.
  Result<void> add(FaultRule rule);
  /// False: there is no such rule.
  bool remove(std::string_view name);
  void set_latency(std::chrono::milliseconds latency) { latency_ = latency; }
  void set_rate(std::optional<int> rate) { rate_ = rate; }
  /// Counters to zero and the randomness to its beginning; the rules stay.
  void restart();

 private:
  [[nodiscard]] bool is_over_rate(std::chrono::steady_clock::time_point now);
  [[nodiscard]] Entry make_entry(FaultRule rule) const;

  std::uint64_t seed_ = 1;
  std::chrono::milliseconds latency_{0};
  std::optional<int> rate_;
  std::vector<Entry> entries_;
  std::chrono::steady_clock::time_point second_began_;
  int in_this_second_ = 0;
};

/// Reads do not see writes for a while: since when, until when. Writes meanwhile share the window: all of them are seen
/// when it ends.
class StaleWindow {
 public:
  [[nodiscard]] bool is_open(std::chrono::steady_clock::time_point now) const { return now < until_; }
  void open(std::chrono::steady_clock::time_point until) { until_ = until; }
  void close() { until_ = {}; }

 private:
  std::chrono::steady_clock::time_point until_;
};

}  // namespace fgsync::emulator
