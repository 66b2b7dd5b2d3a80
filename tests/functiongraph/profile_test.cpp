#include <catch2/catch.hpp>

#include "functiongraph/authentication.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::functiongraph {
namespace {

ProfileFile file(std::string section = "") {
  return {"/home/me/.huaweicloud/credentials", std::move(section)};
}

}  // namespace

TEST_CASE("profile: all that is used is read, what is not is left alone") {
  const auto values = read_profile(
      "[basic]\n"
      "ak = AK\n"
      "sk = SK\n"
      "security_token = ST\n"
      "project_id = p1\n"
      "iam_endpoint = https://iam.cn-north-4.myhuaweicloud.com\n"
      "domain_id = d1\n",
      file());
  REQUIRE(values);
  CHECK(values->key.id == "AK");
  CHECK(values->key.secret.reveal() == "SK");
  CHECK(values->key.security_token.reveal() == "ST");
  CHECK(values->project_id == "p1");
}

TEST_CASE("profile: what may be missing is empty") {
  const auto values = read_profile("[basic]\nak=AK\nsk=SK\n", file());
  REQUIRE(values);
  CHECK(values->key.security_token.is_empty());
  CHECK(values->project_id.empty());
}

TEST_CASE("profile: what a section leaves out comes from [DEFAULT]") {
  const auto values = read_profile("[DEFAULT]\nak = default\nsk = SK\nproject_id = p1\n[basic]\nak = AK\n", file());
  REQUIRE(values);
  CHECK(values->key.id == "AK");
  CHECK(values->key.secret.reveal() == "SK");
  CHECK(values->project_id == "p1");
}

TEST_CASE("profile: the forms that the SDK's reader takes") {
  struct Row {
    const char* what;
    const char* text;
  };
  const auto [what, text] = GENERATE(
      Row{"comments and empty lines", "# a\n; b\n\n[basic]\n  # c\nak=AK\n\nsk=SK"},
      Row{"blanks around everything", "  [basic]  \n\t ak \t = \t AK \t\n  sk   =SK"},
      Row{"blanks in the brackets", "[ basic ]\nak=AK\nsk=SK"},
      Row{"line ends of Windows", "[basic]\r\nak=AK\r\nsk=SK\r\n"},
      Row{"a byte order mark", "\xef\xbb\xbf[basic]\nak=AK\nsk=SK\n"}, Row{"colons", "[basic]\nak: AK\nsk:SK\n"},
      Row{"keys in capitals", "[basic]\nAK=AK\nSk=SK\n"}, Row{"no line break at the end", "[basic]\nak=AK\nsk=SK"},
      Row{"another section before", "[other]\nak=A\nsk=S\n[basic]\nak=AK\nsk=SK\n"});
  CAPTURE(what);
  const auto values = read_profile(text, file());
  REQUIRE(values);
  CHECK(values->key.id == "AK");
  CHECK(values->key.secret.reveal() == "SK");
}

TEST_CASE("profile: quotes, equals signs and comment signs are part of a value") {
  const auto values = read_profile("[basic]\nak=\"AK\"\nsk=a=b:c#d;e\n", file());
  REQUIRE(values);
  CHECK(values->key.id == "\"AK\"");
  CHECK(values->key.secret.reveal() == "a=b:c#d;e");
}

TEST_CASE("profile: [basic] goes before [global], and a section that is asked for before both") {
  const std::string text = "[global]\nak=G\nsk=s\n[basic]\nak=B\nsk=s\n[prod]\nak=P\nsk=s\n";
  CHECK(read_profile(text, file())->key.id == "B");
  CHECK(read_profile(text, file("prod"))->key.id == "P");
  CHECK(read_profile("[other]\n[global]\nak=G\nsk=s\n", file())->key.id == "G");
}

TEST_CASE("profile: what is wrong is said with its line, without what stands there") {
  struct Row {
    const char* what;
    const char* text;
    int line;
    const char* message;
  };
  const auto [what, text, line, message] = GENERATE(
      Row{"a line of neither kind", "[basic]\nak=AK\ncanary\n", 3, "expected [section], key = value or a comment"},
      Row{"a key before all sections", "\nsk=canary\n", 2, "the first key must stand below a [section]"},
      Row{"no key", "[basic]\n=canary\n", 2, "there is no key before the separator"},
      Row{"a key twice", "[basic]\nak=AK\nsk=canary\nSK=canary\n", 4, "a key is there twice in its section"},
      Row{"a section twice", "[basic]\nak=AK\n[basic]\n", 3, "the section [basic] is there twice"},
      Row{"an open section", "[basic\nak=AK\n", 1, "a section must end with ] and have nothing behind it"},
      Row{"something behind a section", "[basic] canary\n", 1, "a section must end with ] and have nothing behind it"});
  CAPTURE(what);
  const auto values = read_profile(text, file());
  REQUIRE_FALSE(values);
  CHECK(values.error().kind == ErrorKind::invalid);
  CHECK(values.error().message == message);
  REQUIRE(values.error().position);
  CHECK(values.error().position->file == "/home/me/.huaweicloud/credentials");
  CHECK(values.error().position->line == line);
  CHECK(values.error().describe().find("canary") == std::string::npos);
}

TEST_CASE("profile: what is missing is named") {
  struct Row {
    const char* what;
    const char* text;
    const char* section;
    const char* message;
  };
  const auto [what, text, section, message] = GENERATE(
      Row{"everything", "", "", "the profile file F has neither a section [basic] nor [global]"},
      Row{"the section", "[basic]\nak=AK\nsk=SK\n", "prod", "the profile file F has no section [prod]"},
      Row{"the id", "[basic]\nsk=SK\n", "", "the access key id (ak) of [basic] in the profile file F is empty"},
      Row{"the secret", "[global]\nak=AK\n", "", "the secret key (sk) of [global] in the profile file F is empty"},
      Row{"its value", "[basic]\nak=AK\nsk=\n", "", "the secret key (sk) of [basic] in the profile file F is empty"},
      Row{"one line", "[basic]\nak=AK\nsk=can ary\n", "",
          "the secret key (sk) of [basic] in the profile file F holds characters that do not belong there; it must be "
          "one line without blanks"});
  CAPTURE(what);
  const auto values = read_profile(text, {"F", section});
  REQUIRE_FALSE(values);
  CHECK(values.error().kind == ErrorKind::invalid);
  CHECK(values.error().message == message);
}

TEST_CASE("profile: as a source the file is read anew each time") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  const auto source = make_profile({directory / "credentials", "prod"}, pool);
  CHECK(source->is_renewable());
  CHECK(source->description() == "[prod] of the profile file " + directory / "credentials");
  const auto id = [&source] { return std::get<SigningKey>(test::run(source->fetch(Deadline{})).value()).key.id; };
  directory.write("credentials", "[prod]\nak=AK\nsk=SK\n");
  CHECK(id() == "AK");
  directory.write("credentials", "[prod]\nak=AK2\nsk=SK\n");
  CHECK(id() == "AK2");
}

TEST_CASE("profile: as a source it says why it cannot be read") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  const auto source = make_profile({directory / "credentials", ""}, pool);
  CHECK(source->description() == "the profile file " + directory / "credentials");
  CHECK(test::run(source->fetch(Deadline{})).error().message ==
        "cannot use " + directory / "credentials" + " for credentials: No such file or directory");
  directory.write("credentials", "[basic]\nak=AK\n");
  CHECK_THAT(test::run(source->fetch(Deadline{})).error().message, Catch::Contains("the secret key (sk)"));
}

}  // namespace fgsync::functiongraph
