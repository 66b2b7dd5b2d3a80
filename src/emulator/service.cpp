#include "emulator/service.hpp"

#include <exception>

#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

Outcome perform(const Call& call) {
  switch (call.route.operation) {
    case Operation::create_function: return create_function(call);
    case Operation::list_functions: return list_functions(call);
    case Operation::import_function: return import_function(call);
    case Operation::delete_resource: return delete_resource(call);
    case Operation::show_code: return show_code(call);
    case Operation::update_code: return update_code(call);
    case Operation::show_config: return show_config(call);
    case Operation::update_config: return update_config(call);
    case Operation::list_versions: return list_versions(call);
    case Operation::publish_version: return publish_version(call);
    case Operation::list_aliases: return list_aliases(call);
    case Operation::create_alias: return create_alias(call);
    case Operation::show_alias: return show_alias(call);
    case Operation::update_alias: return update_alias(call);
    case Operation::delete_alias: return delete_alias(call);
  }
  return refuse(kNoSuchApi);
}

class StoredService final : public Service {
 public:
  StoredService(ServiceOptions options, std::unique_ptr<Store> store)
      : options_(std::move(options)), store_(std::move(store)), random_(options_.seed) {}

  http::Response handle(const http::Request& request, std::chrono::system_clock::time_point now) override {
    const auto request_id = random_.hex(32);
    auto outcome = answer(request, now);
    http::Response response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.headers.emplace_back("X-Request-Id", request_id);
    response.status = outcome ? outcome->status : outcome.error().kind.status;
    response.body = outcome ? std::move(outcome->body) : render(outcome.error(), request_id);
    return response;
  }

 private:
  Outcome answer(const http::Request& request, std::chrono::system_clock::time_point now) {
    try {
      auto route = find_route(request);
      if (!route) return refuse(route.error());
      if (options_.token && http::find_header(request.headers, "X-Auth-Token") != *options_.token) {
        return refuse(kWrongToken);
      }
      return answer(Call{*store_, options_, random_, now, *route, request.body});
    } catch (const std::exception&) {
      // The transaction, if there was one, has been rolled back on the way here.
      return refuse(kInternal);
    }
  }

  Outcome answer(const Call& call) {
    if (is_read(call.route.operation)) return perform(call);
    auto transaction = store_->begin();
    auto outcome = perform(call);
    if (outcome) transaction.commit();
    return outcome;
  }

  ServiceOptions options_;
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
