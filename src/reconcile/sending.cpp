// What makes a function or changes its latest: import or create, code, configuration.
#include <algorithm>
#include <array>
#include <utility>

#include "functiongraph/error_codes.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/marker.hpp"
#include "plan/secrets.hpp"
#include "plan/settings.hpp"
#include "plan/side_settings.hpp"
#include "reconcile/executor_job.hpp"
#include "reconcile/inventory.hpp"
#include "reconcile/secrets.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;
using functiongraph::FunctionDetail;

namespace {

/// Import codes that speak about the package: this endpoint wants another one than we build.
constexpr std::array kPackageRefusals{
    functiongraph::codes::kInvalidCode,      functiongraph::codes::kInvalidFileType,
    functiongraph::codes::kManyDescriptions, functiongraph::codes::kInvalidDescription,
    functiongraph::codes::kNotInPackage,     functiongraph::codes::kDuplicateInPackage,
};

bool refuses_package(const Error& error) {
  const std::string_view code = functiongraph::code_of(error);
  return std::find(kPackageRefusals.begin(), kPackageRefusals.end(), code) != kPackageRefusals.end();
}

}  // namespace

bool has_config(const FunctionDetail& detail, const manifest::Function& function,
                const std::optional<std::string>& owner) {
  const auto wanted = plan::desired_config(function, owner);
  return plan::comparable_fields(detail.config, function) == plan::comparable_fields(wanted, function) &&
         plan::split_owner(detail.config.description).marker == plan::split_owner(wanted.description).marker;
}

bool has_code(const CodeToSend& code, const RemoteDigest& there) {
  return !code.digest || matches(*code.digest, there);
}

// ---- import

awaitable<Result<void>> Executor::import_function(Job& job) {
  auto code = co_await catalog_.code_to_send(job.desired.function.code, job.desired.contents.digest);
  if (!code) co_return fail(std::move(code).error());

  auto detail = co_await import_or_create(job, *code);
  if (!detail) co_return fail(std::move(detail).error());

  // From here on it is ours, whatever becomes of the rest: without markers only the inventory knows. No digest is
  // written yet: what was not verified must not count as our code.
  job.urn = detail->row.urn;
  job.has_imported = true;
  auto remembered = co_await remember(job);
  if (!remembered) co_return remembered;

  job.remote_digest = detail->row.digest;
  if (!has_code(*code, detail->row.digest)) {
    co_return fail(changed_meanwhile("after the import the service has other code than was sent"));
  }
  const bool has_secrets = !job.desired.function.extra->encrypted_user_data.empty();
  if (has_secrets || !has_config(*detail, job.desired.function, owner_of(settings_))) {
    auto configured = co_await update_config(job);
    if (!configured) co_return configured;
  }
  job.latest_known_at = ports_.clock.now();
  // An import package has no list of dependency versions that is documented well enough to rest on.
  const auto dependencies = plan::wanted_dependencies(job.desired.function);
  if (dependencies && *dependencies != detail->row.facts->depend_version_list) co_return co_await update_code(job);
  co_return Result<void>();
}

awaitable<Result<FunctionDetail>> Executor::import_or_create(Job& job, const CodeToSend& code) {
  const bool may_import = settings_.import_via == ImportVia::import ||
                          (settings_.import_via == ImportVia::automatic && !import_is_refused_);
  if (!may_import || !plan::can_be_imported(job.desired.function)) co_return co_await send_create(job, code);
  ++imports_in_flight_;
  auto detail = co_await send_import(job, *code.archive);
  const bool is_refused = !detail && refuses_imports(detail.error());
  --imports_in_flight_;
  if (!is_refused || settings_.import_via == ImportVia::import) co_return detail;

  import_is_refused_ = true;
  ports_.log.info("import refused, creating instead",
                  {kv("fn", job.desired.function.name), kv("error", detail.error().describe())});
  auto remembered = co_await ports_.store.remember_refused_import(epoch_seconds(ports_.clock.wall_now()));
  if (!remembered) ports_.log.warn("not remembered", {kv("error", remembered.error().describe())});
  co_return co_await send_create(job, code);
}

/// For good: the package, or several at a time. Too many requests while another import is under way may mean just
/// that, which no document excludes; creating does the same.
bool Executor::refuses_imports(const Error& error) const {
  if (refuses_package(error)) return true;
  return imports_in_flight_ > 1 && functiongraph::code_of(error) == functiongraph::codes::kTooManyRequests;
}

