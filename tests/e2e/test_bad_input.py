"""Everything that can be wrong around fgsync: one clear message, the right exit code, remote and state as they were."""
import contextlib
import fcntl
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading

from harness import FGSYNC, Case, Proxy, main


def answer(status, body, length=None):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length or len(body)}\r\n\r\n"
    return head.encode() + body


class RawServer:
    """Answers every connection with the same bytes."""

    def __init__(self, data):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, args=(data,), daemon=True).start()

    def serve(self, data):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.sendall(data)
                    connection.recv(65536)
                except OSError:
                    pass


class BadManifests(Case):
    def test_no_manifests(self):
        _, err = self.run_fgsync("plan", code=78)
        self.assertEqual(err, "fgsync: no manifests in manifests: expected *.yaml files with apiVersion: fgsync/v1 and "
                              "kind: Function (docs/manifest.md)\n")

    def test_a_path_that_does_not_exist(self):
        _, err = self.run_fgsync("plan", "nowhere", code=78)
        self.assertIn("nowhere", err)

    def test_an_unreadable_file(self):
        self.add_function("a")
        (self.work / "manifests" / "b.yaml").symlink_to("gone.yaml")
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("manifests/b.yaml", err)
        self.assertEqual(list(self.emulator.functions()), ["a"])

    def test_broken_yaml(self):
        (self.work / "manifests" / "a.yaml").write_text("apiVersion: fgsync/v1\nkind: [Function\n")
        _, err = self.run_fgsync("sync", code=78)
        self.assertIn("manifests/a.yaml:", err)
        self.assertEqual(self.emulator.requests(), [])

    def test_a_broken_configuration(self):
        self.add_function("a")
        (self.work / "fgsync.yaml").write_text("apiVersion: fgsync/v1\nkind: Config\nspec: {parallel: many}\n")
        _, err = self.run_fgsync("sync", code=78)
        self.assertIn("fgsync.yaml:3:", err)
        self.assertEqual(self.emulator.requests(), [])

    def test_a_missing_code_directory(self):
        self.add_function("a")
        shutil.rmtree(self.work / "code" / "a")
        self.add_function("b")
        out, _ = self.run_fgsync("sync", code=1)
        self.assertIn("code/a", out)
        self.assertIn("manifests/a.yaml:", out)
        self.assertEqual(list(self.emulator.functions()), ["b"])

    def test_validate_with_an_error(self):
        self.add_function("a", memory="lots")
        out, _ = self.run_fgsync("validate", code=78)
        self.assertIn("did you mean memory_size?", out)


