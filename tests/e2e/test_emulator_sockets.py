"""The emulator's sockets under bad manners: thousands of idle connections, more than it may have, slow senders."""
import base64
import http.client
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import types
import unittest

from harness import EMULATOR, Emulator, main, wait_for

GET = b"GET /v2/e2e/fgs/functions HTTP/1.1\r\nHost: x\r\nX-Auth-Token: good\r\n\r\n"
SOFT, HARD = resource.getrlimit(resource.RLIMIT_NOFILE)
# Of ours and of the emulator's descriptors some are not connections.
IDLE = min(10_000, HARD - 200)
LEAST_IDLE = 5_000
MAX_IDLE_BYTES = 8 * 1024  # of the emulator's memory for each


def is_closed(connection):
    """Whether the other side has ended the connection; waits up to 20 s for that."""
    connection.settimeout(20)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


class Sockets(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def serve(self, *arguments):
        self.emulator = Emulator(self.directory, *arguments)
        self.addCleanup(lambda: self.emulator.process.poll() is None and self.emulator.stop())

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.emulator.port), 20)
        self.addCleanup(connection.close)
        return connection

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.emulator.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.emulator.process.pid}/fd"))

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.emulator.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Idle(Sockets):
    def setUp(self):
        super().setUp()
        resource.setrlimit(resource.RLIMIT_NOFILE, (HARD, HARD))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (SOFT, HARD))

    @unittest.skipIf(IDLE < LEAST_IDLE, f"the hard limit of open files is {HARD}, so no {LEAST_IDLE} connections")
    def test_ten_thousand_idle_connections_are_small_and_hinder_nobody(self):
        # What shells give is not enough: the emulator has to help itself.
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, HARD))
        self.serve()
        resource.setrlimit(resource.RLIMIT_NOFILE, (HARD, HARD))
        before = self.memory()
        connections = [self.connect() for _ in range(IDLE)]
        wait_for(lambda: self.descriptors() > IDLE)
        for connection in connections[:: IDLE // 100]:  # some have been of use
            connection.sendall(GET)
            self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200 OK"))
        self.assertEqual(self.emulator.functions(), {})
        self.assertLess((self.memory() - before) / IDLE, MAX_IDLE_BYTES)
        self.assertEqual(self.emulator.stop(), 0)
        self.assertEqual([connection for connection in connections if not is_closed(connection)], [])

    def test_idle_connections_are_closed_and_nothing_is_left_of_them(self):
        self.serve("--idle-timeout", "1")
        before = self.descriptors()
        connections = [self.connect() for _ in range(500)]
        for connection in connections[::2]:
            connection.sendall(GET)
            connection.recv(4096)
        self.assertEqual([connection for connection in connections if not is_closed(connection)], [])
        wait_for(lambda: self.descriptors() <= before)


class Beyond(Sockets):
    def test_more_connections_than_descriptors_wait_their_turn_without_spinning(self):
        limit = 64
        port_file = self.directory / "port"
        command = [EMULATOR, "--listen", "127.0.0.1:0", "--port-file", str(port_file), "--access-log", "none",
                   "--idle-timeout", "2"]
        process = subprocess.Popen(["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", *command],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = wait_for(lambda: port_file.exists() and int(port_file.read_text()))
        self.emulator = types.SimpleNamespace(process=process, port=port)
        connections = [self.connect() for _ in range(2 * limit)]
        wait_for(lambda: self.descriptors() == limit)
        before = self.cpu_seconds()
        time.sleep(1)  # of doing nothing, it is hoped
        self.assertLess(self.cpu_seconds() - before, 0.3)
        # The last one's turn comes when the first have been closed for being idle.
        connections[-1].sendall(GET)
        self.assertTrue(connections[-1].recv(4096).startswith(b"HTTP/1.1 200 OK"))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)


class Slow(Sockets):
    def test_those_who_send_byte_by_byte_are_cut_off(self):
        self.serve("--request-timeout", "1")
        connections = [self.connect() for _ in range(100)]
        stopped = threading.Event()

        def trickle():
            rest = list(connections)
            while rest and not stopped.wait(0.05):
                for connection in list(rest):
                    try:
                        connection.send(b"x")
                    except OSError:
                        rest.remove(connection)

        for connection in connections[::2]:
            connection.sendall(GET[:-2])  # in the header
        for connection in connections[1::2]:
            connection.sendall(b"POST /v2/e2e/fgs/functions HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")  # in the body
        thread = threading.Thread(target=trickle)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stopped.set)
        self.assertEqual(self.emulator.functions(), {})
        self.assertEqual([connection for connection in connections if not is_closed(connection)], [])
        self.assertEqual(self.emulator.functions(), {})

    def test_those_who_do_not_read_are_cut_off(self):
        self.serve("--request-timeout", "1")
        stubborn = self.connect()
        stubborn.setblocking(False)
        sent = 0
        deadline = time.monotonic() + 20
        # Until the answers fill all buffers on the way, the emulator stops reading, and then has had enough.
        while time.monotonic() < deadline:
            _, writable, _ = select.select([], [stubborn], [], 0.05)
            try:
                sent += stubborn.send(GET * 100) if writable else 0
            except OSError:
                break
            if sent > 0:
                self.assertEqual(self.emulator.functions(), {})
        else:
            self.fail("it is served for ever")


class Full(Sockets):
    def create(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=20)
        connection.request("POST", "/v2/e2e/fgs/functions", json.dumps(
            {"func_name": name, "package": "default", "runtime": "Python3.9", "timeout": 3, "handler": "index.handler",
             "memory_size": 128, "code_type": "inline",
             "func_code": {"file": base64.b64encode(name.encode() * 500).decode()}}), {"X-Auth-Token": "good"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text).get("error_code")

    def test_a_state_that_cannot_grow_is_answered_500_and_keeps_what_was_answered(self):
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        try:
            self.serve("--state", str(self.directory / "state.db"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        answers = {f"f{i:03}": self.create(f"f{i:03}") for i in range(120)}
        kept = [name for name, answer in answers.items() if answer == (200, None)]
        self.assertGreater(len(kept), 0)
        self.assertEqual({answer for answer in answers.values() if answer[0] != 200}, {(500, "FSS.0500")})
        self.assertEqual(sorted(self.emulator.functions()), kept)
        self.emulator.process.kill()
        _, words = self.emulator.process.communicate()
        self.assertEqual(words.count(b"the state cannot be written"), 1, words)
        self.serve("--state", str(self.directory / "state.db"))
        self.assertEqual(sorted(self.emulator.functions()), kept)
        self.assertEqual(self.create("more")[0], 200)


class Large(Sockets):
    def test_bodies_over_the_limit_are_refused_with_the_documented_code(self):
        self.serve("--max-body-mb", "1")
        for size, status in ((1 << 20, 400), ((1 << 20) + 1, 413)):
            connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=20)
            self.addCleanup(connection.close)
            connection.request("POST", "/v2/e2e/fgs/functions", b"x" * size, {"X-Auth-Token": "good"})
            answer = connection.getresponse()
            self.assertEqual(answer.status, status)
            code = json.loads(answer.read())["error_code"]
            self.assertEqual(code, {400: "FSS.0400", 413: "FSS.0413"}[status])


if __name__ == "__main__":
    main()
