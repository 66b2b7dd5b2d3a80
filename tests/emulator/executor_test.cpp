// What a run comes to, in both languages.
#include "executor_world.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Json = nlohmann::json;

TEST_CASE("executor: a Python handler gets event and context, its result is JSON") {
  ExecutorWorld world;
  world.use_python(
      "def handler(event, context):\n"
      "    return {'event': event, 'id': context.getRequestID(), 'key': context.getUserData('KEY'),\n"
      "            'name': context.getFunctionName(), 'version': context.getVersion(), 'package': "
      "context.getPackage(),\n"
      "            'memory': context.getMemorySize(), 'cpu': context.getCPUNumber(), 'alias': context.getAlias(),\n"
      "            'timeout': context.getRunningTimeInSeconds(), 'project': context.getProjectID(),\n"
      "            'left': 0 < context.getRemainingTimeInMilliSeconds() <= 60000, 'token': context.getToken()}\n");
  world.execution.event = R"({"k":"v"})";
  world.execution.user_data = R"({"KEY":"value"})";
  world.execution.alias = "prod";
  const auto outcome = world.run();
  CHECK(outcome.code == kExecuted);
  CHECK(Json::parse(outcome.result) == Json{{"event", {{"k", "v"}}},
                                            {"id", world.execution.request_id},
                                            {"key", "value"},
                                            {"name", "hello"},
                                            {"version", "latest"},
                                            {"package", "default"},
                                            {"memory", 128},
                                            {"cpu", 300},
                                            {"alias", "prod"},
                                            {"timeout", 60},
                                            {"project", "p1"},
                                            {"left", true},
                                            {"token", ""}});
  CHECK(outcome.memory_bytes > 0);
}

TEST_CASE("executor: Node.js handlers promise, return or call back") {
  ExecutorWorld world;
  world.execution.event = R"({"k":"v"})";
  world.execution.user_data = R"({"KEY":"value"})";
  for (const auto* source :
       {"exports.handler = async (event, context) => ({ event, key: context.getUserData('KEY') });",
        "exports.handler = (event, context) => ({ event, key: context.getUserData('KEY') });",
        "exports.handler = (event, context, callback) => {"
        " setTimeout(() => callback(null, { event, key: context.getUserData('KEY') }), 1); };"}) {
    INFO(source);
    world.use_node(source);
    const auto outcome = world.run();
    CHECK(outcome.code == kExecuted);
    CHECK(outcome.result == R"({"event":{"k":"v"},"key":"value"})");
  }
}

TEST_CASE("executor: modules of the code, folders in handlers, ES modules, plain sources") {
  ExecutorWorld world;
  world.execution.handler = "src/index.handler";
  world.use_files("Python3.9", {{"src/index.py", "import helper\ndef handler(e, c): return helper.VALUE\n"},
                                {"helper.py", "VALUE = 7\n"}});
  CHECK(world.run().result == "7");
  world.use_files("Node.js18.15", {{"src/index.mjs",
                                    "import { value } from '../helper.mjs';\n"
                                    "export const handler = async () => value;\n"},
                                   {"helper.mjs", "export const value = 8;\n"}});
  CHECK(world.run().result == "8");
  world.execution.handler = "index.handler";
  world.use_inline("Python3.9", "index.py", "def handler(e, c): return 'plain'\n");
  CHECK(world.run().result == "\"plain\"");
}

TEST_CASE("executor: the initializer runs first, once, with the same context") {
  ExecutorWorld world;
  world.execution.initializer = "index.initializer";
  world.use_python("def initializer(context): context.seen = 'seen'\ndef handler(e, c): return c.seen\n");
  CHECK(world.run().result == "\"seen\"");
  world.use_node(
      "exports.initializer = (context, callback) => { context.seen = 'seen'; callback(null, ''); };\n"
      "exports.handler = async (e, c) => c.seen;");
  CHECK(world.run().result == "\"seen\"");
  world.use_python("def initializer(context): raise OSError('no')\ndef handler(e, c): return 1\n");
  CHECK(error_of(world.run()) == "4201 OSError: no");
}

