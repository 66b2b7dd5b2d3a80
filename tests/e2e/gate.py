"""A gateway before the emulator that looks at credentials, and an IAM. It verifies signatures with code of its own."""
import datetime
import email.utils
import hashlib
import hmac
import http.client
import http.server
import json
import threading
import time
import urllib.parse


def canonical_request(method, target, headers, names, body):
    """As the guide to signing says: path and query encoded anew, the path with a slash at its end."""
    parts = urllib.parse.urlsplit(target)
    segments = [urllib.parse.quote(urllib.parse.unquote(part), safe="-_.~") for part in parts.path.split("/")]
    path = "/".join(segments)
    query = sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    quoted = "&".join(f"{urllib.parse.quote(key, safe='-_.~')}={urllib.parse.quote(value, safe='-_.~')}"
                      for key, value in query)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    digest = headers.get("X-Sdk-Content-Sha256") or hashlib.sha256(body).hexdigest()
    return "\n".join([method, path if path.endswith("/") else path + "/", quoted, lines, ";".join(names), digest])


def refusal(status, code, message):
    return status, json.dumps({"error_msg": message, "error_code": code, "request_id": "r" * 32}).encode(), {}


class Gate:
    """Lets through to the emulator what has good credentials; `behind` is the token that the emulator knows.

    `before(gate, seen)` is called with each request to the service before it is looked at, and may answer
    (status, body, headers) instead."""

    def __init__(self, emulator, before=None):
        self.emulator = emulator
        self.before = before
        self.tokens = set()          # that are let through
        self.keys = {}               # access key id: (secret, security token or None)
        self.users = {}              # (domain, user): password
        self.agencies = set()        # (domain, agency)
        self.lifetime = datetime.timedelta(hours=24)
        self.clock_offset = 0        # seconds by which the answers' Date is off
        self.seen = []               # of requests to the service: dictionaries
        self.logins = []             # of requests for a token: their bodies
        self.in_flight = 0
        self.lock = threading.Lock()
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate((timestamp or time.time()) + gate.clock_offset, usegmt=True)

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, payload, headers = gate.answer(self.command, self.path, self.headers, body)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload)
                except OSError:
                    self.close_connection = True  # the client has gone

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, target, headers, body):
        if target.startswith("/v3/auth/tokens"):
            with self.lock:
                return self.log_in(headers, json.loads(body))
        with self.lock:
            self.in_flight += 1
            seen = {"headers": dict(headers), "method": method, "path": target.split("?")[0], "bytes": len(body), "in_flight": self.in_flight,
                    "kind": "token" if "X-Auth-Token" in headers else "key" if "Authorization" in headers else "none"}
            self.seen.append(seen)
        try:
            own = self.before(self, seen) if self.before else None
            with self.lock:
                refused = own or self.refuse(method, target, headers, body)
            return refused or self.forward(method, target, body)
        finally:
            with self.lock:
                self.in_flight -= 1

    def refuse(self, method, target, headers, body):
        token = headers.get("X-Auth-Token")
        if token is not None:
            if token in self.tokens:
                return None
            return refusal(401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail " + token)
        authorization = headers.get("Authorization", "")
        if not authorization.startswith("SDK-HMAC-SHA256 "):
            return refusal(401, "APIGW.0301", "Incorrect IAM authentication information: no credentials")
        fields = dict(part.strip().split("=", 1) for part in authorization.split(" ", 1)[1].split(","))
        secret, security_token = self.keys.get(fields["Access"], (None, None))
        if secret is None:
            return refusal(401, "APIGW.0301",
                           f"Incorrect IAM authentication information: ak {fields['Access']} not exist")
        canonical = canonical_request(method, target, headers, fields["SignedHeaders"].split(";"), body)
        text = "\n".join(["SDK-HMAC-SHA256", headers["X-Sdk-Date"], hashlib.sha256(canonical.encode()).hexdigest()])
        expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if fields["Signature"] != expected or headers.get("X-Security-Token") != security_token:
            return refusal(401, "APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail, "
                           + canonical.replace("\n", "|") + " " + authorization)
        if len(body) > 12 << 20:
            return refusal(413, "APIGW.0201", "The request body is too large.")
        return None

    def forward(self, method, target, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        connection.request(method, target, body,
                           {"Content-Type": "application/json", "X-Auth-Token": self.emulator.token})
        answer = connection.getresponse()
        payload = answer.read()
        connection.close()
        return answer.status, payload, {"Content-Type": "application/json",
                                        "X-Request-Id": answer.getheader("X-Request-Id", "")}

    def log_in(self, headers, body):
        self.logins.append(body)
        identity, scope = body["auth"]["identity"], body["auth"]["scope"]
        if identity["methods"] == ["password"]:
            user = identity["password"]["user"]
            if self.users.get((user["domain"]["name"], user["name"])) != user["password"]:
                return 401, json.dumps({"error": {"code": 401, "title": "Unauthorized", "message":
                                                  "The username or password is wrong: " + user["password"]}}).encode(), {}
        else:
            role = identity["assume_role"]
            is_known = (role["domain_name"], role["agency_name"]) in self.agencies
            if headers.get("X-Auth-Token") not in self.tokens or not is_known:
                return 403, b'{"error":{"code":403,"message":"You have no right to do this action",' \
                            b'"title":"Forbidden"}}', {"Content-Type": "application/json"}
        token = f"canary-issued-{len(self.logins)}-{'x' * 2000}"
        self.tokens.add(token)
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp = "%Y-%m-%dT%H:%M:%S.%fZ"
        project = {"id": scope.get("project", {}).get("id", ""), "name": "cn-north-4", "domain": {"id": "d", "name": "acme"}}
        answer = {"token": {"expires_at": (now + self.lifetime).strftime(stamp), "issued_at": now.strftime(stamp),
                            "methods": identity["methods"], "project": project, "user": {"name": "deployer"}}}
        return 201, json.dumps(answer).encode(), {"Content-Type": "application/json", "X-Subject-Token": token}
