"""Some functions of many: by name, by label, by what changed since a git revision. And `validate` for machines."""
import json
import os
import shutil
import subprocess

from harness import Case, main


class Selected(Case):
    def add_labelled(self, name, labels, **fields):
        self.add_function(name, **fields)
        path = self.work / "manifests" / f"{name}.yaml"
        manifest = json.loads(path.read_text())
        manifest["metadata"]["labels"] = labels
        path.write_text(json.dumps(manifest, indent=1))

    def planned(self, *arguments, code=0):
        """The names of the functions in the plan."""
        out, _ = self.run_fgsync("plan", "-o", "json", *arguments, code=code)
        return sorted(change["address"] for change in json.loads(out)["changes"])


class Names(Selected):
    def setUp(self):
        super().setUp()
        for name in ("orders", "thumbs", "other"):
            self.add_function(name)

    def test_only_the_named_ones_are_touched(self):
        out, _ = self.run_fgsync("plan", "-n", "orders", "--name", "thumbs")
        self.assertIn("(manifests in manifests, only --name orders --name thumbs; observed", out)
        self.assertIn("+ orders", out)
        self.assertNotIn("+ other", out)
        self.assertIn("Apply it: fgsync sync --name orders --name thumbs\n", out)
        out, _ = self.run_fgsync("sync", "-n", "orders", "-n", "thumbs", "manifests", "-o", "json")
        self.assertEqual(json.loads(out)["selection"],
                         {"names": ["orders", "thumbs"], "selector": None, "since": None})
        self.assertEqual(json.loads(out)["complete"], False)
        self.assertEqual(sorted(self.emulator.functions()), ["orders", "thumbs"])

    def test_an_unknown_name_is_an_error_and_nothing_is_done(self):
        for command in ("plan", "sync", "validate"):
            out, err = self.run_fgsync(command, "-n", "ordrs", "-n", "thumbs", code=78)
            self.assertEqual(out, "")
            self.assertEqual(err, 'fgsync: there is no manifest of "ordrs" (did you mean orders?)\n')
        self.assertEqual(self.emulator.requests(), [])

    def test_mistakes_are_shown_when_a_name_cannot_be_found(self):
        (self.work / "manifests" / "orders.yaml").write_text("apiVersion: [\n")
        _, err = self.run_fgsync("plan", "-n", "orders", code=78)
        self.assertIn("manifests/orders.yaml:", err)
        self.assertIn('there is no manifest of "orders"', err)

    def test_what_is_not_selected_is_neither_gone_nor_in_the_way(self):
        self.run_fgsync("sync")
        (self.work / "manifests" / "other.yaml").unlink()
        out, _ = self.run_fgsync("sync", "-n", "orders")
        self.assertNotIn("other", out)
        self.assertEqual(len(self.emulator.functions()), 3)

    def test_a_dependency_that_is_not_selected_holds_nothing_back(self):
        self.add_function("orders", depends_on=["thumbs"])
        self.run_fgsync("sync", "-n", "orders")
        self.assertEqual(list(self.emulator.functions()), ["orders"])

    def test_a_broken_manifest_of_another_function_is_nobodys_business(self):
        self.add_function("other", memory="lots")
        _, err = self.run_fgsync("sync", "-n", "orders")
        self.assertNotIn("other.yaml", err)
        out, _ = self.run_fgsync("validate", "-n", "orders")
        self.assertEqual(out, "1 function valid, 0 errors.\n")
        _, err = self.run_fgsync("sync", "-n", "orders", "-n", "other", code=1)
        self.assertIn("manifests/other.yaml:", err)
        _, err = self.run_fgsync("plan", "-n", "other", code=78)
        self.assertIn("nothing usable was loaded", err)

    def test_a_broken_manifest_that_a_selected_one_waits_for_is_shown(self):
        self.add_function("other", memory="lots")
        self.add_function("orders", depends_on=["other"])
        _, err = self.run_fgsync("sync", "-n", "orders", code=1)
        self.assertIn("manifests/other.yaml:", err)
        self.assertEqual(self.emulator.functions(), {})

    def test_a_file_that_may_hold_anything_is_a_failure(self):
        (self.work / "manifests" / "broken.yaml").write_text("a: [\n")
        _, err = self.run_fgsync("sync", "-n", "orders", code=1)
        self.assertIn("manifests/broken.yaml:", err)
        self.assertEqual(list(self.emulator.functions()), ["orders"])


