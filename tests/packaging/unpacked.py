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


def try_out(prefix):
    """Deploys the installed examples with the installed programs to the installed emulator."""
    prefix = pathlib.Path(prefix)
    with tempfile.TemporaryDirectory() as folder:
        port_file = pathlib.Path(folder, "port")
        emulator = subprocess.Popen([prefix / "bin/fgsync-emulator", "--listen", "127.0.0.1:0", "--port-file",
                                     port_file, "--access-log", "none"], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while not port_file.exists():
                assert time.monotonic() < deadline, "the emulator does not listen"
                time.sleep(0.01)
            environment = {**os.environ, "FGSYNC_TOKEN": "any", "FGSYNC_PROJECT_ID": "packaging",
                           "FGSYNC_ENDPOINT": f"http://127.0.0.1:{port_file.read_text().strip()}",
                           "FGSYNC_STATE": str(pathlib.Path(folder, "state"))}
            fgsync = prefix / "bin/fgsync"
            run(fgsync, "plan", "--detailed-exitcode", prefix / EXAMPLES, code=2, env=environment)
            run(fgsync, "sync", prefix / EXAMPLES, env=environment)
            run(fgsync, "plan", "--detailed-exitcode", prefix / EXAMPLES, env=environment)
        finally:
            emulator.terminate()
            emulator.wait(timeout=20)
