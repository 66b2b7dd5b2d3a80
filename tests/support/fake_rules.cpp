#include "tests/support/fake_rules.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <tuple>

#include "tests/support/all_bytes.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

constexpr std::size_t kMaxVariables = 20;
constexpr std::size_t kMaxVariableBytes = 4096;
constexpr std::size_t kMaxSourceBytes = std::size_t{10} << 10U;
constexpr std::array kMemorySizes{128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096};

bool is_handler(const FunctionConfig& config) {
  const bool starts_program = config.runtime == "Custom" || config.runtime == "http";
  if (config.runtime == "Custom Image" && config.handler == "-") return true;
  const bool has_form = starts_program || config.handler.find('.') != std::string::npos;
  return config.handler.size() >= 3 && config.handler.size() <= 128 && has_form;
}

template <class Map, class Text>
Result<void> check_variables(const Map& variables, Text text_of) {
  if (variables.size() > kMaxVariables) return refuse(refusals::kTooManyVariables);
  std::size_t bytes = 0;
  for (const auto& [name, value] : variables) bytes += name.size() + text_of(value).size();
  if (bytes > kMaxVariableBytes) return refuse(refusals::kVariablesTooLarge);
  return {};
}

Result<void> check_variables(const FunctionConfig& config) {
  auto plain = check_variables(config.user_data, [](const std::string& value) { return value; });
  if (!plain || !config.encrypted_user_data) return plain;
  return check_variables(*config.encrypted_user_data, [](const Secret& value) { return value.reveal(); });
}

/// Unset in its type's way reads as absent.
template <class Optional>
void drop_unset(Optional& value) {
  if (value && *value == typename Optional::value_type()) value.reset();
}

/// All that is in a configuration but its secrets.
auto plain_fields(const FunctionConfig& c) {
  return std::tie(c.runtime, c.handler, c.memory_size, c.timeout, c.description, c.user_data, c.gpu_memory, c.gpu_type,
                  c.xrole, c.app_xrole, c.vpc, c.peering_cidr, c.mount_config, c.strategy_config, c.custom_image,
                  c.extend_config, c.initializer, c.pre_stop, c.restore_hook, c.heartbeat_handler, c.ephemeral_storage,
                  c.enterprise_project_id, c.log_config, c.network_controller, c.is_stateful_function,
                  c.enable_dynamic_memory, c.enable_auth_in_header, c.enable_class_isolation, c.enable_lts_log,
                  c.lts_custom_tag, c.domain_names, c.user_data_encrypt_kms_key_id);
}

std::map<std::string, std::string> revealed(const FunctionConfig& config) {
  std::map<std::string, std::string> variables;
  if (!config.encrypted_user_data) return variables;
  for (const auto& [name, value] : *config.encrypted_user_data) variables.emplace(name, value.reveal());
  return variables;
}

auto code_identity(const FakeVersion& version) {
  return std::tie(version.code.type, version.code.bytes, version.depend_version_list);
}

Result<FakeCode> receive_archive(std::string type, const CodeUpload& upload) {
  FakeCode code{std::move(type), upload.filename, "", all_bytes(*upload.bytes)};
  if (!code.bytes.starts_with("PK")) return refuse(refusals::kInvalidCode);
  if (code.filename.empty()) code.filename = "index." + code.type;
  return code;
}

}  // namespace

bool is_name(NameOf what, const std::string& text) {
  static const std::regex function("[A-Za-z]([A-Za-z0-9_-]{0,58}[A-Za-z0-9])?");
  static const std::regex version("[A-Za-z0-9]([A-Za-z0-9._-]{0,40}[A-Za-z0-9])?");
  static const std::regex alias("[A-Za-z]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?");
  switch (what) {
    case NameOf::function: return std::regex_match(text, function);
    case NameOf::version: return std::regex_match(text, version) && text != "latest";
    case NameOf::alias: return std::regex_match(text, alias);
  }
  return false;
}

bool is_description(const std::string& text) {
  auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
  return std::count_if(text.begin(), text.end(), begins_character) <= 512;
}

Result<void> check(const FunctionConfig& config) {
  using namespace std::chrono_literals;
  if (config.runtime.empty()) return refuse(refusals::kInvalidRuntime);
  if (config.timeout < 3s || config.timeout > 259200s) return refuse(refusals::kInvalidTimeout);
  if (!is_handler(config)) return refuse(refusals::kInvalidHandler);
  if (!std::count(kMemorySizes.begin(), kMemorySizes.end(), config.memory_size)) {
    return refuse(refusals::kInvalidMemory);
  }
  if (!is_description(config.description)) return refuse(refusals::kDescriptionTooLong);
  if (config.ephemeral_storage && *config.ephemeral_storage != 512 && *config.ephemeral_storage != 10240) {
    return refuse(refusals::kInvalidParameter);
  }
  const StrategyConfig strategy = config.strategy_config.value_or(StrategyConfig());
  const int concurrent_num = strategy.concurrent_num.value_or(1);
  if (strategy.concurrency < -1 || strategy.concurrency > 1000 || concurrent_num < 1 || concurrent_num > 1000) {
    return refuse(refusals::kInvalidConcurrency);
  }
  return check_variables(config);
}

