#include "emulator/credentials.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "temporary_folder.hpp"

using fgsync::emulator::parse_access_keys;
using fgsync::emulator::parse_iam_directory;
using fgsync::emulator::read_credentials_file;

namespace {

std::string problem_with_keys(const std::string& text) {
  const auto keys = parse_access_keys(text);
  REQUIRE_FALSE(keys);
  CHECK(keys.error().kind == fgsync::ErrorKind::invalid);
  return keys.error().message;
}

std::string problem_with_directory(const std::string& text) {
  const auto directory = parse_iam_directory(text);
  REQUIRE_FALSE(directory);
  return directory.error().message;
}

}  // namespace

TEST_CASE("credentials: access keys are read from a profile file of the SDKs") {
  const auto keys = parse_access_keys(
      "# mine\r\n[basic]\nak = ID1\nsk=secret=1\nproject_id = p1\n\n; temporary\n[other]\nak=ID2\nsk=s2\n"
      "security_token = t2\n");
  REQUIRE(keys);
  REQUIRE(keys->size() == 2);
  CHECK(keys->at(0).id == "ID1");
  CHECK(keys->at(0).secret.reveal() == "secret=1");
  CHECK(keys->at(0).security_token.is_empty());
  CHECK(keys->at(1).security_token.reveal() == "t2");
}

TEST_CASE("credentials: what is wrong with a file is named by line, and no value is shown") {
  CHECK(problem_with_keys("") == "no [section] with ak and sk");
  CHECK(problem_with_keys("ak = hunter2\n") == "line 1: expected a [section] first");
  CHECK(problem_with_keys("[basic]\nhunter2\n") == "line 2: expected key = value");
  CHECK(problem_with_keys("[basic]\n=hunter2\n") == "line 2: expected key = value");
  CHECK(problem_with_keys("[basic]\nak=hunter2\nak=hunter2\n") == "line 3: the key stands in this section already");
  CHECK(problem_with_keys("\n[basic]\nak=hunter2\n") == "[basic] in line 2: sk is missing");
  CHECK(problem_with_keys("[basic]\nsk=hunter2\nak=\n") == "[basic] in line 1: ak is missing");
}

TEST_CASE("credentials: users, agencies and projects are read") {
  const auto directory = parse_iam_directory(
      "[user]\ndomain = acme\nname = deployer\npassword = p w\n[agency]\ndomain=partner\nname=deploy\n"
      "[project]\nid=p1\nname=cn-north-4\n[user]\ndomain=acme\nname=other\npassword=x\n");
  REQUIRE(directory);
  REQUIRE(directory->users.size() == 2);
  CHECK(directory->users[0].domain == "acme");
  CHECK(directory->users[0].password.reveal() == "p w");
  REQUIRE(directory->agencies.size() == 1);
  CHECK(directory->agencies[0].name == "deploy");
  REQUIRE(directory->projects.size() == 1);
  CHECK(directory->projects[0].id == "p1");
}

TEST_CASE("credentials: a directory without users, or with other sections, is a mistake") {
  CHECK(problem_with_directory("") == "no [user]");
  CHECK(problem_with_directory("[users]\n") == "[users] in line 1: expected [user], [agency] or [project]");
  CHECK(problem_with_directory("[user]\ndomain=a\nname=b\n") == "[user] in line 1: password is missing");
  CHECK(problem_with_directory("[agency]\nname=b\n") == "[agency] in line 1: domain is missing");
  CHECK(problem_with_directory("[project]\nid=b\n") == "[project] in line 1: name is missing");
}

TEST_CASE("credentials: a file must be there and small") {
  const fgsync::emulator::test::TemporaryFolder folder;
  CHECK_FALSE(read_credentials_file(folder.file("none")));
  CHECK_FALSE(read_credentials_file(folder.file("")));
  std::ofstream(folder.file("small")) << std::string(64 * 1024, '#');
  CHECK(read_credentials_file(folder.file("small"))->size() == 64 * 1024);
  std::ofstream(folder.file("large")) << std::string(64 * 1024 + 1, '#');
  CHECK(read_credentials_file(folder.file("large")).error().message == "has more than 64 KB");
}
