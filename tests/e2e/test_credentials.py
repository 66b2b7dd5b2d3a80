"""Every kind of credentials with the real program, and that no secret ends up where it can be read."""
import json
import os
import time

from gate import Gate
from harness import Case, main

NAMES = [f"f{i}" for i in range(6)]


class Credentials(Case):
    def setUp(self):
        super().setUp()
        self.gate = Gate(self.emulator)
        self.addCleanup(self.gate.stop)
        self.endpoint = self.gate.url
        self.gate.users[("acme", "deployer")] = "canary-password"
        (self.work / "password").write_text("canary-password\n")

    def add_functions(self):
        for name in NAMES:
            self.add_function(name)

    def without_token(self, **changes):
        return self.environment(FGSYNC_TOKEN=None, HUAWEICLOUD_SDK_IAM_ENDPOINT=self.gate.url, HOME=str(self.directory),
                                **changes)

    def with_key(self, secret="canary-secret", **changes):
        return self.without_token(HUAWEICLOUD_SDK_AK="AKID", HUAWEICLOUD_SDK_SK=secret, **changes)

    def check_synced(self):
        self.assertEqual(sorted(self.emulator.functions()), sorted(NAMES))
        for name in NAMES:
            self.assertEqual(len(self.emulator.versions(name)), 2)

    USER = {"iam": {"domain": "acme", "user": "deployer", "password_file": "password"}}


class Tokens(Credentials):
    def test_one_token_is_made_for_all_calls_of_a_run(self):
        self.add_functions()
        self.configure(credentials=self.USER)
        self.run_fgsync("sync", environment=self.without_token())
        self.check_synced()
        self.assertEqual(len(self.gate.logins), 1)
        self.assertEqual(self.gate.logins[0]["auth"]["scope"], {"project": {"id": "e2e"}})

    def test_an_agency_acts_with_a_token_of_its_own(self):
        self.add_functions()
        self.gate.agencies.add(("acme-prod", "deploy"))
        self.configure(credentials={"iam": {**self.USER["iam"], "agency": {"domain": "acme-prod", "name": "deploy"}}})
        self.run_fgsync("sync", environment=self.without_token())
        self.check_synced()
        self.assertEqual([body["auth"]["identity"]["methods"] for body in self.gate.logins],
                         [["password"], ["assume_role"]])

    def test_a_token_that_dies_in_the_middle_is_renewed_once_and_nothing_is_lost(self):
        def expire(gate, seen):
            if len(gate.seen) == 12:
                gate.tokens.clear()
        self.gate.before = expire
        self.add_functions()
        self.configure(credentials=self.USER)
        self.run_fgsync("sync", environment=self.without_token())
        self.check_synced()
        self.assertEqual(len(self.gate.logins), 2)

    def test_a_wrong_password_is_tried_once(self):
        self.add_functions()
        (self.work / "password").write_text("canary-wrong\n")
        self.configure(credentials=self.USER)
        out, err = self.run_fgsync("sync", code=1, environment=self.without_token())
        self.assertEqual(len(self.gate.logins), 1, err)
        self.assertEqual(self.gate.seen, [])
        self.assertIn("deployer", out + err)
        self.assertNotIn("canary", out + err)

    def test_a_token_file_that_is_rewritten_is_read_again_without_restart(self):
        def rotate(gate, seen):
            if len(gate.seen) == 12:
                (self.work / "token").write_text("canary-second\n")
                gate.tokens = {"canary-second"}
        self.gate.before = rotate
        self.gate.tokens = {"canary-first"}
        (self.work / "token").write_text("canary-first\n")
        self.add_functions()
        self.configure(credentials={"token_file": "token"})
        self.run_fgsync("sync", environment=self.without_token())
        self.check_synced()

    def test_a_token_that_is_refused_is_not_tried_again_and_again(self):
        self.add_functions()
        out, err = self.run_fgsync("sync", code=1, environment=self.environment(FGSYNC_TOKEN="canary-stale"))
        self.assertLessEqual(len(self.gate.seen), 2)
        self.assertIn("FGSYNC_TOKEN", out + err)
        self.assertNotIn("canary", out + err)


