#include "daemon/control_api.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/daemon/fake_controls.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"

using namespace fgsync;
using daemon::Caller;
using http::Method;
using nlohmann::json;
using test::FakeControls;

namespace {

struct Api {
  boost::asio::io_context loop;
  test::FakeClock clock;
  daemon::EventLog events{loop.get_executor()};
  FakeControls controls{events};
  daemon::ControlApi api{{controls, clock, [] { return std::string("up 1\n"); }}};

  Api() {
    controls.shown.is_ready = true;
    controls.shown.targets.resize(1);
    controls.shown.targets[0].name = "eu";
    controls.shown.targets[0].sweep.succeeded_at = clock.wall_now();
    controls.shown.targets[0].functions.resize(1);
    controls.shown.targets[0].functions[0].name = "thumb";
  }

  http::Reply reply(Method method, std::string target, std::string body = "", bool may_write = true,
                    http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers = std::move(headers);
    return test::run(loop, api.answer(std::move(request), Caller{"anna", may_write}));
  }
  http::Response ask(Method method, std::string target, std::string body = "", bool may_write = true) {
    return reply(method, std::move(target), std::move(body), may_write).response.value();
  }
  http::Response post(std::string target, std::string body) {
    return ask(Method::post, std::move(target), std::move(body));
  }
};

std::string message_of(const http::Response& response) {
  return json::parse(response.body).at("error").at("message").get<std::string>();
}

std::string next_piece(Api& api, http::BodyStream& stream) {
  return test::run(api.loop, stream.next()).value_or("(end)");
}

daemon::Event event(std::string type) {
  daemon::Event made;
  made.type = std::move(type);
  made.message = "line\nbreak";
  return made;
}

}  // namespace

TEST_CASE("control api: each order reaches the daemon with what it says and who said it") {
  struct Case {
    const char* path;
    const char* body;
    const char* asked;
    const char* answer;
  };
  const Case cases[] = {
      {"/v1/reconcile", R"({"target":"eu","functions":["a","b"],"wait":1.5})", "reconcile eu [a,b,] 1500", ""},
      {"/v1/reconcile", "", "reconcile  [] 0", ""},
      {"/v1/approve", R"({"plan_id":"7c19"})", "approve  7c19 by anna", ""},
      {"/v1/suspend", R"({"function":"a","reason":"why"})", "suspend /a why by anna",
       R"({"function":"a","suspended":true,"in_flight":true})"},
      {"/v1/resume", R"({"target":"eu","function":"a"})", "resume eu/a by anna",
       R"({"function":"a","was_suspended":true})"},
      {"/v1/hold", R"({"function":"a"})", "hold /a  by anna", R"({"function":"a","held":true})"},
      {"/v1/release", R"({"function":"a"})", "release /a by anna",
       R"({"function":"a","had_hold":true,"aliases":["prod"]})"},
      {"/v1/rollback", R"({"function":"a","to":"v1","alias":"prod","reason":"bad"})",
       "rollback /a prod to v1 bad by anna",
       R"({"function":"a","alias":"prod","from":"v2","to":"v1","fingerprint":"ab12"})"},
      {"/v1/forget", R"({"function":"a"})", "forget /a by anna",
       R"({"function":"a","had_inventory":false,"had_mark":true,"had_intents":false,)"
       R"("kept":{"hold":null,"suspension":null}})"},
      {"/v1/pause", R"({"reason":"incident"})", "pause  incident by anna", R"({"paused":true,"in_flight":3})"},
      {"/v1/unpause", R"({"target":"eu"})", "unpause eu by anna", R"({"was_paused":true})"},
      {"/v1/reload", "{}", "reload", R"({"reloaded":true})"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.path, c.body);
    Api api;
    const auto answer = api.post(c.path, c.body);
    CHECK(answer.status == 200);
    CHECK(http::find_header(answer.headers, "Content-Type") == "application/json");
    CHECK(api.controls.asked == std::vector<std::string>{c.asked});
    if (*c.answer != '\0') CHECK(json::parse(answer.body) == json::parse(c.answer));
  }
  Api api;
  CHECK(api.ask(Method::put, "/v1/log-level", R"({"level":"debug"})").status == 200);
  CHECK(api.controls.asked == std::vector<std::string>{"level 3"});
}

