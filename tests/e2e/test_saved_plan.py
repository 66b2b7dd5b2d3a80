"""A plan that was written down, looked at, and applied: exactly that, or nothing."""
import base64
import io
import json
import zipfile

from harness import Case, Proxy, URN, main


def zipped(name, text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


class SavedPlan(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a", version="v1")
        self.add_function("b", version="v1")

    def save(self, *arguments, name="plan.json", **options):
        out, _ = self.run_fgsync("plan", "-o", "json", *arguments, **options)
        (self.work / name).write_text(out)
        return json.loads(out)

    def apply(self, *arguments, code=0, name="plan.json", **options):
        return self.run_fgsync("sync", "--plan", name, *arguments, code=code, **options)

    def change(self, name, version, text):
        self.add_function(name, version=version)
        (self.work / "code" / name / "index.py").write_text(text)

    def test_the_plan_is_applied_and_then_again_without_a_change(self):
        plan = self.save()
        out, _ = self.apply()
        self.assertTrue(out.startswith(f"Applying plan.json, plan {plan['plan_id']} observed {plan['observed_at']}.\n"), out)
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        entries = json.loads(self.run_fgsync("history", "-o", "json")[0])["entries"]
        self.assertEqual({entry["plan_id"] for entry in entries}, {plan["plan_id"]})
        before = len(self.emulator.mutations())
        out, _ = self.apply()
        self.assertIn("Already applied: a, b.\n", out)
        self.assertEqual(len(self.emulator.mutations()), before)

    def test_another_machine_without_state_applies_it(self):
        self.save()
        self.apply("--no-state")
        self.change("a", "v2", "x = 2\n")
        self.save()
        self.apply("--no-state", environment=self.environment(FGSYNC_STATE=None, HOME=None))
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def test_code_that_changed_after_the_plan_is_not_sent(self):
        self.save()
        (self.work / "code" / "a" / "index.py").write_text("other = 1\n")
        out, _ = self.apply(code=4)
        self.assertIn("the given plan is stale: its manifest or its code is not what the plan was made from", out)
        self.assertEqual(list(self.emulator.functions()), ["b"])

    def test_what_somebody_else_moved_makes_that_function_stale_and_no_other(self):
        self.run_fgsync("sync")
        self.change("a", "v2", "x = 2\n")
        self.run_fgsync("sync")
        self.change("a", "v3", "x = 3\n")
        self.change("b", "v2", "x = 2\n")
        self.save()
        self.emulator.call("PUT", f"/functions/{URN}a/aliases/prod", {"version": "v1"})
        out, _ = self.apply("-o", "json", code=4)
        results = {row["address"]: row for row in json.loads(out)["results"]}
        self.assertEqual(results["b"]["outcome"], "done")
        self.assertEqual(results["a"]["blocked"][0]["code"], "stale_plan")
        self.assertIn("alias prod is on v1 and was on v2", results["a"]["blocked"][0]["message"])
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})
        self.assertEqual(self.emulator.aliases("b"), {"prod": "v2"})

    def test_a_part_that_is_done_is_not_done_again(self):
        self.run_fgsync("sync")
        self.change("a", "v2", "x = 2\n")
        broken = {"on": True}
        refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 49\r\n\r\n" \
                  b'{"error_code":"FSS.0403","error_msg":"no thanks"}'

        def rule(method, path, count):
            return refusal if broken["on"] and method == "POST" and path.endswith("/versions") else None

        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url
        self.save()
        self.apply(code=1)
        broken["on"] = False
        before = len(self.emulator.mutations())
        out, _ = self.apply()
        self.assertIn("Applied in part, the rest follows: a.\n", out)
        self.assertEqual([row["method"] for row in self.emulator.mutations()[before:]], ["POST", "PUT"])
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def test_what_the_plan_does_not_name_is_left_alone(self):
        self.run_fgsync("sync")
        self.change("a", "v2", "x = 2\n")
        self.save()
        self.change("b", "v2", "x = 2\n")
        out, _ = self.apply()
        self.assertIn("Have changes that are not in this plan, and are left alone: b.\n", out)
        self.assertEqual(self.emulator.aliases("b"), {"prod": "v1"})
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v2"})

    def test_a_plan_of_selected_functions_is_applied_without_the_selection(self):
        self.save("-n", "a")
        self.apply()
        self.assertEqual(list(self.emulator.functions()), ["a"])

    def test_a_plan_that_deletes_carries_its_permission(self):
        self.configure(guards={"prune_after": 1})
        self.run_fgsync("sync")
        (self.work / "manifests" / "b.yaml").unlink()
        self.save(name="without.json")
        plan = self.save("--prune")
        self.assertEqual([change["address"] for change in plan["changes"]], ["b"])
        self.apply(code=3, name="without.json")
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])
        self.apply()
        self.assertEqual(list(self.emulator.functions()), ["a"])
        out, _ = self.apply()
        self.assertIn("Already applied: b.\n", out)

    def test_a_function_that_changed_since_is_not_deleted(self):
        self.configure(guards={"prune_after": 1})
        self.run_fgsync("sync")
        (self.work / "manifests" / "b.yaml").unlink()
        self.save("--prune")
        archive = base64.b64encode(zipped("index.py", "other = 1\n")).decode()
        self.emulator.call("PUT", f"/functions/{URN}b:latest/code",
                           {"code_type": "zip", "code_filename": "index.zip", "func_code": {"file": archive}})
        out, _ = self.apply(code=4)
        self.assertIn("the given plan is stale: latest's code is sha512:", out)
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])

    def test_a_function_that_somebody_put_into_use_since_is_not_deleted(self):
        self.configure(guards={"prune_after": 1})
        self.run_fgsync("sync")
        (self.work / "manifests" / "b.yaml").unlink()
        plan = self.save("--prune")
        self.assertEqual(plan["changes"][0]["preconditions"]["aliases"], {"prod": "v1"})
        self.emulator.call("DELETE", f"/functions/{URN}b/aliases/prod")
        self.emulator.call("POST", f"/functions/{URN}b/aliases", {"name": "live", "version": "v1"})
        out, _ = self.apply(code=4)
        self.assertIn("the given plan is stale: alias live is new; alias prod is gone; make a new plan", out)
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])

    def test_a_function_whose_mark_was_taken_off_since_is_not_deleted(self):
        self.configure(guards={"prune_after": 1})
        self.run_fgsync("sync")
        (self.work / "manifests" / "b.yaml").unlink()
        self.save("--prune")
        self.run_fgsync("forget", "b", "--state", str(self.directory / "other"))
        for arguments in (("--plan", "plan.json"), ("--prune",)):
            out, _ = self.run_fgsync("sync", *arguments, code=3)
            self.assertIn("fgsync's mark is not on it", out)
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])

    def test_flags_that_say_something_else_are_usage_errors(self):
        self.save()
        for flags in (["-n", "a"], ["--prune"], ["--adopt"], ["--allow-recreate"], ["--since", "main"]):
            _, err = self.apply(*flags, code=64)
            self.assertIn("the plan given with --plan says what to do: leave --", err)
        _, err = self.apply(code=64, name="")
        self.assertIn("--plan must not be empty", err)
        _, err = self.apply("--env", "prod", code=64)
        self.assertIn("the plan was made without --env, and this is --env prod", err)

    def test_files_that_are_no_plan(self):
        self.save()
        text = (self.work / "plan.json").read_text()
        for bad, message in ((text[:-40], "is cut off after"), (text.replace('"a"', '"c"', 1), "was changed since fgsync wrote it: its checksum does not fit"),
                             (text.replace('"1.0.0"', '"2.0.0"'), "has the format 2.0.0"), ("", "is empty"),
                             ("{}", "is no plan of fgsync")):
            (self.work / "bad.json").write_text(bad)
            _, err = self.apply(code=78, name="bad.json")
            self.assertIn(f"bad.json {message}", err)
            self.assertEqual(err.count("\n"), 1)
        _, err = self.apply(code=78, name="missing.json")
        self.assertIn("missing.json cannot be read: No such file or directory", err)
        self.assertEqual(self.emulator.mutations(), [])

    def test_a_plan_for_another_project_or_source(self):
        self.save()
        _, err = self.apply(code=78, environment=self.environment(FGSYNC_PROJECT_ID="other"))
        self.assertIn("is a plan for another target: project e2e instead of other; ", err)
        config = (self.work / "fgsync.yaml").read_text()
        (self.work / "fgsync.yaml").write_text(config.replace("name: e2e", "name: shop"))
        _, err = self.apply(code=78)
        self.assertIn("source e2e instead of shop", err)
        self.assertEqual(self.emulator.mutations(), [])

    def test_a_plan_file_holds_no_secret(self):
        self.configure(secrets={"allow_env": ["FN_*"]})
        self.add_function("a", version="v1", encrypted_user_data={"DB": {"from_env": "FN_PASSWORD"}})
        environment = self.environment(FN_PASSWORD="correct-horse-battery")
        self.save(environment=environment)
        text = (self.work / "plan.json").read_text()
        self.assertNotIn("correct-horse", text)
        self.assertNotIn("good", text)
        self.apply(environment=environment)
        self.assertEqual(self.emulator.aliases("a"), {"prod": "v1"})


if __name__ == "__main__":
    main()
