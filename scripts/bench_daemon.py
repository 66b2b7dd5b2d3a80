"""What the daemon costs, for scripts/bench --daemon: idle, memory, sweeps, how soon an edit and a commit are deployed."""
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

DEBOUNCE_S = 0.2
IDLE_S = 20
GIT = {"GIT_AUTHOR_NAME": "Bench", "GIT_AUTHOR_EMAIL": "bench@example.org", "GIT_COMMITTER_NAME": "Bench",
       "GIT_COMMITTER_EMAIL": "bench@example.org", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def cpu_time_s(process):
    """Exact to the nanosecond, unlike the ticks of /proc/PID/stat: of all threads that live."""
    total = 0
    for thread in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


class Daemon:
    """fgsync daemon with a notify socket of ours, which says when it is ready."""

    def __init__(self, program, directory, spec, state):
        self.directory = directory
        self.config = directory / "fgsync.yaml"
        # JSON is YAML.
        self.config.write_text(json.dumps({"apiVersion": "fgsync/v1", "kind": "Config", "metadata": {"name": "bench"},
                                           "spec": {**spec, "state_directory": str(state)}}))
        notify = directory / "notify"
        notify.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(notify))
        self.socket.settimeout(60)
        self.log = directory / "daemon.log"
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("FGSYNC_", "HUAWEICLOUD_", "XDG_", "WATCHDOG_", "JOURNAL_"))}
        environment.update(NOTIFY_SOCKET=str(notify), FGSYNC_TOKEN="bench", RUNTIME_DIRECTORY=str(directory))
        self.begun = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(program), "daemon", "-v", "--config", str(self.config)], stderr=log,
                                            stdout=log, env=environment)
        self.ready_s = None
        while self.ready_s is None:
            if b"READY=1" in self.socket.recv(65536):
                self.ready_s = time.monotonic() - self.begun
        threading.Thread(target=self.drain, daemon=True).start()

    def drain(self):
        """Somebody who does not read would fill the socket."""
        while True:
            try:
                self.socket.recv(65536)
            except TimeoutError:
                pass
            except OSError:
                return

    def lines(self, message):
        """The lines of the log with this message, as dictionaries."""
        found = []
        for line in self.log.read_text().splitlines():
            if f'msg="{message}"' in line or f"msg={message} " in line + " ":
                found.append(dict(word.split("=", 1) for word in line.split(" ") if "=" in word))
        return found

    def wait_for(self, condition, seconds=300):
        end = time.monotonic() + seconds
        while not (value := condition()):
            if self.process.poll() is not None:
                raise RuntimeError(f"the daemon ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            if time.monotonic() > end:
                raise RuntimeError(f"waited in vain: {self.log.read_text()[-2000:]}")
            time.sleep(0.005)
        return value

    def sweep_again(self):
        """Reading an unchanged configuration again is looking at everything."""
        before = len(self.lines("sweep ended"))
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: len(self.lines("sweep ended")) > before)
        return int(self.lines("sweep ended")[-1]["took_ms"])

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.socket.close()


def edit(file, text):
    """As an editor saves: another file, then renamed."""
    other = file.with_name(file.name + ".new")
    other.write_text(text)
    moment = time.monotonic()
    os.replace(other, file)
    return moment


def measure_directory(tools, programs, directory, count, repeats):
    figures = {"ready_s": [], "edit_s": [], "sweep_s": [], "sweep_requests": []}
    names = tools.generate(directory / "source", count)
    emulator = tools.Emulator(programs / "fgsync-emulator", directory, count)
    try:
        spec = {"endpoint": emulator.url, "project_id": "bench", "sources": [{"directory": str(directory / "source" / "manifests")}],
                "intervals": {"sweep": "1h"}, "guards": {"max_change": "100%"}}
        place = directory / "daemon"
        place.mkdir()
        # The first deployment of so many is held without an approval: a sync by hand is one.
        subprocess.run([str(programs / "fgsync"), "sync", "-q", "-o", "json", "--root", str(directory / "source"), "--config", str(make_config(directory, spec, place / "state"))],
                       check=True, stdout=subprocess.DEVNULL, env={**os.environ, "FGSYNC_TOKEN": "bench"})
        time.sleep(2.5)  # digests of files that changed less than two seconds ago are not remembered
        for _ in range(repeats):
            daemon = Daemon(programs / "fgsync", place, spec, place / "state")
            try:
                daemon.wait_for(lambda: daemon.lines("sweep ended"))
            finally:
                if len(figures["ready_s"]) < repeats - 1:
                    daemon.stop()
                    daemon.log.unlink()
            figures["ready_s"].append(daemon.ready_s)
        try:
            daemon.sweep_again()
            for _ in range(max(repeats, 5)):
                before = emulator.count_requests()
                figures["sweep_s"].append(daemon.sweep_again() / 1000)
                figures["sweep_requests"].append(emulator.count_requests() - before)
            time.sleep(3)
            before, begun = cpu_time_s(daemon.process), time.monotonic()
            time.sleep(IDLE_S)
            figures["idle_percent"] = 100 * (cpu_time_s(daemon.process) - before) / (time.monotonic() - begun)
            figures["memory_mib"] = tools.memory_mib(daemon.process)
            for i in range(max(repeats, 5)):
                file = directory / "source" / "functions" / names[i] / "rules.txt"
                before = publishes(emulator)
                moment = edit(file, f"edited {i} {time.time()}\n")
                daemon.wait_for(lambda: publishes(emulator) > before)
                figures["edit_s"].append(time.monotonic() - moment - DEBOUNCE_S)
                time.sleep(0.5)
            figures["memory_after_mib"] = tools.memory_mib(daemon.process)
        finally:
            daemon.stop()
    finally:
        emulator.stop()
    return figures


