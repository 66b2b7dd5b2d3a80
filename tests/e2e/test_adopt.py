"""adopt: functions that others made become manifests and code, and the next plan has nothing to do."""
import base64
import io
import json
import os
import signal
import stat
import zipfile

from harness import Case, Proxy, URN, main, wait_for

HANDLER = b"def handler(event, context):\n    return 'by hand'\n"


def zipped(files, level=9):
    """As another tool zips: its own order, times and compression. A value may be (ZipInfo, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Adopt(Case):
    def create(self, name, code=None, code_type="zip", **fields):
        code = zipped({"lib/tax.py": b"RATE = 19\n" * 50, "index.py": HANDLER}) if code is None else code
        body = {"func_name": name, "package": "default", "runtime": "Python3.9", "timeout": 30, "memory_size": 256,
                "handler": "index.handler", "code_type": code_type, "code_filename": "index.zip",
                "func_code": {"file": base64.b64encode(code).decode()}, **fields}
        if code_type == "inline":
            del body["code_filename"]
        return self.emulator.call("POST", "/functions", body)

    def create_rich(self):
        """One of everything that a function can have here."""
        self.create("rich", description="Made by hand: yes, null & 1e3", xrole="agency",
                    user_data=json.dumps({"LEVEL": "1e3", "ON": "yes", "TEXT": "two\nlines"}))
        self.emulator.call("POST", f"/functions/{URN}rich/versions", {"version": "1.0", "description": "first"})
        self.emulator.call("PUT", f"/functions/{URN}rich/code", {
            "code_type": "zip", "code_filename": "index.zip",
            "func_code": {"file": base64.b64encode(zipped({"index.py": HANDLER + b"# 2\n"})).decode()}})
        self.emulator.call("POST", f"/functions/{URN}rich/versions", {"version": "2.0"})
        self.emulator.call("POST", f"/functions/{URN}rich/aliases",
                           {"name": "prod", "version": "1.0", "description": "Production",
                            "additional_version_weights": {"2.0": 10}})
        self.emulator.call("POST", f"/triggers/{URN}rich", {
            "trigger_type_code": "TIMER", "trigger_status": "ACTIVE",
            "event_data": {"name": "nightly", "schedule_type": "Rate", "schedule": "3m"}})
        self.emulator.call("PUT", f"/functions/{URN}rich/async-invoke-config",
                           {"max_async_retry_attempts": 2, "max_async_event_age_in_seconds": 600})
        self.emulator.call("PUT", f"/functions/{URN}rich/config-max-instance", {"max_instance_num": 5})
        self.emulator.call("PUT", f"/functions/{URN}rich:!prod/reservedinstances", {"count": 1})

    def folder(self, name):
        return self.work / "manifests" / name

    def leftovers(self):
        return [path.name for path in (self.work / "manifests").iterdir() if path.name.startswith(".")]

    @staticmethod
    def steps(plan):
        return [(row["address"], step["action"], step["reason"])
                for row in json.loads(plan)["changes"] for step in row["actions"]]

    def plan_is_empty(self, *arguments, **options):
        out, _ = self.run_fgsync("plan", "--detailed-exitcode", *arguments, **options)
        self.assertIn("No changes", out)


class Whole(Adopt):
    def test_functions_of_several_kinds_are_taken_over_and_the_next_plan_is_empty(self):
        self.create("plain")
        self.create("text", HANDLER, code_type="inline")
        self.create_rich()
        before = len(self.emulator.mutations())
        out, err = self.run_fgsync("adopt", "--all")
        self.assertIn("adopted     plain: manifests/plain/function.yaml, manifests/plain/code (2 files)\n", out)
        self.assertIn("3 adopted. See: fgsync plan\n", out)
        self.assertIn("unmanaged   rich: the triggers of latest (TIMER)\n", err)
        self.assertEqual(self.leftovers(), [])
        self.assertEqual((self.folder("plain") / "code/index.py").read_bytes(), HANDLER)
        self.assertEqual((self.folder("text") / "code/index.py").read_bytes(), HANDLER)
        text = (self.folder("rich") / "function.yaml").read_text()
        self.assertIn("# Left as it is: the triggers of latest (TIMER)\n", text)
        self.assertIn("version: \"1.0\"\n", text)
        self.plan_is_empty()
        self.plan_is_empty("--refresh", "full")
        self.run_fgsync("sync")
        self.plan_is_empty()
        self.assertEqual(len(self.emulator.mutations()), before)

        out, _ = self.run_fgsync("history", "rich")
        self.assertIn("adopted", out)

    def test_a_changed_file_is_the_only_change_of_the_next_plan(self):
        self.create("plain")
        self.create("other")
        self.run_fgsync("adopt", "plain", "other")
        (self.folder("plain") / "code/lib/tax.py").write_bytes(b"RATE = 7\n")
        out, _ = self.run_fgsync("plan", "-o", "json", "--detailed-exitcode", code=2)
        self.assertEqual(self.steps(out), [("plain", "update_code", "code_changed")])
        out, _ = self.run_fgsync("plan")
        self.assertIn("~ lib/tax.py", out)
        before = self.emulator.functions()
        self.run_fgsync("sync")
        after = self.emulator.functions()
        self.assertNotEqual(before["plain"]["digest"], after["plain"]["digest"])
        self.assertEqual(before["other"], after["other"])
        self.plan_is_empty()

    def test_the_mark_comes_with_the_first_change_of_the_configuration(self):
        self.create("plain")
        self.run_fgsync("adopt", "plain")
        manifest = self.folder("plain") / "function.yaml"
        manifest.write_text(manifest.read_text().replace("timeout: 30", "timeout: 31"))
        self.run_fgsync("sync")
        self.assertEqual(self.emulator.functions()["plain"]["description"], "[fgsync:own=e2e]")
        manifest.write_text(manifest.read_text().replace("  adopt: true", "  # adopt: true"))
        self.plan_is_empty()

    def test_an_encrypted_variable_stays_and_keeps_the_plan_empty(self):
        self.create("plain", encrypted_user_data=json.dumps({"DB_PASSWORD": "hunter2"}))
        _, err = self.run_fgsync("adopt", "plain")
        self.assertIn("unmanaged   plain: the encrypted variables DB_PASSWORD: the service does not give", err)
        text = (self.folder("plain") / "function.yaml").read_text()
        self.assertIn("  # encrypted_user_data:\n  #   DB_PASSWORD: {from_env: DB_PASSWORD}\n", text)
        self.assertNotIn("hunter2", text + err)
        self.plan_is_empty()
        manifest = self.folder("plain") / "function.yaml"
        manifest.write_text(text.replace("timeout: 30", "timeout: 31"))
        out, _ = self.run_fgsync("sync", code=3)
        self.assertIn("an update of the configuration would erase them", out)

    def test_a_secret_in_plain_text_is_pointed_out(self):
        self.create("plain", user_data=json.dumps({"API_KEY": "hunter2"}))
        _, err = self.run_fgsync("adopt", "plain")
        self.assertIn("note        plain: user_data.API_KEY sounds like a secret", err)
        self.assertNotIn("hunter2", err)

    def test_a_function_of_another_app_and_runtime(self):
        self.create("shown", zipped({"index.js": b"exports.handler = () => 1\n"}), package="media",
                    runtime="Node.js18.15")
        self.run_fgsync("adopt", "shown")
        text = (self.folder("shown") / "function.yaml").read_text()
        self.assertIn("  app: media\n", text)
        self.assertIn("  runtime: Node.js18.15\n", text)
        self.plan_is_empty()

    def test_without_a_configuration_folders_are_made_in_the_root(self):
        (self.work / "fgsync.yaml").unlink()
        (self.work / "manifests").rmdir()
        self.create("plain")
        out, _ = self.run_fgsync("adopt", "plain")
        self.assertIn("adopted     plain: plain/function.yaml, plain/code (2 files)\n", out)
        self.plan_is_empty()


class Places(Adopt):
    """Where a folder may be made: nowhere that another function's code or nobody reads it."""

    def refused(self, *arguments, message):
        before = sorted(path for path in self.work.rglob("*"))
        _, err = self.run_fgsync("adopt", *arguments, code=78)
        self.assertIn(message, err)
        self.assertEqual(sorted(path for path in self.work.rglob("*")), before)

    def test_in_the_code_of_a_function_is_refused(self):
        config = self.work / "fgsync.yaml"
        config.write_text(config.read_text().replace("directory: manifests", "directory: ."))
        self.add_function("a")
        self.create("h1")
        self.refused("--into", "code/a", "h1", message="code/a lies in code/a, which is the code of a: the next sync "
                     "would publish it there. Name another --into")
        self.refused("--into", "code/a/deep", "h1", message="lies in code/a, which is the code of a")

    def test_a_folder_that_a_manifest_names_as_its_code_is_refused(self):
        self.add_function("a", code={"directory": "h1"})
        (self.work / "manifests/h1").mkdir()
        (self.work / "manifests/h1/index.py").write_bytes(HANDLER)
        (self.work / "manifests/h1").rename(self.work / "aside")
        self.create("h1")
        _, err = self.run_fgsync("adopt", "h1", code=1)
        self.assertIn("manifests/h1 lies in manifests/h1, which is the code of a", err)
        self.assertFalse((self.work / "manifests/h1").exists())

    def test_where_all_of_the_root_is_code_nothing_is_adopted(self):
        (self.work / "fgsync.yaml").unlink()
        (self.work / "index.py").write_bytes(HANDLER)
        self.add_function("a", code={"directory": ".."})
        self.create("h3")
        self.refused("h3", message="lies in the root, which is all the code of a: the next sync would publish it there. "
                     "Give that code a folder of its own")

    def test_what_no_plan_reads_is_refused(self):
        self.create("h1")
        self.create("environments")
        for into, why in (("manifests/.hid", ".hid is hidden"), ("taken/over", "it is in no source of fgsync.yaml"),
                          ("manifests/environments/x", "a folder of that name holds environments")):
            self.refused("--into", into, "h1", message=f"{into} is not read by plan: {why}")
        self.run_fgsync("adopt", "environments", code=1)
        other = self.work / "manifests/other"
        other.mkdir()
        (other / "fgsync.yaml").write_text((self.work / "fgsync.yaml").read_text())
        self.refused("--into", "manifests/other", "h1", message="other has an fgsync.yaml of its own")

    def test_code_with_a_manifest_in_it_stays_packed(self):
        manifest = json.dumps({"apiVersion": "fgsync/v1", "kind": "Function", "metadata": {"name": "b"}}).encode()
        self.create("plain", zipped({"index.py": HANDLER, "tests/b.yaml": manifest, "other.yaml": b"a: 1\n"}))
        _, err = self.run_fgsync("adopt", "plain")
        self.assertIn("the code stays packed: tests/b.yaml in it is a manifest of fgsync", err)
        self.plan_is_empty()

    def test_what_a_killed_adoption_left_is_removed_by_the_next_one(self):
        self.create("plain")
        proxy = Proxy(self.emulator.port, lambda method, path, count: 20 if path.count("/") > 5 else None)
        self.addCleanup(proxy.stop)
        process = self.start("adopt", "plain", environment=self.environment(FGSYNC_ENDPOINT=proxy.url))
        left = wait_for(self.leftovers)
        process.kill()
        process.communicate()
        self.assertEqual(self.leftovers(), left)
        path = self.work / "manifests" / left[0]
        os.utime(path, (0, 0))
        fresh = self.work / "manifests/.fgsync-adopt-abcdef"
        fresh.mkdir()
        _, err = self.run_fgsync("adopt", "plain")
        self.assertIn(f"removed     manifests/{left[0]}, which an adoption that was killed left\n", err)
        self.assertEqual(self.leftovers(), [".fgsync-adopt-abcdef"])


