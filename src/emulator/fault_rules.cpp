#include "emulator/fault_rules.hpp"

#include <algorithm>

#include "emulator/fault.hpp"
#include "emulator/glob.hpp"

namespace fgsync::emulator {
namespace {

using Time = std::chrono::steady_clock::time_point;

/// FNV-1a: the same on every machine, unlike std::hash.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

/// From 0 up to 1, which it never is. std::uniform_real_distribution differs between standard libraries.
double draw(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

template <class Value>
bool is_one_of(const std::vector<Value>& wanted, const auto& found) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), found) != wanted.end();
}

bool matches(const FaultMatch& match, const FaultSubject& subject) {
  return is_one_of(match.methods, subject.method) && is_one_of(match.operations, subject.operation) &&
         (match.path.empty() || matches_glob(match.path, subject.path)) &&
         (match.function.empty() || matches_glob(match.function, subject.function));
}

/// Whether the rule hits the request that it has just counted.
bool is_hit(FaultRules::Entry& entry) {
  const auto& turns = entry.rule.turns;
  // Drawn for every request that matches, so that the other conditions do not shift the numbers.
  const bool is_drawn = !turns.probability || draw(entry.random) < *turns.probability;
  const auto number = entry.counts.matched;
  const auto is = [number](const std::optional<int>& wanted, auto holds) {
    return !wanted || holds(number, static_cast<std::uint64_t>(*wanted));
  };
  return is_drawn && is(turns.nth, [](auto n, auto wanted) { return n == wanted; }) &&
         is(turns.every, [](auto n, auto wanted) { return n % wanted == 0; }) &&
         is(turns.first, [](auto n, auto wanted) { return n <= wanted; }) &&
         (!turns.times || entry.counts.hit < static_cast<std::uint64_t>(*turns.times));
}

/// The effect with the jitter drawn.
FaultEffect settle(FaultRules::Entry& entry) {
  FaultEffect effect = entry.rule.effect;
  if (effect.jitter.count() > 0) {
    const auto more = draw(entry.random) * static_cast<double>(effect.jitter.count() + 1);
    effect.delay += std::chrono::milliseconds(static_cast<std::int64_t>(more));
    effect.jitter = {};
  }
  return effect;
}

ForcedAnswer over_rate(int rate) {
  ForcedAnswer answer;
  answer.status = 429;
  answer.code = "APIGW.0308";
  answer.message =
      "The throttling threshold has been reached: policy user over ratelimit,limit:" + std::to_string(rate) +
      ",time:1 second";
  answer.shape = AnswerShape::gateway;
  return answer;
}

}  // namespace

std::string_view kind_of(const FaultEffect& effect) {
  if (effect.answer) return effect.answer->status == 429 ? "throttle" : "answer";
  switch (effect.fate) {
    case AnswerFate::lost: return effect.application == Application::never ? "drop_before" : "drop_after";
    case AnswerFate::cut: return "cut";
    case AnswerFate::dripped: return "drip";
    case AnswerFate::garbage: return "garbage";
    case AnswerFate::sent: break;
  }
  if (effect.application == Application::twice) return "duplicate";
  if (effect.stale_for.count() > 0) return "stale";
  if (effect.expires_tokens) return "expire_tokens";
  return "delay";
}

FaultRules::FaultRules(FaultPlan plan) {
  replace(std::move(plan));
}

FaultDecision FaultRules::decide(const FaultSubject& subject, Time now) {
  FaultDecision decision;
  if (is_over_rate(now)) {
    decision.kind = "rate";
    decision.effect.application = Application::never;
    decision.effect.answer = over_rate(*rate_);
    return decision;
  }
  for (auto& entry : entries_) {
    if (!matches(entry.rule.match, subject)) continue;
    ++entry.counts.matched;
    if (!is_hit(entry)) continue;
    ++entry.counts.hit;
    decision.rule = entry.rule.name;
    decision.effect = settle(entry);
    decision.kind = kind_of(entry.rule.effect);
    break;
  }
  decision.effect.delay += latency_;
  return decision;
}

bool FaultRules::asks_for_functions() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.rule.match.function.empty(); });
}

bool FaultRules::is_idle() const {
  return entries_.empty() && latency_.count() == 0 && !rate_;
}

FaultPlan FaultRules::plan() const {
  FaultPlan plan{seed_, latency_, rate_, {}};
  for (const auto& entry : entries_) plan.rules.push_back(entry.rule);
  return plan;
}

void FaultRules::replace(FaultPlan plan) {
  seed_ = plan.seed;
  latency_ = plan.latency;
  rate_ = plan.rate;
  entries_.clear();
  for (auto& rule : plan.rules) entries_.push_back(make_entry(std::move(rule)));
}

Result<void> FaultRules::add(FaultRule rule) {
  const auto has_name = [&rule](const Entry& entry) { return entry.rule.name == rule.name; };
  if (std::any_of(entries_.begin(), entries_.end(), has_name)) {
    return fail(ErrorKind::conflict, "there is a rule \"" + rule.name + "\" already: choose another name");
  }
  entries_.push_back(make_entry(std::move(rule)));
  return {};
}

bool FaultRules::remove(std::string_view name) {
  return std::erase_if(entries_, [name](const Entry& entry) { return entry.rule.name == name; }) > 0;
}

void FaultRules::restart() {
  for (auto& entry : entries_) entry = make_entry(std::move(entry.rule));
}

/// A second begins with the first request after the one before has ended.
bool FaultRules::is_over_rate(Time now) {
  if (!rate_) return false;
  if (in_this_second_ == 0 || now - second_began_ >= std::chrono::seconds(1)) {
    second_began_ = now;
    in_this_second_ = 0;
  }
  if (in_this_second_ >= *rate_) return true;
  ++in_this_second_;
  return false;
}

FaultRules::Entry FaultRules::make_entry(FaultRule rule) const {
  std::mt19937_64 random(seed_ ^ hash_of(rule.name));
  return Entry{std::move(rule), {}, random};
}

}  // namespace fgsync::emulator
