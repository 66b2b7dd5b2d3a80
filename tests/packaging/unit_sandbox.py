"""Runs programs in the sandbox that a unit describes, as far as that can be had without a running systemd.

  unit_sandbox.py UNIT COMMAND [WORD…]     under the unit's system call filters

The filters are those of SystemCallFilter=, RestrictAddressFamilies=, RestrictNamespaces= and MemoryDenyWriteExecute=, and there
are no capabilities. libseccomp is there wherever systemd is. `Mounts` adds what ProtectSystem=strict, NoExecPaths=,
ExecPaths=, ProtectProc= and ProcSubset= do, for which one must be root and allowed to mount.
"""
import ctypes
import errno
import mmap
import os
import pathlib
import re
import socket
import subprocess
import sys

ALLOW = 0x7FFF0000
EQUAL, MASKED_EQUAL = 4, 7
# Allowed by systemd whatever the filter says, see systemd.exec(5).
ALWAYS = """execve exit exit_group getrlimit rt_sigreturn sigreturn clock_getres clock_gettime clock_nanosleep gettimeofday
nanosleep time""".split()
NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
SHM_EXEC = 0o100000


def refuse(number):
    return 0x00050000 | number


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def directives(text):
    """(line number, name, value) of each."""
    return [(number, *line.split("=", 1)) for number, line in enumerate(text.splitlines(), 1)
            if re.match(r"[A-Z]\w*=", line)]


def values_of(unit):
    """The values of each directive of a file."""
    values = {}
    for _, name, value in directives(pathlib.Path(unit).read_text()):
        values.setdefault(name, []).append(value)
    return values


def library():
    """libseccomp, or None where it is not installed."""
    try:
        seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError:
        return None
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
    seccomp.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    return seccomp


def group(name, seen=None):
    """The system calls of a group, with those of the groups in it."""
    seen = set() if seen is None else seen
    if name in seen:
        return set()
    seen.add(name)
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], capture_output=True, text=True, check=True)
    calls = set()
    for word in re.findall(r"^    (@?[\w-]+)$", listed.stdout, re.MULTILINE):
        calls |= group(word, seen) if word.startswith("@") else {word}
    return calls


def calls_of(filters):
    """What SystemCallFilter= lines allow, the first of which is a list of what is allowed."""
    calls = set(ALWAYS)
    for line in filters:
        words = line.removeprefix("~").split()
        named = set().union(*(group(word) if word.startswith("@") else {word} for word in words))
        calls = calls - named if line.startswith("~") else calls | named
    return calls | set(ALWAYS)


class Filter:
    """One seccomp filter. What is made here is loaded in the child, between fork and exec."""

    def __init__(self, seccomp, by_default):
        self.seccomp = seccomp
        self.context = seccomp.seccomp_init(by_default)

    def add(self, action, call, *comparisons):
        number = self.seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # not of this architecture
            return
        array = (Comparison * max(len(comparisons), 1))(*comparisons)
        done = self.seccomp.seccomp_rule_add_array(self.context, action, number, len(comparisons), array)
        assert done == 0, f"{call}: {os.strerror(-done)}"

    def load(self):
        done = self.seccomp.seccomp_load(self.context)
        assert done == 0, os.strerror(-done)


def filters_of(seccomp, unit):
    """Those of a unit, given as lists of values by directive. The one that refuses most comes last."""
    restrictions = Filter(seccomp, ALLOW)
    families = {getattr(socket, name) for name in " ".join(unit["RestrictAddressFamilies"]).split()}
    for family in set(range(46)) - families:
        restrictions.add(refuse(errno.EAFNOSUPPORT), "socket", Comparison(0, EQUAL, family, 0))
    assert unit["RestrictNamespaces"] == ["yes"]
    restrictions.add(refuse(errno.ENOSYS), "clone3")
    for flag in NAMESPACES:
        restrictions.add(refuse(errno.EPERM), "clone", Comparison(0, MASKED_EQUAL, flag, flag))
        restrictions.add(refuse(errno.EPERM), "unshare", Comparison(0, MASKED_EQUAL, flag, flag))
    restrictions.add(refuse(errno.EPERM), "setns")
    assert unit["MemoryDenyWriteExecute"] == ["yes"]
    both = mmap.PROT_EXEC | mmap.PROT_WRITE
    restrictions.add(refuse(errno.EPERM), "mmap", Comparison(2, MASKED_EQUAL, both, both))
    for call in ("mprotect", "pkey_mprotect"):
        restrictions.add(refuse(errno.EPERM), call, Comparison(2, MASKED_EQUAL, mmap.PROT_EXEC, mmap.PROT_EXEC))
    restrictions.add(refuse(errno.EPERM), "shmat", Comparison(2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC))

    allowed = Filter(seccomp, refuse(getattr(errno, unit["SystemCallErrorNumber"][0])))
    for call in calls_of(unit["SystemCallFilter"]):
        allowed.add(ALLOW, call)
    return [restrictions, allowed]


def drop_capabilities(libc):
    """Root without capabilities is a user like others that owns root's files."""
    if os.geteuid() == 0:
        assert libc.prctl(28, 0x3, 0, 0, 0) == 0, "no SECBIT_NOROOT"  # else a program gets them all back
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert libc.capset(header, (ctypes.c_uint32 * 6)()) == 0, os.strerror(ctypes.get_errno())


class Sandbox:
    def __init__(self, seccomp, unit):
        self.filters = filters_of(seccomp, unit)
        self.libc = ctypes.CDLL(None, use_errno=True)

    def enter(self):
        drop_capabilities(self.libc)
        for each in self.filters:
            each.load()

    def run(self, *command, **options):
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120,
                              preexec_fn=self.enter, **options)


MOUNTS = """
set -e
mount --make-rprivate /
for folder in /usr "$PROGRAMS" "$FOLDER"; do mount --bind "$folder" "$folder"; done
mount -o remount,bind,ro,noexec /
mount -o remount,bind,ro,exec /usr
mount -o remount,bind,ro,exec "$PROGRAMS"
mount -o remount,bind,rw,noexec "$FOLDER"
mount -t proc -o hidepid=invisible,subset=pid proc /proc
cd "$FOLDER"  # the one that can be written
exec "$@"
"""


class Mounts:
    """The unit's filters and its mounts: one folder can be written, programs can be run from /usr and one more folder."""

    def __init__(self, unit, programs):
        values = values_of(unit)
        assert values["ProtectSystem"] == ["strict"] and values["ProtectProc"] == ["invisible"]
        assert values["NoExecPaths"] == ["/"] and values["ExecPaths"][0].split()[0] == "/usr"
        assert values["ProcSubset"] == ["pid"]
        self.unit, self.programs = unit, programs

    def run(self, folder, *command, **options):
        environment = {**options.pop("env", os.environ), "PROGRAMS": str(self.programs), "FOLDER": str(folder)}
        words = ["unshare", "--mount", "--pid", "--fork", "sh", "-c", MOUNTS, "sh", "/usr/bin/python3", "-B", __file__, self.unit,
                 *command]
        return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, cwd=folder,
                              env=environment, **options)

    def can_be_had(self):
        return self.run("/var/tmp", "true").returncode == 0


if __name__ == "__main__":
    Sandbox(library(), values_of(sys.argv[1])).enter()
    os.execvp(sys.argv[2], sys.argv[2:])
