// What the documents leave open: each switch in both positions.
#include "emulated.hpp"
#include "temporary_folder.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;

namespace {

const std::string kHello = "/" + Emulated::urn();

/// A service with one function, made with these answers to the open questions.
struct Opened : Emulated {
  explicit Opened(const OpenQuestions& open = {}) : Emulated(options_of(open)) {
    REQUIRE(post("", create_body()).outcome() == "200");
  }

  static ServiceOptions options_of(const OpenQuestions& open) {
    ServiceOptions options;
    options.open = open;
    return options;
  }

  /// Changes the configuration to another timeout.
  Reply set_timeout(int seconds, const std::string& qualifier = "") {
    auto body = config_body();
    body["timeout"] = seconds;
    return put(kHello + qualifier + "/config", body);
  }

  Reply import(const std::string& name) {
    const std::string yaml = "HcCrmTemplateVersion: v1\nResources:\n  " + name +
                             ":\n    Type: HC::Serverless::Function\n    Properties:\n      Handler: index.handler\n"
                             "      Runtime: Python3.9\n      CodeType: zip\n      CodeFileName: index.zip\n"
                             "      MemorySize: 128\n      Timeout: 3\n";
    const auto package = zip_bytes({{name + ".yaml", yaml}, {"index.zip", code_zip()}});
    return post("/import", Json{{"func_name", name},
                                {"file_name", name + ".zip"},
                                {"file_type", "zip"},
                                {"file_code", fgsync::base64_encode(package)}});
  }
};

}  // namespace

TEST_CASE("open: a digest of other code is ignored when publishing, or refused") {
  const Json other{{"version", "v1"}, {"digest", std::string(128, 'a')}};
  const Json same{{"version", "v1"}, {"digest", fgsync::sha512_hex(code_zip())}};
  const Json md5{{"version", "v1"}, {"digest", std::string(32, 'a')}};
  CHECK(Opened().post(kHello + "/versions", other).outcome() == "200");
  OpenQuestions open;
  open.publish_digest = PublishDigest::compared;
  CHECK(Opened(open).post(kHello + "/versions", other).outcome() == "400 FSS.0400");
  CHECK(Opened(open).post(kHello + "/versions", same).outcome() == "200");
  CHECK(Opened(open).post(kHello + "/versions", md5).outcome() == "200");
}

TEST_CASE("open: a change of the configuration can be published, or only one of the code") {
  for (const auto& [needs, outcome] :
       {std::pair{PublishNeeds::any_change, "200"}, std::pair{PublishNeeds::code_change, "400 FSS.1016"}}) {
    OpenQuestions open;
    open.publish_needs = needs;
    Opened service(open);
    service.publish("v1");
    REQUIRE(service.set_timeout(99).outcome() == "200");
    CHECK(service.publish("v2").outcome() == outcome);
    REQUIRE(service.put(kHello + "/code", code_body("x = 2")).outcome() == "200");
    CHECK(service.publish("v3").outcome() == "200");
  }
}

TEST_CASE("open: a taken name is refused before the want of a change, or after it") {
  for (const auto& [order, outcome] :
       {std::pair{PublishOrder::name_first, "409 FSS.1062"}, std::pair{PublishOrder::change_first, "400 FSS.1016"}}) {
    OpenQuestions open;
    open.publish_order = order;
    Opened service(open);
    service.publish("v1");
    CHECK(service.publish("v1").outcome() == outcome);
    REQUIRE(service.put(kHello + "/code", code_body("x = 2")).outcome() == "200");
    CHECK(service.publish("v1").outcome() == "409 FSS.1062");
  }
}

