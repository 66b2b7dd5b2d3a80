"""The daemon with several targets, and with configurations that ask for what is not there: each says what is wrong, and
the rest goes on."""
import os

from git_server import free_port
from harness import Emulator, main
from running_daemon import DaemonCase


class Case(DaemonCase):
    def setUp(self):
        super().setUp()
        (self.directory / "second").mkdir()
        self.second = Emulator(self.directory / "second", token="token-of-the-second")
        self.addCleanup(lambda: self.second.process.poll() is None and self.second.stop())
        self.tokens = {name: self.directory / name for name in ("first-token", "second-token")}
        self.tokens["first-token"].write_text("good")
        self.tokens["second-token"].write_text("token-of-the-second")
        for name in ("first", "second"):
            (self.work / name).mkdir()

    def add(self, target, name, **fields):
        """A function in the folder of a target."""
        self.add_function(name, **fields)
        os.rename(self.work / "manifests" / f"{name}.yaml", self.work / target / f"{name}.yaml")

    def targets(self, first=None, second=None, **spec):
        def one(name, url, changes):
            return {"name": name, "endpoint": url, "sources": [{"directory": name}],
                    "credentials": {"token_file": str(self.tokens[f"{name}-token"])}, **(changes or {})}

        self.write_config(targets=[one("first", self.emulator.url, first), one("second", self.second.url, second)],
                          **spec)

    def start_targets(self):
        return self.start_daemon(environment=self.environment(FGSYNC_ENDPOINT=None, FGSYNC_TOKEN=None))

    def wait_synced(self, daemon, target, name, since=0):
        return daemon.wait_for(f"target={target} fn={name} condition=Synced", since=since)

    def assert_first_works(self, daemon):
        self.wait_synced(daemon, "first", "a")
        mark = daemon.mark()
        self.add("first", "later")
        self.wait_synced(daemon, "first", "later", mark)


class Isolation(Case):
    def test_two_targets_of_one_project_do_not_delete_each_others_functions(self):
        self.add("first", "a")
        self.add("second", "b")
        self.tokens["second-token"].write_text("good")
        self.targets(second={"endpoint": self.emulator.url}, guards={"prune": True, "prune_after": 1},
                     intervals={"sweep": "1s"})
        daemon = self.start_targets()
        line = daemon.wait_for("target cannot work")
        self.assertRegex(line, "target=second .*target first already has project")
        self.wait_synced(daemon, "first", "a")
        self.assertNotIn("b", self.emulator.functions())
        self.assertEqual(daemon.stop(), 0)

    def test_each_target_has_its_own_service(self):
        self.add("first", "a")
        self.add("second", "b")
        self.targets()
        daemon = self.start_targets()
        self.wait_synced(daemon, "first", "a")
        self.wait_synced(daemon, "second", "b")
        self.assertEqual(sorted(self.emulator.functions()), ["a"])
        self.assertEqual(sorted(self.second.functions()), ["b"])
        self.assertEqual(daemon.stop(), 0)

    def test_a_token_that_is_refused_is_read_again(self):
        self.add("first", "a")
        self.add("second", "b")
        self.tokens["second-token"].write_text("expired")
        self.targets()
        daemon = self.start_targets()
        line = daemon.wait_for('msg="sweep failed" target=second')
        self.assertRegex(line, "token|refused|credentials|401")
        self.assert_first_works(daemon)
        self.assertEqual(self.second.functions(), {})
        replaced = self.directory / "renewed"
        replaced.write_text("token-of-the-second")
        os.replace(replaced, self.tokens["second-token"])
        self.wait_synced(daemon, "second", "b")
        self.assertNotIn("token-of-the-second", daemon.log())

    def test_a_service_that_is_down(self):
        self.add("first", "a")
        self.add("second", "b")
        self.targets(second={"endpoint": f"http://127.0.0.1:{free_port()}"})
        daemon = self.start_targets()
        line = daemon.wait_for('msg="sweep failed" target=second')
        self.assertIn("refused", line)
        self.assert_first_works(daemon)

    def test_a_host_that_is_unknown(self):
        self.add("first", "a")
        self.add("second", "b")
        self.targets(second={"endpoint": "https://functions.invalid"})
        daemon = self.start_targets()
        line = daemon.wait_for('msg="sweep failed" target=second')
        self.assertIn("functions.invalid", line)
        self.assert_first_works(daemon)

    def test_credentials_that_are_not_there_yet(self):
        self.add("first", "a")
        self.add("second", "b")
        self.tokens["second-token"].unlink()
        self.targets()
        daemon = self.start_targets()
        line = daemon.wait_for('target=second.*error=')
        self.assertIn("second-token", line)
        self.assert_first_works(daemon)
        self.tokens["second-token"].write_text("token-of-the-second")
        self.wait_synced(daemon, "second", "b")

    def test_two_targets_with_one_state(self):
        self.add("first", "a")
        self.add("second", "b")
        shared = {"state_directory": str(self.directory / "shared")}
        self.targets(first=shared, second=shared)
        environment = self.environment(FGSYNC_ENDPOINT=None, FGSYNC_TOKEN=None, FGSYNC_STATE=None)
        daemon = self.start_daemon(environment=environment)
        line = daemon.wait_for('msg="target cannot work"')
        self.assertRegex(line, "target=second .*(shared|one state)")
        self.assert_first_works(daemon)
        self.assertEqual(self.second.functions(), {})


class Configuration(Case):
    def test_no_sources_is_the_folder_of_the_configuration(self):
        self.add_function("a")
        self.write_config()
        daemon = self.start_daemon()
        daemon.wait_for_condition("a", "Synced")

    def test_a_directory_that_is_missing(self):
        self.write_config(sources=[{"directory": "nowhere"}])
        daemon = self.start_daemon()
        line = daemon.wait_for('msg="sweep failed"')
        self.assertIn("nowhere", line)
        self.assertIsNone(daemon.process.poll())
        (self.work / "nowhere").mkdir()
        self.add_function("a")
        os.replace(self.work / "manifests" / "a.yaml", self.work / "nowhere" / "a.yaml")
        daemon.wait_for_condition("a", "Synced", "applied")

    def test_no_credentials_at_all(self):
        self.add_function("a")
        self.write_config(credentials={"token_file": "absent"}, sources=[{"directory": "manifests"}])
        daemon = self.start_daemon(environment=self.environment(FGSYNC_TOKEN=None))
        self.assertEqual(daemon.wait(), 78)
        self.assertIn("cannot read the token file absent", daemon.log())
        self.assertEqual(self.emulator.mutations(), [])


if __name__ == "__main__":
    main()
