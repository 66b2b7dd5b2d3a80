#pragma once

#include "tests/simulation/remote.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/watcher.hpp"

namespace fgsync::simulation {

/// Somebody at the console. What the service refuses does not happen.
class OtherWriter {
 public:
  OtherWriter(Remote& remote, Watcher& watcher) : remote_(remote), watcher_(watcher) {}

  void act(const ActAt& act);
  void create(const std::string& name);

 private:
  void update_config(const std::string& name, const RemoteFunction& there, int memory, const std::string& description);

  Remote& remote_;
  Watcher& watcher_;
};

}  // namespace fgsync::simulation
