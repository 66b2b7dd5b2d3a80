"""The real programs, as a user runs them: a workspace of manifests, an emulator, and a proxy for broken networks."""
import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BIN = pathlib.Path(os.environ.get("FGSYNC_BINARY_DIR", "build/release/src")).resolve()
FGSYNC = str(BIN / "fgsync")
EMULATOR = str(BIN / "fgsync-emulator")
PROJECT = "e2e"
URN = "urn:fss:cn-north-4:" + PROJECT + ":function:default:"


class Emulator:
    """fgsync-emulator on a free port, or on the given one; `token` is what it accepts."""

    def __init__(self, directory, *arguments, token="good", port=0):
        self.directory = pathlib.Path(directory)
        port_file = self.directory / "port"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [EMULATOR, "--listen", f"127.0.0.1:{port}", "--port-file", str(port_file), "--token", token,
             "--access-log", str(self.directory / "access.log"), *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.token = token
        self.port = wait_for(lambda: port_file.exists() and int(port_file.read_text()))
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, f"/v2/{PROJECT}/fgs{path}", body and json.dumps(body),
                           {"X-Auth-Token": self.token, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text!r}")
        return json.loads(text) if text else None

    def functions(self):
        return {row["func_name"]: row for row in self.call("GET", "/functions")["functions"]}

    def versions(self, name):
        return [row["version"] for row in self.call("GET", f"/functions/{URN}{name}/versions")["versions"]]

    def aliases(self, name):
        return {row["name"]: row["version"] for row in self.call("GET", f"/functions/{URN}{name}/aliases")}

    def requests(self):
        return [json.loads(line) for line in (self.directory / "access.log").read_text().splitlines()]

    def mutations(self):
        return [row for row in self.requests() if row["method"] != "GET"]


class Proxy:
    """Stands between fgsync and the emulator. `rule(method, path, count)` answers None, or one of: a number of seconds
    to wait before forwarding; "drop": no answer and nothing forwarded; "lose": forwarded, but no answer; bytes: a raw
    answer of its own."""

    def __init__(self, target_port, rule):
        counts = {}
        lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with lock:
                    key = (self.command, self.path)
                    counts[key] = counts.get(key, 0) + 1
                    action = rule(self.command, self.path, counts[key])
                if isinstance(action, (int, float)):
                    time.sleep(action)
                if action == "drop":
                    self.close_connection = True
                    return
                if isinstance(action, bytes):
                    self.wfile.write(action)
                    self.close_connection = True
                    return
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", target_port, timeout=20)
                    connection.request(self.command, self.path, body, dict(self.headers))
                    answer = connection.getresponse()
                    payload = answer.read()
                    connection.close()
                except OSError:
                    self.close_connection = True  # the test is over
                    return
                if action == "lose":
                    self.close_connection = True
                    return
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload)
                except OSError:
                    self.close_connection = True  # the client has gone

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def wait_for(condition, seconds=20):
    """Polls until the condition is true; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("waited in vain")


class Case(unittest.TestCase):
    """A workspace in a temporary directory, an emulator, and `run` for fgsync."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.work = self.directory / "work"
        self.work.mkdir()
        self.configure()
        (self.work / "manifests").mkdir()
        self.emulator = Emulator(self.directory, "--state", str(self.directory / "emulator.db"))
        self.addCleanup(lambda: self.emulator.process.poll() is None and self.emulator.stop())
        self.endpoint = self.emulator.url

    def configure(self, **spec):
        """Writes fgsync.yaml: the source, and what is given."""
        text = ("apiVersion: fgsync/v1\nkind: Config\nmetadata: {name: e2e}\nspec:\n"
                "  sources: [{directory: manifests}]\n")
        # JSON is YAML.
        (self.work / "fgsync.yaml").write_text(
            text + "".join(f"  {key}: {json.dumps(value)}\n" for key, value in spec.items()))

    def add_function(self, name, version="auto", **fields):
        code = self.work / "code" / name
        code.mkdir(parents=True, exist_ok=True)
        (code / "index.py").write_text(f"def handler(event, context):\n    return {name!r}\n")
        spec = {"runtime": "Python3.9", "handler": "index.handler", "memory_size": 128, "timeout": 3,
                "code": {"directory": f"../code/{name}"}, "version": {"name": version},
                "aliases": [{"name": "prod", "version": "current"}], **fields}
        # JSON is YAML.
        (self.work / "manifests" / f"{name}.yaml").write_text(json.dumps(
            {"apiVersion": "fgsync/v1", "kind": "Function", "metadata": {"name": name}, "spec": spec}, indent=1))

    def environment(self, **changes):
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("FGSYNC_", "HUAWEICLOUD_", "XDG_")) and key != "STATE_DIRECTORY"}
        environment.update(LC_ALL="C.UTF-8", FGSYNC_ENDPOINT=self.endpoint, FGSYNC_PROJECT_ID=PROJECT, FGSYNC_TOKEN="good",
                           FGSYNC_STATE=str(self.directory / "state"))
        environment.update(changes)
        return {key: value for key, value in environment.items() if value is not None}

    def start(self, *arguments, environment=None, **options):
        return subprocess.Popen([FGSYNC, *arguments], cwd=self.work, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=environment or self.environment(), **options)

    def run_fgsync(self, *arguments, code=0, environment=None, **options):
        """Runs it to its end, insists on the exit code; (stdout, stderr)."""
        process = self.start(*arguments, environment=environment, **options)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, f"fgsync {' '.join(arguments)}\n{out}\n{err}")
        return out, err

    def state_bytes(self):
        """What the state holds, for comparing: every file's name and content, without SQLite's scratch files."""
        state = self.directory / "state"
        return {path.name: path.read_bytes() for path in state.glob("*.db")} if state.exists() else {}


def main():
    unittest.main(argv=[sys.argv[0], "-q", *sys.argv[1:]])
