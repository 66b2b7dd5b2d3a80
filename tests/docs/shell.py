"""A shell in a folder of its own, and the emulator for it: what a reader has in front of him."""
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ.get("FGSYNC_BINARY_DIR", "build/release/src")).resolve()
ADDRESSES = {"127.0.0.1:9480": "port", "127.0.0.1:9481": "control"}
COMMAND_SECONDS = int(os.environ.get("FGSYNC_DOCS_COMMAND_SECONDS", "60"))
# What fgsync-emulator is called through: the addresses of the documentation become free ports.
SHIM = """#!/bin/bash
# Stands before the real emulator: the ports of the documentation are not free everywhere.
arguments=() port_file= given=
for argument in "$@"; do
  case "$argument" in
    127.0.0.1:9480) argument=127.0.0.1:$(cat "$PORTS/port" 2>/dev/null || echo 0) port_file=--port-file ;;
    127.0.0.1:9481) argument=127.0.0.1:$(cat "$PORTS/control" 2>/dev/null || echo 0) control_file=--control-port-file ;;
    --port-file) given=1 ;;
    --listen) listens=1 ;;
    --help|--version) exec "$EMULATOR" "$@" ;;
  esac
  arguments+=("$argument")
done
if [ -z "${listens-}" ]; then
  arguments=(--listen "127.0.0.1:$(cat "$PORTS/port" 2>/dev/null || echo 0)" "${arguments[@]}") port_file=--port-file
fi
if [ -n "$port_file" ] && [ -z "$given" ]; then arguments+=(--port-file "$PORTS/port.new"); fi
if [ -n "${control_file-}" ]; then arguments+=(--control-port-file "$PORTS/control"); fi
exec "$EMULATOR" "${arguments[@]}"
"""
# Reads commands ended by a zero byte, runs each in this very shell, and says with what it ended. `$?` goes from one to the next.
DRIVER = r"""
last=0
while IFS= read -r -d '' -u "$1" __command; do
  : > "$3"
  (exit "$last")
  eval "$__command" </dev/null >>"$3" 2>&1
  last=$?
  printf '%s %s\n' "$last" "$!" >&"$2"
done
"""


