"""doctor: what is wrong, and what to do about it; looks only."""
import datetime
import email.utils
import json
import os
import socket
import subprocess
import time

from gate import Gate
from harness import Case, Emulator, FGSYNC, PROJECT, Proxy, main

SECRETS = ("good", "not-the-token", "s3cr3t-key")


class Doctor(Case):
    def setUp(self):
        super().setUp()
        self.add_function("a")
        # The emulator does not say what time it is; the proxy does, as every server of the cloud.
        proxy = Proxy(self.emulator.port, lambda method, path, count: None)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url

    def doctor(self, *arguments, code=0, **options):
        """The findings by check: (result, text, next)."""
        out, err = self.run_fgsync("doctor", "-o", "json", *arguments, code=code, **options)
        document = json.loads(out)
        found = {row["check"]: (row["result"], row["text"], row["next"]) for row in document["checks"]}
        self.assertEqual(len(found), len(document["checks"]))
        counts = {word: sum(1 for row in found.values() if row[0] == word)
                  for word in ("ok", "warning", "failed", "unknown")}
        self.assertEqual(document["summary"], counts)
        return found

    def results(self, found):
        return {check: row[0] for check, row in found.items() if row[0] != "ok"}

    def state_files(self):
        state = self.directory / "state"
        return {path.name: path.read_bytes() for path in state.iterdir()
                if not path.name.endswith(("-wal", "-shm"))}  # SQLite's scratch files, for those who share it

    def answering(self, headers):
        answer = ("HTTP/1.1 404 Not Found\r\n" + headers + "Content-Length: 2\r\n\r\n{}").encode()
        proxy = Proxy(self.emulator.port, lambda method, path, count: answer if path == "/" else None)
        self.addCleanup(proxy.stop)
        return proxy

    def test_all_is_well_and_nothing_is_written(self):
        found = self.doctor()
        self.assertEqual(self.results(found), {})
        self.assertEqual(list(found), ["configuration", "sources", "git", "temporary", "state", "target", "endpoint",
                                       "clock", "credentials", "rights", "functions", "quotas"])
        self.assertIn("the first sync makes it", found["state"][1])
        self.assertIn("1 function in manifests", found["sources"][1])
        self.assertIn("FGSYNC_TOKEN", found["credentials"][1])
        self.assertIn("only doing it tells", found["rights"][1])
        self.assertIn("fgs_func_num 0 of ", found["quotas"][1])
        self.assertFalse((self.directory / "state").exists())
        self.run_fgsync("sync")
        files, mutations = self.state_files(), len(self.emulator.mutations())
        found = self.doctor()
        self.assertEqual(self.results(found), {})
        self.assertIn("1 function, 1 with the mark of this source", found["functions"][1])
        self.assertRegex(found["state"][1], r"state: 1 function, \d+ [GM]iB free")
        self.assertEqual(self.state_files(), files)
        self.assertEqual(len(self.emulator.mutations()), mutations)

    def test_text_has_a_line_for_each_and_no_secret(self):
        out, err = self.run_fgsync("doctor", environment=self.environment(FGSYNC_TOKEN="not-the-token"), code=1)
        lines = out.splitlines()
        self.assertEqual(err, "")
        self.assertRegex(lines[0], r"^\+ ok       configuration  fgsync.yaml, source e2e$")
        self.assertTrue(any(line.startswith("x failed   rights         ") for line in lines), out)
        self.assertTrue(any(line.startswith("? unknown  quotas         not looked at: ") for line in lines), out)
        self.assertEqual(lines[-1], "Doctor: 9 ok, 1 failed, 2 unknown.")
        self.assertNotIn("not-the-token", out)

    def test_wrong_credentials(self):
        found = self.doctor(environment=self.environment(FGSYNC_TOKEN="not-the-token"), code=1)
        self.assertEqual(self.results(found), {"rights": "failed", "functions": "unknown", "quotas": "unknown"})
        self.assertIn("They come from FGSYNC_TOKEN", found["rights"][1])
        self.assertIn("give credentials of this project that may list its functions", found["rights"][2])
        # Failures lock access keys: one question is enough.
        refused = [row for row in self.emulator.requests() if row["status"] == 401]
        self.assertEqual(len(refused), 1)

    def test_no_credentials_and_half_of_them(self):
        environment = self.environment(FGSYNC_TOKEN=None, HUAWEICLOUD_SDK_AK="AK", HUAWEICLOUD_SDK_SK=None)
        found = self.doctor(environment=environment, code=1)
        self.assertEqual(found["credentials"][0], "failed")
        self.assertIn("HUAWEICLOUD_SDK_SK is not: an access key needs both", found["credentials"][1])
        self.assertEqual(found["endpoint"][0], "ok")
        self.assertEqual(found["rights"][0], "unknown")

    def test_an_expired_token(self):
        answer = (b'HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 68\r\n\r\n'
                  b'{"error_code":"APIGW.0307","error_msg":"The token must be updated."} ')
        proxy = Proxy(self.emulator.port, lambda method, path, count: None if path == "/" else answer)
        self.addCleanup(proxy.stop)
        found = self.doctor("--endpoint", proxy.url, code=1)
        self.assertIn("APIGW.0307", found["rights"][1])
        self.assertIn("expired", found["rights"][1])

    def test_a_token_that_tells_when_it_expires(self):
        gate = Gate(self.emulator)
        self.addCleanup(gate.stop)
        gate.users[("acme", "deployer")] = "s3cr3t-key"
        (self.work / "password").write_text("s3cr3t-key\n")
        self.configure(credentials={"iam": {"domain": "acme", "user": "deployer", "password_file": "password"}})
        environment = self.environment(FGSYNC_TOKEN=None, FGSYNC_ENDPOINT=gate.url, HUAWEICLOUD_SDK_IAM_ENDPOINT=gate.url)
        found = self.doctor(environment=environment)
        self.assertRegex(found["credentials"][1], r"^a token from IAM user deployer of acme, expires in 2[34] h$")
        gate.lifetime = datetime.timedelta(hours=-1)
        found = self.doctor(environment=environment, code=1)
        self.assertEqual((found["credentials"][0], found["rights"][0]), ("failed", "unknown"))
        self.assertIn(" expired at 20", found["credentials"][1])
        (self.work / "password").write_text("another\n")
        logins = len(gate.logins)
        found = self.doctor(environment=environment, code=1)
        self.assertEqual(found["credentials"][0], "failed")
        self.assertEqual(found["rights"][0], "unknown")
        self.assertEqual(len(gate.logins), logins + 1)  # failures lock users, too

    def test_another_project_than_the_states(self):
        for name in ("b", "c", "d"):
            self.add_function(name)
        self.run_fgsync("sync")
        for name in ("a", "b"):
            self.emulator.call("DELETE", f"/functions/urn:fss:cn-north-4:{PROJECT}:function:default:{name}")
        found = self.doctor(code=1)
        self.assertEqual(self.results(found), {"functions": "failed"})
        self.assertIn("of 4 that the state knows, 2 are not there", found["functions"][1])
        self.assertIn("wrong_project", found["functions"][2])

    def test_wrong_targets(self):
        cloud = ("--endpoint", "https://functiongraph.cn-north-4.myhuaweicloud.com")
        for arguments, words in (((*cloud, "--project-id", "cn-north-4"), "is a name"),
                                 ((*cloud, "--region", "ap-southeast-1"), "ap-southeast-1"),
                                 (("--project-id", "a b"), "project id"),
                                 (("--endpoint", "http://example.com"), "plain http"),
                                 (("--endpoint", "ftp://x"), "ftp")):
            found = self.doctor(*arguments, code=78)
            self.assertEqual(found["target"][0], "failed", arguments)
            self.assertIn(words, found["target"][1])
            self.assertEqual(found["git"][0], "ok")
            self.assertEqual(found["rights"][0], "unknown")
            self.assertEqual(found["functions"][0], "unknown")
            self.assertIn("give what is missing", found["target"][2])

    def test_a_clock_that_is_off(self):
        for seconds, result, words in ((1230, "failed", "^20 min behind the"), (-210, "warning", "^3 min ahead of the"),
                                       (-172800, "failed", "^48 h ahead of the"), (0, "ok", "^as the endpoint's")):
            date = email.utils.formatdate(time.time() + seconds, usegmt=True)
            found = self.doctor("--endpoint", self.answering(f"Date: {date}\r\n").url, code=int(result == "failed"))
            self.assertEqual(found["clock"][0], result, found["clock"])
            self.assertRegex(found["clock"][1], words)
        found = self.doctor("--endpoint", self.answering("").url)
        self.assertEqual(found["clock"][0], "unknown")

    def test_an_endpoint_that_nobody_answers_at(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
            found = self.doctor("--endpoint", f"http://127.0.0.1:{unused.getsockname()[1]}", code=1)
        self.assertEqual(self.results(found), {"endpoint": "failed", "clock": "unknown", "credentials": "unknown",
                                               "rights": "unknown", "functions": "unknown", "quotas": "unknown"})
        self.assertIn("Connection refused", found["endpoint"][1])
        self.assertTrue(found["endpoint"][2])

    def test_an_endpoint_that_never_answers(self):
        proxy = Proxy(self.emulator.port, lambda method, path, count: 30)
        self.addCleanup(proxy.stop)
        began = time.monotonic()
        found = self.doctor("--endpoint", proxy.url, "--timeout", "1", code=1)
        self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(found["endpoint"][0], "failed")

    def test_a_certificate(self):
        directory = self.directory / "secure"
        directory.mkdir()
        secure = Emulator(directory, "--tls-self-signed", str(self.directory / "tls"))
        self.addCleanup(secure.stop)
        arguments = ("--endpoint", f"https://127.0.0.1:{secure.port}")
        found = self.doctor(*arguments, "--ca-file", str(self.directory / "tls" / "ca.pem"))
        self.assertIn("its certificate is trusted", found["endpoint"][1])
        found = self.doctor(*arguments, code=1)
        self.assertIn("is not trusted", found["endpoint"][1])
        self.assertEqual(found["rights"][0], "unknown")

    def test_no_tls_where_it_should_be(self):
        found = self.doctor("--endpoint", self.endpoint.replace("http:", "https:"), code=1)
        self.assertEqual(found["endpoint"][0], "failed")
        self.assertIn("TLS", found["endpoint"][1])
        found = self.doctor("--endpoint", "https://localhost:1", "--ca-file", "/nowhere.pem", code=1)
        self.assertIn("/nowhere.pem", found["endpoint"][1])

    def test_configurations(self):
        (self.work / "fgsync.yaml").unlink()
        found = self.doctor("--root", ".")
        self.assertEqual(self.results(found), {"configuration": "warning"})
        bare = {"PATH": os.environ["PATH"], "HOME": str(self.directory)}
        found = self.doctor("--root", ".", environment=bare, code=78)
        self.assertIn("no endpoint", found["target"][1])
        (self.work / "fgsync.yaml").write_text("apiVersion: fgsync/v1\nkind: Config\nspec: {sorces: []}\n")
        found = self.doctor(code=78)
        self.assertEqual(found["configuration"][0], "failed")
        self.assertIn("sorces", found["configuration"][1])
        self.assertEqual(found["functions"][0], "unknown")
        self.assertEqual(found["rights"][0], "unknown")
        found = self.doctor("-f", "nowhere.yaml", code=78)
        self.assertIn("nowhere.yaml", found["configuration"][1])

    def test_manifests_with_mistakes(self):
        path = self.work / "manifests" / "a.yaml"
        path.write_text(path.read_text().replace("memory_size", "memroy_size"))
        found = self.doctor(code=1)
        self.assertEqual(found["sources"][0], "failed")
        self.assertEqual(found["sources"][2], "fgsync validate")
        found = self.doctor("--root", ".", code=1)
        self.assertEqual(found["sources"][2], "fgsync validate --root .")

    def test_states(self):
        blocked = self.directory / "a-file"
        blocked.write_text("")
        for place in (blocked, blocked / "below"):
            found = self.doctor("--state", str(place), code=1)
            self.assertEqual(found["state"][0], "failed")
            self.assertIn("is no directory", found["state"][1])
        found = self.doctor("--state", "/proc/fgsync", code=1)
        self.assertEqual(found["state"][0], "failed")
        self.assertIn("/proc takes no directory: ", found["state"][1])
        self.assertIn("--state", found["state"][2])
        parent = self.directory / "parent"
        parent.mkdir()
        self.assertEqual(self.doctor("--state", str(parent / "state"))["state"][0], "ok")
        self.assertEqual(list(parent.iterdir()), [])
        self.run_fgsync("sync")
        (self.directory / "state" / "state.db").write_bytes(b"x" * 5000)
        found = self.doctor(code=1)
        self.assertEqual(found["state"][0], "failed")
        self.assertIn("is damaged", found["state"][1])
        found = self.doctor("--no-state")
        self.assertEqual(found["state"][0], "warning")

    def test_places_that_this_user_must_not_write(self):
        # Whoever runs the tests may be root, to whom everything is open: another user looks.
        try:
            shown = subprocess.run([FGSYNC, "version"], capture_output=True, user=65534, extra_groups=[])
        except PermissionError:
            shown = None
        if os.geteuid() != 0 or shown is None or shown.returncode != 0:
            self.skipTest("needs root, and a program that another user may run")
        self.directory.chmod(0o755)
        theirs = self.directory / "theirs"
        theirs.mkdir(mode=0o700)
        environment = self.environment(FGSYNC_STATE=str(theirs), TMPDIR=str(theirs))
        found = self.doctor(code=1, environment=environment, user=65534, extra_groups=[])
        self.assertEqual({check: found[check][0] for check in ("state", "temporary")},
                         {"state": "failed", "temporary": "failed"})
        self.assertIn("Permission denied", found["state"][1])

    def test_a_machine_without_git_and_without_room_for_temporary_files(self):
        environment = self.environment(PATH=str(self.directory), TMPDIR=str(self.directory / "nowhere"))
        found = self.doctor(code=1, environment=environment)
        self.assertEqual(self.results(found), {"git": "warning", "temporary": "failed"})
        self.assertIn("TMPDIR", found["temporary"][2])

    def test_a_quota_that_is_used_up(self):
        body = json.dumps({"quotas": {"resources": [
            {"quota": 100, "used": 95, "type": "fgs_func_num", "unit": ""},
            {"quota": 10240, "used": 1, "type": "fgs_func_code_size", "unit": "MB"},
            {"quota": -1, "used": 1, "type": "fgs_other", "unit": ""}]}}).encode()
        answer = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
        proxy = Proxy(self.emulator.port, lambda method, path, count: answer if path.endswith("/quotas") else None)
        self.addCleanup(proxy.stop)
        found = self.doctor("--endpoint", proxy.url)
        self.assertEqual(self.results(found), {"quotas": "warning"})
        self.assertEqual(found["quotas"][1], "fgs_func_num 95 of 100, fgs_func_code_size 1 of 10240 MB")

    def test_no_secret_is_shown(self):
        (self.directory / "ak").write_text("AKID\n")
        (self.directory / "sk").write_text("s3cr3t-key\n")
        self.configure(credentials={"aksk": {"ak_file": str(self.directory / "ak"),
                                                   "sk_file": str(self.directory / "sk")}})
        for environment in (self.environment(FGSYNC_TOKEN=None), self.environment(FGSYNC_TOKEN="not-the-token")):
            process = self.start("doctor", "-v", environment=environment)
            out, err = process.communicate(timeout=60)
            for secret in SECRETS[1:]:
                self.assertNotIn(secret, out + err)

    def test_wrong_words_on_the_command_line(self):
        self.run_fgsync("doctor", "--timeout", "0", code=64)
        self.run_fgsync("doctor", "-o", "sarif", code=64)
        _, err = self.run_fgsync("docter", code=64)
        self.assertIn("did you mean doctor?", err)


if __name__ == "__main__":
    main()
