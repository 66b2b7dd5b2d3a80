"""Signals, kills and lost answers with the real programs: the next run finds the truth and nothing is done twice."""
import random
import signal
import threading
import time

from harness import Case, Proxy, main, wait_for


class Interruption(Case):
    def use_proxy(self, rule):
        proxy = Proxy(self.emulator.port, rule)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url

    def check_converged(self, names):
        self.run_fgsync("sync")
        for name in names:
            versions = self.emulator.versions(name)
            self.assertEqual(len(versions), 2, versions)  # latest and one version, never two
            self.assertEqual(self.emulator.aliases(name), {"prod": versions[1]})
        out, _ = self.run_fgsync("plan", "--detailed-exitcode", code=0)
        self.assertIn("No changes", out)

    def test_lost_answers_are_settled_by_observing(self):
        names = [f"f{i}" for i in range(4)]
        for name in names:
            self.add_function(name)
        self.use_proxy(lambda method, path, count: "lose" if method != "GET" and count == 1 else None)
        self.run_fgsync("sync")
        publishes = [row["path"] for row in self.emulator.mutations() if row["path"].endswith("/versions")]
        self.assertEqual(len(publishes), len(set(publishes)))
        self.check_converged(names)

    def test_a_signal_lets_what_is_in_flight_end(self):
        for signal_number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            with self.subTest(signal_number):
                name = f"f{code}"
                self.add_function(name)
                self.add_function(name + "-later", depends_on=[name])
                self.use_proxy(lambda method, path, count: 0.5 if method == "POST" else None)
                process = self.start("sync")
                wait_for(lambda: name in self.emulator.functions())
                process.send_signal(signal_number)
                out, err = process.communicate(timeout=30)
                self.assertEqual(process.returncode, code, out + err)
                self.assertIn("interrupted", out)
                self.assertIn(name + "-later", out)
                self.assertNotIn(name + "-later", self.emulator.functions())
        self.check_converged(["f143", "f143-later", "f130", "f130-later"])

    def test_a_second_signal_leaves_at_once(self):
        self.add_function("a")
        has_begun = threading.Event()

        def hold_import(method, path, count):
            if not path.endswith("/import"):
                return None
            has_begun.set()
            return 8

        self.use_proxy(hold_import)
        process = self.start("sync")
        self.assertTrue(has_begun.wait(timeout=30))
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)  # at once: the same wish, not a second one
        time.sleep(0.8)
        self.assertIsNone(process.poll())
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - started, 4)
        self.assertEqual(process.returncode, 143)
        self.assertIn("interrupted a: whether its last step took effect is not known", err)

    def test_killed_anywhere_the_next_run_converges(self):
        chance = random.Random(20261122)
        names = [f"f{i}" for i in range(6)]
        for name in names:
            self.add_function(name)
        self.use_proxy(lambda method, path, count: 0.01)
        for _ in range(8):
            process = self.start("sync", "--parallel", "2")
            time.sleep(chance.uniform(0.01, 0.25))
            process.kill()
            process.communicate(timeout=30)
        self.check_converged(names)
        imports = [row for row in self.emulator.mutations() if row["path"].endswith("/import") and row["status"] == 200]
        self.assertEqual(len(imports), len(names))


if __name__ == "__main__":
    main()
