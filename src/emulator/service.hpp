#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "emulator/credentials.hpp"
#include "emulator/open_questions.hpp"
#include "emulator/pending_execution.hpp"
#include "emulator/size_limits.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// Whether code and configuration can be updated while latest has reserved instances. The documents of 2021 refuse it
/// (FSS.1077), the newer ones do not.
enum class ReservedUpdates { allowed, refused };

/// Whether a function may name dependencies that are not there, such as the service's public ones.
enum class UnknownDependencies { accepted, refused };

/// Which credentials a request must have.
enum class AuthenticationMode {
  none,
  token,       ///< X-Auth-Token
  access_key,  ///< a signature
  any,         ///< either
};

/// Why functions of a runtime cannot be run; nothing: they can.
using WhyNotRun = std::function<std::optional<std::string>(const std::string& runtime)>;

struct ServiceOptions {
  std::string region = "cn-north-4";
  std::string scheme = "http";  ///< of links to the emulator itself
  /// Absent: none when no credentials are known, else any of them.
  std::optional<AuthenticationMode> authentication;
  std::optional<std::string> token;  ///< an X-Auth-Token that is accepted for every project
  std::vector<AccessKeyPair> access_keys;
  IamDirectory iam;
  std::chrono::seconds token_lifetime = std::chrono::hours(24);
  int max_functions = 400;
  int max_versions = 20;  ///< latest included
  int max_aliases = 10;
  int max_reserved_instances = 100;  ///< of a project
  int max_code_mb = 10240;           ///< of all versions of a project
  SizeLimits sizes;
  OpenQuestions open;
  ReservedUpdates reserved_updates = ReservedUpdates::allowed;
  UnknownDependencies unknown_dependencies = UnknownDependencies::accepted;
  WhyNotRun why_not_run;   ///< empty: nothing is run, the result of an invocation is its event
  std::uint64_t seed = 1;  ///< of the random parts of answers (image names, request ids)
};

class StateControl;

/// A FunctionGraph without network: request → response over stored state, strict about the documented rules
/// (docs/emulator.md). Never throws; an unexpected failure is a 500 with FSS.0500 and leaves the state as it was.
class Service {
 public:
  virtual ~Service() = default;
  /// What the answer says is durable.
  virtual http::Response handle(const http::Request& request, std::chrono::system_clock::time_point now) = 0;

  /// The same for many: what is written goes into a batch, which only a commit makes durable. As long as one is open,
  /// no answer may leave, not even that of a read, which may have seen what is undone later.
  virtual http::Response handle_in_batch(const http::Request& request, std::chrono::system_clock::time_point now) = 0;
  [[nodiscard]] virtual bool has_open_batch() const = 0;
  /// Makes the open batch durable. Error `internal`: that cannot be done and all of it is undone, so that every answer
  /// since it was opened is to be replaced by not_kept().
  virtual Result<void> commit_batch() = 0;

  // For whoever runs functions. The service only says what is to be run.

  /// What the request that was handled last wants run. The answer to a synchronous call is made by answer_of() then.
  virtual std::optional<PendingExecution> take_execution() = 0;
  /// The code of a version that still exists.
  virtual std::optional<std::string> find_code(const std::string& digest) = 0;
  /// Notes what became of a call that is over. What cannot be noted is lost.
  virtual void record(const ExecutionRecord& record) = 0;
  /// As handle_in_batch(), but a read is answered from the copy that state() keeps, if there is one.
  virtual http::Response handle_from_copy(const http::Request& request, std::chrono::system_clock::time_point now) = 0;
  /// The name of the operation of the last request; empty: it had none.
  [[nodiscard]] virtual std::string_view last_operation() const = 0;
  /// For an answer that somebody else gives.
  virtual std::string new_request_id() = 0;
  /// The state as a whole. Not while a batch is open.
  virtual StateControl& state() = 0;
};

/// 500 with FSS.0500 instead of an answer, with the same request id.
http::Response not_kept(const http::Response& answer);

/// The answer to a synchronous call when it is over: `draft` is what handle() answered.
http::Response answer_of(const PendingExecution& pending, const ExecutionOutcome& outcome, const http::Response& draft,
                         std::chrono::system_clock::time_point started, std::chrono::system_clock::time_point ended);
/// 429 with FSS.0429 instead: the function runs as often at once as it may.
http::Response too_many_at_once(const http::Response& draft);

/// Opens the state: a SQLite file, or `:memory:`.
Result<std::unique_ptr<Service>> open_service(ServiceOptions options, const std::string& state_path);

}  // namespace fgsync::emulator
