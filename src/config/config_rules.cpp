#include "config/config_rules.hpp"

#include <array>
#include <map>
#include <vector>

#include "config/secrets.hpp"
#include "config/value_shapes.hpp"
#include "manifest/field_readers.hpp"

namespace fgsync::config {
namespace {

using manifest::schema::View;
using manifest::yaml::Report;

class Rules {
 public:
  Rules(Report& report, const std::string& file) : report_(report), file_(file) {}

  void check_settings(const View& settings);
  void check_targets(const View& spec);
  void check_control(const View& control);

 private:
  void check_git(const View& git);
  void check_says_the_same(const View& git, const View& first);
  void check_git_login(const View& git, bool is_ssh);
  void check_tcp(const View& tcp);
  void check_secrets(const View& secrets);
  void error(std::string_view code, const View& view, std::string message, std::string hint = {});

  Report& report_;
  const std::string& file_;
};

/// The same for sources that are the same commit.
std::string repository_of(const View& git) {
  std::string repository;
  for (const std::string_view key : {"url", "branch", "tag", "commit"}) {
    const auto value = git.find(key);
    repository += std::string(key) + "=" + (value ? value->text().value_or("") : "") + "\n";
  }
  return repository;
}

void Rules::error(std::string_view code, const View& view, std::string message, std::string hint) {
  report_.error({.code = code,
                 .mark = view.mark(),
                 .field = view.value().field,
                 .message = std::move(message),
                 .hint = std::move(hint)});
}

void Rules::check_settings(const View& settings) {
  if (const auto sources = settings.find("sources")) {
    std::map<std::string, View> repositories;
    for (const View& source : sources->items()) {
      const auto git = source.find("git");
      if (!git) continue;
      check_git(*git);
      const auto [first, is_new] = repositories.try_emplace(repository_of(*git), *git);
      if (!is_new) check_says_the_same(*git, first->second);
    }
  }
  if (const auto secrets = settings.find("secrets")) check_secrets(*secrets);
}

/// A repository is asked once for all sources in it: what one of them says must not be left out for another.
void Rules::check_says_the_same(const View& git, const View& first) {
  struct Setting {
    std::string_view key;
    std::vector<std::string_view> inner;  ///< of a mapping
  };
  static const std::array settings{Setting{"interval", {}}, Setting{"credentials", {"username", "password_file"}},
                                   Setting{"ssh_key_file", {}}, Setting{"known_hosts_file", {}},
                                   Setting{"verify", {"allowed_signers_file", "gpg_keyring_file"}}};
  const auto said = [](const View& view, const Setting& setting) {
    const auto found = view.find(setting.key);
    std::string text(found ? "y" : "n");
    if (found && setting.inner.empty()) text += found->text().value_or("");
    for (const std::string_view key : setting.inner) {
      const auto inner = found ? found->find(key) : std::nullopt;
      text += "\n" + (inner ? inner->text().value_or("") : "");
    }
    return text;
  };
  for (const Setting& setting : settings) {
    if (said(git, setting) == said(first, setting)) continue;
    error("does_not_fit", git.find(setting.key).value_or(git),
          "says something else about " + std::string(setting.key) +
              " than another source in the same repository: " + report_.at(first.mark()).to_string(),
          "say the same in both");
  }
}

void Rules::check_git(const View& git) {
  constexpr std::array<std::string_view, 3> kReferences{"branch", "tag", "commit"};
  std::optional<std::string_view> first;
  for (const std::string_view key : kReferences) {
    const auto reference = git.find(key);
    if (reference && first) {
      error("too_many", *reference, "stands beside " + std::string(*first), "keep one of branch, tag and commit");
    } else if (reference) {
      first = key;
    }
  }
  const auto url = git.find("url");
  const auto text = url ? url->text() : std::nullopt;
  if (!text || !kGitUrl.is_valid(*text)) return;
  if (has_login(*text)) {
    error("login_in_url", *url, "must not hold a user name or a password",
          "write the user as credentials.username, and name the file with the password as credentials.password_file");
  }
  check_git_login(git, is_ssh_url(*text));
}

void Rules::check_git_login(const View& git, bool is_ssh) {
  if (const auto credentials = git.find("credentials"); credentials && is_ssh) {
    error("does_not_fit", *credentials, "does not go with an SSH URL", "name the private key as ssh_key_file");
  }
  for (const std::string_view key : {"ssh_key_file", "known_hosts_file"}) {
    const auto value = git.find(key);
    if (value && !is_ssh) error("does_not_fit", *value, "goes only with an SSH URL", "for https there is credentials");
  }
}

void Rules::check_control(const View& control) {
  constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un, less the final NUL
  const auto socket = control.find("socket");
  const auto path = socket ? socket->text() : std::nullopt;
  if (path) {
    const std::size_t length = manifest::joined_path(file_, *path).size();
    if (length > kMaxSocketPath) {
      error("out_of_range", *socket,
            "must have at most 107 bytes together with the folder of this file, found " + std::to_string(length));
    }
  }
  if (const auto tcp = control.find("tcp")) check_tcp(*tcp);
}

void Rules::check_tcp(const View& tcp) {
  const bool has_cert = tcp.find("cert_file").has_value();
  const bool has_key = tcp.find("key_file").has_value();
  if (has_cert != has_key) {
    const std::string missing = has_cert ? "key_file" : "cert_file";
    report_.error({.code = "missing",
                   .mark = tcp.value().key,
                   .field = tcp.value().field + "." + missing,
                   .message = "is missing beside " + std::string(has_cert ? "cert_file" : "key_file")});
    return;
  }
  const auto listen = tcp.find("listen");
  const auto address = listen ? listen->text() : std::nullopt;
  if (has_cert || !address || !kAddress.is_valid(*address) || is_loopback_address(*address)) return;
  error("insecure", *listen,
        "can be reached from other machines, to which tokens must not travel in the clear, found " +
            manifest::yaml::quoted(*address),
        "add cert_file and key_file, or listen on 127.0.0.1");
}

void Rules::check_secrets(const View& secrets) {
  const auto patterns = secrets.find("allow_env");
  for (const View& pattern : patterns ? patterns->items() : std::vector<View>()) {
    const auto text = pattern.text();
    if (!text || !is_own_variable(*text)) continue;
    error("reserved_name", pattern,
          "must not name what fgsync and other tools for the service take credentials from, found " +
              manifest::yaml::quoted(*text),
          "give the secrets of functions variables of their own, such as FN_DB_PASSWORD");
  }
  const auto directories = secrets.find("allow_directories");
  for (const View& directory : directories ? directories->items() : std::vector<View>()) {
    const auto text = directory.text();
    if (!text || text->empty() || manifest::joined_path(file_, *text) != "/") continue;
    error("reserved_name", directory, "must not be /, which would allow every file of this machine",
          "name a folder that holds nothing but secrets of functions");
  }
}

void Rules::check_targets(const View& spec) {
  const auto targets = spec.find("targets");
  if (!targets) return;
  std::map<std::string, manifest::yaml::Mark> places;
  for (const View& target : targets->items()) {
    check_settings(target);
    const auto name = target.find("name");
    const auto text = name ? name->text() : std::nullopt;
    if (!text) continue;
    const auto [first, is_new] = places.emplace(*text, name->mark());
    if (is_new) continue;
    error("duplicate_name", *name,
          "another target is called " + manifest::yaml::quoted(*text) + ": " + report_.at(first->second).to_string(),
          "give each a name of its own");
  }
}

}  // namespace

void check_rules(Report& report, const View& spec, const std::string& file) {
  Rules rules(report, file);
  rules.check_settings(spec);
  if (const auto control = spec.find("control")) rules.check_control(*control);
  rules.check_targets(spec);
}

}  // namespace fgsync::config
