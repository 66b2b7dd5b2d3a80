#include "emulator/code.hpp"
#include "emulator/operations.hpp"
#include "emulator/settings.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

Version latest_of(const Call& call, const FunctionRow& function) {
  auto latest = call.store.find_version(function, "latest");
  if (!latest) throw StorageFailure("a function without a latest version");
  return std::move(*latest);
}

/// Stores `latest` as a new build.
void rebuild(const Call& call, const FunctionRow& function, Version& latest) {
  latest.image_name = new_image_name(call, latest.name, latest.image_name);
  latest.last_modified = last_modified(call.now);
  call.store.update_latest(function, latest);
}

}  // namespace

Outcome show_code(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  const auto version = call.store.find_version(target->function, *name);
  if (!version) return refuse(kNoVersion);
  return Answer{200, render_code(target->function, *version)};
}

Outcome update_code(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  Version latest = latest_of(call, target->function);
  const auto runtime = stored_settings(latest.settings).text("runtime");
  auto code = read_code(*body, CodeType::required, runtime ? runtime->value_or("") : "");
  if (!code) return refuse(code.error());
  auto dependencies = body->raw("depend_version_list", JsonType::text_list);
  if (!dependencies) return refuse(dependencies.error());

  const std::string old_settings = latest.settings;
  if (*dependencies) latest.settings = with_dependencies(old_settings, **dependencies);
  const bool is_same = code->facts.digest == latest.code.digest && code->facts.type == latest.code.type &&
                       latest.settings == old_settings;
  if (is_same) return refuse(kSameCode);
  latest.code = std::move(code->facts);
  call.store.put_code(latest.code.digest, code->bytes);
  rebuild(call, target->function, latest);
  return Answer{200, render_code(target->function, latest)};
}

Outcome show_config(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  auto answer = call.store.find_config(target->function, *name);
  if (!answer) return refuse(kNoVersion);
  return Answer{200, std::move(*answer)};
}

Outcome update_config(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto name = body->text("func_name");
  if (!name) return refuse(name.error());
  if (name->value_or("") != target->function.name) {
    return refuse(kInvalidFunctionName, "func_name: a function cannot be renamed");
  }
  Version latest = latest_of(call, target->function);
  auto settings = replace_settings(*body, latest.settings);
  if (!settings) return refuse(settings.error());
  if (*settings != latest.settings) {
    latest.settings = std::move(*settings);
    rebuild(call, target->function, latest);
  }
  return Answer{200, render_config(target->function, latest)};
}

}  // namespace fgsync::emulator
