"""What a user does on a good day, and the exit codes that scripts rely on."""
import json
import pathlib

from harness import Case, Emulator, FGSYNC, main


class Flow(Case):
    def test_import_publish_alias_and_then_nothing(self):
        self.add_function("a", version="v1.0.0")
        self.run_fgsync("plan", "--detailed-exitcode", code=2)
        self.assertEqual(self.emulator.functions(), {})
        out, _ = self.run_fgsync("sync")
        self.assertIn("done", out)
        self.assertEqual(self.emulator.versions("a"), ["latest", "v1.0.0"])
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1.0.0"})
        out, _ = self.run_fgsync("plan", "--detailed-exitcode", code=0)
        self.assertIn("No changes", out)

    def test_one_changed_byte_touches_one_function(self):
        for name in ("a", "b", "c"):
            self.add_function(name)
        self.run_fgsync("sync")
        before = len(self.emulator.mutations())
        code = self.work / "code" / "b" / "index.py"
        code.write_text(code.read_text().replace("'b'", "'B'"))
        out, _ = self.run_fgsync("sync", "-o", "json")
        plan = json.loads(out)
        self.assertEqual([change["address"] for change in plan["changes"]], ["b"])
        self.assertEqual([action["action"] for action in plan["changes"][0]["actions"]],
                         ["update_code", "publish", "update_alias"])
        self.assertTrue(all(":b" in row["path"] for row in self.emulator.mutations()[before:]))
        self.assertEqual(len(self.emulator.versions("b")), 3)

    def test_a_changed_file_is_named_in_the_plan(self):
        self.add_function("a")
        self.run_fgsync("sync")
        (self.work / "code" / "a" / "more.py").write_text("x = 1\n")
        out, _ = self.run_fgsync("plan")
        self.assertIn("code changed: 1 file, +6 B", out)
        self.assertIn("(+ more.py)", out)

    def test_everything_works_without_state(self):
        self.add_function("a")
        self.run_fgsync("sync", "--no-state")
        out, _ = self.run_fgsync("plan", "--no-state", "--detailed-exitcode", code=0)
        self.assertIn("No changes", out)
        self.assertFalse((self.directory / "state").exists())

    def test_blocked_is_exit_3_unless_allowed(self):
        self.add_function("a", version="v1")
        self.run_fgsync("sync")
        (self.work / "code" / "a" / "index.py").write_text("changed = True\n")
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("v1 is already published with other code", out)
        self.assertIn("manifests/a.yaml:", out)
        self.run_fgsync("sync", "--allow-blocked", code=0)
        self.run_fgsync("plan", code=0)
        self.run_fgsync("plan", "--detailed-exitcode", code=3)

    def test_one_bad_manifest_does_not_hold_back_the_others(self):
        self.add_function("a")
        self.add_function("b", timeout="soon")
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn("manifests/b.yaml:", err)
        self.assertIn("spec.timeout", err)
        self.assertEqual(list(self.emulator.functions()), ["a"])

    def test_a_removed_manifest_deletes_nothing(self):
        self.add_function("a")
        self.add_function("b")
        self.run_fgsync("sync")
        (self.work / "manifests" / "b.yaml").unlink()
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("no manifest wants it any more", out)
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])

    def test_the_emulator_keeps_its_state(self):
        self.add_function("a")
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.stop(), 0)
        self.emulator = Emulator(self.directory, "--state", str(self.directory / "emulator.db"))
        self.endpoint = self.emulator.url
        out, _ = self.run_fgsync("plan", "--no-state", "--detailed-exitcode", code=0)
        self.assertIn("No changes", out)

    def test_a_single_file_is_planned_alone(self):
        self.add_function("a")
        self.add_function("b")
        out, _ = self.run_fgsync("plan", "manifests/b.yaml")
        self.assertNotIn("+ a ", out)
        self.assertIn("+ b ", out)

    def test_every_example_is_planned_and_synced(self):
        examples = pathlib.Path(__file__).resolve().parents[2] / "examples"
        names = sorted(path.stem for path in (examples / "manifests").glob("*.yaml"))
        self.assertEqual(len(names), 5)
        out, err = self.run_fgsync("plan", "-o", "json", str(examples))
        plan = json.loads(out)
        self.assertEqual(err, "")
        self.assertEqual(sorted(change["address"] for change in plan["changes"]), names)
        self.assertEqual({change["actions"][0]["action"] for change in plan["changes"]}, {"import"})
        self.run_fgsync("sync", str(examples))
        self.assertEqual(sorted(self.emulator.functions()), names)
        self.run_fgsync("plan", "--detailed-exitcode", str(examples), code=0)

    def test_package_writes_what_is_uploaded(self):
        self.add_function("a")
        out, _ = self.run_fgsync("package", "a", "-O", str(self.directory / "a.zip"), "-o", "json")
        digests = json.loads(out)
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.functions()["a"]["digest"], digests["archive_digest"])
        self.assertEqual((self.directory / "a.zip").read_bytes()[:2], b"PK")

    def test_validate_needs_no_service(self):
        self.add_function("a")
        out, _ = self.run_fgsync("validate", environment={"PATH": "/usr/bin"})
        self.assertEqual(out, "1 function valid, 0 errors.\n")

    def test_validate_looks_at_the_code_directories(self):
        self.add_function("a", code={"directory": "../code/gone"})
        self.add_function("b", code={"directory": "../.."})
        out, _ = self.run_fgsync("validate", code=78)
        self.assertIn("spec.code.directory: code/gone is not a directory", out)
        self.assertIn("lies outside of the root", out)
        self.assertIn("0 functions valid, 2 errors.", out)
        _, err = self.run_fgsync("package", "b", code=1)
        self.assertIn("lies outside of the root", err)

    def test_the_plan_names_the_command_that_applies_it(self):
        self.add_function("a")
        out, _ = self.run_fgsync("plan", "--adopt", "--state", str(self.directory / "my state"), "manifests")
        self.assertIn(f"Apply it: fgsync sync --state '{self.directory}/my state' --adopt manifests\n", out)

    def test_the_state_is_nobody_elses_to_read(self):
        self.add_function("a")
        (self.directory / "state").mkdir(mode=0o755)
        self.run_fgsync("sync")
        for path in (self.directory / "state").glob("state.db*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_no_colours_in_a_pipe(self):
        self.add_function("a")
        out, _ = self.run_fgsync("plan")
        self.assertNotIn("\033", out)
        out, _ = self.run_fgsync("plan", "--color", "always")
        self.assertIn("\033", out)

    def test_help_and_version(self):
        for command in ("plan", "sync", "validate", "package", "version"):
            out, _ = self.run_fgsync(command, "--help")
            self.assertIn("Example:\n  fgsync " + command, out)
        out, _ = self.run_fgsync("version")
        self.assertRegex(out, r"^fgsync \d+\.\d+\.\d+\n$")
        self.assertTrue(pathlib.Path(FGSYNC).exists())


if __name__ == "__main__":
    main()
