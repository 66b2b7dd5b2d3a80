#include "config/config_reader.hpp"

#include <array>
#include <filesystem>
#include <utility>

#include "config/value_shapes.hpp"
#include "manifest/field_readers.hpp"

namespace fgsync::config {
namespace {

using manifest::schema::View;

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Config read(const View& document) const;

 private:
  TargetSettings read_settings(const View& view) const;
  void read_control(const View& view, Config& config) const;
  void read_secrets(const View& view, TargetSettings& settings) const;
  std::optional<Credentials> read_credentials(const View& view) const;
  AccessKey read_access_key(const View& view) const;
  Profile read_profile(const View& view) const;
  IamUser read_iam(const View& view) const;
  Source read_source(const View& view) const;
  GitSource read_git(const View& view) const;

  [[nodiscard]] std::optional<std::string> path(const View& view, std::string_view key) const;
  [[nodiscard]] std::string required_path(const View& view, std::string_view key) const;

  const std::string& file_;
};

std::optional<Duration> duration(const View& view, std::string_view key) {
  const auto text = view.text(key);
  return text ? parse_duration(*text) : std::nullopt;
}

std::string required(const View& view, std::string_view key) {
  return view.text(key).value_or("");
}

std::vector<std::string> texts(const View& view, std::string_view key) {
  std::vector<std::string> all;
  const auto list = view.find(key);
  if (!list) return all;
  for (const View& item : list->items()) {
    if (auto text = item.text()) all.push_back(*std::move(text));
  }
  return all;
}

std::optional<std::string> Reader::path(const View& view, std::string_view key) const {
  const auto text = view.text(key);
  return text ? std::optional(manifest::joined_path(file_, *text)) : std::nullopt;
}

std::string Reader::required_path(const View& view, std::string_view key) const {
  return path(view, key).value_or("");
}

AccessKey Reader::read_access_key(const View& view) const {
  return {.ak_file = required_path(view, "ak_file"),
          .sk_file = required_path(view, "sk_file"),
          .security_token_file = path(view, "security_token_file")};
}

Profile Reader::read_profile(const View& view) const {
  Profile profile{.file = view.text("file"), .section = view.text("section")};
  if (profile.file && !profile.file->starts_with("~/")) profile.file = manifest::joined_path(file_, *profile.file);
  return profile;
}

IamUser Reader::read_iam(const View& view) const {
  IamUser iam{.endpoint = view.text("endpoint"),
              .domain = required(view, "domain"),
              .user = required(view, "user"),
              .password_file = required_path(view, "password_file"),
              .agency = std::nullopt};
  if (const auto agency = view.find("agency")) {
    iam.agency = IamUser::Agency{.domain = required(*agency, "domain"), .name = required(*agency, "name")};
  }
  return iam;
}

std::optional<Credentials> Reader::read_credentials(const View& view) const {
  if (const auto token_file = path(view, "token_file")) return TokenFile{*token_file};
  if (const auto aksk = view.find("aksk")) return read_access_key(*aksk);
  if (const auto profile = view.find("profile")) return read_profile(*profile);
  if (const auto iam = view.find("iam")) return read_iam(*iam);
  if (view.find("metadata")) return InstanceMetadata{};
  return std::nullopt;
}

std::optional<GitSource::Reference> read_reference(const View& git) {
  using Kind = GitSource::Reference::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds{
      {{"branch", Kind::branch}, {"tag", Kind::tag}, {"commit", Kind::commit}}};
  for (const auto& [key, kind] : kKinds) {
    if (auto name = git.text(key)) return GitSource::Reference{.kind = kind, .name = *std::move(name)};
  }
  return std::nullopt;
}

GitSource Reader::read_git(const View& view) const {
  GitSource git;
  git.url = required(view, "url");
  git.reference = read_reference(view);
  git.path = view.text("path");
  git.interval = duration(view, "interval");
  if (const auto login = view.find("credentials")) {
    git.credentials = GitSource::Login{.username = required(*login, "username"),
                                       .password_file = required_path(*login, "password_file")};
  }
  git.ssh_key_file = path(view, "ssh_key_file");
  git.known_hosts_file = path(view, "known_hosts_file");
  if (const auto verify = view.find("verify")) {
    using Kind = GitSource::Verification::Kind;
    const auto signers = path(*verify, "allowed_signers_file");
    git.verify = GitSource::Verification{.kind = signers ? Kind::allowed_signers : Kind::gpg_keyring,
                                         .file = signers ? *signers : required_path(*verify, "gpg_keyring_file")};
  }
  return git;
}

Source Reader::read_source(const View& view) const {
  Source source{.directory = path(view, "directory"), .git = std::nullopt, .environment = view.text("environment")};
  if (const auto git = view.find("git")) source.git = read_git(*git);
  return source;
}

void Reader::read_control(const View& view, Config& config) const {
  if (const auto control = view.find("control")) {
    config.control.socket = path(*control, "socket");
    if (const auto tcp = control->find("tcp")) {
      config.control.tcp = Control::Tcp{.listen = required(*tcp, "listen"),
                                        .token_file = required_path(*tcp, "token_file"),
                                        .cert_file = path(*tcp, "cert_file"),
                                        .key_file = path(*tcp, "key_file")};
    }
  }
  if (const auto metrics = view.find("metrics")) config.metrics_listen = metrics->text("listen");
}

void Reader::read_secrets(const View& view, TargetSettings& settings) const {
  const auto secrets = view.find("secrets");
  if (!secrets) return;
  settings.secrets.environment = texts(*secrets, "allow_env");
  settings.secrets.directories = texts(*secrets, "allow_directories");
  for (std::string& directory : settings.secrets.directories) directory = manifest::joined_path(file_, directory);
}

Intervals read_intervals(const View& view) {
  return {.sweep = duration(view, "sweep"),
          .full_refresh = duration(view, "full_refresh"),
          .debounce = duration(view, "debounce")};
}

Budget read_budget(const View& view) {
  const auto bytes = view.text("bytes_in_flight");
  return {.requests_per_second = view.integer("requests_per_second"),
          .concurrency = view.integer("concurrency"),
          .bytes_in_flight = bytes ? parse_size(*bytes) : std::nullopt};
}

Guards read_guards(const View& view) {
  const auto max_change = view.text("max_change");
  return {.prune = view.boolean("prune"),
          .prune_after = view.integer("prune_after"),
          .max_delete = view.integer("max_delete"),
          .max_change = max_change ? parse_percentage(*max_change) : std::nullopt,
          .confirm_delete = texts(view, "confirm_delete"),
          .self_heal = view.boolean("self_heal")};
}

std::optional<ImportVia> read_import_via(const View& view) {
  const auto text = view.text("import_via");
  if (!text) return std::nullopt;
  if (*text == "import") return ImportVia::import;
  return *text == "create" ? ImportVia::create : ImportVia::automatic;
}

TargetSettings Reader::read_settings(const View& view) const {
  TargetSettings settings;
  settings.endpoint = view.text("endpoint");
  settings.region = view.text("region");
  settings.project_id = view.text("project_id");
  settings.ca_file = path(view, "ca_file");
  if (const auto credentials = view.find("credentials")) settings.credentials = read_credentials(*credentials);
  if (const auto sources = view.find("sources")) {
    for (const View& source : sources->items()) settings.sources.push_back(read_source(source));
  }
  if (const auto intervals = view.find("intervals")) settings.intervals = read_intervals(*intervals);
  settings.state_directory = path(view, "state_directory");
  settings.parallel = view.integer("parallel");
  if (const auto budget = view.find("budget")) settings.budget = read_budget(*budget);
  if (const auto timeouts = view.find("timeouts")) {
    settings.call_timeout = duration(*timeouts, "call");
    settings.upload_timeout = duration(*timeouts, "upload");
  }
  if (const auto guards = view.find("guards")) settings.guards = read_guards(*guards);
  settings.import_via = read_import_via(view);
  if (const auto markers = view.text("markers")) settings.markers = *markers == "on" || *markers == "true";
  read_secrets(view, settings);
  settings.fingerprint_key_file = path(view, "fingerprint_key_file");
  return settings;
}

Config Reader::read(const View& document) const {
  Config config;
  const auto spec = document.find("spec");
  if (spec) static_cast<TargetSettings&>(config) = read_settings(*spec);
  config.file = file_;
  config.name = source_id_of(std::filesystem::path(file_).parent_path().filename().string());
  const auto metadata = document.find("metadata");
  if (metadata && metadata->find("name")) config.name = required(*metadata, "name");
  if (!spec) return config;
  if (const auto mode = spec->text("mode")) config.mode = *mode == "observe" ? Mode::observe : Mode::enforce;
  read_control(*spec, config);
  if (const auto log = spec->find("log")) {
    config.log_level = log->text("level");
    config.log_format = log->text("format");
  }
  config.ping_url = spec->text("ping_url");
  if (const auto targets = spec->find("targets")) {
    for (const View& target : targets->items()) {
      config.targets.push_back(Target{read_settings(target), required(target, "name")});
    }
  }
  return config;
}

}  // namespace

Config read_config(const View& document, const std::string& file) {
  return Reader(file).read(document);
}

}  // namespace fgsync::config
