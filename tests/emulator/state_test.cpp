#include <sqlite3.h>

#include <fstream>

#include "emulated.hpp"
#include "temporary_folder.hpp"

using namespace fgsync::emulator::test;
using fgsync::emulator::open_service;

namespace {

const std::string kUrn = "/" + Emulated::urn();

/// Runs SQL on a database file, and returns the first column of the first row.
std::string sql(const std::string& file, const std::string& statement) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  std::string first;
  auto take = [](void* out, int, char** values, char**) {
    auto& text = *static_cast<std::string*>(out);
    if (text.empty() && values[0] != nullptr) text = values[0];
    return 0;
  };
  const int code = sqlite3_exec(database, statement.c_str(), take, &first, nullptr);
  sqlite3_close(database);
  REQUIRE(code == SQLITE_OK);
  return first;
}

std::string problem_with(const std::string& file) {
  auto service = open_service({}, file);
  REQUIRE_FALSE(service);
  CHECK(service.error().kind == fgsync::ErrorKind::invalid);
  return service.error().message;
}

}  // namespace

TEST_CASE("state: a file keeps functions, versions and aliases") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  std::string config;
  std::string versions;
  std::string aliases;
  {
    Emulated service({}, file);
    service.post("", create_body());
    service.publish("v1");
    service.post(kUrn + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
    config = service.get(kUrn + "/config").body;
    versions = service.get(kUrn + "/versions").body;
    aliases = service.get(kUrn + "/aliases").body;
  }
  Emulated service({}, file);
  CHECK(service.get(kUrn + "/config").body == config);
  CHECK(service.get(kUrn + "/versions").body == versions);
  CHECK(service.get(kUrn + "/aliases").body == aliases);
}

TEST_CASE("state: the rules hold across a restart") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  {
    Emulated service({}, file);
    service.post("", create_body());
    service.publish("v1");
  }
  Emulated service({}, file);
  CHECK(service.post("", create_body()).outcome() == "409 FSS.1061");
  CHECK(service.publish("v1").outcome() == "409 FSS.1062");
  CHECK(service.publish("v2").outcome() == "400 FSS.1016");
}

TEST_CASE("state: equal code is stored once and goes with the last version that has it") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  Emulated service({}, file);
  const auto codes = [&] { return sql(file, "SELECT count(*) FROM codes"); };
  service.post("", create_body("one"));
  service.post("", create_body());
  service.publish("v1");
  CHECK(codes() == "1");
  service.put(kUrn + "/code", code_body("x = 2"));
  CHECK(codes() == "2");
  service.remove("/" + Emulated::urn("one"));
  CHECK(codes() == "2");
  service.remove(kUrn + ":v1");
  CHECK(codes() == "1");
  service.remove(kUrn);
  CHECK(codes() == "0");
}

TEST_CASE("state: the stored code is what was uploaded") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  Emulated service({}, file);
  service.post("", create_body());
  CHECK(sql(file, "SELECT length(bytes) FROM codes") == std::to_string(code_zip().size()));
}

TEST_CASE("state: a failure of the database is a 500 and changes nothing") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  Emulated service({}, file);
  service.post("", create_body());
  sql(file, "CREATE TRIGGER broken BEFORE INSERT ON versions BEGIN SELECT raise(ABORT, 'broken'); END");
  const auto reply = service.post("", create_body("other"));
  CHECK(reply.outcome() == "500 FSS.0500");
  CHECK(service.get("").json()["count"] == 1);
  sql(file, "DROP TRIGGER broken");
  CHECK(service.post("", create_body("other")).outcome() == "200");
}

TEST_CASE("state: a file that is no database is refused") {
  const TemporaryFolder folder;
  const auto file = folder.file("notes.txt");
  std::ofstream(file) << std::string(4096, 'x');
  CHECK_THAT(problem_with(file), Catch::Matchers::EndsWith("file is not a database"));
}

TEST_CASE("state: a database of another program is refused and left alone") {
  const TemporaryFolder folder;
  const auto file = folder.file("other.db");
  sql(file, "CREATE TABLE notes (text)");
  CHECK_THAT(problem_with(file), Catch::Matchers::EndsWith("it is a SQLite database of another program"));
  CHECK(sql(file, "SELECT count(*) FROM sqlite_master") == "1");
}

TEST_CASE("state: a file of a newer emulator is refused") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  {
    const Emulated service({}, file);
  }
  sql(file, "PRAGMA user_version = 4");
  CHECK_THAT(problem_with(file), Catch::Matchers::Contains("newer fgsync-emulator (schema 4, this one knows 3)"));
}

TEST_CASE("state: a file of an older emulator is brought up to date, with what is in it") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  std::string config;
  {
    Emulated service({}, file);
    service.post("", create_body());
    service.publish("v1");
    config = service.get(kUrn + ":v1/config").body;
  }
  sql(file,
      "DROP TABLE triggers; DROP TABLE documents; DROP TABLE tags; DROP TABLE dependencies; DROP TABLE invocations;"
      "DROP TABLE tokens; UPDATE versions SET config_answer = '{}', version_item = '{}'; PRAGMA user_version = 1");
  Emulated service({}, file);
  CHECK(service.get(kUrn + ":v1/config").body == config);
  CHECK(service.get(kUrn + "/versions").json()["versions"][1]["version"] == "v1");
  CHECK(service.put(kUrn + "/reservedinstances", Json{{"count", 1}}).outcome() == "200");
  CHECK(sql(file, "PRAGMA user_version") == "3");
}

TEST_CASE("state: what hangs on a function is kept, and ids do not come again") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  const Json topic{{"trigger_type_code", "SMN"}, {"event_data", {{"topic_urn", "a"}}}};
  const Json other{{"trigger_type_code", "SMN"}, {"event_data", {{"topic_urn", "b"}}}};
  const std::string path = "/triggers/" + Emulated::urn();
  {
    Emulated service({}, file);
    service.post("", create_body());
  }
  {
    Emulated service({}, file);
    service.ask(fgsync::http::Method::post, path, topic);
  }
  Emulated service({}, file);
  CHECK(service.ask(fgsync::http::Method::post, path, other).outcome() == "201");
  CHECK(service.ask(fgsync::http::Method::get, path).json().size() == 2);
}

TEST_CASE("state: an issued token outlives a restart, and is not in the file") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  fgsync::emulator::ServiceOptions options;
  options.iam.users.push_back({"acme", "deployer", fgsync::Secret("pw")});
  const Json login = Json::parse(
      R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"deployer","password":"pw",)"
      R"("domain":{"name":"acme"}}}},"scope":{"project":{"id":"p1"}}}})");
  std::string token;
  {
    Emulated service(options, file);
    const auto reply = service.send(fgsync::http::Method::post, "/v3/auth/tokens", login.dump());
    token = fgsync::http::find_header(reply.headers, "X-Subject-Token");
  }
  Emulated service(options, file);
  CHECK(service.send(fgsync::http::Method::get, service.base, "", {{"X-Auth-Token", token}}).outcome() == "200");
  CHECK(sql(file, "SELECT count(*) FROM tokens WHERE hash = '" + token + "'") == "0");
  CHECK(sql(file, "SELECT hash FROM tokens") == fgsync::sha256_hex(token));
}

TEST_CASE("state: a file in a folder that does not exist is refused") {
  const TemporaryFolder folder;
  CHECK_THAT(problem_with(folder.file("none/state.db")), Catch::Matchers::Contains("unable to open database file"));
}