class WithoutState(Adopt):
    def test_code_stays_packed_and_only_the_mark_is_left_to_write(self):
        self.create("plain")
        _, err = self.run_fgsync("adopt", "plain", "--no-state")
        self.assertIn("the code stays packed: zipped again it would be other bytes", err)
        self.assertIn("so the next plan puts the mark of this source on each of them", err)
        self.assertTrue((self.folder("plain") / "code.zip").exists())
        self.assertFalse((self.folder("plain") / "code").exists())
        out, _ = self.run_fgsync("plan", "--no-state", "-o", "json", "--detailed-exitcode", code=2)
        self.assertEqual(self.steps(out), [("plain", "update_config", "adopted")])
        self.run_fgsync("sync", "--no-state")
        self.plan_is_empty("--no-state")

    def test_without_markers_there_is_nothing_to_do(self):
        self.configure(markers="off")
        self.create("plain")
        self.run_fgsync("adopt", "plain", "--no-state")
        self.plan_is_empty("--no-state")

    def test_on_another_machine_packed_code_is_the_same_and_only_the_mark_is_missing(self):
        self.create("plain")
        self.run_fgsync("adopt", "plain", "--packed")
        self.assertTrue((self.folder("plain") / "code.zip").exists())
        self.plan_is_empty()
        out, _ = self.run_fgsync("plan", "--no-state", "-o", "json", "--detailed-exitcode", code=2)
        self.assertEqual(self.steps(out), [("plain", "update_config", "adopted")])


