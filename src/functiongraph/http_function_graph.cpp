#include "functiongraph/http_function_graph.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "functiongraph/codec.hpp"
#include "functiongraph/error_map.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr int kQuickRetries = 2;
constexpr std::chrono::milliseconds kQuickRetryWait{100};
constexpr int kPageSize = 400;  // the most that one page can have
constexpr int kMaxPages = 1000;

template <class T>
using Awaitable = FunctionGraph::Awaitable<T>;

class HttpFunctionGraph final : public FunctionGraph {
 public:
  HttpFunctionGraph(http::HttpClient& client, Clock& clock, Target target, CallCounter& counter, Logger log)
      : client_(client),
        clock_(clock),
        token_(std::move(target.token)),
        base_path_("/v2/" + target.project_id + "/fgs"),
        counter_(counter),
        log_(std::move(log)) {}

  Awaitable<std::vector<FunctionRow>> list_functions(Deadline deadline) override {
    co_return co_await list_pages("", deadline);
  }

  Awaitable<std::optional<FunctionRow>> find_function(std::string name, Deadline deadline) override {
    // The filter is fuzzy: it may bring more, never less.
    auto rows = co_await list_pages("&func_name=" + name, deadline);
    if (!rows) co_return fail(std::move(rows).error());
    for (FunctionRow& row : *rows) {
      if (row.name == name) co_return std::optional<FunctionRow>(std::move(row));
    }
    co_return std::optional<FunctionRow>();
  }

  Awaitable<FunctionDetail> show_config(FunctionUrn urn, Deadline deadline) override {
    auto detail = co_await read(path_of(urn) + "/config", deadline, read_function);
    if (!detail) co_return fail(with_context(std::move(detail).error(), "show configuration"));
    co_return detail;
  }

  // Paging of this list is documented but reported not to work: the first call asks for everything, and next_marker is
  // followed only while it grows, brings rows, and the count says that some are missing (api: listing and paging).
  Awaitable<std::vector<Version>> list_versions(FunctionUrn urn, Deadline deadline) override {
    std::vector<Version> versions;
    std::set<std::string> seen;
    std::int64_t marker = 0;
    std::optional<std::int64_t> count;
    for (int pages = 0; pages < kMaxPages; ++pages) {
      const std::string query = marker == 0 ? "" : "?marker=" + std::to_string(marker);
      auto page = co_await read(path_of(urn) + "/versions" + query, deadline, read_version_page);
      if (!page) co_return fail(with_context(std::move(page).error(), "list versions"));
      const std::size_t before = seen.size();
      for (Version& version : page->versions) {
        if (seen.insert(version.name).second) versions.push_back(std::move(version));
      }
      if (page->count) count = page->count;
      const bool has_all = count && static_cast<std::int64_t>(seen.size()) >= *count;
      if (has_all || seen.size() == before || page->next_marker <= marker) {
        auto complete = whole(std::move(versions), count, "versions");
        if (complete) std::erase_if(*complete, [](const Version& version) { return version.name == "latest"; });
        co_return complete;
      }
      marker = page->next_marker;
    }
    co_return endless("versions");
  }

  Awaitable<std::vector<Alias>> list_aliases(FunctionUrn urn, Deadline deadline) override {
    auto aliases = co_await read(path_of(urn) + "/aliases", deadline, read_aliases);
    if (!aliases) co_return fail(with_context(std::move(aliases).error(), "list aliases"));
    co_return aliases;
  }

  Awaitable<FunctionDetail> import_function(ImportRequest request, Deadline deadline) override {
    std::string body = write_import(request);
    co_return co_await mutate(http::Method::post, base_path_ + "/functions/import", std::move(body), deadline,
                              read_function, "import");
  }

  Awaitable<FunctionDetail> create_function(CreateRequest request, Deadline deadline) override {
    std::string body = write_create(request);
    co_return co_await mutate(http::Method::post, base_path_ + "/functions", std::move(body), deadline, read_function,
                              "create");
  }

  Awaitable<RemoteDigest> update_code(FunctionUrn urn, CodeUpdate update, Deadline deadline) override {
    std::string body = write_code(update);
    co_return co_await mutate(http::Method::put, path_of(urn) + "/code", std::move(body), deadline, read_code_digest,
                              "update code");
  }

  Awaitable<FunctionDetail> update_config(FunctionUrn urn, std::string name, FunctionConfig config,
                                          Deadline deadline) override {
    std::string body = write_config(name, config);
    co_return co_await mutate(http::Method::put, path_of(urn) + "/config", std::move(body), deadline, read_function,
                              "update configuration");
  }

  Awaitable<Version> publish_version(FunctionUrn urn, PublishRequest request, Deadline deadline) override {
    std::string body = write_publish(request);
    co_return co_await mutate(http::Method::post, path_of(urn) + "/versions", std::move(body), deadline, read_version,
                              "publish " + request.version);
  }

