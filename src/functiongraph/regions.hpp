#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "functiongraph/urn.hpp"
#include "http/client.hpp"

/// Where the service is (api: endpoints by region).
namespace fgsync::functiongraph {

struct RegionEndpoints {
  std::string function_graph;  ///< URL
  std::string iam;             ///< URL
};

/// The endpoints of a region: `myhuaweicloud.com`, `.eu` for regions that start with eu-west-1, and Open Telekom
/// Cloud's for eu-de and eu-nl. A region that is not in the table gets those of its pattern, since regions are added
/// over time. Error `invalid` when the text is no region's name.
Result<RegionEndpoints> endpoints_of(std::string_view region);

bool is_known_region(std::string_view region);
/// A known region that the text was probably meant to be; nothing when it is known or like none.
std::optional<std::string> nearest_region(std::string_view text);
/// The region that an endpoint's host names, as in `functiongraph.<region>.<cloud>`; nothing when it names none.
std::optional<std::string> region_of(const http::Endpoint& endpoint);

/// What is wrong with the three together as far as that can be told without asking, naming the likely mistake: a
/// region in the project's place or the reverse, the endpoint of another region or of another service, one with a path.
/// Nothing to say about loopback and private endpoints. An empty region was not given.
Result<void> check_target(const http::Endpoint& endpoint, std::string_view region, std::string_view project_id);

/// What an answer's URN tells about the target: error `invalid` when it is of another project or region than asked for.
/// An empty region was not given.
Result<void> check_urn(const FunctionUrn& urn, std::string_view region, std::string_view project_id);

/// More advice for a failure that a wrong target may be the cause of (no such host, no such API, an unavailable
/// project, an answer that is not the service's): sentences to stand behind its message, without the last full stop;
/// empty when there is none, as always for loopback.
std::string target_advice(const Error& error, const http::Endpoint& endpoint, std::string_view region,
                          std::string_view project_id);

}  // namespace fgsync::functiongraph
