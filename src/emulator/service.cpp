#include "emulator/service.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "emulator/authentication.hpp"
#include "emulator/invocation_answer.hpp"
#include "emulator/operation_names.hpp"
#include "emulator/operations.hpp"
#include "emulator/state_control.hpp"

namespace fgsync::emulator {
namespace {

http::Response to_response(Outcome outcome, const std::string& request_id) {
  http::Response response;
  response.headers.emplace_back("Content-Type", outcome ? outcome->content_type : "application/json");
  response.headers.emplace_back("X-Request-Id", request_id);
  if (outcome) {
    response.status = outcome->status;
    response.body = std::move(outcome->body);
    std::move(outcome->headers.begin(), outcome->headers.end(), std::back_inserter(response.headers));
  } else {
    response.status = outcome.error().kind.status;
    response.body = render(outcome.error(), request_id);
  }
  return response;
}

class StoredService final : public Service {
 public:
  StoredService(ServiceOptions options, std::unique_ptr<Store> store, const std::string& state_path)
      : options_(std::move(options)),
        gate_(options_),
        store_(std::move(store)),
        state_(*store_, state_path),
        random_(options_.seed) {}

  http::Response handle(const http::Request& request, std::chrono::system_clock::time_point now) override {
    auto response = handle_in_batch(request, now);
    if (!has_open_batch() || commit_batch()) return response;
    return not_kept(response);
  }

  [[nodiscard]] bool has_open_batch() const override { return store_->has_open_batch(); }

  Result<void> commit_batch() override {
    try {
      store_->commit_batch();
      return {};
    } catch (const StorageFailure& failure) {
      return fail(ErrorKind::internal, std::string("the state cannot be written: ") + failure.what() +
                                           "; requests that change it are answered 500 until it can");
    }
  }

  http::Response handle_in_batch(const http::Request& request, std::chrono::system_clock::time_point now) override {
    return handle(request, now, *store_);
  }

  http::Response handle_from_copy(const http::Request& request, std::chrono::system_clock::time_point now) override {
    return handle(request, now, state_.copy() == nullptr ? *store_ : *state_.copy());
  }

  [[nodiscard]] std::string_view last_operation() const override { return last_operation_; }
  std::string new_request_id() override { return random_.hex(32); }
  StateControl& state() override { return state_; }

  std::optional<PendingExecution> take_execution() override { return std::exchange(execution_, std::nullopt); }

  std::optional<std::string> find_code(const std::string& digest) override {
    try {
      return store_->find_code(digest);
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

  void record(const ExecutionRecord& record) override {
    try {
      // An open batch has somebody who commits it.
      const bool is_alone = !has_open_batch();
      {
        auto part = store_->begin();
        store_->invocations().finish(record);
        part.keep();
      }
      if (is_alone) store_->commit_batch();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch) as the contract says
    }
  }

 private:
  /// `read_from` is for reads only.
  http::Response handle(const http::Request& request, std::chrono::system_clock::time_point now, Store& read_from) {
    const auto request_id = random_.hex(32);
    execution_.reset();
    last_operation_ = {};
    auto outcome = answer(request, now, read_from);
    if (outcome) execution_ = std::move(outcome->execution);
    return to_response(std::move(outcome), request_id);
  }

  Outcome answer(const http::Request& request, std::chrono::system_clock::time_point now, Store& read_from) {
    try {
      auto route = find_route(request);
      if (!route) return refuse(route.error());
      last_operation_ = name_of(route->operation);
      if (auto refused = gate_.check(request, *route, *store_, now)) return refuse(std::move(*refused));
      return answer(Call{route->is_read() ? read_from : *store_, options_, random_, transfers_, now, *route,
                         request.body, request.headers});
    } catch (const std::exception&) {
      // What it wrote has been undone on the way here.
      return refuse(kInternal);
    }
  }

  Outcome answer(const Call& call) {
    if (call.route.is_read()) return call.route.operation(call);
    auto part = store_->begin();
    auto outcome = call.route.operation(call);
    if (outcome) part.keep();
    return outcome;
  }

  ServiceOptions options_;
  Gate gate_;
  std::unique_ptr<Store> store_;
  StateControl state_;
  Random random_;
  Transfers transfers_;
  std::optional<PendingExecution> execution_;
  std::string_view last_operation_;
};

}  // namespace

http::Response answer_of(const PendingExecution& pending, const ExecutionOutcome& outcome, const http::Response& draft,
                         std::chrono::system_clock::time_point started, std::chrono::system_clock::time_point ended) {
  const std::string request_id(http::find_header(draft.headers, "X-Request-Id"));
  return to_response(invocation_answer(pending.execution, pending.form, outcome, started, ended), request_id);
}

http::Response too_many_at_once(const http::Response& draft) {
  const std::string request_id(http::find_header(draft.headers, "X-Request-Id"));
  return to_response(refuse(kTooManyRequests, "the function runs as often at once as it may"), request_id);
}

http::Response not_kept(const http::Response& answer) {
  const std::string request_id(http::find_header(answer.headers, "X-Request-Id"));
  http::Response response;
  response.status = kInternal.status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("X-Request-Id", request_id);
  response.body = render(Fault(kInternal), request_id);
  return response;
}

Result<std::unique_ptr<Service>> open_service(ServiceOptions options, const std::string& state_path) {
  auto store = Store::open(state_path, options.open.urn_form);
  if (!store) return fail(std::move(store).error());
  return std::make_unique<StoredService>(std::move(options), std::move(*store), state_path);
}

}  // namespace fgsync::emulator
