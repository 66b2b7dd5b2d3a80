#!/usr/bin/env python3
"""The units in systemd/: what systemd says of them, and whether the programs work under their system call filters.

Nothing here needs a running systemd, nor touches the system. FGSYNC_BINARY_DIR names the folder of the programs. 77: there is no
systemd-analyze.
"""
import functools
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import unit_sandbox  # noqa: E402
from unpacked import Emulator, commands_of, run  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = ROOT / "systemd"
BINARIES = pathlib.Path(os.environ.get("FGSYNC_BINARY_DIR", ROOT / "build/release/src"))
SERVICES = ("fgsync.service", "fgsync-sync.service")
ALL = (*SERVICES, "fgsync.socket", "fgsync-sync.timer")
SANDBOX = "# --- Sandbox"
WORST_EXPOSURE = 1.5


def values_of(unit):
    return unit_sandbox.values_of(UNITS / unit)


def sandbox_of(unit):
    """The part of a service that both services have."""
    return (UNITS / unit).read_text().split(SANDBOX)[1].split("[Install]")[0].split("\n", 1)[1].rstrip()


def without_comment(text):
    """The directives of a sandbox that no comment stands above."""
    lines = text.splitlines()
    return [name for number, name, _ in unit_sandbox.directives(text) if number == 1 or not re.match(r"# \S", lines[number - 2])]


