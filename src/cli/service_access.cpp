#include "cli/service_access.hpp"

#include <random>
#include <utility>

#include "functiongraph/authentication.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "functiongraph/regions.hpp"

namespace fgsync::cli {
namespace {

using functiongraph::CredentialSource;

/// The address that is the metadata service's on every machine of the cloud (api: where credentials come from).
http::Endpoint metadata_endpoint() {
  http::Endpoint endpoint;
  endpoint.scheme = http::Endpoint::Scheme::http;
  endpoint.host = "169.254.169.254";
  endpoint.port = 80;
  return endpoint;
}

http::ClientOptions client_options(const Connection& connection, AccessPorts& ports) {
  http::ClientOptions options;
  options.ca_file = connection.ca_file;
  options.proxy = connection.proxy;
  options.pool = &ports.pool;
  return options;
}

functiongraph::IamLogin login_of(const config::IamUser& user, const std::string& project_id) {
  functiongraph::IamLogin login;
  login.domain = user.domain;
  login.user = user.user;
  login.password_file = user.password_file;
  login.project_id = project_id;
  if (user.agency) {
    login.agency_domain = user.agency->domain;
    login.agency_name = user.agency->name;
  }
  return login;
}

/// Makes the source of a choice of credentials; opens the clients that it asks.
class SourceMaker {
 public:
  SourceMaker(const Connection& connection, AccessPorts& ports, ServiceAccess& access)
      : connection_(connection), ports_(ports), access_(access) {}

  std::unique_ptr<CredentialSource> operator()(const Nobody& /*nobody*/) const {
    return functiongraph::make_no_credentials();
  }
  std::unique_ptr<CredentialSource> operator()(const GivenToken& given) const {
    return functiongraph::make_fixed_token(given.token, "FGSYNC_TOKEN");
  }
  std::unique_ptr<CredentialSource> operator()(const GivenKey& given) const {
    return functiongraph::make_fixed_key(given.key, "HUAWEICLOUD_SDK_AK");
  }
  std::unique_ptr<CredentialSource> operator()(const config::TokenFile& file) const {
    return functiongraph::make_token_file(file.path, ports_.pool);
  }
  std::unique_ptr<CredentialSource> operator()(const config::AccessKey& key) const {
    functiongraph::KeyFiles files{key.ak_file, key.sk_file, key.security_token_file.value_or("")};
    return functiongraph::make_key_files(std::move(files), ports_.pool);
  }
  std::unique_ptr<CredentialSource> operator()(const config::Profile& profile) const {
    functiongraph::ProfileFile file{profile.file.value_or(""), profile.section.value_or("")};
    return functiongraph::make_profile(std::move(file), ports_.pool);
  }
  std::unique_ptr<CredentialSource> operator()(const config::IamUser& user) const {
    return functiongraph::make_iam_login(*access_.iam, login_of(user, connection_.project_id), ports_.clock,
                                         ports_.pool, ports_.log);
  }
  std::unique_ptr<CredentialSource> operator()(const config::InstanceMetadata& /*metadata*/) const {
    return functiongraph::make_instance_metadata(*access_.metadata, ports_.clock, ports_.log);
  }

 private:
  const Connection& connection_;
  AccessPorts& ports_;
  ServiceAccess& access_;
};

/// Opens the clients that the credentials need.
Result<void> open_credential_clients(const Connection& connection, AccessPorts& ports, ServiceAccess& access) {
  if (connection.credentials.iam) {
    http::ClientOptions options = client_options(connection, ports);
    options.proxy = connection.iam_proxy;
    options.advice = functiongraph::kCheckIamEndpoint;
    auto client = http::make_beast_client(ports.executor, *connection.credentials.iam, std::move(options));
    if (!client) return fail(with_context(std::move(client).error(), "IAM"));
    access.iam = std::move(*client);
  }
  if (std::holds_alternative<config::InstanceMetadata>(connection.credentials.choice)) {
    http::ClientOptions options;
    options.advice = "Check that this machine is an ECS with an agency, or give other credentials";
    auto client = http::make_beast_client(ports.executor, metadata_endpoint(), std::move(options));
    if (!client) return fail(std::move(client).error());
    access.metadata = std::move(*client);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ServiceAccess>> open_access(const Connection& connection, AccessPorts ports) {
  auto access = std::make_unique<ServiceAccess>();
  auto opened = open_credential_clients(connection, ports, *access);
  if (!opened) return fail(std::move(opened).error());
  auto transport = http::make_beast_client(ports.executor, connection.endpoint, client_options(connection, ports));
  if (!transport) return fail(std::move(transport).error());
  access->transport = std::move(*transport);

  const SourceMaker make_source(connection, ports, *access);
  const ChosenCredentials& chosen = connection.credentials;
  auto source = std::visit(make_source, chosen.choice);
  auto for_large_bodies = chosen.for_large_bodies ? make_source(*chosen.for_large_bodies) : nullptr;
  functiongraph::AuthenticationPorts authentication{*access->transport, connection.endpoint, ports.clock, &ports.pool,
                                                    ports.log};
  access->authenticated = functiongraph::make_authenticated_client(std::move(authentication), std::move(source),
                                                                   std::move(for_large_bodies));

  http::HttpClient* inner = access->authenticated.get();
  if (ports.count) {
    access->counted = daemon::make_counted_client(*inner, ports.clock, std::move(ports.count));
    inner = access->counted.get();
  }

  access->budget =
      std::make_unique<functiongraph::Budget>(connection.budget, ports.clock, std::random_device{}(), ports.log);
  access->budgeted = functiongraph::make_budgeted_client(*inner, *access->budget, functiongraph::Priority::human);
  functiongraph::ProjectPorts project{*access->budgeted, ports.clock, connection.project_id, access->counter,
                                      ports.log};
  // The emulator's URNs name a region of its own.
  if (!connection.endpoint.is_loopback()) {
    project.region =
        connection.region.empty() ? functiongraph::region_of(connection.endpoint).value_or("") : connection.region;
  }
  access->patient = functiongraph::make_budgeted_client(*inner, *access->budget, functiongraph::Priority::sweep);
  functiongraph::ProjectPorts patient{*access->patient, ports.clock, project.project_id,
                                      access->counter,  ports.log,   project.region};
  access->patient_triggers = functiongraph::make_http_triggers(patient);
  access->patient_service = functiongraph::make_http_function_graph(std::move(patient));
  access->triggers = functiongraph::make_http_triggers(project);
  access->service = functiongraph::make_http_function_graph(std::move(project));
  return access;
}

Result<std::unique_ptr<CredentialAccess>> open_credentials(const Connection& connection, AccessPorts ports) {
  auto access = std::make_unique<CredentialAccess>();
  auto opened = open_credential_clients(connection, ports, access->clients);
  if (!opened) return fail(std::move(opened).error());
  access->source = std::visit(SourceMaker(connection, ports, access->clients), connection.credentials.choice);
  return access;
}

}  // namespace fgsync::cli
