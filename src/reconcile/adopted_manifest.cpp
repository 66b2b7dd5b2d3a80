// The manifest as a person would write it: in the order of docs/manifest.md, one line a setting, and only what is not
// the default anyway. Reading it again must give the same settings, which whoever asks for it checks (adoption.cpp).
#include "reconcile/adopted_manifest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/printable.hpp"
#include "plan/marker.hpp"
#include "reconcile/yaml_text.hpp"

namespace fgsync::reconcile {
namespace {

using functiongraph::FunctionConfig;
using Kind = manifest::Code::Kind;

constexpr std::size_t kShown = 300;

bool sounds_secret(std::string_view key) {
  constexpr auto kSounds = std::to_array<std::string_view>(
      {"password", "passwd", "secret", "token", "credential", "private_key", "api_key", "apikey", "access_key"});
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(kSounds.begin(), kSounds.end(),
                     [&lower](std::string_view sound) { return lower.find(sound) != std::string::npos; });
}

class ManifestWriter {
 public:
  ManifestWriter(const plan::ObservedFunction& observed, const AdoptedCode& code, const std::string& source_id)
      : observed_(observed), config_(observed.detail.config), code_(code), source_id_(source_id) {}

  AdoptedManifest run(const std::vector<std::string>& remarks) {
    result_.remarks = remarks;
    basics();
    code();
    user_data();
    settings();
    network();
    instances();
    side_settings();
    release();
    ownership();
    unmanaged();
    for (const std::string& remark : result_.remarks) {
      result_.text += "# Left as it is: " + printable(remark, kShown) + "\n";
    }
    result_.text +=
        "apiVersion: fgsync/v1\nkind: Function\nmetadata:\n  name: " + value_text(observed_.detail.row.name) +
        "\nspec:\n" + spec_;
    return std::move(result_);
  }

 private:
  void line(const std::string& text) { spec_ += "  " + text + "\n"; }
  void text(const std::string& key, std::string_view value) { line(key + ": " + value_text(value)); }
  void number(const std::string& key, std::int64_t value) { line(key + ": " + std::to_string(value)); }
  void text_if_any(const std::string& key, const std::optional<std::string>& value) {
    if (value && !value->empty()) text(key, *value);
  }
  void remark(std::string what) { result_.remarks.push_back(std::move(what)); }
  /// For the person who reads the output, and at its place in the manifest.
  void to_do(const std::string& what) {
    line("# To finish: " + printable(what, kShown));
    result_.to_do.push_back(what);
  }

  void basics() {
    const auto& app = observed_.detail.row.app;
    if (!app.empty() && app != "default") text("app", app);
    if (!observed_.detail.row.facts->type.empty()) text("type", observed_.detail.row.facts->type);
    text("runtime", config_.runtime);
    text("handler", config_.handler);
    const manifest::Function usual;
    if (config_.memory_size != usual.memory_size) number("memory_size", config_.memory_size);
    if (config_.timeout != usual.timeout) number("timeout", config_.timeout.count());
    const std::string description = plan::split_owner(config_.description).text;
    if (!description.empty()) text("description", description);
  }

  void code() {
    if (!code_.missing.empty()) to_do("put the code there; the service did not give it: " + code_.missing);
    line("code:");
    switch (code_.kind) {
      case Kind::directory: line("  directory: " + value_text(code_.place)); break;
      case Kind::file: line("  file: " + value_text(code_.place)); break;
      case Kind::archive: line("  archive: " + value_text(code_.place)); break;
      case Kind::jar: line("  jar: " + value_text(code_.place)); break;
      case Kind::image: line("  image: " + value_text(code_.place)); break;
      case Kind::obs:
        line("  obs:");
        line("    url: " + value_text(code_.place));
        line("    digest: " + quoted("sha512:" + code_.digest));
        break;
    }
  }

  void user_data() {
    if (!config_.user_data.empty()) {
      line("user_data:");
      for (const auto& [key, value] : config_.user_data) {
        line("  " + key_text(key) + ": " + value_text(value));
        if (!value.empty() && sounds_secret(key)) {
          result_.notes.push_back("user_data." + key +
                                  " sounds like a secret, and the manifest has it in plain text, " +
                                  "as the service has it");
        }
      }
    }
    if (config_.has_encrypted_user_data) encrypted_user_data();
  }

  /// Named, they would be sent again at once, and not all values may be at hand. Not named, they stay, and whoever
  /// changes the configuration later is told to name them (plan: encrypted_user_data).
  void encrypted_user_data() {
    std::string names;
    const std::vector<std::string> none;
    const auto& known = config_.encrypted_names ? *config_.encrypted_names : none;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    remark("the encrypted variables" + (names.empty() ? std::string() : " " + names) +
           ": the service does not give their values; name all of them in encrypted_user_data before anything else of "
           "the configuration is changed");
    if (known.empty()) return;
    line("# encrypted_user_data:");
    for (const std::string& name : known) {
      const std::string entry = key_text(name) + ": " + Braces().text("from_env", variable_of(name)).str();
      line("#   " + printable(entry, kShown));
    }
  }

