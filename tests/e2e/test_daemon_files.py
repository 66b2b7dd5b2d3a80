"""The daemon and folders: what is edited is deployed, what others change is put back, and what is gone or broken is
treated with care."""
import json
import os
import shutil
import signal
import time

from harness import main
from running_daemon import DaemonCase

NEVER = {"sweep": "1h", "debounce": "50ms"}  # only what is noticed by watching happens


class Case(DaemonCase):
    def synced(self, *names, **options):
        """Functions, and a daemon that deployed them."""
        for name in names:
            self.add_function(name)
        daemon = self.start_daemon(**options)
        for name in names:
            daemon.wait_for_condition(name, "Synced")
        return daemon

    def names(self):
        return sorted(self.emulator.functions())

    def assert_code(self, name, text, daemon):
        """The alias points to a version with this code, and nothing else was published on the way."""
        folder = self.work / "code" / name
        self.assertEqual((folder / "index.py").read_text(), text)
        versions = self.emulator.versions(name)
        self.wait_until(lambda: self.emulator.aliases(name)["prod"] == versions[-1], daemon)

    def write_broken(self, name):
        (self.work / "manifests" / f"{name}.yaml").write_text("apiVersion: fgsync/v1\nkind: Function\n  metadata: [")


class Watched(Case):
    intervals = NEVER

    def test_edited_code_is_deployed(self):
        daemon = self.synced("a", "b")
        mark = daemon.mark()
        (self.work / "code" / "a" / "index.py").write_text("changed = 1\n")  # in place
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assertEqual(len(self.emulator.versions("a")), 3)  # latest, the first and this one
        mark = daemon.mark()
        self.write_code("a", "changed = 2\n")  # replaced by another file
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        versions = self.emulator.versions("a")
        self.assertEqual(len(versions), 4)
        self.assertEqual(self.emulator.aliases("a"), {"prod": versions[-1]})
        self.assertEqual(len(self.emulator.versions("b")), 2)  # nobody touched it

    def test_an_edited_manifest_is_applied(self):
        daemon = self.synced("a", "b")
        mark = daemon.mark()
        self.edit("a", memory_size=256)
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assertEqual(self.config_of("a")["memory_size"], 256)
        self.assertEqual(self.config_of("b")["memory_size"], 128)

    def test_a_new_manifest_is_imported(self):
        daemon = self.synced("a")
        self.add_function("b")
        daemon.wait_for_condition("b", "Synced", "applied")
        self.assertEqual(self.names(), ["a", "b"])
        self.assert_published_once("a", "b")

    def test_a_link_that_is_turned_to_another_folder_counts_as_a_change(self):
        """As Kubernetes updates mounted ConfigMaps: files are links into ..data, which is a link that is replaced."""
        self.add_function("a")
        manifests = self.work / "manifests"
        text = (manifests / "a.yaml").read_text()
        (manifests / "a.yaml").unlink()
        for number, memory in ((1, 128), (2, 256)):
            folder = manifests / f"..version{number}"
            folder.mkdir()
            (folder / "a.yaml").write_text(text.replace('"memory_size": 128', f'"memory_size": {memory}'))
        (manifests / "..data").symlink_to("..version1")
        (manifests / "a.yaml").symlink_to("..data/a.yaml")
        daemon = self.start_daemon()
        daemon.wait_for_condition("a", "Synced", "applied")
        self.assertEqual(self.config_of("a")["memory_size"], 128)
        mark = daemon.mark()
        (manifests / "..new").symlink_to("..version2")
        os.replace(manifests / "..new", manifests / "..data")
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assertEqual(self.config_of("a")["memory_size"], 256)

    def test_a_folder_that_comes_back_is_watched_again(self):
        daemon = self.synced("a")
        mark = daemon.mark()
        os.rename(self.work / "manifests", self.work / "elsewhere")
        daemon.wait_for("source cannot be used whole.*manifests.*No such file", since=mark)
        self.assertEqual(self.names(), ["a"])
        shutil.copytree(self.work / "elsewhere", self.work / "manifests")
        mark = daemon.mark()
        self.edit("a", memory_size=256)
        self.wait_until(lambda: self.config_of("a")["memory_size"] == 256, daemon)
        self.edit("a", memory_size=512)  # noticed in the new folder, too
        self.wait_until(lambda: self.config_of("a")["memory_size"] == 512, daemon)
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assert_published_once("a")


