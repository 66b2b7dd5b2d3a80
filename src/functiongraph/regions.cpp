// Hosts are read as `<service>.<region>.<cloud>`. Only for the clouds named here is anything said about an endpoint:
// what others do with their names is not known.
#include "functiongraph/regions.hpp"

#include <algorithm>
#include <array>

#include "base/nearest.hpp"
#include "base/printable.hpp"
#include "functiongraph/error_codes.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr std::string_view kHuawei = "myhuaweicloud.com";
constexpr std::string_view kHuaweiEurope = "myhuaweicloud.eu";
constexpr std::string_view kOpenTelekom = "otc.t-systems.com";
constexpr std::array kClouds{kHuawei, kHuaweiEurope, kOpenTelekom};
/// Where people, not programs, go.
constexpr std::array<std::string_view, 2> kWebsites{"huaweicloud.com", "huaweicloud.eu"};

constexpr std::array<std::string_view, 29> kRegions{
    "ae-ad-1",        "af-south-1",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ap-southeast-4", "ap-southeast-5", "cn-east-2",      "cn-east-3",      "cn-east-4",
    "cn-north-1",     "cn-north-11",    "cn-north-4",     "cn-north-9",     "cn-south-1",
    "cn-south-4",     "cn-southwest-2", "cn-southwest-3", "eu-de",          "eu-nl",
    "eu-west-101",    "la-north-2",     "la-south-2",     "me-east-1",      "my-kualalumpur-1",
    "na-mexico-1",    "ru-moscow-1",    "sa-brazil-1",    "tr-west-1",
};
static_assert(std::is_sorted(kRegions.begin(), kRegions.end()));

constexpr const char* kEndpointIsSetBy = "--endpoint, FGSYNC_ENDPOINT or spec.endpoint";
constexpr const char* kRegionIsSetBy = "--region, FGSYNC_REGION or spec.region";
constexpr const char* kProjectIsSetBy = "--project-id, FGSYNC_PROJECT_ID or spec.project_id";

std::string quoted(std::string_view text) {
  return "\"" + printable(text, 80) + "\"";
}

bool is_label(std::string_view text) {
  constexpr std::size_t longest = 63;
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), is_allowed) &&
         !text.starts_with('-') && !text.ends_with('-');
}

bool looks_like_project_id(std::string_view text) {
  constexpr std::size_t length = 32;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == length && std::all_of(text.begin(), text.end(), is_hex);
}

/// A project's name is its region's, or begins with it and a `_`.
bool looks_like_project_name(std::string_view text) {
  return is_known_region(text.substr(0, text.find('_')));
}

tl::unexpected<Error> region_is_a_project_id(std::string_view region) {
  return fail(ErrorKind::invalid, "region " + quoted(region) +
                                      " looks like a project id; expected something like cn-north-4: change " +
                                      kRegionIsSetBy);
}

std::string_view cloud_of(std::string_view region) {
  if (region == "eu-de" || region == "eu-nl") return kOpenTelekom;
  return region.starts_with("eu-west-1") ? kHuaweiEurope : kHuawei;
}

bool is_below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

/// Of a host of one of the clouds.
struct HostParts {
  std::string_view service;
  std::string_view region;  ///< empty: the host has none
};

std::optional<HostParts> parts_of(std::string_view host) {
  const auto* const cloud =
      std::find_if(kClouds.begin(), kClouds.end(), [host](std::string_view domain) { return is_below(host, domain); });
  if (cloud == kClouds.end()) return std::nullopt;
  const std::string_view labels = host.substr(0, host.size() - cloud->size() - 1);
  const std::size_t dot = labels.rfind('.');
  if (dot == std::string_view::npos) return HostParts{labels, {}};
  return HostParts{labels.substr(0, dot), labels.substr(dot + 1)};
}

bool is_website(std::string_view host) {
  return std::any_of(kWebsites.begin(), kWebsites.end(),
                     [host](std::string_view domain) { return host == domain || is_below(host, domain); });
}

