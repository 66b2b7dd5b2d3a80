#include "manifest/settings_reader.hpp"

#include <set>
#include <utility>

#include "manifest/field_readers.hpp"

namespace fgsync::manifest {
namespace {

using schema::View;
using yaml::Report;

std::string text_or_empty(const View& view, std::string_view key) {
  return view.text(key).value_or("");
}

std::optional<std::chrono::seconds> seconds(const View& spec, std::string_view key) {
  const auto number = spec.integer(key);
  if (!number) return std::nullopt;
  return std::chrono::seconds(*number);
}

SecretReference read_secret(Report& report, const View& value) {
  SecretReference secret;
  secret.position = report.at(value.mark());
  secret.revision = value.integer("revision");
  if (const auto variable = value.text("from_env")) secret.source = *variable;
  if (const auto file = value.find("from_file")) {
    secret.kind = SecretReference::Kind::file;
    secret.source = joined_path(report.at(file->mark()).file, file->text().value_or(""));
  }
  return secret;
}

Vpc read_vpc(const View& value) {
  Vpc vpc{.vpc_id = text_or_empty(value, "vpc_id"),
          .subnet_id = text_or_empty(value, "subnet_id"),
          .vpc_name = text_or_empty(value, "vpc_name"),
          .subnet_name = text_or_empty(value, "subnet_name"),
          .cidr = text_or_empty(value, "cidr"),
          .gateway = text_or_empty(value, "gateway"),
          .security_groups = {}};
  if (const auto groups = value.find("security_groups")) {
    for (const View& group : groups->items()) vpc.security_groups.push_back(group.text().value_or(""));
  }
  return vpc;
}

MountConfig read_mounts(const View& value) {
  MountConfig config;
  if (const auto user = value.find("mount_user")) {
    config.user_id = user->integer("user_id").value_or(0);
    config.user_group_id = user->integer("user_group_id").value_or(0);
  }
  const auto mounts = value.find("func_mounts");
  if (!mounts) return config;
  for (const View& mount : mounts->items()) {
    config.mounts.push_back({.type = text_or_empty(mount, "mount_type"),
                             .resource = text_or_empty(mount, "mount_resource"),
                             .share_path = text_or_empty(mount, "mount_share_path"),
                             .local_path = text_or_empty(mount, "local_mount_path")});
  }
  return config;
}

std::optional<AsyncDestination> read_destination(const std::optional<View>& config, std::string_view key) {
  const auto value = config ? config->find(key) : std::nullopt;
  if (!value) return std::nullopt;
  return AsyncDestination{.destination = text_or_empty(*value, "destination"), .param = text_or_empty(*value, "param")};
}

AsyncConfig read_async(const View& value) {
  const auto destinations = value.find("destination_config");
  return {.max_async_event_age_in_seconds = value.integer("max_async_event_age_in_seconds"),
          .max_async_retry_attempts = value.integer("max_async_retry_attempts"),
          .on_success = read_destination(destinations, "on_success"),
          .on_failure = read_destination(destinations, "on_failure")};
}

NetworkController read_network(const View& value) {
  NetworkController network;
  network.disable_public_network = value.boolean("disable_public_network");
  if (const auto vpcs = value.find("trigger_access_vpcs")) {
    for (const View& vpc : vpcs->items()) {
      network.trigger_access_vpcs.emplace_back(text_or_empty(vpc, "vpc_id"), text_or_empty(vpc, "vpc_name"));
    }
  }
  return network;
}

std::vector<ReservedInstances> read_reserved(Report& report, const View& list) {
  std::vector<ReservedInstances> all;
  std::set<std::string> seen;
  for (const View& entry : list.items()) {
    ReservedInstances reserved{.qualifier = text_or_empty(entry, "qualifier"),
                               .count = entry.integer("count").value_or(0),
                               .idle_mode = entry.boolean("idle_mode"),
                               .position = report.at(entry.mark())};
    if (!reserved.qualifier.empty() && !seen.insert(reserved.qualifier).second) {
      const auto qualifier = entry.find("qualifier");
      report.error({.code = "duplicate_name",
                    .mark = qualifier->mark(),
                    .field = qualifier->value().field,
                    .message = yaml::quoted(reserved.qualifier) + " stands in this list already"});
    }
    all.push_back(std::move(reserved));
  }
  return all;
}

std::vector<std::string> read_dependency_versions(Report& report, const View& list) {
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (const View& entry : list.items()) {
    const auto id = entry.text();
    if (!id) continue;
    if (!seen.insert(*id).second) {
      report.error({.code = "duplicate_name",
                    .mark = entry.mark(),
                    .field = entry.value().field,
                    .message = yaml::quoted(*id) + " stands in this list already"});
    }
    ids.push_back(*id);
  }
  return ids;
}

/// Two settings of which the service wants both or none.
void check_together(Report& report, const View& spec, std::string_view first, std::string_view second) {
  const auto present = spec.find(first) ? spec.find(first) : spec.find(second);
  if (!present || (spec.find(first) && spec.find(second))) return;
  const std::string_view missing = spec.find(first) ? second : first;
  report.error({.code = "missing",
                .mark = present->value().key,
                .field = present->value().field,
                .message = "needs spec." + std::string(missing) + ", which is missing"});
}

/// Both calls write the limit of instances: of two values the service would have one today and the other tomorrow.
void check_instances(Report& report, const View& spec) {
  const auto strategy = spec.find("strategy_config");
  auto first = spec.find("max_instance_num");
  auto second = strategy ? strategy->find("concurrency") : std::nullopt;
  if (!first || !second || !first->integer() || !second->integer() || first->integer() == second->integer()) return;
  if (second->mark() < first->mark()) std::swap(first, second);
  report.error({.code = "does_not_fit",
                .mark = second->mark(),
                .field = second->value().field,
                .message = "is " + std::to_string(*second->integer()) + ", but " + first->value().field + " at " +
                           report.at(first->mark()).to_string() + " is " + std::to_string(*first->integer()) +
                           ": both set the same limit of the function's instances, so each undoes the other",
                .hint = "leave max_instance_num out, or write the same number in both"});
}

}  // namespace

ExtraSettings read_extra_settings(Report& report, const View& spec) {
  ExtraSettings extra;
  if (const auto secrets = spec.find("encrypted_user_data")) {
    for (const auto& [key, value] : secrets->entries()) {
      extra.encrypted_user_data.emplace(key, read_secret(report, value));
    }
  }
  extra.xrole = spec.text("xrole");
  extra.app_xrole = spec.text("app_xrole");
  check_together(report, spec, "initializer_handler", "initializer_timeout");
  extra.initializer_handler = spec.text("initializer_handler");
  extra.initializer_timeout = seconds(spec, "initializer_timeout");
  check_together(report, spec, "pre_stop_handler", "pre_stop_timeout");
  extra.pre_stop_handler = spec.text("pre_stop_handler");
  extra.pre_stop_timeout = seconds(spec, "pre_stop_timeout");
  if (const auto list = spec.find("depend_version_list")) {
    extra.depend_version_list = read_dependency_versions(report, *list);
  }
  if (const auto vpc = spec.find("func_vpc")) extra.func_vpc = read_vpc(*vpc);
  if (const auto mounts = spec.find("mount_config")) extra.mount_config = read_mounts(*mounts);
  if (const auto strategy = spec.find("strategy_config")) {
    extra.strategy_config = StrategyConfig{.concurrency = strategy->integer("concurrency").value_or(0),
                                           .concurrent_num = strategy->integer("concurrent_num").value_or(0)};
  }
  if (const auto async = spec.find("function_async_config")) extra.function_async_config = read_async(*async);
  check_instances(report, spec);
  extra.max_instance_num = spec.integer("max_instance_num");
  extra.enable_dynamic_memory = spec.boolean("enable_dynamic_memory");
  extra.ephemeral_storage = spec.integer("ephemeral_storage");
  if (const auto log = spec.find("log_config")) {
    extra.log_config = LogConfig{.group_id = text_or_empty(*log, "group_id"),
                                 .stream_id = text_or_empty(*log, "stream_id"),
                                 .group_name = text_or_empty(*log, "group_name"),
                                 .stream_name = text_or_empty(*log, "stream_name")};
  }
  if (const auto network = spec.find("network_controller")) extra.network_controller = read_network(*network);
  if (const auto tags = spec.find("tags")) extra.tags = tags->texts();
  if (const auto reserved = spec.find("reserved_instances")) {
    extra.reserved_instances = read_reserved(report, *reserved);
  }
  extra.enterprise_project_id = spec.text("enterprise_project_id");
  extra.type = spec.text("type");
  return extra;
}

}  // namespace fgsync::manifest
