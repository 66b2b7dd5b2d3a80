#include "cli/actor.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "base/printable.hpp"

namespace fgsync::cli {
namespace {

constexpr std::size_t kLongest = 200;

std::optional<std::string> of_ci(const config::Environment& environment, const char* who, const char* job,
                                 const std::string& called) {
  const auto person = environment(who);
  const auto number = environment(job);
  if (!person || !number) return std::nullopt;
  return *person + " (" + called + " " + *number + ")";
}

std::string user_name(const config::Environment& environment) {
  // The database of users knows better than a variable, but not in every container.
  const passwd* user = ::getpwuid(::geteuid());  // NOLINT(concurrency-mt-unsafe): before there are threads that ask
  if (user != nullptr && user->pw_name != nullptr) return user->pw_name;
  return environment("USER").value_or("user " + std::to_string(::geteuid()));
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "this machine";
  return name.data();
}

}  // namespace

std::string actor_of(const config::Environment& environment) {
  auto actor = environment("FGSYNC_ACTOR");
  if (!actor) actor = of_ci(environment, "GITHUB_ACTOR", "GITHUB_RUN_ID", "GitHub run");
  if (!actor) actor = of_ci(environment, "GITLAB_USER_LOGIN", "CI_PIPELINE_ID", "GitLab pipeline");
  return printable(actor ? *actor : user_name(environment) + "@" + host_name(), kLongest);
}

}  // namespace fgsync::cli