class Refusals(Adopt):
    def test_nothing_is_overwritten(self):
        self.create("plain")
        self.create("other")
        self.folder("plain").mkdir()
        (self.folder("plain") / "precious").write_text("mine")
        out, err = self.run_fgsync("adopt", "--all", code=1)
        self.assertIn("fgsync: error: plain: manifests/plain is there already, and nothing is overwritten", err)
        self.assertIn("1 adopted, 1 failed", out)
        self.assertEqual([path.name for path in self.folder("plain").iterdir()], ["precious"])
        self.assertTrue((self.folder("other") / "function.yaml").exists())
        self.assertEqual(self.leftovers(), [])

    def test_a_link_that_leads_nowhere_is_not_followed(self):
        self.create("plain")
        self.folder("plain").symlink_to(self.directory / "elsewhere")
        self.run_fgsync("adopt", "plain", code=1)
        self.assertFalse((self.directory / "elsewhere").exists())

    def test_others_functions_and_managed_ones_are_left(self):
        self.add_function("mine")
        self.run_fgsync("sync")
        self.create("theirs", description="[fgsync:own=other]")
        self.create("plain")
        out, err = self.run_fgsync("adopt", "--all")
        self.assertIn("left        mine: manifests/mine.yaml describes it already\n", err)
        self.assertIn('left        theirs: is managed by the source "other"; there: fgsync forget theirs\n', err)
        self.assertIn("1 adopted, 2 left", out)
        self.run_fgsync("adopt", "theirs", code=3)
        (self.work / "manifests" / "mine.yaml").unlink()
        _, err = self.run_fgsync("adopt", "mine", code=3)
        self.assertIn("left        mine: fgsync manages it already, and its manifest is gone", err)

    def test_what_was_adopted_and_thrown_away_can_be_adopted_again_and_is_never_pruned(self):
        self.create("plain")
        self.create("other")
        self.run_fgsync("adopt", "--all")
        (self.folder("plain")).rename(self.directory / "away")
        for _ in range(4):
            self.run_fgsync("sync", "--prune", "--yes")
        self.assertIn("plain", self.emulator.functions())
        self.run_fgsync("adopt", "plain")
        self.plan_is_empty()

    def test_a_name_that_the_service_does_not_know(self):
        self.create("plain")
        out, err = self.run_fgsync("adopt", "plian", "plain", code=1)
        self.assertIn("fgsync: error: plian: the service has no such function; did you mean plain?", err)
        self.assertIn("1 adopted, 1 failed", out)

    def test_usage(self):
        _, err = self.run_fgsync("adopt", code=64)
        self.assertIn("which functions? Name them, or give --all", err)
        self.run_fgsync("adopt", "--all", "plain", code=64)
        _, err = self.run_fgsync("adopt", "--all", "--into", str(self.directory), code=78)
        self.assertIn("lies outside of the root", err)
        out, _ = self.run_fgsync("adopt", "--help")
        self.assertIn("Example:\n  fgsync adopt", out)

    def test_a_dry_run_writes_nothing(self):
        self.create("plain")
        self.create("other")
        self.run_fgsync("adopt", "other")
        before = self.state_bytes()
        out, _ = self.run_fgsync("adopt", "--all", "--dry-run")
        self.assertIn("would adopt plain: manifests/plain/function.yaml, manifests/plain/code (2 files)\n", out)
        self.assertIn("1 to adopt, 1 left. Nothing was written.\n", out)
        self.assertEqual([path.name for path in (self.work / "manifests").iterdir()], ["other"])
        self.assertEqual(self.state_bytes(), before)


