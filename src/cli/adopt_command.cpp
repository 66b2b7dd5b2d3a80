// adopt: functions that exist become folders of manifest and code. Each is made in a hidden folder beside and moved to
// its name when it is whole, so that no run ever finds a part of one.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "base/nearest.hpp"
#include "cli/adoption_place.hpp"
#include "cli/adoption_target.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_loop.hpp"
#include "cli/screen_text.hpp"
#include "cli/session.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/marker.hpp"
#include "reconcile/adoption.hpp"
#include "source/root.hpp"

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;
using boost::asio::awaitable;
using functiongraph::FunctionRow;

constexpr std::size_t kMaxCode = std::size_t{512} << 20U;  // bytes; far more than the service keeps packed

struct AdoptRun {
  const Options& options;
  Session& session;
  std::string root;
  Workspace place;                               ///< without functions
  std::string into;                              ///< as it is shown
  std::map<std::string, std::string> manifests;  ///< of which functions there are some, and where
  std::map<std::string, state::InventoryEntry> inventory = {};
  const manifest::Environment* environment = nullptr;
  bool is_working = false;
  bool is_stopping = false;
  std::vector<std::string> written = {};  ///< the names of those whose folders were made
  int adopted = 0;
  int left = 0;
  int failed = 0;
  bool has_blocked = false;  ///< something that was asked for is left to a person
};

void fail_one(AdoptRun& run, const std::string& name, const Error& error) {
  ++run.failed;
  tell("fgsync: error: " + name + ": " + error.describe());
}

std::string target_of(const AdoptRun& run, const std::string& name) {
  return (fs::path(run.into) / name).lexically_normal().string();
}

// ---- which functions

/// Why a function is not ours to take; nothing when it is.
std::optional<std::string> reason_to_leave(const AdoptRun& run, const FunctionRow& row) {
  if (const auto found = run.manifests.find(row.name); found != run.manifests.end()) {
    return found->second + " describes it already";
  }
  const auto owner = plan::split_owner(row.description).marker;
  if (owner && *owner != run.session.settings.plan.source_id) {
    return "is managed by the source \"" + *owner + "\"; there: fgsync forget " + row.name;
  }
  const auto known = run.inventory.find(row.name);
  if (known == run.inventory.end() || known->second.awaits_mark) return std::nullopt;
  return "fgsync manages it already, and its manifest is gone; bring that back, or: fgsync forget " + row.name;
}

void leave(AdoptRun& run, const std::string& name, const std::string& why) {
  ++run.left;
  // Of all functions those that cannot be taken are no surprise.
  if (!run.options.adopts_all) run.has_blocked = true;
  tell("left        " + name + ": " + why);
}

void tell_unknown(AdoptRun& run, const std::string& name, const std::vector<FunctionRow>& rows) {
  std::vector<std::string_view> names;
  for (const FunctionRow& row : rows) names.emplace_back(row.name);
  const auto meant = nearest(name, names);
  fail_one(run, name,
           Error(ErrorKind::not_found,
                 "the service has no such function" + (meant ? "; did you mean " + *meant + "?" : "")));
}

std::vector<FunctionRow> wanted_rows(AdoptRun& run, std::vector<FunctionRow> rows) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto& names = run.options.functions;
  for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
    const bool is_there = std::any_of(rows.begin(), rows.end(), [&name](const auto& row) { return row.name == name; });
    if (!is_there) tell_unknown(run, name, rows);
  }
  std::vector<FunctionRow> wanted;
  for (FunctionRow& row : rows) {
    const bool is_meant = run.options.adopts_all || std::find(names.begin(), names.end(), row.name) != names.end();
    if (!is_meant) continue;
    if (const auto why = reason_to_leave(run, row)) {
      leave(run, row.name, *why);
    } else {
      wanted.push_back(std::move(row));
    }
  }
  return wanted;
}

// ---- one function

void report(AdoptRun& run, const reconcile::Adoption& adoption) {
  ++run.adopted;
  const std::string target = target_of(run, adoption.name);
  std::string line = (run.options.is_dry_run ? "would adopt " : "adopted     ") + adoption.name + ": " + target + "/" +
                     reconcile::kAdoptedManifest;
  if (!adoption.code.empty()) {
    line += ", " + target + "/" + adoption.code;
    if (adoption.files != 1) line += " (" + std::to_string(adoption.files) + " files)";
  }
  say(line);
  for (const std::string& note : adoption.notes) tell("note        " + adoption.name + ": " + note);
  for (const std::string& remark : adoption.remarks) tell("unmanaged   " + adoption.name + ": " + remark);
  for (const std::string& what : adoption.to_do) tell("to finish   " + adoption.name + ": " + what);
  if (!adoption.to_do.empty()) run.has_blocked = true;
}

