#include "emulator/setting_objects.hpp"

#include <array>
#include <set>

namespace fgsync::emulator {
namespace {

using enum JsonType;

constexpr std::array<JsonField, 10> kVpcFields{{{"domain_id", text},
                                                {"namespace", text},
                                                {"vpc_name", text},
                                                {"vpc_id", text},
                                                {"subnet_name", text},
                                                {"subnet_id", text},
                                                {"cidr", text},
                                                {"gateway", text},
                                                {"security_groups", text_list},
                                                {"is_safety", boolean}}};
constexpr std::array<JsonField, 8> kImageFields{{{"enabled", boolean},
                                                 {"image", text},
                                                 {"command", text},
                                                 {"args", text},
                                                 {"working_dir", text},
                                                 {"uid", text},
                                                 {"gid", text},
                                                 {"is_public", boolean}}};
constexpr std::array<JsonField, 4> kLogFields{
    {{"group_name", text}, {"group_id", text}, {"stream_name", text}, {"stream_id", text}}};
constexpr std::array<JsonField, 4> kMountFields{
    {{"mount_type", text}, {"mount_resource", text}, {"mount_share_path", text}, {"local_mount_path", text}}};
constexpr std::array<JsonField, 2> kTriggerVpcFields{{{"vpc_name", text}, {"vpc_id", text}}};
constexpr std::size_t kMaxMounts = 5;

/// A member that is an object with something in it: an empty one means none, as a left out one does.
Valid<std::optional<JsonObject>> find_object(const JsonObject& body, std::string_view name) {
  auto object = body.object(name);
  if (object && *object && (*object)->names().empty()) return std::nullopt;
  return object;
}

std::optional<Fault> check_vpc(const JsonObject& body) {
  const auto vpc = find_object(body, "func_vpc");
  if (!vpc) return vpc.error();
  if (!*vpc) return std::nullopt;
  if (auto broken = check_types(**vpc, kVpcFields)) return broken;
  for (const auto* name : {"vpc_id", "subnet_id"}) {
    if (text_of(**vpc, name).empty()) return Fault(kInvalidParameter, "func_vpc." + std::string(name) + ": required");
  }
  return std::nullopt;
}

std::optional<Fault> check_image(const JsonObject& body) {
  const auto image = find_object(body, "custom_image");
  if (!image) return image.error();
  if (!*image) return std::nullopt;
  if (auto broken = check_types(**image, kImageFields)) return broken;
  const auto enabled = (*image)->boolean("enabled");
  const bool is_wanted = enabled && enabled->value_or(false);
  if (is_wanted && text_of(**image, "image").empty()) return Fault(kInvalidImage, "custom_image.image: required");
  return std::nullopt;
}

bool is_mount_id(std::int64_t id) {
  return id >= -1 && id <= 65534 && id != 0 && id != 1000 && id != 1002;
}

std::optional<Fault> check_mount_user(const JsonObject& mount_config) {
  const auto user = mount_config.object("mount_user");
  if (!user) return user.error();
  if (!*user) return Fault(kInvalidMountUser, "mount_config.mount_user: required");
  for (const auto* name : {"user_id", "user_group_id"}) {
    const auto id = (*user)->integer(name);
    if (!id) return id.error();
    if (!*id || !is_mount_id(**id)) return Fault(kInvalidMountUser);
  }
  return std::nullopt;
}

std::optional<Fault> check_mounts(const JsonObject& body) {
  const auto mount_config = find_object(body, "mount_config");
  if (!mount_config) return mount_config.error();
  if (!*mount_config) return std::nullopt;
  if (auto broken = check_mount_user(**mount_config)) return broken;
  const auto mounts = (*mount_config)->objects("func_mounts");
  if (!mounts) return mounts.error();
  if (mounts->size() > kMaxMounts) return Fault(kTooManyMounts);
  std::set<std::string> paths;
  for (const auto& mount : *mounts) {
    if (auto broken = check_types(mount, kMountFields)) return broken;
    const auto type = text_of(mount, "mount_type");
    const auto path = text_of(mount, "local_mount_path");
    if (type != "sfs" && type != "sfsTurbo" && type != "ecs") {
      return Fault(kInvalidParameter, "func_mounts.mount_type: expected sfs, sfsTurbo or ecs");
    }
    if (text_of(mount, "mount_resource").empty()) {
      return Fault(kInvalidParameter, "func_mounts.mount_resource: required");
    }
    if (!path.starts_with('/')) return Fault(kInvalidMountPath, "func_mounts.local_mount_path: expected a full path");
    if (!paths.insert(path).second) return Fault(kMountExists);
  }
  return std::nullopt;
}

std::optional<Fault> check_network(const JsonObject& body) {
  const auto network = find_object(body, "network_controller");
  if (!network) return network.error();
  if (!*network) return std::nullopt;
  if (const auto disabled = (*network)->boolean("disable_public_network"); !disabled) return disabled.error();
  const auto vpcs = (*network)->objects("trigger_access_vpcs");
  if (!vpcs) return vpcs.error();
  for (const auto& vpc : *vpcs) {
    if (auto broken = check_types(vpc, kTriggerVpcFields)) return broken;
  }
  return std::nullopt;
}

std::optional<Fault> check_logs(const JsonObject& body) {
  const auto log_config = find_object(body, "log_config");
  if (!log_config) return log_config.error();
  if (*log_config) {
    if (auto broken = check_types(**log_config, kLogFields)) return broken;
  }
  const auto tags = find_object(body, "lts_custom_tag");
  if (!tags) return tags.error();
  if (!*tags) return std::nullopt;
  for (const auto& name : (*tags)->names()) {
    if (const auto value = (*tags)->text(name); !value) return value.error();
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> check_setting_objects(const JsonObject& body) {
  if (auto broken = check_vpc(body)) return broken;
  if (auto broken = check_mounts(body)) return broken;
  if (auto broken = check_image(body)) return broken;
  if (auto broken = check_network(body)) return broken;
  return check_logs(body);
}

}  // namespace fgsync::emulator
