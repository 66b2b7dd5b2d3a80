"""The control API of the running daemon: over its Unix socket, over TCP, and through the commands."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import time

import yaml
from jsonschema import Draft202012Validator

from daemon import Daemon, UnixConnection
from harness import FGSYNC, PROJECT, Case, main, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPENAPI = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_answer(method, path, answer):
    """That a JSON answer is as docs/openapi.yaml says."""
    operation = OPENAPI["paths"][path][method.lower()]
    responses = operation["responses"]
    response = responses.get(str(answer.status)) or responses["default"]
    if "$ref" in response:
        response = OPENAPI["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = {**response["content"]["application/json"]["schema"], "components": OPENAPI["components"]}
    Draft202012Validator(schema).validate(answer.json)


class Control(Case):
    def setUp(self):
        super().setUp()
        self.add_function("thumb", version="v1")

    def daemon(self, *arguments, **options):
        daemon = Daemon(self, *arguments, **options)
        if options.get("is_ready", True):
            wait_for(lambda: daemon.function("thumb").get("condition") == "Synced")
        return daemon

    def new_version(self, name="v2", text="2"):
        (self.work / "code" / "thumb" / "index.py").write_text(f"def handler(event, context):\n    return {text!r}\n")
        self.add_version(name)

    def add_version(self, name):
        manifest = self.work / "manifests" / "thumb.yaml"
        document = json.loads(manifest.read_text())
        document["spec"]["version"]["name"] = name
        manifest.write_text(json.dumps(document))

    def test_every_answer_is_as_documented(self):
        daemon = self.daemon()
        order = {"function": "thumb", "reason": "why"}
        requests = [
            ("GET", "/v1/status", "/v1/status", None), ("GET", "/v1/functions/{name}", "/v1/functions/thumb", None),
            ("GET", "/v1/functions/{name}", "/v1/functions/other", None),
            ("GET", "/v1/events", "/v1/events?follow=false", None), ("GET", "/healthz", "/healthz", None),
            ("GET", "/readyz", "/readyz", None),
            ("POST", "/v1/reconcile", "/v1/reconcile", {"functions": ["thumb"], "wait": 20}),
            ("POST", "/v1/approve", "/v1/approve", {}), ("POST", "/v1/suspend", "/v1/suspend", order),
            ("POST", "/v1/suspend", "/v1/suspend", {"functoin": "thumb"}), ("POST", "/v1/resume", "/v1/resume", order),
            ("POST", "/v1/hold", "/v1/hold", order), ("POST", "/v1/release", "/v1/release", order),
            ("POST", "/v1/rollback", "/v1/rollback", {"function": "thumb", "to": "nowhere"}),
            ("POST", "/v1/pause", "/v1/pause", {"reason": "incident"}), ("GET", "/v1/status", "/v1/status", None),
            ("POST", "/v1/unpause", "/v1/unpause", {}), ("POST", "/v1/reload", "/v1/reload", {}),
            ("PUT", "/v1/log-level", "/v1/log-level", {"level": "debug"}),
            ("POST", "/v1/forget", "/v1/forget", {"function": "thumb"})]
        for method, path, url, body in requests:
            with self.subTest(f"{method} {url} {body}"):
                check_answer(method, path, daemon.call(method, url, body))
        asked = {(method, path) for method, path, _, _ in requests}
        documented = {(method.upper(), path) for path, methods in OPENAPI["paths"].items() for method in methods}
        self.assertEqual(documented - asked, {("GET", "/metrics"), ("GET", "/openapi.yaml")})
        self.assertEqual(daemon.call("GET", "/openapi.yaml").text, (ROOT / "docs" / "openapi.yaml").read_text())
        self.assertEqual(daemon.stop(), 0)

    def test_status_of_the_daemon(self):
        daemon = self.daemon()
        out, _ = self.run_fgsync("status", "--max-age", "1h")
        self.assertRegex(out, r"thumb\s+Synced")
        self.assertIn(f"So says the daemon at {daemon.socket}", out)
        document = json.loads(self.run_fgsync("status", "-o", "json")[0])
        self.assertEqual(document["daemon"]["socket"], str(daemon.socket))
        row = document["functions"][0]
        self.assertEqual((row["address"], row["condition"], row["last_applied"]["version"] is not None),
                         ("thumb", "Synced", True))
        time.sleep(2.1)
        _, err = self.run_fgsync("status", "--max-age", "1s", code=1)
        self.assertIn("thumb", err)
        _, err = self.run_fgsync("status", "nobody", code=78)
        daemon.stop()
        out, _ = self.run_fgsync("status")
        self.assertNotIn("So says the daemon", out)
        _, err = self.run_fgsync("status", "--socket", str(daemon.socket))
        self.assertIn("what follows is what the state says", err)

    def test_a_hung_daemon_is_said_to_be(self):
        daemon = self.daemon()
        daemon.process.send_signal(signal.SIGSTOP)
        out, err = self.run_fgsync("status")
        self.assertIn("no daemon can be spoken to", err)
        self.assertIn("what follows is what the state says", err)
        self.assertIn("thumb", out)
        _, err = self.run_fgsync("suspend", "thumb", code=1)
        daemon.process.send_signal(signal.SIGCONT)

    def test_interventions_while_the_daemon_holds_the_lock(self):
        daemon = self.daemon()
        self.new_version()
        wait_for(lambda: "v2" in self.emulator.versions("thumb") and daemon.function("thumb")["condition"] == "Synced")
        out, _ = self.run_fgsync("suspend", "thumb", "--reason", "incident 4711")
        self.assertIn("suspended   thumb", out)
        wait_for(lambda: daemon.function("thumb")["condition"] == "Suspended")
        self.assertIn("incident 4711", daemon.function("thumb")["reason"])
        out, _ = self.run_fgsync("resume", "thumb")
        self.assertIn("resumed     thumb", out)
        wait_for(lambda: daemon.function("thumb")["condition"] == "Synced")
        out, _ = self.run_fgsync("rollback", "thumb", "--to", "v1", "--yes")
        self.assertIn("alias prod v2 → v1", out)
        self.assertEqual(self.emulator.aliases("thumb")["prod"], "v1")
        self.run_fgsync("reconcile", "thumb", "--wait", code=3)
        self.assertEqual(daemon.function("thumb")["condition"], "Held")
        self.assertEqual(self.emulator.aliases("thumb")["prod"], "v1")
        out, _ = self.run_fgsync("release", "thumb")
        self.assertIn("released    thumb", out)
        wait_for(lambda: self.emulator.aliases("thumb")["prod"] == "v2")
        out, _ = self.run_fgsync("hold", "thumb", "--reason", "not before Monday")
        self.assertIn("held        thumb", out)
        self.run_fgsync("release", "thumb")
        _, err = self.run_fgsync("suspend", "other", code=78)
        self.assertIn("no function other", err)
        history = self.run_fgsync("history", "thumb")[0]
        self.assertIn("incident 4711", history)
        self.assertEqual(daemon.stop(), 0)

    def test_reconcile_heals_now(self):
        daemon = self.daemon()
        out, _ = self.run_fgsync("reconcile", "thumb", "--wait")
        self.assertIn("Synced      thumb", out)
        out, _ = self.run_fgsync("reconcile")
        self.assertIn("asked       for all functions", out)
        _, err = self.run_fgsync("reconcile", "other", code=78)
        daemon.stop()
        _, err = self.run_fgsync("reconcile", code=1)
        self.assertIn("no daemon runs here", err)
        (self.work / "bad.yaml").write_text("apiVersion: fgsync/v1\nkind: Config\nspec: {nonsense: 1}\n")
        _, err = self.run_fgsync("reconcile", "--config", "bad.yaml", code=1)
        self.assertIn("spec.nonsense: unknown key", err)
        self.assertIn("where the daemon listens is not known", err)

    def test_sync_says_what_to_do_instead(self):
        self.daemon()
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("is in use by fgsync daemon", err)
        self.assertIn("fgsync reconcile", err)
        self.assertIn("fgsync pause", err)

    def test_pause(self):
        daemon = self.daemon()
        out, _ = self.run_fgsync("pause", "--reason", "incident")
        self.assertIn("fgsync unpause", out)
        before = len(self.emulator.mutations())
        self.new_version()
        wait_for(lambda: daemon.function("thumb")["code"] == "paused")
        self.assertIn("fgsync unpause", daemon.function("thumb")["reason"])
        self.assertEqual(len(self.emulator.mutations()), before)
        self.assertIn("paused by", self.run_fgsync("status")[0])
        daemon.stop()
        daemon = Daemon(self)
        wait_for(lambda: daemon.function("thumb").get("code") == "paused")
        self.assertIn("goes on", self.run_fgsync("unpause")[0])
        wait_for(lambda: "v2" in self.emulator.versions("thumb"))
        self.assertIn("Nothing was paused", self.run_fgsync("unpause")[0])

    def test_approve(self):
        for i in range(12):
            self.add_function(f"fn{i:02}", version="v1")
        self.configure(guards={"max_change": "1%"})
        daemon = Daemon(self)
        plan = wait_for(lambda: daemon.status()["targets"][0]["held_plan"])
        self.assertEqual(self.emulator.functions(), {})
        _, err = self.run_fgsync("approve", "000000000000", code=1)
        self.assertIn(plan["plan_id"], err)
        self.assertIn("plan " + plan["plan_id"] + " is held", self.run_fgsync("status")[0])
        self.assertIn("approved    plan " + plan["plan_id"], self.run_fgsync("approve", plan["plan_id"])[0])
        wait_for(lambda: len(self.emulator.functions()) == 13)
        _, err = self.run_fgsync("approve", code=78)
        self.assertIn("no plan is held", err)

    def test_events(self):
        daemon = self.daemon()
        follower = self.start("events", "--follow", "-o", "ndjson")
        self.addCleanup(follower.kill)
        first = json.loads(follower.stdout.readline())
        self.assertEqual(first["id"], 1)
        self.new_version()
        for line in follower.stdout:
            event = json.loads(line)
            if event["type"] == "reconcile_ended" and event["id"] > 5:
                break
        self.assertEqual(event["function"], "thumb")
        self.assertIn("thumb", self.run_fgsync("events")[0])
        daemon.stop()
        follower.stdout.read()
        self.assertEqual(follower.wait(10), 0)

    def test_tcp_needs_the_token(self):
        certificate, key = self.directory / "cert.pem", self.directory / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out",
                        str(certificate), "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        token = self.directory / "token"
        token.write_text("first-token-of-the-test\n")
        port = free_port()
        self.configure(control={"tcp": {"listen": f"127.0.0.1:{port}", "token_file": str(token),
                                        "cert_file": str(certificate), "key_file": str(key)}})
        daemon = self.daemon()
        context = ssl.create_default_context(cafile=str(certificate))

        def ask(value, method="GET", path="/v1/status", body=None):
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
            connection.request(method, path, body, {"Authorization": "Bearer " + value} if value else {})
            answer = connection.getresponse()
            result = answer.status, answer.read()
            connection.close()
            return result

        for path in ("/v1/status", "/metrics", "/healthz", "/nowhere"):
            self.assertEqual(ask("", path=path)[0], 401)
            self.assertEqual(ask("first-token-of-the-tesT", path=path)[0], 401)
        self.assertEqual(ask("first-token-of-the-test")[0], 200)
        status, _ = ask("first-token-of-the-test", "POST", "/v1/suspend", json.dumps({"function": "thumb"}))
        self.assertEqual(status, 200)
        self.assertIn("by token", daemon.function("thumb")["reason"])
        token.write_text("second-token-of-the-test\n")
        self.assertEqual(daemon.call("POST", "/v1/reload").status, 200)
        self.assertEqual(ask("first-token-of-the-test")[0], 401)
        self.assertEqual(ask("second-token-of-the-test")[0], 200)
        self.assertNotIn("second-token", daemon.log())

    def test_a_reload_while_somebody_waits(self):
        daemon = self.daemon()
        self.run_fgsync("suspend", "thumb")
        waiting = [self.start("reconcile", "thumb", "--timeout", "60") for _ in range(4)]
        for process in waiting:
            self.addCleanup(process.kill)
        time.sleep(0.3)
        self.configure(parallel=3)
        self.assertEqual(daemon.call("POST", "/v1/reload").json, {"reloaded": True})
        for process in waiting:
            process.communicate(timeout=20)
        wait_for(lambda: daemon.function("thumb").get("condition") in ("Synced", "Suspended"))
        self.assertEqual(daemon.stop(), 0)

    def test_metrics_without_a_token_and_nothing_else(self):
        port = free_port()
        self.configure(metrics={"listen": f"127.0.0.1:{port}"})
        self.daemon()

        def ask(path, method="GET"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        status, text = ask("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("fgsync_build_info", text)
        self.assertRegex(text, r'fgsync_api_requests_total\{[^}]*code="200"')
        self.assertEqual(ask("/readyz")[0], 200)
        self.assertEqual(ask("/v1/status")[0], 404)
        self.assertEqual(ask("/metrics", "POST")[0], 405)

    def test_strangers_may_look_only(self):
        if os.getuid() != 0:
            self.skipTest("only root can be somebody else")
        self.directory.chmod(0o755)
        socket_path = self.directory / "control.sock"
        self.configure(control={"socket": str(socket_path)})
        daemon = Daemon(self, is_ready=False)
        daemon.socket = socket_path
        daemon.wait_until_ready()
        self.assertEqual(socket_path.stat().st_mode & 0o777, 0o660)
        script = ("import json, os, sys; sys.path.insert(0, {0!r}); os.setgroups([]); os.setgid({2}); os.setuid(4711)\n"
                  "from daemon import UnixConnection\n"
                  "def ask(method, path, body=None):\n"
                  "    c = UnixConnection({1!r}); c.request(method, path, body); return c.getresponse().status\n"
                  "try:\n"
                  "    print(ask('GET', '/v1/status'), ask('POST', '/v1/suspend', json.dumps(dict(function='thumb'))))\n"
                  "except PermissionError:\n"
                  "    print('kept out')\n")

        def as_stranger(group):
            code = script.format(str(ROOT / "tests" / "e2e"), str(socket_path), group)
            return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                                  env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}).stdout.strip()

        self.assertEqual(as_stranger(4711), "kept out")
        socket_path.chmod(0o666)
        self.assertEqual(as_stranger(4711), "200 403")
        self.assertEqual(as_stranger(socket_path.stat().st_gid), "200 200")

    def test_sockets_of_the_service_manager(self):
        path = self.directory / "activated.sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        self.addCleanup(listener.close)
        metrics = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(metrics.close)
        port = metrics.getsockname()[1]
        read_from = [os.dup(listener.fileno()), os.dup(metrics.fileno())]

        def hand_down():
            spare = [os.dup(descriptor) for descriptor in read_from]
            high = [fcntl_dup_above(descriptor) for descriptor in spare]
            for number, descriptor in enumerate(high):
                os.dup2(descriptor, 3 + number)
            os.environ["LISTEN_PID"] = str(os.getpid())

        import fcntl

        def fcntl_dup_above(descriptor):
            return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 50)

        # LISTEN_PID is the daemon's own, which only a shell in between can write.
        environment = self.environment(LISTEN_FDS="2", LISTEN_FDNAMES="control:metrics", FGSYNC=FGSYNC)
        pid = os.fork()
        if pid == 0:
            try:
                hand_down()
                environment["LISTEN_PID"] = str(os.getpid())
                os.chdir(self.work)
                os.execve(FGSYNC, [FGSYNC, "daemon"], environment)
            finally:
                os._exit(99)

        def end():
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        self.addCleanup(end)

        def status():
            connection = UnixConnection(path)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        wait_for(status)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/metrics")
        self.assertEqual(connection.getresponse().status, 200)
        out, _ = self.run_fgsync("status", "--socket", str(path))
        self.assertIn("So says the daemon", out)
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        self.assertTrue(path.exists())

    def test_what_cannot_be_opened_is_said(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        short = self.directory / "short"
        short.write_text("short")
        for spec, words in (({"metrics": {"listen": f"127.0.0.1:{taken.getsockname()[1]}"}}, "metrics.listen"),
                            ({"control": {"socket": str(self.directory / "no" / "x.sock")}}, "the control socket"),
                            ({"control": {"tcp": {"listen": f"127.0.0.1:{free_port()}", "token_file": str(short)}}},
                             "must have 16 to 4096 characters, it has 5")):
            with self.subTest(words):
                self.configure(**spec)
                _, err = self.run_fgsync("daemon", code=78)
                self.assertIn(words, err)

    def test_a_daemon_of_another_project_is_not_meant(self):
        daemon = self.daemon()
        runtime = self.environment(RUNTIME_DIRECTORY=str(daemon.socket.parent), FGSYNC_STATE=None,
                                   XDG_STATE_HOME=str(self.directory / "own"))
        out, _ = self.run_fgsync("status", environment=runtime)
        self.assertIn("So says the daemon", out)
        other = {**runtime, "FGSYNC_PROJECT_ID": "another"}
        out, _ = self.run_fgsync("status", environment=other, code=78)
        self.assertNotIn("So says the daemon", out)


main()