/// What is on the disk of it, then in the state.
awaitable<Result<void>> put_in_place(AdoptRun& run, reconcile::Adopter& adopter, const Workplace& workplace,
                                     const reconcile::Adoption& adoption) {
  if (run.options.is_dry_run) co_return Result<void>();
  auto move = [from = workplace.folder(), to = target_of(run, adoption.name)] { return move_folder(from, to); };
  auto moved = co_await offload(run.session.pool, std::move(move));
  if (!moved) co_return moved;
  auto remembered = co_await adopter.remember(adoption);
  if (remembered) co_return remembered;
  co_return fail(with_context(std::move(remembered).error(),
                              target_of(run, adoption.name) + " is written, but the state does not know of it"));
}

awaitable<Result<void>> adopt_one(AdoptRun& run, reconcile::Adopter& adopter, FunctionRow row) {
  const std::string target = target_of(run, row.name);
  if (is_taken(target)) co_return fail(taken(target));
  auto fits = check_adoption_target(target, run.place);
  if (!fits) co_return fits;
  const std::string row_name = row.name;
  const std::string directory = run.options.is_dry_run ? fs::temp_directory_path().string() : run.into;
  auto make = [directory] { return Workplace::make(directory); };
  auto workplace = co_await offload(run.session.pool, std::move(make));
  if (!workplace) co_return fail(std::move(workplace).error());
  reconcile::AdoptionWish wish{std::move(row), workplace->folder()};
  wish.root = run.options.is_dry_run ? workplace->path() : run.root;
  wish.keeps_archive = run.options.keeps_archives;
  wish.environment = run.environment;
  auto adoption = co_await adopter.adopt(std::move(wish));
  if (!adoption) co_return fail(std::move(adoption).error());
  auto placed = co_await put_in_place(run, adopter, *workplace, *adoption);
  if (!placed) co_return placed;
  if (!run.options.is_dry_run) run.written.push_back(row_name);
  report(run, *adoption);
  co_return Result<void>();
}

// ---- all of them

/// Links to code lead to other servers than the service's own: they get no credentials, and what came is judged by its
/// digest.
Result<std::unique_ptr<http::HttpClient>> connect(Session& session, const http::Endpoint& endpoint) {
  const http::Endpoint& service = session.connection.endpoint;
  if (endpoint.is_loopback() && !service.is_loopback()) {
    return fail(ErrorKind::invalid, "the service's link to the code leads to this machine");
  }
  http::ClientOptions options;
  if (endpoint.host == service.host) options.ca_file = session.connection.ca_file;
  auto proxy = http::proxy_of(endpoint, config::process_environment());
  if (!proxy) return fail(std::move(proxy).error());
  options.proxy = std::move(*proxy);
  options.max_body_bytes = kMaxCode;
  options.advice = "Check that this machine reaches where the service keeps code";
  return http::make_beast_client(session.loop->get_executor(), endpoint, std::move(options));
}

void tell_end(const AdoptRun& run) {
  std::string line = std::to_string(run.adopted) + (run.options.is_dry_run ? " to adopt" : " adopted");
  if (run.left > 0) line += ", " + std::to_string(run.left) + " left";
  if (run.failed > 0) line += ", " + std::to_string(run.failed) + " failed";
  say(line + (run.options.is_dry_run ? ". Nothing was written." : run.adopted > 0 ? ". See: fgsync plan" : "."));
  const auto& plan = run.session.settings.plan;
  if (run.adopted > 0 && !plan.has_state && plan.writes_markers) {
    tell("note        nothing is remembered, so the next plan puts the mark of this source on each of them");
  }
}

Result<Workspace> load_all(const Options& options);

/// A manifest that the next run does not read would be a function that nobody describes.
awaitable<void> check_written(AdoptRun& run) {
  if (run.written.empty()) co_return;
  auto load = [&options = run.options] { return load_all(options); };
  const auto workspace = co_await offload(run.session.pool, std::move(load));
  for (const std::string& name : run.written) {
    const auto why = workspace ? reason_unread(name, target_of(run, name), *workspace)
                               : std::optional<std::string>(workspace.error().describe());
    if (!why) continue;
    run.has_blocked = true;
    tell("to finish   " + name + ": what was written is not read as it should be: " + *why);
  }
}

