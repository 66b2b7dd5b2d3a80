#include "tests/simulation/other_writer.hpp"

#include "base/base64.hpp"
#include "plan/marker.hpp"
#include "tests/support/stored_zip.hpp"

namespace fgsync::simulation {
namespace {

using http::Method;
using nlohmann::json;

std::string code_of(int value) {
  return base64_encode(test::stored_zip({{"index.py", "# by hand " + std::to_string(value) + "\n"}}));
}

template <class Map>
std::string key_at(const Map& map, int value) {
  if (map.empty()) return "";
  return std::next(map.begin(), value % static_cast<int>(map.size()))->first;
}

}  // namespace

void OtherWriter::create(const std::string& name) {
  watcher_.disown(name);
  watcher_.disturb(name);
  remote_.send(Method::post, "/fgs/functions",
               {{"func_name", name},
                {"package", "default"},
                {"runtime", "Python3.9"},
                {"timeout", 3},
                {"handler", "index.handler"},
                {"memory_size", 128},
                {"code_type", "zip"},
                {"code_filename", "index.zip"},
                {"func_code", {{"file", code_of(0)}}}});
}

void OtherWriter::update_config(const std::string& name, const RemoteFunction& there, int memory,
                                const std::string& description) {
  json body{{"func_name", name},        {"runtime", "Python3.9"}, {"timeout", there.timeout},
            {"handler", there.handler}, {"memory_size", memory},  {"description", description}};
  if (!there.user_data.empty()) body["user_data"] = there.user_data;
  remote_.send(Method::put, Remote::path_of(name, "/config"), body);
}

void OtherWriter::act(const ActAt& act) {
  const std::string name = function_name(act.function);
  const auto there = remote_.find(name);
  if (act.act == Act::create_function) return create(name);
  if (!there) return;
  watcher_.disturb(name);
  switch (act.act) {
    case Act::update_code:
      remote_.send(
          Method::put, Remote::path_of(name, "/code"),
          {{"code_type", "zip"}, {"code_filename", "index.zip"}, {"func_code", {{"file", code_of(act.value)}}}});
      return;
    case Act::update_memory: return update_config(name, *there, 1024, there->description);
    case Act::take_mark:
      watcher_.disown(name);
      return update_config(name, *there, there->memory, plan::split_owner(there->description).text);
    case Act::other_mark:
      watcher_.disown(name);
      return update_config(name, *there, there->memory,
                           plan::with_owner(plan::split_owner(there->description).text, "other"));
    case Act::move_alias:
      remote_.send(Method::put, Remote::path_of(name, "/aliases/" + key_at(there->aliases, act.value)),
                   {{"version", act.value % 2 == 0 ? "latest" : key_at(there->versions, act.value)}});
      return;
    case Act::delete_alias:
      if (there->aliases.empty()) return;
      remote_.send(Method::del, Remote::path_of(name, "/aliases/" + key_at(there->aliases, act.value)));
      return;
    case Act::publish:
      remote_.send(Method::post, Remote::path_of(name, "/versions"), {{"version", "m" + std::to_string(act.value)}});
      return;
    case Act::delete_version:
      if (there->versions.empty()) return;
      remote_.send(Method::del, Remote::path_of(name, ":" + key_at(there->versions, act.value)));
      return;
    case Act::delete_function:
      watcher_.disown(name);
      remote_.send(Method::del, Remote::path_of(name, ""));
      return;
    case Act::tag:
      remote_.send(Method::post, "/functions/" + Remote::urn_of(name) + "/tags/create",
                   {{"action", "create"}, {"tags", {{{"key", "team"}, {"value", "console"}}}}});
      return;
    case Act::create_function: return;
  }
}

}  // namespace fgsync::simulation
