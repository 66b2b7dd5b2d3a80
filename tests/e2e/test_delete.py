"""delete: a person takes functions away, with all that belongs to them."""
import base64
import contextlib
import fcntl
import io
import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import threading
import zipfile

from harness import Case, FGSYNC, PROJECT, Proxy, URN, main, wait_for


TIMER = {"trigger_type_code": "TIMER", "trigger_status": "ACTIVE",
         "event_data": {"name": "nightly", "schedule_type": "Rate", "schedule": "1d"}}


def package():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", "def handler(event, context): pass\n")
    return base64.b64encode(archive.getvalue()).decode()


THEIRS = {"func_name": "theirs", "package": "default", "runtime": "Python3.9", "handler": "index.handler",
          "memory_size": 128, "timeout": 3, "code_type": "zip",
          "func_code": {"file": package()}}


class Delete(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a", version="v1")
        self.add_function("b", version="v1")
        self.run_fgsync("sync")

    def delete_at_terminal(self, *arguments, answer, interrupt=False):
        """Runs it at a terminal and answers its question, or not; (exit code, all that it said)."""
        master, slave = pty.openpty()
        process = subprocess.Popen([FGSYNC, "delete", *arguments], cwd=self.work, env=self.environment(), stdin=slave,
                                   stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        text = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(master, 4096):
                text += chunk
                if b"Type yes to go on" in text and answer is not None:
                    os.write(master, answer + b"\n")
                    answer = None
                if b"Type yes to go on" in text and interrupt:
                    process.send_signal(signal.SIGINT)
                    interrupt = False
        os.close(master)
        return process.wait(20), text.decode().replace("\r\n", "\n")

    def deletions(self):
        return [row["path"] for row in self.emulator.mutations() if row["method"] == "DELETE"]

    def without_manifest(self, name):
        (self.work / "manifests" / f"{name}.yaml").unlink()

    def test_it_shows_all_that_goes_and_asks(self):
        self.emulator.call("POST", f"/triggers/{URN}a", TIMER)
        code, text = self.delete_at_terminal("a", answer=b"no")
        self.assertEqual(code, 3)
        self.assertIn(f"This deletes 1 function, with all that belongs to it:\n  a  {URN}a", text)
        self.assertIn("\n    versions  v1\n    aliases   prod → v1\n    triggers  TIMER at latest (ACTIVE)\n", text)
        self.assertIn("A manifest still wants it: the next sync makes it again, without its versions and triggers.", text)
        self.assertIn("There is no way back.\nType yes to go on: ", text)
        self.assertTrue(text.endswith("Nothing was deleted.\n"), text)
        self.assertEqual(self.deletions(), [])

        code, text = self.delete_at_terminal("a", answer=b"yes")
        self.assertEqual(code, 0, text)
        self.assertTrue(text.endswith("\ndeleted     a\n"), text)
        self.assertEqual(set(self.emulator.functions()), {"b"})
        # One call, of the whole function and of nothing else.
        self.assertEqual(len(self.deletions()), 1)
        self.assertTrue(self.deletions()[0].endswith(f"/fgs/functions/{URN}a"), self.deletions())

    def test_without_a_terminal_it_needs_yes(self):
        _, err = self.run_fgsync("delete", "a", code=3)
        self.assertIn("nothing was deleted: there is no terminal to ask at, so this needs --yes", err)
        self.assertEqual(self.deletions(), [])
        self.without_manifest("a")
        out, err = self.run_fgsync("delete", "a", "--yes", "--reason", "moved to shop-2")
        self.assertEqual(out, "deleted     a\n")
        self.assertNotIn("A manifest still wants it", err)
        out, _ = self.run_fgsync("history", "a", "-n", "1", "-o", "json")
        entry = json.loads(out)["entries"][0]
        self.assertEqual((entry["event"], entry["detail"]),
                         ("deleted", "with 1 version, 1 alias and 0 triggers: moved to shop-2"))
        self.assertTrue(entry["digest_before"])
        # It is out of the inventory: nothing is left to be said of it.
        out, _ = self.run_fgsync("plan", "--prune")
        self.assertIn("No changes", out)
        out, _ = self.run_fgsync("status", "-o", "json")
        self.assertEqual([row["address"] for row in json.loads(out)["functions"]], ["b"])

    def test_a_dry_run_only_shows(self):
        out, _ = self.run_fgsync("delete", "a", "b", "--dry-run")
        self.assertIn(f"This would delete 2 functions, with all that belongs to them:\n  a  {URN}a", out)
        _, err = self.run_fgsync("delete", "a", "nowhere", "--dry-run", code=1)
        self.assertIn("the service has no function nowhere", err)
        with open(self.directory / "state" / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.run_fgsync("delete", "a", "--dry-run")
        self.configure(mode="observe")
        self.run_fgsync("delete", "a", "--dry-run")
        self.assertEqual(self.deletions(), [])

    def test_a_manifest_that_is_there_makes_it_again(self):
        self.run_fgsync("delete", "a", "--yes")
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        self.run_fgsync("plan", "--detailed-exitcode")

    def test_protected_ones_stay(self):
        self.add_function("a", version="v1", protect=True)
        _, err = self.run_fgsync("delete", "a", "--yes", code=3)
        self.assertIn("blocked     a: its manifest says protect: true", err)
        self.run_fgsync("sync")
        self.without_manifest("a")
        _, err = self.run_fgsync("delete", "a", "--yes", "--unmanaged", code=3)
        self.assertIn("blocked     a: its last manifest said protect: true", err)
        self.assertIn("next: fgsync forget a\n", err)
        # A state that has never seen it does not know.
        elsewhere = self.environment(FGSYNC_STATE=str(self.directory / "other"))
        _, err = self.run_fgsync("delete", "a", "--yes", code=3, environment=elsewhere)
        self.assertIn("whether it is protected is not known", err)
        self.assertEqual(self.deletions(), [])
        self.run_fgsync("forget", "a")
        self.run_fgsync("delete", "a", "--yes", "--unmanaged")
        self.assertEqual(set(self.emulator.functions()), {"b"})

    def test_what_is_not_ours_stays_unless_that_is_said(self):
        self.emulator.call("POST", "/functions", THEIRS)
        _, err = self.run_fgsync("delete", "theirs", "--yes", code=3)
        self.assertIn("blocked     theirs: it is not managed by fgsync", err)
        self.assertIn("theirs", self.emulator.functions())
        self.run_fgsync("delete", "theirs", "--yes", "--unmanaged")
        self.assertNotIn("theirs", self.emulator.functions())

    def test_what_was_adopted_and_never_touched_is_not_ours_yet(self):
        self.emulator.call("POST", "/functions", THEIRS)
        self.run_fgsync("adopt", "theirs")
        shutil.rmtree(self.work / "manifests" / "theirs")
        _, err = self.run_fgsync("delete", "theirs", "--yes", code=3)
        self.assertIn("blocked     theirs: it is not managed by fgsync", err)
        self.assertEqual(self.deletions(), [])
        self.run_fgsync("delete", "theirs", "--yes", "--unmanaged")

    def test_a_signal_at_the_question_says_that_nothing_was_deleted(self):
        code, text = self.delete_at_terminal("a", answer=None, interrupt=True)
        self.assertEqual(code, 130, text)
        self.assertTrue(text.endswith("\nNothing was deleted.\n"), text)
        self.assertEqual(self.deletions(), [])

    def test_another_sources_function_stays_whatever_is_said(self):
        (self.work / "fgsync.yaml").write_text((self.work / "fgsync.yaml").read_text().replace("e2e", "others"))
        _, err = self.run_fgsync("delete", "a", "--yes", "--unmanaged", code=3)
        self.assertIn('it is managed by the source "e2e", not by "others"', err)
        self.assertEqual(self.deletions(), [])

    def test_one_that_cannot_go_keeps_the_others(self):
        _, err = self.run_fgsync("delete", "a", "nowhere", "--yes", code=1)
        self.assertIn("the service has no function nowhere, nor does the state know it", err)
        self.assertIn("Nothing was deleted, the others neither.", err)
        self.assertEqual(self.deletions(), [])

    def test_a_manifest_with_an_error_may_protect_it(self):
        path = self.work / "manifests" / "a.yaml"
        path.write_text(path.read_text().replace("memory_size", "memroy_size"))
        _, err = self.run_fgsync("delete", "a", "--yes", code=3)
        self.assertIn("blocked     a: its manifest has an error", err)
        self.run_fgsync("delete", "b", "--yes")
        # One that no manifest names may be meant by the one that cannot be read.
        self.emulator.call("POST", "/functions", THEIRS)
        _, err = self.run_fgsync("delete", "theirs", "--yes", "--unmanaged", code=3)
        self.assertIn("blocked     theirs: not all manifests can be read", err)
        self.assertEqual(set(self.emulator.functions()), {"a", "theirs"})

    def test_manifests_that_are_nowhere_or_cannot_be_read(self):
        manifests = self.work / "manifests"
        for path in manifests.iterdir():
            path.unlink()
        _, err = self.run_fgsync("delete", "a", "--dry-run")  # nobody wants it, and the state knows it as not protected
        self.assertIn("no manifests in manifests", err)
        text = (self.work / "fgsync.yaml").read_text()
        (self.work / "fgsync.yaml").write_text(text.replace(
            "[{directory: manifests}]", "[{git: {url: 'https://example.com/a.git', branch: main}}]"))
        _, err = self.run_fgsync("delete", "a", "--yes", code=3)
        self.assertIn("all sources of fgsync.yaml are git repositories", err)
        self.assertIn("blocked     a: not all manifests can be read", err)
        # One that is not read may protect what those that are read do not name.
        self.add_function("b", version="v1")
        (self.work / "fgsync.yaml").write_text(text.replace(
            "[{directory: manifests}]", "[{directory: manifests}, {git: {url: 'https://example.com/a.git', branch: x}}]"))
        _, err = self.run_fgsync("delete", "a", "--yes", code=3)
        self.assertIn("blocked     a: not all manifests can be read", err)
        self.assertEqual(self.deletions(), [])

    def test_what_a_person_decided_is_said_and_stays(self):
        ann = self.environment(FGSYNC_ACTOR="ann")
        self.run_fgsync("suspend", "a", "--reason", "incident 4711", environment=ann)
        self.run_fgsync("hold", "b", "--reason", "not yet", environment=ann)
        out, err = self.run_fgsync("delete", "a", "b", "--yes")
        self.assertRegex(err, r"    It is suspended by ann since \S+Z: incident 4711; that stays until: fgsync resume a\n"
                              r"    A manifest still wants it: sync makes it again only when that has ended, without")
        self.assertRegex(err, r"    Fingerprint [0-9a-f]{12} is held by ann since \S+Z: not yet; that stays until: "
                              r"fgsync release b\n    A manifest still wants it: the next sync makes it again, unless "
                              r"that is what is held, without")
        self.assertRegex(out, r"^deleted     a\n            It is suspended by ann .*\ndeleted     b\n"
                              r"            Fingerprint [0-9a-f]{12} is held by ann ")
        self.run_fgsync("sync", code=3)
        self.assertEqual(self.emulator.functions(), {})
        self.without_manifest("a")
        out, _ = self.run_fgsync("status", "-o", "json")
        rows = {row["address"]: row["condition"] for row in json.loads(out)["functions"]}
        self.assertEqual(rows, {"a": "Suspended", "b": "Held"})
        self.run_fgsync("resume", "a")
        self.run_fgsync("release", "b")
        out, _ = self.run_fgsync("status", "-o", "json")
        self.assertEqual([row["address"] for row in json.loads(out)["functions"]], ["b"])
        self.run_fgsync("sync")
        self.assertEqual(set(self.emulator.functions()), {"b"})

    def test_suspend_in_its_manifest_keeps_it_away(self):
        self.add_function("a", version="v1", suspend=True)
        _, err = self.run_fgsync("delete", "a", "--yes")
        self.assertIn("A manifest still wants it, but says suspend: true: the next sync does not make it again.", err)
        self.run_fgsync("sync", code=3)
        self.assertEqual(set(self.emulator.functions()), {"b"})

    def test_status_says_who_deleted_it(self):
        self.run_fgsync("delete", "a", "--yes", environment=self.environment(FGSYNC_ACTOR="ann"))
        out, _ = self.run_fgsync("status", "a", "-o", "json")
        row = json.loads(out)["functions"][0]
        self.assertEqual((row["condition"], row["code"]), ("Progressing", "deleted"))
        self.assertRegex(row["reason"], r"^it was deleted by ann at \S+Z; the next sync makes it again$")

    def environment_file(self, name, **patch):
        folder = self.work / "environments"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(json.dumps(
            {"apiVersion": "fgsync/v1", "kind": "Environment", "metadata": {"name": name},
             "spec": {"functions": {"c": {"spec": patch}}}}))

    def test_a_function_of_another_environment_stays(self):
        self.add_function("c", version="v1")
        self.environment_file("prod", timeout=5)
        self.environment_file("stage", timeout=6)
        self.run_fgsync("sync", "-n", "c", "--env", "prod")
        for flags in ((), ("--env", "stage")):
            _, err = self.run_fgsync("delete", "c", "--yes", *flags, code=3)
            self.assertIn("blocked     c: it has this source's mark, but this state has not applied it " +
                          ("in the environment stage" if flags else "without an environment") +
                          "; it was applied in the environment prod\nnext: fgsync delete --env prod c; or, ", err)
        elsewhere = self.environment(FGSYNC_STATE=str(self.directory / "other"))
        _, err = self.run_fgsync("delete", "c", "--yes", code=3, environment=elsewhere)
        self.assertIn("without an environment; another environment may own it\n"
                      "next: fgsync delete --env ENVIRONMENT c; or, to delete it all the same: "
                      "fgsync delete --unmanaged c\n", err)
        self.assertEqual(self.deletions(), [])
        self.run_fgsync("delete", "c", "--env", "prod", "--yes")
        self.run_fgsync("sync", "-n", "c", "--env", "prod")
        self.run_fgsync("delete", "c", "--unmanaged", "--yes")
        self.assertEqual(set(self.emulator.functions()), {"a", "b"})

    def test_a_function_that_another_environment_protects_stays_whatever_is_said(self):
        self.add_function("c", version="v1")
        self.run_fgsync("sync")
        self.environment_file("prod", protect=True)
        self.run_fgsync("sync", "-n", "c", "--env", "prod")
        for flags in ((), ("--unmanaged",)):
            _, err = self.run_fgsync("delete", "c", "--yes", *flags, code=3)
            self.assertIn("blocked     c: it was applied in the environment prod, and its last manifest there said "
                          "protect: true\nnext: fgsync forget --env prod c\n", err)
        self.assertEqual(self.deletions(), [])
        self.run_fgsync("forget", "--env", "prod", "c")
        self.run_fgsync("delete", "c", "--yes")
        self.assertEqual(set(self.emulator.functions()), {"a", "b"})

    def test_what_is_gone_already_is_forgotten(self):
        self.emulator.call("DELETE", f"/functions/{URN}a")
        self.without_manifest("a")
        before = len(self.deletions())
        out, _ = self.run_fgsync("delete", "a", "--yes")
        self.assertEqual(out, "deleted     a: it was gone already, the state forgot it\n")
        self.assertEqual(len(self.deletions()), before)
        _, err = self.run_fgsync("delete", "a", "--yes", code=1)
        self.assertIn("the service has no function a", err)

    def test_a_lost_answer_is_settled_by_looking(self):
        proxy = Proxy(self.emulator.port, lambda method, path, count: "lose" if method == "DELETE" else None)
        self.addCleanup(proxy.stop)
        out, _ = self.run_fgsync("delete", "a", "--yes", "--endpoint", proxy.url)
        self.assertEqual(out, "deleted     a\n")
        self.assertEqual(len(self.deletions()), 1)

    def test_a_lost_request_is_unknown_and_never_sent_twice(self):
        calls = []

        def rule(method, path, count):
            calls.append(method)
            return "drop" if method == "DELETE" or "DELETE" in calls else None

        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        _, err = self.run_fgsync("delete", "a", "--yes", "--endpoint", proxy.url, code=1)
        self.assertIn("whether it was deleted is not known", err)
        self.assertEqual(calls.count("DELETE"), 1)
        self.assertIn("a", self.emulator.functions())

    def test_a_failed_read_deletes_nothing(self):
        proxy = Proxy(self.emulator.port, lambda method, path, count: "drop" if path.count("triggers") else None)
        self.addCleanup(proxy.stop)
        self.run_fgsync("delete", "a", "--yes", "--endpoint", proxy.url, code=1)
        self.assertEqual(self.deletions(), [])

    def test_what_changes_while_it_is_asked_about_is_left_alone(self):
        counts = {"versions": 0}

        def rule(method, path, count):
            if path.split("?")[0].endswith("/versions"):
                counts["versions"] += 1
                if counts["versions"] == 2:  # after the answer, before the call
                    self.emulator.call("POST", f"/triggers/{URN}a", TIMER)
            return None

        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        _, err = self.run_fgsync("delete", "a", "--yes", "--endpoint", proxy.url, code=1)
        self.assertIn("a is no longer what was shown: it was left alone, look again", err)
        self.assertEqual(self.deletions(), [])

    def test_mode_observe_and_a_state_in_use(self):
        self.configure(mode="observe")
        _, err = self.run_fgsync("delete", "a", "--yes", code=78)
        self.assertIn("mode: observe", err)
        self.configure()
        held = Proxy(self.emulator.port, lambda method, path, count: 30 if method == "GET" else None)
        self.addCleanup(held.stop)
        sync = self.start("sync", "--endpoint", held.url)
        try:
            wait_for(lambda: "fgsync sync" in (self.directory / "state" / "lock").read_text() and
                     str(sync.pid) in (self.directory / "state" / "lock").read_text())
            _, err = self.run_fgsync("delete", "a", "--yes", code=1)
            self.assertIn("is in use by fgsync sync", err)
        finally:
            sync.send_signal(signal.SIGKILL)
            sync.communicate()
        self.assertEqual(self.deletions(), [])

    def test_a_signal_ends_it_between_two_functions(self):
        arrived = threading.Event()

        def rule(method, path, count):
            if method == "DELETE":
                arrived.set()
                return 1
            return None

        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        process = self.start("delete", "a", "b", "--yes", "--endpoint", proxy.url)
        self.assertTrue(arrived.wait(20))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, err)
        self.assertEqual(out, "deleted     a\n")
        self.assertIn("interrupted b: it was not deleted\n", err)
        self.assertEqual(set(self.emulator.functions()), {"b"})

    def test_bad_words(self):
        for name in ("a:v1", "a:!prod", f"{URN}a", "a/b", "", b"\xff".decode("utf-8", "surrogateescape")):
            _, err = self.run_fgsync("delete", name, "--yes", code=64)
            self.assertRegex(err, "is no name of a function|NAME must not be empty")
        self.run_fgsync("delete", code=64)
        bare = {"PATH": os.environ["PATH"], "FGSYNC_ENDPOINT": self.endpoint, "FGSYNC_PROJECT_ID": PROJECT,
                "FGSYNC_TOKEN": "good", "HOME": ""}
        self.run_fgsync("delete", "a", "--yes", "--no-state", environment=bare)
        self.assertNotIn("a", self.emulator.functions())

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            process = subprocess.run([FGSYNC, "delete", "a", "--yes"], cwd=self.work, env=self.environment(),
                                     stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(process.returncode, 1)
        self.assertIn("could not be written", process.stderr)
        with contextlib.closing(sqlite3.connect(self.directory / "state" / "state.db")) as database:
            events = [row[0] for row in database.execute("SELECT event FROM history WHERE function = 'a'")]
        self.assertEqual(events[-1], "deleted")


if __name__ == "__main__":
    main()