  static std::string variable_of(const std::string& name) {
    std::string variable = name;
    for (char& c : variable) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return variable;
  }

  void settings() {
    text_if_any("xrole", config_.xrole);
    text_if_any("app_xrole", config_.app_xrole);
    hook("initializer", config_.initializer);
    hook("pre_stop", config_.pre_stop);
    const auto& dependencies = observed_.detail.row.facts->depend_version_list;
    if (!dependencies.empty()) {
      line("depend_version_list: " + brackets(dependencies, [](const auto& id) { return value_text(id); }));
    }
    if (config_.enable_dynamic_memory.value_or(false)) line("enable_dynamic_memory: true");
    constexpr int kUsualStorage = 512;
    if (config_.ephemeral_storage.value_or(kUsualStorage) != kUsualStorage) {
      number("ephemeral_storage", *config_.ephemeral_storage);
    }
    if (config_.enterprise_project_id != "0") text_if_any("enterprise_project_id", config_.enterprise_project_id);
  }

  void hook(const std::string& name, const Boxed<functiongraph::Hook>& hook) {
    if (!hook || hook->handler.empty()) return;
    if (!hook->timeout) return remark(name + "_handler, since the service tells no " + name + "_timeout");
    text(name + "_handler", hook->handler);
    number(name + "_timeout", hook->timeout->count());
  }

  void network() {
    if (config_.vpc && !config_.vpc->vpc_id.empty()) {
      const auto& vpc = *config_.vpc;
      Braces braces;
      braces.text("vpc_id", vpc.vpc_id).text("subnet_id", vpc.subnet_id);
      braces.text_if_any("vpc_name", vpc.vpc_name).text_if_any("subnet_name", vpc.subnet_name);
      if (!vpc.security_groups.empty()) {
        braces.raw("security_groups", brackets(vpc.security_groups, [](const auto& id) { return value_text(id); }));
      }
      line("func_vpc: " + braces.str());
    }
    if (config_.mount_config && !config_.mount_config->mounts.empty()) mounts(*config_.mount_config);
    if (config_.log_config && !config_.log_config->group_id.empty()) {
      const auto& log = *config_.log_config;
      Braces braces;
      braces.text("group_id", log.group_id).text("stream_id", log.stream_id);
      braces.text_if_any("group_name", log.group_name).text_if_any("stream_name", log.stream_name);
      line("log_config: " + braces.str());
    }
    if (config_.network_controller) controller(*config_.network_controller);
  }

  void mounts(const functiongraph::MountConfig& config) {
    line("mount_config:");
    line("  mount_user: " + Braces()
                                .raw("user_id", std::to_string(config.user_id))
                                .raw("user_group_id", std::to_string(config.user_group_id))
                                .str());
    line("  func_mounts:");
    for (const functiongraph::Mount& mount : config.mounts) {
      line("    - " + Braces()
                          .text("mount_type", mount.type)
                          .text("mount_resource", mount.resource)
                          .text_if_any("mount_share_path", mount.share_path)
                          .text("local_mount_path", mount.local_path)
                          .str());
    }
  }

  void controller(const functiongraph::NetworkController& controller) {
    Braces braces;
    if (controller.disable_public_network) braces.raw("disable_public_network", "true");
    if (!controller.trigger_access_vpcs.empty()) {
      braces.raw("trigger_access_vpcs", brackets(controller.trigger_access_vpcs, [](const auto& vpc) {
                   return Braces().text("vpc_id", vpc.vpc_id).text_if_any("vpc_name", vpc.vpc_name).str();
                 }));
    }
    if (!braces.is_empty()) line("network_controller: " + braces.str());
  }

  /// `strategy_config.concurrency` and `max_instance_num` are one setting.
  void instances() {
    if (!config_.strategy_config) return;
    const auto& strategy = *config_.strategy_config;
    if (strategy.concurrent_num.value_or(1) > 1) {
      line("strategy_config: " + Braces()
                                     .raw("concurrency", std::to_string(strategy.concurrency))
                                     .raw("concurrent_num", std::to_string(*strategy.concurrent_num))
                                     .str());
    } else if (strategy.concurrency != -1) {
      number("max_instance_num", strategy.concurrency);
    }
  }

  void side_settings() {
    if (observed_.async_config) async(*observed_.async_config);
    if (!observed_.tags.empty()) {
      line("tags:");
      for (const auto& [key, value] : observed_.tags) line("  " + key_text(key) + ": " + value_text(value));
    }
    std::vector<std::string> reserved;
    for (const auto& row : observed_.reserved_instances) {
      if (!row.instances.cron_configs.empty() || !row.instances.metric_configs.empty()) {
        remark("the tactics of the reserved instances of " + row.qualifier_name);
      }
      if (row.instances.count == 0) continue;
      Braces braces;
      braces.text("qualifier", row.qualifier_name).raw("count", std::to_string(row.instances.count));
      if (row.instances.idle_mode.value_or(false)) braces.raw("idle_mode", "true");
      reserved.push_back(braces.str());
    }
    if (reserved.empty()) return;
    line("reserved_instances:");
    for (const std::string& entry : reserved) line("  - " + entry);
  }

