#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "functiongraph/authentication.hpp"
#include "tests/functiongraph/authentication_support.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::functiongraph {
namespace {

Result<Credential> fetch(CredentialSource& source) {
  return test::run(source.fetch(Deadline{}));
}

const AccessKey& key_of(const Result<Credential>& credential) {
  return std::get<SigningKey>(credential.value()).key;
}

std::string token_of(const Result<Credential>& credential) {
  return std::get<Token>(credential.value()).text.reveal();
}

}  // namespace

TEST_CASE("credentials: none are none, for good") {
  const auto source = make_no_credentials();
  CHECK(std::holds_alternative<NoCredentials>(fetch(*source).value()));
  CHECK_FALSE(source->is_renewable());
  CHECK(source->description() == "none");
}

TEST_CASE("credentials: a token that was given is as it was given, for good") {
  const auto source = make_fixed_token(Secret("t0ken"), "FGSYNC_TOKEN");
  CHECK(token_of(fetch(*source)) == "t0ken");
  CHECK_FALSE(source->is_renewable());
  CHECK(source->description() == "FGSYNC_TOKEN");
}

TEST_CASE("credentials: a key that was given is as it was given, for good") {
  const auto source = make_fixed_key({"AK", Secret("SK"), Secret("ST")}, "HUAWEICLOUD_SDK_AK");
  const auto fetched = fetch(*source);
  CHECK(key_of(fetched).id == "AK");
  CHECK(key_of(fetched).secret.reveal() == "SK");
  CHECK(key_of(fetched).security_token.reveal() == "ST");
  CHECK_FALSE(source->is_renewable());
  CHECK(source->description() == "HUAWEICLOUD_SDK_AK");
}

TEST_CASE("credentials: texts that could break a header are refused, and not shown") {
  const std::string bad = GENERATE("can ary", "canary\r\nX-Evil: 1", "canar\xc3\xa9", "canary\x7f", "\tcanary");
  CAPTURE(bad);
  std::string message;
  std::string expected = "holds characters that do not belong there; it must be one line without blanks";
  SECTION("a token") {
    message = fetch(*make_fixed_token(Secret(bad), "FGSYNC_TOKEN")).error().message;
    expected = "the token of FGSYNC_TOKEN " + expected;
  }
  SECTION("the id of a key") {
    message = fetch(*make_fixed_key({bad, Secret("SK"), {}}, "X")).error().message;
    expected = "the access key id (ak) of X " + expected;
  }
  SECTION("the secret of a key") {
    message = fetch(*make_fixed_key({"AK", Secret(bad), {}}, "X")).error().message;
    expected = "the secret key (sk) of X " + expected;
  }
  SECTION("a security token") {
    message = fetch(*make_fixed_key({"AK", Secret("SK"), Secret(bad)}, "X")).error().message;
    expected = "the security token of X " + expected;
  }
  CHECK(message == expected);
}

TEST_CASE("credentials: empty texts are named") {
  CHECK(fetch(*make_fixed_token(Secret(), "FGSYNC_TOKEN")).error().message == "the token of FGSYNC_TOKEN is empty");
  CHECK(fetch(*make_fixed_key({"", Secret("SK"), {}}, "X")).error().message == "the access key id (ak) of X is empty");
  CHECK(fetch(*make_fixed_key({"AK", Secret(), {}}, "X")).error().message == "the secret key (sk) of X is empty");
}

TEST_CASE("credentials: a token file is read anew each time, without what editors put at its end") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  const auto source = make_token_file(directory / "token", pool);
  CHECK(source->is_renewable());
  CHECK(source->description() == "the token file " + directory / "token");
  directory.write("token", "first\r\n\n");
  CHECK(token_of(fetch(*source)) == "first");
  directory.write("token", "second");
  CHECK(token_of(fetch(*source)) == "second");
}

