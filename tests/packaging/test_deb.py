#!/usr/bin/env python3
"""Makes the Debian package of a build folder and tries it: test_deb.py BUILD_DIR

What lintian says of it, what is in it, and, in a root of its own, that it installs, works, and leaves nothing behind.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from unpacked import EXAMPLES, commands_of, run, try_out

BUILD = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release").resolve()


def make_package(folder):
    run("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B", folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    packages = list(pathlib.Path(folder).glob("*.deb"))
    assert len(packages) == 1, packages
    return packages[0]


def files_under(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink())


class InstallRoot:
    """A root of its own to install into. The package's scripts get its place in DPKG_ROOT, since there is no shell in it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        for name in ("info", "updates"):
            (self.path / "var/lib/dpkg" / name).mkdir(parents=True)
        (self.path / "var/lib/dpkg/status").touch()
        (self.path / "etc").mkdir()
        self.before = files_under(self.path)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def dpkg(self, *words):
        as_root = [] if os.geteuid() == 0 else ["fakeroot"]
        return run(*as_root, "dpkg", "--root", self.path, "--force-depends", "--force-not-root", "--force-script-chrootless",
                   # Images of Debian for containers leave manual pages and documents out of what they install.
                   "--path-include", "*", *words)

    def install(self, package):
        self.dpkg("--install", package)

    def left(self):
        """The files that are new, but for dpkg's own and the list of users."""
        users = re.compile(r"etc/(passwd|group|shadow|gshadow)-?$|etc/\.pwd\.lock$")
        return [name for name in files_under(self.path)
                if name not in self.before and not re.match(r"var/(lib/dpkg|log)/", name) and not users.match(name)]


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.package = make_package(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_lintian_finds_no_error(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0", self.package],
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        warnings = [line for line in done.stdout.splitlines() if line.startswith("W:")]
        # The first upload to an archive closes a bug report; this package is in none.
        self.assertEqual([line for line in warnings if "initial-upload-closes-no-bugs" not in line], [])

    def test_names_what_it_needs(self):
        depends = run("dpkg-deb", "--field", self.package, "Depends")
        for library in ("libc6", "libssl3", "libzip4", "libyaml-cpp0.7", "ca-certificates"):
            self.assertIn(library, depends)
        self.assertEqual(run("dpkg-deb", "--field", self.package, "Package"), "fgsync\n")

    def test_the_same_build_makes_the_same_package(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(make_package(folder).read_bytes(), self.package.read_bytes())

    def test_installs_works_and_goes(self):
        with InstallRoot() as root:
            root.install(self.package)
            self.check_installed(root.path / "usr")
            self.check_services(root)
            try_out(root.path / "usr")
            root.dpkg("--purge", "fgsync")
            self.assertEqual(root.left(), [])
            self.assertFalse((root.path / "usr/share/doc/fgsync").exists())

    def test_removing_keeps_the_state_and_purging_says_that_it_goes(self):
        with InstallRoot() as root:
            root.install(self.package)
            state, configuration = root.path / "var/lib/fgsync/state.db", root.path / "etc/fgsync/fgsync.yaml"
            enabled = root.path / "etc/systemd/system/multi-user.target.wants/fgsync.service"
            for path in (state, configuration):
                path.parent.mkdir(exist_ok=True)
                path.touch()
            enabled.parent.mkdir(parents=True)
            enabled.symlink_to("/lib/systemd/system/fgsync.service")
            root.dpkg("--remove", "fgsync")
            self.assertTrue(state.exists())
            said = root.dpkg("--purge", "fgsync")
            self.assertIn("/var/lib/fgsync with holds and suspensions; no function is touched", said)
            self.assertFalse(state.parent.exists())
            self.assertEqual(root.left(), ["etc/fgsync/fgsync.yaml"])

    def check_services(self, root):
        units = {path.name for path in (root.path / "usr/lib/systemd/system").iterdir()}
        self.assertEqual(units, {"fgsync.service", "fgsync.socket", "fgsync-sync.service", "fgsync-sync.timer"})
        self.assertIn("fgsync:", (root.path / "etc/passwd").read_text())
        self.assertTrue((root.path / "etc/fgsync").is_dir())
        self.assertFalse((root.path / "etc/systemd").exists(), "something was enabled")
        self.assertTrue((root.path / "usr" / EXAMPLES / "systemd/fgsync.yaml.example").exists())

    def check_installed(self, usr):
        fgsync = usr / "bin/fgsync"
        commands = commands_of(fgsync)
        self.assertIn("plan", commands)
        pages = {path.name for path in (usr / "share/man/man1").iterdir()}
        self.assertEqual(pages, {"fgsync.1.gz", "fgsync-emulator.1.gz", *(f"fgsync-{name}.1.gz" for name in commands)})
        page = run("man", "--warnings", "-P", "cat", usr / "share/man/man1/fgsync-plan.1.gz")
        self.assertIn("--detailed-exitcode", page)
        for name in ("bash-completion/completions/fgsync", "zsh/vendor-completions/_fgsync",
                     "fish/vendor_completions.d/fgsync.fish"):
            self.assertIn("fgsync __complete" if "bash" not in name else "__complete functions",
                          (usr / "share" / name).read_text())
        self.assertTrue((usr / "share/doc/fgsync/copyright").exists())
        self.assertTrue((usr / EXAMPLES / "fgsync.yaml").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