  void async(const functiongraph::AsyncConfig& config) {
    std::vector<std::string> lines;
    if (config.max_event_age) {
      lines.push_back("max_async_event_age_in_seconds: " + std::to_string(config.max_event_age->count()));
    }
    if (config.max_retry_attempts) {
      lines.push_back("max_async_retry_attempts: " + std::to_string(*config.max_retry_attempts));
    }
    Braces destinations;
    const auto destination = [](const functiongraph::AsyncDestination& there) {
      return Braces().text("destination", there.destination).text("param", there.param).str();
    };
    if (config.on_success) destinations.raw("on_success", destination(*config.on_success));
    if (config.on_failure) destinations.raw("on_failure", destination(*config.on_failure));
    if (!destinations.is_empty()) lines.push_back("destination_config: " + destinations.str());
    if (lines.empty()) return;
    line("function_async_config:");
    for (const std::string& entry : lines) line("  " + entry);
  }

  void release() {
    std::vector<const functiongraph::Alias*> aliases;
    for (const functiongraph::Alias& alias : observed_.aliases) {
      if (alias.version == "latest") {
        remark("the alias " + alias.name + ", which is on latest: in manifests aliases are on published versions");
      } else {
        aliases.push_back(&alias);
      }
    }
    if (aliases.empty()) return;
    line(
        "# To publish what changes here and move an alias to it: version: {name: auto}, and version: current at the "
        "alias.");
    line("aliases:");
    for (const functiongraph::Alias* alias : aliases) write_alias(*alias);
  }

  void write_alias(const functiongraph::Alias& alias) {
    line("  - name: " + value_text(alias.name));
    line("    version: " + value_text(alias.version));
    const std::string description = plan::split_hold(alias.description).text;
    if (!description.empty()) line("    description: " + value_text(description));
    if (!alias.additional_version_weights.empty()) {
      Braces weights;
      for (const auto& [name, weight] : alias.additional_version_weights) weights.raw(name, std::to_string(weight));
      line("    additional_version_weights: " + weights.str());
    }
    if (!alias.additional_version_strategy || alias.additional_version_strategy->empty()) return;
    line("    additional_version_strategy:");
    for (const auto& [name, strategy] : *alias.additional_version_strategy) {
      line("      " + key_text(name) + ":");
      line("        combine_type: " + value_text(strategy.combine_type));
      line("        rules:");
      for (const auto& rule : strategy.rules) {
        line("          - " + Braces()
                                  .text("rule_type", rule.rule_type)
                                  .text("param", rule.param)
                                  .text("op", rule.op)
                                  .text("value", rule.value)
                                  .str());
      }
    }
  }

  void ownership() {
    if (plan::split_owner(observed_.detail.row.description).marker == source_id_) return;
    line("adopt: true  # the function does not carry the mark of this source yet");
  }

  void unmanaged() {
    const FunctionConfig& c = config_;
    const auto is_set = [](const std::optional<std::string>& value) { return value && !value->empty(); };
    const std::array<std::pair<const char*, bool>, 15> settings{{
        {"gpu_memory", c.gpu_memory.value_or(0) != 0},
        {"gpu_type", is_set(c.gpu_type)},
        {"peering_cidr", is_set(c.peering_cidr)},
        {"extend_config", is_set(c.extend_config)},
        {"restore_hook_handler", c.restore_hook && !c.restore_hook->handler.empty()},
        {"heartbeat_handler", is_set(c.heartbeat_handler)},
        {"is_stateful_function", c.is_stateful_function.value_or(false)},
        {"enable_auth_in_header", c.enable_auth_in_header.value_or(false)},
        {"enable_class_isolation", c.enable_class_isolation.value_or(false)},
        {"enable_lts_log", c.enable_lts_log.value_or(false)},
        {"lts_custom_tag", !c.lts_custom_tag.empty()},
        {"domain_names", is_set(c.domain_names)},
        {"user_data_encrypt_kms_key_id", is_set(c.user_data_encrypt_kms_key_id)},
        {"custom_image.command", c.custom_image && !c.custom_image->command.empty()},
        {"custom_image.args", c.custom_image && !c.custom_image->args.empty()},
    }};
    std::string names;
    for (const auto& [name, is_there] : settings) {
      if (is_there) names += (names.empty() ? "" : ", ") + std::string(name);
    }
    if (!names.empty()) remark(names + ", which manifests do not have");
  }

  const plan::ObservedFunction& observed_;
  const FunctionConfig& config_;
  const AdoptedCode& code_;
  const std::string& source_id_;
  std::string spec_;
  AdoptedManifest result_;
};

}  // namespace

AdoptedManifest write_manifest(const plan::ObservedFunction& observed, const AdoptedCode& code,
                               const std::string& source_id, const std::vector<std::string>& remarks) {
  return ManifestWriter(observed, code, source_id).run(remarks);
}

}  // namespace fgsync::reconcile
