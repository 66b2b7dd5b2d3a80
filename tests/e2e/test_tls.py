"""TLS with the real programs: certificates that the emulator makes, those that it is given, and who trusts them."""
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import warnings

from harness import EMULATOR, URN, Case, Emulator, main

PATH = "/v2/e2e/fgs/functions"


def trusting(ca_file):
    return ssl.create_default_context(cafile=str(ca_file))


class Tls(Case):
    """An emulator that speaks TLS, beside the one of the case."""

    def serve(self, *arguments):
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        self.secure = Emulator(directory, *arguments)
        self.addCleanup(lambda: self.secure.process.poll() is None and self.secure.stop())
        return self.secure

    def serve_self_signed(self, *arguments):
        self.certificates = self.directory / "tls"
        return self.serve("--tls-self-signed", str(self.certificates), *arguments)

    def status(self, context, host="127.0.0.1", token="good"):
        connection = http.client.HTTPSConnection(host, self.secure.port, timeout=20, context=context)
        self.addCleanup(connection.close)
        connection.request("GET", PATH, headers={"X-Auth-Token": token})
        answer = connection.getresponse()
        answer.read()
        return answer.status


class SelfSigned(Tls):
    def test_who_trusts_its_authority_is_served_by_address_and_by_name(self):
        self.serve_self_signed()
        context = trusting(self.certificates / "ca.pem")
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        self.assertEqual(self.status(context), 200)
        self.assertEqual(self.status(context, "localhost"), 200)

    def test_who_does_not_know_it_is_not_fooled(self):
        self.serve_self_signed()
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.status(ssl.create_default_context())

    def test_the_next_start_uses_the_same_certificates(self):
        self.serve_self_signed()
        files = {path.name: path.read_bytes() for path in self.certificates.iterdir()}
        self.assertEqual(sorted(files), ["ca-key.pem", "ca.pem", "server-key.pem", "server.pem"])
        self.secure.stop()
        self.serve_self_signed()
        self.assertEqual({path.name: path.read_bytes() for path in self.certificates.iterdir()}, files)

    def test_curl_is_content(self):
        self.serve_self_signed()
        out = subprocess.run(["curl", "-sS", "--cacert", str(self.certificates / "ca.pem"), "-H", "X-Auth-Token: good",
                              f"https://127.0.0.1:{self.secure.port}{PATH}"], check=True, stdout=subprocess.PIPE)
        self.assertIn(b'"functions"', out.stdout)

    def test_links_to_code_lead_through_it(self):
        self.serve_self_signed()
        self.endpoint = f"https://127.0.0.1:{self.secure.port}"
        self.add_function("a")
        ca_file = str(self.certificates / "ca.pem")
        self.run_fgsync("sync", "--ca-file", ca_file)

        def fetch(url):
            return subprocess.run(["curl", "-sSf", "--cacert", ca_file, "-H", "X-Auth-Token: good", url], check=True,
                                  stdout=subprocess.PIPE).stdout

        link = json.loads(fetch(f"{self.endpoint}{PATH}/{URN}a/export?type=code"))["code_url"]
        self.assertTrue(link.startswith(self.endpoint + "/"), link)
        self.assertTrue(fetch(link).startswith(b"PK"))

    def test_fgsync_works_through_it(self):
        self.serve_self_signed()
        self.endpoint = f"https://127.0.0.1:{self.secure.port}"
        for name in ("a", "b", "c"):
            self.add_function(name)
        self.run_fgsync("sync", "--ca-file", str(self.certificates / "ca.pem"))
        _, err = self.run_fgsync("plan", "--detailed-exitcode", "--ca-file", str(self.certificates / "ca.pem"))
        self.assertNotIn("error", err)
        _, err = self.run_fgsync("plan", code=1)
        self.assertIn("is not trusted", err)

    def test_versions_below_1_2_are_refused(self):
        self.serve_self_signed()
        context = trusting(self.certificates / "ca.pem")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.status(context)
        context = trusting(self.certificates / "ca.pem")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.assertEqual(self.status(context), 200)

    def test_who_speaks_http_or_nothing_harms_nobody(self):
        self.serve_self_signed("--request-timeout", "1")
        silent = socket.create_connection(("127.0.0.1", self.secure.port), 20)
        plain = socket.create_connection(("127.0.0.1", self.secure.port), 20)
        self.addCleanup(silent.close)
        self.addCleanup(plain.close)
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.status(trusting(self.certificates / "ca.pem")), 200)
        self.assertEqual(silent.recv(100), b"")
        try:
            while plain.recv(100):
                pass  # an alert
        except ConnectionResetError:
            pass

    def test_large_bodies_go_both_ways(self):
        self.serve_self_signed()
        connection = http.client.HTTPSConnection("127.0.0.1", self.secure.port, timeout=20,
                                                 context=trusting(self.certificates / "ca.pem"))
        self.addCleanup(connection.close)
        # An answer of the same size comes back: the gateway shows nothing of it, but invocations echo.
        self.endpoint = f"https://127.0.0.1:{self.secure.port}"
        self.add_function("echo")
        self.run_fgsync("sync", "--ca-file", str(self.certificates / "ca.pem"))
        event = b'{"text": "' + b"x" * (5 << 20) + b'"}'
        connection.request("POST", f"{PATH}/urn:fss:cn-north-4:e2e:function:default:echo/invocations", event,
                           {"X-Auth-Token": "good"})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.read() == event), (200, True))


class Given(Tls):
    def test_a_certificate_and_its_key_from_files(self):
        self.serve_self_signed()
        self.secure.stop()
        self.serve("--tls-cert", str(self.certificates / "server.pem"), "--tls-key",
                   str(self.certificates / "server-key.pem"))
        self.assertEqual(self.status(trusting(self.certificates / "ca.pem")), 200)

    def refused(self, *arguments):
        done = subprocess.run([EMULATOR, "--listen", "127.0.0.1:0", *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=20)
        return done.returncode, done.stderr

    def test_files_that_are_none_end_it_with_78(self):
        self.serve_self_signed()
        (self.directory / "nonsense").write_text("nonsense")
        good, key = str(self.certificates / "server.pem"), str(self.certificates / "server-key.pem")
        other = str(self.certificates / "ca-key.pem")
        for certificate, key_file, named in ((str(self.directory / "nonsense"), key, "nonsense"),
                                             (str(self.directory / "absent"), key, "absent"),
                                             (good, str(self.directory / "nonsense"), "nonsense"),
                                             (good, other, "ca-key.pem")):
            code, words = self.refused("--tls-cert", certificate, "--tls-key", key_file)
            self.assertEqual(code, 78, words)
            self.assertEqual(words.count("\n"), 1, words)
            self.assertIn(named, words)

    def test_flags_that_make_no_sense_end_it_with_64(self):
        for arguments in (("--tls-cert", "a"), ("--tls-key", "a"),
                          ("--tls-cert", "a", "--tls-key", "b", "--tls-self-signed", "c")):
            code, words = self.refused(*arguments)
            self.assertEqual(code, 64, words)

    def test_a_directory_with_foreign_files_ends_it_with_78_and_stays(self):
        directory = self.directory / "mine"
        directory.mkdir()
        (directory / "ca.pem").write_text("precious")
        code, words = self.refused("--tls-self-signed", str(directory))
        self.assertEqual(code, 78, words)
        self.assertEqual([path.name for path in directory.iterdir()], ["ca.pem"])
        self.assertEqual((directory / "ca.pem").read_text(), "precious")


if __name__ == "__main__":
    main()
