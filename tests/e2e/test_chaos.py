"""An unreliable service and a process that dies anywhere: one `sync` gets everything right, and nothing happens twice.
The rates are those against which a plain script gets about two thirds of the functions right."""
import collections
import json
import random

from harness import URN, Case, Emulator, Proxy, main

FUNCTIONS = 100
# One rule draws for each request; the first that hits decides.
SCENARIO = """
seed: %d
rules:
  - {name: unavailable, when: {probability: 5%%}, do: {answer: {status: 503}}}
  - {name: busy, when: {probability: 3%%}, do: {answer: {status: 429, retry_after: 1s}}}
  - {name: lost, when: {probability: 5%%}, do: {drop: after}}
  - {name: dropped, when: {probability: 2%%}, do: {drop: before}}
  - {name: cut, when: {probability: 2%%}, do: {cut: 10}}
"""


class Chaos(Case):
    def restart_emulator(self, *arguments):
        self.emulator.stop()
        self.emulator = Emulator(self.directory, "--state", str(self.directory / "emulator.db"), *arguments)
        self.endpoint = self.emulator.url

    def use_faults(self, seed):
        scenario = self.directory / "faults.yaml"
        scenario.write_text(SCENARIO % seed)
        self.restart_emulator("--faults", str(scenario))

    def check_published_once(self):
        """Every publish that took effect has a name of its own."""
        published = collections.Counter()
        for name in self.emulator.functions():
            versions = self.emulator.versions(name)
            published[name] = len(versions) - 1
        self.assertEqual([name for name, count in published.items() if count != 1], [])

    def test_one_sync_gets_all_of_them_right(self):
        names = [f"f{i:03}" for i in range(FUNCTIONS)]
        for name in names:
            self.add_function(name)
        self.use_faults(seed=20261122)
        process = self.start("sync")
        out, err = process.communicate(timeout=240)
        self.assertEqual(process.returncode, 0, out[-3000:] + err[-3000:])
        faults = collections.Counter(row.get("fault") for row in self.emulator.requests())
        self.assertEqual(sum(1 for name in faults if name), 5, faults)  # all kinds of faults happened

        self.restart_emulator()
        self.assertEqual(sorted(self.emulator.functions()), names)
        for name in names:
            versions = self.emulator.versions(name)
            self.assertEqual(self.emulator.aliases(name), {"prod": versions[1]}, name)
        self.check_published_once()
        out, _ = self.run_fgsync("plan", "--refresh", "full", "--detailed-exitcode")
        self.assertIn("No changes", out)


class Kill(Case):
    """Killed directly before or after every call that changes something: the boundaries of every intent."""

    def setUp(self):
        super().setUp()
        self.kill_at = None
        self.process = None
        proxy = Proxy(self.emulator.port, self.rule)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url
        self.changes = 0

    def rule(self, method, path, count):
        if method == "GET":
            return None
        self.changes += 1
        if self.kill_at != self.changes:
            return None
        self.process.kill()
        # Whether the service got it: both, in turn.
        return "drop" if self.takes_no_effect else "lose"

    def run_killed(self, kill_at, takes_no_effect):
        self.changes = 0
        self.kill_at = kill_at
        self.takes_no_effect = takes_no_effect
        self.process = self.start("sync", "--parallel", "1")
        self.process.communicate(timeout=60)
        self.kill_at = None

    def write(self, names, round_number):
        for name in names:
            self.add_function(name, timeout=3 + round_number, tags={"round": str(round_number)})
            (self.work / "code" / name / "index.py").write_text(
                f"def handler(event, context):\n    return {name!r}, {round_number}\n")

    def test_at_every_boundary(self):
        # Of each of two functions: code, configuration, tags, publish, alias. One more, which kills nothing.
        for kill_at in range(1, 12):
            for takes_no_effect in (True, False):
                with self.subTest(kill_at=kill_at, takes_no_effect=takes_no_effect):
                    names = [f"{name}-{kill_at}-{int(takes_no_effect)}" for name in ("a", "b")]
                    self.write(names, 0)
                    self.run_fgsync("sync")
                    self.write(names, 1)
                    self.run_killed(kill_at, takes_no_effect)
                    self.assertEqual(self.process.returncode, -9 if kill_at <= 10 else 0, f"{self.changes} changes")
                    self.run_fgsync("sync")
                    for name in names:
                        self.check(name)
        self.assertIn("No changes", self.run_fgsync("plan", "--refresh", "full")[0])

    def check(self, name):
        listed = self.emulator.call("GET", f"/functions/{URN}{name}/versions")["versions"]
        versions = [row for row in listed if row["version"] != "latest"]
        self.assertEqual(len(versions), 2)
        self.assertEqual(len({row["digest"] for row in versions}), 2, "one code was published twice")
        latest = next(row for row in listed if row["version"] == "latest")
        target = self.emulator.aliases(name)["prod"]
        self.assertEqual([row["digest"] for row in versions if row["version"] == target], [latest["digest"]])

    def test_at_random(self):
        chance = random.Random(6)
        for name in ("a", "b", "c", "d"):
            self.add_function(name)
        for _ in range(10):
            process = self.start("sync", "--parallel", "4")
            try:
                process.communicate(timeout=chance.uniform(0.02, 0.3))
            except Exception:
                process.kill()
                process.communicate(timeout=30)
        self.run_fgsync("sync")
        for name in ("a", "b", "c", "d"):
            self.assertEqual(len(self.emulator.versions(name)), 2)
        self.assertIn("No changes", self.run_fgsync("plan", "--refresh", "full")[0])


if __name__ == "__main__":
    main()
