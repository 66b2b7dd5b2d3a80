#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fgsync::http {

enum class Method { get, post, put, del };

std::string_view name_of(Method method);

/// Header names compare without regard to case; order is kept.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first header of that name, or an empty view.
std::string_view find_header(const Headers& headers, std::string_view name);

struct Request {
  Method method = Method::get;
  std::string target;  ///< origin form: path and query, percent-encoded, starting with `/`
  Headers headers;     ///< without Host, Content-Length and Connection, which the client sets
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
};

}  // namespace fgsync::http
