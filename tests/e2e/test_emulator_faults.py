"""The emulator's faults, control API and state over real sockets: what a client sees when things go wrong on purpose."""
import base64
import http.client
import io
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
import zipfile

from harness import EMULATOR, PROJECT, URN, Case, Emulator, main, wait_for

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "examples" / "scenarios"
FUNCTIONS = f"/v2/{PROJECT}/fgs/functions"


def zip_of(text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", text)
    return base64.b64encode(data.getvalue()).decode()


def create_body(name, text="def handler(event, context): return 1\n"):
    return {"func_name": name, "package": "default", "runtime": "Python3.9", "timeout": 30, "memory_size": 128,
            "handler": "index.handler", "code_type": "zip", "code_filename": "index.zip",
            "func_code": {"file": zip_of(text)}}


def run_emulator(*arguments):
    """Runs one that is expected to end by itself."""
    return subprocess.run([EMULATOR, "--listen", "127.0.0.1:0", *arguments], capture_output=True, text=True, timeout=20)


class Controlled(Emulator):
    """An emulator with its control API."""

    def __init__(self, directory, *arguments):
        port_file = pathlib.Path(directory) / "control-port"
        port_file.unlink(missing_ok=True)
        super().__init__(directory, "--control", "127.0.0.1:0", "--control-port-file", str(port_file), *arguments)
        self.control = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def steer(self, method, path, body=None):
        """(status, answer) of the control API."""
        request = urllib.request.Request(self.control + path, json.dumps(body).encode() if body is not None else None,
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text, status = answer.read(), answer.status
        except urllib.error.HTTPError as refused:
            text, status = refused.read(), refused.code
        return status, (text.decode() if path == "/metrics" else json.loads(text))

    def add_rule(self, **rule):
        status, answer = self.steer("POST", "/faults/rules", rule)
        assert status == 201, answer
        return answer["rule"]["name"]

    def raw(self, method, path, body=None):
        """All bytes that come back until the connection is closed."""
        payload = json.dumps(body).encode() if body is not None else b""
        head = (f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {self.token}\r\nConnection: close\r\n"
                f"Content-Length: {len(payload)}\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", self.port), 20) as connection:
            connection.sendall(head + payload)
            received = b""
            try:
                while part := connection.recv(65536):
                    received += part
            except ConnectionResetError:
                pass
            return received


class World(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def serve(self, *arguments):
        self.emulator = Controlled(self.directory, *arguments)
        self.addCleanup(lambda process: process.poll() is None and (process.kill(), process.communicate()),
                        self.emulator.process)
        return self.emulator


class Deliveries(World):
    def setUp(self):
        super().setUp()
        self.serve()

    def test_an_answer_instead_of_the_services(self):
        self.emulator.add_rule(do={"answer": {"status": 503, "retry_after": "7s"}})
        answer = self.emulator.raw("GET", FUNCTIONS)
        self.assertTrue(answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n"), answer)
        self.assertIn(b"\r\nRetry-After: 7\r\n", answer)
        self.assertTrue(answer.endswith(b'{"error_code":"FSS.0503","error_msg":"Service unavailable."}'), answer)

    def test_dropped_before_and_after(self):
        self.emulator.add_rule(match={"function": "before"}, do={"drop": "before"})
        self.emulator.add_rule(match={"function": "after"}, do={"drop": "after"})
        self.assertEqual(self.emulator.raw("POST", FUNCTIONS, create_body("before")), b"")
        self.assertEqual(self.emulator.raw("POST", FUNCTIONS, create_body("after")), b"")
        self.assertEqual(list(self.emulator.functions()), ["after"])

    def test_a_cut_body_is_announced_whole(self):
        whole = self.emulator.raw("GET", FUNCTIONS)
        self.emulator.add_rule(when={"nth": 1}, do={"cut": 5})
        self.emulator.add_rule(when={"nth": 1}, do={"cut": 100000})
        head, _, body = whole.partition(b"\r\n\r\n")
        length = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
        first = self.emulator.raw("GET", FUNCTIONS)
        self.assertEqual(first.partition(b"\r\n\r\n")[2], body[:5])
        self.assertIn(length[0], first)
        # Never whole, however far the cut.
        self.assertEqual(self.emulator.raw("GET", FUNCTIONS).partition(b"\r\n\r\n")[2], body[:-1])

    def test_a_dripped_body_is_whole(self):
        self.emulator.add_rule(do={"drip": {"bytes": 3, "pause": "1ms"}})
        self.assertEqual(self.emulator.functions(), {})

    def test_garbage_is_no_http_and_the_change_was_made(self):
        self.emulator.add_rule(match={"method": "POST"}, do={"garbage": True})
        answer = self.emulator.raw("POST", FUNCTIONS, create_body("hello"))
        self.assertTrue(answer)
        self.assertFalse(answer.startswith(b"HTTP/"))
        self.assertEqual(list(self.emulator.functions()), ["hello"])

    def test_delays_come_before_and_after_the_change(self):
        self.emulator.add_rule(match={"function": "early"}, do={"answer_delay": "1m"})
        self.emulator.add_rule(match={"function": "late"}, do={"delay": "1m"})
        for name in ("late", "early"):
            client = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=20)
            self.addCleanup(client.close)
            client.request("POST", FUNCTIONS, json.dumps(create_body(name)), {"X-Auth-Token": "good"})
        # One is done and unanswered, the other has not begun; nobody else waits.
        wait_for(lambda: "early" in self.emulator.functions())
        self.assertEqual(list(self.emulator.functions()), ["early"])

    def test_a_duplicate_on_a_file_is_one_function(self):
        self.emulator.add_rule(match={"operation": "CreateFunction"}, do={"duplicate": True})
        self.assertIn(b"FSS.1061", self.emulator.raw("POST", FUNCTIONS, create_body("hello")))
        self.assertEqual(list(self.emulator.functions()), ["hello"])

    def test_a_window_of_stale_reads(self):
        self.emulator.add_rule(name="stale", match={"method": "POST"}, do={"stale": "60m"})
        self.emulator.raw("POST", FUNCTIONS, create_body("hello"))
        self.assertEqual(self.emulator.functions(), {})
        self.emulator.steer("DELETE", "/faults")
        self.assertEqual(list(self.emulator.functions()), ["hello"])

    def test_what_was_injected_is_logged_counted_and_summed_up(self):
        self.emulator.add_rule(name="lose", match={"method": "POST"}, do={"drop": "after"})
        self.emulator.raw("POST", FUNCTIONS, create_body("hello"))
        self.emulator.functions()
        first, second = self.emulator.requests()
        self.assertEqual((first["fault"], first["rule"], first["status"]), ("drop_after", "lose", 200))
        self.assertNotIn("fault", second)
        recent = self.emulator.steer("GET", "/requests")[1]["requests"]
        self.assertEqual(recent, [first, second])
        metrics = self.emulator.steer("GET", "/metrics")[1]
        self.assertIn('fgsync_emulator_faults_total{kind="drop_after"} 1\n', metrics)
        self.assertIn('fgsync_emulator_requests_total{operation="ListFunctions",status="200"} 1\n', metrics)
        self.assertIn("fgsync_emulator_functions 1\n", metrics)
        self.emulator.process.terminate()
        summary = self.emulator.process.communicate(timeout=20)[1].decode()
        self.assertEqual(summary, "fgsync-emulator: stopped by SIGTERM after 2 requests, 0 of them refused, 1 with an "
                                  "injected fault\n  CreateFunction: 1\n  ListFunctions: 1\n  fault drop_after: 1\n")


class State(World):
    def test_snapshots_with_requests_in_between(self):
        for state in (":memory:", str(self.directory / "state.db")):
            with self.subTest(state):
                self.serve("--state", state)
                self.emulator.call("POST", "/functions", create_body("one"))
                self.assertEqual(self.emulator.steer("PUT", "/state/snapshots/first")[0], 200)
                self.emulator.call("POST", "/functions", create_body("two"))
                self.assertEqual(self.emulator.steer("POST", "/state/snapshots/first/restore")[1]["functions"], 1)
                self.assertEqual(list(self.emulator.functions()), ["one"])
                self.assertEqual(self.emulator.stop(), 0)

    def test_a_seed_and_a_second_start(self):
        seed = self.directory / "seed.yaml"
        seed.write_text(f"project: {PROJECT}\nfunctions:\n  - func_name: hello\n    runtime: Python3.9\n"
                        "    handler: index.handler\n    code: {inline: 'def handler(event, context): return 1'}\n"
                        "    versions: [{version: v1}]\n    aliases: [{name: prod, version: v1}]\n")
        state = ["--state", str(self.directory / "state.db"), "--seed-state", str(seed)]
        self.serve(*state)
        self.assertEqual(self.emulator.versions("hello"), ["latest", "v1"])
        self.assertEqual(self.emulator.aliases("hello"), {"prod": "v1"})
        self.emulator.stop()
        done = run_emulator(*state)
        self.assertEqual(done.returncode, 78)
        self.assertIn("the state is not empty, it has 1 functions", done.stderr)

    def test_kill_9_keeps_every_answered_write(self):
        for turn in range(3):
            with self.subTest(turn):
                self.kill_under_load(str(self.directory / f"state-{turn}.db"), 20 + 40 * turn)

    def create_functions(self, emulator, workers, each):
        """Creates functions from several connections at once; (threads, names that were answered so far)."""
        answered = []

        def create(worker):
            connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=20)
            self.addCleanup(connection.close)
            for number in range(each):
                name = f"f{worker}-{number}"
                try:
                    connection.request("POST", FUNCTIONS, json.dumps(create_body(name)), {"X-Auth-Token": "good"})
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException):
                    return
                if answer.status != 200:
                    return
                answered.append(name)

        threads = [threading.Thread(target=create, args=(worker,)) for worker in range(workers)]
        for thread in threads:
            thread.start()
        return threads, answered

    def kill_under_load(self, state, enough):
        emulator = self.serve("--state", state)
        threads, answered = self.create_functions(emulator, 4, 100)
        wait_for(lambda: len(answered) >= enough, 60)
        emulator.process.kill()
        emulator.process.communicate()
        for thread in threads:
            thread.join()
        again = self.serve("--state", state)
        kept = set(again.functions())
        self.assertEqual([name for name in answered if name not in kept], [])
        for name in answered[:3]:
            self.assertEqual(again.call("GET", f"/functions/{URN}{name}/config")["func_name"], name)
        self.assertEqual(again.stop(), 0)

    def test_snapshots_and_stale_reads_under_load(self):
        emulator = self.serve("--state", str(self.directory / "state.db"))
        emulator.add_rule(match={"function": "f*-7"}, do={"stale": "100ms"})
        threads, answered = self.create_functions(emulator, 4, 60)
        before = {}
        for number in range(10):
            wait_for(lambda: len(answered) >= 20 * (number + 1), 60)
            before[f"s{number}"] = list(answered)
            status, answer = emulator.steer("PUT", f"/state/snapshots/s{number}")
            self.assertEqual(status, 200, answer)
            self.assertEqual(emulator.steer("GET", "/metrics")[0], 200)
        for thread in threads:
            thread.join()
        self.assertEqual(len(answered), 240)
        emulator.steer("DELETE", "/faults")
        for name, functions in before.items():
            self.assertEqual(emulator.steer("POST", f"/state/snapshots/{name}/restore")[0], 200)
            self.assertLessEqual(set(functions), set(emulator.functions()))
        self.assertEqual(emulator.stop(), 0)