class BadService(Case):
    """For each: `plan` and `sync` say it in one line, and nothing has changed anywhere."""

    def setUp(self):
        super().setUp()
        self.add_function("a")
        self.run_fgsync("sync")
        (self.work / "code" / "a" / "index.py").write_text("changed = True\n")

    def check_refused(self, *expected, environment=None):
        state = self.state_bytes()
        functions = self.emulator.functions()
        mutations = len(self.emulator.mutations())
        for command in ("plan", "sync"):
            out, err = self.run_fgsync(command, code=1, environment=environment)
            self.assertEqual(out, "")
            self.assertEqual(err.count("\n"), 1, err)
            for text in expected:
                self.assertIn(text, err)
        self.assertEqual(self.state_bytes(), state)
        self.assertEqual(self.emulator.functions(), functions)
        self.assertEqual(len(self.emulator.mutations()), mutations)

    def use_proxy(self, rule):
        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url

    def test_an_endpoint_that_refuses(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        # Another endpoint is another scope of the state, so the state's bytes may grow; the messages count here.
        for command in ("plan", "sync"):
            _, err = self.run_fgsync(command, code=1)
            self.assertIn(f"cannot connect to http://127.0.0.1:{port}: Connection refused. Check the endpoint", err)

    def check_said(self, *expected):
        functions = self.emulator.functions()
        for command in ("plan", "sync"):
            out, err = self.run_fgsync(command, code=1)
            self.assertEqual(out, "")
            for text in expected:
                self.assertIn(text, err)
        self.assertEqual(self.emulator.functions(), functions)

    def test_an_endpoint_that_speaks_no_http(self):
        server = RawServer(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.addCleanup(server.socket.close)
        self.endpoint = server.url
        self.check_said("answered, but not in HTTP", "Check the endpoint")

    def test_an_endpoint_that_closes_at_once(self):
        server = RawServer(b"")
        self.addCleanup(server.socket.close)
        self.endpoint = server.url
        self.check_said("closed the connection without an answer")

    def test_garbage_instead_of_json(self):
        self.use_proxy(lambda *call: answer(200, b"<html>It works!</html>"))
        self.check_said("the service's answer cannot be understood: it is not JSON, or cut off",
                        "Check that the endpoint (--endpoint) is a FunctionGraph")

    def test_json_that_is_cut_off(self):
        self.use_proxy(lambda *call: answer(200, b'{"functions":[{"func_name":"a"'))
        self.check_said("not JSON, or cut off")

    def test_an_answer_that_is_cut_off(self):
        self.use_proxy(lambda *call: answer(200, b'{"functions":[', length=5000))
        self.check_said("was cut off")

    def test_json_of_something_else(self):
        self.use_proxy(lambda *call: answer(200, b'{"hello":"world"}'))
        self.check_said("the field functions is missing")

    def test_a_redirect(self):
        self.use_proxy(lambda *call: answer(302, b""))
        self.check_said("Redirects are not followed with credentials")

    def test_an_error_page(self):
        self.use_proxy(lambda *call: answer(403, b"<html>Forbidden</html>"))
        self.check_said("HTTP 403")

    def test_a_wrong_token(self):
        self.check_refused("Incorrect IAM authentication information", "Check the credentials: they may have expired", "They come from FGSYNC_TOKEN",
                           "HTTP 401, APIGW.0301, request id", environment=self.environment(FGSYNC_TOKEN="bad"))

    def test_no_token(self):
        self.check_refused("APIGW.0301", environment=self.environment(FGSYNC_TOKEN=None))

    def test_the_token_is_in_no_output(self):
        for environment in (self.environment(), self.environment(FGSYNC_TOKEN="s3cr3t-t0k3n")):
            process = self.start("sync", "-v", environment=environment)
            out, err = process.communicate(timeout=60)
            self.assertNotIn("s3cr3t-t0k3n", out + err)
            self.assertNotIn("X-Auth-Token", out + err)


class BadConnectionSettings(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a")

    def check(self, text, *arguments, **changes):
        _, err = self.run_fgsync("plan", *arguments, code=78, environment=self.environment(**changes))
        self.assertIn(text, err)

    def test_no_project(self):
        self.check("no project: give --project-id, set FGSYNC_PROJECT_ID", FGSYNC_PROJECT_ID=None)

    def test_no_endpoint(self):
        self.check("no endpoint: give --region or --endpoint", FGSYNC_ENDPOINT=None)

    def test_a_project_that_is_none(self):
        self.check('project id "../x" is not one', "--project-id", "../x")

    def test_an_endpoint_that_is_none(self):
        self.check("is not a URL", "--endpoint", "not a url")

    def test_plain_http_to_another_machine(self):
        self.check("would send the credentials in the clear", "--endpoint", "http://functiongraph.example.com")

    def test_a_token_with_a_line_break(self):
        self.check("holds characters that no token or key has", FGSYNC_TOKEN="a\nb")

    def test_no_credentials_for_a_real_endpoint(self):
        self.check("no credentials: set FGSYNC_TOKEN", "--endpoint", "https://functiongraph.example.com",
                   FGSYNC_TOKEN=None)

    def test_a_ca_file_that_does_not_exist(self):
        self.check("CA file gone.pem cannot be used", "--endpoint", "https://localhost:1", "--ca-file", "gone.pem")

    def test_empty_values(self):
        for flag in ("--root", "--config", "--endpoint", "--project-id", "--state"):
            _, err = self.run_fgsync("plan", flag, "", code=64)
            self.assertIn(f"{flag} must not be empty", err)

    def test_results_that_cannot_be_written(self):
        for arguments in (["plan"], ["plan", "-o", "json"], ["package", "a"], ["validate"]):
            with open("/dev/full", "w") as full:
                process = subprocess.run([FGSYNC, *arguments], cwd=self.work, env=self.environment(), stdout=full,
                                         stderr=subprocess.PIPE, text=True)
            self.assertEqual(process.returncode, 1, arguments)
            self.assertIn("could not be written to standard output", process.stderr)

    def test_a_configuration_that_cannot_be_read(self):
        (self.work / "fgsync.yaml").unlink()
        (self.work / "fgsync.yaml").symlink_to("nowhere")
        self.check("cannot read fgsync.yaml")
        (self.work / "fgsync.yaml").unlink()
        os.mkfifo(self.work / "fgsync.yaml")
        self.check("fgsync.yaml: it is not a regular file")

    def test_usage(self):
        for arguments in ([], ["plan", "--frobnicate"], ["deploy"], ["plan", "--parallel", "0"],
                          ["plan", "-o", "yaml"], ["package"]):
            out, err = self.run_fgsync(*arguments, code=64)
            self.assertEqual(out, "")
            self.assertTrue(err.startswith("fgsync: "), err)


class BadState(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a")

    def test_a_state_in_use(self):
        state = self.directory / "state"
        state.mkdir()
        with open(state / "lock", "w") as lock:
            lock.write("fgsync sync, process 4711")
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
            _, err = self.run_fgsync("sync", code=1)
            self.assertIn("is in use by fgsync sync, process 4711; wait until it ends", err)
            self.run_fgsync("plan")  # reading waits for nobody
        self.run_fgsync("sync")

    def test_a_state_that_is_none(self):
        state = self.directory / "state"
        state.mkdir()
        (state / "state.db").write_text("this is no database, and it is long enough to look like one " * 20)
        text = (state / "state.db").read_text()
        out, err = self.run_fgsync("plan")
        self.assertIn("planning without state", err)
        self.assertIn("is damaged or no state of fgsync", err)
        self.assertEqual((state / "state.db").read_text(), text)
        _, err = self.run_fgsync("sync")
        self.assertIn("is damaged or no state of fgsync", err)
        self.assertIn(f"it was moved to {state}/state.db.set-aside-1, and a new state is begun", err)
        self.assertEqual((state / "state.db.set-aside-1").read_text(), text)
        out, err = self.run_fgsync("plan")
        self.assertIn("No changes", out)
        self.assertEqual(err, "")

    def test_the_state_of_a_newer_fgsync(self):
        self.run_fgsync("sync")
        with contextlib.closing(sqlite3.connect(self.directory / "state" / "state.db")) as database:
            database.execute("PRAGMA user_version = 99")
        _, err = self.run_fgsync("plan")
        self.assertIn("was written by a newer fgsync (schema 99)", err)
        calls = len(self.emulator.requests())
        out, err = self.run_fgsync("sync", code=1)
        self.assertIn("was written by a newer fgsync (schema 99), and is left alone", err)
        self.assertEqual(out, "")
        self.assertEqual(len(self.emulator.requests()), calls)
        self.assertEqual([path.name for path in (self.directory / "state").glob("*set-aside*")], [])

    def test_the_database_of_another_program(self):
        state = self.directory / "state"
        state.mkdir()
        with contextlib.closing(sqlite3.connect(state / "state.db")) as database:
            database.execute("CREATE TABLE precious(x)")
            database.commit()
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("it is the database of another program", err)
        with contextlib.closing(sqlite3.connect(state / "state.db")) as database:
            self.assertEqual(database.execute("SELECT name FROM sqlite_master").fetchall(), [("precious",)])

    def test_a_state_directory_that_is_a_file(self):
        (self.directory / "state").write_text("")
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("cannot create the state directory", err)
        out, err = self.run_fgsync("plan")
        self.assertIn("planning without state", err)
        self.assertIn("+ a", out)

    def check_full_disk(self, **options):
        _, err = self.run_fgsync("sync", code=1, **options)
        self.assertIn("state.db", err)
        self.assertIn("--state", err)
        self.assertEqual(self.emulator.mutations(), [])

    def test_a_disk_that_takes_nothing_more(self):
        def no_more_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

        self.check_full_disk(preexec_fn=no_more_files)

    def test_a_full_disk(self):
        mount = self.directory / "state"
        mount.mkdir()
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(mount)], capture_output=True).returncode == 0
        if not mounted:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(mount)])
        with open(mount / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                pass
        self.check_full_disk()


class Configuration(Case):
    def write_config(self, spec):
        (self.work / "fgsync.yaml").write_text(
            "apiVersion: fgsync/v1\nkind: Config\nmetadata: {name: e2e}\nspec:\n" + spec)

    def test_mode_observe_lets_nothing_be_written(self):
        self.add_function("a")
        self.write_config("  sources: [{directory: manifests}]\n  mode: observe\n")
        _, err = self.run_fgsync("sync", code=78)
        self.assertEqual(err, "fgsync: fgsync.yaml says mode: observe, so nothing is written; fgsync plan shows what "
                              "would be done, and mode: enforce allows it\n")
        self.assertFalse((self.directory / "state").exists())
        out, _ = self.run_fgsync("plan")
        self.assertIn("1 to import", out)
        self.assertNotIn("Apply it", out)
        self.assertEqual(self.emulator.mutations(), [])

    def test_only_repositories_as_sources(self):
        self.add_function("a")
        self.write_config("  sources: [{git: {url: \"https://git.example.org/fns.git\"}}]\n")
        _, err = self.run_fgsync("plan", code=78)
        self.assertIn("fgsync: all sources of fgsync.yaml are git repositories", err)
        self.assertEqual(self.emulator.requests(), [])

    def test_a_secret_that_is_not_allowed_holds_back_its_function_only(self):
        self.add_function("a")
        self.add_function("b", encrypted_user_data={"T": {"from_env": "FGSYNC_TOKEN"}})
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("spec.encrypted_user_data.T: from_env FGSYNC_TOKEN is not allowed", err)
        self.assertEqual(list(self.emulator.functions()), ["a"])


if __name__ == "__main__":
    main()
