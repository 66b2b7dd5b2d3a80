#include "emulator/command_line.hpp"

#include <catch2/catch.hpp>

using namespace fgsync::emulator;

namespace {

/// What the flags mean; they must make sense.
CommandLine parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "fgsync-emulator");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  auto result = parse_command_line(static_cast<int>(argv.size()), argv.data());
  REQUIRE(std::holds_alternative<CommandLine>(result));
  return std::move(std::get<CommandLine>(result));
}

OpenQuestions open_with(const std::string& flag, const std::string& value = "") {
  return parsed(value.empty() ? std::vector{flag} : std::vector{flag, value}).service.open;
}

SizeLimits sizes_with(const std::string& option) {
  return parsed({option, "7"}).service.sizes;
}

}  // namespace

TEST_CASE("command line: without flags, open questions have the suggested answers") {
  const OpenQuestions open = parsed({}).service.open;
  CHECK(open.publish_digest == PublishDigest::ignored);
  CHECK(open.publish_needs == PublishNeeds::any_change);
  CHECK(open.publish_order == PublishOrder::name_first);
  CHECK(open.publish_answer == PublishAnswer::version);
  CHECK(open.version_paging == VersionPaging::offset);
  CHECK(open.config_update == ConfigUpdate::replaces);
  CHECK(open.version_configuration == VersionConfiguration::fixed);
  CHECK(open.urn_form == UrnForm::suffixed);
  CHECK(open.transfer_time == std::chrono::seconds(0));
  CHECK(open.utc_offset == std::chrono::hours(8));
  CHECK(parsed({}).service.reserved_updates == ReservedUpdates::allowed);
  CHECK(parsed({}).service.unknown_dependencies == UnknownDependencies::accepted);
}

TEST_CASE("command line: each open question has its flag") {
  CHECK(open_with("--publish-compares-digest").publish_digest == PublishDigest::compared);
  CHECK(open_with("--publish-needs-code-change").publish_needs == PublishNeeds::code_change);
  CHECK(open_with("--publish-checks-change-first").publish_order == PublishOrder::change_first);
  CHECK(open_with("--publish-answers-latest").publish_answer == PublishAnswer::latest);
  CHECK(open_with("--versions-ignore-paging").version_paging == VersionPaging::ignored);
  CHECK(open_with("--config-merges").config_update == ConfigUpdate::merges);
  CHECK(open_with("--version-config-editable").version_configuration == VersionConfiguration::editable);
  CHECK(open_with("--unsuffixed-urns").urn_form == UrnForm::plain);
  CHECK(parsed({"--lock-reserved"}).service.reserved_updates == ReservedUpdates::refused);
  CHECK(parsed({"--check-dependencies"}).service.unknown_dependencies == UnknownDependencies::refused);
  CHECK(open_with("--single-transfer", "30").transfer_time == std::chrono::seconds(30));
  CHECK(open_with("--utc-offset", "-5").utc_offset == std::chrono::hours(-5));
}

TEST_CASE("command line: each limit has its option") {
  CHECK(parsed({"--max-functions", "7"}).service.max_functions == 7);
  CHECK(parsed({"--max-versions", "7"}).service.max_versions == 7);
  CHECK(parsed({"--max-aliases", "7"}).service.max_aliases == 7);
  CHECK(parsed({"--max-reserved", "7"}).service.max_reserved_instances == 7);
  CHECK(parsed({"--max-code-mb", "7"}).service.max_code_mb == 7);
  CHECK(sizes_with("--max-package-mb").package_mb == 7);
  CHECK(sizes_with("--max-inline-kb").inline_kb == 7);
  CHECK(sizes_with("--max-import-mb").import_mb == 7);
  CHECK(sizes_with("--max-dependency-mb").dependency_mb == 7);
  CHECK(sizes_with("--max-event-kb").event_kb == 7);
  CHECK(sizes_with("--max-async-event-kb").async_event_kb == 7);
  CHECK(sizes_with("--max-signed-mb").signed_mb == 7);
  CHECK(parsed({"--max-body-mb", "7"}).max_body_mb == 7);
}
