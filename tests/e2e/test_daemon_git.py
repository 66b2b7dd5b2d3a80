"""The daemon and git repositories on real servers: a commit is deployed, and whatever is wrong with a commit, its
history, its signature or its server, what was deployed stays, and the rest goes on."""
import json
import shutil
import time
import unittest

from git_server import GitHttpServer, GitRepository, GitSshServer, free_port, has_ssh, make_ssh_key
from harness import Emulator, main
from running_daemon import DaemonCase

BROKEN = "apiVersion: fgsync/v1\nkind: Function\n  metadata: ["


def files_of(name, memory=128, code="first = 1\n"):
    """What describes a function in a repository."""
    spec = {"runtime": "Python3.9", "handler": "index.handler", "memory_size": memory, "timeout": 3,
            "code": {"directory": f"../code/{name}"}, "version": {"name": "auto"},
            "aliases": [{"name": "prod", "version": "current"}]}
    manifest = {"apiVersion": "fgsync/v1", "kind": "Function", "metadata": {"name": name}, "spec": spec}
    return {f"manifests/{name}.yaml": json.dumps(manifest, indent=1), f"code/{name}/index.py": code}


class TimedRequests(list):
    """Also remembers when each came."""

    def __init__(self):
        super().__init__()
        self.times = []

    def append(self, request):
        if request[1].split("?")[0].endswith("/info/refs"):
            self.times.append(time.monotonic())
        super().append(request)

    def gaps(self):
        return [later - earlier for earlier, later in zip(self.times, self.times[1:])]


class Case(DaemonCase):
    def setUp(self):
        super().setUp()
        self.served = self.directory / "served"
        self.served.mkdir()
        self.origin = GitRepository(self.served / "origin")

    def serve(self, **options):
        server = GitHttpServer(self.served, **options)
        server.requests = TimedRequests()
        self.addCleanup(server.stop)
        return server

    def follow(self, url, more=(), guards=None, git=None, **spec):
        source = {"url": url, "path": "manifests", "interval": "1s", **(git or {})}
        if guards:
            spec["guards"] = guards
        self.write_config(sources=[{"git": source}, *more], **spec)

    def write_secret(self, name, text):
        path = self.directory / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def commit(self, *functions, **files):
        return self.origin.commit({path: text for each in functions for path, text in each.items()} | files)

    def wait_for_commit(self, daemon, commit):
        return daemon.wait_for(f'msg="new commit".*revision={commit}')

    def deployed(self, daemon, *names):
        for name in names:
            daemon.wait_for_condition(name, "Synced")

    def names(self):
        return sorted(self.emulator.functions())

    def memory_of(self, name):
        return self.config_of(name)["memory_size"]


class Servers(Case):
    def test_a_commit_is_deployed_over_http_with_a_login(self):
        first = self.commit(files_of("a"))
        server = self.serve(login=("bot", "secret word"))
        password = self.write_secret("password", "secret word\n")
        self.follow(server.url(self.origin), git={"credentials": {"username": "bot", "password_file": password}})
        daemon = self.start_daemon()
        self.wait_for_commit(daemon, first)
        self.deployed(daemon, "a")
        mark = daemon.mark()
        second = self.commit(files_of("a", code="second = 2\n"))
        self.wait_for_commit(daemon, second)
        daemon.wait_for_condition("a", "Synced", "applied", since=mark)
        self.assertEqual(len(self.emulator.versions("a")), 3)
        self.assertNotIn("secret word", daemon.log())
        self.assertEqual(daemon.stop(), 0)
        history, _ = self.run_fgsync("history", "a")
        self.assertIn("revision " + first[:12], history)
        self.assertIn("revision " + second[:12], history)

    @unittest.skipUnless(has_ssh(), "needs sshd")
    def test_a_commit_is_deployed_over_ssh_from_a_known_host(self):
        self.commit(files_of("a"))
        server = GitSshServer(self.served)
        self.addCleanup(server.stop)
        known = server.known_hosts_file.read_text()
        server.known_hosts_file.write_text("")
        self.follow(server.url(self.origin), git={"ssh_key_file": str(server.key_file),
                                                  "known_hosts_file": str(server.known_hosts_file)})
        daemon = self.start_daemon()
        line = daemon.wait_for("repository cannot be used")
        self.assertIn("ssh-keyscan", line)
        self.assertEqual(self.names(), [])
        server.known_hosts_file.write_text(known)
        self.deployed(daemon, "a")
        self.commit(files_of("a", memory=256))
        self.wait_until(lambda: self.memory_of("a") == 256, daemon)

    def test_one_question_in_an_interval_whatever_the_number_of_functions(self):
        names = [f"f{number:02}" for number in range(10)]
        self.commit(*[files_of(name) for name in names])
        server = self.serve()
        self.follow(server.url(self.origin), git={"interval": "2s"})
        self.write_config(sources=[
            {"git": {"url": server.url(self.origin), "path": "manifests", "interval": "2s"}},
            {"git": {"url": server.url(self.origin), "path": "more", "interval": "2s"}}])
        self.origin.commit({"more/README": "nothing yet\n"})
        daemon = self.start_daemon()
        self.deployed(daemon, *names)
        before = len(server.requests.times)  # the checkout, too, asks
        daemon.wait_for_sweeps(4)
        self.wait_until(lambda: len(server.requests.times) >= before + 3, daemon)
        for gap in server.requests.gaps()[before - 1:]:
            self.assertGreater(gap, 1.8)