class Swept(Case):
    def test_what_others_change_is_put_back(self):
        daemon = self.synced("a", "b")
        mark = daemon.mark()
        self.change_on_console("a", memory_size=512)
        daemon.wait_for('msg="put back what others had changed".* fn=a', since=mark)
        self.assertEqual(self.config_of("a")["memory_size"], 128)
        self.assertEqual(daemon.lines(mark, fn="b", code="working"), [])

    def test_without_self_heal_it_is_left_and_shown(self):
        self.configure(guards={"self_heal": False})
        daemon = self.synced("a")
        self.change_on_console("a", memory_size=512)
        mutations = len(self.emulator.mutations())
        line = daemon.wait_for_condition("a", "Synced", "drift_left_alone")
        self.assertIn("memory_size", line["reason"])
        daemon.wait_for_sweeps(2)
        self.assertEqual(self.config_of("a")["memory_size"], 512)
        self.assertEqual(len(self.emulator.mutations()), mutations)

    def test_a_missing_manifest_blocks_and_deletes_nothing(self):
        daemon = self.synced("a", "b")
        (self.work / "manifests" / "b.yaml").unlink()
        daemon.wait_for_condition("b", "Blocked")
        daemon.wait_for_sweeps(3)
        self.assertEqual(self.names(), ["a", "b"])

    def test_with_permission_it_is_deleted_after_that_many_regular_sweeps(self):
        self.configure(guards={"prune": True, "prune_after": 3})
        daemon = self.synced("a", "b")
        mark = daemon.mark()
        removed_at = time.monotonic()
        (self.work / "manifests" / "b.yaml").unlink()
        for _ in range(4):  # more sweeps, which do not count
            asked = daemon.mark()
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_sweeps(1, since=asked)
        self.wait_until(lambda: "b" not in self.names(), daemon)
        self.assertGreater(time.monotonic() - removed_at, 1.9)  # two intervals between three regular sweeps
        reasons = " ".join(line.get("reason", "") for line in daemon.lines(mark, fn="b"))
        self.assertEqual([number for number in range(9) if f"number {number})" in reasons][-2:], [1, 2])
        self.assertEqual(self.names(), ["a"])

    def test_a_manifest_that_comes_back_in_time_saves_its_function(self):
        self.configure(guards={"prune": True, "prune_after": 2})
        daemon = self.synced("a", "b")
        manifest = self.work / "manifests" / "b.yaml"
        text = manifest.read_text()
        manifest.unlink()
        daemon.wait_for("fn=b .*this is number 1")
        mark = daemon.mark()
        manifest.write_text(text)
        daemon.wait_for_condition("b", "Synced", since=mark)
        daemon.wait_for_sweeps(3)
        self.assertEqual(self.names(), ["a", "b"])
        self.assert_published_once("a", "b")

    def test_a_broken_manifest_stops_only_its_own_function_and_all_deletes(self):
        self.configure(guards={"prune": True, "prune_after": 1})
        daemon = self.synced("a", "b", "c")
        self.write_broken("a")
        line = daemon.wait_for_condition("a", "Blocked", "manifest_error")
        self.assertIn("manifests/a.yaml:3:", line["reason"])
        (self.work / "manifests" / "c.yaml").unlink()
        self.edit("b", memory_size=256)
        self.wait_until(lambda: self.config_of("b")["memory_size"] == 256, daemon)
        daemon.wait_for_sweeps(3)
        self.assertEqual(self.names(), ["a", "b", "c"])
        self.assertEqual(len(self.emulator.versions("a")), 2)
        self.add_function("a")  # mended
        self.wait_until(lambda: self.names() == ["a", "b"], daemon)

    def test_a_folder_that_is_not_there_yet(self):
        self.write_config(sources=[{"directory": "manifests"}, {"directory": "later"}])
        daemon = self.synced("a")
        daemon.wait_for("source cannot be used whole.*later.*No such file")
        self.add_function("b")
        (self.work / "later").mkdir()
        os.rename(self.work / "manifests" / "b.yaml", self.work / "later" / "b.yaml")
        daemon.wait_for_condition("b", "Synced", "applied")
        self.assertEqual(self.names(), ["a", "b"])

    def test_observe_never_writes(self):
        self.configure(mode="observe")
        self.add_function("a")
        daemon = self.start_daemon()
        line = daemon.wait_for_condition("a", "Held", "observe")
        self.assertIn("would be changed", line["reason"])
        self.edit("a", memory_size=256)
        daemon.wait_for_sweeps(2)
        self.assertEqual(self.emulator.mutations(), [])

    def test_too_many_changes_at_once_wait_for_an_approval(self):
        names = [f"f{number:02}" for number in range(10)]
        daemon = self.synced(*names)
        for number in range(11):
            self.add_function(f"g{number:02}")
            self.edit(f"f{number % 10:02}", memory_size=256)
        mutations = len(self.emulator.mutations())
        line = daemon.wait_for('msg="too many changes, held until approved"')
        self.assertIn("most=10", line)
        daemon.wait_for_sweeps(2)
        self.assertEqual(len(self.emulator.mutations()), mutations)
        self.assertEqual(self.names(), names)


if __name__ == "__main__":
    main()
