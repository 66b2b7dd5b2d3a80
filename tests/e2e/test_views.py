#!/usr/bin/env python3
"""The forms of the plan, as a user gets them: files, pipes, terminals, and events while they happen."""
import fcntl
import json
import os
import pty
import resource
import stat
import struct
import subprocess
import termios
import threading
import xml.etree.ElementTree

from harness import FGSYNC, Case, Proxy, main, wait_for

FORMS = ("text", "json", "markdown", "ndjson", "junit")


class Views(Case):
    def events(self, *arguments, **options):
        out, err = self.run_fgsync(*arguments, "-o", "ndjson", **options)
        return [json.loads(line) for line in out.splitlines()], err

    def test_junit_fails_for_what_is_blocked_and_for_mistakes(self):
        self.add_function("good")
        self.add_function("bad", version="v1")
        self.run_fgsync("sync")
        (self.work / "code" / "bad" / "index.py").write_text("changed = True\n")
        self.add_function("wrong", timeout=-1)
        out, _ = self.run_fgsync("plan", "-o", "junit", code=1)
        report = xml.etree.ElementTree.fromstring(out)
        suite = report.find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("3", "2"))
        failures = {case.get("name"): case.find("failure") for case in suite.iter("testcase")}
        self.assertIsNone(failures["good"])
        self.assertEqual(failures["bad"].get("type"), "version_conflict")
        self.assertIn("bump the version", failures["bad"].get("message"))

    def test_events_of_sync(self):
        self.add_function("a")
        events, err = self.events("sync")
        self.assertEqual([event["type"] for event in events],
                         ["version", "planned_change", "change_summary", "apply_start", "apply_progress",
                          "apply_progress", "apply_progress", "apply_complete", "change_summary"])
        self.assertEqual(events[-2]["done"][0], "import")
        self.assertEqual(events[-1]["outcomes"]["done"], 1)
        self.assertEqual(err, "")

    def test_events_are_written_when_they_happen(self):
        self.add_function("a")
        gate = threading.Event()
        seen = []

        def rule(method, path, count):
            if method != "GET":
                seen.append(path)
                gate.wait(20)
            return None

        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        self.addCleanup(gate.set)
        process = self.start("sync", "-o", "ndjson", environment=self.environment(FGSYNC_ENDPOINT=proxy.url))
        lines = []
        while not lines or lines[-1]["type"] != "apply_progress":
            lines.append(json.loads(process.stdout.readline()))
        wait_for(lambda: seen)
        self.assertIsNone(process.poll())  # the call is still under way, and its event is here
        gate.set()
        rest, _ = process.communicate(timeout=30)
        self.assertEqual(json.loads(rest.splitlines()[-1])["operation"], "apply")
        self.assertEqual(process.returncode, 0)

    def test_out_writes_the_plan_for_its_owner_only(self):
        self.add_function("a")
        path = self.work / "plan.json"
        path.write_text("old")
        path.chmod(0o644)
        for form in FORMS:
            out, _ = self.run_fgsync("plan", "-o", form, "--out", "plan.json")
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(json.loads(path.read_text())["changes"][0]["address"], "a")
        self.run_fgsync("sync", "--out", "plan.json")
        self.assertNotIn("results", json.loads(path.read_text()))
        self.assertEqual(sorted(entry.name for entry in self.work.iterdir()),
                         ["code", "fgsync.yaml", "manifests", "plan.json"])

    def test_without_the_file_nothing_is_applied(self):
        self.add_function("a")
        out, err = self.run_fgsync("sync", "--out", "missing/plan.json", code=1)
        self.assertIn("cannot write missing/plan.json: No such file or directory; check the directory", err)
        self.assertIn("Nothing was done.", err)
        self.assertEqual(self.emulator.mutations(), [])
        _, err = self.run_fgsync("plan", "--out", "-", code=64)
        self.assertIn("use -o json", err)

    def test_a_full_disk_leaves_the_old_file_and_applies_nothing(self):
        self.add_function("a")
        for command in ("plan", "sync"):
            out, err = self.run_fgsync(command, "--out", "/dev/full", code=1)
            self.assertIn("cannot write /dev/full: No space left on device; check the directory, its rights", err)
            self.assertTrue(out.startswith("Plan for project"), out)
        (self.work / "plan.json").write_text("old")
        # No file can grow beyond 100 bytes, which is an error like a full disk where the signal is ignored.
        process = subprocess.run([FGSYNC, "sync", "--no-state", "--out", "plan.json"], cwd=self.work, timeout=30,
                                 env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
                                 restore_signals=False)
        self.assertEqual(process.returncode, 1, process.stderr)
        self.assertIn("cannot write plan.json: File too large", process.stderr)
        self.assertIn("Nothing was done.", process.stderr)
        self.assertEqual((self.work / "plan.json").read_text(), "old")
        self.assertEqual(sorted(entry.name for entry in self.work.iterdir()),
                         ["code", "fgsync.yaml", "manifests", "plan.json"])
        self.assertEqual(self.emulator.mutations(), [])

    def test_the_last_line_applies_exactly_what_was_saved(self):
        self.add_function("a")
        names = [b"plan.json", b"my plan's.json", b"-plan.json", b"pl\xe9n\n.json", "pl\u00e4n.json".encode()]
        state = str(self.directory / "my state")
        for number, name in enumerate(names):
            self.add_function("a", timeout=10 + number)
            process = subprocess.run([FGSYNC, "plan", b"--out=" + name, "--state", state, "--adopt", "manifests"],
                                     cwd=self.work, env=self.environment(LC_ALL="C.UTF-8"), stdout=subprocess.PIPE,
                                     timeout=30)
            self.assertEqual(process.returncode, 0)
            last = process.stdout.decode().splitlines()[-1]  # it is UTF-8, whatever the name is
            self.assertRegex(last, r"^Plan [0-9a-f]{12}\. Apply exactly this: fgsync sync --plan")
            self.assertNotIn("--adopt", last)
            command = last.split("this: fgsync ")[1]
            process = subprocess.run(["bash", "-c", '"$0" ' + command, FGSYNC], cwd=self.work, timeout=30,
                                     env=self.environment(LC_ALL="C.UTF-8"), stdout=subprocess.PIPE)
            self.assertEqual(process.returncode, 0, last)
            self.assertIn(b"Sync: 1 done", process.stdout)

    def test_what_was_not_saved_is_not_offered(self):
        self.add_function("a")
        out, _ = self.run_fgsync("plan", "--out", "missing/plan.json", code=1)
        self.assertIn("Apply it: fgsync sync\nTo apply exactly this plan, save it with --out FILE.\n", out)
        out, _ = self.run_fgsync("plan", "--out", "/dev/null")
        self.assertIn("Apply it: fgsync sync\n", out)
        out, _ = self.run_fgsync("plan", "-o", "markdown", "--out", "plan.json")
        self.assertTrue(out.endswith("Apply exactly this:\n\n```text\nfgsync sync --plan plan.json\n```\n"), out)
        self.run_fgsync("sync")
        out, _ = self.run_fgsync("plan", "--out", "plan.json")
        self.assertNotIn("exactly", out)  # there is nothing to apply
        _, err = self.run_fgsync("sync", "--plan", "plan.json", "--out", "other.json", code=64)
        self.assertIn("leave --out out", err)

    def test_nothing_selected_has_every_form(self):
        self.add_function("a")
        for command in ("plan", "sync"):
            for form in FORMS:
                out, _ = self.run_fgsync(command, "-o", form, "-l", "team=none", "--out", "plan.json")
                self.assertNotEqual(out, "")
                self.assertEqual(json.loads((self.work / "plan.json").read_text())["changes"], [])
        self.assertEqual(self.emulator.requests(), [])

    def test_a_full_disk_and_a_closed_pipe(self):
        self.add_function("a")
        for form in FORMS:
            with open("/dev/full", "w") as full:
                process = subprocess.run([FGSYNC, "plan", "-o", form], cwd=self.work, env=self.environment(),
                                         stdout=full, stderr=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual(process.returncode, 1, form)
            self.assertIn("could not be written", process.stderr)
            reader, writer = os.pipe()
            os.close(reader)
            process = subprocess.run([FGSYNC, "plan", "-o", form], cwd=self.work, env=self.environment(),
                                     stdout=writer, stderr=subprocess.PIPE, text=True, timeout=30)
            os.close(writer)
            self.assertEqual((process.returncode, process.stderr), (0, ""), form)

    def test_a_sync_whose_reader_goes_is_still_done(self):
        for number, form in enumerate(FORMS):
            self.add_function("a", timeout=10 + number)
            reader, writer = os.pipe()
            os.close(reader)
            process = subprocess.run([FGSYNC, "sync", "-q", "-o", form], cwd=self.work, env=self.environment(),
                                     stdout=writer, stderr=subprocess.PIPE, text=True, timeout=30)
            os.close(writer)
            self.assertEqual((process.returncode, process.stderr), (0, ""), form)
            self.assertIn("No changes", self.run_fgsync("plan")[0])

    def test_what_is_closed_from_the_start_is_not_taken_for_a_file_of_ours(self):
        self.add_function("a")
        for command in ("plan", "sync", "sync"):
            process = subprocess.run(["bash", "-c", f'"$0" {command} >&-', FGSYNC], cwd=self.work,
                                     env=self.environment(), stderr=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual(process.returncode, 1, command)
            self.assertIn("could not be written to standard output", process.stderr)
            process = subprocess.run(["bash", "-c", f'"$0" {command} <&- 2>&-', FGSYNC], cwd=self.work,
                                     env=self.environment(), stdout=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual(process.returncode, 0, command)
            self.assertTrue(process.stdout.startswith("Plan for project"), process.stdout)
        for path in (self.directory / "state").rglob("*"):
            self.assertNotIn(b"Plan for project", path.read_bytes() if path.is_file() else b"", path)

    def on_a_terminal(self, columns, *command, code=0, **variables):
        """What a command, else `fgsync plan`, writes to a terminal of this width."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([FGSYNC, *(command or ["plan"])], cwd=self.work, stdout=slave, stderr=slave,
                                   stdin=slave, env=self.environment(**{"TERM": "xterm", "COLUMNS": None,
                                                                        "LC_ALL": "C.UTF-8", "NO_COLOR": None,
                                                                        "CLICOLOR_FORCE": None, **variables}))
        os.close(slave)
        text = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:  # the other end has gone
                break
            if not piece:
                break
            text += piece
        os.close(master)
        self.assertEqual(process.wait(timeout=30), code)
        return text.decode().replace("\r\n", "\n")

    def test_a_terminal_has_a_width_and_colours(self):
        name = "a-function-with-a-name-that-is-quite-long-for-a-terminal"
        self.add_function(name)
        text = self.on_a_terminal(40)
        self.assertIn(f"\x1b[32m+\x1b[0m {name}\n    import", text)
        lines = [line for line in text.splitlines() if name not in line]
        self.assertLessEqual(max(len(line) for line in lines if "\x1b" not in line and "http" not in line), 40)
        self.assertIn(f"+ {name}   import, publish", self.on_a_terminal(40, COLUMNS="300", NO_COLOR="1"))
        self.assertIn("->", self.on_a_terminal(300, LC_ALL="C"))
        self.assertIn("→", self.on_a_terminal(300))

    def test_all_commands_keep_to_the_width_and_the_characters(self):
        self.add_function("a")
        self.run_fgsync("sync", "-q")
        (self.work / "code/a/index.py").write_text("changed = 1\n")
        self.run_fgsync("sync", "-q")
        self.run_fgsync("suspend", "a", "--reason", os.fsdecode(b"one \xe2\x80\xae two \xff three"))
        commands = (["status"], ["status", "-o", "wide"], ["history"], ["doctor"], ["delete", "a", "--dry-run"],
                    ["hold", "a"], ["release", "a"], ["suspend", "a"], ["resume", "a"], ["adopt", "--all", "--dry-run"])
        for command in commands:
            with self.subTest(command):
                reason = ["--reason", "why, and some more of it"] if command[0] in ("hold", "suspend") else []
                text = self.on_a_terminal(20, *command, *reason, LC_ALL="C", NO_COLOR="1")
                self.assertTrue(text.isascii(), text)
                # What has no blank is not broken.
                long = [line for line in text.splitlines() if len(line) > 20 and " " in line.strip()]
                self.assertEqual(long, [])
        for command in (["history"], ["delete", "a", "--dry-run"]):
            out, _ = self.run_fgsync(*command, environment=self.environment(LC_ALL="C"))
            self.assertIn("->", out)
            self.assertTrue(out.isascii())

    def test_reasons_cannot_turn_the_screen_around(self):
        self.add_function("a")
        self.run_fgsync("sync", "-q")
        self.run_fgsync("suspend", "a", "--reason", os.fsdecode(b"one \xe2\x80\xae two \xff three"))
        for command in ("status", "history"):
            out, _ = self.run_fgsync(command)
            self.assertIn("one ? two \ufffd three", out)

    def test_off_a_terminal_there_is_neither(self):
        self.add_function("a")
        environment = self.environment(COLUMNS="20", LC_ALL="C.UTF-8", NO_COLOR=None, CLICOLOR_FORCE=None)
        out, _ = self.run_fgsync("plan", environment=environment)
        self.assertNotIn("\x1b", out)
        self.assertIn("+ a              import, publish", out)
        out, _ = self.run_fgsync("plan", environment={**environment, "CLICOLOR_FORCE": "1"})
        self.assertIn("\x1b[32m+", out)
        out, _ = self.run_fgsync("plan", "--color", "never", environment={**environment, "CLICOLOR_FORCE": "1"})
        self.assertNotIn("\x1b", out)

    def test_arguments_that_are_no_utf_8_or_would_control_the_terminal(self):
        self.add_function("a")
        self.add_function("b")
        bad = b"r\xff\x1b[31m"
        (self.work / "manifests" / "a.yaml").rename(self.work / "a.yaml")
        place = os.fsencode(self.work) + b"/" + bad
        os.mkdir(place)
        os.rename(self.work / "a.yaml", place + b"/a.yaml")

        def run(*arguments):
            process = subprocess.run([FGSYNC, *arguments], cwd=self.work, env=self.environment(LC_ALL="C.UTF-8"),
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
            text = (process.stdout + process.stderr).decode()  # it is UTF-8
            self.assertNotIn("\x1b", text, arguments)
            return process.returncode, text

        for form in FORMS:
            code, text = run("plan", "-o", form, bad)
            self.assertEqual(code, 0, text)
            self.assertTrue("r\ufffd" in text, text)
        for code, arguments in (
                (64, [bad]), (64, ["plan", b"--" + bad]), (64, ["plan", "-o", bad]), (64, ["plan", "-l", bad]),
                (64, ["completion", bad]), (78, ["plan", "-n", bad]), (78, ["plan", "--env", bad]),
                (78, ["plan", "--root", b"no" + bad]), (78, ["plan", b"no" + bad]), (78, ["plan", "--endpoint", bad]),
                (78, ["plan", "--project-id", bad]), (78, ["sync", "--plan", b"no" + bad]),
                (1, ["plan", "--out", b"no/" + bad, bad])):
            got, text = run(*arguments)
            self.assertEqual(got, code, (arguments, text))
            self.assertIn("r\ufffd", text)

    def test_what_the_service_says_breaks_no_form(self):
        self.add_function("a", description="a")
        self.run_fgsync("sync")
        raw = (b'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s')
        body = b'{"error_code": "FSS.1", "error_msg": "caf\\u00e9 \\u001b[31m </code> \\u0000 \\uffff \\n@all"}'
        proxy = Proxy(self.emulator.port, lambda method, path, count:
                      raw % (len(body), body) if "/functions/" in path else None)
        self.addCleanup(proxy.stop)
        for form in FORMS:
            process = subprocess.run([FGSYNC, "plan", "-o", form, "--refresh", "full"], cwd=self.work,
                                     env=self.environment(FGSYNC_ENDPOINT=proxy.url, LC_ALL="C.UTF-8"),
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(process.returncode, 1, process.stderr)
            text = process.stdout.decode()  # it is UTF-8
            self.assertNotIn("\x1b", text)
            self.assertIn("FSS.1", text)
            if form == "json":
                json.loads(text)
            if form == "junit":
                xml.etree.ElementTree.fromstring(text)
            if form == "ndjson":
                self.assertTrue(all(json.loads(line) for line in text.splitlines()))


if __name__ == "__main__":
    main()
