#include "reconcile/secrets.hpp"

#include <utility>

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using manifest::SecretReference;

/// Of one value at one place: the same password elsewhere gives another one.
std::string mark_of(const Secret& key, const std::string& function, const std::string& variable, const Secret& value) {
  std::string message = std::to_string(function.size()) + ":" + function + std::to_string(variable.size()) + ":" +
                        variable + value.reveal();
  std::string mark = hmac_sha256_hex(key.reveal(), message);
  Secret::wipe(message);
  return mark;
}

std::optional<std::string> shared_mark(const SecretReference& reference, const std::string& keyed) {
  if (keyed.empty() && !reference.revision) return std::nullopt;
  return keyed + (reference.revision ? " revision " + std::to_string(*reference.revision) : "");
}

Result<Secret> read(const Ports& ports, const SecretReference& reference) {
  if (!ports.read_secret) return fail(ErrorKind::not_found, "nothing here reads secrets");
  return ports.read_secret(reference);
}

}  // namespace

awaitable<Result<plan::SecretMarks>> Secrets::marks(const manifest::Function& function) {
  if (function.extra->encrypted_user_data.empty()) co_return plan::SecretMarks();
  auto key = co_await ports_.store.secret_key();
  if (!key) co_return fail(std::move(key).error());
  auto work = [&ports = ports_, &settings = settings_, name = function.name, key = std::move(*key),
               references = function.extra->encrypted_user_data] {
    plan::SecretMarks marks;
    for (const auto& [variable, reference] : references) {
      plan::SecretMark& mark = marks[variable];
      auto value = read(ports, reference);
      const bool has_shared_key = !settings.fingerprint_key.is_empty();
      if (value) {
        mark.local = mark_of(key, name, variable, *value);
        mark.shared =
            shared_mark(reference, has_shared_key ? mark_of(settings.fingerprint_key, name, variable, *value) : "");
      } else {
        if (!has_shared_key) mark.shared = shared_mark(reference, "");
        mark.failure = std::move(value).error();
      }
    }
    return marks;
  };
  co_return co_await offload(ports_.pool, std::move(work));
}

awaitable<Result<std::map<std::string, Secret>>> Secrets::values(const manifest::Function& function) {
  auto work = [&ports = ports_,
               references = function.extra->encrypted_user_data]() -> Result<std::map<std::string, Secret>> {
    std::map<std::string, Secret> values;
    for (const auto& [variable, reference] : references) {
      auto value = read(ports, reference);
      if (!value) return fail(std::move(value).error());
      values.emplace(variable, std::move(*value));
    }
    return values;
  };
  co_return co_await offload(ports_.pool, std::move(work));
}

}  // namespace fgsync::reconcile
