"""Completion: the bash script, sourced by bash, against what the program itself says of its commands and flags."""
import json
import os
import re
import shlex
import subprocess
import time

from harness import Case, FGSYNC, main

DRIVER = r"""
source completion.sh
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_fgsync
printf '%s\n' "${COMPREPLY[@]}"
"""


class Completion(Case):
    def setUp(self):
        super().setUp()
        out, _ = self.run_fgsync("completion", "bash")
        (self.work / "completion.sh").write_text(out)

    def complete(self, *words, environment=None):
        """What bash offers for the last word; `fgsync` is the program under test."""
        process = subprocess.run(["bash", "--norc", "-u", "-c", DRIVER, "bash", FGSYNC, *words], cwd=self.work,
                                 env=environment or self.environment(FGSYNC_COMPLETION_PATIENCE="10000"), capture_output=True, text=True, timeout=60)
        self.assertEqual((process.returncode, process.stderr), (0, ""), words)
        return [line for line in process.stdout.splitlines() if line]

    def commands(self):
        out, _ = self.run_fgsync("--help")
        return re.findall(r"^  ([a-z]+)  ", out, re.M)

    def test_every_command_is_offered(self):
        commands = self.commands()
        self.assertIn("plan", commands)
        self.assertEqual([word for word in self.complete("") if not word.startswith("-")], commands)
        self.assertEqual(self.complete("val"), ["validate"])
        self.assertEqual(self.complete("--v"), ["--version"])

    def test_every_flag_that_help_shows_is_offered_and_no_other(self):
        for command in self.commands():
            out, _ = self.run_fgsync(command, "--help")
            shown = set()
            for line in re.findall(r"^  (-[^ ,]+(?:, -[^ ,]+)*)", out, re.M):
                shown.update(line.split(", "))
            self.assertIn("--help", shown)
            self.assertEqual(set(self.complete(command, "-")), shown, command)

    def test_fixed_words_after_a_flag(self):
        self.assertEqual(self.complete("plan", "--color", ""), ["auto", "always", "never"])
        self.assertEqual(self.complete("plan", "--color", "a"), ["auto", "always"])
        self.assertEqual(self.complete("plan", "--color", "=", "n"), ["never"])
        self.assertEqual(self.complete("plan", "--color", "="), ["auto", "always", "never"])
        self.assertEqual(self.complete("completion", ""), ["bash", "zsh", "fish"])

    def test_every_fixed_word_is_one_that_the_program_takes(self):
        script = (self.work / "completion.sh").read_text()
        rows = re.findall(r"^\s+([a-z]+):(-\S+)\) kind=choice choices='([^']+)'", script, re.M)
        self.assertTrue(rows)
        for command, names, words in rows:
            flag = names.split("|")[-1].split(":")[-1]
            for word in words.split():
                # A flag that nobody knows comes last: parsing got past the word, and nothing is run.
                _, err = self.run_fgsync(command, flag, word, "--no-such-flag", code=64)
                self.assertRegex(err, "--no-such-flag|is required", (command, flag, word))

    def test_files_and_folders(self):
        (self.work / "ca.pem").write_text("")
        self.assertEqual(self.complete("plan", "--ca-file", "c"), ["ca.pem", "completion.sh"])
        self.assertEqual(self.complete("plan", "--root", ""), ["manifests"])
        self.assertEqual(self.complete("plan", "man"), ["manifests"])
        self.assertEqual(self.complete("plan", "--parallel", ""), [])

    def test_names_from_the_manifests(self):
        self.add_function("orders-api")
        self.add_function("orders-worker")
        self.add_function("thumbnail")
        self.assertEqual(self.complete("plan", "-n", "or"), ["orders-api", "orders-worker"])
        self.assertEqual(self.complete("package", "th"), ["thumbnail"])
        # The second word is a PATH.
        self.assertEqual(self.complete("package", "thumbnail", "man"), ["manifests"])
        self.assertEqual(self.complete("rollback", "--to", "v1", "th"), ["thumbnail"])

    def test_names_from_the_state_when_the_manifest_is_gone(self):
        self.add_function("a")
        self.run_fgsync("sync")
        (self.work / "manifests" / "a.yaml").unlink()
        self.assertEqual(self.complete("forget", ""), ["a"])
        other = str(self.directory / "other")
        self.assertEqual(self.complete("forget", "--state", other, ""), [])
        self.assertEqual(self.complete("forget", "--state", "=", other, ""), [])
        self.assertFalse((self.directory / "other").exists())

    def test_names_are_compared_and_never_run(self):
        self.assertEqual(self.complete("forget", "$(touch owned)"), [])
        self.assertEqual(self.complete("plan", "-n", "`touch owned`"), [])
        self.assertFalse((self.work / "owned").exists())

    def test_without_manifests_state_configuration_or_home_there_is_silence(self):
        (self.work / "fgsync.yaml").write_text("[")
        bare = {"PATH": os.environ["PATH"]}
        self.assertEqual(self.complete("history", "", environment=bare), [])
        for words in ([], ["functions"], ["functions", "--root"], ["functions", "\udcff"], ["what"]):
            process = subprocess.run([FGSYNC, "__complete", *words], cwd=self.work, env=bare, capture_output=True)
            self.assertEqual((process.returncode, process.stdout, process.stderr), (0, b"", b""), words)

    def test_many_manifests_do_not_make_it_wait(self):
        for number in range(600):
            self.add_function(f"f{number:04d}")
        start = time.monotonic()
        names = self.complete("plan", "-n", "f", environment=self.environment())
        self.assertLess(time.monotonic() - start, 2)
        self.assertIn(len(names), (0, 600))  # all or none, never some

    def test_all_shells_get_the_same_flags(self):
        bash = (self.work / "completion.sh").read_text()
        flags = set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", " ".join(re.findall(r"flags='([^']*)'", bash))))
        zsh, _ = self.run_fgsync("completion", "zsh")
        fish, _ = self.run_fgsync("completion", "fish")
        self.assertLessEqual(flags, set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", zsh)))
        self.assertLessEqual({flag[2:] for flag in flags}, set(re.findall(r" -l ([a-z-]+)", fish)))
        self.assertEqual(subprocess.run(["bash", "-n", "completion.sh"], cwd=self.work).returncode, 0)

    def test_a_shell_that_is_none(self):
        _, err = self.run_fgsync("completion", "csh", code=64)
        self.assertIn("csh", err)
        self.run_fgsync("completion", code=64)


class Version(Case):
    def test_the_version_as_json(self):
        out, _ = self.run_fgsync("version", "--json")
        version = json.loads(out)
        text, _ = self.run_fgsync("version")
        self.assertEqual(text, f"fgsync {version['version']}\n")
        self.assertEqual(list(version), ["name", "version", "format_version", "build", "libraries"])
        self.add_function("a")
        plan, _ = self.run_fgsync("plan", "-o", "json")
        self.assertEqual(version["format_version"], json.loads(plan)["format_version"])

    def test_closed_and_full_output(self):
        for arguments in (["version", "--json"], ["completion", "bash"]):
            with open("/dev/full", "w") as full:
                process = subprocess.run([FGSYNC, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(process.returncode, 1)
            self.assertIn("could not be written", process.stderr)
            closed = subprocess.run(["sh", "-c", "exec " + shlex.join([FGSYNC, *arguments]) + " >&-"],
                                    stderr=subprocess.PIPE, text=True)
            self.assertEqual(closed.returncode, 1)


if __name__ == "__main__":
    main()
