#include "functiongraph/regions.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/exchange_failures.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr const char* kProject = "46b6f338fc3445b8846c71dfb1fb0000";

http::Endpoint endpoint(const std::string& url) {
  auto parsed = http::parse_endpoint(url);
  REQUIRE(parsed);
  return *parsed;
}

http::Endpoint endpoint_in(const std::string& region) {
  return endpoint("https://functiongraph." + region + ".myhuaweicloud.com");
}

/// An answer that was refused.
Error refused(ErrorKind kind, int status, const std::string& code, const std::string& request_id = "5f1c") {
  Error error(kind, "words");
  error.remote = RemoteFacts{.http_status = status, .error_code = code, .request_id = request_id, .retry_after = {}};
  return error;
}

/// What is wrong; `fine` when nothing is.
std::string told(const Result<void>& checked) {
  if (checked) return "fine";
  CHECK(checked.error().kind == ErrorKind::invalid);
  return checked.error().message;
}

// Endpoints of regions

TEST_CASE("regions: each cloud has endpoints of its own") {
  struct Row {
    const char* region;
    const char* domain;
  };
  const std::vector<Row> rows{
      {"cn-north-4", "cn-north-4.myhuaweicloud.com"},
      {"ap-southeast-3", "ap-southeast-3.myhuaweicloud.com"},
      {"my-kualalumpur-1", "my-kualalumpur-1.myhuaweicloud.com"},
      {"eu-west-101", "eu-west-101.myhuaweicloud.eu"},
      {"eu-west-1", "eu-west-1.myhuaweicloud.eu"},
      {"eu-west-0", "eu-west-0.myhuaweicloud.com"},
      {"eu-de", "eu-de.otc.t-systems.com"},
      {"eu-nl", "eu-nl.otc.t-systems.com"},
      {"eu-denmark-1", "eu-denmark-1.myhuaweicloud.com"},
      {"xx-new-12", "xx-new-12.myhuaweicloud.com"},
  };
  for (const Row& row : rows) {
    INFO(row.region);
    const auto endpoints = endpoints_of(row.region);
    REQUIRE(endpoints);
    CHECK(endpoints->function_graph == std::string("https://functiongraph.") + row.domain);
    CHECK(endpoints->iam == std::string("https://iam.") + row.domain);
  }
}

TEST_CASE("regions: what is no region's name is refused, with the name that was probably meant") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "region \"\" is no region's name; expected something like cn-north-4"},
      {"CN-North-4", "region \"CN-North-4\" is no region's name; did you mean cn-north-4?"},
      {"cn_north_4", "region \"cn_north_4\" is no region's name; did you mean cn-north-4?"},
      {" eu-de", "region \" eu-de\" is no region's name; did you mean eu-de?"},
      {"CN North-Beijing4", "region \"CN North-Beijing4\" is no region's name; expected something like cn-north-4"},
      {"-cn-north-4", "region \"-cn-north-4\" is no region's name; did you mean cn-north-4?"},
      {"evil.example.com/", "region \"evil.example.com/\" is no region's name; expected something like cn-north-4"},
      {"-", "region \"-\" is no region's name; expected something like cn-north-4"},
      {"a-\n", "region \"a-?\" is no region's name; expected something like cn-north-4"},
      {std::string(64, 'a'),
       "region \"" + std::string(64, 'a') + "\" is no region's name; expected something like cn-north-4"},
      {kProject,
       "region \"46b6f338fc3445b8846c71dfb1fb0000\" looks like a project id; expected something like "
       "cn-north-4: change --region, FGSYNC_REGION or spec.region"},
  };
  for (const auto& [text, message] : rows) {
    INFO(text);
    const auto endpoints = endpoints_of(text);
    REQUIRE_FALSE(endpoints);
    CHECK(endpoints.error().kind == ErrorKind::invalid);
    CHECK(endpoints.error().message == message);
  }
}

