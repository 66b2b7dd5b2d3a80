"""The servers that other tests use serve git as they should: with the plain git program as their client."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from git_server import GitHttpServer, GitRepository, GitSshServer, clean_environment, has_ssh


class GitServer(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-git-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.origin = GitRepository(self.directory / "origin")
        self.id = self.origin.commit({"a/b": "text\n"})

    def ls_remote(self, url, timeout=60, **environment):
        return subprocess.run(["git", "ls-remote", url, "HEAD"], text=True, timeout=timeout,
                              env=clean_environment(GIT_TERMINAL_PROMPT="0", **environment),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def clone(self, url, **environment):
        target = self.directory / "clone"
        subprocess.run(["git", "clone", "--quiet", "--depth=1", url, str(target)], check=True,
                       env=clean_environment(**environment))
        return target

    def serve_http(self, **options):
        server = GitHttpServer(self.directory, **options)
        self.addCleanup(server.stop)
        return server

    def serve_ssh(self):
        if not has_ssh():
            self.skipTest("there is no sshd")
        server = GitSshServer(self.directory)
        self.addCleanup(server.stop)
        return server

    @staticmethod
    def ssh_command(server):
        return (f"ssh -F /dev/null -oBatchMode=yes -oIdentitiesOnly=yes -i {server.key_file} "
                f"-oUserKnownHostsFile={server.known_hosts_file} -oStrictHostKeyChecking=yes")

    def test_http_serves_a_clone(self):
        server = self.serve_http()
        self.assertEqual((self.clone(server.url(self.origin)) / "a/b").read_text(), "text\n")
        self.assertIn(("POST", "/origin/git-upload-pack", None), server.requests)

    def test_http_asks_for_the_login(self):
        server = self.serve_http(login=("bot", "secret"))
        url = server.url(self.origin)
        self.assertIn("terminal prompts disabled", self.ls_remote(url).stderr)
        self.assertIn(self.id, self.ls_remote(url.replace("://", "://bot:secret@")).stdout)
        self.assertEqual(server.requests[-1][2], "bot")
        self.assertIn("Authentication failed", self.ls_remote(url.replace("://", "://bot:wrong@")).stderr)

    def test_http_fails_hangs_and_cuts_when_told_to(self):
        server = self.serve_http()
        url = server.url(self.origin)
        server.behave = "fail"
        self.assertIn("503", self.ls_remote(url).stderr)
        server.behave = "cut"
        self.assertNotEqual(self.ls_remote(url).returncode, 0)
        server.behave = "hang"
        self.assertRaises(subprocess.TimeoutExpired, self.ls_remote, url, timeout=0.5)
        server.behave = None
        self.assertIn(self.id, self.ls_remote(url).stdout)

    def test_ssh_serves_a_clone(self):
        server = self.serve_ssh()
        target = self.clone(server.url(self.origin), GIT_SSH_COMMAND=self.ssh_command(server))
        self.assertEqual((target / "a/b").read_text(), "text\n")

    def test_ssh_lets_the_key_do_nothing_else(self):
        server = self.serve_ssh()
        done = subprocess.run([*self.ssh_command(server).split(), "-p", str(server.port),
                               f"{server.user}@127.0.0.1", "id"], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_rewound_history_is_served(self):
        server = self.serve_http()
        self.origin.commit({"a/b": None, "c": b"\0"})
        self.assertEqual(self.origin.rewind(), self.id)
        self.assertIn(self.id, self.ls_remote(server.url(self.origin)).stdout)


if __name__ == "__main__":
    unittest.main()