class Tree:
    """A root with the units, what they name, and the units of systemd itself."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        self.units = self.root / "etc/systemd/system"
        self.units.mkdir(parents=True)
        for name in ALL:
            shutil.copy(UNITS / name, self.units)
        shutil.copytree("/lib/systemd/system", self.root / "usr/lib/systemd/system", symlinks=True)
        for program in ("usr/bin/fgsync", "bin/kill"):
            path = self.root / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)

    def add_example(self, name, unit):
        folder = self.units / f"{unit}.d"
        folder.mkdir()
        shutil.copy(UNITS / "examples" / name, folder)

    def analyze(self, *words):
        return subprocess.run(["systemd-analyze", f"--root={self.root}", *words], capture_output=True, text=True, timeout=60)

    def verify(self, *units):
        """What is wrong with units. Their manual pages are not installed while they are tested."""
        done = self.analyze("--man=no", "--recursive-errors=no", "verify", *units)
        return done.stdout + done.stderr or f"exit code {done.returncode}" * (done.returncode != 0)

    def exposure(self, unit):
        done = self.analyze("security", "--offline=yes", "--no-pager", unit)
        return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)[1])


class Units(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Tree(folder.name)

    def test_systemd_finds_nothing_wrong(self):
        for unit in ALL:
            self.assertEqual(self.tree.verify(unit), "", unit)

    def test_a_mistake_would_be_found(self):
        service = self.tree.units / "fgsync.service"
        good = service.read_text()
        for bad in ("ProtectSistem=strict", "SystemCallFilter=@no-such-group", "WatchdogSec=soon"):
            service.write_text(good.replace("LimitCORE=0", bad))
            self.assertNotEqual(self.tree.verify("fgsync.service"), "", bad)
        service.write_text(good)
        (self.tree.root / "usr/bin/fgsync").unlink()
        self.assertIn("/usr/bin/fgsync", self.tree.verify("fgsync.service"))

    def test_the_sandbox_is_tight(self):
        for unit in SERVICES:
            self.assertLessEqual(self.tree.exposure(unit), WORST_EXPOSURE, unit)

    def test_a_loose_one_would_be_found(self):
        service = self.tree.units / "fgsync.service"
        service.write_text(re.sub("(?m)^(CapabilityBoundingSet|SystemCallFilter|ProtectSystem|User)=.*\n", "", service.read_text()))
        self.assertGreater(self.tree.exposure("fgsync.service"), WORST_EXPOSURE)

    def test_it_works_with_a_dynamic_user(self):
        self.tree.add_example("dynamic-user.conf", "fgsync.service")
        self.assertEqual(self.tree.verify("fgsync.service"), "")
        self.assertLessEqual(self.tree.exposure("fgsync.service"), WORST_EXPOSURE)
        shown = self.tree.analyze("security", "--offline=yes", "--no-pager", "fgsync.service").stdout
        self.assertIn("transient non-root user", shown)

    def test_every_line_of_a_sandbox_says_why(self):
        for unit in SERVICES:
            self.assertEqual(without_comment(sandbox_of(unit)), [], unit)
        self.assertEqual(without_comment("# why\nA=1\nB=1\n\nC=1\n#D=1\nE=1"), ["B", "C", "E"])

    def test_both_services_have_the_same_sandbox(self):
        self.assertEqual(sandbox_of(SERVICES[0]), sandbox_of(SERVICES[1]))

    @unittest.skipIf(os.geteuid() != 0, "only root can give files away")
    def test_the_user_and_the_folders_are_made(self):
        root = self.tree.root
        run("systemd-sysusers", f"--root={root}", UNITS / "sysusers.d/fgsync.conf")
        user = [line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("fgsync:")][0].split(":")
        self.assertEqual(user[5:], ["/var/lib/fgsync", "/usr/sbin/nologin"])
        for unit in SERVICES:
            self.assertEqual(values_of(unit)["User"], [user[0]])
        run("systemd-tmpfiles", f"--root={root}", "--create", UNITS / "tmpfiles.d/fgsync.conf")
        self.assertEqual((root / "etc/fgsync").stat().st_mode & 0o777, 0o755)
        self.assertEqual((root / "run/fgsync").stat().st_mode & 0o777, 0o755)
        self.assertEqual((root / "run/fgsync").stat().st_uid, int(user[2]))

    def test_the_paths_fit_each_other(self):
        socket, service = values_of("fgsync.socket"), values_of("fgsync.service")
        example = (UNITS / "examples/fgsync.yaml.example").read_text()
        self.assertIn(f"socket: {socket['ListenStream'][0]}", example)
        self.assertEqual(socket["ListenStream"], [f"/run/{service['RuntimeDirectory'][0]}/control.sock"])
        self.assertIn(f"state_directory: /var/lib/{service['StateDirectory'][0]}", example)
        for unit in SERVICES:
            self.assertIn(f"/run/credentials/{unit}/token", (UNITS / unit).read_text())

    def test_the_example_of_a_configuration_is_valid(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as functions:
            text = (UNITS / "examples/fgsync.yaml.example").read_text()
            self.assertIn("directory: /srv/functions", text)
            configuration = pathlib.Path(folder, "fgsync.yaml")
            configuration.write_text(text.replace("/srv/functions", functions))
            for name in ("manifests", "functions"):
                shutil.copytree(ROOT / "examples" / name, pathlib.Path(functions, name))
            said = run(BINARIES / "fgsync", "validate", "--config", configuration, cwd="/")
            self.assertIn("5 functions valid", said)

    def test_what_is_started_exists(self):
        known = commands_of(BINARIES / "fgsync")
        for unit in SERVICES:
            program, command, *flags = values_of(unit)["ExecStart"][0].split()
            self.assertEqual((program, flags), ("/usr/bin/fgsync", ["--config", "/etc/fgsync/fgsync.yaml"]))
            self.assertIn(command, known)
            self.assertIn("--config", run(BINARIES / "fgsync", command, "--help"))


def repository_in(folder):
    """A git repository with the examples."""
    repository = folder / "repository"
    shutil.copytree(ROOT / "examples", repository)
    git = ("git", "-C", repository, "-c", "user.name=a", "-c", "user.email=a@example.org")
    run("git", "init", "-q", "-b", "main", repository)
    run(*git, "add", ".")
    run(*git, "commit", "-q", "-m", "first")
    run(*git, "update-server-info")
    return repository


@unittest.skipIf(unit_sandbox.library() is None, "there is no libseccomp")
class SystemCalls(unittest.TestCase):
    """fgsync and what it starts, under the filters of fgsync.service; those of fgsync-sync.service are the same."""

    @classmethod
    def setUpClass(cls):
        cls.sandbox = unit_sandbox.Sandbox(unit_sandbox.library(), values_of("fgsync.service"))

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def inside(self, *command, code=0, **options):
        done = self.sandbox.run(*command, cwd=self.folder, **options)
        self.assertEqual(done.returncode, code, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def test_the_filters_are_there(self):
        tries = {"socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)": "EAFNOSUPPORT", "os.chown('f', 1, 1)": "EPERM",
                 "os.setpriority(os.PRIO_PROCESS, 0, 5)": "EPERM",
                 "mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC | mmap.PROT_WRITE)": "EPERM"}
        (self.folder / "f").touch()
        for code, error in tries.items():
            script = f"import errno, mmap, os, socket\ntry:\n  {code}\nexcept OSError as e: print(errno.errorcode[e.errno])"
            self.assertEqual(self.inside("/usr/bin/python3", "-c", script), error + "\n", code)
        self.inside("unshare", "--user", "true", code=1)

    def test_the_daemon_may_wait_watch_listen_and_start_programs(self):
        wanted = """epoll_create1 eventfd2 timerfd_create signalfd4 inotify_init1 inotify_add_watch inotify_rm_watch socket bind
            listen accept4 getsockopt sendmsg flock fsync fdatasync rename renameat2 clone vfork execve kill wait4 waitid pipe2
            prctl getrandom memfd_create statx"""
        allowed = unit_sandbox.calls_of(values_of("fgsync.service")["SystemCallFilter"])
        self.assertEqual(set(wanted.split()) - allowed, set())

    def test_fgsync_deploys(self):
        with Emulator(BINARIES) as emulator:
            environment = {**os.environ, **emulator.environment}
            repository = repository_in(self.folder)
            fgsync = BINARIES / "fgsync"
            self.inside(fgsync, "sync", repository, env=environment)
            self.inside(fgsync, "plan", "--detailed-exitcode", repository, env=environment)
            # Asks git.
            self.assertIn("nothing", self.inside(fgsync, "plan", "--since", "HEAD", repository, env=environment).lower())

    def test_git_clones_over_http(self):
        repository = repository_in(self.folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), QuietFiles.of(repository)) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.inside("git", "clone", "-q", f"http://localhost:{server.server_port}/.git", "clone",
                        env={**os.environ, "NO_PROXY": "localhost", "no_proxy": "localhost"})
            server.shutdown()
        self.assertTrue((self.folder / "clone/fgsync.yaml").exists())

    def test_ssh_gets_as_far_as_the_network(self):
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as closed:
            port = closed.server_port
        said = self.inside("ssh", "-F", "none", "-o", "BatchMode=yes", "-p", port, "localhost", code=255)
        self.assertIn("Connection refused", said)

    def test_signatures_are_made_and_checked(self):
        self.inside("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key")
        (self.folder / "text").write_text("text")
        (self.folder / "signers").write_text("a " + (self.folder / "key.pub").read_text())
        self.inside("ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", "git", "text")
        with (self.folder / "text").open() as text:
            said = self.inside("ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "a", "-n", "git", "-s", "text.sig", stdin=text)
        self.assertIn("Good", said)
        home = self.folder / "gpg"
        home.mkdir(mode=0o700)
        self.inside("gpg", "--homedir", home, "--no-autostart", "--list-keys")


class FileSystem(unittest.TestCase):
    """The same, and the file system as the services see it."""

    def setUp(self):
        self.sandbox = unit_sandbox.Mounts(UNITS / "fgsync.service", BINARIES)
        if unit_sandbox.library() is None or not self.sandbox.can_be_had():
            self.skipTest("nothing can be mounted here")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def inside(self, *command, code=0, **options):
        done = self.sandbox.run(self.folder, *command, **options)
        self.assertEqual(done.returncode, code, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def test_the_mounts_are_there(self):
        shutil.copy("/usr/bin/true", self.folder / "program")
        self.assertIn("Permission denied", self.inside("sh", "-c", "./program", code=126))
        self.assertIn("Read-only", self.inside("touch", "/etc/fgsync-test", code=1))
        self.assertIn("No such file", self.inside("ls", "/proc/locks", code=2))

    def test_fgsync_deploys_and_git_clones(self):
        repository = repository_in(self.folder)
        self.inside("git", "clone", "-q", f"file://{repository}", "clone")
        with Emulator(BINARIES) as emulator:
            environment = {**os.environ, **emulator.environment, "FGSYNC_STATE": str(self.folder / "state"),
                           "TMPDIR": str(self.folder)}
            self.inside(BINARIES / "fgsync", "sync", "clone", env=environment)
            self.inside(BINARIES / "fgsync", "plan", "--detailed-exitcode", "--since", "HEAD", "clone", env=environment)


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    @classmethod
    def of(cls, folder):
        return functools.partial(cls, directory=str(folder))

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("there is no systemd-analyze")
        sys.exit(77)
    unittest.main(verbosity=2)