awaitable<int> adopt(AdoptRun& run) {
  reconcile::Adopter adopter(run.session.ports(), run.session.settings,
                             [&run](const http::Endpoint& endpoint) { return connect(run.session, endpoint); });
  auto inventory = co_await run.session.store->inventory();
  auto rows = co_await adopter.list();
  if (!inventory || !rows) {
    print_error(inventory ? rows.error() : inventory.error());
    co_return kFailed;
  }
  for (state::InventoryEntry& entry : *inventory) run.inventory.insert_or_assign(entry.name, std::move(entry));
  auto wanted = wanted_rows(run, std::move(*rows));
  if (!run.options.is_dry_run) {
    auto clean = [into = run.into] { return remove_leftovers(into); };
    const auto removed = co_await offload(run.session.pool, std::move(clean));
    for (const std::string& path : removed) tell("removed     " + path + ", which an adoption that was killed left");
  }
  run.is_working = true;
  for (FunctionRow& row : wanted) {
    const std::string name = row.name;
    if (run.is_stopping) {
      fail_one(run, name, Error(ErrorKind::cancelled, "stopped before it began"));
      continue;
    }
    auto done = co_await adopt_one(run, adopter, std::move(row));
    if (done) continue;
    fail_one(run, name, done.error());
    if (functiongraph::is_credential_refusal(done.error())) run.is_stopping = true;
  }
  co_await check_written(run);
  tell_end(run);
  if (run.failed > 0) co_return kFailed;
  co_return run.has_blocked ? kBlocked : kOk;
}

Result<std::string> into_of(const Options& options, const Workspace& workspace) {
  const auto sources = config::source_directories(workspace.config);
  std::error_code failed;
  std::string into = options.into ? *options.into : sources.empty() ? workspace.root : sources.front();
  if (!source::is_inside(workspace.root, into)) {
    return fail(ErrorKind::invalid,
                into + " lies outside of the root " + workspace.root +
                    ", where no manifest can have its code: name another --into, or a wider --root");
  }
  const fs::path shown = fs::proximate(into, failed);
  into = failed || shown.empty() ? into : shown.string();
  auto fits = check_adoption_target(into, workspace);
  if (!fits) return fail(std::move(fits).error());
  return into;
}

/// Without sources manifests may be anywhere in the root.
Options reading_all(const Options& options, const Workspace& place) {
  Options all = options;
  if (!place.config.sources.empty()) return all;
  std::error_code failed;
  const fs::path root = fs::proximate(place.root, failed);
  all.paths = {failed || root.empty() ? place.root : root.string()};
  return all;
}

/// With manifests, to know which functions have one. There may be none yet.
Result<Workspace> load_all(const Options& options) {
  auto place = load_place(options);  // says what is wrong with the configuration, if that is why there are none
  if (!place) return place;
  auto workspace = load_workspace(reading_all(options, *place));
  return workspace ? std::move(workspace) : std::move(place);
}

}  // namespace

int run_adopt(const Options& options) {
  auto workspace = load_all(options);
  auto into = workspace ? into_of(options, *workspace) : Result<std::string>(fail(workspace.error()));
  if (!into) {
    print_error(into.error());
    return kNothingUsable;
  }
  for (const auto& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
  std::map<std::string, std::string> manifests;
  for (const manifest::Function& function : workspace->functions) manifests[function.name] = function.position.file;
  for (const std::string& name : workspace->rejected) manifests.try_emplace(name, "a manifest with a mistake");
  auto session = open_session(options, *workspace, options.is_dry_run ? Access::read : Access::write);
  if (!session) {
    print_error(session.error());
    return session.error().kind == ErrorKind::invalid ? kNothingUsable : kFailed;
  }
  AdoptRun run{options, **session, workspace->root, *workspace, std::move(*into), std::move(manifests)};
  run.environment = workspace->environment.get();
  Interruption interruption;
  interruption.on_first_signal = [&run] {
    run.is_stopping = true;
    return run.is_working;
  };
  return run_loop(*run.session.loop, run.session.clock, adopt(run), interruption);
}

}  // namespace fgsync::cli