TEST_CASE("executor: what functions do wrong has the runtime's codes") {
  struct Wrong {
    const char* source;
    const char* expected;
  };
  ExecutorWorld world;
  for (const auto& [source, expected] : std::vector<Wrong>{
           {"def handler(e, c): raise ValueError('bad')", "4002 ValueError: bad"},
           {"import sys\ndef handler(e, c): sys.exit(3)", "4002 SystemExit: user code sys.exit()"},
           {"import os\ndef handler(e, c): os._exit(3)",
            "4002 FunctionExited: the function's process ended with exit code 3 before it had a result"},
           {"import os\ndef handler(e, c): os.kill(os.getpid(), 11)",
            "4002 FunctionExited: the function's process was ended by signal 11 before it had a result"},
           {"def handler(e, c): return object()",
            "4007 TypeError: failed to convert the result to a JSON string, err:Object of type object is not JSON "
            "serializable"},
           {"other = 1", "4001 EntryNotFound: index.py has no function handler, which the handler index.handler names"},
           {"import nothing_of_that_name", "4201 ModuleNotFoundError: No module named 'nothing_of_that_name'"},
           {"1 / 0", "4201 ZeroDivisionError: division by zero"}}) {
    INFO(source);
    world.use_python(source);
    CHECK(error_of(world.run()) == expected);
  }
  for (const auto& [source, expected] : std::vector<Wrong>{
           {"exports.handler = async () => { throw new TypeError('bad'); };", "4002 TypeError: bad"},
           {"exports.handler = (e, c, callback) => callback('bad');", "4002 string: bad"},
           {"exports.handler = (e, c, callback) => {};",
            "4002 Error: the function ended without a result: it never called back"},
           {"exports.handler = async () => { setTimeout(() => { throw new Error('late'); }, 1);"
            " return new Promise(() => {}); };",
            "4002 Error: late"},
           {"exports.handler = () => process.exit(3);",
            "4002 FunctionExited: the function's process ended with exit code 3 before it had a result"},
           {"exports.handler = async () => 10n;",
            "4007 TypeError: failed to convert the result to a JSON string, err:Do not know how to serialize a BigInt"},
           {"exports.other = 1;",
            "4001 EntryNotFound: index.js has no function handler, which the handler index.handler names"},
           {"syntax error", "4201 SyntaxError: Unexpected identifier 'error'"}}) {
    INFO(source);
    world.use_node(source);
    CHECK(error_of(world.run()) == expected);
  }
}

TEST_CASE("executor: code that is no code of the language, or has no such file") {
  ExecutorWorld world;
  world.use_python("this is no Python");
  CHECK_THAT(error_of(world.run()), StartsWith("4201 SyntaxError: "));
  world.use_python("\x01\xff\xfe");
  CHECK_THAT(error_of(world.run()), StartsWith("4201 SyntaxError: "));
  world.use_files("Python3.9", {{"main.py", ""}});
  CHECK(error_of(world.run()) ==
        "4001 EntryNotFound: the code has no file index.py, which the handler index.handler names");
  world.use_files("Node.js18.15", {{"main.js", ""}});
  CHECK(error_of(world.run()) ==
        "4001 EntryNotFound: the code has no file index.js, which the handler index.handler names");
  world.use_files("Python3.9", {{"../index.py", ""}});
  CHECK_THAT(error_of(world.run()), Contains("an entry's name leaves its folder: ../index.py"));
}