class Labels(Selected):
    def setUp(self):
        super().setUp()
        self.add_labelled("orders", {"team": "shop", "tier": "1"})
        self.add_labelled("thumbs", {"team": "media"})
        self.add_function("plain")

    def test_selectors(self):
        for selector, names in [("team=shop", ["orders"]), ("team!=shop", ["plain", "thumbs"]),
                                ("team in (shop,media),!tier", ["thumbs"]), ("!team", ["plain"]),
                                ("team", ["orders", "thumbs"])]:
            self.assertEqual(self.planned("-l", selector), names)
        self.assertEqual(self.planned("-l", "team", "-n", "orders", "-n", "plain"), ["orders"])

    def test_a_selector_that_makes_no_sense(self):
        _, err = self.run_fgsync("plan", "--selector", "team in media", code=64)
        self.assertEqual(err, 'fgsync: --selector "team in media": column 9: expected ( after in, found "media"\n'
                              "Try: fgsync plan --help\n")

    def test_nothing_selected_is_said_and_nothing_is_done(self):
        out, err = self.run_fgsync("plan", "-l", "team=nobody", "--detailed-exitcode")
        self.assertEqual((out, err), ("No function matches --selector team=nobody: nothing to do.\n", ""))
        out, _ = self.run_fgsync("sync", "-l", "team=nobody", "-n", "orders", "-o", "json")
        document = json.loads(out)
        self.assertEqual((document["changes"], document["results"], document["calls"]), ([], [], 0))
        self.assertEqual(document["target"]["project_id"], "e2e")
        self.assertEqual(document["selection"], {"names": ["orders"], "selector": "team=nobody", "since": None})
        out, _ = self.run_fgsync("validate", "-l", "team=nobody")
        self.assertEqual(out, "No function matches --selector team=nobody.\n0 functions valid, 0 errors.\n")
        self.assertEqual(self.emulator.requests(), [])
        self.assertFalse((self.directory / "state").exists())

    def test_a_mistake_anywhere_still_fails(self):
        self.add_function("plain", memory="lots")
        out, err = self.run_fgsync("plan", "-l", "team=nobody", code=1)
        self.assertIn("No function matches", out)
        self.assertIn("manifests/plain.yaml:", err)
        self.run_fgsync("sync", "-l", "team=shop", code=1)
        self.assertEqual(list(self.emulator.functions()), ["orders"])

    def test_empty_values(self):
        for flag in ("--name", "--selector", "--since"):
            _, err = self.run_fgsync("plan", flag, "", code=64)
            self.assertIn(f"{flag} must not be empty", err)


