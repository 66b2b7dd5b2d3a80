#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "functiongraph/call_counter.hpp"
#include "functiongraph/dependencies.hpp"
#include "functiongraph/function_graph.hpp"
#include "functiongraph/invocations.hpp"
#include "functiongraph/triggers.hpp"
#include "http/client.hpp"

namespace fgsync::functiongraph {

/// What calls to one project go through. All borrowed; they must outlive the adapters. `client` adds the credentials
/// and holds the budget (authentication.hpp, budget.hpp).
struct ProjectPorts {
  http::HttpClient& client;
  Clock& clock;
  std::string project_id;
  CallCounter& counter;
  Logger log;
  std::string region = {};  ///< that the service's URNs must name; empty: any
};

/// The service over HTTP. Reads whose connection failed are tried up to twice more; mutations are sent once.
std::unique_ptr<FunctionGraph> make_http_function_graph(ProjectPorts ports);
std::unique_ptr<Triggers> make_http_triggers(ProjectPorts ports);
std::unique_ptr<Dependencies> make_http_dependencies(ProjectPorts ports);
std::unique_ptr<Invocations> make_http_invocations(ProjectPorts ports);

/// Whether the text may stand in a request path as project id: letters, digits, `-` and `_`.
bool is_project_id(const std::string& text);

}  // namespace fgsync::functiongraph