TEST_CASE("executor: errors have the stack of the function's own frames") {
  ExecutorWorld world;
  world.use_python("def deeper(): raise ValueError('bad')\ndef handler(e, c): deeper()\n");
  const auto outcome = world.run();
  const auto stack = Json::parse(outcome.result)["stackTrace"];
  REQUIRE(stack.size() == 2);
  CHECK_THAT(stack[1].get<std::string>(), Contains("index.py\", line 1, in deeper"));
  CHECK_THAT(outcome.log, Contains("ValueError: bad"));
  world.use_node("exports.handler = async () => { throw new Error('bad'); };");
  const auto thrown = Json::parse(world.run().result)["stackTrace"];
  REQUIRE(thrown.size() == 1);
  CHECK_THAT(thrown[0].get<std::string>(), Contains("index.js:1:"));
}

TEST_CASE("executor: everything written is the log, in order, and its end is kept") {
  ExecutorWorld world;
  world.use_python(
      "import sys\nprint('loaded')\n"
      "def handler(e, c):\n    print('out')\n    print('err', file=sys.stderr)\n"
      "    c.getLogger().info('logged %d', 1)\n");
  const auto log = world.run().log;
  CHECK_THAT(log, StartsWith("loaded\nout\nerr\n20"));
  CHECK_THAT(log, Catch::EndsWith("Z " + world.execution.request_id + " logged 1\n"));
  world.use_node("exports.handler = async () => { console.log('x'.repeat(1000000) + 'end'); console.error('err'); };");
  const auto tail = world.run().log;
  CHECK(tail.size() == 4096);
  CHECK_THAT(tail, Catch::EndsWith("xxxend\nerr\n"));
  world.use_python("import os\ndef handler(e, c): os.write(1, b'a\\xffb')\n");
  CHECK(world.run().log ==
        "a\xef\xbf\xbd"
        "b");
}

TEST_CASE("executor: only Python and Node.js run, and only with an interpreter") {
  const ExecutorWorld world;
  CHECK_FALSE(world.executor->why_not("Python3.12"));
  CHECK_FALSE(world.executor->why_not("Node.js6.10"));
  CHECK(world.executor->why_not("Java17") == "the emulator runs functions in Python and Node.js, not in Java17");
  const ExecutorWorld bare{Interpreters{}};
  CHECK(bare.executor->why_not("Python3.12") == "the emulator found no working python3 on PATH when it started");
  CHECK(bare.executor->why_not("Node.js20.15") == "the emulator found no working node on PATH when it started");
}

TEST_CASE("executor: code is unpacked once, read-only, and gone at the end") {
  ExecutorWorld world;
  world.use_python(
      "import os\n"
      "def handler(e, c):\n"
      "    modes = [oct(os.stat(name).st_mode & 0o777) for name in ('index.py', '.')]\n"
      "    return [os.getcwd(), os.environ['RUNTIME_CODE_ROOT'], *modes]\n");
  CHECK(world.executor->needs_code(world.execution.code));
  const auto first = Json::parse(world.run().result);
  CHECK(first[0] == first[1]);
  CHECK(first[2] == "0o400");
  CHECK(first[3] == "0o500");
  CHECK_FALSE(world.executor->needs_code(world.execution.code));
  world.forget_code();
  CHECK(Json::parse(world.run().result) == first);
  CHECK_FALSE(std::filesystem::is_empty(world.folder()));
  world.executor.reset();
  CHECK(std::filesystem::is_empty(world.folder()));
}

TEST_CASE("interpreters: they are found on PATH, and what does not answer is none") {
  const fgsync::SystemClock clock;
  CHECK(known_interpreters().python->version.starts_with("3."));
  CHECK_FALSE(known_interpreters().node->version.empty());
  const auto none = find_interpreters({"PATH=/nonexistent:relative"}, clock);
  CHECK_FALSE(none.python);
  CHECK(none.describe() ==
        "Python by nothing: no working python3 is on PATH, Node.js by nothing: no working node is on PATH");
  const TemporaryFolder folder;
  std::filesystem::copy_file("/bin/false", folder.file("python3"));
  CHECK_FALSE(find_interpreters({"PATH=" + folder.file("")}, clock).python);
}
