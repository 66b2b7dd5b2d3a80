// The tables of response parameters on the service's pages on importing a function, publishing a version and listing
// versions: a function for which every one of them has a value, and every field of the answer with its documented type.
#include <sstream>

#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::base64_encode;

namespace {

const std::string kUrn = "/" + Emulated::urn();

/// "Table 4 Response body parameters" of publish; `*` marks those that have a table of their own below.
constexpr const char* kPublished = R"(
func_urn String
func_name String
domain_id String
namespace String
project_name String
package String
runtime String
timeout Integer
handler String
memory_size Integer
cpu Integer
code_type String
code_url String
code_filename String
code_size Long
user_data String
encrypted_user_data String
digest String
version String
image_name String
xrole String
app_xrole String
description String
version_description String
last_modified String
func_vpc Object
func_vpc.domain_id String
func_vpc.namespace String
func_vpc.vpc_name String
func_vpc.vpc_id String
func_vpc.subnet_name String
func_vpc.subnet_id String
func_vpc.cidr String
func_vpc.gateway String
func_vpc.security_groups Array
mount_config Object
mount_config.mount_user Object
mount_config.func_mounts Array
mount_config.func_mounts.mount_type String
mount_config.func_mounts.mount_resource String
mount_config.func_mounts.mount_share_path String
mount_config.func_mounts.local_mount_path String
strategy_config Object
strategy_config.concurrency Integer
strategy_config.concurrent_num Integer
dependencies Array
dependencies.id String
dependencies.owner String
dependencies.link String
dependencies.runtime String
dependencies.etag String
dependencies.size Long
dependencies.name String
dependencies.description String
dependencies.file_name String
dependencies.version Long
dependencies.dep_id String
dependencies.last_modified Integer
initializer_handler String
initializer_timeout Integer
pre_stop_handler String
pre_stop_timeout Integer
enterprise_project_id String
long_time Boolean
log_group_id String
log_stream_id String
type String
enable_dynamic_memory Boolean
function_async_config Object
function_async_config.max_async_event_age_in_seconds Integer
function_async_config.max_async_retry_attempts Integer
function_async_config.destination_config Object
function_async_config.destination_config.on_success Object
function_async_config.destination_config.on_success.destination String
function_async_config.destination_config.on_success.param String
function_async_config.destination_config.on_failure Object
function_async_config.created_time String
function_async_config.last_modified String
)";

/// "Table 5 ListFunctionVersionResult" and those below it.
constexpr const char* kListed = R"(
func_urn String
func_name String
domain_id String
namespace String
project_name String
package String
runtime String
timeout Integer
handler String
memory_size Integer
cpu Integer
code_type String
code_url String
code_filename String
code_size Long
user_data String
encrypted_user_data String
digest String
version String
image_name String
xrole String
app_xrole String
last_modified String
func_vpc_id String
concurrency Integer
concurrent_num Integer
strategy_config Object
strategy_config.concurrency Integer
strategy_config.concurrent_num Integer
initializer_handler String
initializer_timeout Integer
pre_stop_handler String
pre_stop_timeout Integer
long_time Boolean
function_async_config Object
function_async_config.max_async_event_age_in_seconds Integer
function_async_config.max_async_retry_attempts Integer
function_async_config.destination_config.on_failure.destination String
type String
enable_dynamic_memory Boolean
enterprise_project_id String
is_stateful_function Boolean
enable_auth_in_header Boolean
custom_image Object
custom_image.enabled Boolean
custom_image.image String
custom_image.command String
custom_image.args String
custom_image.working_dir String
custom_image.uid String
custom_image.gid String
reserved_instance_idle_mode Boolean
)";

/// "Table 4 Response body parameters" of import, without what no package can say of its function (GPU memory, VPC,
/// agencies, extended configuration, hooks) and without the old list of dependencies.
constexpr const char* kImported = R"(
func_urn String
func_name String
domain_id String
namespace String
project_name String
package String
runtime String
timeout Integer
handler String
memory_size Integer
cpu Integer
code_type String
code_url String
code_filename String
code_size Long
user_data String
digest String
version String
image_name String
description String
version_description String
last_modified String
depend_version_list Array
strategy_config Object
strategy_config.concurrency Integer
enterprise_project_id String
)";

std::string documented_type(const Json& value) {
  if (value.is_number_integer()) return "Integer";
  if (value.is_string()) return "String";
  if (value.is_boolean()) return "Boolean";
  if (value.is_array()) return "Array";
  return value.is_object() ? "Object" : "another type";
}

/// The member at a path; of a list, the first element's.
const Json* find_member(const Json& answer, const std::string& path) {
  std::istringstream names(path);
  const Json* at = &answer;
  for (std::string name; std::getline(names, name, '.');) {
    if (at->is_array()) at = &at->at(0);
    if (!at->contains(name)) return nullptr;
    at = &at->at(name);
  }
  return at;
}

