#include "functiongraph/calls.hpp"

#include <chrono>

#include "base/base64.hpp"
#include "functiongraph/base64_body.hpp"
#include "functiongraph/codec_reader.hpp"
#include "functiongraph/percent_encoding.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr int kQuickRetries = 2;
constexpr std::chrono::milliseconds kQuickRetryWait{100};

/// As many bytes of code are not worth being made piece by piece.
constexpr std::uint64_t kWholeBelowBytes = 64ULL * 1024;

Result<void> put_body(http::Request& request, BodyWithCode body) {
  if (!body.bytes) {
    request.body = std::move(body.before);
    return {};
  }
  if (body.bytes->size() > kWholeBelowBytes) {
    request.stream = make_base64_body(std::move(body.before), std::move(body.bytes), std::move(body.after));
    return {};
  }
  std::string bytes(static_cast<std::size_t>(body.bytes->size()), '\0');
  if (auto read = body.bytes->read(0, bytes); !read) return read;
  request.body = body.before + base64_encode(bytes) + body.after;
  return {};
}

/// Whether there is nothing in the body but what the service may say to a mutation without an answer.
bool is_empty_or_json(const std::string& body) {
  return body.find_first_not_of(" \t\r\n") == std::string::npos || is_json(body);
}

/// The request, or why what it is to send cannot be read: nothing was sent then.
Result<http::Request> make_request(http::Method method, std::string target, http::Headers headers, BodyWithCode body) {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  // Documented as mandatory even for GET.
  request.headers = {{"Content-Type", "application/json"}};
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
  if (auto put = put_body(request, std::move(body)); !put) return fail(std::move(put).error());
  return request;
}

}  // namespace

// ---- Call

Call::Call(http::Method method, std::string path, std::string what)
    : method_(method), path_(std::move(path)), what_(std::move(what)) {}

Call Call::with_query(std::string_view name, std::string_view value) && {
  if (!value.empty()) {
    query_ += query_.empty() ? '?' : '&';
    query_ += std::string(name) + '=' + percent_encoded(value);
  }
  return std::move(*this);
}

