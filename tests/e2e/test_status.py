"""status: manifests and state, side by side; asks nobody, writes nothing."""
import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import sqlite3
import struct
import subprocess
import termios

from harness import Case, FGSYNC, Proxy, main, wait_for


class Status(Case):
    def status(self, *arguments, code=0, **options):
        out, err = self.run_fgsync("status", "-o", "json", *arguments, code=code, **options)
        return json.loads(out), err

    def conditions(self, *arguments, **options):
        document, _ = self.status(*arguments, **options)
        return {row["address"]: (row["condition"], row["code"]) for row in document["functions"]}

    def database(self, statement):
        with contextlib.closing(sqlite3.connect(self.directory / "state" / "state.db")) as database:
            with contextlib.suppress(sqlite3.OperationalError):  # the state is about to be made
                rows = database.execute(statement).fetchall()
                database.commit()
                return rows

    def test_from_nothing_to_synced_to_changed(self):
        self.add_function("a")
        self.add_function("b")
        _, err = self.run_fgsync("status", code=78)
        self.assertIn("fgsync: there is no state of this source and project in ", err)
        self.assertEqual(self.conditions(code=78), {"a": ("Unknown", "no_state"), "b": ("Unknown", "no_state")})
        self.assertFalse((self.directory / "state").exists())

        self.run_fgsync("sync")
        self.assertEqual(set(self.conditions().values()), {("Synced", "applied")})
        out, _ = self.run_fgsync("status")
        self.assertRegex(out, r"^NAME  CONDITION  SINCE  REASON\na     Synced     \d+ s +as its manifest says\n")
        self.assertTrue(out.endswith("\n2 functions: 2 Synced.\n"), out)
        out, _ = self.run_fgsync("status", "a", "-o", "wide")
        version, = set(self.emulator.versions("a")) - {"latest"}
        self.assertRegex(out, rf"\d s +{version} +prod={version} +[0-9a-f]{{12}} +{version[2:]} +- ")
        self.assertTrue(out.endswith("\n1 function: 1 Synced.\n"), out)

        (self.work / "code" / "a" / "index.py").write_text("changed = True\n")
        self.add_function("b", timeout=30)
        document, _ = self.status()
        reasons = {row["address"]: row["reason"] for row in document["functions"]}
        self.assertEqual(reasons, {"a": "not applied yet: code; the next sync does",
                                   "b": "not applied yet: timeout; the next sync does"})
        self.assertEqual(document["summary"]["Progressing"], 2)
        self.run_fgsync("sync")
        self.assertEqual(set(self.conditions().values()), {("Synced", "applied")})

    def test_what_people_and_manifests_decided(self):
        self.add_function("gone")
        self.add_function("kept", protect=True)
        self.add_function("held")
        self.add_function("idle")
        self.run_fgsync("sync")
        self.run_fgsync("hold", "held", "--reason", "not before Monday")
        for name in ("gone", "kept"):
            (self.work / "manifests" / f"{name}.yaml").unlink()
        self.add_function("idle", suspend=True)
        self.add_function("new")
        self.assertEqual(self.conditions(), {
            "gone": ("Blocked", "manifest_removed"), "kept": ("Blocked", "protected"), "held": ("Held", "held"),
            "idle": ("Suspended", "suspended"), "new": ("Unknown", "never_applied")})
        document, _ = self.status("held")
        self.assertIn("not before Monday", document["functions"][0]["reason"])
        (self.work / "manifests" / "idle.yaml").write_text("{")
        (self.work / "manifests" / "new.yaml").write_text(
            (self.work / "manifests" / "new.yaml").read_text().replace("memory_size", "memroy_size"))
        out, err = self.run_fgsync("status")
        self.assertIn("memroy_size", err)
        conditions = self.conditions()
        self.assertEqual(conditions["new"], ("Blocked", "manifest_error"))
        # Whether a manifest that cannot be read wants them nobody knows.
        self.assertEqual(conditions["gone"], ("Unknown", "manifests_unknown"))

    def test_a_failure(self):
        self.add_function("a")
        self.run_fgsync("sync")
        refusal = (b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 49\r\n\r\n"
                   b'{"error_code":"FSS.0400","error_msg":"no thanks"}')
        proxy = Proxy(self.emulator.port, lambda method, path, count: refusal if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        # Another endpoint is another state: this one stands in for the first.
        environment = self.environment(FGSYNC_ENDPOINT=proxy.url)
        self.run_fgsync("sync", environment=environment)
        self.add_function("a", timeout=30)
        self.run_fgsync("sync", "--timeout", "0", environment=environment, code=1)
        document, _ = self.status(environment=environment)
        row = document["functions"][0]
        self.assertEqual((row["condition"], row["code"]), ("Failed", "failed"))
        self.assertIn("no thanks", row["reason"])
        self.assertEqual(row["since"], row["last_event"]["at"])
        self.assertEqual(row["last_error"], row["last_event"])
        self.assertIsNone(row["last_applied"]["at"])  # this state has only ever found it in order

    def test_max_age(self):
        self.add_function("a")
        _, err = self.status("--max-age", "1h", code=78)
        self.assertIn("fgsync: not observed within 60 min: a (never)\n", err)
        self.add_function("b")
        self.run_fgsync("sync", "-n", "b")
        _, err = self.status("--max-age", "1h", code=1)
        self.assertEqual(err, "fgsync: not observed within 60 min: a (never)\n")
        (self.work / "manifests" / "b.yaml").unlink()
        self.run_fgsync("forget", "b")
        self.run_fgsync("sync")
        document, err = self.status("--max-age", "1h")
        self.assertEqual((err, document["functions"][0]["stale"]), ("", False))
        self.database("UPDATE history SET at = '2020-01-01T00:00:00Z'")
        self.database("UPDATE inventory SET more = replace(more, 'seen', 'gone')")
        _, err = self.status("--max-age", "7d", code=1)
        self.assertRegex(err, r"^fgsync: not observed within 7 d: a \(\d+ d ago\)\n$")
        out, _ = self.run_fgsync("status")  # without the flag that is no failure
        for age in ("soon", "-1d", "1", "99999999999d", ""):
            _, err = self.run_fgsync("status", "--max-age", age, code=64)
            self.assertIn("no duration", err)

    def test_while_a_sync_is_at_work(self):
        self.add_function("a")
        proxy = Proxy(self.emulator.port, lambda method, path, count: 30 if method == "POST" else None)
        self.addCleanup(proxy.stop)
        environment = self.environment(FGSYNC_ENDPOINT=proxy.url)
        sync = self.start("sync", environment=environment)
        try:
            open_intents = "SELECT count(*) FROM intent WHERE outcome IS NULL"
            wait_for(lambda: (self.directory / "state" / "state.db").exists() and self.database(open_intents) == [(1,)])
            self.assertEqual(self.conditions(environment=environment), {"a": ("Progressing", "under_way")})
            document, _ = self.status(environment=environment)
            self.assertIn(f"process {sync.pid}", document["state"]["in_use_by"])
            out, _ = self.run_fgsync("status", environment=environment)
            self.assertIn(f"The state is in use by fgsync sync, process {sync.pid}.\n", out)
        finally:
            sync.send_signal(signal.SIGKILL)
            sync.communicate()
        conditions = self.conditions(environment=environment)
        self.assertEqual(conditions, {"a": ("Unknown", "interrupted")})

    def test_it_writes_nothing(self):
        self.add_function("a")
        self.run_fgsync("sync")
        state = self.directory / "state"
        before = {path.name: path.read_bytes() for path in state.iterdir()}
        requests = len(self.emulator.requests())
        with open(state / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.run_fgsync("status")
        os.chmod(state, 0o500)
        self.addCleanup(os.chmod, state, 0o700)
        self.run_fgsync("status")
        os.chmod(state, 0o700)
        after = {path.name: path.read_bytes() for path in state.iterdir()
                 if not path.name.endswith(("-wal", "-shm"))}
        self.assertEqual(after, before)
        self.assertEqual(len(self.emulator.requests()), requests)

    def test_states_that_cannot_be_read(self):
        self.add_function("a")
        self.run_fgsync("sync")
        self.database("PRAGMA user_version = 99")
        _, err = self.run_fgsync("status", code=1)
        self.assertIn("was written by a newer fgsync (schema 99)", err)
        self.database("PRAGMA user_version = 2")
        _, err = self.run_fgsync("status", code=1)
        self.assertIn("was written by an older fgsync (schema 2); the next plan or sync brings it up to date", err)
        (self.directory / "state" / "state.db").write_bytes(b"x" * 5000)
        _, err = self.run_fgsync("status", code=1)
        self.assertIn("is damaged or no state of fgsync", err)

    def test_names_that_nobody_has(self):
        self.add_function("thumbnail")
        _, err = self.run_fgsync("status", "thumbnial", code=78)
        self.assertIn("has a function thumbnial; did you mean thumbnail?", err)
        _, err = self.run_fgsync("status", b"\xff\x1b[2J".decode("utf-8", "surrogateescape"), code=64)
        self.assertIn('"??[2J" is no name of a function', err)

    def test_without_manifests_the_state_still_answers(self):
        self.add_function("a")
        self.run_fgsync("sync")
        (self.work / "manifests" / "a.yaml").unlink()
        out, err = self.run_fgsync("status")
        self.assertIn("no manifests in manifests", err)
        self.assertIn("Unknown", out)

    def test_a_source_that_is_not_all_read_says_nothing_of_what_is_missing(self):
        self.add_function("a")
        self.add_function("b")
        config = self.work / "fgsync.yaml"
        config.write_text(config.read_text().replace(
            "[{directory: manifests}]", "[{directory: manifests}, {git: {url: 'https://example.com/a.git', branch: x}}]"))
        self.run_fgsync("sync")
        (self.work / "manifests" / "a.yaml").unlink()
        self.assertEqual(self.conditions(), {"a": ("Unknown", "manifests_unknown"), "b": ("Synced", "applied")})

    def test_no_home_no_target_and_no_output(self):
        self.add_function("a")
        bare = {"PATH": os.environ["PATH"], "FGSYNC_ENDPOINT": self.endpoint}
        _, err = self.run_fgsync("status", code=78, environment=bare)
        self.assertIn("no project", err)
        out, _ = self.run_fgsync("status", "--no-state", environment={**bare, "FGSYNC_PROJECT_ID": "p"})
        self.assertIn("No state is used (--no-state)", out)
        closed = subprocess.run(["sh", "-c", f"exec {FGSYNC} status >&-"], cwd=self.work, env=self.environment(),
                                stderr=subprocess.PIPE, text=True)
        self.assertEqual(closed.returncode, 1)
        self.assertIn("could not be written", closed.stderr)

    def test_a_terminal_of_40_columns(self):
        self.add_function("orders-api-with-a-long-name")
        self.run_fgsync("sync")
        (self.work / "manifests" / "orders-api-with-a-long-name.yaml").unlink()
        self.add_function("b")
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
        process = subprocess.Popen([FGSYNC, "status"], cwd=self.work, env=self.environment(NO_COLOR="1"), stdout=slave,
                                   stderr=subprocess.DEVNULL)
        os.close(slave)
        text = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(master, 4096):
                text += chunk
        os.close(master)
        self.assertEqual(process.wait(20), 0)
        lines = text.decode().replace("\r", "").splitlines()
        reasons = [line for line in lines if line.startswith("  ")]
        self.assertTrue(reasons)
        self.assertTrue(all(len(line) <= 40 for line in reasons), reasons)
        self.assertIn("leaves it to others", re.sub(r"\s+", " ", " ".join(reasons)))


if __name__ == "__main__":
    main()
