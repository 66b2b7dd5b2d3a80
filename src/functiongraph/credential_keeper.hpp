#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "functiongraph/authentication.hpp"
#include "functiongraph/turn.hpp"

namespace fgsync::functiongraph {

/// The credential of one source, for all callers on one loop: fetched once, renewed in time, not used any more once it
/// is refused. What make_authenticated_client promises about credentials is kept here.
class CredentialKeeper {
  struct Held;

 public:
  /// The right to send one request with the credential. While a key is untried its first user has the only one.
  class Lease {
   public:
    [[nodiscard]] const Credential& credential() const;
    [[nodiscard]] const CredentialSource& source() const;
    /// The gateway let the credential in.
    void accept();
    /// The gateway refused the credential; `why` is what callers are told from now on.
    void refuse(Error why);

   private:
    friend class CredentialKeeper;
    explicit Lease(CredentialKeeper& keeper, TurnHolder trial = {});

    CredentialKeeper* keeper_;
    std::shared_ptr<Held> held_;
    TurnHolder trial_;
  };

  CredentialKeeper(std::unique_ptr<CredentialSource> source, Clock& clock, Logger log);
  CredentialKeeper(const CredentialKeeper&) = delete;
  CredentialKeeper& operator=(const CredentialKeeper&) = delete;
  ~CredentialKeeper();

  /// Waits for its turn, fetches what has to be fetched. The lease must end before the keeper does. All errors say that
  /// nothing was sent: what `refuse` was told, as long as the source has nothing else; `timed_out`, `cancelled`; or why
  /// there is no credential.
  boost::asio::awaitable<Result<Lease>> acquire(Deadline deadline);

 private:
  struct Refused {
    Credential credential;
    Error why;
  };

  void forget_refusals();
  void stop_using_held(Error why);
  [[nodiscard]] bool has_usable() const;
  [[nodiscard]] bool is_renewal_due() const;
  boost::asio::awaitable<Result<void>> fetch(Deadline deadline);
  boost::asio::awaitable<void> renew_early(Deadline deadline);
  Result<void> take(Credential brought);
  [[nodiscard]] std::chrono::seconds look_interval() const;

  std::unique_ptr<CredentialSource> source_;
  Clock& clock_;
  Logger log_;
  std::shared_ptr<Held> held_;      ///< absent: none yet, or refused
  std::optional<Refused> refused_;  ///< the last one, until another was let in
  /// Why the last look at the source brought nothing new: that it is in trouble is no refusal, and passes.
  std::optional<Error> look_failure_;
  int refusals_ = 0;                                  ///< since one was let in
  std::weak_ptr<Turn> fetch_;                         ///< the one that is under way
  std::chrono::steady_clock::time_point next_look_;   ///< while refused
  std::chrono::steady_clock::time_point next_early_;  ///< before that no early renewal is tried
};

}  // namespace fgsync::functiongraph
