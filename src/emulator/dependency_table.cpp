#include "emulator/dependency_table.hpp"

namespace fgsync::emulator {
namespace {

Dependency read_dependency(const Query& row) {
  Dependency dependency;
  dependency.id = row.text(0);
  dependency.dependency = row.text(1);
  dependency.name = row.text(2);
  dependency.version = row.number(3);
  dependency.runtime = row.text(4);
  dependency.description = row.text(5);
  dependency.etag = row.text(6);
  dependency.size = row.number(7);
  dependency.last_modified = row.number(8);
  return dependency;
}

}  // namespace

DependencyPage DependencyTable::list(const DependencyQuery& filter, PageRange range) {
  DependencyPage page;
  auto count = database_.query(
      "SELECT count(DISTINCT dependency) FROM dependencies d WHERE project = ?1 AND (?2 = '' OR runtime = ?2)"
      " AND instr(name, ?3) AND version = (SELECT max(version) FROM dependencies WHERE dependency = d.dependency)");
  count.bind(filter.project).bind(filter.runtime).bind(filter.name).step();
  page.total = count.number(0);
  auto query = database_.query(
      "SELECT id, dependency, name, version, runtime, description, etag, size, last_modified FROM dependencies d"
      " WHERE project = ?1 AND (?2 = '' OR runtime = ?2) AND instr(name, ?3)"
      " AND version = (SELECT max(version) FROM dependencies WHERE dependency = d.dependency)"
      " ORDER BY (SELECT min(rowid) FROM dependencies WHERE dependency = d.dependency) LIMIT ?4 OFFSET ?5");
  query.bind(filter.project).bind(filter.runtime).bind(filter.name).bind(range.limit).bind(range.offset);
  while (query.step()) page.items.push_back(read_dependency(query));
  return page;
}

DependencyPage DependencyTable::list_versions(const std::string& project, const std::string& dependency,
                                              PageRange range) {
  DependencyPage page;
  auto count = database_.query("SELECT count(*) FROM dependencies WHERE project = ? AND dependency = ?");
  count.bind(project).bind(dependency).step();
  page.total = count.number(0);
  auto query = database_.query(
      "SELECT id, dependency, name, version, runtime, description, etag, size, last_modified FROM dependencies"
      " WHERE project = ? AND dependency = ? ORDER BY version DESC LIMIT ? OFFSET ?");
  query.bind(project).bind(dependency).bind(range.limit).bind(range.offset);
  while (query.step()) page.items.push_back(read_dependency(query));
  return page;
}

std::optional<Dependency> DependencyTable::find(const std::string& project, const std::string& dependency,
                                                std::int64_t version) {
  auto query = database_.query(
      "SELECT id, dependency, name, version, runtime, description, etag, size, last_modified FROM dependencies"
      " WHERE project = ? AND dependency = ? AND version = ?");
  if (!query.bind(project).bind(dependency).bind(version).step()) return std::nullopt;
  return read_dependency(query);
}

std::optional<Dependency> DependencyTable::find(const std::string& project, const std::string& id) {
  auto query = database_.query(
      "SELECT id, dependency, name, version, runtime, description, etag, size, last_modified FROM dependencies"
      " WHERE project = ? AND id = ?");
  if (!query.bind(project).bind(id).step()) return std::nullopt;
  return read_dependency(query);
}

std::optional<Dependency> DependencyTable::newest(const std::string& project, const std::string& name) {
  auto query = database_.query(
      "SELECT id, dependency, name, version, runtime, description, etag, size, last_modified FROM dependencies"
      " WHERE project = ? AND name = ? ORDER BY version DESC LIMIT 1");
  if (!query.bind(project).bind(name).step()) return std::nullopt;
  return read_dependency(query);
}

bool DependencyTable::has_id(const std::string& id) {
  auto query = database_.query("SELECT 1 FROM dependencies WHERE ?1 IN (id, dependency)");
  return query.bind(id).step();
}

bool DependencyTable::is_used(const std::string& project, const std::string& id) {
  auto query = database_.query(
      "SELECT 1 FROM functions f JOIN versions v ON v.function = f.id,"
      " json_each(v.settings, '$.depend_version_list') used WHERE f.project = ? AND used.value = ? LIMIT 1");
  return query.bind(project).bind(id).step();
}

void DependencyTable::add(const std::string& project, const Dependency& dependency, std::string_view bytes) {
  database_
      .query(
          "INSERT INTO dependencies (id, project, dependency, name, version, runtime, description, etag, size,"
          " last_modified, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(dependency.id)
      .bind(project)
      .bind(dependency.dependency)
      .bind(dependency.name)
      .bind(dependency.version)
      .bind(dependency.runtime)
      .bind(dependency.description)
      .bind(dependency.etag)
      .bind(dependency.size)
      .bind(dependency.last_modified)
      .bind_blob(bytes)
      .run();
}

void DependencyTable::remove(const std::string& id) {
  database_.query("DELETE FROM dependencies WHERE id = ?").bind(id).run();
}

}  // namespace fgsync::emulator
