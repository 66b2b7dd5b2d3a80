// The codec: any bytes as an answer of the service. Input: a letter that says what it answers (kReaders), the answer;
// or `E`, a status in three digits, `R` or `M` for a read or a mutation, the refusal.
//
// What must hold: whatever cannot be read is `corrupt` and says why in one line of UTF-8; a configuration or alias that
// was read is written and read back as the same; a refusal always becomes an error that says something.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/printable.hpp"
#include "functiongraph/codec.hpp"
#include "functiongraph/error_map.hpp"
#include "functiongraph/timestamp.hpp"
#include "tests/fuzz/fuzz.hpp"

using fgsync::Error;
using fgsync::ErrorKind;
using fgsync::Result;
using fgsync::fuzz::require;
using namespace fgsync::functiongraph;

namespace {

void check_failure(const Error& error) {
  require(error.kind == ErrorKind::corrupt, "what cannot be read is corrupt");
  require(!error.message.empty(), "it says why");
}

/// Reads; what is good about the value is for `check`.
template <class T, class Check>
void read_and(const std::string& body, Result<T> (*read)(const std::string&), Check check) {
  const Result<T> value = read(body);
  if (!value) return check_failure(value.error());
  check(*value);
}

template <class T>
void read_only(const std::string& body, Result<T> (*read)(const std::string&)) {
  read_and(body, read, [](const T&) {});
}

void check_row(const FunctionRow& row) {
  require(FunctionUrn::parse(row.urn.text()).has_value(), "a URN is one");
}

void check_detail(const FunctionDetail& detail) {
  check_row(detail.row);
  FunctionConfig config = detail.config;
  config.log_config.reset();  // answered flat, sent as an object
  const std::string sent = write_config("f", config);
  const auto back = read_function(R"({"func_urn":"urn:fss:r:p:function:a:f",)" + sent.substr(1));
  require(back.has_value(), "what is sent can be read");
  require(write_config("f", back->config) == sent, "what is read back is what was sent");
}

void check_alias(const Alias& alias) {
  AliasRequest request{alias.name, alias.version, alias.description};
  request.additional_version_weights = alias.additional_version_weights;
  request.additional_version_strategy =
      alias.additional_version_strategy.value_or(std::map<std::string, VersionStrategy>());
  const auto back = read_alias(write_create_alias(request));
  require(back.has_value(), "what is sent can be read");
  require(back->name == alias.name && back->additional_version_weights == alias.additional_version_weights &&
              back->additional_version_strategy.value_or(std::map<std::string, VersionStrategy>()) ==
                  request.additional_version_strategy,
          "what is read back is what was sent");
}

void check_reserved(const ReservedInstances& instances) {
  const auto back = read_reserved_instances(write_reserved_instances(instances));
  require(back.has_value() && *back == instances, "what is read back is what was sent");
}

void check_trigger(const Trigger& trigger) {
  if (trigger.event_data.empty()) return;
  const TriggerRequest request{trigger.type_code, trigger.status, "", trigger.event_data};
  require(write_trigger(request).has_value(), "event data is JSON that can be sent");
}

void check_refusal(std::string_view input) {
  if (input.size() < 4) return;
  fgsync::http::Response response;
  for (const char digit : input.substr(0, 3)) response.status = response.status * 10 + (digit - '0');
  const Effect effect = input[3] == 'R' ? Effect::read : Effect::mutation;
  response.body = input.substr(4);
  response.headers = {{"Retry-After", response.body}, {"Date", response.body}};
  const Error error = to_error(response, effect);
  require(!error.message.empty() && error.remote.has_value(), "a refusal says something");
  require(error.message.find('\n') == std::string::npos, "in one line");
  require(effect == Effect::read || error.kind != ErrorKind::transient, "a mutation is never simply tried again");
  require(error.remote->retry_after.value_or(std::chrono::milliseconds(0)).count() >= 0, "waits go forward");
}

/// A page read in brief says of every row what the whole page says of it.
void check_brief_page(const std::string& body) {
  const auto page = read_function_page(body);
  const auto brief = read_brief_function_page(body);
  if (!page) return;
  require(brief && brief->rows.size() == page->rows.size(), "a page has its rows in brief, too");
  require(brief->count == page->count && brief->next_marker == page->next_marker, "and goes on where it goes on");
  for (std::size_t i = 0; i < page->rows.size(); ++i) {
    const auto& whole = page->rows[i];
    const auto& short_row = brief->rows[i];
    require(short_row.urn == whole.urn && short_row.name == whole.name && short_row.app == whole.app,
            "the same function");
    require(short_row.digest == whole.digest && short_row.image_name == whole.image_name, "in the same state");
    require(short_row.description == whole.description, "with the same marker");
    require(short_row.last_modified.text == whole.last_modified.text, "changed at the same time");
  }
}

struct Reader {
  char selector;
  void (*run)(const std::string& body);
};

constexpr Reader kReaders[]{
    {'f', [](const std::string& body) { read_and(body, read_function, check_detail); }},
    {'F', [](const std::string& body) { read_only(body, read_function_page), check_brief_page(body); }},
    {'v', [](const std::string& body) { read_only(body, read_version); }},
    {'V', [](const std::string& body) { read_only(body, read_version_page); }},
    {'a', [](const std::string& body) { read_and(body, read_alias, check_alias); }},
    {'A', [](const std::string& body) { read_only(body, read_aliases); }},
    {'c', [](const std::string& body) { read_only(body, read_code); }},
    {'C', [](const std::string& body) { read_only(body, read_reserved_count_page); }},
    {'x', [](const std::string& body) { read_only(body, read_export_link); }},
    {'y', [](const std::string& body) { read_only(body, read_async_config); }},
    {'Y', [](const std::string& body) { read_only(body, read_async_config_page); }},
    {'g', [](const std::string& body) { read_only(body, read_tags); }},
    {'r', [](const std::string& body) { read_and(body, read_reserved_instances, check_reserved); }},
    {'R', [](const std::string& body) { read_only(body, read_reserved_instances_page); }},
    {'q', [](const std::string& body) { read_only(body, read_quotas); }},
    {'t', [](const std::string& body) { read_and(body, read_trigger, check_trigger); }},
    {'T', [](const std::string& body) { read_only(body, read_triggers); }},
    {'d', [](const std::string& body) { read_only(body, read_dependency); }},
    {'D', [](const std::string& body) { read_only(body, read_dependency_page); }},
    {'i', [](const std::string& body) { read_only(body, read_invocation); }},
    {'I', [](const std::string& body) { read_only(body, read_request_id); }},
    {'s', [](const std::string& body) { read_only(body, read_snapshot); }},
    {'w', [](const std::string& body) { static_cast<void>(parse_timestamp(body)); }},
    {'E', [](const std::string& body) { check_refusal(body); }},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Reader& reader : kReaders) {
    if (reader.selector == static_cast<char>(data[0])) reader.run(body);
  }
  return 0;
}
