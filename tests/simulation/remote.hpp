#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "emulator/service.hpp"
#include "http/message.hpp"

namespace fgsync::simulation {

/// What the service really has, read without going through the code under test.
struct RemoteVersion {
  std::string digest;
  int memory = 0;
  std::string user_data;  ///< as the service's text
};
struct RemoteAlias {
  std::string version;
  std::map<std::string, int> weights;
};
struct RemoteFunction {
  std::string digest;
  std::string handler;
  std::string description;
  std::string user_data;
  int memory = 0;
  int timeout = 0;
  int instances = -1;
  std::map<std::string, RemoteVersion> versions;  ///< without latest
  std::map<std::string, RemoteAlias> aliases;
};

class Remote {
 public:
  Remote(emulator::Service& service, Clock& clock) : service_(service), clock_(clock) {}

  std::optional<RemoteFunction> find(const std::string& name);
  std::map<std::string, std::string> tags_of(const std::string& name);
  /// Of asynchronous invocations: how old an event may be; nothing when none is set.
  std::optional<int> async_age_of(const std::string& name);
  std::vector<std::string> names();

  /// What somebody else sends. Answers the body, or nothing when the service refuses.
  std::optional<nlohmann::json> send(http::Method method, const std::string& path,
                                     const nlohmann::json& body = nullptr);
  static std::string urn_of(const std::string& name) { return "urn:fss:cn-north-4:p1:function:default:" + name; }
  static std::string path_of(const std::string& name, const std::string& below) {
    return "/fgs/functions/" + urn_of(name) + below;
  }

 private:
  emulator::Service& service_;
  Clock& clock_;
};

/// A request that changes something, understood without the code that made it.
struct Operation {
  enum class Kind {
    create,
    code,
    config,
    instances,
    publish,
    create_alias,
    update_alias,
    delete_alias,
    delete_version,
    delete_function,
    tags,
    async,
    other,
  };
  Kind kind = Kind::other;
  std::string function;
  std::string name;  ///< of the version or alias

  /// `publish v1`, as steps are compared.
  [[nodiscard]] std::string effect() const;
};

/// Nothing for a read.
std::optional<Operation> operation_of(const http::Request& request);
/// The function that a request is about; empty: none.
std::string function_of(const http::Request& request);

}  // namespace fgsync::simulation