TEST_CASE("control api: what cannot be meant is refused before anything is asked") {
  struct Case {
    const char* path;
    const char* body;
    const char* message;
  };
  const Case cases[] = {
      {"/v1/suspend", "{", "the body is no JSON"},
      {"/v1/suspend", "[]", "the body must be a JSON object, found array"},
      {"/v1/suspend", "{}", "\"function\" is missing"},
      {"/v1/suspend", R"({"function":""})", "\"function\" must not be empty"},
      {"/v1/suspend", R"({"function":1})", "\"function\" must be a text, found number"},
      {"/v1/suspend", R"({"function":"a","function":"b"})", "the body names \"function\" twice"},
      {"/v1/suspend", R"({"function":"a","reson":"x"})", "unknown key \"reson\"; did you mean reason?"},
      {"/v1/suspend", R"({"functoin":"a"})", "unknown key \"functoin\"; did you mean function?"},
      {"/v1/suspend", R"({"function":"a","xyzzy":1})", "unknown key \"xyzzy\"; there are target, function and reason"},
      {"/v1/suspend", R"({"function":"a","reason":"two\nlines"})",
       "\"reason\" must be one line, without control characters"},
      {"/v1/reload", R"({"a":1})", "unknown key \"a\"; there are none here"},
      {"/v1/reconcile", R"({"functions":"a"})", "\"functions\" must be a list of texts, found string"},
      {"/v1/reconcile", R"({"functions":[1]})", "\"functions\" must be a text, found number"},
      {"/v1/reconcile", R"({"functions":[""]})", "\"functions\" must not hold an empty text"},
      {"/v1/reconcile", R"({"wait":"5s"})", "\"wait\" must be a number of seconds from 0 to 3600, found string"},
      {"/v1/reconcile", R"({"wait":-1})", "\"wait\" must be a number of seconds from 0 to 3600, found -1"},
      {"/v1/reconcile", R"({"wait":3601})", "\"wait\" must be a number of seconds from 0 to 3600, found 3601"},
      {"/v1/rollback", R"({"function":"a"})", "\"to\" is missing"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.path, c.body);
    Api api;
    const auto answer = api.post(c.path, c.body);
    CHECK(answer.status == 400);
    CHECK(message_of(answer) == c.message);
    CHECK(api.controls.asked.empty());
  }
  Api api;
  CHECK(message_of(api.post("/v1/pause", std::string((std::size_t{64} << 10U) + 1, ' '))) ==
        "the body is longer than 64 KiB");
  const auto level = api.ask(Method::put, "/v1/log-level", R"({"level":"loud"})");
  CHECK(level.status == 400);
  CHECK(message_of(level) == "there is no log level \"loud\"; there are error, warn, info and debug");
  CHECK(api.controls.asked.empty());
}

TEST_CASE("control api: whoever may only look gets 403 for every order, and nothing is asked") {
  Api api;
  int orders = 0;
  for (const daemon::ControlRoute& route : daemon::control_routes()) {
    CAPTURE(route.path);
    const Method method = route.method == "GET" ? Method::get : route.method == "PUT" ? Method::put : Method::post;
    const auto answer = api.ask(method, std::string(route.path), "{}", false);
    CHECK((answer.status == 403) == route.writes);
    CHECK(route.writes == (method != Method::get));
    orders += route.writes ? 1 : 0;
  }
  CHECK(orders == 12);
  CHECK(api.controls.asked.empty());
}

TEST_CASE("control api: paths and methods that there are not") {
  Api api;
  for (const char* path : {"/", "/v1", "/v1/statu", "/v1/status/x", "/v1/functions", "//v1/status"}) {
    CAPTURE(path);
    CHECK(api.ask(Method::get, path).status == 404);
  }
  const auto answer = api.ask(Method::post, "/v1/status");
  CHECK(answer.status == 405);
  CHECK(http::find_header(answer.headers, "Allow") == "GET");
  CHECK(api.ask(Method::get, "/v1/suspend").status == 405);
  CHECK(api.ask(Method::del, "/metrics").status == 405);
  CHECK(api.ask(Method::get, "/v1/status?%zz=1").status == 400);
  CHECK(message_of(api.ask(Method::get, "/v1/status?tagret=eu")) ==
        "unknown key of the query \"tagret\"; did you mean target?");
  CHECK(message_of(api.ask(Method::get, "/v1/status?target=eu&target=eu")) == "the query names \"target\" twice");
}