awaitable<Result<FunctionDetail>> Executor::send_import(Job& job, package::Archive archive) {
  const manifest::Function& function = job.desired.function;
  const functiongraph::FunctionConfig config = plan::desired_config(function, owner_of(settings_));
  package::ImportProperties properties;
  properties.function_name = function.name;
  properties.handler = config.handler;
  properties.runtime = config.runtime;
  properties.code_file_name = "index.zip";
  properties.description = config.description;
  properties.memory_size = config.memory_size;
  properties.timeout = config.timeout;
  properties.environment = config.user_data;
  auto build = [properties = std::move(properties), archive] {
    return package::build_import_package(properties, archive);
  };
  auto package = co_await offload(ports_.pool, std::move(build));
  if (!package) co_return fail(std::move(package).error());

  functiongraph::ImportRequest request;
  request.name = function.name;
  request.app = function.app;
  request.file_name = function.name + ".zip";
  request.package = std::move(*package);
  const Deadline deadline = upload_deadline();
  co_return co_await ports_.service.import_function(std::move(request), deadline);
}

awaitable<Result<FunctionDetail>> Executor::send_create(Job& job, CodeToSend code) {
  const manifest::Function& function = job.desired.function;
  functiongraph::CreateRequest request;
  request.name = function.name;
  request.app = function.app;
  request.config = plan::desired_config(function, owner_of(settings_));
  request.code = std::move(code.upload);
  request.depend_version_list = function.extra->depend_version_list.value_or(std::vector<std::string>());
  request.type = function.extra->type.value_or("");
  const Deadline deadline = upload_deadline();
  co_return co_await ports_.service.create_function(std::move(request), deadline);
}

// ---- code and configuration

awaitable<Result<void>> Executor::update_code(Job& job) {
  auto code = co_await catalog_.code_to_send(job.desired.function.code, job.desired.contents.digest);
  if (!code) co_return fail(std::move(code).error());
  functiongraph::CodeUpdate update;
  update.code = code->upload;
  update.depend_version_list = plan::wanted_dependencies(job.desired.function);
  const Deadline deadline = upload_deadline();
  auto updated = co_await ports_.service.update_code(*job.urn, std::move(update), deadline);
  if (updated) {
    job.remote_digest = updated->digest;
  } else if (functiongraph::code_of(updated.error()) == functiongraph::codes::kSameCode) {
    // "The resource exists already" is also what identical code is answered with: look what is there.
    auto detail = co_await ports_.service.show_config(*job.urn, call_deadline());
    if (!detail) co_return fail(std::move(detail).error());
    job.remote_digest = detail->row.digest;
    const auto dependencies = plan::wanted_dependencies(job.desired.function);
    if (dependencies && *dependencies != detail->row.facts->depend_version_list) {
      job.blocked = plan::Blocked{"dependencies_refused",
                                  "the service takes a changed depend_version_list only together with changed code: "
                                  "change the code as well",
                                  job.desired.function.code.position,
                                  {}};
      co_return fail(ErrorKind::invalid, job.blocked->message);
    }
  } else {
    co_return fail(std::move(updated).error());
  }
  if (!has_code(*code, job.remote_digest)) {
    co_return fail(changed_meanwhile("after the code update the service has other code than was sent"));
  }
  co_return Result<void>();
}

awaitable<Result<void>> Executor::update_config(Job& job) {
  // An update replaces everything: what fgsync does not manage is read now and sent back as it is.
  auto current = co_await ports_.service.show_config(*job.urn, call_deadline());
  if (!current) co_return fail(std::move(current).error());
  const bool is_ours = plan::manages_secrets(job.desired.function, job.last);
  if (current->config.has_encrypted_user_data && !is_ours) {
    co_return fail(changed_meanwhile("encrypted environment variables were added, which an update would erase"));
  }
  const manifest::Function& function = job.desired.function;
  functiongraph::FunctionConfig config =
      plan::with_managed_settings(std::move(current->config), function, owner_of(settings_));
  if (is_ours) {
    auto secrets = co_await Secrets(ports_, settings_).values(function);
    if (!secrets) co_return fail(std::move(secrets).error());
    config.encrypted_user_data = std::move(*secrets);
  }
  const std::string name = job.desired.function.name;
  auto detail = co_await ports_.service.update_config(*job.urn, name, std::move(config), call_deadline());
  if (!detail) co_return fail(std::move(detail).error());
  if (!has_config(*detail, function, owner_of(settings_))) {
    co_return fail(changed_meanwhile("after the update the service has another configuration than was sent"));
  }
  if (!function.extra->encrypted_user_data.empty() && !detail->config.has_encrypted_user_data) {
    co_return fail(changed_meanwhile("after the update the service has no encrypted environment variables"));
  }
  if (detail->row.digest != job.remote_digest) {
    co_return fail(changed_meanwhile("after the update the service has other code than before"));
  }
  job.latest_known_at = ports_.clock.now();
  co_return Result<void>();
}

}  // namespace fgsync::reconcile
