// A document is turned into requests to a service of its own, in memory and without credentials, whose state is copied
// at the end: the rules are the service's, and a mistake half way leaves nothing behind.
#include "emulator/seed.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/base64.hpp"
#include "emulator/json.hpp"
#include "emulator/seed_document.hpp"
#include "emulator/state_control.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{64} << 20U;
constexpr std::string_view kSqliteMark = "SQLite format 3";

/// Nothing: the file cannot be read, or is too large.
std::optional<std::string> read_file(const std::string& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed || size > kMaxFileBytes) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return file.bad() || text.size() != size ? std::nullopt : std::optional(std::move(text));
}

/// Whether the file is a SQLite database.
bool is_database(const std::string& path) {
  std::array<char, kSqliteMark.size()> start{};
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == kSqliteMark;
}

Error error_at(const SourcePosition& position, std::string message) {
  Error error(ErrorKind::invalid, std::move(message));
  error.position = position;
  return error;
}

std::string to_object(const SeedFields& fields) {
  JsonMembers members;
  for (const auto& [name, json] : fields) members.raw(name, json);
  return members.object();
}

SeedFields with(SeedFields fields, const SeedFields& changes) {
  for (const auto& [name, json] : changes) fields[name] = json;
  return fields;
}

/// Makes one function by requests.
class Sower {
 public:
  Sower(Service& service, const SeedFunction& function, const ServiceOptions& options, std::string folder,
        std::chrono::system_clock::time_point now)
      : service_(service), function_(function), folder_(std::move(folder)), now_(now) {
    base_ = "/v2/" + function.project + "/fgs/functions";
    const auto app = function.fields.find("package");
    const std::string app_name =
        app == function.fields.end() ? "default" : app->second.substr(1, app->second.size() - 2);
    urn_ = "urn:fss:" + options.region + ":" + function.project + ":function:" + app_name + ":" + function.name;
  }

  Result<void> sow() {
    const auto first = function_.versions.empty() ? latest() : state_of(function_.versions.front());
    if (auto made = create(first); !made) return made;
    for (const auto& version : function_.versions) {
      if (auto changed = change_to(state_of(version)); !changed) return changed;
      auto published = ask(http::Method::post, "/" + urn_ + "/versions", version.publish, version.position);
      if (!published) return published;
    }
    if (auto changed = change_to(latest()); !changed) return changed;
    for (const auto& alias : function_.aliases) {
      auto named = ask(http::Method::post, "/" + urn_ + "/aliases", alias.fields, alias.position);
      if (!named) return named;
    }
    return {};
  }

 private:
  /// The function at one time: what latest is, or was when a version was published.
  struct State {
    SeedFields fields;
    const SeedCode* code;
    SourcePosition position;
  };

  [[nodiscard]] State latest() const { return {defaults(), &function_.code, function_.position}; }
  [[nodiscard]] State state_of(const SeedVersion& version) const {
    return {with(defaults(), version.changes), version.code ? &*version.code : &function_.code, version.position};
  }

  /// The fields that the service requires and a test seldom cares about.
  [[nodiscard]] SeedFields defaults() const {
    return with({{"package", "\"default\""}, {"memory_size", "128"}, {"timeout", "30"}}, function_.fields);
  }

  Result<void> create(const State& state) {
    auto code = code_fields(*state.code);
    if (!code) return fail(std::move(code).error());
    code_ = state.code;
    return ask(http::Method::post, "", with(state.fields, *code), state.position);
  }

  Result<void> change_to(const State& state) {
    if (state.code != code_) {
      auto code = code_fields(*state.code);
      if (!code) return fail(std::move(code).error());
      auto updated = ask(http::Method::put, "/" + urn_ + "/code", *code, state.code->position);
      if (!updated) return updated;
      code_ = state.code;
    }
    return ask(http::Method::put, "/" + urn_ + "/config", state.fields, state.position);
  }

