// The settings of a configuration that are objects, both ways.
#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr TextField<Vpc> kVpcTexts[]{
    {"vpc_id", &Vpc::vpc_id},       {"subnet_id", &Vpc::subnet_id},
    {"vpc_name", &Vpc::vpc_name},   {"subnet_name", &Vpc::subnet_name},
    {"cidr", &Vpc::cidr},           {"gateway", &Vpc::gateway},
    {"domain_id", &Vpc::domain_id}, {"namespace", &Vpc::namespace_id},
};

constexpr TextField<Mount> kMountTexts[]{
    {"mount_type", &Mount::type},
    {"mount_resource", &Mount::resource},
    {"mount_share_path", &Mount::share_path},
    {"local_mount_path", &Mount::local_path},
};

constexpr TextField<CustomImage> kImageTexts[]{
    {"image", &CustomImage::image}, {"command", &CustomImage::command},
    {"args", &CustomImage::args},   {"working_dir", &CustomImage::working_dir},
    {"uid", &CustomImage::uid},     {"gid", &CustomImage::gid},
};

constexpr TextField<LogConfig> kLogTexts[]{
    {"group_id", &LogConfig::group_id},
    {"stream_id", &LogConfig::stream_id},
    {"group_name", &LogConfig::group_name},
    {"stream_name", &LogConfig::stream_name},
};

constexpr TextField<NetworkController::TriggerVpc> kTriggerVpcTexts[]{
    {"vpc_name", &NetworkController::TriggerVpc::vpc_name},
    {"vpc_id", &NetworkController::TriggerVpc::vpc_id},
};

// ---- reading

Vpc read_vpc(ObjectReader& reader) {
  Vpc vpc;
  read_texts(reader, kVpcTexts, vpc);
  vpc.security_groups = reader.texts("security_groups");
  vpc.is_safety = reader.flag_setting("is_safety");
  return vpc;
}

Mount read_mount(ObjectReader& reader) {
  Mount mount;
  read_texts(reader, kMountTexts, mount);
  return mount;
}

MountConfig read_mount_config(ObjectReader& reader) {
  MountConfig config;
  if (auto user = reader.object_setting("mount_user")) {
    config.user_id = user->number_if_any<int>("user_id").value_or(config.user_id);
    config.user_group_id = user->number_if_any<int>("user_group_id").value_or(config.user_group_id);
  }
  config.mounts = read_each(reader.rows_if_any("func_mounts"), read_mount);
  return config;
}

CustomImage read_custom_image(ObjectReader& reader) {
  CustomImage image;
  read_texts(reader, kImageTexts, image);
  image.enabled = reader.flag_setting("enabled").value_or(false);
  image.is_public = reader.flag_setting("is_public");
  return image;
}

NetworkController::TriggerVpc read_trigger_vpc(ObjectReader& reader) {
  NetworkController::TriggerVpc vpc;
  read_texts(reader, kTriggerVpcTexts, vpc);
  return vpc;
}

NetworkController read_network_controller(ObjectReader& reader) {
  NetworkController controller;
  controller.disable_public_network = reader.flag_setting("disable_public_network").value_or(false);
  controller.trigger_access_vpcs = read_each(reader.rows_if_any("trigger_access_vpcs"), read_trigger_vpc);
  return controller;
}

template <class T>
std::optional<T> read_nested(ObjectReader& reader, const char* key, T (*read)(ObjectReader&)) {
  auto object = reader.object_setting(key);
  return object ? std::optional(read(*object)) : std::nullopt;
}

/// Answers name the log group and stream flat, the requests in an object.
std::optional<LogConfig> read_log_config(ObjectReader& reader) {
  LogConfig config;
  config.group_id = reader.text_setting("log_group_id").value_or("");
  config.stream_id = reader.text_setting("log_stream_id").value_or("");
  return config.group_id.empty() ? std::nullopt : std::optional(std::move(config));
}

// ---- writing

ObjectWriter write_vpc(const Vpc& vpc) {
  ObjectWriter object;
  write_texts(object, kVpcTexts, vpc);
  if (!vpc.security_groups.empty()) object.texts("security_groups", vpc.security_groups);
  if (vpc.is_safety) object.flag("is_safety", *vpc.is_safety);
  return object;
}

ObjectWriter write_mount_config(const MountConfig& config) {
  std::vector<ObjectWriter> mounts;
  for (const Mount& mount : config.mounts) write_texts(mounts.emplace_back(), kMountTexts, mount);
  ObjectWriter user;
  user.number("user_id", config.user_id).number("user_group_id", config.user_group_id);
  ObjectWriter object;
  object.object("mount_user", user).objects("func_mounts", mounts);
  return object;
}

ObjectWriter write_strategy_config(const StrategyConfig& config) {
  ObjectWriter object;
  object.number("concurrency", config.concurrency);
  if (config.concurrent_num) object.number("concurrent_num", *config.concurrent_num);
  return object;
}

ObjectWriter write_custom_image(const CustomImage& image) {
  ObjectWriter object;
  object.flag("enabled", image.enabled);
  write_texts(object, kImageTexts, image);
  if (image.is_public) object.flag("is_public", *image.is_public);
  return object;
}

ObjectWriter write_log_config(const LogConfig& config) {
  ObjectWriter object;
  write_texts(object, kLogTexts, config);
  return object;
}

ObjectWriter write_network_controller(const NetworkController& controller) {
  ObjectWriter object;
  object.flag("disable_public_network", controller.disable_public_network);
  std::vector<ObjectWriter> vpcs;
  for (const auto& vpc : controller.trigger_access_vpcs) write_texts(vpcs.emplace_back(), kTriggerVpcTexts, vpc);
  if (!vpcs.empty()) object.objects("trigger_access_vpcs", vpcs);
  return object;
}

template <class Optional>
void write_nested(ObjectWriter& writer, const char* key, const Optional& value,
                  ObjectWriter (*write)(const typename Optional::value_type&)) {
  if (!value) return;
  const ObjectWriter object = write(*value);
  if (!object.is_empty()) writer.object(key, object);
}

}  // namespace

StrategyConfig read_strategy_config(ObjectReader& reader) {
  StrategyConfig config;
  config.concurrency = reader.number_if_any<int>("concurrency").value_or(config.concurrency);
  config.concurrent_num = reader.number_setting<int>("concurrent_num");
  return config;
}

void read_nested_settings(ObjectReader& reader, FunctionConfig& config) {
  config.vpc = read_nested(reader, "func_vpc", read_vpc);
  config.mount_config = read_nested(reader, "mount_config", read_mount_config);
  config.strategy_config = read_nested(reader, "strategy_config", read_strategy_config);
  config.custom_image = read_nested(reader, "custom_image", read_custom_image);
  config.log_config = read_log_config(reader);
  config.network_controller = read_nested(reader, "network_controller", read_network_controller);
}

void write_nested_settings(ObjectWriter& writer, const FunctionConfig& config, ConfigUse use) {
  write_nested(writer, "func_vpc", config.vpc, write_vpc);
  write_nested(writer, "mount_config", config.mount_config, write_mount_config);
  if (use == ConfigUse::update) {
    write_nested(writer, "strategy_config", config.strategy_config, write_strategy_config);
  }
  write_nested(writer, "custom_image", config.custom_image, write_custom_image);
  write_nested(writer, "log_config", config.log_config, write_log_config);
  write_nested(writer, "network_controller", config.network_controller, write_network_controller);
}

}  // namespace fgsync::functiongraph