TEST_CASE("regions: those of the documents are known, others are not") {
  for (const auto* known :
       {"cn-north-1",       "cn-north-4",     "cn-north-9",     "cn-north-11",    "cn-east-2",      "cn-east-3",
        "cn-east-4",        "cn-south-1",     "cn-south-4",     "cn-southwest-2", "cn-southwest-3", "ap-southeast-1",
        "ap-southeast-2",   "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "af-south-1",     "sa-brazil-1",
        "la-south-2",       "la-north-2",     "na-mexico-1",    "tr-west-1",      "me-east-1",      "ae-ad-1",
        "my-kualalumpur-1", "ru-moscow-1",    "eu-west-101",    "eu-de",          "eu-nl"}) {
    INFO(known);
    CHECK(is_known_region(known));
    CHECK_FALSE(nearest_region(known));
  }
  for (const auto* unknown : {"", "cn-north-2", "CN-NORTH-4", "cn-north", "cn-north-4 ", "us-east-1"}) {
    INFO(unknown);
    CHECK_FALSE(is_known_region(unknown));
  }
}

TEST_CASE("regions: a mistyped one is recognised, anything else is not") {
  CHECK(nearest_region("cn-nroth-4") == "cn-north-4");
  CHECK(nearest_region("CN-NORTH-4") == "cn-north-4");
  CHECK(nearest_region("eude") == "eu-de");
  CHECK(nearest_region("af-south1") == "af-south-1");
  CHECK_FALSE(nearest_region("somewhere else"));
  CHECK_FALSE(nearest_region(""));
}

TEST_CASE("regions: an endpoint's host names one in the known clouds only") {
  const std::vector<std::pair<std::string, std::optional<std::string>>> rows{
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", "cn-north-4"},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com:8443/base", "cn-north-4"},
      {"https://FunctionGraph.CN-North-4.MyHuaweiCloud.com", "cn-north-4"},
      {"https://functiongraph.eu-west-101.myhuaweicloud.eu", "eu-west-101"},
      {"https://functiongraph.eu-de.otc.t-systems.com", "eu-de"},
      {"https://iam.cn-east-3.myhuaweicloud.com", "cn-east-3"},
      {"https://bucket.obs.cn-east-3.myhuaweicloud.com", "cn-east-3"},
      {"https://functiongraph.xx-new-12.myhuaweicloud.com", "xx-new-12"},
      {"https://iam.myhuaweicloud.com", std::nullopt},
      {"https://myhuaweicloud.com", std::nullopt},
      {"https://functiongraph.cn-north-4.notmyhuaweicloud.com", std::nullopt},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com.example.com", std::nullopt},
      {"https://functiongraph.cn-north-4.private.example", std::nullopt},
      {"http://127.0.0.1:8080", std::nullopt},
      {"https://[2001:db8::1]", std::nullopt},
  };
  for (const auto& [url, region] : rows) {
    INFO(url);
    CHECK(region_of(endpoint(url)) == region);
  }
}

// The target as it was given

TEST_CASE("regions: a target that fits is fine, and so is one of which nothing is known") {
  struct Row {
    const char* url;
    const char* region;
    const char* project;
  };
  const std::vector<Row> rows{
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", "cn-north-4", kProject},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", "", kProject},
      {"https://functiongraph.eu-west-101.myhuaweicloud.com", "eu-west-101", kProject},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com/prefix", "cn-north-4", kProject},
      {"http://127.0.0.1:8080/v2", "cn-north-4", "cn-north-4"},
      {"http://localhost:8080", kProject, kProject},
      {"https://gateway.example.com/v2", "cn-north-4", kProject},
      {"https://10.0.0.7/v2", "", "demo"},
  };
  for (const Row& row : rows) {
    INFO(row.url);
    CHECK(told(check_target(endpoint(row.url), row.region, row.project)) == "fine");
  }
}

