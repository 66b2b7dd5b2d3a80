// Follows one repository as settings on the standard input say, a JSON object, and prints what came of it as JSON: for
// tests that need servers.
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/clock.hpp"
#include "source/git_repository.hpp"

namespace fgsync::source {

using Reference = RepositorySettings::Reference;
// Not in an unnamed namespace, where the library would not find it.
NLOHMANN_JSON_SERIALIZE_ENUM(Reference, {{Reference::head, "head"},
                                         {Reference::branch, "branch"},
                                         {Reference::tag, "tag"},
                                         {Reference::commit, "commit"}})

namespace {

using nlohmann::json;

RepositorySettings read_settings(const json& input) {
  RepositorySettings settings;
  settings.url = input.at("url");
  settings.directory = input.at("directory");
  settings.kind = input.value("kind", Reference::head);
  settings.reference = input.value("reference", "");
  settings.username = input.value("username", "");
  settings.password_file = input.value("password_file", "");
  settings.ssh_key_file = input.value("ssh_key_file", "");
  settings.known_hosts_file = input.value("known_hosts_file", "");
  settings.time_limit = std::chrono::milliseconds(input.value("time_limit_ms", 60'000));
  for (char** variable = environ; *variable != nullptr; ++variable) {
    settings.inherited_environment.emplace_back(*variable);
  }
  return settings;
}

json show(const Error& error) {
  return {{"error", name_of(error.kind)}, {"message", error.describe()}};
}

json follow(const json& input) {
  const SystemClock clock;
  auto repository = make_git_repository(read_settings(input), clock);
  if (!repository) return show(repository.error());
  const auto id = (*repository)->look();
  if (!id) return show(id.error());
  const auto checkout = (*repository)->check_out(*id);
  if (!checkout) return show(checkout.error());
  return {{"id", checkout->commit.id},
          {"author", checkout->commit.author},
          {"subject", checkout->commit.subject},
          {"directory", checkout->directory},
          {"is_rewound", checkout->is_rewound}};
}

}  // namespace
}  // namespace fgsync::source

int main() {
  std::cout << fgsync::source::follow(nlohmann::json::parse(std::cin)).dump() << '\n';
  return 0;
}
