"""Repositories on real servers, followed as the daemon does it, by a small program around the same code."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from git_server import GitHttpServer, GitRepository, GitSshServer, free_port, has_ssh, make_ssh_key

FOLLOW = os.environ.get("FGSYNC_FOLLOW_REPOSITORY", "build/release/tests/follow_repository")


class Follow(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-git-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.served = self.directory / "served"
        self.served.mkdir()
        self.origin = GitRepository(self.served / "origin.git")
        self.id = self.origin.commit({"fn.yaml": "one\n"}, "the first")
        self.settings = {"directory": str(self.directory / "state" / "follower")}
        self.environment = dict(os.environ)

    def follow(self, **settings):
        done = subprocess.run([FOLLOW], input=json.dumps({**self.settings, **settings}), text=True, timeout=120,
                              env=self.environment, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def assert_followed(self, **settings):
        answer = self.follow(**settings)
        self.assertEqual(answer.get("id"), self.origin.head(), answer)
        return answer

    def assert_refused(self, error, *parts, **settings):
        answer = self.follow(**settings)
        self.assertEqual(answer.get("error"), error, answer)
        for part in parts:
            self.assertIn(part, answer["message"])
        self.assertNotIn("\n", answer["message"])
        return answer["message"]

    def write(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)


class Http(Follow):
    def serve(self, **options):
        self.server = GitHttpServer(self.served, **options)
        self.addCleanup(self.server.stop)
        self.settings["url"] = self.server.url(self.origin)
        return self.server

    def serve_with_login(self):
        self.serve(login=("bot", "pass word's \"$(id)\" %41"))
        self.settings["username"] = "bot"
        self.settings["password_file"] = self.write("password", "pass word's \"$(id)\" %41\n")

    def test_a_commit_comes_with_its_author_and_files(self):
        self.serve()
        answer = self.assert_followed()
        self.assertEqual(answer["author"], "Ann Author <ann@example.com>")
        self.assertEqual(answer["subject"], "the first")
        self.assertEqual((pathlib.Path(answer["directory"]) / "fn.yaml").read_text(), "one\n")

    def test_what_comes_after_is_told_from_what_was_rewritten(self):
        self.serve()
        self.origin.commit()
        self.assertFalse(self.assert_followed()["is_rewound"])
        for _ in range(3):
            self.origin.commit()
        self.assertFalse(self.assert_followed()["is_rewound"])
        self.origin.rewind(2)
        self.assertTrue(self.assert_followed()["is_rewound"])

    def test_a_server_of_the_first_protocol_will_do(self):
        self.serve(protocol_v2=False)
        self.assertFalse(self.assert_followed()["is_rewound"])
        for _ in range(3):
            self.origin.commit()
        self.assertFalse(self.assert_followed()["is_rewound"])
        self.assert_followed(kind="branch", reference="main")

    def test_a_commit_that_no_branch_is_at_is_fetched_by_its_id(self):
        self.serve()
        self.origin.commit()
        self.assertEqual(self.follow(kind="commit", reference=self.id)["id"], self.id)

    def test_such_a_commit_is_explained_when_the_server_does_not_give_it_out(self):
        self.serve(protocol_v2=False)
        self.origin.commit()
        self.assert_refused("invalid", f"there is no commit {self.id}, or the server gives out branches and tags only",
                            kind="commit", reference=self.id)

    def test_one_look_is_two_requests(self):
        self.serve()
        self.assert_followed()
        self.server.requests.clear()
        self.assert_followed()  # nothing new, so nothing is fetched
        self.assertEqual([(method, path) for method, path, _ in self.server.requests],
                         [("GET", "/origin.git/info/refs?service=git-upload-pack"),
                          ("POST", "/origin.git/git-upload-pack")])

    def test_the_password_opens(self):
        self.serve_with_login()
        self.assert_followed()
        self.assertEqual(self.server.requests[-1][2], "bot")

    def test_the_password_stands_in_no_argument_and_no_variable(self):
        self.serve_with_login()
        seen = self.directory / "seen"
        directory = self.directory / "bin"
        directory.mkdir()
        for name in ("git", "tr"):
            program = directory / name
            program.write_text(f'#!/bin/sh\n{{ echo "$0" "$@"; env; }} >> {seen}\n'
                               f'PATH=/usr/bin:/bin exec {shutil.which(name)} "$@"\n')
            program.chmod(0o700)
        self.environment["PATH"] = f"{directory}:{self.environment['PATH']}"
        self.assert_followed()
        text = seen.read_text()
        self.assertIn("ls-remote", text)
        self.assertNotIn("pass word", text)

    def test_a_wrong_password_is_explained(self):
        self.serve_with_login()
        file = self.write("password", "wrong\n")
        message = self.assert_refused("unauthorized", "refused the user bot with the password in " + file)
        self.assertNotIn("wrong", message)

    def test_without_a_password_the_server_is_not_asked_in_vain(self):
        self.serve(login=("bot", "secret"))
        self.assert_refused("unauthorized", "asks for a user and a password", "set credentials")

    def test_password_files_that_cannot_be_used_are_explained(self):
        self.serve_with_login()
        for text, problem in (("", "is empty"), ("\r\n", "is empty"), ("a\nb\n", "in one line"),
                              ("x" * 70000, "in one line")):
            with self.subTest(text[:10]):
                self.assert_refused("invalid", problem, password_file=self.write("password", text))
        self.assert_refused("invalid", "cannot be read: No such file", password_file="/nowhere/password")
        self.assert_refused("invalid", "is no file", password_file=str(self.directory))
        self.assertEqual(self.server.requests, [])

    def test_a_password_with_the_line_ends_of_windows_opens(self):
        self.serve_with_login()
        self.write("password", "pass word's \"$(id)\" %41\r\n")
        self.assert_followed()

    def test_nobody_is_followed_elsewhere(self):
        self.serve_with_login()
        other = GitHttpServer(self.served, login=("nobody", "nothing"))
        self.addCleanup(other.stop)
        self.server.behave = f"redirect:http://127.0.0.1:{other.port}"
        self.assert_refused("invalid", "sends git to another address", "write the final URL")
        self.assertEqual(other.requests, [])

    def test_passwords_of_the_user_are_not_used(self):
        self.serve(login=("bot", "secret"))
        home = self.directory / "home"
        home.mkdir()
        (home / ".netrc").write_text("machine 127.0.0.1 login bot password secret\n")
        (home / ".gitconfig").write_text("[credential]\nhelper = \"!echo username=bot; echo password=secret; :\"\n")
        self.environment["HOME"] = str(home)
        self.assert_refused("unauthorized", "set credentials")

    def test_a_proxy_is_not_asked_for_what_is_here(self):
        self.serve()
        for name in ("http_proxy", "ALL_PROXY"):
            self.environment[name] = f"http://127.0.0.1:{free_port()}"
        self.environment.pop("no_proxy", None)
        self.environment.pop("NO_PROXY", None)
        self.assert_followed()

    def test_whoever_is_killed_is_followed_by_one_who_goes_on(self):
        self.serve()
        self.origin.commit({f"{number % 10}/{number}": f"{number}\n" * 1000 for number in range(300)})
        self.assert_followed()
        for step in range(25):
            self.origin.commit({f"{step % 10}/{step}": f"{step}\n", "fn.yaml": f"{step}\n"})
            process = subprocess.Popen([FOLLOW], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=self.environment)
            process.stdin.write(json.dumps(self.settings).encode())
            process.stdin.close()
            time.sleep(step * 0.02)
            process.kill()
            process.wait()
            if step % 3:
                continue
            answer = self.assert_followed()
            self.assertFalse(answer["is_rewound"])
            self.assert_like_origin(answer["directory"])

    def assert_like_origin(self, directory):
        listed = self.origin.git("ls-files").split("\n")
        there = sorted(str(path.relative_to(directory)) for path in pathlib.Path(directory).rglob("*") if path.is_file())
        self.assertEqual(there, sorted(listed))
        for name in listed:
            self.assertEqual((pathlib.Path(directory) / name).read_bytes(), (self.origin.directory / name).read_bytes())

    def test_a_server_that_hangs_is_given_up(self):
        self.serve().behave = "hang"
        self.assert_refused("timed_out", "git was not done in 300ms and was stopped", time_limit_ms=300)

    def test_a_server_that_has_trouble_may_have_none_later(self):
        self.serve().behave = "fail"
        self.assert_refused("transient", "has trouble: ", "503")
        self.server.behave = "cut"
        self.assert_refused("transient", "cannot be reached")
        self.server.behave = None
        self.assert_followed()

    def test_a_repository_that_is_not_there_is_explained(self):
        self.serve()
        self.assert_refused("invalid", "there is no repository", url=self.settings["url"] + "-gone")

    def test_nobody_listening_is_explained(self):
        self.assert_refused("transient", "cannot be reached", url=f"http://127.0.0.1:{free_port()}/origin.git")

    def test_an_unknown_host_is_explained(self):
        self.assert_refused("transient", "the name git.invalid cannot be resolved; check the name in the URL",
                            url="https://git.invalid/origin.git")

    def test_an_empty_repository_is_explained(self):
        self.serve()
        empty = GitRepository(self.served / "empty.git")
        self.assert_refused("invalid", "the repository has no commits yet", url=self.server.url(empty))


@unittest.skipUnless(has_ssh(), "there is no sshd")
class Ssh(Follow):
    def setUp(self):
        super().setUp()
        self.server = GitSshServer(self.served)
        self.addCleanup(self.server.stop)
        self.settings.update(url=self.server.url(self.origin), ssh_key_file=str(self.server.key_file),
                             known_hosts_file=str(self.server.known_hosts_file))
        self.host = f"127.0.0.1:{self.server.port}"

    def test_a_commit_is_fetched(self):
        self.assert_followed()
        self.origin.commit()
        self.assertFalse(self.assert_followed()["is_rewound"])

    def test_paths_with_blanks_and_more_will_do(self):
        folder = self.directory / "it's a 100%h folder"
        folder.mkdir()
        for setting in ("ssh_key_file", "known_hosts_file"):
            copy = folder / setting
            shutil.copy(self.settings[setting], copy)
            copy.chmod(0o600)
            self.settings[setting] = str(copy)
        self.assert_followed()

    def test_an_unknown_host_is_refused_with_what_to_do(self):
        empty = self.write("known_hosts", "")
        self.assert_refused("invalid", f"{self.host} is not in {empty}", f"ssh-keyscan -p {self.server.port} 127.0.0.1",
                            "compare their fingerprints", known_hosts_file=empty)
        self.assertEqual(pathlib.Path(empty).read_text(), "")

    def test_another_host_key_is_refused(self):
        key = make_ssh_key(self.directory / "other")
        hosts = self.write("known_hosts", f"[127.0.0.1]:{self.server.port} {key}\n")
        self.assert_refused("invalid", f"the key of {self.host} is not the one in {hosts}", "ask those who run it",
                            known_hosts_file=hosts)

    def test_another_key_is_refused(self):
        make_ssh_key(self.directory / "stranger")
        key = str(self.directory / "stranger")
        self.assert_refused("unauthorized", f"{self.host} refused the key {key}", "deploy key", ssh_key_file=key)

    def test_a_key_that_others_can_read_is_explained(self):
        self.server.key_file.chmod(0o644)
        self.assert_refused("invalid", f"chmod 600 {self.server.key_file}")

    def test_keys_that_cannot_be_used_are_explained(self):
        self.assert_refused("invalid", "holds no private key that ssh can read",
                            ssh_key_file=self.write("key", "nonsense\n"))
        self.assert_refused("invalid", "the private key /nowhere/key cannot be read: No such file",
                            ssh_key_file="/nowhere/key")
        self.assert_refused("invalid", "the file of known hosts /nowhere/hosts cannot be read",
                            known_hosts_file="/nowhere/hosts")
        locked = self.directory / "locked"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "a phrase", "-f", str(locked)], check=True)
        self.server.authorize(pathlib.Path(f"{locked}.pub").read_text().strip())
        self.assert_refused("invalid", f"the private key {locked} has a passphrase", ssh_key_file=str(locked))

    def test_a_repository_that_is_not_there_is_explained(self):
        self.assert_refused("invalid", "there is no repository", url=self.settings["url"] + "-gone")

    def test_a_server_that_hangs_is_given_up(self):
        self.server.hang()
        self.assert_refused("timed_out", "git was not done in 500ms and was stopped", time_limit_ms=500)
        self.server.go_on()
        self.assert_followed()

    def test_nobody_listening_is_explained(self):
        self.server.stop()
        self.assert_refused("transient", f"{self.host} refused the connection")

    def test_a_name_without_an_address_is_explained(self):
        self.assert_refused("transient", "the name git.invalid cannot be resolved", url="git@git.invalid:origin.git")

    def test_ssh_asks_nobody_and_reads_no_configuration_of_the_user(self):
        # Where that stands is for the system to say, so a test cannot put another one there.
        seen = self.directory / "seen"
        directory = self.directory / "bin"
        directory.mkdir()
        (directory / "ssh").write_text(f'#!/bin/sh\necho "$@" >> {seen}\nexec {shutil.which("ssh")} "$@"\n')
        (directory / "ssh").chmod(0o700)
        self.environment["PATH"] = f"{directory}:{self.environment['PATH']}"
        self.assert_followed()
        for option in ("-F /dev/null", "-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oIdentityAgent=none",
                       "-oIdentitiesOnly=yes", "-oGlobalKnownHostsFile=/dev/null", "-oUpdateHostKeys=no"):
            self.assertIn(option, seen.read_text())


if __name__ == "__main__":
    unittest.main()
