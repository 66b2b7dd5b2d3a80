#include <algorithm>

#include "base/digest.hpp"
#include "emulator/authentication.hpp"
#include "emulator/json.hpp"
#include "emulator/operations.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

constexpr int kTokenDigits = 2048;  // a real one has several KB
constexpr std::chrono::hours kExpiredAreKnownFor{24};

struct Identity {
  std::string method;
  std::string domain;
  std::string user;
};

/// Reads members of members; an absent or wrongly typed one is a request that IAM does not understand.
Valid<JsonObject> member(const JsonObject& object, std::string_view name) {
  auto found = object.object(name);
  if (!found || !*found) return refuse(kBadIamRequest, "expected an object " + std::string(name));
  return std::move(**found);
}

std::string id_of(std::string_view kind, const std::string& name) {
  return sha256_hex(std::string(kind) + " " + name).substr(0, 32);
}

Valid<Identity> check_password(const Call& call, const JsonObject& identity) {
  auto password = member(identity, "password");
  if (!password) return refuse(password.error());
  auto user = member(*password, "user");
  if (!user) return refuse(user.error());
  auto domain = member(*user, "domain");
  if (!domain) return refuse(domain.error());
  const auto& users = call.options.iam.users;
  if (users.empty()) {
    return refuse(kWrongPassword, "fgsync-emulator has no users: start it with --iam-file");
  }
  const Identity wanted{"password", text_of(*domain, "name"), text_of(*user, "name")};
  const auto given = text_of(*user, "password");
  const bool is_known = std::any_of(users.begin(), users.end(), [&](const IamDirectory::User& known) {
    return known.domain == wanted.domain && known.name == wanted.user && known.password.reveal() == given;
  });
  if (!is_known) return refuse(kWrongPassword);
  return wanted;
}

/// The holder of a token acts for an agency of another account.
Valid<Identity> check_agency(const Call& call, const JsonObject& identity) {
  auto holder = find_token(call.headers, call.options, call.store, call.now);
  if (!holder) return refuse(kWrongPassword, "The X-Auth-Token is not valid.");
  auto role = member(identity, "assume_role");
  if (!role) return refuse(role.error());
  const auto domain_id = text_of(*role, "domain_id");
  const auto domain_name = text_of(*role, "domain_name");
  const auto older_name = text_of(*role, "xrole_name");
  const auto name = older_name.empty() ? text_of(*role, "agency_name") : older_name;
  for (const auto& agency : call.options.iam.agencies) {
    const bool is_domain = agency.domain == domain_name || id_of("domain", agency.domain) == domain_id;
    if (is_domain && agency.name == name) return Identity{"assume_role", agency.domain, agency.name};
  }
  return refuse(kNoIamResource, "Could not find agency: " + name);
}

Valid<Identity> check_identity(const Call& call, const JsonObject& auth) {
  auto identity = member(auth, "identity");
  if (!identity) return refuse(identity.error());
  const auto methods = identity->texts("methods");
  const auto list = methods.value_or(std::vector<std::string>());
  if (list == std::vector<std::string>{"password"}) return check_password(call, *identity);
  if (list == std::vector<std::string>{"assume_role"}) return check_agency(call, *identity);
  return refuse(kBadIamRequest, "methods: expected password or assume_role");
}

/// The project of that id or name. Without a list of projects every id is one, and so is the region's name.
std::optional<IamDirectory::Project> find_project(const Call& call, const std::string& id, const std::string& name) {
  const auto& known = call.options.iam.projects;
  if (known.empty()) {
    if (!id.empty()) return IamDirectory::Project{id, call.options.region};
    return IamDirectory::Project{id_of("project", name), name};
  }
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& project) {
    return id.empty() ? project.name == name : project.id == id;
  });
  return found == known.end() ? std::nullopt : std::optional(*found);
}

Valid<IamDirectory::Project> read_scope(const Call& call, const JsonObject& auth) {
  auto scope = member(auth, "scope");
  if (!scope) return refuse(scope.error());
  auto wanted = member(*scope, "project");
  if (!wanted) return refuse(kBadIamRequest, "scope: FunctionGraph needs the scope of a project");
  const auto id = text_of(*wanted, "id");
  const auto name = text_of(*wanted, "name");
  if (id.empty() && name.empty()) return refuse(kBadIamRequest, "scope.project: expected an id or a name");
  auto project = find_project(call, id, name);
  if (!project) return refuse(kNoIamResource, "Could not find project: " + (id.empty() ? name : id));
  return std::move(*project);
}

std::string render_named(const std::string& id, const std::string& name) {
  return JsonMembers().text("id", id).text("name", name).object();
}

std::string render_token(const Identity& identity, const IamDirectory::Project& project,
                         std::chrono::system_clock::time_point issued, std::chrono::system_clock::time_point expires) {
  const auto domain = render_named(id_of("domain", identity.domain), identity.domain);
  const auto scope = JsonMembers().text("id", project.id).text("name", project.name).raw("domain", domain).object();
  const auto user = JsonMembers()
                        .text("id", id_of("user", identity.domain + "/" + identity.user))
                        .text("name", identity.user)
                        .raw("domain", domain)
                        .text("password_expires_at", "")
                        .object();
  const auto token = JsonMembers()
                         .text("expires_at", iam_time(expires))
                         .text("issued_at", iam_time(issued))
                         .raw("methods", json_array({json_text(identity.method)}))
                         .raw("project", scope)
                         .raw("user", user)
                         .raw("roles", json_array({render_named("0", "te_admin")}))
                         .raw("catalog", "[]")
                         .object();
  return JsonMembers().raw("token", token).object();
}

std::string render_project(const IamDirectory::Project& project) {
  const auto domain = domain_of(project.id);
  return JsonMembers()
      .text("id", project.id)
      .text("name", project.name)
      .text("domain_id", domain)
      .text("parent_id", domain)
      .text("description", "")
      .boolean("enabled", true)
      .boolean("is_domain", false)
      .raw("links", JsonMembers().text("self", "/v3/projects/" + project.id).object())
      .object();
}

}  // namespace

Outcome create_token(const Call& call) {
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(kBadIamRequest, body.error().specific);
  auto auth = member(*body, "auth");
  if (!auth) return refuse(auth.error());
  auto identity = check_identity(call, *auth);
  if (!identity) return refuse(identity.error());
  auto project = read_scope(call, *auth);
  if (!project) return refuse(project.error());

  const auto expires = call.now + call.options.token_lifetime;
  const auto seconds = [](auto when) {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  };
  const std::string token = "MIIF" + call.random.hex(kTokenDigits);
  call.store.tokens().remove_expired_before(seconds(call.now - kExpiredAreKnownFor));
  call.store.tokens().add(token, IssuedToken{project->id, identity->domain, identity->user, seconds(expires)});
  Answer answer{201, render_token(*identity, *project, call.now, expires)};
  answer.headers.emplace_back("X-Subject-Token", token);
  return answer;
}

Outcome list_projects(const Call& call) {
  const auto name = call.route.parameter("name").value_or("");
  std::vector<std::string> items;
  if (call.options.iam.projects.empty()) {
    const auto project = find_project(call, "", name.empty() ? call.options.region : name);
    items.push_back(render_project(*project));
  }
  for (const auto& project : call.options.iam.projects) {
    if (name.empty() || project.name == name) items.push_back(render_project(project));
  }
  const auto links = JsonMembers().text("self", "/v3/projects").raw("next", "null").raw("previous", "null").object();
  return Answer{200, JsonMembers().raw("projects", json_array(items)).raw("links", links).object()};
}

}  // namespace fgsync::emulator
