#include "tests/support/fake_service.hpp"

#include <algorithm>

#include "tests/support/exchange_failures.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

/// What stands behind the function's URN: empty, `v1` or `!prod`.
std::string qualifier_of(const FunctionUrn& function, const QualifiedUrn& urn) {
  return urn.text().size() == function.text().size() ? "" : urn.text().substr(function.text().size() + 1);
}

FunctionUrn function_of(const QualifiedUrn& urn) {
  return *FunctionUrn::parse(urn.text());
}

}  // namespace

RemoteDigest FakeCode::digest() const {
  return RemoteDigest{sha512_hex(bytes)};
}

FakeVersion* FakeFunction::find_version(std::string_view name) {
  if (name == "latest") return &latest;
  const auto found = std::find_if(published.begin(), published.end(),
                                  [&](const FakeVersion& version) { return version.name == name; });
  return found == published.end() ? nullptr : &*found;
}

void FakeService::forget_calls() {
  effects_.clear();
  calls_.clear();
  reads_ = 0;
  mutations_ = 0;
}

Result<FakeTarget> FakeService::resolve(const QualifiedUrn& urn) {
  const FunctionUrn wanted = function_of(urn);
  const auto found = functions.find(std::string(wanted.name()));
  if (found == functions.end() || found->second.urn != wanted) return refuse(refusals::kNoFunction);
  FakeFunction& function = found->second;
  const std::string qualifier = qualifier_of(wanted, urn);
  std::string version = qualifier.empty() ? "latest" : qualifier;
  if (qualifier.starts_with('!')) {
    const auto alias = function.aliases.find(qualifier.substr(1));
    if (alias == function.aliases.end()) return refuse(refusals::kNoAlias);
    version = alias->second.version;
  }
  FakeVersion* const target = function.find_version(version);
  if (target == nullptr) return refuse(refusals::kNoVersion);
  return FakeTarget{function, *target, qualifier};
}

FunctionUrn FakeService::urn_of(const std::string& app, const std::string& name) const {
  return *FunctionUrn::parse("urn:fss:cn-north-4:p1:function:" + app + ":" + name);
}

Timestamp FakeService::now() const {
  return Timestamp{to_iso8601(clock_.wall_now()), clock_.wall_now()};
}

std::string FakeService::new_id() {
  return sha256_hex("id " + std::to_string(++ids_)).substr(0, 32);
}

void FakeService::rebuild(FakeVersion& version) {
  version.image_name = version.name + "@" + new_id().substr(0, 5);
  version.last_modified = now();
}

FakeCall FakeService::record(Effect effect, std::string line) {
  calls_.push_back(line);
  return FakeCall{std::move(line), effect, effect == Effect::read ? ++reads_ : ++mutations_};
}

FakeHook nth_mutation(int n, Error error) {
  return [n, error](const FakeCall& call) {
    return call.effect == Effect::mutation && call.number == n ? std::optional(error) : std::nullopt;
  };
}

FakeHook calls_like(std::string beginning, Error error) {
  return [beginning = std::move(beginning), error](const FakeCall& call) {
    return call.line.starts_with(beginning) ? std::optional(error) : std::nullopt;
  };
}

Error lost_effect() {
  Error error = lost_answer();
  error.kind = ErrorKind::unknown_effect;
  return error;
}

std::string short_name(const QualifiedUrn& urn) {
  const FunctionUrn function = function_of(urn);
  const std::string qualifier = qualifier_of(function, urn);
  return std::string(function.name()) + (qualifier.empty() ? "" : ":" + qualifier);
}

}  // namespace fgsync::test