class Keys(Credentials):
    def test_every_call_of_a_sync_is_signed_as_the_gateway_expects(self):
        self.gate.keys["AKID"] = ("canary-secret", None)
        self.add_functions()
        self.run_fgsync("sync", environment=self.with_key())
        self.check_synced()
        self.assertEqual({seen["kind"] for seen in self.gate.seen}, {"key"})

    def test_a_temporary_key_has_its_security_token(self):
        self.gate.keys["AKID"] = ("canary-secret", "canary-security-token")
        self.add_functions()
        self.run_fgsync("sync", environment=self.with_key(HUAWEICLOUD_SDK_SECURITY_TOKEN="canary-security-token"))
        self.check_synced()

    def test_a_key_in_files_and_one_in_a_profile(self):
        self.gate.keys["AKID"] = ("canary-secret", None)
        self.add_functions()
        (self.work / "ak").write_text("AKID\n")
        (self.work / "sk").write_text("canary-secret\n")
        self.configure(credentials={"aksk": {"ak_file": "ak", "sk_file": "sk"}})
        self.run_fgsync("sync", environment=self.without_token())
        self.check_synced()
        (self.work / "profile").write_text("[basic]\nak = AKID\nsk = canary-secret\nproject_id = e2e\n")
        self.configure(credentials={"profile": {"file": "profile"}})
        out, _ = self.run_fgsync("plan", environment=self.without_token(FGSYNC_PROJECT_ID=None))
        self.assertIn("No changes", out)

    def test_the_first_signed_call_goes_alone(self):
        def be_slow(gate, seen):
            if len(gate.seen) == 1:
                time.sleep(0.5)
        self.gate.before = be_slow
        self.gate.keys["AKID"] = ("canary-secret", None)
        self.add_functions()
        self.run_fgsync("sync", environment=self.with_key())
        self.assertEqual(self.gate.seen[1]["in_flight"], 1)

    def test_a_wrong_secret_reaches_the_gateway_once_however_much_is_to_be_done(self):
        self.gate.keys["AKID"] = ("another", None)
        self.add_functions()
        out, err = self.run_fgsync("sync", code=1, environment=self.with_key())
        self.assertEqual(len(self.gate.seen), 1)
        self.assertIn("HUAWEICLOUD_SDK_AK", out + err)
        self.assertNotIn("canary", out + err)

    def test_a_wrong_clock_is_named(self):
        self.gate.keys["AKID"] = ("another", None)
        self.gate.clock_offset = -3600
        self.add_function("a")
        _, err = self.run_fgsync("plan", code=1, environment=self.with_key())
        self.assertRegex(err, "clock")
        self.assertRegex(err, r"(1 h|60 min|59 min|3600 s)")


class LargePackages(Credentials):
    def setUp(self):
        super().setUp()
        self.gate.keys["AKID"] = ("canary-secret", None)
        self.add_function("large")
        (self.work / "code" / "large" / "data.bin").write_bytes(os.urandom(10 << 20))

    def test_what_is_too_large_to_be_signed_is_not_sent(self):
        out, err = self.run_fgsync("sync", code=1, environment=self.with_key())
        self.assertRegex(out + err, "at most 12.0 MB")
        self.assertEqual([seen for seen in self.gate.seen if seen["method"] == "POST"], [])

    def test_it_goes_with_a_token_where_there_is_an_iam_user(self):
        self.configure(credentials=self.USER)
        self.run_fgsync("sync", environment=self.with_key())
        self.assertIn("large", self.emulator.functions())
        large = [seen for seen in self.gate.seen if seen["bytes"] > 12 << 20]
        self.assertEqual([seen["kind"] for seen in large], ["token"])
        self.assertIn("key", {seen["kind"] for seen in self.gate.seen})


