"""Files in unusual places: what `package -O` writes to, and which fgsync.yaml is read."""
import os
import shutil
import threading
import zipfile

from harness import Case, main

OBSERVE = "apiVersion: fgsync/v1\nkind: Config\nmetadata: {name: e2e}\nspec: {mode: observe}\n"


class PackageFile(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a")
        self.out = self.directory / "out"
        self.out.mkdir()

    def package(self, target, code=0):
        out, err = self.run_fgsync("package", "a", "-O", str(target), code=code)
        self.assertEqual([path.name for path in self.out.rglob("*fgsync*")], [], "a temporary was left")
        return out, err

    def check_archive(self, path):
        with zipfile.ZipFile(path) as archive:
            self.assertEqual(archive.namelist(), ["index.py"])

    def test_a_new_file_has_the_rights_that_the_umask_leaves(self):
        before = os.umask(0o027)
        self.addCleanup(os.umask, before)
        self.package(self.out / "a.zip")
        self.check_archive(self.out / "a.zip")
        self.assertEqual((self.out / "a.zip").stat().st_mode & 0o777, 0o640)

    def test_nothing_else_is_touched(self):
        (self.out / "precious").write_text("precious")
        (self.out / "a.zip.partial").symlink_to("precious")
        (self.out / "a.zip").write_text("old")
        self.package(self.out / "a.zip")
        self.check_archive(self.out / "a.zip")
        self.assertEqual((self.out / "precious").read_text(), "precious")
        self.assertTrue((self.out / "a.zip.partial").is_symlink())

    def test_a_link_to_a_file_is_written_through(self):
        (self.out / "releases").mkdir()
        (self.out / "releases" / "1.zip").write_text("old")
        (self.out / "latest").symlink_to("releases/1.zip")
        (self.out / "newest").symlink_to("latest")
        self.package(self.out / "newest")
        self.assertTrue((self.out / "newest").is_symlink())
        self.assertTrue((self.out / "latest").is_symlink())
        self.check_archive(self.out / "releases" / "1.zip")

    def test_a_link_to_nothing(self):
        (self.out / "latest").symlink_to("releases/1.zip")
        _, err = self.package(self.out / "latest", code=1)
        self.assertEqual(err, f"fgsync: cannot write {self.out}/latest: it is a link to releases/1.zip, which does not "
                              "exist; remove the link, or name the file that it should lead to\n")
        self.assertTrue((self.out / "latest").is_symlink())
        self.assertEqual(len(list(self.out.iterdir())), 1)

    def check_fifo(self, target):
        received = []

        def read():
            with open(self.out / "fifo", "rb") as fifo:
                received.append(fifo.read())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.package(target)
        reader.join(timeout=20)
        self.assertTrue((self.out / "fifo").is_fifo())
        self.assertEqual(received[0][:2], b"PK")

    def test_a_fifo_is_written_to(self):
        os.mkfifo(self.out / "fifo")
        self.check_fifo(self.out / "fifo")

    def test_a_link_to_a_fifo_is_written_through(self):
        os.mkfifo(self.out / "fifo")
        (self.out / "link").symlink_to("fifo")
        self.check_fifo(self.out / "link")
        self.assertTrue((self.out / "link").is_symlink())

    def test_a_directory_stays(self):
        _, err = self.package(self.out, code=1)
        self.assertIn(f"cannot write {self.out}: Is a directory", err)
        self.assertEqual(list(self.out.iterdir()), [])

    def test_a_directory_that_does_not_exist(self):
        _, err = self.package(self.out / "gone" / "a.zip", code=1)
        self.assertIn("No such file or directory", err)

    def test_a_full_disk_leaves_what_was_there(self):
        def no_files():
            import resource
            import signal
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))

        (self.out / "a.zip").write_text("old")
        _, err = self.run_fgsync("package", "a", "-O", str(self.out / "a.zip"), code=1, preexec_fn=no_files)
        self.assertIn("cannot write " + str(self.out / "a.zip"), err)
        self.assertEqual([path.name for path in self.out.iterdir()], ["a.zip"])
        self.assertEqual((self.out / "a.zip").read_text(), "old")