class Flags(World):
    def test_a_bad_file_of_rules_ends_it_with_every_mistake(self):
        faults = self.directory / "faults.yaml"
        faults.write_text("rules:\n  - do: {drop: never}\n  - {}\n")
        done = run_emulator("--faults", str(faults))
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"{faults}:2:16: error: rules[0].do.drop: must be before or after, found \"never\"", done.stderr)
        self.assertIn(f"{faults}:3:5: error: rules[1].do: is missing", done.stderr)

    def test_flags_that_make_no_sense(self):
        for arguments in (["--latency", "soon"], ["--rate", "0"], ["--control", "nowhere"],
                          ["--control-port-file", "x"]):
            with self.subTest(arguments):
                self.assertEqual(run_emulator(*arguments).returncode, 64)

    def test_latency_and_rate(self):
        self.serve("--latency", "1ms", "--rate", "1000000")
        status, answer = self.emulator.steer("GET", "/faults")
        self.assertEqual((answer["scenario"]["latency"], answer["scenario"]["rate"]), ("1ms", 1000000))
        self.emulator.steer("PUT", "/faults/rate", {"rate": 1})
        statuses = {self.emulator.raw("GET", FUNCTIONS)[9:12] for _ in range(5)}
        self.assertIn(b"429", statuses)

    def test_every_example_can_be_served(self):
        for scenario in sorted(SCENARIOS.glob("*.yaml")):
            with self.subTest(scenario.name):
                self.serve("--faults", str(scenario))
                rules = self.emulator.steer("GET", "/faults")[1]["scenario"]["rules"]
                self.assertTrue(rules)
                self.emulator.raw("GET", FUNCTIONS)
                self.assertEqual(self.emulator.stop(), 0)


