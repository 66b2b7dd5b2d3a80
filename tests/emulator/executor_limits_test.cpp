// What a run may not do, and what is left of it.
#include <fcntl.h>

#include <fstream>
#include <set>
#include <thread>

#include "executor_world.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

bool is_alive(int id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  file >> number >> name >> state;
  return static_cast<bool>(file) && state != "Z";
}

/// Killed processes take a moment to go.
bool goes_away(int id) {
  for (int tries = 0; tries < 500 && is_alive(id); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !is_alive(id);
}

}  // namespace

TEST_CASE("executor: a run that takes too long is ended, in its handler or before") {
  ExecutorWorld world;
  world.limit_handler_to_a_second();
  world.use_python(
      "import time\nprint('before', flush=True)\ndef initializer(c): pass\ndef handler(e, c): time.sleep(60)\n");
  const auto outcome = world.run();
  CHECK(error_of(outcome) == "4010 Timeout: the function timed out after 1 seconds");
  CHECK(outcome.log == "before\n");
  CHECK(outcome.duration >= std::chrono::seconds(1));
  world.use_node("exports.initializer = async () => {}; exports.handler = async () => { for (;;) {} };");
  CHECK(error_of(world.run()) == "4010 Timeout: the function timed out after 1 seconds");
  world.execution.initializer_timeout = std::chrono::seconds(1);
  world.use_python("import time\ntime.sleep(60)\n");
  CHECK(error_of(world.run()) == "4211 Timeout: the initialization of the function timed out after 1 seconds");
}

TEST_CASE("executor: a run that takes too much memory is ended") {
  ExecutorWorld world;
  for (const auto* source : {"def handler(e, c): return len(bytearray(1 << 30))",
                             "def handler(e, c):\n    kept = []\n    while True: kept.append(b'x' * (1 << 20))",
                             "import subprocess, sys\n"
                             "def handler(e, c): return subprocess.run([sys.executable, '-c',"
                             " 'kept = b\"x\" * (150 << 20); import time; time.sleep(60)']).returncode"}) {
    INFO(source);
    world.use_python(source);
    CHECK(error_of(world.run()).starts_with("4205 "));
  }
  world.use_node(
      "exports.handler = async () => { const kept = []; for (;;) kept.push('x'.repeat(1000) + kept.length); };");
  CHECK(error_of(world.run()) == "4205 MemoryLimitExceeded: runtime memory limit exceeded");
  world.use_node("exports.handler = async () => Buffer.alloc(2 ** 30).length;");
  CHECK(error_of(world.run()).starts_with("4205 "));
}

TEST_CASE("executor: results have 6 MB at most") {
  ExecutorWorld world;
  world.use_python("def handler(event, c): return 'x' * event['size']\n");
  world.execution.event = R"({"size":6291454})";  // and two quotes
  CHECK(world.run().result.size() == 6291456);
  world.execution.event = R"({"size":6291455})";
  CHECK(error_of(world.run()) == "4004 ResponseExceedLimit: response body size exceeds the limit of 6291456");
  world.execution.event = R"({"size":30000000})";
  CHECK(error_of(world.run()) == "4004 ResponseExceedLimit: response body size exceeds the limit of 6291456");
}

TEST_CASE("executor: a large event arrives whole") {
  ExecutorWorld world;
  world.use_node("exports.handler = async (event) => event.k.length;");
  world.execution.event = R"({"k":")" + std::string(6U << 20U, 'x') + "\"}";
  CHECK(world.run().result == "6291456");
}

TEST_CASE("executor: the environment is the documented one and the function's own") {
  ExecutorWorld world;
  ::setenv("FGSYNC_TEST_SECRET", "secret", 1);
  world.execution.user_data = R"({"OWN":"mine","RUNTIME_TIMEOUT":"99","A=B":"x"})";
  const std::set<std::string> expected{"HOME",
                                       "LANG",
                                       "OWN",
                                       "PATH",
                                       "RUNTIME_CODE_ROOT",
                                       "RUNTIME_CPU",
                                       "RUNTIME_FUNC_NAME",
                                       "RUNTIME_FUNC_VERSION",
                                       "RUNTIME_HANDLER",
                                       "RUNTIME_INITIALIZER_HANDLER",
                                       "RUNTIME_INITIALIZER_TIMEOUT",
                                       "RUNTIME_LOG_DIR",
                                       "RUNTIME_MAX_RESP_BODY_SIZE",
                                       "RUNTIME_MEMORY",
                                       "RUNTIME_PACKAGE",
                                       "RUNTIME_PROJECT_ID",
                                       "RUNTIME_ROOT",
                                       "RUNTIME_TIMEOUT",
                                       "RUNTIME_USERDATA",
                                       "TMPDIR"};
  world.use_python("import os\ndef handler(e, c): return dict(os.environ)\n");
  const auto python = Json::parse(world.run().result);
  world.use_node("exports.handler = async () => process.env;");
  const auto node = Json::parse(world.run().result);
  ::unsetenv("FGSYNC_TEST_SECRET");
  for (const auto& environment : {python, node}) {
    std::set<std::string> names;
    for (const auto& [name, value] : environment.items()) {
      if (name != "LC_CTYPE") names.insert(name);  // some builds of Python set it for themselves
    }
    CHECK(names == expected);
    CHECK(environment["OWN"] == "mine");
    CHECK(environment["RUNTIME_TIMEOUT"] == "60");
    CHECK(environment["RUNTIME_HANDLER"] == "index.handler");
  }
}