Call Call::with_header(std::string name, std::string value) && {
  headers_.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

Call Call::with_body(std::string json) && {
  body_.before = std::move(json);
  return std::move(*this);
}

Call Call::with_body(BodyWithCode body) && {
  body_ = std::move(body);
  return std::move(*this);
}

Call Call::answered_by(int status) && {
  success_ = status;
  return std::move(*this);
}

Call Call::missing_as(std::string_view code) && {
  missing_code_ = code;
  return std::move(*this);
}

// ---- Calls

std::string Calls::path(std::string_view rest) const {
  return "/v2/" + ports_.project_id + std::string(rest);
}

std::string Calls::function_path(const std::string& urn, std::string_view rest) const {
  return path("/fgs/functions/") + urn + std::string(rest);
}

Answer<void> Calls::mutate(Call call, Deadline deadline) {
  const std::string what = call.what_;
  const int success = call.success_;
  auto response = co_await submit(std::move(call), deadline);
  if (!response) co_return fail(std::move(response).error());
  // There is nothing to read that could show who answers, so the little there is must be as documented: anybody on the
  // way, such as a portal that wants a login, can answer 200.
  Result<void> done;
  if (response->status != success) {
    done = fail(ErrorKind::corrupt,
                "it is HTTP " + std::to_string(response->status) + " instead of " + std::to_string(success));
  } else if (!is_empty_or_json(response->body)) {
    done = fail(ErrorKind::corrupt, "it is not JSON");
  }
  co_return understood(what, Effect::mutation, *response, std::move(done));
}

Answer<http::Response> Calls::fetch(Call call, Deadline deadline) {
  for (int attempt = 0;; ++attempt) {
    auto request = make_request(call.method_, call.path_ + call.query_, call.headers_, call.body_);
    if (!request) co_return fail(with_context(std::move(request).error(), call.what_));
    auto response = co_await exchange(std::move(*request), deadline);
    if (response) {
      if (response->status != call.success_) co_return fail(refusal(*response, Effect::read, call));
      co_return response;
    }
    if (response.error().kind != ErrorKind::transient || attempt == kQuickRetries) {
      co_return fail(with_context(to_error(std::move(response).error(), Effect::read), call.what_));
    }
    co_await ports_.clock.sleep_until(ports_.clock.now() + kQuickRetryWait * (attempt + 1));
  }
}

Answer<http::Response> Calls::submit(Call call, Deadline deadline) {
  auto request = make_request(call.method_, call.path_ + call.query_, std::move(call.headers_), std::move(call.body_));
  if (!request) co_return fail(with_context(std::move(request).error(), call.what_));
  auto response = co_await exchange(std::move(*request), deadline);
  if (!response) co_return fail(with_context(to_error(std::move(response).error(), Effect::mutation), call.what_));
  if (response->status < 200 || response->status > 299) {
    co_return fail(refusal(*response, Effect::mutation, call));
  }
  note_success(*response, call);
  co_return response;
}

Answer<http::Response> Calls::exchange(http::Request request, Deadline deadline) {
  ++ports_.counter.calls;
  const auto started = ports_.clock.now();
  const std::string method(http::name_of(request.method));
  const std::string path = request.target.substr(0, request.target.find('?'));
  auto response = co_await ports_.client.send(std::move(request), deadline);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started);
  if (response) {
    ports_.log.debug("call", {kv("method", method), kv("path", path), kv("status", response->status),
                              kv("request_id", request_id_of(*response)), kv("took_ms", took.count())});
  } else {
    ports_.log.debug("call failed", {kv("method", method), kv("path", path), kv("error", response.error().describe()),
                                     kv("took_ms", took.count())});
  }
  co_return response;
}

Error Calls::refusal(const http::Response& response, Effect effect, const Call& call) const {
  Error error = to_error(response, effect, ports_.clock.wall_now());
  if (!call.missing_code_.empty() && code_of(error) == call.missing_code_) error.kind = ErrorKind::not_found;
  return with_context(std::move(error), call.what_);
}

/// Documents and service need not agree on which 2xx it is; that they do not is worth knowing.
void Calls::note_success(const http::Response& response, const Call& call) const {
  if (response.status == call.success_) return;
  ports_.log.debug("undocumented success",
                   {kv("method", http::name_of(call.method_)), kv("path", call.path_), kv("status", response.status)});
}

// ---- lists

Call Calls::page_call(const std::string& path, const std::string& name) {
  return {http::Method::get, path, "list " + name};
}

Call Calls::with_filters(Call call, const std::vector<std::pair<std::string, std::string>>& filters) {
  for (const auto& [name, value] : filters) call = std::move(call).with_query(name, value);
  return call;
}

std::vector<std::int64_t> Calls::markers_from(std::int64_t marker, std::int64_t stride,
                                              std::optional<std::int64_t> count) {
  std::vector<std::int64_t> markers{marker};
  while (stride > 0 && count && markers.size() < kPagesAtOnce && stride < *count - markers.back()) {
    markers.push_back(markers.back() + stride);
  }
  return markers;
}

Error Calls::endless(const std::string& name) {
  return {ErrorKind::corrupt, "list " + name + ": the list does not end after " + std::to_string(kMaxPages) + " pages"};
}

Error Calls::circular(const std::string& name) {
  return {ErrorKind::corrupt, "list " + name + ": the list comes back to a page that was there already"};
}

Error Calls::too_short(std::size_t rows, std::int64_t count, const std::string& name) {
  return {ErrorKind::corrupt, "list " + name + ": the service says there are " + std::to_string(count) +
                                  " but listed only " + std::to_string(rows) + "; nothing was decided on it"};
}

}  // namespace fgsync::functiongraph
