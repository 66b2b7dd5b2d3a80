// Callers that find no usable credential fetch one: the first of them does, the others wait for its end and look again.
// The same goes for an untried key: the first caller sends its request with it, the others wait for what comes of that.
// Nothing runs in the background, so there is nothing to join and nobody who could be forgotten: a caller that gives up
// ends its turn, and the next one takes it.
#include "functiongraph/credential_keeper.hpp"

#include <algorithm>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "functiongraph/refusal.hpp"

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using std::chrono::seconds;
using std::chrono::system_clock;
using WallTime = system_clock::time_point;

constexpr std::chrono::minutes kRenewBefore{5};
constexpr seconds kBetweenEarlyTries{30};
constexpr seconds kLongestEarlyTry{10};
constexpr seconds kBetweenLooks{1};
constexpr seconds kLongestBetweenLooks{300};

std::optional<WallTime> expiry_of(const Credential& credential) {
  if (const auto* token = std::get_if<Token>(&credential)) return token->expires_at;
  if (const auto* key = std::get_if<SigningKey>(&credential)) return key->expires_at;
  return std::nullopt;
}

bool is_same(const Credential& one, const Credential& other) {
  if (one.index() != other.index()) return false;
  if (const auto* token = std::get_if<Token>(&one)) return token->text.reveal() == std::get<Token>(other).text.reveal();
  if (const auto* key = std::get_if<SigningKey>(&one)) {
    const AccessKey& a = key->key;
    const AccessKey& b = std::get<SigningKey>(other).key;
    return a.id == b.id && a.secret.reveal() == b.secret.reveal() &&
           a.security_token.reveal() == b.security_token.reveal();
  }
  return true;
}

Error given_up(ErrorKind kind) {
  const std::string why = kind == ErrorKind::cancelled ? "cancelled" : "the deadline passed";
  return not_sent(Error(kind, "not sent: " + why + " while waiting for credentials"));
}

/// Whether the failure of one fetch says anything to callers who would have made the same one. That its caller ran out
/// of time does not.
bool concerns_all(const Error& error) {
  return error.kind != ErrorKind::timed_out && error.kind != ErrorKind::cancelled;
}

}  // namespace

struct CredentialKeeper::Held {
  explicit Held(Credential given) : credential(std::move(given)) {}

  void set_expiry(std::optional<WallTime> when, WallTime now) {
    expires_at = when;
    renew_from.reset();
    if (when) renew_from = *when - std::min<system_clock::duration>(kRenewBefore, (*when - now) / 10);
  }
  /// Too many failures lock a key; tokens are not locked.
  [[nodiscard]] bool goes_alone() const { return !was_let_in && std::holds_alternative<SigningKey>(credential); }

  Credential credential;
  std::optional<WallTime> expires_at;
  std::optional<WallTime> renew_from;
  bool was_let_in = false;
  std::weak_ptr<Turn> trial;  ///< of an untried key
};

CredentialKeeper::Lease::Lease(CredentialKeeper& keeper, TurnHolder trial)
    : keeper_(&keeper), held_(keeper.held_), trial_(std::move(trial)) {}

const Credential& CredentialKeeper::Lease::credential() const {
  return held_->credential;
}

const CredentialSource& CredentialKeeper::Lease::source() const {
  return *keeper_->source_;
}

void CredentialKeeper::Lease::accept() {
  held_->was_let_in = true;
  if (keeper_->held_ == held_) keeper_->forget_refusals();
}

void CredentialKeeper::Lease::refuse(Error why) {
  // Else it has been replaced while the request was under way.
  if (keeper_->held_ == held_) keeper_->stop_using_held(std::move(why));
}

CredentialKeeper::CredentialKeeper(std::unique_ptr<CredentialSource> source, Clock& clock, Logger log)
    : source_(std::move(source)),
      clock_(clock),
      log_(log.with({kv("credentials", source_->description())})),
      next_early_(clock.now()) {}

CredentialKeeper::~CredentialKeeper() = default;