class Failures(Adopt):
    def through(self, rule):
        self.proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(self.proxy.stop)
        self.endpoint = self.proxy.url

    @staticmethod
    def answer(status, body):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return (f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body

    def test_a_read_that_fails_is_no_absence_and_only_that_function_is_left_out(self):
        self.create("plain")
        self.create("other")
        for part in ("/aliases", "/tags", "/versions", "/async-invoke-config", "reservedinstanceconfigs", "/triggers/"):
            with self.subTest(part):
                refusal = self.answer(400, {"error_code": "FSS.0400", "error_msg": "no thanks"})
                self.through(lambda method, path, count: refusal if part in path and "plain" in path else None)
                _, err = self.run_fgsync("adopt", "plain", code=1)
                self.assertRegex(err, r"fgsync: error: plain: .*no thanks")
                self.assertFalse(self.folder("plain").exists())
                self.assertEqual(self.leftovers(), [])
        out, _ = self.run_fgsync("adopt", "--all", code=1)
        self.assertIn("1 adopted, 1 failed", out)
        self.assertTrue(self.folder("other").exists())

    def test_code_that_the_service_does_not_give_is_to_be_put_there(self):
        self.create("plain")
        refusal = self.answer(404, {"error_code": "FSS.0404", "error_msg": "no export here"})
        self.through(lambda method, path, count: refusal if "/export" in path else None)
        _, err = self.run_fgsync("adopt", "plain", code=3)
        self.assertRegex(err, "to finish   plain: put the code there; the service did not give it: .*no export here")
        (self.folder("plain") / "code").mkdir()
        (self.folder("plain") / "code" / "index.py").write_bytes(HANDLER)
        self.run_fgsync("plan", "--detailed-exitcode", code=2)

    def test_a_service_that_exports_whole_packages_only(self):
        self.create("plain")
        self.create("text", HANDLER, code_type="inline")
        refusal = self.answer(400, {"error_code": "FSS.0400", "error_msg": "type?"})
        self.through(lambda method, path, count: refusal if "/export" in path and "type=" in path else None)
        self.run_fgsync("adopt", "--all")
        self.assertEqual((self.folder("plain") / "code/index.py").read_bytes(), HANDLER)
        self.assertEqual((self.folder("text") / "code/index.py").read_bytes(), HANDLER)
        self.plan_is_empty()

    def test_an_export_that_is_busy_is_tried_again(self):
        self.create("plain")
        busy = self.answer(429, {"error_code": "FSS.0429", "error_msg": "busy"})
        self.through(lambda method, path, count: busy if "/export" in path and count == 1 else None)
        self.run_fgsync("adopt", "plain")
        self.plan_is_empty()

    def test_other_code_than_the_service_lists_is_not_taken(self):
        self.create("plain")
        swapped = self.answer(200, zipped({"index.py": b"evil()\n"}))
        self.through(lambda method, path, count: swapped if "/export" in path or "/emulator/code" in path else None)
        _, err = self.run_fgsync("adopt", "plain", code=3)
        self.assertIn("what was exported is not the code that the service lists", err)
        self.assertFalse((self.folder("plain") / "code").exists())

    def test_a_process_that_dies_leaves_nothing_that_another_run_would_find(self):
        self.create("plain")
        self.through(lambda method, path, count: 30 if "/emulator/code" in path else None)
        process = self.start("adopt", "plain")
        wait_for(self.leftovers)
        process.kill()
        process.communicate()
        self.assertFalse(self.folder("plain").exists())
        self.endpoint = self.emulator.url
        self.run_fgsync("adopt", "plain")
        self.plan_is_empty()

    def test_a_folder_that_somebody_makes_meanwhile_is_not_replaced(self):
        self.create("plain")
        self.through(lambda method, path, count: 1 if "/emulator/code" in path else None)
        process = self.start("adopt", "plain")
        wait_for(self.leftovers)
        self.folder("plain").mkdir()
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 1, err)
        self.assertIn("manifests/plain is there already, and nothing is overwritten", err)
        self.assertEqual(list(self.folder("plain").iterdir()), [])

    def test_an_interrupted_run_ends_the_function_that_it_is_at(self):
        self.create("a")
        self.create("b")
        self.through(lambda method, path, count: 1 if "/emulator/code" in path else None)
        process = self.start("adopt", "--all")
        wait_for(self.leftovers)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("fgsync: error: b: stopped before it began", err)
        self.assertTrue(self.folder("a").exists())
        self.assertEqual(self.leftovers(), [])

    def test_an_object_and_an_image_become_their_references(self):
        self.create("stored")
        self.create("boxed")
        real = {name: self.emulator.call("GET", f"/functions/{URN}{name}/config") for name in ("stored", "boxed")}
        real["stored"].update(code_type="obs", code_url="https://b.obs.cn-north-4.myhuaweicloud.com/a.zip")
        real["boxed"].update(code_type="Custom-Image-Swr", runtime="Custom Image", handler="-", custom_image={
            "enabled": True, "image": "swr.cn-north-4.myhuaweicloud.com/org/app:1.2"})

        def rule(method, path, count):
            for name, config in real.items():
                if path.endswith(f"{name}/config") and method == "GET":
                    return self.answer(200, config)
            return None

        self.through(rule)
        self.run_fgsync("adopt", "--all")
        self.assertIn("    url: ", (self.folder("stored") / "function.yaml").read_text())
        self.assertIn("  image: ", (self.folder("boxed") / "function.yaml").read_text())
        self.plan_is_empty()


