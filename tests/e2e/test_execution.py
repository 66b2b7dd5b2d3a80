"""Functions that really run: the emulator with --execute, over sockets."""
import base64
import http.client
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile

from harness import EMULATOR, PROJECT, URN, Emulator, main, wait_for


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return base64.b64encode(buffer.getvalue()).decode()


def is_alive(process_id):
    try:
        return pathlib.Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Running(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        (self.directory / "tmp").mkdir()
        self.state = self.directory / "emulator.db"
        os.environ["TMPDIR"] = str(self.directory / "tmp")
        os.environ["FGSYNC_E2E_SECRET"] = "secret"
        self.addCleanup(os.environ.pop, "TMPDIR")
        self.addCleanup(os.environ.pop, "FGSYNC_E2E_SECRET")
        self.emulator = Emulator(self.directory, "--state", str(self.state), "--execute", *self.arguments)
        self.addCleanup(lambda: self.emulator.process.poll() is None and self.emulator.stop())

    def create(self, name, source, runtime="Python3.9", **fields):
        file = "index__js" if runtime.startswith("Node") else "index__py"
        return self.emulator.call("POST", "/functions", {
            "func_name": name, "package": "default", "runtime": runtime, "timeout": 3, "memory_size": 128,
            "handler": "index.handler", "code_type": "zip", "code_filename": "index.zip",
            "func_code": {"file": zipped(**{file: source})}, **fields})

    def invoke(self, name, event=None, kind="invocations", **headers):
        """(status, headers, text)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        connection.request("POST", f"/v2/{PROJECT}/fgs/functions/{URN}{name}/{kind}", json.dumps(event or {}),
                           {"X-Auth-Token": "good", "Content-Type": "application/json",
                            **{key.replace("_", "-"): value for key, value in headers.items()}})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def records(self, sql):
        with sqlite3.connect(self.state) as database:
            return database.execute(sql).fetchall()


class Execution(Running):
    def test_both_languages_say_hello(self):
        self.create("py", "def handler(event, context):\n    return 'hello ' + event['name']\n")
        self.create("js", "exports.handler = async (event) => 'hello ' + event.name;", "Node.js18.15")
        for name in ("py", "js"):
            status, headers, text = self.invoke(name, {"name": "world"})
            self.assertEqual((status, text), (200, '"hello world"'))
            self.assertEqual(headers["X-Func-Err-Code"], "0")
            self.assertEqual(headers["X-Is-Func-Err"], "false")
            summary = json.loads(headers["X-Cff-Invoke-Summary"])
            self.assertEqual(set(summary), {"duration", "billingDuration", "memorySize", "memoryUsed"})
        self.assertEqual(self.records("SELECT kind, outcome, attempts FROM invocations"), [("sync", "0", 1)] * 2)

    def test_an_exception_has_the_documented_shape(self):
        self.create("f", "def handler(event, context):\n    print('so far')\n    raise KeyError('k')\n")
        status, headers, text = self.invoke("f", X_CFF_Request_Version="v1", X_Cff_Log_Type="tail")
        self.assertEqual(status, 200)
        self.assertEqual(headers["X-Func-Err-Code"], "4002")
        self.assertEqual(headers["X-Is-Func-Err"], "true")
        answer = json.loads(text)
        self.assertEqual(answer["status"], 500)
        result = json.loads(answer["result"])
        self.assertEqual((result["errorType"], result["errorMessage"]), ("KeyError", "'k'"))
        self.assertIn("\nso far\n", answer["log"])
        self.assertIn("Finish invoke request", answer["log"])
        self.assertEqual(base64.b64decode(headers["X-Cff-Function-Log"]).decode(), answer["log"])

    def test_a_long_run_holds_up_nobody_and_is_ended(self):
        self.create("slow", "import time\ndef handler(event, context): time.sleep(60)\n")
        self.create("quick", "def handler(event, context): return 1\n")
        answers = []
        slow = threading.Thread(target=lambda: answers.append(self.invoke("slow")))
        slow.start()
        wait_for(lambda: self.records("SELECT 1 FROM invocations"))
        self.assertEqual(self.invoke("quick")[2], "1")
        self.assertEqual(len(self.emulator.functions()), 2)
        self.assertTrue(slow.is_alive())
        slow.join()
        self.assertEqual(answers[0][1]["X-Func-Err-Code"], "4010")

    def test_memory_has_a_limit(self):
        self.create("f", "def handler(event, context): return len(b'x' * (500 << 20))\n")
        status, headers, text = self.invoke("f")
        self.assertEqual((status, headers["X-Func-Err-Code"]), (200, "4205"))
        self.assertIn("runtime memory limit exceeded", text)

    def test_results_have_a_limit(self):
        self.create("f", "def handler(event, context): return 'x' * event['n']\n")
        self.assertEqual(len(self.invoke("f", {"n": 6291454})[2]), 6291456)
        self.assertEqual(self.invoke("f", {"n": 6291455})[1]["X-Func-Err-Code"], "4004")

    def test_the_environment_is_clean(self):
        self.create("f", "import os\ndef handler(event, context): return dict(os.environ)\n",
                    user_data='{"OWN":"mine"}', encrypted_user_data='{"KEY":"hidden"}')
        environment = json.loads(self.invoke("f")[2])
        self.assertNotIn("FGSYNC_E2E_SECRET", environment)
        self.assertEqual((environment["OWN"], environment["KEY"]), ("mine", "hidden"))
        self.assertEqual(environment["RUNTIME_FUNC_NAME"], "f")

    def test_children_of_a_run_end_with_it(self):
        self.create("f", "import subprocess\n"
                         "def handler(event, context): return subprocess.Popen(['sleep', '600']).pid\n")
        child = int(self.invoke("f")[2])
        wait_for(lambda: not is_alive(child))

    def test_bad_calls(self):
        self.create("f", "this is no Python")
        self.assertEqual(self.invoke("f")[1]["X-Func-Err-Code"], "4201")
        self.create("empty", "")
        self.assertEqual(self.invoke("empty")[1]["X-Func-Err-Code"], "4001")
        self.create("java", "", "Java17")
        status, _, text = self.invoke("java")
        self.assertEqual((status, json.loads(text)["error_code"]), (400, "FSS.1005"))
        self.assertEqual(self.invoke("f", [1])[0], 400)

    def test_changed_code_is_what_runs_next(self):
        self.create("f", "def handler(event, context): return 1\n")
        self.assertEqual(self.invoke("f")[2], "1")
        self.emulator.call("PUT", f"/functions/{URN}f/code", {
            "code_type": "zip", "func_code": {"file": zipped(index__py="def handler(event, context): return 2\n")}})
        self.assertEqual(self.invoke("f")[2], "2")

    def test_in_the_background_a_failure_is_tried_again(self):
        marker = self.directory / "marker"
        self.create("f", "import os\n"
                         "def handler(event, context):\n"
                         "    if not os.path.exists(event['marker']):\n"
                         "        open(event['marker'], 'w').close()\n"
                         "        raise OSError('not yet')\n")
        status, headers, text = self.invoke("f", {"marker": str(marker)}, "invocations-async")
        self.assertEqual(status, 202)
        self.assertEqual(json.loads(text)["request_id"], headers["X-Cff-Request-Id"])
        wait_for(lambda: self.records("SELECT 1 FROM invocations WHERE outcome = '0' AND attempts = 2"))

    def test_the_end_of_the_emulator_ends_what_runs(self):
        self.create("f", "import os, time\n"
                         "def handler(event, context):\n"
                         "    open(event['file'], 'w').write(str(os.getpid()))\n    time.sleep(600)\n", timeout=900)
        file = self.directory / "pid"
        self.invoke("f", {"file": str(file)}, "invocations-async")
        child = int(wait_for(lambda: file.exists() and file.read_text()))
        self.assertTrue(is_alive(child))
        self.assertEqual(self.emulator.stop(), 0)
        self.assertFalse(is_alive(child))
        self.assertEqual(list((self.directory / "tmp").iterdir()), [], "a temporary was left")


class FewPlaces(Running):
    arguments = ("--max-executions", "2")

    def test_many_at_once_wait_for_their_turn(self):
        self.create("f", "def handler(event, context): return event['n']\n", timeout=60)
        answers = []
        threads = [threading.Thread(target=lambda n=n: answers.append(self.invoke("f", {"n": n})[2])) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(map(int, answers)), list(range(20)))

    def test_a_function_has_as_many_places_as_instances(self):
        self.create("f", "import time\ndef handler(event, context): time.sleep(60)\n")
        self.emulator.call("PUT", f"/functions/{URN}f/config-max-instance", {"max_instance_num": 1})
        first = threading.Thread(target=self.invoke, args=("f",))
        first.start()
        wait_for(lambda: self.records("SELECT 1 FROM invocations"))
        status, _, text = self.invoke("f")
        self.assertEqual((status, json.loads(text)["error_code"]), (429, "FSS.0429"))
        first.join()


class Start(unittest.TestCase):
    def test_it_says_what_it_runs_functions_with_and_that_this_is_no_sandbox(self):
        with tempfile.TemporaryDirectory(prefix="fgsync-e2e-") as directory:
            emulator = Emulator(directory, "--execute")
            emulator.process.send_signal(signal.SIGTERM)
            _, err = emulator.process.communicate(timeout=20)
            self.assertIn("functions run on this machine as this user, without a sandbox: Python by /", err.decode())

    def test_without_interpreters_it_starts_and_says_so(self):
        with tempfile.TemporaryDirectory(prefix="fgsync-e2e-") as directory:
            port_file = pathlib.Path(directory) / "port"
            process = subprocess.Popen([EMULATOR, "--listen", "127.0.0.1:0", "--port-file", str(port_file), "--execute"],
                                       env={"PATH": "/nonexistent", "TMPDIR": directory}, stderr=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL)
            wait_for(port_file.exists)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=20)
            self.assertIn("Python by nothing: no working python3 is on PATH", err.decode())


if __name__ == "__main__":
    main()
