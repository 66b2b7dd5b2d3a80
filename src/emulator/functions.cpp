#include "emulator/base64_decode.hpp"
#include "emulator/code.hpp"
#include "emulator/import_package.hpp"
#include "emulator/names.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/settings.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

/// `func_name` and `package` of a create or import request, free to be used.
Valid<FunctionRow> read_new_function(const Call& call, const JsonObject& body) {
  auto name = body.text("func_name");
  if (!name) return refuse(name.error());
  if (!is_function_name(name->value_or(""))) return refuse(kInvalidFunctionName);
  auto app = body.text("package");
  if (!app) return refuse(app.error());
  FunctionRow function;
  function.region = call.options.region;
  function.project = call.route.project;
  function.name = **name;
  function.app = app->value_or("").empty() ? "default" : **app;
  if (!is_app_name(function.app)) return refuse(kInvalidApp);
  if (call.store.find_function(function.project, function.name)) return refuse(kFunctionExists);
  if (call.store.has_functions(function.project, call.options.max_functions)) return refuse(kTooManyFunctions);
  return function;
}

struct NewFunction {
  FunctionRow function;
  Version latest;
};

Valid<NewFunction> add_function(const Call& call, FunctionRow function, std::string settings, ReceivedCode code) {
  if (auto full = check_code_size(call, function.project, code.facts.size)) return refuse(std::move(*full));
  function.func_id = call.random.hex(32);
  function.id = call.store.add_function(function);
  Version latest;
  latest.image_name = new_image_name(call, latest.name, "");
  latest.last_modified = last_modified(call.now, call.options.open.utc_offset);
  latest.settings = std::move(settings);
  latest.code = std::move(code.facts);
  call.store.put_code(latest.code.digest, code.bytes);
  call.store.add_version(function, latest);
  return NewFunction{std::move(function), std::move(latest)};
}

/// The bytes of an import request's package, after the fields around it were checked.
Valid<std::string> read_package(const JsonObject& body) {
  auto type = body.text("file_type");
  if (!type) return refuse(type.error());
  if (type->value_or("") != "zip") return refuse(kInvalidFileType, "file_type: expected zip");
  auto file_name = body.text("file_name");
  if (!file_name) return refuse(file_name.error());
  if (!file_name->value_or("").ends_with(".zip")) {
    return refuse(kInvalidFileType, "file_name: expected a name that ends with .zip");
  }
  auto file_code = body.text("file_code");
  if (!file_code) return refuse(file_code.error());
  if (file_code->value_or("").empty()) return refuse(kNoCode);
  return base64_decode(**file_code);
}

}  // namespace

Outcome create_function(const Call& call) {
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto function = read_new_function(call, *body);
  if (!function) return refuse(function.error());
  auto settings = read_settings(*body);
  if (!settings) return refuse(settings.error());
  if (auto unknown = check_dependencies(call, *body)) return refuse(std::move(*unknown));
  auto code = read_code(*body, CodeType::defaults_to_inline, **body->text("runtime"), call.options.sizes);
  if (!code) return refuse(code.error());
  auto added = add_function(call, std::move(*function), std::move(*settings), std::move(*code));
  if (!added) return refuse(added.error());
  return config_answer(call, added->function);
}

Outcome import_function(const Call& call) {
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto function = read_new_function(call, *body);
  if (!function) return refuse(function.error());
  if (function->app == function->name) return refuse(kAppIsFunction);
  auto package = read_package(*body);
  if (!package) return refuse(package.error());
  auto imported = read_import_package(*package, function->name, call.options.sizes);
  if (!imported) return refuse(imported.error());
  auto settings = read_settings(imported->configuration);
  if (!settings) return refuse(settings.error());
  if (auto missing = check_imported_dependencies(call, imported->configuration)) return refuse(std::move(*missing));
  if (auto busy = begin_transfer(call, Transfer::import)) return refuse(std::move(*busy));
  auto added = add_function(call, std::move(*function), std::move(*settings), std::move(imported->code));
  if (!added) return refuse(added.error());
  const auto extras = call.store.extras_of(added->function, added->latest);
  return Answer{200, render_imported(added->function, added->latest, extras)};
}

Outcome list_functions(const Call& call) {
  auto range = read_range(call.route);
  if (!range) return refuse(range.error());
  const Page page = call.store.list_functions(call.route.project, call.route.parameter("package_name").value_or(""),
                                              call.route.parameter("func_name").value_or(""), *range);
  return Answer{200, render_page("functions", page, *range)};
}

Outcome delete_resource(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  const auto& [function, urn] = *target;
  if (urn.is_alias()) return delete_alias(call, function, urn.qualifier.substr(1));
  if (!urn.qualifier.empty()) return delete_version(call, function, urn.qualifier);
  call.store.remove_function(function);
  return Answer{204, ""};
}

}  // namespace fgsync::emulator