/// Whose endpoint it is instead of FunctionGraph's; empty when it is FunctionGraph's.
std::string_view other_owner(const std::optional<HostParts>& parts) {
  if (!parts || parts->service == "console") return "the console's";
  if (parts->service == "iam") return "IAM's";
  return parts->service == "functiongraph" ? "" : "another service's";
}

tl::unexpected<Error> wrong_endpoint(const http::Endpoint& endpoint, const std::string& what,
                                     const std::string& expected) {
  return fail(ErrorKind::invalid, "endpoint " + quoted(endpoint.to_string()) + " " + what + "; expected " + expected +
                                      ": change " + kEndpointIsSetBy);
}

/// FunctionGraph's URL in the region that was given, or else in the one that the host names.
std::string right_endpoint(std::string_view region, std::string_view region_of_host) {
  const auto endpoints = endpoints_of(region.empty() ? region_of_host : region);
  return endpoints ? endpoints->function_graph : "something like https://functiongraph.cn-north-4.myhuaweicloud.com";
}

Result<void> check_host(const http::Endpoint& endpoint, const std::optional<HostParts>& parts,
                        std::string_view region) {
  const std::string_view named = parts ? parts->region : std::string_view();
  if (const std::string_view owner = other_owner(parts); !owner.empty()) {
    return wrong_endpoint(endpoint, "is " + std::string(owner) + ", not FunctionGraph's",
                          right_endpoint(region, named));
  }
  if (named.empty()) return wrong_endpoint(endpoint, "names no region", right_endpoint(region, named));
  if (region.empty() || region == named) return {};
  return fail(ErrorKind::invalid, "endpoint " + quoted(endpoint.to_string()) + " is of region " + std::string(named) +
                                      ", but the region is " + quoted(region) + ": change " + kEndpointIsSetBy +
                                      "; or " + kRegionIsSetBy);
}

Result<void> check_path(const http::Endpoint& endpoint, std::string_view project_id) {
  const std::string& path = endpoint.base_path;
  const bool holds_project = !project_id.empty() && path.find(project_id) != std::string::npos;
  if (!path.ends_with("/v2") && !holds_project) return {};
  http::Endpoint without_path = endpoint;
  without_path.base_path.clear();
  return wrong_endpoint(endpoint, "has a path, but fgsync adds /v2 and the project id itself",
                        without_path.to_string());
}

/// Sources disagree about Huawei's cloud in Europe: the SDK's table of regions says .com, the Terraform provider .eu.
std::string advice_about_europe(const http::Endpoint& endpoint, const std::string& region) {
  if (cloud_of(region) != kHuaweiEurope) return "";
  const std::string_view other = is_below(endpoint.host, kHuaweiEurope) ? kHuawei : kHuaweiEurope;
  return "Sources disagree about this region: https://functiongraph." + region + "." + std::string(other) +
         " may be the right one (" + kEndpointIsSetBy + ")";
}

std::string advice_without_connection(const http::Endpoint& endpoint, std::string_view region) {
  const auto named = region_of(endpoint);
  if (!named) return "";
  if (is_known_region(*named)) return advice_about_europe(endpoint, *named);
  const std::string set_by = *named == region ? kRegionIsSetBy : kEndpointIsSetBy;
  const std::string unknown = quoted(*named) + " is no region that fgsync knows";
  const auto meant = nearest_region(*named);
  return meant ? unknown + ". Did you mean " + *meant + " (" + set_by + ")?" : unknown + ": check " + set_by;
}

std::string advice_without_api(const http::Endpoint& endpoint, std::string_view region) {
  const auto named = region_of(endpoint);
  const auto right = endpoints_of(region.empty() && named ? *named : region);
  if (!named || !right) return std::string("Check ") + kEndpointIsSetBy;
  if (right->function_graph != endpoint.to_string()) {
    return "FunctionGraph's endpoint there is " + right->function_graph + ": check " + kEndpointIsSetBy;
  }
  return "There may be no FunctionGraph in region " + *named + ": check " + kRegionIsSetBy;
}

