// Executing is as careful as planning: what a decision rests on is read again directly before the step that cannot be
// taken back (publish), and what a step did is read back before the next one builds on it (alias).
#include "reconcile/executor.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "functiongraph/error_codes.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/marker.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;
using functiongraph::FunctionDetail;
using functiongraph::Version;

/// One function on its way. Lives in `run`'s frame; the steps share it.
struct Executor::Job {
  plan::Desired desired;
  std::optional<functiongraph::FunctionUrn> urn;
  RemoteDigest remote_digest;  ///< of latest, as last read or answered
  std::optional<plan::Blocked> blocked;
  bool has_imported = false;
};

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

Error changed_meanwhile(const std::string& what) {
  return Error(ErrorKind::conflict, what + ": somebody else writes to this function");
}

std::optional<std::string> owner_of(const Settings& settings) {
  return settings.plan.writes_markers ? std::optional(settings.plan.source_id) : std::nullopt;
}

bool has_config(const FunctionDetail& detail, const functiongraph::FunctionConfig& wanted) {
  return plan::comparable_fields(detail.config) == plan::comparable_fields(wanted) &&
         plan::split_owner(detail.config.description).marker == plan::split_owner(wanted.description).marker;
}

bool has_frozen_config(const Version& version, const manifest::Function& function) {
  return plan::frozen_fields(version.config) == plan::frozen_fields(plan::desired_config(function, std::nullopt));
}

functiongraph::CodeUpload code_of_archive(const package::Archive& archive) {
  functiongraph::CodeUpload code;
  code.type = functiongraph::CodeUpload::Type::zip;
  code.filename = "index.zip";
  code.bytes = archive.source();
  return code;
}

const Version* find_version(const std::vector<Version>& versions, const std::string& name) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& v) { return v.name == name; });
  return found == versions.end() ? nullptr : &*found;
}

}  // namespace

awaitable<Execution> Executor::run(plan::Desired desired, std::optional<plan::ObservedFunction> observed,
                                   plan::FunctionPlan function, Progress& progress) {
  Job job{std::move(desired), std::nullopt, {}, std::nullopt, false};
  if (observed) {
    job.urn = observed->detail.row.urn;
    job.remote_digest = observed->detail.row.digest;
  }
  Execution execution;
  for (const plan::Step& step : function.steps) {
    progress.on_step(function.name, step.action);
    auto result = co_await run_step(job, step);
    execution.has_imported = job.has_imported;
    if (!result) {
      execution.blocked = std::move(job.blocked);
      if (!execution.blocked) execution.error = std::move(result).error();
      co_return execution;
    }
    execution.done.push_back(plan::describe(step.action));
  }
  auto remembered = co_await remember(job);
  if (!remembered) execution.error = std::move(remembered).error();
  co_return execution;
}

awaitable<Result<void>> Executor::run_step(Job& job, const plan::Step& step) {
  state::Intent intent{0, job.desired.function.name, plan::describe(step.action), to_iso8601(ports_.clock.wall_now())};
  auto id = co_await ports_.store.begin_intent(intent);
  if (!id) co_return fail(std::move(id).error());

  Result<void> result;
  if (std::holds_alternative<plan::ImportFunction>(step.action)) {
    result = co_await import_function(job);
  } else if (std::holds_alternative<plan::UpdateCode>(step.action)) {
    result = co_await update_code(job);
  } else if (std::holds_alternative<plan::UpdateConfig>(step.action)) {
    result = co_await update_config(job);
  } else if (const auto* publish_step = std::get_if<plan::PublishVersion>(&step.action)) {
    result = co_await publish(job, *publish_step);
  } else if (const auto* create_step = std::get_if<plan::CreateAlias>(&step.action)) {
    result = co_await create_alias(job, *create_step);
  } else if (const auto* update_step = std::get_if<plan::UpdateAlias>(&step.action)) {
    result = co_await update_alias(job, *update_step);
  }

  // An unknown effect leaves the intent open: observing settles it.
  if (!result && result.error().kind == ErrorKind::unknown_effect) co_return result;
  std::string outcome = result ? std::string("done") : result.error().describe();
  auto ended = co_await ports_.store.end_intent(*id, std::move(outcome));
  if (result && !ended) co_return fail(std::move(ended).error());
  co_return result;
}

// ---- import

