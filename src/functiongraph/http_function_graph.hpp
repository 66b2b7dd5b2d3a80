#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "functiongraph/call_counter.hpp"
#include "functiongraph/function_graph.hpp"
#include "http/client.hpp"

namespace fgsync::functiongraph {

struct Target {
  std::string project_id;
  Secret token;  ///< IAM token with project scope, sent as X-Auth-Token
};

/// The FunctionGraph over HTTP. Ports are borrowed and must outlive it. Reads whose connection failed are tried up to
/// twice more; mutations are sent once.
std::unique_ptr<FunctionGraph> make_http_function_graph(http::HttpClient& client, Clock& clock, Target target,
                                                        CallCounter& counter, Logger log);

/// Whether the text may stand in a request path as project id: letters, digits, `-` and `_`.
bool is_project_id(const std::string& text);

}  // namespace fgsync::functiongraph