def publishes(emulator):
    """Versions that were asked for and made."""
    return sum(1 for line in emulator.log.read_bytes().splitlines() if b'"POST"' in line and b"/versions" in line)


def make_config(directory, spec, state):
    config = directory / "sync.yaml"
    config.write_text(json.dumps({"apiVersion": "fgsync/v1", "kind": "Config", "metadata": {"name": "bench"},
                                  "spec": {**spec, "state_directory": str(state)}}))
    return config


def git(place, *words):
    subprocess.run(["git", *words], cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, **GIT})


def measure_commits(tools, programs, directory, repeats, interval_s=1):
    """From the moment at which a commit can be seen to the first call that changes something."""
    repository = directory / "repository"
    names = tools.generate(repository, 5)
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    place = directory / "git-daemon"
    place.mkdir()
    emulator_place = directory / "git-emulator"
    emulator_place.mkdir()
    emulator = tools.Emulator(programs / "fgsync-emulator", emulator_place, 10)
    times = []
    try:
        spec = {"endpoint": emulator.url, "project_id": "bench", "intervals": {"sweep": "1h"},
                "sources": [{"git": {"url": f"file://{repository}", "branch": "main", "interval": f"{interval_s}s"}}]}
        daemon = Daemon(programs / "fgsync", place, spec, place / "state")
        try:
            daemon.wait_for(lambda: publishes(emulator) >= len(names))
            for i in range(repeats):
                (repository / "functions" / names[0] / "rules.txt").write_text(f"commit {i}\n")
                git(repository, "add", "-A")
                before = emulator.log.read_bytes().count(b'"PUT"')
                git(repository, "commit", "-q", "-m", f"commit {i}")
                moment = time.monotonic()
                daemon.wait_for(lambda: emulator.log.read_bytes().count(b'"PUT"') > before)
                times.append(time.monotonic() - moment)
        finally:
            daemon.stop()
    finally:
        emulator.stop()
    return {"commit_s": times, "git_interval_s": interval_s}


def rows(figures):
    median = statistics.median
    sweep, requests, edited = (median(figures[key]) for key in ("sweep_s", "sweep_requests", "edit_s"))
    ready = median(figures["ready_s"]) * 1000
    commit, limit = max(figures["commit_s"]), figures["git_interval_s"] + 1
    count = figures["functions"]
    return [(f"idle, {count} functions, share of a core over {IDLE_S} s", f"{figures['idle_percent']:.3f} %", "under 0.1 %",
             figures["idle_percent"] < 0.1),
            ("memory between sweeps", f"{figures['memory_mib']:.1f} MiB", "under 20 MiB", figures["memory_mib"] < 20),
            ("the same, after some deployments", f"{figures['memory_after_mib']:.1f} MiB", "under 20 MiB",
             figures["memory_after_mib"] < 20),
            (f"a sweep of {count} unchanged functions, median", f"{sweep:.3f} s", "under 0.1 s", sweep < 0.1),
            ("the same, requests", f"{requests:.0f}", "3", requests <= 3),
            ("file saved → version published, beyond the debounce, median", f"{edited:.3f} s", "under 0.1 s and the calls",
             edited < 0.1),
            ("start to ready with a warm state, median", f"{ready:.0f} ms", "under 100 ms", ready < 100),
            (f"commit visible → first call, interval {figures['git_interval_s']} s, longest of {len(figures['commit_s'])}",
             f"{commit:.2f} s", f"under {limit} s", commit < limit)]


def run(arguments, tools):
    """`tools` is scripts/bench: what all measurements share."""
    programs = arguments.bin.resolve() if arguments.bin else tools.build("fgsync", "fgsync-emulator") / "src"
    directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-bench-"))
    try:
        figures = {"functions": arguments.functions}
        figures.update(measure_directory(tools, programs, directory, arguments.functions, arguments.repeats))
        figures.update(measure_commits(tools, programs, directory, max(arguments.repeats, 5)))
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    report = {"date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(), "machine": tools.machine(), **figures}
    print(json.dumps(report, indent=2)) if arguments.json else tools.print_figures(report, rows(figures))