class ConfigurationFile(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a")
        self.config = self.work / "fgsync.yaml"

    def check_refused(self, expected, *arguments):
        for command in ("validate", "plan", "sync"):
            _, err = self.run_fgsync(command, *arguments, code=78)
            self.assertEqual(err, f"fgsync: {expected}\n")
        self.assertEqual(self.emulator.mutations(), [])

    def test_another_spelling_of_the_name(self):
        for name in ("fgsync.yml", "Fgsync.yaml", "FGSYNC.YML"):
            self.config.unlink()
            self.config = self.work / name
            self.config.write_text(OBSERVE)
            expected = f"found {name}, which is not read: rename it to fgsync.yaml"
            self.check_refused(expected)
            self.check_refused(expected, "manifests")
            self.check_refused(expected, "--root", ".")

    def test_a_configuration_that_is_named_may_be_called_as_you_like(self):
        self.config.rename(self.work / "fgsync.yml")
        self.run_fgsync("plan", "-f", "fgsync.yml", "--root", ".", "manifests")

    def test_a_configuration_among_the_manifests(self):
        self.config.unlink()
        (self.work / "manifests" / "config.yaml").write_text(OBSERVE)
        _, err = self.run_fgsync("plan", "manifests", code=1)
        self.assertIn("manifests/config.yaml:1:1: error: kind: a Config is read from fgsync.yaml in the root only", err)

    def test_a_source_below_the_root(self):
        (self.work / "manifests" / "prod").mkdir()
        (self.work / "manifests" / "prod" / "fgsync.yaml").write_text(OBSERVE)
        (self.work / "manifests" / "a.yaml").rename(self.work / "manifests" / "prod" / "a.yaml")
        self.add_function("b")
        out, err = self.run_fgsync("plan", code=1)
        self.assertIn("manifests/prod/fgsync.yaml: error: makes this directory a source of its own: run fgsync with "
                      "--root manifests/prod, or keep it out of the directories that are read", err)
        self.assertIn("+ b", out)
        self.assertNotIn("+ a", out)

    def test_a_configuration_in_a_code_directory_is_a_file_like_others(self):
        self.config.write_text("apiVersion: fgsync/v1\nkind: Config\nmetadata: {name: e2e}\nspec: {}\n")
        (self.work / "code" / "a" / "fgsync.yaml").write_text(OBSERVE)
        self.run_fgsync("validate")

    def test_a_link_out_of_the_root(self):
        outside = self.directory / "secret"
        outside.write_text("password: hunter2\n")
        self.config.unlink()
        self.config.symlink_to("../secret")
        self.check_refused(f"fgsync.yaml leads to {outside.resolve()}, outside of the root {self.work.resolve()}: put the "
                           "file itself there, or name it with --config")
        shutil.copy(outside, self.work / "inside")
        self.config.unlink()
        self.config.symlink_to("inside")
        out, _ = self.run_fgsync("validate", code=78)
        self.assertIn("fgsync.yaml:1:1: error", out)

    def test_a_linked_configuration_that_is_named(self):
        (self.directory / "elsewhere.yaml").write_text(self.config.read_text())
        self.config.unlink()
        self.config.symlink_to("../elsewhere.yaml")
        self.run_fgsync("plan", "-f", "fgsync.yaml", "--root", ".", "manifests")


class Show(Case):
    def test_other_forms_of_output_are_refused(self):
        self.add_function("a")
        for form in ("json", "github", "sarif"):
            out, err = self.run_fgsync("validate", "--show", "-o", form, code=64)
            self.assertEqual(out, "")
            self.assertEqual(err, f"fgsync: --show prints YAML, and {form} is another form of output: leave one of the "
                                  "two out\nTry: fgsync validate --help\n")
        self.run_fgsync("validate", "--show", "-o", "text")


if __name__ == "__main__":
    main()