class Since(Selected):
    def setUp(self):
        super().setUp()
        for name in ("a", "b", "c"):
            self.add_function(name)
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        environment.update(HOME=str(self.directory), GIT_CONFIG_NOSYSTEM="1")
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *arguments], cwd=self.work,
                       env=environment, check=True, capture_output=True)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "a commit")

    def change(self, name):
        (self.work / "code" / name / "index.py").write_text("changed = True\n")

    def test_committed_and_uncommitted_changes(self):
        self.assertEqual(self.planned("--since", "HEAD"), [])
        self.change("a")
        self.commit()
        (self.work / "code" / "b" / "new.py").write_text("new = True\n")
        self.assertEqual(self.planned("--since", "HEAD~1"), ["a", "b"])
        self.assertEqual(self.planned("--since", "HEAD"), ["b"])
        self.add_function("c", timeout=30)
        self.add_function("d")
        self.assertEqual(self.planned("--since", "HEAD"), ["b", "c", "d"])
        self.assertEqual(self.planned("--since", "HEAD", "-n", "c"), ["c"])
        out, _ = self.run_fgsync("plan", "--since", "HEAD~1")
        self.assertIn(", only --since 'HEAD~1'; observed", out)

    def test_the_configuration_and_ignored_files_select_nothing(self):
        with open(self.work / "fgsync.yaml", "a") as config:
            config.write("  parallel: 2\n")
        (self.work / ".gitignore").write_text("*.o\n")
        (self.work / "code" / "a" / "x.o").write_text("")
        out, _ = self.run_fgsync("plan", "--since", "HEAD")
        self.assertEqual(out, "No function matches --since HEAD: nothing to do.\n")
        self.assertEqual(self.emulator.requests(), [])

    def test_a_changed_environment_selects_all(self):
        environments = self.work / "environments"
        environments.mkdir()
        text = "apiVersion: fgsync/v1\nkind: Environment\nspec:\n  functions:\n    b: {spec: {timeout: %d}}\n"
        (environments / "prod.yaml").write_text(text % 20)
        self.commit()
        (environments / "prod.yaml").write_text(text % 30)
        self.assertEqual(self.planned("--since", "HEAD", "--env", "prod"), ["a", "b", "c"])
        # A patch that is gone changes a function as well.
        (environments / "prod.yaml").write_text(text.split("  functions")[0] + "  variables: {}\n")
        self.assertEqual(self.planned("--since", "HEAD", "--env", "prod"), ["a", "b", "c"])
        self.assertEqual(self.planned("--since", "HEAD"), [])

    def test_the_merge_base(self):
        self.git("checkout", "-q", "-b", "feature")
        self.change("a")
        self.commit()
        self.git("checkout", "-q", "main")
        self.change("b")
        self.commit()
        self.git("checkout", "-q", "feature")
        self.assertEqual(self.planned("--since", "main"), ["a", "b"])
        self.assertEqual(self.planned("--since", "main..."), ["a"])

    def test_the_root_may_lie_deeper_than_the_repository(self):
        shutil.move(self.work / ".git", self.directory / ".git")
        self.commit()
        self.change("c")
        (self.directory / "code").mkdir()
        (self.directory / "code" / "a").write_text("elsewhere\n")
        self.assertEqual(self.planned("--since", "HEAD"), ["c"])

    def test_a_deleted_manifest_deletes_nothing(self):
        self.run_fgsync("sync")
        (self.work / "manifests" / "b.yaml").unlink()
        self.change("a")
        self.run_fgsync("sync", "--since", "HEAD")
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b", "c"])

    def test_messages(self):
        for revision, message in [
                ("nowhere", 'git knows no commit "nowhere"'),
                ("-x", '"-x" is no revision'),
                ("--output=x", '"--output=x" is no revision'),
                ("HEAD..main", '"HEAD..main" is no revision; a range has too many: name its beginning, or REV... for '
                               "the merge base of REV and HEAD")]:
            for command in ("plan", "validate"):
                out, err = self.run_fgsync(command, f"--since={revision}", code=78)
                self.assertEqual((out, err), ("", f"fgsync: --since: {message}\n"))
        _, err = self.run_fgsync("plan", "--since", "HEAD", code=78, environment=self.environment(PATH="/nowhere"))
        self.assertEqual(err, "fgsync: --since: git is not installed, or not in PATH\n")
        shutil.rmtree(self.work / ".git")
        _, err = self.run_fgsync("plan", "--since", "HEAD", code=78)
        self.assertEqual(err, f"fgsync: --since: {self.work} is not in a git repository\n")
        self.assertEqual(self.emulator.requests(), [])

    def test_it_works_in_a_hook(self):
        self.change("b")
        other = self.directory / "other"
        subprocess.run(["git", "init", "-q", str(other)], check=True, capture_output=True)
        environment = self.environment(GIT_DIR=str(other / ".git"), GIT_INDEX_FILE="/nowhere", GIT_PREFIX="x/")
        out, _ = self.run_fgsync("validate", "--since", "HEAD", environment=environment)
        self.assertEqual(out, "1 function valid, 0 errors.\n")