class Commits(Case):
    def start_with(self, *names, **options):
        self.commit(*[files_of(name) for name in names])
        self.server = self.serve()
        self.follow(self.server.url(self.origin), **options)
        daemon = self.start_daemon()
        self.deployed(daemon, *names)
        return daemon

    def test_a_bad_commit_leaves_its_function_and_the_others_go_on(self):
        daemon = self.start_with("a", "b", "c", guards={"prune": True, "prune_after": 1})
        manifest = files_of("c")
        bad = self.commit(files_of("b", memory=256), **{"manifests/a.yaml": BROKEN, "manifests/c.yaml": None})
        line = daemon.wait_for_condition("a", "Blocked", "manifest_error")
        self.assertIn(f" {self.server.url(self.origin)}:manifests/a.yaml:3:", line["reason"])
        self.assertIn(bad[:12], daemon.log())
        self.wait_until(lambda: self.memory_of("b") == 256, daemon)
        daemon.wait_for_sweeps(2)
        self.assertEqual(self.names(), ["a", "b", "c"])  # nothing is deleted while a commit is bad
        self.assertEqual(len(self.emulator.versions("a")), 2)
        self.commit(files_of("a", memory=512), manifest)
        self.wait_until(lambda: self.memory_of("a") == 512, daemon)
        self.assert_published_once("a", "b", "c")

    def test_a_commit_without_the_folder_of_the_manifests_changes_nothing(self):
        daemon = self.start_with("a", guards={"prune": True, "prune_after": 1})
        used = self.origin.head()
        gone = self.commit(**{"manifests/a.yaml": None, "code/a/index.py": None})
        self.wait_for_commit(daemon, gone)
        line = daemon.wait_for("source cannot be used whole")
        self.assertIn("manifests", line)
        daemon.wait_for_sweeps(2)
        for number in range(3):
            self.wait_for_commit(daemon, self.commit(unrelated=f"{number}\n"))
        daemon.wait_for_sweeps(2)
        self.assertTrue(list((self.directory / "state").glob(f"repositories/*/checkouts/{used}")))
        self.assertEqual(self.names(), ["a"])
        mark = daemon.mark()
        self.change_on_console("a", memory_size=512)  # healed all the same, from the commit before
        self.wait_until(lambda: self.memory_of("a") == 128, daemon)
        self.assertEqual(daemon.lines(mark, fn="a", msg="function needs attention"), [])

    def test_a_rewritten_history_deletes_nothing(self):
        self.commit(files_of("a"))
        daemon = self.start_with("b", guards={"prune": True, "prune_after": 1})
        self.deployed(daemon, "a")
        self.origin.rewind()
        daemon.wait_for('msg="history was rewritten, nothing is deleted because of this commit"')
        daemon.wait_for_sweeps(3)
        self.assertEqual(self.names(), ["a", "b"])
        self.origin.commit(subject="an ordinary one")
        self.wait_until(lambda: self.names() == ["a"], daemon)

    @unittest.skipUnless(shutil.which("ssh-keygen"), "needs ssh-keygen")
    def test_only_signed_commits_are_used(self):
        key = make_ssh_key(self.directory / "signer")
        signers = self.write_secret("signers", f"ann@example.com {key}\n")
        self.origin.sign_with(self.directory / "signer")
        daemon = self.start_with("a", git={"verify": {"allowed_signers_file": signers}})
        self.origin.git("config", "commit.gpgSign", "false")
        unsigned = self.commit(files_of("a", memory=256))
        line = daemon.wait_for("repository cannot be used")
        self.assertIn(unsigned[:12], line)
        daemon.wait_for_sweeps(2)
        self.assertEqual(self.memory_of("a"), 128)
        self.origin.git("config", "commit.gpgSign", "true")
        self.commit(files_of("a", memory=512))
        self.wait_until(lambda: self.memory_of("a") == 512, daemon)

    def test_links_out_of_the_repository_are_not_followed(self):
        daemon = self.start_with("a", "b")
        secret = self.write_secret("secret", "do not publish\n")
        link = self.origin.directory / "code" / "a" / "leak.py"
        link.symlink_to(secret)
        outside = self.origin.directory / "manifests" / "outside.yaml"
        outside.symlink_to(self.directory / "elsewhere.yaml")
        mark = daemon.mark()
        self.commit(files_of("b", memory=256))
        self.wait_until(lambda: self.memory_of("b") == 256, daemon)
        self.wait_until(lambda: "outside.yaml" in daemon.log(mark), daemon)
        line = daemon.wait_for("fn=a .*leak.py", since=mark)
        self.assertNotIn("do not publish", daemon.log())
        self.assertEqual(len(self.emulator.versions("a")), 2, line)