class Canaries(Credentials):
    """Secrets begin with `canary`. A hostile gateway says them back in its errors."""

    def everything_written(self):
        for top in (self.directory / "state", self.work):
            for path in top.rglob("*"):
                if path.is_file() and path.name not in ("password", "token", "sk", "profile"):
                    yield str(path), path.read_bytes()

    def check_silent(self, *outputs):
        for text in outputs:
            at = text.find("canary")
            self.assertEqual(at, -1, text[max(0, at - 300):at + 60])
        for path, content in self.everything_written():
            self.assertNotIn(b"canary", content, path)

    def each_way(self):
        """A name, what fgsync.yaml says, the environment."""
        yield "variable", {}, self.environment(FGSYNC_TOKEN="canary-token")
        yield "key", {}, self.with_key(HUAWEICLOUD_SDK_SECURITY_TOKEN="canary-security-token")
        yield "token file", {"credentials": {"token_file": "token"}}, self.without_token()
        yield "user", {"credentials": self.USER}, self.without_token()
        yield "profile", {"credentials": {"profile": {"file": "profile"}}}, self.without_token()

    def test_no_secret_is_in_any_output_or_file(self):
        (self.work / "token").write_text("canary-token\n")
        (self.work / "profile").write_text("[basic]\nak = AKID\nsk = canary-secret\nsecurity_token = "
                                           "canary-security-token\n")
        for name, configuration, environment in self.each_way():
            with self.subTest(name):
                self.gate.before = None
                self.gate.tokens = {"canary-token"}
                self.gate.keys["AKID"] = ("canary-secret", "canary-security-token")
                self.add_function("of-" + name.replace(" ", "-"))
                self.configure(**configuration)
                self.check_silent(*self.run_fgsync("plan", "-v", environment=environment))
                self.check_silent(*self.run_fgsync("sync", "-v", environment=environment))
                self.check_silent(*self.run_fgsync("plan", "-v", "-o", "json", environment=environment))

    def test_what_a_gateway_says_back_is_not_shown(self):
        (self.work / "token").write_text("canary-token\n")
        (self.work / "profile").write_text("[basic]\nak = AKID\nsk = canary-secret\nsecurity_token = "
                                           "canary-security-token\n")
        self.add_function("a")

        def echo(gate, seen):
            known = " ".join(seen["headers"].values())
            body = ('{"error_code":"FSS.0500","error_msg":"debug: ' + known + '"}').encode()
            return 500, body, {"Content-Type": "application/json", "X-Request-Id": known.replace("\n", "")}
        for name, configuration, environment in self.each_way():
            for command in (["plan", "-v"], ["sync", "-v", "--timeout", "1"],
                            ["sync", "-v", "--timeout", "1", "-o", "json"]):
                with self.subTest(name, command=command):
                    self.gate.before = echo
                    self.configure(**configuration)
                    self.check_silent(*self.run_fgsync(*command, code=1, environment=environment))

    def test_it_is_not_shown_however_the_gateway_says_it_back(self):
        """Neither where every letter is escaped, nor in what is no error by its status, nor in headers."""
        self.add_function("a")

        def escaped(known):
            return 500, ('{"error_code":"FSS.0500","error_msg":"' +
                         "".join(f"\\u{ord(c):04x}" for c in known) + '"}').encode(), {}

        def redirect(known):
            return 302, json.dumps({"error_msg": known, "error_code": known}).encode(), {"Location": "/" + known}

        def encoding(known):
            return 200, b"{}", {"Content-Encoding": known, "X-Request-Id": known}

        for say in (escaped, redirect, encoding):
            for command in (["plan", "-v"], ["sync", "-v", "--timeout", "1", "-o", "json"]):
                with self.subTest(say.__name__, command=command):
                    self.gate.before = lambda gate, seen: say(seen["headers"]["X-Auth-Token"])
                    self.check_silent(*self.run_fgsync(*command, code=1,
                                                       environment=self.environment(FGSYNC_TOKEN="canary-token")))


if __name__ == "__main__":
    main()