def base_environment(home):
    """Nothing of ours that fgsync would look at, and no way out: what is not on this machine goes to a closed port."""
    environment = {key: value for key, value in os.environ.items()
                   if key in ("PATH", "LANG", "TERM", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")}
    nowhere = "http://127.0.0.1:9"
    environment.update(
        HOME=str(home), TMPDIR=str(home / "tmp"), LC_ALL="C.UTF-8", NO_COLOR="1", TZ="UTC",
        https_proxy=nowhere, HTTPS_PROXY=nowhere, http_proxy=nowhere, all_proxy=nowhere,
        no_proxy="127.0.0.1,localhost", NO_PROXY="127.0.0.1,localhost",
        GIT_CONFIG_NOSYSTEM="1", GIT_TERMINAL_PROMPT="0", GIT_AUTHOR_NAME="Jane", GIT_AUTHOR_EMAIL="jane@example.org",
        GIT_AUTHOR_DATE="2026-11-22T08:00:00Z",
        GIT_COMMITTER_DATE="2026-11-22T08:00:00Z", GIT_COMMITTER_NAME="Jane", GIT_COMMITTER_EMAIL="jane@example.org", FGSYNC_ACTOR="jane@build-7")
    return environment


class Shell:
    """`run` gives a command's exit code and all that it printed, as a terminal would show it."""

    def __init__(self, source, programs=None, **more):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-docs-")).resolve()
        self.work = self.home / "work"
        self.ports = self.home / ".ports"
        path = self.home / ".bin"
        for folder in (self.work, self.ports, path, self.home / "tmp"):
            folder.mkdir()
        programs = {"fgsync": BIN / "fgsync", **(programs or {})}
        for name, program in programs.items():
            (path / name).symlink_to(program)
        (path / "fgsync-emulator").write_text(SHIM)
        (path / "fgsync-emulator").chmod(0o755)
        environment = base_environment(self.home)
        environment.update(PATH=f"{path}:{environment.get('PATH', '/usr/bin:/bin')}", SOURCE=str(source),
                           PROGRAMS=str(BIN), PORTS=str(self.ports), EMULATOR=str(BIN / "fgsync-emulator"), **more)
        command_in, self.command_out = os.pipe()
        self.code_in, code_out = os.pipe()
        self.output = self.home / ".output"
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-c", DRIVER, "docs", str(command_in), str(code_out), str(self.output)],
            cwd=self.work, env=environment, pass_fds=(command_in, code_out), stdin=subprocess.DEVNULL,
            start_new_session=True)
        os.close(command_in)
        os.close(code_out)
        self.codes = os.fdopen(self.code_in)
        self.emulator = None
        self.emulator_output = self.home / ".emulator"

    def close(self):
        os.close(self.command_out)
        # The session is ours: the shell and what it left running, such as an emulator.
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                break
            if sign == signal.SIGTERM:
                try:
                    self.process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    continue
                time.sleep(0.05)
        self.codes.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def with_ports(self, text):
        for address, name in ADDRESSES.items():
            if (self.ports / name).exists():
                text = text.replace(address, "127.0.0.1:" + (self.ports / name).read_text().strip())
        return text

    def without_ports(self, text):
        for address, name in ADDRESSES.items():
            if (self.ports / name).exists():
                text = text.replace("127.0.0.1:" + (self.ports / name).read_text().strip(), address)
        return text

    def run(self, command):
        starts = re.match(r"\s*fgsync-emulator\b(?!.*(--help|--version))", command.replace("\n", " ")) is not None
        if starts:
            self.end_emulator()
            # A reader leaves it in its terminal and opens another one.
            if not command.rstrip().endswith("&"):
                command += " &"
            self.emulator_output.write_text("")
            command = f">>{self.emulator_output} 2>&1 {command}"
        os.write(self.command_out, self.with_ports(command).encode() + b"\0")
        ready, _, _ = select.select([self.code_in], [], [], COMMAND_SECONDS)
        if not ready:
            return None, self.said() + f"\nnot done after {COMMAND_SECONDS} s"
        answer = self.codes.readline().split()
        if not answer:
            return None, self.said() + "\nthe shell is gone: `exit` in a command?"
        if starts:
            self.emulator = int(answer[1])
            self.wait_for_emulator()
        return int(answer[0]), self.said(self.emulator_output if starts else None)

    def said(self, file=None):
        file = file or self.output
        text = file.read_text(errors="replace") if file.exists() else ""
        return self.without_ports(text).replace(str(self.work), "~/work").replace(str(self.home), "~")

    def wait_for_emulator(self):
        deadline = time.monotonic() + 20
        new = self.ports / "port.new"
        while time.monotonic() < deadline:
            if new.exists() and new.read_text().endswith("\n"):
                new.rename(self.ports / "port")
            # The line is printed before or behind the port file.
            if "listening on" in self.said(self.emulator_output):
                if (self.ports / "port").exists() or not new.exists():
                    return
            if self.is_over(self.emulator):
                return
            time.sleep(0.02)

    @staticmethod
    def is_over(process):
        try:
            return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    def end_emulator(self):
        if self.emulator is None or self.is_over(self.emulator):
            return
        os.kill(self.emulator, signal.SIGTERM)
        deadline = time.monotonic() + 20
        while not self.is_over(self.emulator) and time.monotonic() < deadline:
            time.sleep(0.02)


class Features:
    """What the program can do, as its own help says."""

    def __init__(self, program=None):
        self.program = str(program or BIN / "fgsync")
        self.helps = {}

    def help_of(self, command):
        if command not in self.helps:
            ended = subprocess.run([self.program, command, "--help"], capture_output=True, text=True, timeout=60)
            self.helps[command] = ended.stdout if ended.returncode == 0 else None
        return self.helps[command]

    def has(self, feature):
        words = feature.split()
        text = self.help_of(words[0])
        if text is None:
            return False
        if len(words) == 1:
            return True
        if len(words) == 3 and words[1] == "-o":
            forms = re.search(r"^\s+-o, ?--output (\S+)", text, re.M)
            return forms is not None and words[2] in forms[1].split("|")
        return re.search(rf"(?:^|[\s,]){re.escape(words[1])}(?=[\s,=]|$)", text, re.M) is not None