class Validate(Selected):
    def setUp(self):
        super().setUp()
        self.add_function("good")
        self.add_function("bad", memroy_size=256)
        self.place = "manifests/bad.yaml"
        lines = (self.work / self.place).read_text().splitlines()
        self.line = next(number for number, line in enumerate(lines, start=1) if "memroy" in line)
        self.column = lines[self.line - 1].index('"') + 1

    def test_github(self):
        out, _ = self.run_fgsync("validate", "-o", "github", code=78)
        self.assertEqual(out, f"::error file={self.place},line={self.line},col={self.column},title=fgsync unknown_key::"
                              "spec.memroy_size: unknown key%0Ahint: did you mean memory_size?\n"
                              "1 function valid, 1 error.\n")

    def test_sarif(self):
        out, _ = self.run_fgsync("validate", "-o", "sarif", code=78)
        run = json.loads(out)["runs"][0]
        self.assertEqual(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], f"file://{self.work}/")
        self.assertEqual(run["results"][0]["locations"][0]["physicalLocation"], {
            "artifactLocation": {"uri": self.place, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": self.line, "startColumn": self.column}})
        (self.work / self.place).unlink()
        out, _ = self.run_fgsync("validate", "-o", "sarif")
        self.assertEqual(json.loads(out)["runs"][0]["results"], [])

    def test_sarif_names_files_alike_wherever_it_runs(self):
        here, _ = self.run_fgsync("validate", "-o", "sarif", code=78)
        self.work = self.work / "manifests"
        below, _ = self.run_fgsync("validate", "-o", "sarif", "..", code=78)
        self.assertEqual(here, below)

    def test_json_says_the_selection(self):
        out, _ = self.run_fgsync("validate", "-o", "json", "-n", "good")
        self.assertEqual(json.loads(out), {
            "format_version": "1.0.0", "functions": 1, "errors": [], "warnings": [],
            "selection": {"names": ["good"], "selector": None, "since": None}})

    def test_other_commands_do_not_know_these_forms(self):
        of_plan = "text, json, markdown, ndjson and junit"
        for command, forms in ((["plan"], of_plan), (["sync"], of_plan), (["package", "good"], "text and json")):
            for form in ("github", "sarif"):
                _, err = self.run_fgsync(*command, "-o", form, code=64)
                self.assertEqual(err, f"fgsync: --output: {form} is only for validate; there are {forms}\n"
                                      f"Try: fgsync {command[0]} --help\n")
        for command, forms in ((["validate"], "text, json, github and sarif"), (["history"], "text and json")):
            _, err = self.run_fgsync(*command, "-o", "junit", code=64)
            self.assertIn(f"junit is only for plan and sync; there are {forms}\n", err)
        _, err = self.run_fgsync("validate", "-o", "yaml", code=64)
        self.assertIn("there is no yaml; there are text, json, github and sarif", err)

    def test_it_needs_neither_service_nor_project(self):
        self.endpoint = "http://127.0.0.1:1"
        for form in ("text", "json", "github", "sarif"):
            self.run_fgsync("validate", "-o", form, code=78,
                            environment=self.environment(FGSYNC_PROJECT_ID=None, FGSYNC_TOKEN=None))
        self.assertEqual(self.emulator.requests(), [])


class Scanning(Selected):
    def test_what_lies_in_code_is_no_manifest(self):
        self.add_function("a")
        code = self.work / "code" / "a"
        (self.work / "fgsync.yaml").write_text(
            "apiVersion: fgsync/v1\nkind: Config\nmetadata: {name: e2e}\nspec: {}\n")
        (code / "broken.yaml").write_text("a: [\n")
        (code / "large.yaml").write_bytes(b"#" * (2 << 20))
        (code / "out.yaml").symlink_to("/etc/hostname")
        (code / "folder").symlink_to("/etc")
        out, _ = self.run_fgsync("validate")
        self.assertEqual(out, "1 function valid, 0 errors.\n")

    def test_other_yaml_is_passed_over_when_scanned_and_an_error_when_named(self):
        self.add_function("a")
        (self.work / "manifests" / "chart.yaml").write_text("apiVersion: v1\nkind: Service\n")
        (self.work / "manifests" / "near.yaml").write_text("apiVersion: fgsinc/v1\nkind: Function\n")
        out, _ = self.run_fgsync("validate", code=78)
        self.assertIn("manifests/near.yaml:1:13: error: apiVersion: must be fgsync/v1", out)
        self.assertNotIn("chart.yaml", out)
        out, _ = self.run_fgsync("validate", "manifests/chart.yaml", code=78)
        self.assertIn("manifests/chart.yaml:1:13: error: apiVersion: must be fgsync/v1", out)

    def test_a_link_out_of_the_root_is_refused(self):
        self.add_function("a")
        (self.work / "manifests" / "out.yaml").symlink_to("/etc/hostname")
        out, _ = self.run_fgsync("validate", code=78)
        self.assertIn("manifests/out.yaml: error: leads to /etc/hostname, outside of the root", out)

    def test_a_root_with_a_slash_at_its_end_is_the_same_root(self):
        self.add_function("a")
        (self.work / "fgsync.yaml").unlink()
        ids = set()
        (self.directory / "link").symlink_to("work")
        for root in (str(self.work), str(self.work) + "/", ".", "./", "manifests/..", "../link", "../link/"):
            out, _ = self.run_fgsync("plan", "-o", "json", "--root", root, "manifests")
            ids.add(json.loads(out)["source"]["id"])
        self.assertEqual(ids, {"work"})

    def test_a_root_without_a_name_needs_one(self):
        self.add_function("a")
        (self.work / "fgsync.yaml").unlink()
        self.run_fgsync("validate", "--root", "/", "manifests")
        _, err = self.run_fgsync("plan", "--root", "/", "manifests", code=78)
        self.assertEqual(err, "fgsync: the root / has no name that could be the source id: write an fgsync.yaml with "
                              "metadata.name, or give another --root\n")


if __name__ == "__main__":
    main()