TEST_CASE("regions: a target that cannot be right names the likely mistake and where to change it") {
  struct Row {
    const char* url;
    const char* region;
    const char* project;
    const char* message;
  };
  const std::vector<Row> rows{
      {"https://functiongraph.cn-east-3.myhuaweicloud.com", "cn-north-4", kProject,
       "endpoint \"https://functiongraph.cn-east-3.myhuaweicloud.com\" is of region cn-east-3, but the region is "
       "\"cn-north-4\": change --endpoint, FGSYNC_ENDPOINT or spec.endpoint; or --region, FGSYNC_REGION or "
       "spec.region"},
      {"https://iam.cn-north-4.myhuaweicloud.com", "cn-north-4", kProject,
       "endpoint \"https://iam.cn-north-4.myhuaweicloud.com\" is IAM's, not FunctionGraph's; expected "
       "https://functiongraph.cn-north-4.myhuaweicloud.com: change --endpoint, FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://iam.myhuaweicloud.com", "", kProject,
       "endpoint \"https://iam.myhuaweicloud.com\" is IAM's, not FunctionGraph's; expected something like "
       "https://functiongraph.cn-north-4.myhuaweicloud.com: change --endpoint, FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://iam.eu-de.otc.t-systems.com/v3", "", kProject,
       "endpoint \"https://iam.eu-de.otc.t-systems.com/v3\" is IAM's, not FunctionGraph's; expected "
       "https://functiongraph.eu-de.otc.t-systems.com: change --endpoint, FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://bucket.obs.cn-north-4.myhuaweicloud.com", "cn-north-4", kProject,
       "endpoint \"https://bucket.obs.cn-north-4.myhuaweicloud.com\" is another service's, not FunctionGraph's; "
       "expected https://functiongraph.cn-north-4.myhuaweicloud.com: change --endpoint, FGSYNC_ENDPOINT or "
       "spec.endpoint"},
      {"https://console-intl.huaweicloud.com/functiongraph", "ap-southeast-1", kProject,
       "endpoint \"https://console-intl.huaweicloud.com/functiongraph\" is the console's, not FunctionGraph's; "
       "expected https://functiongraph.ap-southeast-1.myhuaweicloud.com: change --endpoint, FGSYNC_ENDPOINT or "
       "spec.endpoint"},
      {"https://huaweicloud.com", "", kProject,
       "endpoint \"https://huaweicloud.com\" is the console's, not FunctionGraph's; expected something like "
       "https://functiongraph.cn-north-4.myhuaweicloud.com: change --endpoint, FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://console.otc.t-systems.com", "eu-de", kProject,
       "endpoint \"https://console.otc.t-systems.com\" is the console's, not FunctionGraph's; expected "
       "https://functiongraph.eu-de.otc.t-systems.com: change --endpoint, FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://functiongraph.myhuaweicloud.com", "cn-north-4", kProject,
       "endpoint \"https://functiongraph.myhuaweicloud.com\" names no region; expected "
       "https://functiongraph.cn-north-4.myhuaweicloud.com: change --endpoint, FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com/v2/", "", kProject,
       "endpoint \"https://functiongraph.cn-north-4.myhuaweicloud.com/v2\" has a path, but fgsync adds /v2 and the "
       "project id itself; expected https://functiongraph.cn-north-4.myhuaweicloud.com: change --endpoint, "
       "FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://functiongraph.eu-de.otc.t-systems.com:8443/v2/p1/fgs", "eu-de", "p1",
       "endpoint \"https://functiongraph.eu-de.otc.t-systems.com:8443/v2/p1/fgs\" has a path, but fgsync adds /v2 and "
       "the project id itself; expected https://functiongraph.eu-de.otc.t-systems.com:8443: change --endpoint, "
       "FGSYNC_ENDPOINT or spec.endpoint"},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", kProject, "cn-north-4",
       "region \"46b6f338fc3445b8846c71dfb1fb0000\" looks like a project id; expected something like cn-north-4: "
       "change --region, FGSYNC_REGION or spec.region"},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", "cn-north-4", "cn-north-4",
       "project id \"cn-north-4\" is a name; expected 32 digits and letters, which the console shows under My "
       "Credentials: change --project-id, FGSYNC_PROJECT_ID or spec.project_id"},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", "", "cn-north-4_media",
       "project id \"cn-north-4_media\" is a name; expected 32 digits and letters, which the console shows under My "
       "Credentials: change --project-id, FGSYNC_PROJECT_ID or spec.project_id"},
      {"https://functiongraph.xx-new-12.myhuaweicloud.com", "xx-new-12", "xx-new-12",
       "project id \"xx-new-12\" is a name; expected 32 digits and letters, which the console shows under My "
       "Credentials: change --project-id, FGSYNC_PROJECT_ID or spec.project_id"},
  };
  for (const Row& row : rows) {
    INFO(row.url);
    CHECK(told(check_target(endpoint(row.url), row.region, row.project)) == row.message);
  }
}

