"""Whether installed programs work: what the tests of both kinds of packages ask."""
import os
import pathlib
import subprocess
import tempfile
import time

EXAMPLES = "share/doc/fgsync/examples"


def run(*command, code=0, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **options)
    if done.returncode != code:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode} instead of {code}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout


def commands_of(fgsync):
    """The commands that help lists: indented words with a purpose beside them, flags aside."""
    lines = run(fgsync, "--help").splitlines()
    rows = [line.split() for line in lines if line.startswith("  ") and not line.startswith("   ")]
    return [row[0] for row in rows if row[0] != "fgsync" and not row[0].startswith("-")]


class Emulator:
    """The emulator of a folder of programs while it runs, and the variables for a fgsync that uses it."""

    def __init__(self, binaries):
        self.program = pathlib.Path(binaries, "fgsync-emulator")

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        port_file = pathlib.Path(self.folder.name, "port")
        self.process = subprocess.Popen([self.program, "--listen", "127.0.0.1:0", "--port-file", port_file, "--access-log",
                                         "none"], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not port_file.exists():
            if time.monotonic() > deadline:
                self.__exit__()
                raise AssertionError("the emulator does not listen")
            time.sleep(0.01)
        self.environment = {"FGSYNC_TOKEN": "any", "FGSYNC_PROJECT_ID": "packaging",
                            "FGSYNC_ENDPOINT": f"http://127.0.0.1:{port_file.read_text().strip()}",
                            "FGSYNC_STATE": str(pathlib.Path(self.folder.name, "state"))}
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.folder.cleanup()


def try_out(prefix):
    """Deploys the installed examples with the installed programs to the installed emulator."""
    prefix = pathlib.Path(prefix)
    with Emulator(prefix / "bin") as emulator:
        environment = {**os.environ, **emulator.environment}
        fgsync = prefix / "bin/fgsync"
        run(fgsync, "plan", "--detailed-exitcode", prefix / EXAMPLES, code=2, env=environment)
        run(fgsync, "sync", prefix / EXAMPLES, env=environment)
        run(fgsync, "plan", "--detailed-exitcode", prefix / EXAMPLES, env=environment)