bool has_same_content(const FakeVersion& a, const FakeVersion& b) {
  return code_identity(a) == code_identity(b) && plain_fields(a.config) == plain_fields(b.config) &&
         revealed(a.config) == revealed(b.config);
}

FunctionConfig as_stored(FunctionConfig config) {
  for (auto* text : {&config.gpu_type, &config.xrole, &config.app_xrole, &config.peering_cidr, &config.extend_config,
                     &config.heartbeat_handler, &config.domain_names, &config.user_data_encrypt_kms_key_id}) {
    drop_unset(*text);
  }
  for (auto* flag : {&config.is_stateful_function, &config.enable_dynamic_memory, &config.enable_auth_in_header,
                     &config.enable_class_isolation, &config.enable_lts_log}) {
    drop_unset(*flag);
  }
  for (auto* hook : {&config.initializer, &config.pre_stop, &config.restore_hook}) drop_unset(*hook);
  drop_unset(config.gpu_memory);
  drop_unset(config.vpc);
  drop_unset(config.mount_config);
  drop_unset(config.custom_image);
  drop_unset(config.log_config);
  drop_unset(config.network_controller);
  if (config.encrypted_user_data && config.encrypted_user_data->empty()) config.encrypted_user_data.reset();
  if (!config.ephemeral_storage) config.ephemeral_storage = 512;
  if (config.enterprise_project_id.value_or("").empty()) config.enterprise_project_id = "0";
  if (!config.strategy_config) config.strategy_config = StrategyConfig();
  if (!config.strategy_config->concurrent_num) config.strategy_config->concurrent_num = 1;
  config.has_encrypted_user_data = false;
  return config;
}

FunctionConfig as_created(FunctionConfig config) {
  config.peering_cidr.reset();
  config.strategy_config.reset();
  config.extend_config.reset();
  config.restore_hook.reset();
  config.heartbeat_handler.reset();
  config.ephemeral_storage.reset();
  config.enable_auth_in_header.reset();
  config.enable_class_isolation.reset();
  return as_stored(std::move(config));
}

FunctionConfig as_answered(FunctionConfig config) {
  config.has_encrypted_user_data = config.encrypted_user_data.has_value();
  config.encrypted_user_data.reset();
  config.restore_hook.reset();
  config.domain_names.reset();
  config.extend_config.reset();
  if (config.log_config) {
    config.log_config->group_name.clear();
    config.log_config->stream_name.clear();
  }
  return config;
}

FunctionConfig as_listed(FunctionConfig config) {
  config = as_answered(std::move(config));
  config.description.clear();
  config.gpu_memory.reset();
  config.gpu_type.reset();
  config.vpc.reset();
  config.peering_cidr.reset();
  config.mount_config.reset();
  config.heartbeat_handler.reset();
  config.ephemeral_storage.reset();
  config.log_config.reset();
  config.network_controller.reset();
  config.enable_class_isolation.reset();
  config.enable_lts_log.reset();
  config.lts_custom_tag.clear();
  config.user_data_encrypt_kms_key_id.reset();
  return config;
}

Result<FakeCode> receive(const CodeUpload& upload, const FunctionConfig& config) {
  switch (upload.type) {
    case CodeUpload::Type::zip: return receive_archive("zip", upload);
    case CodeUpload::Type::jar: return receive_archive("jar", upload);
    case CodeUpload::Type::source: {
      FakeCode code{"inline", "index.py", "", all_bytes(*upload.bytes)};
      if (code.bytes.empty()) return refuse(refusals::kNoCode);
      if (code.bytes.size() > kMaxSourceBytes) return refuse(refusals::kSourceTooLarge);
      return code;
    }
    case CodeUpload::Type::obs:
      if (upload.url.empty()) return refuse(refusals::kInvalidUrl);
      return FakeCode{"obs", "", upload.url, upload.url};
    case CodeUpload::Type::image: break;
  }
  if (!config.custom_image || config.custom_image->image.empty()) return refuse(refusals::kInvalidImage);
  return FakeCode{"Custom-Image-Swr", "", "", config.custom_image->image};
}

}  // namespace fgsync::test