  Awaitable<Alias> create_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) override {
    std::string body = write_create_alias(request);
    co_return co_await mutate(http::Method::post, path_of(urn) + "/aliases", std::move(body), deadline, read_alias,
                              "create alias " + request.name);
  }

  Awaitable<Alias> update_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) override {
    std::string body = write_update_alias(request);
    co_return co_await mutate(http::Method::put, path_of(urn) + "/aliases/" + request.name, std::move(body), deadline,
                              read_alias, "move alias " + request.name);
  }

 private:
  [[nodiscard]] std::string path_of(const FunctionUrn& urn) const { return base_path_ + "/functions/" + urn.text(); }

  Awaitable<std::vector<FunctionRow>> list_pages(std::string filter, Deadline deadline) {
    std::vector<FunctionRow> rows;
    std::set<std::string> seen;
    std::int64_t marker = 0;
    for (int pages = 0; pages < kMaxPages; ++pages) {
      const std::string query = "?marker=" + std::to_string(marker) + "&maxitems=" + std::to_string(kPageSize) + filter;
      auto page = co_await read(base_path_ + "/functions" + query, deadline, read_function_page);
      if (!page) co_return fail(with_context(std::move(page).error(), "list functions"));
      const bool has_rows = !page->rows.empty();
      for (FunctionRow& row : page->rows) {
        if (seen.insert(row.urn.text()).second) rows.push_back(std::move(row));
      }
      if (!has_rows || page->next_marker <= marker) co_return whole(std::move(rows), page->count, "functions");
      marker = page->next_marker;
    }
    co_return endless("functions");
  }

  static tl::unexpected<Error> endless(const std::string& what) {
    return fail(ErrorKind::corrupt,
                "list " + what + ": the list does not end after " + std::to_string(kMaxPages) + " pages");
  }

  http::Request make_request(http::Method method, std::string target, std::string body) const {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(body);
    // Documented as mandatory even for GET.
    request.headers.emplace_back("Content-Type", "application/json");
    if (!token_.is_empty()) request.headers.emplace_back("X-Auth-Token", token_.reveal());
    return request;
  }

  Awaitable<http::Response> exchange(http::Request request, Deadline deadline) {
    ++counter_.calls;
    const auto started = clock_.now();
    const std::string method(http::name_of(request.method));
    const std::string target = request.target.substr(0, request.target.find('?'));
    auto response = co_await client_.send(std::move(request), deadline);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - started);
    if (response) {
      log_.debug("call",
                 {kv("method", method), kv("path", target), kv("status", response->status),
                  kv("request_id", http::find_header(response->headers, "X-Request-Id")), kv("took_ms", took.count())});
    } else {
      log_.debug("call failed", {kv("method", method), kv("path", target), kv("error", response.error().describe()),
                                 kv("took_ms", took.count())});
    }
    co_return response;
  }

  template <class Reader>
  auto read(std::string target, Deadline deadline, Reader reader)
      -> boost::asio::awaitable<decltype(reader(std::string()))> {
    for (int attempt = 0;; ++attempt) {
      auto request = make_request(http::Method::get, target, "");
      auto response = co_await exchange(std::move(request), deadline);
      if (response) {
        if (response->status != 200) co_return fail(to_error(*response, Effect::read));
        auto value = reader(response->body);
        if (!value) co_return fail(unreadable_answer(*response, value.error().message, Effect::read));
        co_return value;
      }
      if (response.error().kind != ErrorKind::transient || attempt == kQuickRetries) {
        co_return fail(to_error(std::move(response).error(), Effect::read));
      }
      co_await clock_.sleep_until(clock_.now() + kQuickRetryWait * (attempt + 1));
    }
  }

  template <class Reader>
  auto mutate(http::Method method, std::string target, std::string body, Deadline deadline, Reader reader,
              std::string what) -> boost::asio::awaitable<decltype(reader(std::string()))> {
    auto request = make_request(method, std::move(target), std::move(body));
    auto response = co_await exchange(std::move(request), deadline);
    if (!response) {
      co_return fail(with_context(to_error(std::move(response).error(), Effect::mutation), what));
    }
    if (response->status < 200 || response->status > 299) {
      co_return fail(with_context(to_error(*response, Effect::mutation), what));
    }
    auto value = reader(response->body);
    if (!value) {
      co_return fail(with_context(unreadable_answer(*response, value.error().message, Effect::mutation), what));
    }
    co_return value;
  }

  /// Rows fewer than the answer's own count mean that part of the truth is missing.
  template <class Row>
  static Result<std::vector<Row>> whole(std::vector<Row> rows, std::optional<std::int64_t> count,
                                        const std::string& what) {
    if (!count || static_cast<std::int64_t>(rows.size()) >= *count) return rows;
    return fail(ErrorKind::corrupt, "list " + what + ": the service says there are " + std::to_string(*count) +
                                        " but listed only " + std::to_string(rows.size()) +
                                        "; nothing was decided on it");
  }

  http::HttpClient& client_;
  Clock& clock_;
  Secret token_;
  std::string base_path_;
  CallCounter& counter_;
  Logger log_;
};

}  // namespace

std::unique_ptr<FunctionGraph> make_http_function_graph(http::HttpClient& client, Clock& clock, Target target,
                                                        CallCounter& counter, Logger log) {
  return std::make_unique<HttpFunctionGraph>(client, clock, std::move(target), counter, std::move(log));
}

bool is_project_id(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace fgsync::functiongraph
