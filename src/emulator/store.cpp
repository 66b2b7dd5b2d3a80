#include "emulator/store.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::int64_t kApplicationId = 0x46475345;  // "FGSE"
constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE functions (
  id INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  app TEXT NOT NULL,
  func_id TEXT NOT NULL,
  UNIQUE (project, name)
) STRICT;

-- `latest` has sequence 0; published versions count up from there.
CREATE TABLE versions (
  function INTEGER NOT NULL REFERENCES functions ON DELETE CASCADE,
  name TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  description TEXT NOT NULL,
  image_name TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  code_type TEXT NOT NULL,
  code_filename TEXT NOT NULL,
  code_size INTEGER NOT NULL,
  digest TEXT NOT NULL REFERENCES codes,
  settings TEXT NOT NULL,
  config_answer TEXT NOT NULL,
  version_item TEXT NOT NULL,
  function_item TEXT NOT NULL,
  PRIMARY KEY (function, name)
) STRICT;
CREATE UNIQUE INDEX versions_by_sequence ON versions (function, sequence);
CREATE INDEX versions_by_digest ON versions (digest);

CREATE TABLE codes (
  digest TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE aliases (
  function INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  description TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  additional_version TEXT NOT NULL,
  weights TEXT NOT NULL,
  strategy TEXT NOT NULL,
  PRIMARY KEY (function, name),
  FOREIGN KEY (function, version) REFERENCES versions ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX aliases_by_version ON aliases (function, version);

PRAGMA application_id = 0x46475345;
PRAGMA user_version = 1;
)sql";

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

Alias read_alias(const Query& row) {
  return Alias{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)};
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
  try {
    std::unique_ptr<Store> store(new Store(path));
    store->prepare_schema();
    return store;
  } catch (const StorageFailure& failure) {
    return fail(ErrorKind::invalid, "cannot use " + path + " as the emulator's state: " + failure.what());
  }
}

void Store::prepare_schema() {
  auto number_of = [this](const char* sql) {
    auto query = database_.query(sql);
    return query.step() ? query.number(0) : 0;
  };
  const bool is_empty = number_of("SELECT count(*) FROM sqlite_master") == 0;
  const std::int64_t version = number_of("PRAGMA user_version");
  if (!is_empty && number_of("PRAGMA application_id") != kApplicationId) {
    throw StorageFailure("it is a SQLite database of another program");
  }
  if (version > kSchemaVersion) {
    throw StorageFailure("it was written by a newer fgsync-emulator (schema " + std::to_string(version) +
                         ", this one knows " + std::to_string(kSchemaVersion) + ")");
  }
  database_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
  auto transaction = begin();
  if (is_empty) database_.execute(kSchema);
  transaction.commit();
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

std::int64_t Store::add_function(const FunctionRow& function) {
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
  const auto config = render_config(function, version);
  const auto version_item = render_version_item(function, version);
  const auto function_item = version.name == "latest" ? render_function_item(function, version) : std::string();
  database_
      .query(
          "INSERT INTO versions (function, name, description, image_name, last_modified, code_type, code_filename,"
          " code_size, digest, settings, config_answer, version_item, function_item, sequence)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
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
      .bind(config)
      .bind(version_item)
      .bind(function_item)
      .run();
}

void Store::update_latest(const FunctionRow& function, const Version& latest) {
  const auto old_digest = digest_of(function, latest.name);
  const auto config = render_config(function, latest);
  const auto version_item = render_version_item(function, latest);
  const auto function_item = render_function_item(function, latest);
  database_
      .query(
          "UPDATE versions SET image_name = ?, last_modified = ?, code_type = ?, code_filename = ?, code_size = ?,"
          " digest = ?, settings = ?, config_answer = ?, version_item = ?, function_item = ?"
          " WHERE function = ? AND name = 'latest'")
      .bind(latest.image_name)
      .bind(latest.last_modified)
      .bind(latest.code.type)
      .bind(latest.code.filename)
      .bind(latest.code.size)
      .bind(latest.code.digest)
      .bind(latest.settings)
      .bind(config)
      .bind(version_item)
      .bind(function_item)
      .bind(function.id)
      .run();
  if (old_digest != latest.code.digest) drop_code_if_unused(old_digest);
}

void Store::remove_version(const FunctionRow& function, const std::string& name) {
  const auto digest = digest_of(function, name);
  database_.query("DELETE FROM versions WHERE function = ? AND name = ?").bind(function.id).bind(name).run();
  drop_code_if_unused(digest);
}

void Store::put_code(const std::string& digest, std::string_view bytes) {
  database_.query("INSERT INTO codes (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .bind(digest)
      .bind_blob(bytes)
      .run();
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

std::vector<Alias> Store::list_aliases(const FunctionRow& function) {
  auto query = database_.query(
      "SELECT name, version, description, last_modified, additional_version, weights, strategy"
      " FROM aliases WHERE function = ? ORDER BY name");
  query.bind(function.id);
  std::vector<Alias> aliases;
  while (query.step()) aliases.push_back(read_alias(query));
  return aliases;
}

std::optional<Alias> Store::find_alias(const FunctionRow& function, const std::string& name) {
  auto query = database_.query(
      "SELECT name, version, description, last_modified, additional_version, weights, strategy"
      " FROM aliases WHERE function = ? AND name = ?");
  if (!query.bind(function.id).bind(name).step()) return std::nullopt;
  return read_alias(query);
}

std::int64_t Store::count_aliases(const FunctionRow& function) {
  auto query = database_.query("SELECT count(*) FROM aliases WHERE function = ?");
  query.bind(function.id).step();
  return query.number(0);
}

std::optional<std::string> Store::alias_of(const FunctionRow& function, const std::string& version) {
  auto query = database_.query("SELECT name FROM aliases WHERE function = ? AND version = ?");
  if (!query.bind(function.id).bind(version).step()) return std::nullopt;
  return query.text(0);
}

bool Store::is_additional(const FunctionRow& function, const std::string& version) {
  auto query = database_.query("SELECT 1 FROM aliases WHERE function = ? AND additional_version = ?");
  return query.bind(function.id).bind(version).step();
}

void Store::put_alias(const FunctionRow& function, const Alias& alias) {
  database_
      .query(
          "INSERT INTO aliases (function, name, version, description, last_modified, additional_version, weights,"
          " strategy) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (function, name) DO UPDATE SET"
          " version = excluded.version, description = excluded.description, last_modified = excluded.last_modified,"
          " additional_version = excluded.additional_version, weights = excluded.weights,"
          " strategy = excluded.strategy")
      .bind(function.id)
      .bind(alias.name)
      .bind(alias.version)
      .bind(alias.description)
      .bind(alias.last_modified)
      .bind(alias.additional_version)
      .bind(alias.weights)
      .bind(alias.strategy)
      .run();
}

void Store::remove_alias(const FunctionRow& function, const std::string& name) {
  database_.query("DELETE FROM aliases WHERE function = ? AND name = ?").bind(function.id).bind(name).run();
}

}  // namespace fgsync::emulator