class Documented(World):
    def test_every_example_of_the_page_is_a_scenario(self):
        page = (SCENARIOS.parents[1] / "docs" / "emulator-faults.md").read_text()
        blocks = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        scenarios = [block for block in blocks if re.match(r"\s*(seed|rules):", block)]
        self.assertGreaterEqual(len(scenarios), 5)
        self.serve()
        for scenario in scenarios:
            request = urllib.request.Request(self.emulator.control + "/faults", scenario.encode(), method="PUT")
            with urllib.request.urlopen(request, timeout=20) as answer:
                self.assertTrue(json.loads(answer.read())["scenario"]["rules"], scenario)


class Reconciled(Case):
    """fgsync against the scenarios: whatever goes wrong, each function ends with one version and its alias."""

    def converge(self, scenario, runs):
        self.emulator.stop()
        self.emulator = Emulator(self.directory, "--state", str(self.directory / "emulator.db"), "--faults",
                                 str(SCENARIOS / scenario))
        self.addCleanup(lambda: self.emulator.process.poll() is None and self.emulator.stop())
        self.endpoint = self.emulator.url
        names = ["one", "two", "three"]
        for name in names:
            self.add_function(name)
        for _ in range(runs):
            process = self.start("sync")
            process.communicate(timeout=120)
            if process.returncode == 0:
                break
        self.assertEqual(process.returncode, 0, f"not in {runs} runs")
        self.emulator.stop()
        self.assertTrue([row for row in self.emulator.requests() if "fault" in row], "nothing went wrong")
        self.emulator = Emulator(self.directory, "--state", str(self.directory / "emulator.db"))
        for name in names:
            versions = self.emulator.versions(name)
            self.assertEqual(len(versions), 2, versions)
            self.assertEqual(self.emulator.aliases(name), {"prod": versions[1]})

    def test_on_a_flaky_network(self):
        self.converge("flaky-network.yaml", 20)

    def test_with_lost_answers(self):
        self.converge("lost-answers.yaml", 5)


if __name__ == "__main__":
    main()