// The target as answers show it

TEST_CASE("regions: a URN of the wanted project and region is fine") {
  const auto urn = FunctionUrn::parse("urn:fss:cn-north-4:p1:function:default:hello");
  CHECK(told(check_urn(*urn, "cn-north-4", "p1")) == "fine");
  CHECK(told(check_urn(*urn, "", "p1")) == "fine");
}

TEST_CASE("regions: a URN of another project or region tells which") {
  const auto urn = FunctionUrn::parse("urn:fss:cn-north-4:p1:function:default:hello");
  CHECK(told(check_urn(*urn, "cn-north-4", "p2")) ==
        "the service answered for project \"p1\" instead of \"p2\": change --project-id, FGSYNC_PROJECT_ID or "
        "spec.project_id, or take the credentials and the endpoint that belong to it");
  CHECK(told(check_urn(*urn, "cn-east-3", "p1")) ==
        "the service answered for region \"cn-north-4\" instead of \"cn-east-3\": change --region, FGSYNC_REGION or "
        "spec.region, or take the credentials and the endpoint that belong to it");
}

// Failures

TEST_CASE("regions: advice without a connection is about an unknown region") {
  const auto failed = test::no_connection();
  CHECK(target_advice(failed, endpoint_in("cn-nroth-4"), "cn-nroth-4", kProject) ==
        "\"cn-nroth-4\" is no region that fgsync knows. Did you mean cn-north-4 (--region, FGSYNC_REGION or "
        "spec.region)?");
  CHECK(target_advice(failed, endpoint_in("cn-nroth-4"), "", kProject) ==
        "\"cn-nroth-4\" is no region that fgsync knows. Did you mean cn-north-4 (--endpoint, FGSYNC_ENDPOINT or "
        "spec.endpoint)?");
  CHECK(target_advice(failed, endpoint_in("nowhere-1"), "nowhere-1", kProject) ==
        "\"nowhere-1\" is no region that fgsync knows: check --region, FGSYNC_REGION or spec.region");
}

TEST_CASE("regions: advice is the same when a proxy or a certificate says no") {
  const auto refused = test::exchange_failure(ErrorKind::invalid, "the proxy refuses", false);
  CHECK(target_advice(refused, endpoint_in("cn-nroth-4"), "cn-nroth-4", kProject) ==
        target_advice(test::no_connection(), endpoint_in("cn-nroth-4"), "cn-nroth-4", kProject));
}

TEST_CASE("regions: of Huawei's cloud in Europe the other domain is named") {
  const auto failed = test::no_connection();
  CHECK(target_advice(failed, endpoint("https://functiongraph.eu-west-101.myhuaweicloud.com"), "", kProject) ==
        "Sources disagree about this region: https://functiongraph.eu-west-101.myhuaweicloud.eu may be the right one "
        "(--endpoint, FGSYNC_ENDPOINT or spec.endpoint)");
  CHECK(target_advice(failed, endpoint("https://functiongraph.eu-west-101.myhuaweicloud.eu"), "", kProject) ==
        "Sources disagree about this region: https://functiongraph.eu-west-101.myhuaweicloud.com may be the right one "
        "(--endpoint, FGSYNC_ENDPOINT or spec.endpoint)");
}

TEST_CASE("regions: advice about an API that does not exist names the endpoint of the region") {
  const auto failed = refused(ErrorKind::invalid, 404, "APIGW.0101");
  CHECK(target_advice(failed, endpoint("https://functiongraph.cn-north-4.myhuaweicloud.com/base"), "", kProject) ==
        "FunctionGraph's endpoint there is https://functiongraph.cn-north-4.myhuaweicloud.com: check --endpoint, "
        "FGSYNC_ENDPOINT or spec.endpoint");
  CHECK(target_advice(failed, endpoint_in("cn-north-4"), "cn-north-4", kProject) ==
        "There may be no FunctionGraph in region cn-north-4: check --region, FGSYNC_REGION or spec.region");
  CHECK(target_advice(failed, endpoint("https://gateway.example.com"), "cn-north-4", kProject) ==
        "Check --endpoint, FGSYNC_ENDPOINT or spec.endpoint");
}