void check_table(const char* table, const Json& answer) {
  std::istringstream rows(table);
  std::string path;
  for (std::string type; rows >> path >> type;) {
    INFO(path);
    const Json* member = find_member(answer, path);
    REQUIRE(member != nullptr);
    CHECK(documented_type(*member) == (type == "Long" ? "Integer" : type));
  }
}

std::string add_dependency(Emulated& service) {
  const auto archive = base64_encode(zip_bytes({{"six.py", "x = 1\n"}}));
  const Json body{{"depend_type", "zip"}, {"depend_file", archive}, {"name", "six"}, {"runtime", "Python3.9"}};
  const auto reply = service.ask(fgsync::http::Method::post, "/dependencies/version", body);
  REQUIRE(reply.status == 200);
  return reply.json()["id"];
}

/// Creates a function with every documented setting.
void create_everything(Emulated& service) {
  auto body = create_body();
  const Json vpc{{"domain_id", "d"}, {"namespace", "p1"},    {"vpc_name", "net"},
                 {"vpc_id", "v"},    {"subnet_name", "sub"}, {"subnet_id", "s"},
                 {"cidr", "c"},      {"gateway", "g"},       {"security_groups", {"sg"}}};
  const Json mount{{"mount_type", "ecs"},
                   {"mount_resource", "r"},
                   {"mount_share_path", "192.168.0.12:/data"},
                   {"local_mount_path", "/mnt/data"}};
  const Json image{{"enabled", false},   {"image", "i"},  {"command", "c"}, {"args", "a"},
                   {"working_dir", "/"}, {"uid", "1003"}, {"gid", "1003"}};
  const std::vector<std::pair<std::string, Json>> settings{
      {"user_data", R"({"A":"b"})"},
      {"encrypted_user_data", R"({"SECRET":"s"})"},
      {"xrole", "agency"},
      {"app_xrole", "execution"},
      {"description", "greets"},
      {"func_vpc", vpc},
      {"mount_config",
       {{"mount_user", {{"user_id", 1003}, {"user_group_id", 1003}}}, {"func_mounts", Json::array({mount})}}},
      {"strategy_config", {{"concurrency", 10}, {"concurrent_num", 2}}},
      {"depend_version_list", {add_dependency(service)}},
      {"initializer_handler", "index.init"},
      {"initializer_timeout", 3},
      {"pre_stop_handler", "index.stop"},
      {"pre_stop_timeout", 3},
      {"log_config", {{"group_id", "g"}, {"stream_id", "s"}}},
      {"custom_image", image}};
  for (const auto& [name, value] : settings) body[name] = value;
  REQUIRE(service.post("", body).outcome() == "200");
  const Json destination{{"destination", "SMN"}, {"param", R"({"topic_urn":"t"})"}};
  REQUIRE(service
              .put(kUrn + "/async-invoke-config",
                   Json{{"destination_config", {{"on_success", destination}, {"on_failure", destination}}}})
              .status == 200);
  REQUIRE(service.put(kUrn + "/reservedinstances", Json{{"count", 1}, {"idle_mode", true}}).status == 200);
}

}  // namespace

TEST_CASE("document tables: what publish answers") {
  fgsync::emulator::ServiceOptions options;
  options.open.publish_answer = fgsync::emulator::PublishAnswer::latest;
  Emulated service(options);
  create_everything(service);
  check_table(kPublished, service.publish("v1").json());
}

TEST_CASE("document tables: what the new version of a publication has of its own") {
  Emulated service;
  create_everything(service);
  const auto published = service.publish("v1").json();
  std::string table = kPublished;
  table.erase(table.find("function_async_config"));  // those of latest stay with latest
  check_table(table.c_str(), published);
}

TEST_CASE("document tables: what the list of versions answers") {
  Emulated service;
  create_everything(service);
  const auto list = service.get(kUrn + "/versions").json();
  check_table("versions Array\nnext_marker Long\ncount Long\n", list);
  check_table(kListed, list["versions"][0]);
}

TEST_CASE("document tables: what import answers") {
  Emulated service;
  const std::string yaml =
      "HcCrmTemplateVersion: v1\nResources:\n  hello:\n    Type: HC::Serverless::Function\n    Properties:\n"
      "      Handler: index.handler\n      Runtime: Python3.9\n      CodeType: zip\n      CodeFileName: index.zip\n"
      "      MemorySize: 128\n      Timeout: 3\n      Description: greets\n      DependencyPkg: " +
      add_dependency(service) + "\n      Environment:\n        Variables:\n          A: b\n";
  const auto package = zip_bytes({{"hello.yaml", yaml}, {"index.zip", code_zip()}});
  const auto reply = service.post("/import", Json{{"func_name", "hello"},
                                                  {"file_name", "hello.zip"},
                                                  {"file_type", "zip"},
                                                  {"file_code", base64_encode(package)}});
  REQUIRE(reply.outcome() == "200");
  check_table(kImported, reply.json());
}
