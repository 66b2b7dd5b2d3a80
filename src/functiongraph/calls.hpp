#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fan_out.hpp"
#include "functiongraph/codec.hpp"
#include "functiongraph/error_map.hpp"
#include "functiongraph/http_function_graph.hpp"

/// What the HTTP adapters share: how a call is made, tried again, understood, counted and logged, and how lists are
/// read to their end.
namespace fgsync::functiongraph {

/// One call, as the service's documents have it.
class Call {
 public:
  /// `path` is that of the whole request; `what` is being done, for messages.
  Call(http::Method method, std::string path, std::string what);

  /// Adds `name=value`, encoded, unless the value is empty.
  Call with_query(std::string_view name, std::string_view value) &&;
  Call with_header(std::string name, std::string value) &&;
  Call with_body(std::string json) &&;
  /// Code goes in whole when it is little, else it is made while it is sent.
  Call with_body(BodyWithCode body) &&;
  /// The success that the documents name; 200 without this.
  Call answered_by(int status) &&;
  /// The service's code for when what the path names is not there, if it means something else elsewhere.
  Call missing_as(std::string_view code) &&;

 private:
  friend class Calls;

  http::Method method_;
  std::string path_;
  std::string what_;
  std::string query_;
  http::Headers headers_;
  BodyWithCode body_;
  int success_ = 200;
  std::string_view missing_code_;
};

template <class T>
using ReadBody = Result<T> (*)(const std::string& body);

/// A list that goes on at an offset.
template <class Row>
struct OffsetList {
  /// How far the offsets can be trusted (api: listing and paging).
  enum class Paging {
    works,      ///< pages are asked for until the marker stops growing
    uncertain,  ///< documented, and reported not to work: the first call asks for everything
  };
  std::string path;
  std::string name;  ///< `functions`
  Paging paging = Paging::works;
  ReadBody<OffsetPage<Row>> read = nullptr;
  /// A row that is there already, because the list has shifted meanwhile, counts once.
  std::string (*identity)(const Row& row) = nullptr;
  std::vector<std::pair<std::string, std::string>> filters = {};
  std::string_view missing_code = {};  ///< see Call::missing_as
};

/// A list that goes on at a mark.
template <class Row>
struct MarkedList {
  std::string path;
  std::string name;
  ReadBody<MarkedPage<Row>> read = nullptr;
  std::vector<std::pair<std::string, std::string>> filters = {};
};

class Calls {
 public:
  explicit Calls(ProjectPorts ports) : ports_(std::move(ports)) {}

  /// `/v2/{project_id}` and `rest`.
  [[nodiscard]] std::string path(std::string_view rest) const;
  [[nodiscard]] std::string function_path(const std::string& urn, std::string_view rest = "") const;

  /// A read: sent up to twice more when its connection failed; 200 only. `reader` makes a value of the body.
  template <class T>
  Answer<T> read(Call call, Deadline deadline, ReadBody<T> reader) {
    const std::string what = call.what_;
    auto response = co_await fetch(std::move(call), deadline);
    if (!response) co_return fail(std::move(response).error());
    co_return understood(what, Effect::read, *response, reader(response->body));
  }

  /// A mutation: sent once. Whatever 2xx it is answered with, it is done when the body can be read.
  template <class T>
  Answer<T> mutate(Call call, Deadline deadline, ReadBody<T> reader) {
    const std::string what = call.what_;
    auto response = co_await submit(std::move(call), deadline);
    if (!response) co_return fail(std::move(response).error());
    co_return understood(what, Effect::mutation, *response, reader(response->body));
  }
  /// One with nothing in its answer that matters: done when the answer is the documented success, empty or JSON; else
  /// nobody knows who answered.
  Answer<void> mutate(Call call, Deadline deadline);

  /// The same without the last step, for answers that are more than their body.
  Answer<http::Response> fetch(Call call, Deadline deadline);
  Answer<http::Response> submit(Call call, Deadline deadline);
  /// The value, or the error for an answer that makes no sense.
  template <class T>
  static Result<T> understood(const std::string& what, Effect effect, const http::Response& response, Result<T> value) {
    if (value) return value;
    return fail(with_context(unreadable_answer(response, value.error().message, effect), what));
  }

  /// Complete or an error: fewer rows than the service counts are one, and so is a list without end.
  template <class Row>
  Answer<std::vector<Row>> list(OffsetList<Row> list, Deadline deadline);
  template <class Row>
  Answer<std::vector<Row>> list(MarkedList<Row> list, Deadline deadline);

 private:
  static constexpr int kMaxPages = 1000;
  static constexpr std::size_t kPagesAtOnce = 8;

  template <class Row>
  using PagesAhead = std::map<std::int64_t, Result<OffsetPage<Row>>>;

