// Reads a function whole, fetches its code, and writes both down so that the next plan has nothing to do. That is not
// hoped for but tried: the manifest is read again as `plan` would read it, and planned against what was just observed.
#include "reconcile/adoption.hpp"

#include <algorithm>
#include <utility>

#include "package/archive.hpp"
#include "plan/planner.hpp"
#include "reconcile/adopted_code.hpp"
#include "reconcile/code.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using Kind = manifest::Code::Kind;

Result<manifest::Function> load_again(const std::string& path, const std::string& text,
                                      const manifest::Environment* environment) {
  manifest::LoadOptions options;
  options.environment = environment;
  const manifest::LoadResult loaded = manifest::load({{path, text, true}}, options);
  std::string problems;
  for (const manifest::Diagnostic& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity != manifest::Severity::error) continue;
    problems += (problems.empty() ? "" : "; ") + diagnostic.field + " " + diagnostic.message;
  }
  if (problems.empty() && loaded.functions.size() == 1) return loaded.functions.front();
  return fail(ErrorKind::invalid, "no manifest can say what it is: " + problems);
}

/// What the next plan will be made from. Blocks.
Result<plan::Desired> digest(const manifest::Function& function, const std::string& root) {
  plan::Desired desired;
  desired.function = function;
  if (is_files(function.code)) {
    auto list = scan_code(function.code, root);
    if (!list) return fail(std::move(list).error());
    auto contents = package::hash_contents(*list);
    if (!contents) return fail(std::move(contents).error());
    desired.contents = std::move(*contents);
    auto archive = package::build_archive(*list, desired.contents.digest);
    if (archive) desired.archive_digest = archive->digest();
  } else if (function.code.kind == Kind::obs) {
    desired.archive_digest = ArchiveDigest{function.code.digest};
  }
  desired.fingerprint = plan::fingerprint_of(desired.contents.digest, function);
  return desired;
}

/// Without a state nothing remembers that the mark may wait.
bool is_only_the_mark(const plan::Step& step) {
  const auto* update = std::get_if<plan::UpdateConfig>(&step.action);
  return update != nullptr && update->changes.empty();
}

std::vector<std::string> next_steps(const plan::FunctionPlan& plan) {
  std::vector<std::string> steps;
  for (const plan::Step& step : plan.steps) {
    if (is_only_the_mark(step)) continue;
    std::string what = plan::describe(step.action);
    if (const auto* update = std::get_if<plan::UpdateConfig>(&step.action)) {
      for (const plan::FieldChange& change : update->changes) what += " " + change.path;
    }
    steps.push_back("the next plan is not empty: " + what);
  }
  for (const plan::Blocked& blocked : plan.blocked) steps.push_back("the next plan is blocked: " + blocked.message);
  return steps;
}

}  // namespace

awaitable<Result<void>> Adopter::place(const AdoptionWish& wish, const plan::ObservedFunction& observed, Code& code,
                                       Adoption& adoption) {
  if (code.bytes.empty()) co_return Result<void>();
  const auto& row = observed.detail.row;
  CodeToPlace to_place{row.facts->code_type,
                       row.facts->code_filename,
                       observed.detail.config.handler,
                       observed.detail.config.runtime,
                       std::move(code.bytes),
                       row.digest,
                       wish.workplace,
                       wish.root,
                       wish.keeps_archive,
                       settings_.plan.has_state};
  auto place = [to_place = std::move(to_place)] { return place_code(to_place); };
  auto placed = co_await offload(ports_.pool, std::move(place));
  if (!placed) co_return fail(with_context(std::move(placed).error(), "its code"));
  code.named.kind = placed->kind;
  code.named.place = placed->name;
  adoption.code = placed->name;
  adoption.files = placed->files;
  if (!placed->remark.empty()) adoption.notes.push_back(placed->remark);
  if (placed->content) adoption.known_code = state::KnownCode{*placed->content, row.digest};
  co_return Result<void>();
}

awaitable<Result<Adoption>> Adopter::adopt(AdoptionWish wish) {
  auto observed = co_await observe(wish.row.urn);
  if (!observed) co_return fail(std::move(observed).error());
  if (observed->detail.row.name != wish.row.name) {
    co_return fail(ErrorKind::corrupt, "the service answered with another function");
  }
  auto triggers = co_await trigger_remarks(*observed);
  if (!triggers) co_return fail(std::move(triggers).error());
  auto code = co_await fetch_code(*observed);
  if (!code) co_return fail(std::move(code).error());
  Adoption adoption;
  adoption.name = observed->detail.row.name;
  auto placed = co_await place(wish, *observed, *code, adoption);
  if (!placed) co_return fail(std::move(placed).error());

  AdoptedManifest written = write_manifest(*observed, code->named, settings_.plan.source_id, *triggers);
  const std::string path = wish.workplace + "/" + kAdoptedManifest;
  auto function = load_again(path, written.text, wish.environment);
  if (!function) co_return fail(std::move(function).error());
  adoption.manifest = std::move(written.text);
  adoption.to_do = std::move(written.to_do);
  std::move(written.notes.begin(), written.notes.end(), std::back_inserter(adoption.notes));
  adoption.remarks = std::move(written.remarks);
  if (code->named.missing.empty()) {
    // The pool works on what this frame keeps until it is done.
    auto look = [this, &adoption, &there = *observed, &wanted = *function, &root = wish.root] {
      return check(adoption, there, wanted, root);
    };
    auto checked = co_await offload(ports_.pool, std::move(look));
    if (!checked) co_return fail(std::move(checked).error());
  }
  auto save = [path, text = adoption.manifest] { return write_new_file(path, text); };
  auto saved = co_await offload(ports_.pool, std::move(save));
  if (!saved) co_return fail(std::move(saved).error());
  co_return adoption;
}

Result<void> Adopter::check(Adoption& adoption, const plan::ObservedFunction& observed,
                            const manifest::Function& function, const std::string& root) const {
  auto desired = digest(function, root);
  if (!desired) return fail(std::move(desired).error());
  adoption.entry = inventory_entry_of(*desired, observed, std::nullopt, settings_);
  adoption.entry.awaits_mark = true;
  std::optional<plan::LastApplied> last;
  std::vector<RemoteDigest> known;
  if (settings_.plan.has_state) {
    last = to_last_applied(adoption.entry);
    if (adoption.known_code) known.push_back(adoption.known_code->remote_digest);
  }
  const Boxed<plan::ObservedFunction> boxed(observed);
  plan::Inputs inputs{*desired, boxed, last};
  inputs.known_code = &known;
  auto steps = next_steps(plan::plan_function(inputs, settings_.plan));
  std::move(steps.begin(), steps.end(), std::back_inserter(adoption.to_do));
  return {};
}

awaitable<Result<void>> Adopter::remember(Adoption adoption) {
  if (adoption.known_code) {
    auto known = co_await ports_.store.put_known_code(*adoption.known_code);
    if (!known) co_return known;
  }
  state::HistoryEntry word;
  word.function = adoption.name;
  word.event = "adopted";
  word.detail = adoption.to_do.empty() ? "manifest written" : "manifest written, to be finished";
  word.at = to_iso8601(ports_.clock.wall_now());
  word.actor = settings_.actor;
  // Without its code nothing is known of what the manifest wants.
  if (!adoption.entry.name.empty()) {
    auto kept = co_await ports_.store.put_inventory(std::move(adoption.entry));
    if (!kept) co_return kept;
  }
  auto told = co_await ports_.store.append_history(std::move(word));
  if (!told) co_return told;
  co_return co_await ports_.store.flush();
}

}  // namespace fgsync::reconcile
