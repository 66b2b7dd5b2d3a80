"""What the service's documents leave open must not matter: the same days with the emulator in its other positions."""
import json
import shutil

from harness import Case, Emulator, main

FLAGS = [
    ["--publish-compares-digest"],
    ["--publish-needs-code-change"],
    ["--publish-checks-change-first"],
    ["--publish-answers-latest"],
    ["--versions-ignore-paging"],
    ["--config-merges"],
    ["--version-config-editable"],
    ["--unsuffixed-urns"],
    ["--utc-offset", "-5"],
    ["--lock-reserved"],
    ["--check-dependencies"],
]


class OpenQuestions(Case):
    def restart(self, *flags):
        """Another emulator, and nothing remembered of the one before."""
        self.emulator.stop()
        shutil.rmtree(self.directory / "state", ignore_errors=True)
        self.emulator = Emulator(self.directory, *flags)
        self.endpoint = self.emulator.url
        self.addCleanup(lambda emulator=self.emulator: emulator.process.poll() is None and emulator.stop())

    def change_code(self, name):
        code = self.work / "code" / name / "index.py"
        code.write_text(code.read_text() + "# changed\n")

    def check_a_day(self):
        """From nothing to a released function, a second release, and nothing to do after each."""
        self.add_function("a", description="greets", user_data={"A": "b"})
        self.run_fgsync("sync")
        self.run_fgsync("plan", "--detailed-exitcode", code=0)
        self.change_code("a")
        out, _ = self.run_fgsync("sync", "-o", "json")
        actions = [action["action"] for change in json.loads(out)["changes"] for action in change["actions"]]
        self.assertEqual(actions, ["update_code", "publish", "update_alias"])
        self.assertEqual(len(self.emulator.versions("a")), 3)
        self.run_fgsync("plan", "--detailed-exitcode", code=0)
        self.run_fgsync("plan", "--detailed-exitcode", "--no-state", code=0)

    def test_each_position_is_an_ordinary_day(self):
        for flags in FLAGS:
            with self.subTest(flags=flags):
                self.restart(*flags)
                self.check_a_day()

    def test_all_of_them_together(self):
        self.restart(*[word for flags in FLAGS for word in flags])
        self.check_a_day()

    def test_imports_that_exclude_each_other_are_waited_for(self):
        self.restart("--single-transfer", "1")
        for name in ("a", "b", "c"):
            self.add_function(name)
        self.run_fgsync("sync")
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b", "c"])


if __name__ == "__main__":
    main()