  /// The page at an offset, and those behind it as far as it is known where they begin, side by side: a list of many
  /// pages would otherwise take as many round trips.
  template <class Row>
  boost::asio::awaitable<PagesAhead<Row>> read_pages(const OffsetList<Row>& list, std::vector<std::int64_t> markers,
                                                     Deadline deadline);
  template <class Row>
  Answer<OffsetPage<Row>> read_page(const OffsetList<Row>& list, std::int64_t marker, Deadline deadline);
  /// `marker` and those that follow it when all pages are as large as the one before it; `stride` 0: not known.
  static std::vector<std::int64_t> markers_from(std::int64_t marker, std::int64_t stride,
                                                std::optional<std::int64_t> count);

  Answer<http::Response> exchange(http::Request request, Deadline deadline);
  [[nodiscard]] Error refusal(const http::Response& response, Effect effect, const Call& call) const;
  void note_success(const http::Response& response, const Call& call) const;

  static Call page_call(const std::string& path, const std::string& name);
  static Call with_filters(Call call, const std::vector<std::pair<std::string, std::string>>& filters);
  static Error endless(const std::string& name);
  static Error circular(const std::string& name);
  template <class Row>
  static Result<std::vector<Row>> complete(std::vector<Row> rows, std::optional<std::int64_t> count,
                                           const std::string& name) {
    if (!count || static_cast<std::int64_t>(rows.size()) >= *count) return rows;
    return fail(too_short(rows.size(), *count, name));
  }
  static Error too_short(std::size_t rows, std::int64_t count, const std::string& name);

  ProjectPorts ports_;
};

template <class Row>
Answer<OffsetPage<Row>> Calls::read_page(const OffsetList<Row>& list, std::int64_t marker, Deadline deadline) {
  constexpr std::string_view kPageSize = "400";  // the most that one page can have
  const bool works = list.paging == OffsetList<Row>::Paging::works;
  Call call = page_call(list.path, list.name)
                  .with_query("marker", works || marker > 0 ? std::to_string(marker) : "")
                  .with_query("maxitems", works ? kPageSize : "")
                  .missing_as(list.missing_code);
  call = with_filters(std::move(call), list.filters);
  return read(std::move(call), deadline, list.read);
}

template <class Row>
boost::asio::awaitable<Calls::PagesAhead<Row>> Calls::read_pages(const OffsetList<Row>& list,
                                                                 std::vector<std::int64_t> markers, Deadline deadline) {
  std::vector<Result<OffsetPage<Row>>> answers(markers.size());
  // for_each_bounded keeps the closure until all have ended, and so does this frame what it refers to.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  std::function<boost::asio::awaitable<void>(std::size_t)> task = [&](std::size_t i) -> boost::asio::awaitable<void> {
    answers[i] = co_await read_page(list, markers[i], deadline);
  };
  co_await for_each_bounded(markers.size(), kPagesAtOnce, task);
  PagesAhead<Row> pages;
  for (std::size_t i = 0; i < markers.size(); ++i) pages.emplace(markers[i], std::move(answers[i]));
  co_return pages;
}

template <class Row>
Answer<std::vector<Row>> Calls::list(OffsetList<Row> list, Deadline deadline) {
  const bool works = list.paging == OffsetList<Row>::Paging::works;
  std::vector<Row> rows;
  std::set<std::string> seen;
  std::optional<std::int64_t> count;
  std::int64_t marker = 0;
  std::int64_t stride = 0;
  PagesAhead<Row> ahead;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    if (!ahead.contains(marker)) {
      auto markers = markers_from(marker, works ? stride : 0, count);
      ahead = co_await read_pages(list, std::move(markers), deadline);
    }
    auto page = std::move(ahead.at(marker));
    if (!page) co_return fail(std::move(page).error());

    const std::size_t before = rows.size();
    const bool is_empty = page->rows.empty();
    for (Row& row : page->rows) {
      if (seen.insert(list.identity(row)).second) rows.push_back(std::move(row));
    }
    if (page->count) count = page->count;
    const bool has_all = count && static_cast<std::int64_t>(rows.size()) >= *count;
    const bool is_last = works ? is_empty : has_all || rows.size() == before;
    if (is_last || page->next_marker <= marker) co_return complete(std::move(rows), count, list.name);
    stride = page->next_marker - marker;
    marker = page->next_marker;
  }
  co_return fail(endless(list.name));
}

template <class Row>
Answer<std::vector<Row>> Calls::list(MarkedList<Row> list, Deadline deadline) {
  constexpr std::string_view kPageSize = "100";  // what the service gives unasked
  std::vector<Row> rows;
  std::set<std::string> marks;
  std::string marker;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    Call call = page_call(list.path, list.name).with_query("marker", marker).with_query("limit", kPageSize);
    call = with_filters(std::move(call), list.filters);
    auto page = co_await read(std::move(call), deadline, list.read);
    if (!page) co_return fail(std::move(page).error());

    const bool is_last = page->rows.empty() || page->next_marker.empty();
    for (Row& row : page->rows) rows.push_back(std::move(row));
    if (is_last) co_return complete(std::move(rows), page->count, list.name);
    marker = std::move(page->next_marker);
    if (!marks.insert(marker).second) co_return fail(circular(list.name));
  }
  co_return fail(endless(list.name));
}

}  // namespace fgsync::functiongraph
