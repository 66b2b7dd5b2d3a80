"""When a person steps in: rollback, hold, release, forget, and the history of it all."""
import json
import subprocess

from harness import Case, Proxy, URN, main


REFUSAL = (b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 49\r\n\r\n"
           b'{"error_code":"FSS.0400","error_msg":"no thanks"}')


class Intervention(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a", version="v1")
        self.run_fgsync("sync")

    def change_code(self, version):
        self.add_function("a", version=version)
        (self.work / "code" / "a" / "index.py").write_text(f"version = {version!r}\n")

    def elsewhere(self):
        """The environment of another machine: it has never seen this project."""
        return self.environment(FGSYNC_STATE=str(self.directory / "other-state"))

    def description(self, alias="prod"):
        aliases = self.emulator.call("GET", f"/functions/{URN}a/aliases")
        return next(row for row in aliases if row["name"] == alias)["description"]

    def roll_back(self, **options):
        self.change_code("v2")
        self.run_fgsync("sync")
        return self.run_fgsync("rollback", "a", "--to", "v1", "--reason", "wrong colours", **options)


class Rollback(Intervention):
    def test_the_alias_goes_back_and_what_it_left_stays_away_until_it_is_released(self):
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        out, _ = self.roll_back()
        self.assertRegex(out, r"^rolled back a: alias prod v2 → v1\nheld        fingerprint [0-9a-f]{12}, until")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        self.assertRegex(self.description(), r"\[fgsync:hold=[0-9a-f]{12}\]$")
        for environment in (self.environment(), self.elsewhere()):
            before = len(self.emulator.mutations())
            out, _ = self.run_fgsync("sync", code=3, environment=environment)
            self.assertIn("is held by ", out)
            self.assertIn("next: fgsync release a\n", out)
            self.assertEqual(len(self.emulator.mutations()), before)
        out, _ = self.run_fgsync("plan")
        self.assertIn(": wrong colours; it goes on when", out)

        out, _ = self.run_fgsync("release", "a")
        self.assertEqual(out, "released    a: mark removed from alias prod\n")
        self.assertEqual(self.description(), "")
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})
        self.assertEqual(self.emulator.versions("a"), ["latest", "v1", "v2"])
        out, _ = self.run_fgsync("release", "a")
        self.assertEqual(out, "Nothing holds a.\n")

    def test_other_code_ends_the_hold_also_on_another_machine(self):
        self.roll_back()
        self.change_code("v3")
        self.run_fgsync("sync", environment=self.elsewhere())
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v3"})
        self.assertEqual(self.description(), "")
        self.run_fgsync("plan", "--detailed-exitcode")

    def test_the_rejected_code_is_still_held_when_it_comes_back(self):
        self.roll_back()
        held = (self.work / "code" / "a" / "index.py").read_text()
        self.change_code("v3")
        self.run_fgsync("sync")
        self.add_function("a", version="v2")
        (self.work / "code" / "a" / "index.py").write_text(held)
        self.run_fgsync("sync", code=3)
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v3"})

    def test_a_machine_without_state_can_roll_back_and_release(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        self.run_fgsync("rollback", "a", "--to", "v1", "--no-state")
        out, _ = self.run_fgsync("sync", "--no-state", code=3)
        self.assertIn("is held by the mark at the alias prod", out)
        self.run_fgsync("release", "a", "--no-state")
        self.run_fgsync("sync", "--no-state")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def test_all_traffic_goes_to_the_older_version(self):
        self.change_code("v2")
        self.add_function("a", version="v2", aliases=[
            {"name": "prod", "version": "current", "additional_version_weights": {"v1": 20}}])
        (self.work / "code" / "a" / "index.py").write_text("version = 'v2'\n")
        self.run_fgsync("sync")
        alias = self.emulator.call("GET", f"/functions/{URN}a/aliases")[0]
        self.assertEqual(alias["additional_version_weights"], {"v1": 20})
        self.run_fgsync("rollback", "a", "--to", "v1", "--alias", "prod")
        alias = self.emulator.call("GET", f"/functions/{URN}a/aliases")[0]
        self.assertEqual(alias["version"], "v1")
        self.assertFalse(alias.get("additional_version_weights"))

    def test_a_lost_answer_is_settled_by_looking(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        proxy = Proxy(self.emulator.port, lambda method, path, count: "lose" if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        self.run_fgsync("rollback", "a", "--to", "v1", "--endpoint", proxy.url, "--no-state")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        self.assertEqual(sum(row["method"] == "PUT" and "/aliases/" in row["path"]
                             for row in self.emulator.mutations()[-1:]), 1)

    def test_a_rollback_whose_answer_is_lost_is_unknown_until_a_sync_looks(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        # A connection that breaks, and what a dead proxy says.
        proxy = Proxy(self.emulator.port, lambda method, path, count: "drop" if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        self.run_fgsync("sync", "--endpoint", proxy.url)  # a state of this endpoint
        out, err = self.run_fgsync("rollback", "a", "--to", "v1", "--endpoint", proxy.url, code=1)
        self.assertEqual(out, "")
        self.assertRegex(err, r"^unknown     a: .*whether the alias prod was changed is not known \(after the answer was "
                              r"lost it was on v2\).*, fingerprint [0-9a-f]{12}, is held now, and the next sync looks "
                              r"where the alias stands; then roll back again, or let it go on: fgsync release a\n$")
        out, _ = self.run_fgsync("history", "a", "-n", "1", "-o", "json", "--endpoint", proxy.url)
        self.assertEqual(json.loads(out)["entries"][0]["event"], "unknown")
        self.assertEqual(self.status(proxy.url), ("Unknown", "interrupted"))
        self.run_fgsync("sync", "--endpoint", proxy.url, code=3)
        self.assertEqual(self.status(proxy.url), ("Held", "held"))
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def status(self, endpoint):
        out, _ = self.run_fgsync("status", "a", "-o", "json", "--endpoint", endpoint)
        row = json.loads(out)["functions"][0]
        return row["condition"], row["code"]

    def test_a_forbidden_rollback_leaves_no_hold_and_no_open_step(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        refusal = REFUSAL.replace(b"400 Bad Request", b"403 Forbidden").replace(b"0400", b"0403")
        proxy = Proxy(self.emulator.port, lambda method, path, count: refusal if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        self.run_fgsync("sync", "--endpoint", proxy.url)
        self.run_fgsync("rollback", "a", "--to", "v1", "--reason", "x", "--endpoint", proxy.url, code=1)
        out, _ = self.run_fgsync("history", "a", "-n", "1", "-o", "json", "--endpoint", proxy.url)
        entry = json.loads(out)["entries"][0]
        self.assertEqual(entry["event"], "failed")
        self.assertIn("alias prod v2 → v1, nothing was done: x; ", entry["detail"])
        self.assertNotIn("held", entry["detail"])
        self.assertEqual(self.status(proxy.url), ("Failed", "failed"))

    def test_a_refused_rollback_holds_nothing(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        proxy = Proxy(self.emulator.port, lambda method, path, count: REFUSAL if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        _, err = self.run_fgsync("rollback", "a", "--to", "v1", "--endpoint", proxy.url, code=1)
        self.assertIn("no thanks", err)
        out, _ = self.run_fgsync("history", "--endpoint", proxy.url)
        self.assertIn("  failed      a: alias prod v2 → v1, ", out)
        out, _ = self.run_fgsync("plan", "--endpoint", proxy.url, "--detailed-exitcode")
        self.assertIn("No changes", out)

    def test_what_cannot_be_rolled_back_says_why_and_changes_nothing(self):
        before = len(self.emulator.mutations())
        cases = {
            ("a", "--to", "v9"): "a has no published version v9; there are v1",
            ("a", "--to", "v1"): "the alias prod is on v1 already; to keep sync from moving it: fgsync hold a",
            ("a", "--to", "v1", "--alias", "stage"): "a has no alias stage; there are prod",
            ("b", "--to", "v1"): "the service has no function b",
        }
        for arguments, message in cases.items():
            _, err = self.run_fgsync("rollback", *arguments, code=1)
            self.assertEqual(err, f"fgsync: {message}\n")
        self.assertEqual(len(self.emulator.mutations()), before)
        self.run_fgsync("plan", "--detailed-exitcode")
        self.run_fgsync("rollback", "a", code=64)

    def test_another_sources_function_is_not_touched(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        (self.work / "fgsync.yaml").write_text((self.work / "fgsync.yaml").read_text().replace("e2e", "theirs"))
        for command in (["rollback", "a", "--to", "v1"], ["release", "a"]):
            _, err = self.run_fgsync(*command, code=1)
            self.assertIn('a is managed by the source "e2e", not by "theirs"', err)
        _, err = self.run_fgsync("forget", "a", code=1)
        self.assertIn("a is not managed by this source: nothing to forget", err)
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def test_mode_observe_forbids_it(self):
        self.change_code("v2")
        self.run_fgsync("sync")
        self.configure(mode="observe")
        for command in (["rollback", "a", "--to", "v1"], ["hold", "a"], ["release", "a"], ["forget", "a"]):
            _, err = self.run_fgsync(*command, code=78)
            self.assertIn("says mode: observe, so nothing is written", err)


class Hold(Intervention):
    def test_a_held_function_stays_when_its_manifest_goes(self):
        self.add_function("b")
        self.roll_back()
        (self.work / "manifests" / "a.yaml").unlink()
        for _ in range(3):
            out, _ = self.run_fgsync("sync", "--prune", "--yes", code=3)
            self.assertRegex(out, r"no manifest wants it any more, but it is held by \S+: wrong colours; so it is not "
                                  r"deleted; it goes on with fgsync release a")
        self.run_fgsync("release", "a")
        self.run_fgsync("sync", "--prune", "--yes")
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])
        self.run_fgsync("sync", "--prune", "--yes")
        self.assertEqual(sorted(self.emulator.functions()), ["b"])

    def test_what_is_held_is_not_applied(self):
        self.change_code("v2")
        out, _ = self.run_fgsync("hold", "a", "--reason", "not before Monday")
        self.assertRegex(out, "^held        a: fingerprint [0-9a-f]{12}, until")
        before = len(self.emulator.mutations())
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn(": not before Monday; it goes on when", out)
        self.assertEqual(len(self.emulator.mutations()), before)
        self.run_fgsync("release", "a")
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def test_a_new_function_can_be_held_too(self):
        self.add_function("b")
        self.run_fgsync("hold", "b")
        self.run_fgsync("sync", code=3)
        self.assertEqual(list(self.emulator.functions()), ["a"])
        self.run_fgsync("release", "b")
        self.run_fgsync("sync")
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])

    def test_without_a_manifest_or_state_nothing_can_be_held(self):
        _, err = self.run_fgsync("hold", "gone", code=78)
        self.assertIn("no usable manifest for a function named gone in manifests", err)
        _, err = self.run_fgsync("hold", "a", "--no-state", code=78)
        self.assertIn("a hold is kept in the state directory", err)


class Names(Intervention):
    def test_a_release_of_what_nobody_knows_is_an_error(self):
        _, err = self.run_fgsync("release", "nosuch", code=78)
        self.assertIn("neither a manifest nor the state knows nosuch: nothing was changed", err)
        out, _ = self.run_fgsync("release", "a", environment=self.elsewhere())
        self.assertEqual(out, "Nothing holds a.\n")

    def test_what_is_no_name_is_refused(self):
        commands = (["release"], ["hold"], ["history"], ["rollback", "--to", "v1"], ["forget"], ["adopt"], ["suspend"],
                    ["resume"])
        for command in commands:
            with self.subTest(command):
                _, err = self.run_fgsync(*command, "", code=64)
                self.assertIn("NAME must not be empty", err)
                _, err = self.run_fgsync(*command, "a:prod", code=64)
                self.assertIn('"a:prod" is no name of a function', err)
        self.run_fgsync("history")

    def test_a_name_that_stands_twice_is_meant_once(self):
        out, _ = self.run_fgsync("forget", "a", "a")
        self.assertEqual(out.count("forgotten   a"), 1)


class Suspend(Intervention):
    def test_a_suspended_function_is_shown_and_left_alone_until_it_is_resumed(self):
        self.change_code("v2")
        environment = self.environment(FGSYNC_ACTOR="ann")
        out, _ = self.run_fgsync("suspend", "a", "--reason", "incident 4711", environment=environment)
        self.assertEqual(out, "suspended   a: plan shows what it would need, and sync leaves it alone, until: "
                              "fgsync resume a\n")
        before = len(self.emulator.mutations())
        out, _ = self.run_fgsync("sync", code=3)
        self.assertRegex(out, r"a +blocked: is suspended by ann since \S+Z: incident 4711; held back: update code, "
                              r"publish v2, move alias prod to v2; it goes on with fgsync resume a\n")
        self.assertIn("next: fgsync resume a\n", out)
        self.run_fgsync("plan", "--detailed-exitcode", code=3)
        self.assertEqual(len(self.emulator.mutations()), before)

        out, _ = self.run_fgsync("resume", "a")
        self.assertEqual(out, "resumed     a\n")
        out, _ = self.run_fgsync("resume", "a")
        self.assertEqual(out, "Nothing suspends a.\n")
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})
        out, _ = self.run_fgsync("history", "a")
        self.assertIn("  suspended   a: incident 4711\n", out)
        self.assertRegex(out, r"  resumed     a: was suspended by ann since \S+Z\n")

    def test_it_asks_nobody_and_changes_nothing_on_the_service(self):
        self.emulator.stop()
        self.run_fgsync("suspend", "a")
        self.run_fgsync("resume", "a")

    def test_a_suspended_function_that_is_as_it_should_be_is_unchanged(self):
        self.run_fgsync("suspend", "a")
        self.run_fgsync("plan", "--detailed-exitcode")
        self.run_fgsync("sync")

    def test_what_its_manifest_suspends_stays_suspended(self):
        self.add_function("a", version="v2", suspend=True)
        (self.work / "code" / "a" / "index.py").write_text("version = 2\n")
        out, _ = self.run_fgsync("resume", "a", code=3)
        self.assertEqual(out, "suspended   a: not by fgsync suspend, but its manifest says suspend: true, so sync "
                              "leaves it alone until that is taken out of manifests/a.yaml\n")
        self.run_fgsync("suspend", "a")
        out, _ = self.run_fgsync("plan")
        self.assertIn("is suspended by its manifest, and by ", out)
        out, _ = self.run_fgsync("resume", "a", code=3)
        self.assertIn("resumed here, but its manifest still says suspend: true", out)

    def test_names_that_nobody_knows_change_nothing(self):
        self.add_function("thumbnail")
        _, err = self.run_fgsync("suspend", "a", "thumbnial", code=78)
        self.assertEqual(err, "fgsync: neither a manifest nor the state knows thumbnial (did you mean thumbnail?): "
                              "nothing was changed\n")
        out, _ = self.run_fgsync("resume", "a")
        self.assertEqual(out, "Nothing suspends a.\n")
        self.run_fgsync("suspend", code=64)
        self.run_fgsync("suspend", "", code=64)
        _, err = self.run_fgsync("suspend", "a", "--no-state", code=78)
        self.assertIn("is kept in the state directory", err)
        self.configure(mode="observe")
        _, err = self.run_fgsync("suspend", "a", code=78)
        self.assertIn("says mode: observe", err)

    def test_a_broken_manifest_does_not_stand_in_the_way(self):
        (self.work / "manifests" / "a.yaml").write_text("apiVersion: [")
        out, err = self.run_fgsync("suspend", "a")
        self.assertIn("suspended   a", out)
        self.assertIn("manifests/a.yaml:1", err)
        (self.work / "manifests" / "a.yaml").unlink()
        self.run_fgsync("resume", "a")

    def test_it_stays_suspended_when_its_manifest_goes(self):
        self.add_function("b")
        self.run_fgsync("sync")
        self.run_fgsync("suspend", "a")
        (self.work / "manifests" / "a.yaml").unlink()
        for _ in range(3):
            out, _ = self.run_fgsync("sync", "--prune", "--yes", code=3)
            self.assertIn("no manifest wants it any more, but it is suspended by ", out)
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])


class Forget(Intervention):
    def test_a_forgotten_function_stays_and_belongs_to_nobody(self):
        before = len(self.emulator.mutations())
        out, _ = self.run_fgsync("forget", "a")
        self.assertEqual(out, "forgotten   a: its ownership mark was removed; it stays on the service as it is\n")
        self.assertEqual([row["method"] for row in self.emulator.mutations()[before:]], ["PUT"])
        self.assertNotIn("fgsync:own", self.emulator.functions()["a"].get("description", ""))
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        out, _ = self.run_fgsync("plan", "--detailed-exitcode", code=3)
        self.assertIn("exists on the service and is not managed by fgsync", out)
        (self.work / "manifests" / "a.yaml").unlink()
        self.add_function("b")
        out, _ = self.run_fgsync("plan", "--prune")
        self.assertNotIn(" a ", out)
        _, err = self.run_fgsync("forget", "a", "gone", code=1)
        self.assertEqual(err, "fgsync: a is not managed by this source: nothing to forget\n"
                              "fgsync: the service has no function gone\n")

    def test_a_manifest_that_takes_it_over_again_is_named(self):
        self.add_function("a", version="v1", adopt=True)
        self.run_fgsync("suspend", "a", "--reason", "incident")
        out, _ = self.run_fgsync("forget", "a", code=3)
        self.assertRegex(out, r"^forgotten   a: .*\n            It is suspended by \S+ since \S+Z: incident; that stays "
                              r"until: fgsync resume a\n            manifests/a.yaml says adopt: true, so its manifest "
                              r"takes it over again at the next sync after that: remove the manifest\n$")
        self.run_fgsync("sync", code=3)
        self.assertNotIn("fgsync:own", self.emulator.functions()["a"].get("description", ""))
        self.run_fgsync("resume", "a")
        out, _ = self.run_fgsync("status", "a", "-o", "json")
        self.assertEqual(json.loads(out)["functions"][0]["code"], "forgotten")
        self.run_fgsync("sync")
        out, _ = self.run_fgsync("forget", "a", code=3)
        self.assertIn("a.yaml says adopt: true, so its manifest takes it over again at the next sync: remove", out)

    def test_a_broken_manifest_may_take_it_over_again(self):
        path = self.work / "manifests" / "a.yaml"
        path.write_text(path.read_text().replace("memory_size", "memroy_size"))
        out, _ = self.run_fgsync("forget", "a", code=3)
        self.assertIn("Its manifest has an error: if it says adopt: true, sync takes it over again\n", out)

    def test_a_lost_answer_is_unknown(self):
        proxy = Proxy(self.emulator.port, lambda method, path, count: "drop" if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        self.run_fgsync("sync", "--endpoint", proxy.url)
        _, err = self.run_fgsync("forget", "a", "--endpoint", proxy.url, code=1)
        self.assertRegex(err, r"^unknown     a: .*whether its ownership mark was removed is not known \(it was still there "
                              r"after the answer was lost\); the state still knows the function, look again with fgsync "
                              r"forget a")

    def test_it_works_when_every_manifest_is_gone(self):
        (self.work / "manifests" / "a.yaml").unlink()
        self.run_fgsync("forget", "a")
        self.assertEqual(list(self.emulator.functions()), ["a"])


class History(Intervention):
    def entries(self, *arguments):
        out, _ = self.run_fgsync("history", "-o", "json", *arguments)
        return json.loads(out)["entries"]

    def test_it_says_who_did_what_from_which_revision_by_which_plan(self):
        git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.com"]
        for command in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "one"]):
            subprocess.run(git + command, cwd=self.work, check=True)
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.work, check=True, capture_output=True,
                                text=True).stdout.strip()
        before = self.emulator.functions()["a"]["digest"]
        self.change_code("v2")
        environment = self.environment(FGSYNC_ACTOR="release bot")
        out, _ = self.run_fgsync("sync", "-o", "json", environment=environment)
        plan_id = json.loads(out)["plan_id"]
        self.run_fgsync("rollback", "a", "--to", "v1", "--reason", "wrong colours", environment=environment)
        self.run_fgsync("release", "a", environment=environment)

        first, applied, rolled_back, released = self.entries("a")
        self.assertEqual(first["detail"], "import, publish v1, create alias prod to v1")
        self.assertEqual(first["revision"], "")
        self.assertIn("@", first["actor"])
        after = self.emulator.functions()["a"]["digest"]
        self.assertEqual((applied["event"], applied["actor"], applied["plan_id"]), ("applied", "release bot", plan_id))
        self.assertEqual(applied["revision"], commit + "-dirty")
        self.assertEqual((applied["digest_before"], applied["digest_after"]), (before, after))
        self.assertRegex(applied["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertGreaterEqual(applied["took_ms"], 0)
        self.assertEqual(rolled_back["event"], "rolled back")
        self.assertRegex(rolled_back["detail"],
                         r"^alias prod v2 → v1, fingerprint [0-9a-f]{12} held: wrong colours$")
        self.assertEqual((rolled_back["digest_before"], rolled_back["digest_after"]), (after, before))
        self.assertEqual((released["event"], released["detail"]), ("released", "mark removed from alias prod"))

        out, _ = self.run_fgsync("history", "a", "-n", "1")
        self.assertRegex(out, r"^\d{4}-\S+Z  released    a: mark removed from alias prod\n"
                              rf" +by release bot, revision {commit[:12]}-dirty, \d+ ms\n$")

    def test_what_failed_stands_there_too_and_a_run_without_changes_does_not(self):
        self.run_fgsync("sync")
        self.assertEqual(len(self.entries()), 1)
        self.change_code("v2")
        proxy = Proxy(self.emulator.port,
                      lambda method, path, count: REFUSAL if method == "PUT" else None)
        self.addCleanup(proxy.stop)
        self.run_fgsync("sync", "--endpoint", proxy.url, "--timeout", "0", "--adopt", code=1)
        out, _ = self.run_fgsync("history", "--endpoint", proxy.url, "-o", "json")
        self.assertEqual([entry["event"] for entry in json.loads(out)["entries"]], ["failed"])

    def test_git_is_asked_only_when_something_is_done(self):
        programs = self.directory / "programs"
        programs.mkdir()
        (programs / "git").write_text(f"#!/bin/sh\ntouch {self.directory}/asked\nexit 1\n")
        (programs / "git").chmod(0o755)
        environment = self.environment(PATH=f"{programs}:/usr/bin:/bin")
        self.run_fgsync("sync", environment=environment)
        self.assertFalse((self.directory / "asked").exists())
        self.change_code("v2")
        self.run_fgsync("plan", environment=environment)
        self.assertFalse((self.directory / "asked").exists())
        self.run_fgsync("sync", environment=environment)
        self.assertTrue((self.directory / "asked").exists())

    def test_without_state_there_is_none(self):
        _, err = self.run_fgsync("history", "--no-state", code=1)
        self.assertEqual(err, "fgsync: there is no state\n")
        out, _ = self.run_fgsync("history", "gone")
        self.assertEqual(out, "The state remembers nothing of gone.\n")


if __name__ == "__main__":
    main()