  /// `code_type`, `code_filename` and `func_code`, as far as the function's own fields do not say them.
  [[nodiscard]] Result<SeedFields> code_fields(const SeedCode& code) const {
    std::string bytes = code.text;
    if (!code.file.empty()) {
      const auto path = std::filesystem::path(folder_) / code.file;
      auto read = read_file(path.string());
      if (!read) return fail(error_at(code.position, "cannot read the code " + path.string()));
      bytes = std::move(*read);
    }
    const bool is_jar = code.file.ends_with(".jar");
    const bool is_zip = code.file.ends_with(".zip");
    const std::string type = is_jar ? "jar" : is_zip ? "zip" : "inline";
    SeedFields fields{{"code_type", json_text(type)},
                      {"func_code", JsonMembers().text("file", base64_encode(bytes)).object()}};
    if (is_jar || is_zip) fields["code_filename"] = json_text(std::filesystem::path(code.file).filename().string());
    for (const auto* key : {"code_type", "code_filename"}) {
      const auto given = function_.fields.find(key);
      if (given != function_.fields.end()) fields[key] = given->second;
    }
    return fields;
  }

  Result<void> ask(http::Method method, const std::string& path, const SeedFields& fields,
                   const SourcePosition& position) {
    http::Request request;
    request.method = method;
    request.target = base_ + path;
    request.body = to_object(fields);
    const auto response = service_.handle(request, now_);
    if (response.status < 300) return {};
    const auto body = JsonObject::parse(response.body);
    const auto code = body ? text_of(*body, "error_code") : "";
    const auto message = body ? text_of(*body, "error_msg") : "";
    // The same code again: versions may share it.
    if (code == "FSS.0409") return {};
    return fail(error_at(position, function_.name + ": the service refuses it: " + std::to_string(response.status) +
                                       " " + code + " " + message));
  }

  Service& service_;
  const SeedFunction& function_;
  std::string folder_;
  std::chrono::system_clock::time_point now_;
  std::string base_;
  std::string urn_;
  const SeedCode* code_ = nullptr;  // what latest has now
};

Error first_of(const manifest::Diagnostics& mistakes) {
  const auto& first = mistakes.front();
  const auto more = mistakes.size() == 1 ? "" : " (and " + std::to_string(mistakes.size() - 1) + " more)";
  const auto hint = first.hint.empty() ? "" : "; " + first.hint;
  return error_at(first.position, summary(first) + hint + more);
}

Result<void> sow_document(Service& service, ServiceOptions options, const std::string& text, const std::string& file,
                          std::chrono::system_clock::time_point now) {
  const auto functions = read_seed(text, file);
  if (!functions) return fail(first_of(functions.error()));
  options.authentication = AuthenticationMode::none;
  ++options.seed;  // else the ids of the seed came again
  auto field = open_service(options, ":memory:");
  if (!field) return fail(std::move(field).error());
  const auto folder = std::filesystem::path(file).parent_path().string();
  for (const auto& function : *functions) {
    if (auto sown = Sower(**field, function, options, folder, now).sow(); !sown) return sown;
  }
  return service.state().copy_from((*field)->state());
}

}  // namespace

Result<void> seed_state(Service& service, const ServiceOptions& options, const std::string& file,
                        std::chrono::system_clock::time_point now) {
  const auto counts = service.state().counts();
  if (!counts) return fail(counts.error());
  if (counts->functions > 0 || counts->dependencies > 0) {
    return fail(ErrorKind::conflict, "the state is not empty, it has " + std::to_string(counts->functions) +
                                         " functions: start without --seed-state to go on with it, or with another "
                                         "--state to begin with the seed");
  }
  if (is_database(file)) return service.state().load(file);
  const auto text = read_file(file);
  if (!text) return fail(ErrorKind::invalid, file + ": cannot be read as a seed: no such file, or more than 64 MB");
  return sow_document(service, options, *text, file, now);
}

}  // namespace fgsync::emulator
