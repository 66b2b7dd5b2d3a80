#include "emulator/code.hpp"
#include "emulator/operations.hpp"
#include "emulator/settings.hpp"

namespace fgsync::emulator {
Outcome show_code(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  const auto version = call.store.find_version(target->function, *name);
  if (!version) return refuse(kNoVersion);
  return Answer{200, render_code(target->function, *version, call.store.extras_of(target->function, *version))};
}

Outcome update_code(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  if (auto reserved = check_not_reserved(call, target->function)) return refuse(std::move(*reserved));
  Version latest = latest_of(call, target->function);
  const auto runtime = stored_object(latest.settings).text("runtime");
  auto code = read_code(*body, CodeType::required, runtime ? runtime->value_or("") : "", call.options.sizes);
  if (!code) return refuse(code.error());
  auto dependencies = body->raw("depend_version_list", JsonType::text_list);
  if (!dependencies) return refuse(dependencies.error());
  if (auto unknown = check_dependencies(call, *body)) return refuse(std::move(*unknown));

  const std::string old_settings = latest.settings;
  if (*dependencies) latest.settings = with_dependencies(old_settings, **dependencies);
  const bool is_same = code->facts.digest == latest.code.digest && code->facts.type == latest.code.type &&
                       latest.settings == old_settings;
  if (is_same) return refuse(kSameCode);
  if (auto full = check_code_size(call, target->function.project, code->facts.size - latest.code.size)) {
    return refuse(std::move(*full));
  }
  latest.code = std::move(code->facts);
  call.store.put_code(latest.code.digest, code->bytes);
  rebuild(call, target->function, latest);
  return Answer{200, render_code(target->function, latest, call.store.extras_of(target->function, latest))};
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
  auto target = find_configurable(call);
  if (!target) return refuse(target.error());
  const auto& [function, version_name] = *target;
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto name = body->text("func_name");
  if (!name) return refuse(name.error());
  if (name->value_or("") != function.name) {
    return refuse(kInvalidFunctionName, "func_name: a function cannot be renamed");
  }
  if (auto reserved = check_not_reserved(call, function)) return refuse(std::move(*reserved));
  auto version = call.store.find_version(function, version_name);
  if (!version) return refuse(kNoVersion);
  auto settings = updated_settings(*body, version->settings, call.options.open.config_update);
  if (!settings) return refuse(settings.error());
  if (*settings != version->settings) {
    version->settings = std::move(*settings);
    rebuild(call, function, *version);
  }
  return config_answer(call, function, version_name);
}

}  // namespace fgsync::emulator