TEST_CASE("regions: advice about a refusal is that the project may be of another region") {
  const std::string advice =
      "Project \"46b6f338fc3445b8846c71dfb1fb0000\" may be of another region than cn-north-4: each has its own, and "
      "the "
      "console shows their ids under My Credentials. Check --project-id, FGSYNC_PROJECT_ID or spec.project_id";
  for (const auto& [status, code] : std::vector<std::pair<int, std::string>>{
           {403, "APIGW.0310"}, {401, "APIGW.0301"}, {403, "FSS.0403"}, {401, "FSS.0401"}, {403, ""}}) {
    INFO(status << code);
    CHECK(target_advice(refused(ErrorKind::unauthorized, status, code), endpoint_in("cn-north-4"), "cn-north-4",
                        kProject) == advice);
  }
  CHECK(target_advice(refused(ErrorKind::invalid, 403, "APIGW.0310"), endpoint_in("cn-north-4"), "cn-north-4",
                      kProject) == advice);
  CHECK(target_advice(refused(ErrorKind::unauthorized, 403, "APIGW.0310"), endpoint("https://fg.example.com"), "",
                      "p1") ==
        "Project \"p1\" may be of another region: each has its own, and the console shows their "
        "ids under My Credentials. Check --project-id, FGSYNC_PROJECT_ID or spec.project_id");
}

TEST_CASE("regions: advice about an answer that the service never gives is to look for a proxy") {
  for (const auto& [kind, status] : std::vector<std::pair<ErrorKind, int>>{{ErrorKind::corrupt, 200},
                                                                           {ErrorKind::corrupt, 302},
                                                                           {ErrorKind::unauthorized, 403},
                                                                           {ErrorKind::unauthorized, 401},
                                                                           {ErrorKind::unknown_effect, 200},
                                                                           {ErrorKind::transient, 502}}) {
    INFO(status);
    CHECK(target_advice(refused(kind, status, "", ""), endpoint_in("cn-north-4"), "cn-north-4", kProject) ==
          "What answered may be a proxy or the network's login page: check HTTPS_PROXY, NO_PROXY, and --endpoint, "
          "FGSYNC_ENDPOINT or spec.endpoint");
  }
}

TEST_CASE("regions: there is no advice for failures that have other causes") {
  const auto good = endpoint_in("cn-north-4");
  const auto unknown = endpoint_in("cn-nroth-4");
  const std::vector<std::pair<Error, http::Endpoint>> rows{
      {Error(ErrorKind::internal, "x"), unknown},
      {test::no_connection(), good},
      {test::no_connection(), endpoint("https://fg.example.com")},
      {test::lost_answer(), unknown},
      {test::late_answer(), unknown},
      {test::exchange_failure(ErrorKind::timed_out, "not sent", false), unknown},
      {test::exchange_failure(ErrorKind::cancelled, "not sent", false), unknown},
      {refused(ErrorKind::unauthorized, 401, "APIGW.0307"), good},
      {refused(ErrorKind::not_found, 404, "FSS.1051"), good},
      {refused(ErrorKind::throttled, 429, "", ""), good},
      {refused(ErrorKind::transient, 503, "", "5f1c"), good},
      {refused(ErrorKind::invalid, 400, "FSS.0400", ""), good},
  };
  for (const auto& [error, where] : rows) {
    INFO(error.describe());
    CHECK(target_advice(error, where, "cn-north-4", kProject).empty());
  }
}

TEST_CASE("regions: there is never advice about a service on this machine") {
  const auto here = endpoint("http://127.0.0.1:8080");
  CHECK(target_advice(refused(ErrorKind::invalid, 404, "APIGW.0101"), here, "cn-north-4", kProject).empty());
  CHECK(target_advice(refused(ErrorKind::unauthorized, 403, "APIGW.0310"), here, "cn-north-4", kProject).empty());
  CHECK(target_advice(refused(ErrorKind::corrupt, 200, "", ""), here, "cn-north-4", kProject).empty());
}

}  // namespace
}  // namespace fgsync::functiongraph
