#include "emulator/store.hpp"

#include "emulator/dependency_json.hpp"
#include "emulator/json.hpp"
#include "emulator/schema.hpp"

namespace fgsync::emulator {
namespace {

Version read_version(const Query& row) {
  Version version;
  version.name = row.text(0);
  version.description = row.text(1);
  version.image_name = row.text(2);
  version.last_modified = row.text(3);
  version.code = CodeFacts{row.text(4), row.text(5), row.text(7), row.number(6)};
  version.settings = row.text(8);
  return version;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path, UrnForm urn_form) {
  try {
    std::unique_ptr<Store> store(new Store(path, urn_form));
    // Answers that an older emulator rendered lack what this one shows.
    prepare_schema(store->database_, [&store] { store->refresh_all_answers(); });
    store->refresh_answers_of_other_form();
    return store;
  } catch (const StorageFailure& failure) {
    return fail(ErrorKind::invalid, "cannot use " + path + " as the emulator's state: " + failure.what());
  }
}

Store::Counts Store::counts() {
  auto query = database_.query(
      "SELECT (SELECT count(*) FROM functions), (SELECT count(*) FROM versions), (SELECT count(*) FROM aliases),"
      " (SELECT count(*) FROM dependencies)");
  query.step();
  return Counts{query.number(0), query.number(1), query.number(2), query.number(3)};
}

void Store::copy_from(Store& source) {
  database_.copy_from(source.database_);
  usage_.clear();
  refresh_answers_of_other_form();
}

void Store::load(Database& source) {
  check_schema(source);
  database_.copy_from(source);
  usage_.clear();
  prepare_schema(database_, [this] { refresh_all_answers(); });
  refresh_answers_of_other_form();
}

std::optional<FunctionRow> Store::find_function(const std::string& project, const std::string& name) {
  auto query = database_.query("SELECT id, region, app, func_id FROM functions WHERE project = ? AND name = ?");
  if (!query.bind(project).bind(name).step()) return std::nullopt;
  return FunctionRow{query.number(0), query.text(1), project, query.text(2), name, query.text(3)};
}

std::int64_t Store::count_functions(const std::string& project) {
  auto query = database_.query("SELECT count(*) FROM functions WHERE project = ?");
  query.bind(project).step();
  return query.number(0);
}

Store::Usage& Store::usage_of(const std::string& project) {
  const auto known = usage_.find(project);
  if (known != usage_.end()) return known->second;
  return usage_.emplace(project, Usage{count_functions(project), code_size(project)}).first->second;
}

void Store::grow(const std::string& project, Usage more) {
  const auto known = usage_.find(project);
  if (known == usage_.end()) return;
  known->second.functions += more.functions;
  known->second.code_bytes += more.code_bytes;
}

bool Store::has_functions(const std::string& project, std::int64_t count) {
  auto& usage = usage_of(project);
  if (usage.functions >= count) usage.functions = count_functions(project);
  return usage.functions >= count;
}

bool Store::has_code_beyond(const std::string& project, std::int64_t bytes) {
  auto& usage = usage_of(project);
  if (usage.code_bytes > bytes) usage.code_bytes = code_size(project);
  return usage.code_bytes > bytes;
}

std::int64_t Store::add_function(const FunctionRow& function) {
  grow(function.project, {1, 0});
  database_.query("INSERT INTO functions (project, name, region, app, func_id) VALUES (?, ?, ?, ?, ?)")
      .bind(function.project)
      .bind(function.name)
      .bind(function.region)
      .bind(function.app)
      .bind(function.func_id)
      .run();
  return database_.last_row_id();
}

void Store::remove_function(const FunctionRow& function) {
  std::vector<std::string> digests;
  {
    auto query = database_.query("SELECT DISTINCT digest FROM versions WHERE function = ?");
    query.bind(function.id);
    while (query.step()) digests.push_back(query.text(0));
  }
  database_.query("DELETE FROM functions WHERE id = ?").bind(function.id).run();
  for (const auto& digest : digests) drop_code_if_unused(digest);
}

Page Store::list_functions(const std::string& project, const std::string& app, const std::string& name_part,
                           PageRange range) {
  Page page;
  auto count = database_.query(
      "SELECT count(*) FROM functions WHERE project = ?1 AND (?2 = '' OR app = ?2) AND instr(name, ?3)");
  count.bind(project).bind(app).bind(name_part).step();
  page.total = count.number(0);
  auto query = database_.query(
      "SELECT v.function_item FROM functions f JOIN versions v ON v.function = f.id AND v.name = 'latest'"
      " WHERE f.project = ?1 AND (?2 = '' OR f.app = ?2) AND instr(f.name, ?3) ORDER BY f.id LIMIT ?4 OFFSET ?5");
  query.bind(project).bind(app).bind(name_part).bind(range.limit).bind(range.offset);
  while (query.step()) page.items.push_back(query.text(0));
  return page;
}

std::optional<Version> Store::find_version(const FunctionRow& function, const std::string& name) {
  auto query = database_.query(
      "SELECT name, description, image_name, last_modified, code_type, code_filename, code_size, digest, settings"
      " FROM versions WHERE function = ? AND name = ?");
  if (!query.bind(function.id).bind(name).step()) return std::nullopt;
  return read_version(query);
}

bool Store::has_version(const FunctionRow& function, const std::string& name) {
  auto query = database_.query("SELECT 1 FROM versions WHERE function = ? AND name = ?");
  return query.bind(function.id).bind(name).step();
}

std::optional<std::string> Store::find_config(const FunctionRow& function, const std::string& version) {
  auto query = database_.query("SELECT config_answer FROM versions WHERE function = ? AND name = ?");
  if (!query.bind(function.id).bind(version).step()) return std::nullopt;
  return query.text(0);
}

std::optional<Version> Store::newest_published(const FunctionRow& function) {
  auto query = database_.query(
      "SELECT name, description, image_name, last_modified, code_type, code_filename, code_size, digest, settings"
      " FROM versions WHERE function = ? AND sequence > 0 ORDER BY sequence DESC LIMIT 1");
  if (!query.bind(function.id).step()) return std::nullopt;
  return read_version(query);
}

std::int64_t Store::count_versions(const FunctionRow& function) {
  auto query = database_.query("SELECT count(*) FROM versions WHERE function = ?");
  query.bind(function.id).step();
  return query.number(0);
}

Page Store::list_versions(const FunctionRow& function, PageRange range) {
  Page page;
  page.total = count_versions(function);
  auto query =
      database_.query("SELECT version_item FROM versions WHERE function = ? ORDER BY sequence LIMIT ? OFFSET ?");
  query.bind(function.id).bind(range.limit).bind(range.offset);
  while (query.step()) page.items.push_back(query.text(0));
  return page;
}

void Store::add_version(const FunctionRow& function, const Version& version) {
  grow(function.project, {0, version.code.size});
  database_
      .query(
          "INSERT INTO versions (function, name, description, image_name, last_modified, code_type, code_filename,"
          " code_size, digest, settings, config_answer, version_item, function_item, sequence)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', '', '',"
          " (SELECT coalesce(max(sequence) + 1, 0) FROM versions WHERE function = ?1))")
      .bind(function.id)
      .bind(version.name)
      .bind(version.description)
      .bind(version.image_name)
      .bind(version.last_modified)
      .bind(version.code.type)
      .bind(version.code.filename)
      .bind(version.code.size)
      .bind(version.code.digest)
      .bind(version.settings)
      .run();
  store_answers(function, version);
}

void Store::update_version(const FunctionRow& function, const Version& version) {
  const auto old_digest = digest_of(function, version.name);
  database_
      .query(
          "UPDATE versions SET image_name = ?, last_modified = ?, code_type = ?, code_filename = ?, code_size = ?,"
          " digest = ?, settings = ? WHERE function = ? AND name = ?")
      .bind(version.image_name)
      .bind(version.last_modified)
      .bind(version.code.type)
      .bind(version.code.filename)
      .bind(version.code.size)
      .bind(version.code.digest)
      .bind(version.settings)
      .bind(function.id)
      .bind(version.name)
      .run();
  store_answers(function, version);
  if (old_digest == version.code.digest) return;
  grow(function.project, {0, version.code.size});
  drop_code_if_unused(old_digest);
}

void Store::store_answers(const FunctionRow& function, const Version& version) {
  const Extras extras = extras_of(function, version);
  const auto config = render_config(function, version, extras);
  const auto version_item = render_version_item(function, version, extras);
  const auto function_item = version.name == "latest" ? render_function_item(function, version, extras) : std::string();
  database_
      .query(
          "UPDATE versions SET config_answer = ?, version_item = ?, function_item = ? WHERE function = ? AND name = ?")
      .bind(config)
      .bind(version_item)
      .bind(function_item)
      .bind(function.id)
      .bind(version.name)
      .run();
}

Extras Store::extras_of(const FunctionRow& function, const Version& version) {
  Extras extras;
  extras.urn_form = urn_form_;
  std::vector<std::string> items;
  const auto ids = stored_object(version.settings).texts("depend_version_list");
  for (const auto& id : ids.value_or(std::vector<std::string>())) {
    const auto dependency = dependencies().find(function.project, id);
    if (dependency) items.push_back(render_dependency(function.project, *dependency, DependencyView::version));
  }
  extras.dependencies = json_array(items);
  extras.async_config = documents().find(function, version.name, DocumentKind::async_config).value_or("");
  extras.reserved_instances = documents().find(function, version.name, DocumentKind::reserved_instances).value_or("");
  return extras;
}

void Store::refresh_answers(const FunctionRow& function, const std::string& version) {
  if (const auto found = find_version(function, version)) store_answers(function, *found);
}

void Store::refresh_answers_of_other_form() {
  if (!has_answers_of_other_form()) return;
  Transaction transaction(database_);
  refresh_all_answers();
  transaction.commit();
}

bool Store::has_answers_of_other_form() {
  // All of a state are rendered in one form, so one of them tells.
  auto query = database_.query("SELECT config_answer FROM versions WHERE name = 'latest' LIMIT 1");
  if (!query.step()) return false;
  const bool is_suffixed = text_of(stored_object(query.text(0)), "func_urn").ends_with(":latest");
  return is_suffixed != (urn_form_ == UrnForm::suffixed);
}

void Store::refresh_all_answers() {
  std::vector<std::pair<FunctionRow, std::string>> versions;
  {
    auto query = database_.query(
        "SELECT f.id, f.region, f.project, f.app, f.name, f.func_id, v.name"
        " FROM functions f JOIN versions v ON v.function = f.id");
    while (query.step()) {
      versions.emplace_back(
          FunctionRow{query.number(0), query.text(1), query.text(2), query.text(3), query.text(4), query.text(5)},
          query.text(6));
    }
  }
  for (const auto& [function, version] : versions) refresh_answers(function, version);
}

void Store::remove_version(const FunctionRow& function, const std::string& name) {
  const auto digest = digest_of(function, name);
  if (const auto alias = alias_of(function, name)) remove_attachments(function, "!" + *alias);
  remove_attachments(function, name);
  database_.query("DELETE FROM versions WHERE function = ? AND name = ?").bind(function.id).bind(name).run();
  drop_code_if_unused(digest);
}

void Store::remove_attachments(const FunctionRow& function, const std::string& qualifier) {
  triggers().remove_all(function, qualifier);
  documents().remove_all(function, qualifier);
}

void Store::put_code(const std::string& digest, std::string_view bytes) {
  database_.query("INSERT INTO codes (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .bind(digest)
      .bind_blob(bytes)
      .run();
}

std::optional<std::string> Store::find_code(const std::string& digest) {
  auto query = database_.query("SELECT bytes FROM codes WHERE digest = ?");
  if (!query.bind(digest).step()) return std::nullopt;
  return query.blob(0);
}

std::int64_t Store::code_size(const std::string& project) {
  auto query = database_.query(
      "SELECT coalesce(sum(v.code_size), 0) FROM functions f JOIN versions v ON v.function = f.id WHERE f.project = ?");
  query.bind(project).step();
  return query.number(0);
}

std::string Store::digest_of(const FunctionRow& function, const std::string& version) {
  auto query = database_.query("SELECT digest FROM versions WHERE function = ? AND name = ?");
  return query.bind(function.id).bind(version).step() ? query.text(0) : std::string();
}

void Store::drop_code_if_unused(const std::string& digest) {
  database_.query("DELETE FROM codes WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.digest = ?1)")
      .bind(digest)
      .run();
}

}  // namespace fgsync::emulator
