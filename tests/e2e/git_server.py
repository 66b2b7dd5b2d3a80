"""Real git repositories, served over http by git's own CGI program and over ssh by OpenSSH, both on loopback.

    origin = GitRepository(directory / "origin")          # one to commit to
    first = origin.commit({"fn.yaml": "..."}, "subject")  # its id; None removes a file

    web = GitHttpServer(directory, login=("bot", "secret"))
    web.url(origin)                                       # http://127.0.0.1:PORT/origin
    web.behave = "hang"                                   # or "fail", "redirect:URL", "cut", None: as it should
    web.requests                                          # [(method, path, user or None)]

    ssh = GitSshServer(directory)
    ssh.url(origin)                                       # ssh://USER@127.0.0.1:PORT/.../origin
    ssh.key_file, ssh.known_hosts_file                    # what fgsync.yaml names

Servers are stopped with stop(). They serve what lies below `directory`.
"""
import base64
import http.server
import os
import pathlib
import pwd
import select
import shutil
import signal
import socket
import subprocess
import threading
import time

SSHD = "/usr/sbin/sshd"
COMMITTED = 1767225600  # 2026-01-01T00:00:00Z


def has_ssh():
    return os.path.exists(SSHD) and shutil.which("ssh-keygen") is not None and shutil.which("ssh") is not None


def clean_environment(**more):
    """Nothing of the user's configuration of git."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C", **more}


class GitRepository:
    """A repository with a work tree; each commit is a minute later than the one before."""

    def __init__(self, directory, branch="main", object_format="sha1"):
        self.directory = pathlib.Path(directory)
        self.minutes = 0
        self.directory.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", branch, "--object-format", object_format)

    def git(self, *arguments, author="Ann Author <ann@example.com>"):
        name, mail = author.rstrip(">").split(" <")
        date = f"{COMMITTED + 60 * self.minutes} +0000"
        environment = clean_environment(
            GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=mail, GIT_AUTHOR_DATE=date,
            GIT_COMMITTER_NAME=name, GIT_COMMITTER_EMAIL=mail, GIT_COMMITTER_DATE=date)
        done = subprocess.run(["git", *arguments], cwd=self.directory, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr}")
        return done.stdout.strip()

    def commit(self, files=None, subject="a commit", author="Ann Author <ann@example.com>", options=()):
        """Writes the files ({path: text, bytes or None}) and commits all that is in the work tree; the commit's id."""
        for path, content in (files or {}).items():
            target = self.directory / path
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.minutes += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, *options, author=author)
        return self.head()

    def head(self):
        return self.git("rev-parse", "HEAD")

    def rewind(self, commits=1):
        """As a forced push does."""
        self.git("reset", "--quiet", "--hard", f"HEAD~{commits}")
        return self.head()

    def sign_with(self, key_file):
        """From now on, commits and tags are signed with this SSH key."""
        for key, value in (("gpg.format", "ssh"), ("user.signingKey", str(key_file)), ("commit.gpgSign", "true"),
                           ("tag.gpgSign", "true")):
            self.git("config", key, value)


def make_ssh_key(path, comment="test"):
    """A private key without passphrase, next to it `.pub`; the text of the public part."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)], check=True)
    return pathlib.Path(f"{path}.pub").read_text().strip()


class GitHttpServer:
    """The smart protocol, with basic authentication if `login` is given. `behave` is looked at for each request."""

    def __init__(self, directory, login=None, protocol_v2=True):
        self.directory = pathlib.Path(directory).resolve()
        self.login = login
        self.protocol_v2 = protocol_v2
        self.behave = None
        self.requests = []
        self.ended = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                outer.answer(self)

            do_POST = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, repository):
        below = pathlib.Path(repository.directory).resolve().relative_to(self.directory)
        return f"http://127.0.0.1:{self.port}/{below}"

    def stop(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if request.headers.get("Transfer-Encoding") == "chunked":
            body = read_chunks(request.rfile)
        user = self.user_of(request)
        self.requests.append((request.command, request.path, user))
        behave = self.behave
        if behave == "hang":
            self.ended.wait(600)
            request.close_connection = True
        elif behave == "cut":
            request.close_connection = True
        elif behave == "fail":
            self.refuse(request, 503)
        elif behave and behave.startswith("redirect:"):
            self.refuse(request, 302, Location=behave.removeprefix("redirect:") + request.path)
        elif self.login and user is None:
            self.refuse(request, 401, **{"WWW-Authenticate": 'Basic realm="git"'})
        else:
            self.run_backend(request, body, user)

    def user_of(self, request):
        """Who gave the right password; without a login, whoever."""
        kind, _, coded = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        given = tuple(base64.b64decode(coded).decode().split(":", 1))
        return given[0] if self.login in (None, given) else None

    @staticmethod
    def refuse(request, status, **headers):
        request.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            request.send_header(name, value)
        request.end_headers()

    def run_backend(self, request, body, user):
        path, _, query = request.path.partition("?")
        environment = clean_environment(
            GIT_PROJECT_ROOT=str(self.directory), GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=request.command,
            PATH_INFO=path, QUERY_STRING=query, CONTENT_TYPE=request.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(len(body)), REMOTE_USER=user or "", REMOTE_ADDR="127.0.0.1",
            HTTP_CONTENT_ENCODING=request.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=request.headers.get("Git-Protocol", "") if self.protocol_v2 else "")
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        try:
            request.send_response(status)
            for name, value in headers:
                if name not in ("Status", "Content-Length"):
                    request.send_header(name, value)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except OSError:
            request.close_connection = True  # the client has gone


def read_chunks(stream):
    body = b""
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


class GitSshServer:
    """An sshd of its own, as the current user. Its one authorized key can do nothing but fetch."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.home = self.directory / "sshd"
        self.home.mkdir(mode=0o700)
        self.key_file = self.home / "client"
        self.known_hosts_file = self.home / "known_hosts"
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.host_key = make_ssh_key(self.home / "host").rsplit(" ", 1)[0]
        self.authorize(make_ssh_key(self.key_file))
        self.process = None
        for _ in range(5):  # somebody may take the port meanwhile
            self.port = free_port()
            if self.start():
                break
        else:
            raise RuntimeError("sshd does not start: " + (self.home / "log").read_text())
        self.known_hosts_file.write_text(f"[127.0.0.1]:{self.port} {self.host_key}\n")

    def authorize(self, public_key):
        command = self.home / "serve"
        command.write_text("#!/bin/sh\n"
                           "export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null\n"
                           'case "$SSH_ORIGINAL_COMMAND" in\n'
                           '  "git-upload-pack "*) exec git-shell -c "$SSH_ORIGINAL_COMMAND" ;;\n'
                           '  *) echo "only git fetch is allowed" >&2; exit 1 ;;\n'
                           "esac\n")
        command.chmod(0o700)
        (self.home / "authorized_keys").write_text(f'restrict,command="{command}" {public_key}\n')

    def start(self):
        config = self.home / "config"
        config.write_text(f"""Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.home}/host
AuthorizedKeysFile {self.home}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv GIT_PROTOCOL
PermitUserEnvironment no
PrintMotd no
""")
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where it locks itself in
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            except OSError:
                time.sleep(0.01)
                continue
            with connection:
                if select.select([connection], [], [], 5)[0] and connection.recv(4) == b"SSH-":
                    return True
        self.stop()
        return False

    def url(self, repository):
        return f"ssh://{self.user}@127.0.0.1:{self.port}{pathlib.Path(repository.directory).resolve()}"

    def hang(self):
        """It accepts connections and says nothing, until go_on()."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.go_on()
            self.process.terminate()
            self.process.wait(timeout=20)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
