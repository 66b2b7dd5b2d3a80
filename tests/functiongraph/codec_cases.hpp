#pragma once

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "functiongraph/codec.hpp"

/// Answers as the service's pages show them, to start from and change what matters.
namespace fgsync::functiongraph::cases {

using nlohmann::json;

inline const std::string kDigest(128, 'f');

/// For import and for a configuration, with one more field that nobody knows.
inline json function_answer() {
  json answer = json::parse(R"({
    "func_id": "9a71fc2c", "resource_id": "x", "a_field_of_next_year": {"deep": [1, null]},
    "func_urn": "urn:fss:cn-north-4:46b6f338fc3445b8846c71dfb1fbd9e8:function:default:test_v1_2:latest",
    "func_name": "test_v1_2", "domain_id": "14ee2e35", "namespace": "46b6f338fc3445b8846c71dfb1fbd9e8",
    "project_name": "cn-north-4", "package": "default", "runtime": "Node.js6.10", "timeout": 3,
    "handler": "index.handler", "memory_size": 128, "cpu": 300, "code_type": "zip", "code_filename": "index.zip",
    "code_size": 6709, "version": "latest", "image_name": "latest-191025153727@zehht",
    "last_modified": "2019-10-25 15:37:27", "description": "says hello", "user_data": "{\"A\":\"1\",\"B\":\"\"}",
    "strategy_config": {"concurrency": -1}, "enterprise_project_id": "46b6f338"
  })");
  answer["digest"] = kDigest;
  return answer;
}

inline json version_answer() {
  json version = function_answer();
  version["version"] = "v1.0.0";
  version["version_description"] = "the first";
  return version;
}

inline json alias_answer() {
  return json::parse(R"({
    "name": "prod", "version": "v1.0.0", "description": "what users see", "last_modified": "2019-10-31 15:29:30",
    "alias_urn": "urn:fss:r:p:function:default:test:!prod", "additional_version_weights": {"v2.0.0": 10}
  })");
}

inline json code_answer() {
  json answer = json::parse(R"({
    "func_urn": "urn:fss:r:p:function:default:test:latest", "func_name": "test", "domain_id": "d",
    "runtime": "Python3.9", "code_type": "zip", "code_filename": "index.zip", "code_size": 6709,
    "last_modified": "2019-10-25T15:37:27+08:00", "func_code": {"file": "", "link": "https://obs.example/index.zip"},
    "depend_list": ["old"], "depend_version_list": ["d2", "d1"],
    "dependencies": [{"id": "d2", "name": "numpy", "runtime": "Python3.9", "owner": "me", "link": "l", "etag": "e",
                      "size": 12, "description": "", "file_name": "numpy.zip", "version": 3, "dep_id": "dep"}]
  })");
  answer["digest"] = kDigest;
  return answer;
}

inline json async_answer() {
  return json::parse(R"({
    "func_urn": "urn:fss:r:p:function:default:test:latest", "max_async_event_age_in_seconds": 3600,
    "max_async_retry_attempts": 0,
    "destination_config": {"on_success": {"destination": "OBS", "param": "{\"bucket\":\"b\"}"},
                           "on_failure": {"destination": "", "param": ""}},
    "created_time": "2022-06-24 16:24:30", "last_modified": "2022-06-24 16:24:31", "enable_async_status_log": true
  })");
}

inline json reserved_answer() {
  return json::parse(R"({
    "count": 2, "idle_mode": true,
    "tactics_config": {
      "cron_configs": [{"name": "day", "cron": "0 0 8 * * ?", "count": 5, "start_time": 1638169010,
                        "expired_time": 1638172610}],
      "metric_configs": [{"name": "busy", "type": "Concurrency", "threshold": 40, "min": 1}]
    }
  })");
}

inline json reserved_row_answer() {
  json row = reserved_answer();
  row.erase("count");
  row["min_count"] = 2;
  row["function_urn"] = "urn:fss:r:p:function:default:test";
  row["qualifier_type"] = "version";
  row["qualifier_name"] = "v1";
  return row;
}

inline json trigger_answer() {
  return json::parse(R"({
    "trigger_id": "87b8b9e2", "trigger_type_code": "TIMER", "trigger_status": "ACTIVE",
    "event_data": {"name": "Timer-l8v2", "schedule": "3m", "schedule_type": "Rate"},
    "last_updated_time": "2022-11-09T16:37:24+08:00", "created_time": "2022-11-09 16:37:24"
  })");
}

inline json dependency_answer() {
  return json::parse(R"({
    "id": "0f1f3a4d", "owner": "me", "link": "https://obs.example/d.zip", "runtime": "Python3.9", "etag": "e",
    "size": 123456, "name": "numpy", "description": "numbers", "file_name": "numpy.zip", "version": 3,
    "dep_id": "5d1f7c1e", "last_modified": 1597393060
  })");
}

template <class T>
const T& value_of(const Result<T>& result) {
  if (!result) FAIL(result.error().message);
  return *result;
}

template <class T>
std::string failure_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::corrupt);
  return result.error().message;
}

}  // namespace fgsync::functiongraph::cases