std::string advice_about_project(std::string_view region, std::string_view project_id) {
  return "Project " + quoted(project_id) + " may be of another region" +
         (region.empty() ? "" : " than " + std::string(region)) +
         ": each has its own, and the console shows their ids under My Credentials. Check " + kProjectIsSetBy;
}

}  // namespace

Result<RegionEndpoints> endpoints_of(std::string_view region) {
  if (looks_like_project_id(region)) return region_is_a_project_id(region);
  if (!is_label(region)) {
    const auto meant = nearest_region(region);
    return fail(ErrorKind::invalid,
                "region " + quoted(region) + " is no region's name; " +
                    (meant ? "did you mean " + *meant + "?" : "expected something like cn-north-4"));
  }
  const std::string host = "." + std::string(region) + "." + std::string(cloud_of(region));
  return RegionEndpoints{.function_graph = "https://functiongraph" + host, .iam = "https://iam" + host};
}

bool is_known_region(std::string_view region) {
  return std::binary_search(kRegions.begin(), kRegions.end(), region);
}

std::optional<std::string> nearest_region(std::string_view text) {
  return is_known_region(text) ? std::nullopt : nearest(text, kRegions);
}

std::optional<std::string> region_of(const http::Endpoint& endpoint) {
  const auto parts = parts_of(endpoint.host);
  return parts && !parts->region.empty() ? std::optional(std::string(parts->region)) : std::nullopt;
}

Result<void> check_target(const http::Endpoint& endpoint, std::string_view region, std::string_view project_id) {
  const auto parts = parts_of(endpoint.host);
  if (!parts && !is_website(endpoint.host)) return {};
  if (looks_like_project_id(region)) return region_is_a_project_id(region);
  if (looks_like_project_name(project_id) || (!region.empty() && project_id == region)) {
    return fail(ErrorKind::invalid, "project id " + quoted(project_id) +
                                        " is a name; expected 32 digits and letters, which the console shows under My "
                                        "Credentials: change " +
                                        kProjectIsSetBy);
  }
  if (auto host = check_host(endpoint, parts, region); !host) return host;
  return check_path(endpoint, project_id);
}

Result<void> check_urn(const FunctionUrn& urn, std::string_view region, std::string_view project_id) {
  const auto other = [](const std::string& what, std::string_view theirs, std::string_view ours, const char* set_by) {
    return fail(ErrorKind::invalid, "the service answered for " + what + " " + quoted(theirs) + " instead of " +
                                        quoted(ours) + ": change " + set_by +
                                        ", or take the credentials and the endpoint that belong to it");
  };
  if (urn.project_id() != project_id) return other("project", urn.project_id(), project_id, kProjectIsSetBy);
  if (!region.empty() && urn.region() != region) return other("region", urn.region(), region, kRegionIsSetBy);
  return {};
}

std::string target_advice(const Error& error, const http::Endpoint& endpoint, std::string_view region,
                          std::string_view project_id) {
  if (endpoint.is_loopback() || !error.remote) return "";
  const RemoteFacts& facts = *error.remote;
  if (facts.http_status == 0) {
    // Also what a proxy or a certificate says no to.
    const bool is_refused = error.kind == ErrorKind::transient || error.kind == ErrorKind::invalid;
    return is_refused && !facts.request_sent ? advice_without_connection(endpoint, region) : "";
  }
  // Every answer of the service and of its gateway has one of them.
  if (facts.error_code.empty() && facts.request_id.empty() && error.kind != ErrorKind::throttled) {
    return std::string("What answered may be a proxy or the network's login page: check HTTPS_PROXY, NO_PROXY, and ") +
           kEndpointIsSetBy;
  }
  if (facts.error_code == codes::kNoSuchApi) return advice_without_api(endpoint, region);
  // An expired token is just that; whatever else is refused may be because of the project.
  const bool is_refused = error.kind == ErrorKind::unauthorized && facts.error_code != codes::kTokenExpired;
  const bool may_be_project = is_refused || facts.error_code == codes::kProjectUnavailable;
  return may_be_project ? advice_about_project(region, project_id) : "";
}

}  // namespace fgsync::functiongraph