TEST_CASE("executor: no descriptor is inherited") {
  const int leaked = ::fcntl(0, F_DUPFD, 20);  // without close-on-exec
  REQUIRE(leaked >= 20);
  ExecutorWorld world;
  world.use_python(
      "import os, subprocess\n"
      "def open_ones(): return sorted(int(fd) for fd in os.listdir('/proc/self/fd'))\n"
      "def handler(e, c):\n"
      "    child = subprocess.run(['ls', '/proc/self/fd'], stdout=subprocess.PIPE, close_fds=False).stdout.split()\n"
      "    return [len(open_ones()), len(child)]\n");
  // 0, 1, 2, the answer, and the folder that is being listed; a child has no answer.
  CHECK(world.run().result == "[5, 4]");
  ::close(leaked);
}

TEST_CASE("executor: nothing that a run started is left, not even what left its group") {
  ExecutorWorld world;
  world.use_python(
      "import subprocess\n"
      "def handler(e, c):\n"
      "    return [subprocess.Popen(['sleep', '600'], start_new_session=new).pid for new in (False, True)]\n");
  const auto ids = Json::parse(world.run().result);
  REQUIRE(ids.size() == 2);
  CHECK(goes_away(ids[0]));
  CHECK(goes_away(ids[1]));
}

// What a program that is just being started looks like on a machine that is busy.
TEST_CASE("executor: what has no environment yet is looked at again") {
  ExecutorWorld world;
  world.use_python(
      "import os, subprocess\n"
      "def handler(e, c):\n"
      "    words = ['/usr/bin/env', '-i', '/bin/sh', '-c', 'sleep 0.05; exec env \"TMPDIR=$1\" A=B sleep 600', 'sh']\n"
      "    return subprocess.Popen(words + [os.environ['TMPDIR']], start_new_session=True).pid\n");
  const auto id = Json::parse(world.run().result);
  REQUIRE(id.is_number());
  CHECK(goes_away(id));
}

TEST_CASE("executor: what a run leaves in its own folder is gone, and it cannot fill the disk with one file") {
  ExecutorWorld world;
  world.execution.storage_mb = 1;
  world.use_python(
      "import os, signal, tempfile\n"
      "def handler(e, c):\n"
      "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
      "    name = tempfile.mkdtemp() + '/file'\n"
      "    try:\n"
      "        open(name, 'wb').write(b'x' * (2 << 20))\n"
      "    except OSError as error:\n"
      "        return [name, error.errno]\n");
  const auto answer = Json::parse(world.run().result);
  CHECK(answer[1] == EFBIG);
  CHECK_FALSE(std::filesystem::exists(answer[0].get<std::string>()));
  CHECK_THAT(answer[0].get<std::string>(), Contains(world.folder().string()));
}

TEST_CASE("executor: closed streams and floods end like other runs") {
  ExecutorWorld world;
  world.use_python("import os\ndef handler(e, c):\n    os.close(1)\n    os.close(2)\n    return 1\n");
  CHECK(world.run().result == "1");
  world.use_python("import os\ndef handler(e, c):\n    os.closerange(3, 100)\n    return 1\n");
  CHECK_THAT(error_of(world.run()), Contains("before it had a result"));
  world.limit_handler_to_a_second();
  world.use_python(
      "import os\ndef initializer(c): pass\ndef handler(e, c):\n    while True: os.write(1, b'x' * 65536)\n");
  CHECK(error_of(world.run()) == "4010 Timeout: the function timed out after 1 seconds");
}

namespace {

boost::asio::awaitable<void> run_and_note(ExecutorWorld& world, int& done) {
  const auto outcome = co_await world.executor->run(world.execution, world.code());
  if (outcome.code == kExecuted) ++done;
}

}  // namespace

TEST_CASE("executor: many at once all come to their end") {
  ExecutorWorld world;
  world.execution.timeout = std::chrono::seconds(60);
  world.use_python("def handler(event, context): return event\n");
  int done = 0;
  for (int i = 0; i < 40; ++i) boost::asio::co_spawn(world.loop, run_and_note(world, done), [](std::exception_ptr) {});
  world.loop.run();
  CHECK(done == 40);
}

TEST_CASE("executor: stopping ends what runs, and what would") {
  ExecutorWorld world;
  world.execution.timeout = std::chrono::seconds(600);
  world.use_python("import time\ndef handler(event, context): time.sleep(600)\n");
  int done = 0;
  for (int i = 0; i < 20; ++i) boost::asio::co_spawn(world.loop, run_and_note(world, done), [](std::exception_ptr) {});
  world.loop.run_for(std::chrono::milliseconds(300));
  world.executor->stop();
  world.loop.run();
  CHECK(done == 0);
  CHECK(error_of(world.run()) == "4002 FunctionExited: the emulator was stopped");
}
