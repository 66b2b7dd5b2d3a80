"""What is deleted and what is not, how much is read, and who is asked: the flags and the guards of fgsync.yaml."""
import json
import os
import pty
import select
import subprocess
import time

from harness import Case, FGSYNC, URN, main


class Prune(Case):
    def two_of_three(self):
        """Three functions on the service, the manifest of `c` gone."""
        for name in ("a", "b", "c"):
            self.add_function(name)
        self.run_fgsync("sync")
        (self.work / "manifests" / "c.yaml").unlink()

    def names(self):
        return sorted(self.emulator.functions())

    def test_a_function_without_a_manifest_is_deleted_in_the_second_run_with_prune(self):
        self.two_of_three()
        out, _ = self.run_fgsync("sync", "--prune")
        self.assertIn("i c  ", out)
        self.assertIn("this is number 1", out)
        self.assertEqual(self.names(), ["a", "b", "c"])
        out, _ = self.run_fgsync("sync", "--prune")
        self.assertIn("- c              delete (manifest removed; 1 of at most 1 delete)\n", out)
        self.assertIn("Plan: 1 to delete, 2 unchanged.", out)
        self.assertEqual(self.names(), ["a", "b"])
        out, _ = self.run_fgsync("sync", "--prune")
        self.assertIn("No changes: 2 functions as the manifests say.", out)

    def test_the_configuration_decides_and_a_flag_overrides_it(self):
        self.two_of_three()
        self.configure(guards={"prune": True, "prune_after": 1})
        out, _ = self.run_fgsync("plan", "--no-prune")
        self.assertIn("! c              blocked: no manifest wants it any more", out)
        out, _ = self.run_fgsync("plan")
        self.assertIn("- c              delete (manifest removed; 1 of at most 1 delete)\n", out)
        self.run_fgsync("sync")
        self.assertEqual(self.names(), ["a", "b"])

    def test_who_cannot_count_runs_says_why(self):
        self.two_of_three()
        out, _ = self.run_fgsync("plan", "--prune", "--no-state")
        self.assertIn("and this run has none: run without --no-state", out)
        out, _ = self.run_fgsync("plan", "--prune", "--state", str(self.directory / "another"))
        self.assertIn("this state has never seen it as wanted", out)
        self.assertRegex(out, "next: fgsync forget (--state [^ ]+ )?c\n")

    def test_more_deletes_than_max_delete_are_none(self):
        self.two_of_three()
        self.configure(guards={"prune": True, "prune_after": 1, "max_delete": 0})
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("at most 0 functions and aliases are deleted in one run", out)
        self.assertEqual(self.names(), ["a", "b", "c"])

    def test_a_selection_a_path_and_a_mistake_delete_nothing(self):
        self.two_of_three()
        self.configure(guards={"prune": True, "prune_after": 1})
        self.run_fgsync("sync", "-n", "a")
        self.run_fgsync("sync", "manifests/a.yaml")
        (self.work / "manifests" / "bad.yaml").write_text("apiVersion: fgsync/v1\nkind: Function\nspec: 1\n")
        self.run_fgsync("sync", code=1)
        self.assertEqual(self.names(), ["a", "b", "c"])

    def test_a_manifest_in_code_keeps_prune_away_and_is_named_everywhere(self):
        self.two_of_three()
        config = self.work / "fgsync.yaml"
        config.write_text(config.read_text().replace("directory: manifests", "directory: ."))
        (self.work / "code/a/m.yaml").write_text((self.work / "manifests/b.yaml").read_text().replace('"b"', '"other"', 1))
        warning = "not all of the source is read: code/a/m.yaml is a manifest inside the code of a; nothing is pruned"
        for _ in range(3):
            out, err = self.run_fgsync("sync", "--prune", "--yes")
            self.assertIn(warning, err)
            self.assertIn("move it out of the code", err)
        self.assertEqual(self.names(), ["a", "b", "c"])
        out, _ = self.run_fgsync("status", "c")
        self.assertIn("is not known: code/a/m.yaml is a manifest inside the code of a", out)
        _, err = self.run_fgsync("delete", "c", "--yes", code=3)
        self.assertIn("next: code/a/m.yaml is a manifest inside the code of a: move it out of the code\n", err)
        self.assertNotIn("next: fgsync validate", err)
        _, err = self.run_fgsync("sync", "-n", "a")
        self.assertNotIn("not all of the source", err)
        (self.work / "code/a/m.yaml").unlink()
        _, err = self.run_fgsync("sync", "--prune", "--yes")
        self.run_fgsync("sync", "--prune", "--yes")
        self.assertEqual(self.names(), ["a", "b"])

    def test_what_is_called_by_triggers_needs_a_confirmation(self):
        self.two_of_three()
        self.emulator.call("POST", f"/triggers/{URN}c", {
            "trigger_type_code": "TIMER", "trigger_status": "ACTIVE", "event_type_code": "MessageCreated",
            "event_data": {"name": "t", "schedule_type": "Rate", "schedule": "3m"}})
        self.configure(guards={"prune": True, "prune_after": 1})
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("triggers call it", out)
        self.configure(guards={"prune": True, "prune_after": 1, "confirm_delete": ["c"]})
        self.run_fgsync("sync")
        self.assertEqual(self.names(), ["a", "b"])

    def test_who_sits_at_a_terminal_is_asked(self):
        self.two_of_three()
        self.configure(guards={"prune": True, "prune_after": 1})
        code, shown = self.at_a_terminal("no\n")
        self.assertEqual(code, 3, shown)
        self.assertIn("This deletes 1 function: c.", shown)
        self.assertIn("Nothing was done.", shown)
        self.assertEqual(self.names(), ["a", "b", "c"])
        code, shown = self.at_a_terminal("yes\n")
        self.assertEqual(code, 0, shown)
        self.assertEqual(self.names(), ["a", "b"])

    def test_with_yes_nobody_is_asked(self):
        self.two_of_three()
        self.configure(guards={"prune": True, "prune_after": 1})
        code, shown = self.at_a_terminal("", "--yes")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("Type yes", shown)
        self.assertEqual(self.names(), ["a", "b"])

    def at_a_terminal(self, answer, *flags):
        """`sync` with a terminal of its own; its exit code, and all that is shown there."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([FGSYNC, "sync", "--color", "never", *flags], cwd=self.work, stdin=theirs,
                                   stdout=theirs, stderr=theirs, env=self.environment())
        os.close(theirs)
        os.write(ours, answer.encode())
        shown = b""
        while True:
            if not select.select([ours], [], [], 60)[0]:
                process.kill()
                break
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        return process.wait(timeout=20), shown.decode()


class Extent(Case):
    def test_an_unchanged_function_is_not_read_again_while_the_list_shows_no_change(self):
        for name in ("a", "b"):
            self.add_function(name)
        self.run_fgsync("sync")
        self.run_fgsync("sync")
        before = len(self.emulator.requests())
        out, _ = self.run_fgsync("plan")
        self.assertEqual(len(self.emulator.requests()) - before, 1)
        self.assertRegex(out, r"1 call, \d+ ms; unchanged in the list: as read up to \d+ (s|min) ago\)")
        out, _ = self.run_fgsync("plan", "-o", "json")
        self.assertIn("trusted_since", json.loads(out))
        for flags in (["--refresh", "full"], ["--no-state"], ["--prune"]):
            before = len(self.emulator.requests())
            out, _ = self.run_fgsync("plan", *flags)
            self.assertEqual(len(self.emulator.requests()) - before, 7, flags)
            self.assertNotIn("unchanged in the list", out)

    def test_a_change_on_the_service_shows_in_the_list(self):
        self.add_function("a")
        self.run_fgsync("sync")
        self.run_fgsync("sync")
        config = self.emulator.call("GET", f"/functions/{URN}a/config")
        self.emulator.call("PUT", f"/functions/{URN}a/config", {
            key: config[key] for key in ("func_name", "runtime", "handler", "memory_size", "description")
        } | {"timeout": 77})
        out, _ = self.run_fgsync("plan")
        self.assertIn("config: timeout 77 → 3 s (changed on the service)", out)
        self.configure(guards={"self_heal": False})
        out, _ = self.run_fgsync("plan", "--detailed-exitcode")
        self.assertIn("i a              note: timeout was changed on the service and is left alone (self_heal: false)\n", out)

    def test_how_long_a_look_holds_is_configured(self):
        self.configure(intervals={"full_refresh": "1s"})
        self.add_function("a")
        self.run_fgsync("sync")
        self.run_fgsync("sync")
        time.sleep(2.1)
        before = len(self.emulator.requests())
        self.run_fgsync("plan")
        self.assertEqual(len(self.emulator.requests()) - before, 4)

    def test_new_functions_are_made_as_configured(self):
        self.configure(import_via="create")
        self.add_function("a")
        out, _ = self.run_fgsync("plan")
        self.assertIn("+ a              create, publish v-", out)
        self.run_fgsync("sync")
        paths = [row["path"] for row in self.emulator.mutations()]
        self.assertTrue(paths[0].endswith("/fgs/functions"), paths)

    def test_what_cannot_be_changed_in_place_is_made_anew_only_when_that_is_allowed(self):
        self.add_function("a", on_change="recreate", aliases=[])
        self.run_fgsync("sync")
        self.add_function("a", on_change="recreate", aliases=[], runtime="Python3.10")
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("next: fgsync sync --allow-recreate", out)
        out, _ = self.run_fgsync("plan", "--allow-recreate")
        self.assertIn("- a              recreate (cannot be changed in place; 1 of at most 1 delete): delete with all versions "
                      "and aliases, then import, publish v-", out)
        self.assertIn("Apply it: fgsync sync --allow-recreate\n", out)
        self.run_fgsync("sync", "--allow-recreate")
        self.assertEqual(self.emulator.call("GET", f"/functions/{URN}a/config")["runtime"], "Python3.10")


if __name__ == "__main__":
    main()
