"""`fgsync daemon` as a service manager runs it: its log is read while it works."""
import json
import os
import re
import shlex
import signal
import subprocess
import time

from harness import FGSYNC, URN, Case, Emulator, wait_for

PATIENCE = 40  # seconds, for what takes a moment unless the machine is busy


class Daemon:
    """A running `fgsync daemon`. Its standard error goes to a file, so that a full pipe never stops it."""

    def __init__(self, work, environment, *arguments, log, **options):
        self.log_file = log
        self.begin = log.stat().st_size if log.exists() else 0
        with open(log, "ab") as stream:
            self.process = subprocess.Popen([FGSYNC, "daemon", *arguments], cwd=work, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stream,
                                            **options)

    def log(self, since=0):
        """All that this process wrote, from an earlier `mark` on."""
        with open(self.log_file, "rb") as stream:
            stream.seek(max(self.begin, since))
            return stream.read().decode()

    def mark(self):
        return self.log_file.stat().st_size

    def lines(self, since=0, **fields):
        """Lines as dictionaries, those that have these values."""
        parsed = [fields_of(line) for line in self.log(since).splitlines()]
        return [line for line in parsed if all(line.get(key) == value for key, value in fields.items())]

    def wait_for(self, pattern, since=0, seconds=PATIENCE):
        """Until a line of the log matches; that line."""
        expression = re.compile(pattern)

        def found():
            for line in self.log(since).splitlines():
                if expression.search(line):
                    return line
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon left with {self.process.returncode} before {pattern!r}:\n"
                                     + self.log())
            return None

        try:
            return wait_for(found, seconds)
        except AssertionError as error:
            raise AssertionError(f"not in the log: {pattern!r} ({error})\n{self.log()[-6000:]}") from None

    def wait_for_condition(self, function, condition, code=None, since=0):
        """Until the function is said to be in this condition; what is said of it."""
        def said():
            return self.lines(since, fn=function, condition=condition, **({"code": code} if code else {}))

        try:
            return wait_for(said, PATIENCE)[-1]
        except AssertionError:
            raise AssertionError(f"{function} is not said to be {condition} {code or ''}\n{self.log()[-6000:]}") from None

    def wait_for_sweeps(self, count, since=None):
        """Until so many sweeps ended from now on. Needs the log level debug."""
        since = self.mark() if since is None else since
        wait_for(lambda: len(self.lines(since, msg="sweep ended")) >= count, PATIENCE)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=PATIENCE):
        return self.process.wait(timeout=seconds)

    def stop(self):
        """As systemd does; the exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def fields_of(line):
    """A line of logfmt."""
    try:
        words = shlex.split(line)
    except ValueError:
        return {}
    return dict(word.split("=", 1) for word in words if "=" in word)


class DaemonCase(Case):
    """A workspace with an emulator, and daemons that are gone when the test is over."""

    intervals = {"sweep": "1s", "debounce": "50ms"}

    def configure(self, **spec):
        """The same, with what a daemon in a test needs: it looks often, says much, and has a socket of its own."""
        settings = {"intervals": self.intervals, "log": {"level": "debug"},
                    "control": {"socket": str(self.directory / "control.sock")}, **spec}
        super().configure(**settings)

    def write_config(self, name="e2e", **spec):
        """A configuration with sources of its own."""
        settings = {"intervals": self.intervals, "log": {"level": "debug"},
                    "control": {"socket": str(self.directory / "control.sock")}, **spec}
        text = f"apiVersion: fgsync/v1\nkind: Config\nmetadata: {{name: {name}}}\nspec:\n"
        (self.work / "fgsync.yaml").write_text(
            text + "".join(f"  {key}: {json.dumps(value)}\n" for key, value in settings.items()))

    def start_daemon(self, *arguments, environment=None, **options):
        daemon = Daemon(self.work, environment or self.environment(), *arguments,
                        log=self.directory / "daemon.log", **options)
        self.addCleanup(daemon.kill)
        self.addCleanup(self.show_log, daemon)
        return daemon

    def show_log(self, daemon):
        if os.environ.get("FGSYNC_SHOW_LOG"):
            print(daemon.log(), flush=True)

    def started(self, *arguments, **options):
        """A daemon that has looked at everything once."""
        daemon = self.start_daemon(*arguments, **options)
        daemon.wait_for('msg="sweep ended"')
        return daemon

    def restart_emulator(self, *arguments):
        """On the same port and with the same state, as a service that was away."""
        port = self.emulator.port
        if self.emulator.process.poll() is None:
            self.emulator.stop()
        self.start_emulator_at(port, *arguments)

    def start_emulator_at(self, port, *arguments):
        self.emulator = Emulator(self.directory, "--state", str(self.directory / "emulator.db"), *arguments, port=port)

    def write_code(self, name, text):
        """Replaces it at once, as editors and deployments do."""
        target = self.work / "code" / name / "index.py"
        beside = target.with_suffix(".new")
        beside.write_text(text)
        os.replace(beside, target)

    def edit(self, name, **fields):
        """Changes fields of a manifest, with one replacement of the file."""
        target = self.work / "manifests" / f"{name}.yaml"
        manifest = json.loads(target.read_text())
        manifest["spec"].update(fields)
        beside = target.with_suffix(".new")
        beside.write_text(json.dumps(manifest, indent=1))
        os.replace(beside, target)

    def config_of(self, name):
        return self.emulator.call("GET", f"/functions/{URN}{name}/config")

    def code_of(self, name):
        return self.emulator.call("GET", f"/functions/{URN}{name}/code")

    def change_on_console(self, name, **fields):
        """Somebody changes the function by hand."""
        now = self.config_of(name)
        body = {key: now[key] for key in ("func_name", "runtime", "timeout", "handler", "memory_size")}
        self.emulator.call("PUT", f"/functions/{URN}{name}/config", {**body, **fields})

    def wait_until(self, condition, daemon=None, seconds=PATIENCE):
        try:
            return wait_for(condition, seconds)
        except AssertionError:
            raise AssertionError("waited in vain\n" + (daemon.log()[-6000:] if daemon else "")) from None

    def assert_published_once(self, *names):
        """One import, and no two versions with the same code or the same description."""
        imports = [row for row in self.emulator.mutations() if row["path"].endswith("/functions/import")]
        self.assertEqual(len(imports), len(set(names)), imports)
        for name in names:
            versions = self.emulator.call("GET", f"/functions/{URN}{name}/versions")["versions"]
            named = [row["version"] for row in versions if row["version"] != "latest"]
            self.assertEqual(len(named), len(set(named)), named)


__all__ = ["Daemon", "DaemonCase", "PATIENCE", "fields_of"]