class Trouble(Case):
    def two_targets(self, behave=None):
        """One target of the repository, whose server behaves so, and one of a folder, each with its own service."""
        (self.directory / "other").mkdir()
        self.other = Emulator(self.directory / "other")
        self.addCleanup(lambda: self.other.process.poll() is None and self.other.stop())
        self.server = self.serve()
        self.server.behave = behave
        self.add_function("here")
        git = {"url": self.server.url(self.origin), "path": "manifests", "interval": "1s"}
        self.write_config(targets=[
            {"name": "git", "sources": [{"git": git}], "endpoint": self.emulator.url},
            {"name": "folder", "sources": [{"directory": "manifests"}], "endpoint": self.other.url}])
        return self.start_daemon(environment=self.environment(FGSYNC_ENDPOINT=None))

    def test_a_server_that_hangs_holds_up_nobody_else(self):
        self.commit(files_of("a"))
        daemon = self.two_targets("hang")
        daemon.wait_for_condition("here", "Synced", "applied")
        mark = daemon.mark()
        self.edit("here", memory_size=256)
        daemon.wait_for_condition("here", "Synced", "applied", since=mark)
        self.assertEqual(self.names(), [])
        started = time.monotonic()
        self.assertEqual(daemon.stop(), 0)  # git that waits is ended, too
        self.assertLess(time.monotonic() - started, 19)

    def test_a_server_that_fails_is_asked_less_and_less(self):
        self.commit(files_of("a"))
        daemon = self.two_targets()
        daemon.wait_for_condition("a", "Synced", "applied")
        self.server.behave = "fail"
        daemon.wait_for("repository cannot be used.*503")
        since = len(self.server.requests.times)
        self.wait_until(lambda: len(self.server.requests.times) >= since + 2, daemon)
        gaps = self.server.requests.gaps()[since - 1:]
        self.assertGreater(gaps[0], 1.8)  # a second, twice, and twice again
        self.assertGreater(gaps[1], 3.6)
        self.assertEqual(len(daemon.lines(msg="repository cannot be used")), 1)
        self.server.behave = None
        commit = self.commit(files_of("a", memory=256))
        self.wait_for_commit(daemon, commit)
        self.wait_until(lambda: self.memory_of("a") == 256, daemon)

    def test_a_repository_that_vanishes_and_comes_back(self):
        self.commit(files_of("a"))
        server = self.serve()
        self.follow(server.url(self.origin), more=[{"directory": "manifests"}],
                    guards={"prune": True, "prune_after": 1})
        self.add_function("b")
        daemon = self.start_daemon()
        self.deployed(daemon, "a", "b")
        away = self.origin.directory.rename(self.served / "away")
        line = daemon.wait_for("repository cannot be used")
        self.assertIn("there is no repository", line)
        self.edit("b", memory_size=256)
        self.wait_until(lambda: self.memory_of("b") == 256, daemon)
        daemon.wait_for_sweeps(2)
        self.assertEqual(self.names(), ["a", "b"])
        # A daemon that starts meanwhile does not know what the repository said, and deletes nothing.
        self.assertEqual(daemon.stop(), 0)
        daemon = self.start_daemon()
        daemon.wait_for("repository cannot be used")
        daemon.wait_for_sweeps(3)
        self.assertEqual(self.names(), ["a", "b"])
        away.rename(self.origin.directory)
        mark = daemon.mark()
        self.commit(files_of("a", memory=512))
        self.wait_until(lambda: self.memory_of("a") == 512, daemon)

    def test_without_any_source_a_sweep_fails(self):
        self.commit(files_of("a"))
        self.follow(self.serve().url(self.origin))
        daemon = self.start_daemon()
        self.deployed(daemon, "a")
        self.assertEqual(daemon.stop(), 0)
        away = self.origin.directory.rename(self.served / "away")
        daemon = self.start_daemon()
        line = daemon.wait_for('msg="sweep failed"')
        self.assertIn("there is no repository", line)
        self.assertEqual(daemon.lines(msg="sweep ended"), [])
        away.rename(self.origin.directory)
        self.wait_until(lambda: daemon.lines(msg="sweep ended"), daemon)

    def test_an_empty_repository_says_so_until_it_has_a_commit(self):
        server = self.serve()
        self.follow(server.url(self.origin))
        daemon = self.start_daemon()
        line = daemon.wait_for("repository cannot be used")
        self.assertRegex(line, "no commit|empty|no branch")
        self.commit(files_of("a"))
        self.deployed(daemon, "a")

    def test_a_host_that_nobody_knows(self):
        self.follow("http://127.0.0.1:%d/x" % free_port(), more=[{"directory": "manifests"}])
        self.add_function("b")
        daemon = self.start_daemon()
        daemon.wait_for("repository cannot be used")
        self.deployed(daemon, "b")


if __name__ == "__main__":
    main()
