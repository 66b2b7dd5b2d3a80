"""The official node SDK, unmodified, against fgsync-emulator: installs the SDK below the build directory, starts an
emulator, runs the tests beside this file with node's own runner.

    run.py                 all tests
    run.py aliases ...     only aliases.test.js ...
    run.py --self-test     that a registry that cannot be reached is told from every other failure of npm

Ends with 77, which ctest shows as skipped, where npm is missing or its registry cannot be reached."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "e2e"))
from harness import Emulator  # noqa: E402

SKIPPED = 77
REGION = "cn-north-4"
ACCESS_KEY, SECRET_KEY = "CONFORMANCEKEY", "conformance-secret"
TEMPORARY_KEY, SECURITY_TOKEN = "TEMPORARYKEY", "conformance-security-token"
DOMAIN, USER, PASSWORD = "acme", "deployer", "conformance-password"
PROJECT_FILES = ("package.json", "package-lock.json")
# The npm of Debian 12 says "npm ERR! code X", newer ones "npm error code X".
NPM_CODE = re.compile(r"^npm (?:ERR!|error) code (\S+)", re.MULTILINE)
UNREACHABLE = {"ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ETIMEDOUT",
               "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EPIPE", "ERR_SOCKET_TIMEOUT", "EIDLETIMEOUT", "ENOTCACHED"}


class Skipped(Exception):
    pass


def is_unreachable(npm_output):
    """Whether npm failed because it reached nobody."""
    found = NPM_CODE.search(npm_output)
    return found is not None and found.group(1) in UNREACHABLE


def build_directory():
    directory = os.environ.get("FGSYNC_CONFORMANCE_DIR")
    return pathlib.Path(directory) if directory else HERE.parent.parent / "build" / "conformance"


def install():
    """The folder with the packages of the lock file, which is made once for each lock file."""
    content = b"".join((HERE / name).read_bytes() for name in PROJECT_FILES)
    wanted = build_directory() / ("npm-" + hashlib.sha256(content).hexdigest()[:16])
    if wanted.is_dir():
        return wanted / "node_modules"
    npm = shutil.which("npm")
    if npm is None:
        raise Skipped("there is no npm; scripts/install-packages brings it")
    build_directory().mkdir(parents=True, exist_ok=True)
    partial = pathlib.Path(tempfile.mkdtemp(prefix="npm-partial-", dir=build_directory()))
    try:
        for name in PROJECT_FILES:
            shutil.copy(HERE / name, partial)
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"],
            cwd=partial, capture_output=True, text=True, timeout=200)
        if done.returncode != 0 and is_unreachable(done.stdout + done.stderr):
            raise Skipped("npm cannot reach its registry:\n" + done.stderr)
        if done.returncode != 0:
            raise SystemExit(f"npm ci failed with {done.returncode}:\n{done.stdout}{done.stderr}")
        partial.rename(wanted)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return wanted / "node_modules"


def write_credentials(directory):
    keys, iam = directory / "keys", directory / "iam"
    keys.write_text(f"[basic]\nak = {ACCESS_KEY}\nsk = {SECRET_KEY}\n"
                    f"[temporary]\nak = {TEMPORARY_KEY}\nsk = {SECRET_KEY}\nsecurity_token = {SECURITY_TOKEN}\n")
    iam.write_text(f"[user]\ndomain = {DOMAIN}\nname = {USER}\npassword = {PASSWORD}\n")
    return ["--access-key-file", str(keys), "--iam-file", str(iam), "--region", REGION]


def run_tests(names, modules, directory):
    node = shutil.which("node")
    if node is None:
        raise SystemExit("there is no node; scripts/install-packages brings it")
    files = [str(HERE / f"{name}.test.js") for name in names] or sorted(str(path) for path in HERE.glob("*.test.js"))
    emulator = Emulator(directory, *write_credentials(directory))
    try:
        environment = {**os.environ, "NODE_PATH": str(modules), "CONFORMANCE_ENDPOINT": emulator.url,
                       "CONFORMANCE_REGION": REGION, "CONFORMANCE_ACCESS_KEY": ACCESS_KEY,
                       "CONFORMANCE_SECRET_KEY": SECRET_KEY, "CONFORMANCE_TEMPORARY_KEY": TEMPORARY_KEY,
                       "CONFORMANCE_SECURITY_TOKEN": SECURITY_TOKEN, "CONFORMANCE_DOMAIN": DOMAIN,
                       "CONFORMANCE_USER": USER, "CONFORMANCE_PASSWORD": PASSWORD, "NO_PROXY": "127.0.0.1"}
        # The SDK leaves a log file in the working directory.
        done = subprocess.run([node, "--test", *files], cwd=directory, env=environment, timeout=200)
        if emulator.process.poll() is not None:
            raise SystemExit(f"the emulator ended by itself with {emulator.process.returncode}")
    finally:
        if emulator.process.poll() is None:
            emulator.stop()
    return done.returncode


def self_test():
    for text in ("npm ERR! code ENOTFOUND\nnpm ERR! syscall getaddrinfo", "npm warn x\nnpm error code ECONNREFUSED\n"):
        assert is_unreachable(text), text
    for text in ("npm error code EINTEGRITY", "npm error code E404", "npm ERR! code E401", "npm error code EUSAGE", "",
                 "npm error ENOTFOUND was not the code\nnpm error code EACCES"):
        assert not is_unreachable(text), text


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    try:
        modules = install()
    except Skipped as skipped:
        print("\n".join(["*" * 80, "CONFORMANCE WITH THE OFFICIAL NODE SDK WAS NOT TESTED", str(skipped), "*" * 80]))
        return SKIPPED
    directory = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-conformance-"))
    try:
        return run_tests(arguments, modules, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
