"""The daemon's life: what it tells systemd, how it is told to go or to read its configuration again, and what it makes
of an end at any moment, of a service that was away, and of a machine that has too little of something."""
import collections
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from git_server import GitHttpServer, GitRepository
from harness import URN, main
from running_daemon import DaemonCase

FAULTS = "rules:\n  - {name: slow, match: {operation: UpdateFunctionCode}, do: {answer_delay: %s}}\n"


class Notified:
    """The socket of a service manager, which reads at once what it is told: who tells would wait otherwise."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.told = []
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        while message := self.socket.recv(4096).decode():
            self.told.append(message)

    def messages(self):
        return list(self.told)

    def count(self, word):
        return sum(1 for message in self.messages() if word in message.split("\n"))

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", str(self.path))  # the end
        self.listener.join()
        self.socket.close()


class Case(DaemonCase):
    def setUp(self):
        super().setUp()
        self.notified = Notified(self.directory / "notify")
        self.addCleanup(self.notified.close)

    def synced(self, *names, **changes):
        for name in names:
            self.add_function(name)
        daemon = self.start_daemon(environment=self.environment(**changes))
        for name in names:
            daemon.wait_for_condition(name, "Synced")
        return daemon

    def managed(self):
        return {"NOTIFY_SOCKET": str(self.notified.path)}

    def wait_told(self, word, daemon, count=1):
        self.wait_until(lambda: self.notified.count(word) >= count, daemon)

    def uploads(self):
        return [row for row in self.emulator.mutations() if row["method"] == "PUT" and row["path"].endswith("/code")]

    def assert_each_code_once(self, names):
        """No code was published twice, and none is lost."""
        for name in names:
            versions = self.emulator.call("GET", f"/functions/{URN}{name}/versions")["versions"]
            codes = collections.Counter(row["digest"] for row in versions if row["version"] != "latest")
            self.assertEqual([code for code, count in codes.items() if count > 1], [], name)
            newest = versions[-1]
            self.assertEqual(newest["digest"], self.code_of(name)["digest"])
            self.assertEqual(self.emulator.aliases(name), {"prod": newest["version"]})

    def slow_upload(self, delay):
        """A daemon with an upload under way, whose answer takes this long."""
        daemon = self.synced("a")
        self.assertEqual(daemon.stop(), 0)
        (self.directory / "faults.yaml").write_text(FAULTS % delay)
        self.restart_emulator("--faults", str(self.directory / "faults.yaml"))
        daemon = self.start_daemon()
        daemon.wait_for_condition("a", "Synced")
        before = self.code_of("a")["digest"]
        self.write_code("a", "changed = 1\n")
        self.wait_until(lambda: self.code_of("a")["digest"] != before, daemon)  # it is there, unanswered
        return daemon


class Manager(Case):
    def test_it_is_told_what_becomes_of_the_daemon(self):
        daemon = self.synced("a", **self.managed())
        self.assertTrue(self.notified.messages()[0].startswith("READY=1\nSTATUS="), self.notified.messages())
        self.wait_told("STATUS=1 function, 1 Synced", daemon)
        daemon.signal(signal.SIGHUP)
        self.wait_told("READY=1", daemon, 2)
        reloading = [index for index, told in enumerate(self.notified.messages()) if told.startswith("RELOADING=1\n")]
        self.assertEqual(len(reloading), 1)
        self.assertIn("MONOTONIC_USEC=", self.notified.messages()[reloading[0]])
        ready = [index for index, told in enumerate(self.notified.messages()) if told.startswith("READY=1\n")]
        self.assertLess(ready[0], reloading[0])
        self.assertLess(reloading[0], ready[1])
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.notified.count("STOPPING=1"), 1)
        self.assertEqual(self.notified.count("WATCHDOG=1"), 0)  # nobody asked for it

    def test_it_is_not_told_to_be_ready_with_a_configuration_that_cannot_be_used(self):
        (self.work / "fgsync.yaml").write_text("apiVersion: fgsync/v1\nkind: Config\nspec: {sources: 5}\n")
        daemon = self.start_daemon(environment=self.environment(**self.managed()))
        self.assertEqual(daemon.wait(), 78)
        self.assertIn("fgsync.yaml:3:", daemon.log())
        self.assertEqual(self.notified.count("READY=1"), 0)

    def test_the_watchdog_is_fed_while_the_work_goes_on(self):
        daemon = self.synced("a", **self.managed(), WATCHDOG_USEC="300000")
        self.wait_told("WATCHDOG=1", daemon, 10)
        self.emulator.stop()  # a service that is away is no reason to start anew
        daemon.wait_for('msg="sweep failed"')
        before = self.notified.count("WATCHDOG=1")
        self.wait_told("WATCHDOG=1", daemon, before + 10)

    def test_the_watchdog_is_not_fed_when_nothing_comes_forward(self):
        served = self.directory / "served"
        origin = GitRepository(served / "origin")
        server = GitHttpServer(served)
        self.addCleanup(server.stop)
        server.behave = "hang"
        self.write_config(sources=[{"git": {"url": server.url(origin), "interval": "1s"}}],
                          timeouts={"call": "100ms", "upload": "100ms"})
        daemon = self.start_daemon(environment=self.environment(**self.managed(), WATCHDOG_USEC="300000"))
        self.wait_told("WATCHDOG=1", daemon)
        daemon.wait_for("nothing comes forward, the watchdog is not fed")
        before = self.notified.count("WATCHDOG=1")
        time.sleep(1)  # for three times of feeding it
        self.assertEqual(self.notified.count("WATCHDOG=1"), before)


class Reload(Case):
    def test_a_bad_configuration_is_refused_and_the_old_one_stays(self):
        daemon = self.synced("a", **self.managed())
        good = (self.work / "fgsync.yaml").read_text()
        (self.work / "fgsync.yaml").write_text(good + "  nonsense: 1\n")
        daemon.signal(signal.SIGHUP)
        line = daemon.wait_for('msg="configuration refused, the one before stays"')
        self.assertIn("nonsense", line)
        self.wait_until(lambda: any("was refused" in told for told in self.notified.messages()), daemon)
        self.edit("a", memory_size=256)
        self.wait_until(lambda: self.config_of("a")["memory_size"] == 256, daemon)
        (self.work / "fgsync.yaml").write_text(good)
        daemon.signal(signal.SIGHUP)
        daemon.wait_for('msg="configuration read again"')

    def test_a_changed_configuration_is_used(self):
        daemon = self.synced("a")
        (self.work / "more").mkdir()
        self.add_function("b")
        os.rename(self.work / "manifests" / "b.yaml", self.work / "b.yaml")
        self.write_config(sources=[{"directory": "manifests"}, {"directory": "more"}], log={"level": "info"})
        os.rename(self.work / "b.yaml", self.work / "more" / "b.yaml")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_condition("b", "Synced", "applied")
        mark = daemon.mark()
        self.edit("a", memory_size=256)
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assertEqual(daemon.lines(mark, level="debug"), [])
        self.assertEqual(sorted(self.emulator.functions()), ["a", "b"])
        self.assert_published_once("a", "b")
        self.assertEqual(daemon.stop(), 0)


    def test_a_signal_that_comes_while_it_is_under_way_is_not_lost(self):
        daemon = self.slow_upload("3s")
        mark = daemon.mark()
        self.write_config(log={"level": "info"})
        daemon.signal(signal.SIGHUP)
        time.sleep(0.5)  # it waits for the upload now
        self.assertEqual(daemon.lines(mark, msg="configuration read again"), [])
        self.write_config(mode="observe")
        daemon.signal(signal.SIGHUP)
        self.wait_until(lambda: len(daemon.lines(mark, msg="configuration read again")) == 2, daemon)
        versions = self.emulator.versions("a")
        self.edit("a", memory_size=256)
        daemon.wait_for_condition("a", "Held", "observe", since=mark)
        self.assertEqual(self.emulator.versions("a"), versions)
        self.assertEqual(daemon.stop(), 0)


class Ends(Case):
    def assert_converges(self, uploads):
        """Uploads whose answer nobody waited for are not in the access log."""
        daemon = self.start_daemon()
        daemon.wait_for_condition("a", "Synced")
        self.wait_until(lambda: self.emulator.aliases("a")["prod"] == self.emulator.versions("a")[-1], daemon)
        self.assertEqual(len(self.emulator.versions("a")), 3)
        self.assertEqual(len(self.uploads()), uploads)
        self.assert_each_code_once(["a"])
        self.assert_published_once("a")
        self.assertEqual(daemon.stop(), 0)

    def test_what_is_under_way_ends_first(self):
        daemon = self.slow_upload("2s")
        mark = daemon.mark()
        daemon.signal(signal.SIGTERM)
        daemon.wait_for('msg=stopping in_flight=1', since=mark)
        self.assertEqual(daemon.wait(), 0)
        self.assertIn("msg=stopped", daemon.log(mark))
        self.assert_converges(uploads=1)

    def test_asked_twice_it_leaves_at_once(self):
        daemon = self.slow_upload("20s")
        daemon.signal(signal.SIGTERM)
        daemon.wait_for("msg=stopping")
        time.sleep(0.6)  # closer together, two signals are one wish
        started = time.monotonic()
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)
        self.assertLess(time.monotonic() - started, 5)
        self.assertRegex(daemon.log(), "interrupted, whether its last step took effect.* fn=a")
        self.restart_emulator()
        self.assert_converges(uploads=0)

    def test_killed_at_any_moment_it_publishes_nothing_twice(self):
        names = [f"f{number}" for number in range(6)]
        for name in names:
            self.add_function(name)
        self.restart_emulator("--latency", "4ms")
        random.seed(8)
        for number in range(25):
            daemon = self.start_daemon()
            if number % 3 == 2:
                daemon.wait_for("change_pending|working|in_sync")
            for name in random.sample(names, 2):
                self.write_code(name, f"number = {number}\n")
            time.sleep(random.uniform(0, 0.25))  # anywhere
            daemon.kill()
        daemon = self.start_daemon()
        for name in names:
            daemon.wait_for_condition(name, "Synced")
        self.wait_until(lambda: all(self.emulator.aliases(name)["prod"] == self.emulator.versions(name)[-1]
                                    for name in names), daemon)
        daemon.wait_for_sweeps(1)
        self.assert_each_code_once(names)
        self.assert_published_once(*names)
        self.assertEqual(daemon.stop(), 0)
        out, _ = self.run_fgsync("plan", "--refresh", "full", "--detailed-exitcode")
        self.assertIn("No changes", out)


class Trouble(Case):
    def test_a_service_that_was_away_is_caught_up_with(self):
        daemon = self.synced("a", "b")
        self.emulator.stop()
        self.write_code("a", "changed = 1\n")
        daemon.wait_for('msg="sweep failed"')
        daemon.wait_for_condition("a", "Unknown", "cannot_observe")
        mark = daemon.mark()
        self.restart_emulator()
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assertEqual(len(self.emulator.versions("a")), 3)
        self.assert_published_once("a", "b")

    def test_a_sync_by_hand_is_told_who_works_here(self):
        daemon = self.synced("a")
        self.edit("a", memory_size=256)
        _, err = self.run_fgsync("sync", code=1)
        self.assertIn(f"fgsync daemon, process {daemon.process.pid}", err)

    def test_a_second_daemon_waits_until_the_first_has_gone(self):
        first = self.synced("a")
        config = (self.work / "fgsync.yaml").read_text().replace("control.sock", "second.sock")
        (self.work / "second.yaml").write_text(config)
        second = self.start_daemon("--config", "second.yaml")
        second.wait_for(f'msg="target cannot work".*fgsync daemon, process {first.process.pid}')
        self.edit("a", memory_size=256)
        self.wait_until(lambda: self.config_of("a")["memory_size"] == 256, first)
        mark = second.mark()
        self.assertEqual(first.stop(), 0)
        self.edit("a", memory_size=512)
        second.wait_for_condition("a", "Synced", since=mark)
        self.wait_until(lambda: self.config_of("a")["memory_size"] == 512, second)
        self.assertEqual(second.stop(), 0)

    def small_disk(self):
        state = self.directory / "state"
        state.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "none", str(state)],
                                 stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("needs to mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "-l", str(state)], check=False)
        return state

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to mount a small disk")
    def test_a_full_disk_is_said_and_overcome(self):
        state = self.small_disk()
        daemon = self.synced("a", "b")
        filler = state / "filler"
        with open(filler, "wb") as stream, self.assertRaises(OSError):
            while True:
                os.write(stream.fileno(), b"x" * 512)
        mark = daemon.mark()
        for number in range(30):  # until no page of the state is free any more
            if "full" in daemon.log(mark) or "space" in daemon.log(mark):
                break
            since = daemon.mark()
            self.write_code("a", f"number = {number}\n" * 100)
            daemon.wait_for("fn=a ", since=since)
            daemon.wait_for_sweeps(1)
        self.assertRegex(daemon.log(mark), "disk is full|No space left")
        self.assertIsNone(daemon.process.poll())
        filler.unlink()
        self.edit("b", memory_size=512)
        self.wait_until(lambda: self.config_of("b")["memory_size"] == 512, daemon)
        mark = daemon.mark()
        self.write_code("a", "last = 1\n")
        daemon.wait_for_condition("a", "Synced", since=mark)
        self.assertEqual(daemon.stop(), 0)

    def test_a_state_that_is_removed_ends_all_writing(self):
        self.add_function("a")
        self.configure()
        daemon = self.started()
        daemon.wait_for_condition("a", "Synced")
        shutil.rmtree(self.directory / "state")
        line = daemon.wait_for('msg="target cannot work"')
        self.assertIn("removed or replaced", line)
        before = self.emulator.mutations()
        self.edit("a", memory_size=256)
        time.sleep(2)
        self.assertEqual(self.emulator.mutations(), before)
        self.assertEqual(daemon.stop(), 0)

    def test_few_descriptors_are_enough_for_many_functions(self):
        names = [f"f{number:02}" for number in range(40)]
        for name in names:
            self.add_function(name)
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
        self.configure(guards={"max_change": "100%"})
        self.run_fgsync("sync")
        self.assertEqual(len(self.emulator.functions()), 40)
        daemon = self.start_daemon(preexec_fn=few)
        for name in names[:10]:
            self.write_code(name, "changed = 1\n")
        for name in names[:10]:
            daemon.wait_for_condition(name, "Synced", "applied")
        self.assertNotIn("Too many open files", daemon.log())
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    main()