TEST_CASE("control api: the status of a failure says what kind it is") {
  const std::pair<ErrorKind, int> cases[] = {
      {ErrorKind::invalid, 400},      {ErrorKind::not_found, 404},      {ErrorKind::conflict, 409},
      {ErrorKind::unauthorized, 503}, {ErrorKind::throttled, 503},      {ErrorKind::transient, 503},
      {ErrorKind::timed_out, 503},    {ErrorKind::unknown_effect, 500}, {ErrorKind::internal, 500},
      {ErrorKind::corrupt, 500},      {ErrorKind::cancelled, 503},
  };
  for (const auto& [kind, status] : cases) {
    Api api;
    api.controls.failure = Error(kind, "so it is");
    for (const daemon::ControlRoute& route : daemon::control_routes()) {
      if (!route.writes || route.method == "PUT") continue;
      CAPTURE(route.path, name_of(kind));
      const bool has_function = route.path != "/v1/reconcile" && route.path != "/v1/approve" &&
                                route.path != "/v1/pause" && route.path != "/v1/unpause" && route.path != "/v1/reload";
      const std::string to = route.path == "/v1/rollback" ? R"(,"to":"v1")" : "";
      const auto answer =
          api.post(std::string(route.path), has_function ? "{\"function\":\"a\"" + to + "}" : std::string("{}"));
      CHECK(answer.status == status);
      CHECK(json::parse(answer.body).at("error").at("kind") == std::string(name_of(kind)));
      CHECK(message_of(answer) == "so it is");
    }
  }
}

TEST_CASE("control api: status, whole and narrowed") {
  Api api;
  auto& target = api.controls.shown.targets[0];
  target.functions[0].condition = daemon::Condition::failed;
  target.functions[0].observed_at = api.controls.shown.now - std::chrono::seconds(90);
  target.pause = daemon::PauseView{"anna", "incident", "2026-01-01T00:00:00Z"};
  const auto document = json::parse(api.ask(Method::get, "/v1/status").body);
  const auto& row = document.at("targets").at(0).at("functions").at(0);
  CHECK(row.at("address") == "thumb");
  CHECK(row.at("condition") == "Failed");
  CHECK(row.at("last_observed_age_seconds") == 90);
  CHECK(row.at("last_success").is_null());
  CHECK(document.at("targets").at(0).at("pause").at("who") == "anna");
  CHECK(json::parse(api.ask(Method::get, "/v1/functions/thumb").body).at("target") == "eu");
  CHECK(json::parse(api.ask(Method::get, "/v1/functions/th%75mb?target=eu").body).at("address") == "thumb");
  CHECK(api.ask(Method::get, "/v1/functions/other").status == 404);
  CHECK(message_of(api.ask(Method::get, "/v1/status?target=us")) == "there is no target us; there are eu");
  api.controls.shown.targets.push_back(target);
  api.controls.shown.targets[1].name = "us";
  CHECK(api.ask(Method::get, "/v1/functions/thumb").status == 409);
  CHECK(api.ask(Method::get, "/v1/functions/thumb?target=us").status == 200);
  CHECK(json::parse(api.ask(Method::get, "/v1/status?target=us").body).at("targets").size() == 1);
}

TEST_CASE("control api: alive is not ready") {
  Api api;
  CHECK(api.ask(Method::get, "/healthz").status == 200);
  CHECK(api.ask(Method::get, "/readyz").status == 200);
  auto& view = api.controls.shown;
  view.targets[0].sweep.succeeded_at.reset();
  view.is_ready = false;
  const auto answer = api.ask(Method::get, "/readyz");
  CHECK(answer.status == 503);
  CHECK(json::parse(answer.body).at("why") == "no sweep has ended yet: eu");
  view.targets[0].problem = "the state is in use";
  CHECK(json::parse(api.ask(Method::get, "/readyz").body).at("why") == "no target works: the state is in use");
  view.is_stopping = true;
  CHECK(json::parse(api.ask(Method::get, "/readyz").body).at("why") == "it is stopping");
  CHECK(api.ask(Method::get, "/healthz").status == 200);
}

TEST_CASE("control api: the open listener has metrics and health, and nothing else") {
  Api api;
  for (const daemon::ControlRoute& route : daemon::control_routes()) {
    CAPTURE(route.path);
    http::Request request;
    request.method = route.method == "GET" ? Method::get : route.method == "PUT" ? Method::put : Method::post;
    request.target = std::string(route.path);
    const auto answer = test::run(api.loop, api.api.answer_monitoring(std::move(request))).response.value();
    const bool is_open = route.path == "/metrics" || route.path == "/healthz" || route.path == "/readyz";
    CHECK(answer.status == (is_open ? 200 : 404));
  }
  CHECK(api.ask(Method::get, "/metrics").body == "up 1\n");
}

TEST_CASE("control api: events as a list") {
  Api api;
  for (const char* type : {"one", "two", "three"}) api.events.publish(event(type));
  const auto document = json::parse(api.ask(Method::get, "/v1/events?follow=false&after=1").body);
  CHECK(document.at("last_id") == 3);
  REQUIRE(document.at("events").size() == 2);
  CHECK(document.at("events").at(0).at("type") == "two");
  CHECK(api.ask(Method::get, "/v1/events?follow=maybe").status == 400);
  CHECK(api.ask(Method::get, "/v1/events?follow=false&after=-1").status == 400);
  CHECK(json::parse(api.ask(Method::get, "/v1/events?follow=false&after=99").body).at("events").size() == 3);
}