class Hostile(Adopt):
    """Whoever could upload code chose the names in it."""

    def adopted_packed(self, code, why):
        self.create("odd", code)
        _, err = self.run_fgsync("adopt", "odd")
        self.assertRegex(err, why)
        self.assertEqual((self.folder("odd") / "code.zip").read_bytes(), code)
        self.assertFalse((self.folder("odd") / "code").exists())
        self.plan_is_empty()

    def test_names_that_lead_out_are_refused(self):
        for number, name in enumerate(("../evil.py", "/tmp/evil.py", "a/../../evil.py")):
            with self.subTest(name):
                self.create(f"odd{number}", zipped({"index.py": HANDLER, name: b"evil"}))
                _, err = self.run_fgsync("adopt", f"odd{number}", code=1)
                self.assertIn("which leads out of where it is unpacked", err)
                self.assertFalse(self.folder(f"odd{number}").exists())
        self.assertEqual([path for path in self.directory.rglob("evil*")], [])

    def test_links_stay_packed(self):
        link = zipfile.ZipInfo("link.py")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        self.adopted_packed(zipped({"index.py": HANDLER, link: b"/etc/passwd"}), "the code stays packed: .*is a link")

    def test_names_that_are_one_elsewhere_stay_packed(self):
        self.adopted_packed(zipped({"index.py": HANDLER, "Index.py": b"other"}), "the code stays packed: .*letter case")

    def test_files_that_are_never_packed_stay_packed(self):
        self.adopted_packed(zipped({"index.py": HANDLER, ".git/config": b"x"}), "the code stays packed: .*never packed")

    def test_a_manifest_in_the_code_is_a_file_like_others(self):
        self.create("plain", zipped({"index.py": HANDLER, "evil.yaml":
                                     b"apiVersion: fgsync/v1\nkind: Function\nmetadata: {name: evil}\n"}))
        self.run_fgsync("adopt", "plain")
        self.plan_is_empty()


if __name__ == "__main__":
    main()