TEST_CASE("credentials: a token file that cannot be used is named with the reason, its content is not") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  std::string file = directory / "token";
  std::string expected = "cannot use " + file + " for credentials: ";
  SECTION("absent") {
    expected += "No such file or directory";
  }
  SECTION("a directory") {
    file = directory.path();
    expected = "cannot use " + file + " for credentials: it is not a regular file";
  }
  SECTION("a named pipe") {
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    expected += "it is not a regular file";
  }
  SECTION("too large") {
    directory.write("token", std::string((64 << 10) + 1, 'x'));
    expected += "it is larger than 64 KiB";
  }
  SECTION("empty") {
    directory.write("token", "");
    expected = "the token file " + file + " is empty";
  }
  SECTION("nothing but line breaks") {
    directory.write("token", "\n \n");
    expected = "the token file " + file + " is empty";
  }
  SECTION("two lines") {
    directory.write("token", "canary\ncanary\n");
    expected =
        "the token file " + file + " holds characters that do not belong there; it must be one line without blanks";
  }
  const auto fetched = fetch(*make_token_file(file, pool));
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().message == expected);
  CHECK(fetched.error().kind == ErrorKind::invalid);
}

TEST_CASE("credentials: 64 KiB are not too large") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  directory.write("token", std::string(64 << 10, 'x'));
  CHECK(token_of(fetch(*make_token_file(directory / "token", pool))).size() == 64 << 10);
}

TEST_CASE("credentials: a key out of files, with a security token or without") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  directory.write("ak", "AK\n");
  directory.write("sk", "SK\n");
  directory.write("st", "ST\n");
  const auto permanent = make_key_files({directory / "ak", directory / "sk", ""}, pool);
  CHECK(permanent->is_renewable());
  CHECK(permanent->description() == "the access key in " + directory / "ak" + " and " + directory / "sk");
  const auto fetched = fetch(*permanent);
  CHECK(key_of(fetched).id == "AK");
  CHECK(key_of(fetched).secret.reveal() == "SK");
  CHECK(key_of(fetched).security_token.is_empty());
  const auto temporary = fetch(*make_key_files({directory / "ak", directory / "sk", directory / "st"}, pool));
  CHECK(key_of(temporary).security_token.reveal() == "ST");
}

TEST_CASE("credentials: each file of a key must be usable") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  for (const char* name : {"ak", "sk", "st"}) directory.write(name, "x");
  const auto [name, what] =
      GENERATE(std::pair{"ak", "the file of the access key id "}, std::pair{"sk", "the file of the secret key "},
               std::pair{"st", "the file of the security token "});
  CAPTURE(name);
  const KeyFiles files{directory / "ak", directory / "sk", directory / "st"};
  directory.write(name, "");
  CHECK(fetch(*make_key_files(files, pool)).error().message == what + directory / name + " is empty");
  std::filesystem::remove(directory / name);
  CHECK(fetch(*make_key_files(files, pool)).error().message ==
        "cannot use " + directory / name + " for credentials: No such file or directory");
}

TEST_CASE("credentials: a token file that is rewritten is used without a restart") {
  const test::TempDirectory directory;
  WorkerPool pool(1);
  boost::asio::io_context loop;
  test::FakeClock clock;
  test::FakeGateway gateway(loop);
  std::string valid = "first";
  gateway.automatic = [&valid](const http::Request& request) {
    return http::find_header(request.headers, "X-Auth-Token") == valid ? test::answer(200) : test::refusal();
  };
  const auto client =
      make_authenticated_client({gateway, {}, clock, &pool, {}}, make_token_file(directory / "token", pool));
  const auto call = [&] { return test::run(loop, client->send({}, clock.in(std::chrono::minutes(1)))); };

  directory.write("token", "first");
  CHECK(call().value().status == 200);
  // It expires; the file has been renewed meanwhile.
  valid = "second";
  directory.write("token", "second");
  CHECK(call().value().status == 200);
  CHECK(gateway.count() == 3);
  // It expires, and the file is late.
  valid = "third";
  CHECK(call().error().kind == ErrorKind::unauthorized);
  CHECK(gateway.count() == 4);
  directory.write("token", "third");
  CHECK(call().error().kind == ErrorKind::unauthorized);
  CHECK(gateway.count() == 4);
  clock.advance(std::chrono::seconds(1));
  CHECK(call().value().status == 200);
  CHECK(gateway.count() == 5);
}

}  // namespace fgsync::functiongraph