TEST_CASE("control api: events as they come, each once, with signs of life, to the end") {
  Api api;
  for (const char* type : {"one", "two"}) api.events.publish(event(type));
  auto reply = api.reply(Method::get, "/v1/events", "", false, {{"Last-Event-ID", "1"}});
  CHECK(http::find_header(reply.response->headers, "Content-Type") == "text/event-stream");
  REQUIRE(reply.stream);
  CHECK(next_piece(api, *reply.stream) == ": events of fgsync\nretry: 2000\n\n");
  const std::string piece = next_piece(api, *reply.stream);
  CHECK(piece.starts_with("id: 2\nevent: two\ndata: {\"id\":2,"));
  CHECK(piece.find("\"message\":\"line\\nbreak\"") != std::string::npos);
  CHECK(piece.ends_with("}\n\n"));
  CHECK(piece.find("\n\n") == piece.size() - 2);
  const auto before = api.clock.now();
  CHECK(next_piece(api, *reply.stream) == ": alive\n\n");
  CHECK(api.clock.now() - before == std::chrono::seconds(15));
  api.events.publish(event("three"));
  CHECK(next_piece(api, *reply.stream).starts_with("id: 3\nevent: three\n"));
  api.events.close();
  CHECK(next_piece(api, *reply.stream) == "(end)");
}

TEST_CASE("control api: a reader who comes back late is told how much is missing") {
  Api api;
  for (int i = 0; i < 1'010; ++i) api.events.publish(event("one"));
  auto reply = api.reply(Method::get, "/v1/events?after=5");
  next_piece(api, *reply.stream);
  CHECK(next_piece(api, *reply.stream).starts_with(": 5 events were not kept\n\nid: 11\n"));
}

TEST_CASE("control api: the token is compared as a whole") {
  const Secret token(std::string("0123456789abcdef"));
  const auto bears = [&token](std::string header) {
    http::Request request;
    request.headers.emplace_back("authorization", std::move(header));
    return daemon::bears(request, token);
  };
  CHECK(bears("Bearer 0123456789abcdef"));
  CHECK(bears("bearer 0123456789abcdef"));
  for (const char* bad : {"", "Bearer ", "Bearer 0123456789abcdeX", "Bearer 0123456789abcde", "0123456789abcdef",
                          "Basic 0123456789abcdef", "Bearer 0123456789abcdef0123456789abcdef"}) {
    CAPTURE(bad);
    CHECK_FALSE(bears(bad));
  }
  CHECK_FALSE(daemon::bears(http::Request(), token));
  http::Request empty;
  empty.headers.emplace_back("Authorization", "Bearer ");
  CHECK_FALSE(daemon::bears(empty, Secret()));
}

TEST_CASE("control api: who may give orders") {
  http::Credentials peer;
  peer.user = 4'000'000;
  peer.group = 4'000'001;
  CHECK(daemon::caller_of(peer, {1, std::nullopt}).actor == "uid 4000000");
  CHECK_FALSE(daemon::caller_of(peer, {1, std::nullopt}).may_write);
  CHECK_FALSE(daemon::caller_of(peer, {1, 4'000'002}).may_write);
  CHECK(daemon::caller_of(peer, {1, 4'000'001}).may_write);
  CHECK(daemon::caller_of(peer, {4'000'000, std::nullopt}).may_write);
  peer.user = 0;
  CHECK(daemon::caller_of(peer, {1, std::nullopt}).may_write);
  CHECK(daemon::caller_of(peer, {1, std::nullopt}).actor == "root");
}

TEST_CASE("control api: every route is documented, and no other") {
  std::ifstream file(std::string(FGSYNC_SOURCE_DIR) + "/docs/openapi.yaml");
  std::vector<std::string> documented;
  std::string path;
  for (std::string line; std::getline(file, line);) {
    if (line == "components:") break;
    if (line.starts_with("  /") && line.ends_with(':')) path = line.substr(2, line.size() - 3);
    for (const auto& [word, method] : {std::pair("    get:", "GET"), {"    post:", "POST"}, {"    put:", "PUT"}}) {
      if (line == word) documented.push_back(std::string(method) + " " + path);
    }
  }
  std::vector<std::string> routes;
  for (const auto& route : daemon::control_routes())
    routes.push_back(std::string(route.method) + " " + std::string(route.path));
  std::sort(documented.begin(), documented.end());
  std::sort(routes.begin(), routes.end());
  CHECK(documented == routes);
  Api api;
  std::ostringstream text;
  text << std::ifstream(std::string(FGSYNC_SOURCE_DIR) + "/docs/openapi.yaml").rdbuf();
  CHECK(api.ask(Method::get, "/openapi.yaml").body == text.str());
}