awaitable<Result<CredentialKeeper::Lease>> CredentialKeeper::acquire(Deadline deadline) {
  const auto loop = co_await asio::this_coro::executor;
  for (;;) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return fail(given_up(ErrorKind::cancelled));
    if (clock_.now() >= deadline.at) co_return fail(given_up(ErrorKind::timed_out));
    if (!has_usable()) {
      auto fetched = co_await fetch(deadline);
      if (!fetched) co_return fail(not_sent(std::move(fetched).error()));
    } else if (is_renewal_due()) {
      co_await renew_early(deadline);
    } else if (!held_->goes_alone()) {
      co_return Lease(*this);
    } else if (const auto trial = under_way(held_->trial)) {
      co_await trial->wait_for_end(clock_, deadline);
    } else {
      auto own_trial = std::make_shared<Turn>(loop, deadline);
      held_->trial = own_trial;
      co_return Lease(*this, TurnHolder(std::move(own_trial)));
    }
  }
}

void CredentialKeeper::forget_refusals() {
  refused_.reset();
  look_failure_.reset();
  refusals_ = 0;
}

void CredentialKeeper::stop_using_held(Error why) {
  ++refusals_;
  // After the first one the source is asked at once, then not before a while.
  next_look_ = clock_.now() + (refusals_ == 1 ? seconds(0) : look_interval());
  log_.info("credentials refused", {kv("error", why.describe())});
  refused_ = Refused{held_->credential, std::move(why)};
  look_failure_.reset();
  held_.reset();
}

bool CredentialKeeper::has_usable() const {
  return held_ && (!held_->expires_at || clock_.wall_now() < *held_->expires_at);
}

bool CredentialKeeper::is_renewal_due() const {
  return held_->renew_from && clock_.wall_now() >= *held_->renew_from && clock_.now() >= next_early_ &&
         source_->is_renewable();
}

/// Brings a credential to hold, or waits while another caller tries to; then has to be looked at again.
awaitable<Result<void>> CredentialKeeper::fetch(Deadline deadline) {
  if (const auto others = under_way(fetch_)) {
    co_await others->wait_for_end(clock_, deadline);
    if (others->has_ended() && others->failure && concerns_all(*others->failure)) co_return fail(*others->failure);
    co_return Result<void>();
  }
  if (refused_ && !source_->is_renewable()) co_return fail(refused_->why);
  if (refused_ && clock_.now() < next_look_) co_return fail(look_failure_.value_or(refused_->why));
  next_look_ = clock_.now() + look_interval();

  const auto loop = co_await asio::this_coro::executor;
  const auto turn = std::make_shared<Turn>(loop, deadline);
  const TurnHolder holder(turn);
  fetch_ = turn;
  auto brought = co_await source_->fetch(deadline);
  auto taken = brought ? take(std::move(*brought)) : Result<void>(fail(std::move(brought).error()));
  look_failure_.reset();
  if (!taken) {
    turn->failure = taken.error();
    if (concerns_all(taken.error())) look_failure_ = taken.error();
  }
  co_return taken;
}

/// While the old one still holds, nobody else waits, and a failure is no reason to stop.
awaitable<void> CredentialKeeper::renew_early(Deadline deadline) {
  const auto now = clock_.now();
  next_early_ = now + kBetweenEarlyTries;
  const Deadline part{now + std::min<std::chrono::steady_clock::duration>(kLongestEarlyTry, (deadline.at - now) / 2)};
  const auto renewed = co_await fetch(part);
  if (!renewed) log_.warn("credentials not renewed yet", {kv("error", renewed.error().describe())});
}

Result<void> CredentialKeeper::take(Credential brought) {
  if (refused_ && is_same(refused_->credential, brought)) return fail(refused_->why);
  const auto now = clock_.wall_now();
  const auto expires_at = expiry_of(brought);
  if (expires_at && *expires_at <= now) {
    return fail(ErrorKind::unauthorized, "the credentials (" + source_->description() + ") have expired at " +
                                             to_iso8601(*expires_at) + "; check that this machine's clock is right");
  }
  if (!held_ || !is_same(held_->credential, brought)) {
    log_.debug("credentials fetched");
    held_ = std::make_shared<Held>(std::move(brought));
  }
  held_->set_expiry(expires_at, now);
  return {};
}

/// One second, and longer when what the source brings is refused again and again.
seconds CredentialKeeper::look_interval() const {
  constexpr int kMaxDoublings = 9;
  const int doublings = std::clamp(refusals_ - 2, 0, kMaxDoublings);
  return std::min(kBetweenLooks * (1 << doublings), kLongestBetweenLooks);
}

}  // namespace fgsync::functiongraph
