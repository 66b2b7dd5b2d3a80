"""The daemon as a child process, and its control API over the Unix socket."""
import http.client
import json
import pathlib
import signal
import socket
import subprocess

from harness import FGSYNC, wait_for


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=20):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)  # refused: close() closes it


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self):
        return json.loads(self.text)


class Daemon:
    """`fgsync daemon` of a Case's workspace, ready; its standard error stands in `log`."""

    def __init__(self, case, *arguments, environment=None, is_ready=True, **options):
        self.log_path = case.directory / "daemon.log"
        self.socket = case.directory / "state" / "control.sock"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([FGSYNC, "daemon", *arguments], cwd=case.work, stdout=subprocess.DEVNULL,
                                            stderr=log, env=environment or case.environment(), **options)
        case.addCleanup(self.kill)
        if is_ready:
            self.wait_until_ready()

    def wait_until_ready(self):
        def is_ready():
            if self.process.poll() is not None:
                raise AssertionError("the daemon ended: " + self.log())
            try:
                return self.call("GET", "/readyz").status == 200
            except OSError:
                return False
        wait_for(is_ready)

    def log(self):
        return pathlib.Path(self.log_path).read_text()

    def call(self, method, path, body=None, headers=None):
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body),
                               headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def status(self):
        return self.call("GET", "/v1/status").json

    def function(self, name):
        return self.call("GET", "/v1/functions/" + name).json

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