TEST_CASE("open: publish answers the new version, or latest") {
  const Json request{{"version", "v1"}, {"description", "first"}};
  OpenQuestions open;
  open.publish_answer = PublishAnswer::latest;
  Opened service(open);
  const auto latest = service.post(kHello + "/versions", request).json();
  CHECK(latest["version"] == "latest");
  CHECK(latest["func_urn"] == Emulated::urn() + ":latest");
  CHECK(latest["version_description"] == "first");
  CHECK(service.get(kHello + ":v1/config").json()["version"] == "v1");
  CHECK(service.get(kHello + "/versions").json()["versions"][0]["version_description"] == "");
  CHECK(Opened().post(kHello + "/versions", request).json()["version"] == "v1");
}

TEST_CASE("open: the list of versions is paged, or whole with a marker that leads nowhere") {
  OpenQuestions open;
  open.version_paging = VersionPaging::ignored;
  Opened service(open);
  service.publish("v1");
  for (const auto* query : {"", "?maxitems=1", "?marker=2&maxitems=1", "?marker=x"}) {
    INFO(query);
    const auto list = service.get(kHello + "/versions" + query).json();
    CHECK(list["versions"].size() == 2);
    CHECK(list["next_marker"] == 2);
  }
  Opened paged;
  paged.publish("v1");
  CHECK(paged.get(kHello + "/versions?maxitems=1").json()["versions"].size() == 1);
}

TEST_CASE("open: a configuration update replaces what it leaves out, or keeps it") {
  for (const auto& [update, kept] : {std::pair{ConfigUpdate::replaces, false}, std::pair{ConfigUpdate::merges, true}}) {
    OpenQuestions open;
    open.config_update = update;
    Opened service(open);
    auto full = config_body();
    full["description"] = "greets";
    full["user_data"] = R"({"A":"b"})";
    full["encrypted_user_data"] = R"({"SECRET":"s"})";
    full["strategy_config"] = {{"concurrency", 5}, {"concurrent_num", 2}};
    REQUIRE(service.put(kHello + "/config", full).outcome() == "200");
    const auto after = service.set_timeout(99).json();
    CHECK(after["timeout"] == 99);
    CHECK(after.contains("description") == kept);
    CHECK(after.contains("user_data") == kept);
    CHECK(after.contains("encrypted_user_data") == kept);
    CHECK((after["strategy_config"]["concurrency"] == 5) == kept);
  }
}

TEST_CASE("open: where updates merge, an empty text removes what was there, and required fields stay required") {
  OpenQuestions open;
  open.config_update = ConfigUpdate::merges;
  Opened service(open);
  auto body = config_body();
  body["description"] = "greets";
  service.put(kHello + "/config", body);
  body["description"] = "";
  CHECK(!service.put(kHello + "/config", body).json().contains("description"));
  body.erase("timeout");
  CHECK(service.put(kHello + "/config", body).outcome() == "400 FSS.1008");
}

TEST_CASE("open: the configuration of a version is fixed, or can be updated") {
  Opened fixed;
  fixed.publish("v1");
  CHECK(fixed.set_timeout(99, ":v1").outcome() == "400 FSS.1015");

  OpenQuestions open;
  open.version_configuration = VersionConfiguration::editable;
  Opened service(open);
  service.publish("v1");
  service.post(kHello + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  const auto reply = service.set_timeout(99, ":v1");
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json()["version"] == "v1");
  CHECK(reply.json()["timeout"] == 99);
  CHECK(service.get(kHello + ":v1/config").json() == reply.json());
  CHECK(service.get(kHello + "/versions").json()["versions"][1]["timeout"] == 99);
  CHECK(service.get(kHello + "/config").json()["timeout"] == 30);
  CHECK(service.set_timeout(98, ":!prod").outcome() == "400 FSS.1015");
  CHECK(service.set_timeout(98, ":v9").outcome() == "404 FSS.1052");
  CHECK(service.put(kHello + ":v1/code", code_body("x = 2")).outcome() == "400 FSS.1015");
}

