#include "source/git_program.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <string_view>
#include <utility>

namespace fgsync::source {
namespace {

/// What git needs to find itself, certificates and proxies. HOME is not among them: it holds configuration, keys and
/// passwords that are not meant for us.
bool is_inherited(std::string_view variable) {
  static constexpr std::array<std::string_view, 15> kKept{
      "PATH=",       "LD_LIBRARY_PATH=", "TMPDIR=",         "USER=",          "LOGNAME=",
      "http_proxy=", "https_proxy=",     "all_proxy=",      "no_proxy=",      "HTTPS_PROXY=",
      "NO_PROXY=",   "ALL_PROXY=",       "GIT_SSL_CAINFO=", "SSL_CERT_FILE=", "SSL_CERT_DIR="};
  return variable.starts_with("GIT_EXEC_PATH=") ||
         std::any_of(kKept.begin(), kKept.end(), [variable](auto name) { return variable.starts_with(name); });
}

std::vector<std::string> hardened_environment(const RepositorySettings& settings) {
  std::vector<std::string> environment;
  std::copy_if(settings.inherited_environment.begin(), settings.inherited_environment.end(),
               std::back_inserter(environment), is_inherited);
  environment.insert(environment.end(),
                     {
                         "HOME=" + settings.directory,
                         "LC_ALL=C",
                         "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_ATTR_NOSYSTEM=1",
                         "GIT_TERMINAL_PROMPT=0",
                         "GIT_OPTIONAL_LOCKS=0",
                         "GIT_PAGER=cat",
                         "GIT_LFS_SKIP_SMUDGE=1",
                         "GIT_NO_REPLACE_OBJECTS=1",
                         // The folder may lie within somebody's work tree.
                         "GIT_CEILING_DIRECTORIES=" + settings.directory.substr(0, settings.directory.rfind('/')),
                     });
  return environment;
}

std::vector<GitAccess::Option> hardened_options() {
  return {
      {"protocol.version", "2"},
      {"core.hooksPath", "/dev/null"},
      {"core.fsmonitor", "false"},
      {"core.attributesFile", "/dev/null"},
      {"core.excludesFile", "/dev/null"},
      {"core.askPass", ""},
      {"core.symlinks", "true"},
      {"core.autocrlf", "false"},
      {"credential.helper", ""},  // forgets all helpers before
      {"credential.interactive", "false"},
      {"http.followRedirects", "false"},
      {"fetch.recurseSubmodules", "false"},
      {"submodule.recurse", "false"},
      // Packs stay packs: what is not needed any more goes with them.
      {"fetch.unpackLimit", "1"},
      {"gc.auto", "0"},
      {"maintenance.auto", "false"},
      {"log.showSignature", "false"},
      {"advice.detachedHead", "false"},
      {"init.defaultBranch", "main"},
      // Until verification says otherwise, no signature is good.
      {"gpg.program", "/bin/false"},
      {"gpg.x509.program", "/bin/false"},
      {"gpg.ssh.program", "/bin/false"},
  };
}

std::string in_seconds(std::chrono::milliseconds time) {
  const auto milliseconds = time.count();
  return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + "s" : std::to_string(milliseconds) + "ms";
}

}  // namespace

GitProgram::GitProgram(const RepositorySettings& settings, const GitAccess& access, Deadline deadline,
                       const Clock& clock)
    : directory_(settings.directory),
      shown_url_(access.shown_url),
      shown_time_(in_seconds(settings.time_limit)),
      options_(hardened_options()),
      environment_(hardened_environment(settings)),
      limits_{.deadline = deadline, .max_file_bytes = settings.max_bytes, .stop = settings.stop},
      clock_(clock) {
  set(access.options, access.environment);
}

void GitProgram::set(const std::vector<GitAccess::Option>& options, const std::vector<std::string>& environment) {
  options_.insert(options_.end(), options.begin(), options.end());
  environment_.insert(environment_.end(), environment.begin(), environment.end());
}

Result<ChildEnd> GitProgram::run(std::vector<std::string> arguments,
                                 const std::vector<std::string>& more_environment) const {
  // By variables instead of -c, because that is what reaches the programs that git starts.
  std::vector<std::string> environment = environment_;
  environment.push_back("GIT_CONFIG_COUNT=" + std::to_string(options_.size()));
  for (std::size_t i = 0; i < options_.size(); ++i) {
    environment.push_back("GIT_CONFIG_KEY_" + std::to_string(i) + "=" + options_[i].first);
    environment.push_back("GIT_CONFIG_VALUE_" + std::to_string(i) + "=" + options_[i].second);
  }
  environment.insert(environment.end(), more_environment.begin(), more_environment.end());
  return start("git", std::move(arguments), std::move(environment));
}

Result<ChildEnd> GitProgram::run_other(const std::string& program, std::vector<std::string> arguments) const {
  return start(program, std::move(arguments), environment_);
}

Result<ChildEnd> GitProgram::start(const std::string& program, std::vector<std::string> arguments,
                                   std::vector<std::string> environment) const {
  auto end = run_child({.program = program,
                        .arguments = std::move(arguments),
                        .directory = directory_,
                        .environment = std::move(environment)},
                       limits_, clock_);
  if (!end && end.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::invalid, program + " is not installed, or not in PATH; install the package " +
                                        (program == "gpg" ? std::string("gnupg") : program));
  }
  if (!end && end.error().kind == ErrorKind::timed_out) {
    return fail(ErrorKind::timed_out,
                shown_url_ + ": git was not done in " + shown_time_ +
                    " and was stopped; the server hangs or is slow, or there is too much to fetch");
  }
  if (end && end->signal && *end->signal != SIGXFSZ) {
    return fail(ErrorKind::transient,
                program + " was killed by signal " + std::to_string(*end->signal) + "; is there too little memory?");
  }
  return end;
}

}  // namespace fgsync::source
