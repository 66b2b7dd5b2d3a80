#include "emulator/service.hpp"

#include <algorithm>
#include <exception>
#include <iterator>

#include "emulator/authentication.hpp"
#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

class StoredService final : public Service {
 public:
  StoredService(ServiceOptions options, std::unique_ptr<Store> store)
      : options_(std::move(options)), gate_(options_), store_(std::move(store)), random_(options_.seed) {}

  http::Response handle(const http::Request& request, std::chrono::system_clock::time_point now) override {
    const auto request_id = random_.hex(32);
    auto outcome = answer(request, now);
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

 private:
  Outcome answer(const http::Request& request, std::chrono::system_clock::time_point now) {
    try {
      auto route = find_route(request);
      if (!route) return refuse(route.error());
      if (auto refused = gate_.check(request, *route, *store_, now)) return refuse(std::move(*refused));
      return answer(Call{*store_, options_, random_, now, *route, request.body, request.headers});
    } catch (const std::exception&) {
      // The transaction, if there was one, has been rolled back on the way here.
      return refuse(kInternal);
    }
  }

  Outcome answer(const Call& call) {
    if (call.route.is_read()) return call.route.operation(call);
    auto transaction = store_->begin();
    auto outcome = call.route.operation(call);
    if (outcome) transaction.commit();
    return outcome;
  }

  ServiceOptions options_;
  Gate gate_;
  std::unique_ptr<Store> store_;
  Random random_;
};

}  // namespace

Result<std::unique_ptr<Service>> open_service(ServiceOptions options, const std::string& state_path) {
  auto store = Store::open(state_path);
  if (!store) return fail(std::move(store).error());
  return std::make_unique<StoredService>(std::move(options), std::move(*store));
}

}  // namespace fgsync::emulator