TEST_CASE("open: the URNs of functions end with the version, or do not") {
  OpenQuestions open;
  open.urn_form = UrnForm::plain;
  Opened service(open);
  const auto published = service.publish("v1").json();
  CHECK(published["func_urn"] == Emulated::urn());
  CHECK(published["version"] == "v1");
  CHECK(service.get(kHello + "/config").json()["func_urn"] == Emulated::urn());
  CHECK(service.get(kHello + ":v1/code").json()["func_urn"] == Emulated::urn());
  CHECK(service.get("").json()["functions"][0]["func_urn"] == Emulated::urn());
  const auto versions = service.get(kHello + "/versions").json();
  for (const auto& version : versions["versions"]) CHECK(version["func_urn"] == Emulated::urn());
  const auto alias = service.post(kHello + "/aliases", Json{{"name", "prod"}, {"version", "v1"}}).json();
  CHECK(alias["alias_urn"] == Emulated::urn() + ":!prod");
}

TEST_CASE("open: a state shows URNs in the form of the emulator that has it open") {
  const TemporaryFolder folder;
  ServiceOptions plain;
  plain.open.urn_form = UrnForm::plain;
  Emulated(ServiceOptions(), folder.file("state.db")).post("", create_body());
  CHECK(Emulated(plain, folder.file("state.db")).get(kHello + "/config").json()["func_urn"] == Emulated::urn());
  CHECK(Emulated(ServiceOptions(), folder.file("state.db")).get(kHello + "/config").json()["func_urn"] ==
        Emulated::urn() + ":latest");
}

TEST_CASE("open: imports follow each other at once, or keep their project busy") {
  Opened free;
  CHECK(free.import("one").outcome() == "200");
  CHECK(free.import("two").outcome() == "200");

  OpenQuestions open;
  open.transfer_time = std::chrono::seconds(30);
  Opened service(open);
  CHECK(service.import("hello").outcome() == "409 FSS.1061");
  CHECK(service.import("one").outcome() == "200");
  CHECK(service.import("two").outcome() == "429 FSS.0429");
  CHECK(service.get(kHello + "/export?config=true&code=true").status == 200);
  CHECK(service.get(kHello + "/export?config=true&code=true").outcome() == "429 FSS.0429");
  service.base = "/v2/p2/fgs/functions";
  CHECK(service.import("two").outcome() == "200");
  service.base = "/v2/p1/fgs/functions";
  service.now += std::chrono::seconds(30);
  CHECK(service.import("two").outcome() == "200");
}

TEST_CASE("open: times in answers and names are those of the service's clock") {
  for (const auto& [hours, time, name, stamp] :
       {std::tuple{8, "2019-10-25 15:37:27", "v20191025-153727", "191025153727"},
        std::tuple{0, "2019-10-25 07:37:27", "v20191025-073727", "191025073727"},
        std::tuple{-12, "2019-10-24 19:37:27", "v20191024-193727", "191024193727"}}) {
    OpenQuestions open;
    open.utc_offset = std::chrono::hours(hours);
    Opened service(open);
    const auto published = service.post(kHello + "/versions", Json::object()).json();
    CHECK(published["version"] == name);
    CHECK(published["last_modified"] == time);
    CHECK(published["image_name"].get<std::string>().find(stamp) != std::string::npos);
    CHECK(published["last_modified_utc"] == 1571989047);
    CHECK(service.get(kHello + "/config").json()["last_modified"] == time);
    const auto alias = service.post(kHello + "/aliases", Json{{"name", "prod"}, {"version", name}}).json();
    CHECK(alias["last_modified"] == time);
    const Json timer{{"trigger_type_code", "TIMER"},
                     {"event_data", {{"name", "t"}, {"schedule_type", "Rate"}, {"schedule", "1h"}}}};
    const auto trigger = service.ask(fgsync::http::Method::post, "/triggers" + kHello, timer).json();
    CHECK(trigger["created_time"] == time);
    CHECK(trigger["last_updated_time"] == time);
    const auto async = service.put(kHello + "/async-invoke-config", Json::object()).json();
    CHECK(async["created_time"] == time);
    CHECK(async["last_modified"] == time);
  }
}