awaitable<Result<void>> Executor::import_function(Job& job) {
  auto archive = co_await catalog_.archive(job.desired.function.code, job.desired.contents.digest);
  if (!archive) co_return fail(std::move(archive).error());
  const ArchiveDigest uploaded = archive->digest();

  Result<FunctionDetail> detail = fail(ErrorKind::internal, "");
  if (!import_is_refused_) {
    detail = co_await send_import(job, *archive);
    if (!detail && refuses_package(detail.error())) {
      import_is_refused_ = true;
      ports_.log.info("import refused, creating instead",
                      {kv("fn", job.desired.function.name), kv("error", detail.error().describe())});
    }
  }
  if (import_is_refused_ && !detail) detail = co_await send_create(job, *archive);
  if (!detail) co_return fail(std::move(detail).error());

  // From here on it is ours, whatever becomes of the rest: without markers only the inventory knows. No digest is
  // written yet: what was not verified must not count as our code.
  job.urn = detail->row.urn;
  job.has_imported = true;
  auto remembered = co_await remember(job);
  if (!remembered) co_return remembered;

  job.remote_digest = detail->row.digest;
  if (!matches(uploaded, detail->row.digest)) {
    co_return fail(changed_meanwhile("after the import the service has other code than was sent"));
  }
  if (!has_config(*detail, plan::desired_config(job.desired.function, owner_of(settings_)))) {
    co_return co_await update_config(job);
  }
  co_return Result<void>();
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

awaitable<Result<FunctionDetail>> Executor::send_create(Job& job, package::Archive archive) {
  functiongraph::CreateRequest request;
  request.name = job.desired.function.name;
  request.app = job.desired.function.app;
  request.config = plan::desired_config(job.desired.function, owner_of(settings_));
  request.code = code_of_archive(archive);
  const Deadline deadline = upload_deadline();
  co_return co_await ports_.service.create_function(std::move(request), deadline);
}

// ---- code and configuration

awaitable<Result<void>> Executor::update_code(Job& job) {
  auto archive = co_await catalog_.archive(job.desired.function.code, job.desired.contents.digest);
  if (!archive) co_return fail(std::move(archive).error());
  const ArchiveDigest uploaded = archive->digest();
  functiongraph::CodeUpdate update;
  update.code = code_of_archive(*archive);
  const Deadline deadline = upload_deadline();
  auto updated = co_await ports_.service.update_code(*job.urn, std::move(update), deadline);
  if (updated) {
    job.remote_digest = updated->digest;
  } else if (functiongraph::code_of(updated.error()) == functiongraph::codes::kSameCode) {
    // "The resource exists already" is also what identical code is answered with: look what is there.
    auto detail = co_await ports_.service.show_config(*job.urn, call_deadline());
    if (!detail) co_return fail(std::move(detail).error());
    job.remote_digest = detail->row.digest;
  } else {
    co_return fail(std::move(updated).error());
  }
  if (!matches(uploaded, job.remote_digest)) {
    co_return fail(changed_meanwhile("after the code update the service has other code than was sent"));
  }
  co_return Result<void>();
}

awaitable<Result<void>> Executor::update_config(Job& job) {
  // An update replaces everything: what fgsync does not manage is read now and sent back as it is.
  auto current = co_await ports_.service.show_config(*job.urn, call_deadline());
  if (!current) co_return fail(std::move(current).error());
  if (current->config.has_encrypted_user_data) {
    co_return fail(changed_meanwhile("encrypted environment variables were added, which an update would erase"));
  }
  const functiongraph::FunctionConfig wanted = plan::desired_config(job.desired.function, owner_of(settings_));
  functiongraph::FunctionConfig config = plan::with_managed_settings(std::move(current->config), wanted);
  const std::string name = job.desired.function.name;
  auto detail = co_await ports_.service.update_config(*job.urn, name, std::move(config), call_deadline());
  if (!detail) co_return fail(std::move(detail).error());
  if (!has_config(*detail, wanted)) {
    co_return fail(changed_meanwhile("after the update the service has another configuration than was sent"));
  }
  co_return Result<void>();
}

// ---- publish

awaitable<Result<void>> Executor::publish(Job& job, const plan::PublishVersion& step) {
  auto latest = co_await ports_.service.show_config(*job.urn, call_deadline());
  if (!latest) co_return fail(std::move(latest).error());
  const auto wanted = plan::desired_config(job.desired.function, owner_of(settings_));
  if (latest->row.digest != job.remote_digest || !has_config(*latest, wanted)) {
    co_return fail(changed_meanwhile("latest is no longer what is to be published as " + step.version));
  }

  functiongraph::PublishRequest request;
  request.version = step.version;
  request.description = step.description;
  if (settings_.plan.writes_markers) {
    request.description = plan::with_fingerprint(step.description, job.desired.fingerprint, job.remote_digest);
  }
  auto published = co_await ports_.service.publish_version(*job.urn, std::move(request), call_deadline());
  if (!published && functiongraph::code_of(published.error()) == functiongraph::codes::kNothingToPublish) {
    co_return co_await explain_nothing_to_publish(job, step, std::move(published).error());
  }
  if (!published) co_return fail(std::move(published).error());
  co_return co_await read_back(job, step, latest->row.digest);
}

/// The answer to a publish is not trusted: what stands in the list counts.
awaitable<Result<void>> Executor::read_back(Job& job, const plan::PublishVersion& step, RemoteDigest latest) {
  auto versions = co_await ports_.service.list_versions(*job.urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  const Version* version = find_version(*versions, step.version);
  if (version == nullptr) {
    co_return fail(ErrorKind::unknown_effect,
                   "the service took the version " + step.version + " and does not list it yet");
  }
  if (version->digest != latest || !has_frozen_config(*version, job.desired.function)) {
    co_return fail(changed_meanwhile("version " + step.version +
                                     " was published with other code or configuration; no alias was moved to it"));
  }
  co_return Result<void>();
}

/// FSS.1016. The newest version may be ours under another name, or only the configuration differs.
awaitable<Result<void>> Executor::explain_nothing_to_publish(Job& job, const plan::PublishVersion& step,
                                                             Error refusal) {
  auto versions = co_await ports_.service.list_versions(*job.urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  const auto equal = std::find_if(versions->begin(), versions->end(), [&](const Version& version) {
    return version.digest == job.remote_digest && has_frozen_config(version, job.desired.function);
  });
  if (equal != versions->end() && (step.is_auto || equal->name == step.version)) {
    co_return fail(std::move(refusal));  // a conflict: planning again finds that version and goes on from there
  }
  const std::string why =
      equal != versions->end()
          ? "this code and configuration are already published as " + equal->name +
                ": keep that name, or change the code"
          : "only the configuration differs from the newest version, and the service publishes only on code changes: "
            "change the code as well";
  job.blocked =
      plan::Blocked{"nothing_to_publish", step.version + ": " + why, job.desired.function.version->position, {}};
  co_return fail(std::move(refusal));
}

// ---- aliases

awaitable<Result<void>> Executor::create_alias(Job& job, const plan::CreateAlias& step) {
  functiongraph::AliasRequest request;
  request.name = step.name;
  request.version = step.version;
  request.description = step.description;
  auto alias = co_await ports_.service.create_alias(*job.urn, std::move(request), call_deadline());
  if (!alias) co_return fail(std::move(alias).error());
  co_return Result<void>();
}

awaitable<Result<void>> Executor::update_alias(Job& job, const plan::UpdateAlias& step) {
  auto aliases = co_await ports_.service.list_aliases(*job.urn, call_deadline());
  if (!aliases) co_return fail(std::move(aliases).error());
  const auto there = std::find_if(aliases->begin(), aliases->end(),
                                  [&](const functiongraph::Alias& alias) { return alias.name == step.name; });
  if (there == aliases->end() || there->version != step.from || !there->additional_version_weights.empty()) {
    co_return fail(changed_meanwhile("alias " + step.name + " is no longer as planned"));
  }
  functiongraph::AliasRequest request;
  request.name = step.name;
  request.version = step.to;
  request.description = step.description;
  auto alias = co_await ports_.service.update_alias(*job.urn, std::move(request), call_deadline());
  if (!alias) co_return fail(std::move(alias).error());
  co_return Result<void>();
}

// ---- inventory

namespace {

state::InventoryEntry inventory_entry(const plan::Desired& desired, const Settings& settings, const std::string& urn,
                                      RemoteDigest digest) {
  state::InventoryEntry entry;
  entry.name = desired.function.name;
  entry.urn = urn;
  entry.content_digest = desired.contents.digest;
  entry.remote_digest = std::move(digest);
  entry.fingerprint = desired.fingerprint;
  entry.config = plan::comparable_fields(plan::desired_config(desired.function, owner_of(settings)));
  entry.files = package::to_text(desired.contents.files);
  return entry;
}

}  // namespace

awaitable<Result<void>> Executor::remember(Job& job) {
  auto entry = inventory_entry(job.desired, settings_, job.urn->text(), job.remote_digest);
  co_return co_await ports_.store.put_inventory(std::move(entry));
}

awaitable<Result<void>> Executor::remember_unchanged(plan::Desired desired, plan::ObservedFunction observed,
                                                     std::optional<plan::LastApplied> last) {
  auto entry = inventory_entry(desired, settings_, observed.detail.row.urn.text(), observed.detail.row.digest);
  const bool is_known = last && last->urn == entry.urn && last->content_digest == entry.content_digest &&
                        last->remote_digest == entry.remote_digest && last->fingerprint == entry.fingerprint &&
                        last->config == entry.config;
  if (is_known) co_return Result<void>();
  co_return co_await ports_.store.put_inventory(std::move(entry));
}

}  // namespace fgsync::reconcile
