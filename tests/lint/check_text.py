#!/usr/bin/env python3
"""Rules of style that a pattern can see; each names why it is there.

    check_text.py              check src/ and tests/
    check_text.py --self-test
"""

import fnmatch
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cpp_text import code_only, line_of  # noqa: E402

# (name, pattern, where, except, why). Patterns see code only: no comments, no strings.
RULES = [
    ("detached", r"\bdetached\b", ["src/*"], [],
     "every task belongs to a group that is joined"),
    ("using-directive", r"\busing\s+namespace\b", ["*.hpp"], [],
     "a using-directive in a header reaches everyone who includes it"),
    ("clock", r"\b(?:system|steady|high_resolution)_clock::now\b", ["src/*"], ["src/base/clock.cpp", "src/http/beast_*.cpp", "src/emulator/main.cpp"],
     "time comes from Clock, so that tests can move it"),
    ("sleep", r"\bsleep_for\b|\busleep\s*\(", ["src/*"], [],
     "waiting goes through Clock"),
    ("environment", r"\bgetenv\b", ["src/*"], ["src/cli/*", "src/config/*", "src/daemon/*", "src/emulator/main*", "src/*main.cpp"],
     "the environment is read at the edge and passed on"),
]


def applies(path, rule):
    _, _, where, but_not, _ = rule
    return any(fnmatch.fnmatchcase(path, p) for p in where) and not any(fnmatch.fnmatchcase(path, p) for p in but_not)


def problems_of(path, text):
    """(line, rule, why) for every finding."""
    code = code_only(text)
    problems = []
    for rule in RULES:
        if applies(path, rule):
            problems += [(line_of(code, found.start()), rule[0], rule[4]) for found in re.finditer(rule[1], code)]
    if path.endswith(".hpp") and not text.startswith("#pragma once\n"):
        problems.append((1, "pragma-once", "a header starts with #pragma once"))
    problems += [(line_of(text, found.start()), "todo", "a TODO names its issue: TODO(#12)")
                 for found in re.finditer(r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))", text)]
    return sorted(problems)


CASES = [
    ("src/base/x.cpp", "co_spawn(a, b, detached);", ["detached"]),
    ("tests/base/x.cpp", "co_spawn(a, b, detached);", []),
    ("src/base/x.cpp", "// never detached", []),
    ("src/base/x.hpp", "#pragma once\nusing namespace std;", ["using-directive"]),
    ("src/base/x.hpp", "#pragma once\nnamespace fs = std::filesystem;", []),
    ("src/base/x.hpp", "int x;", ["pragma-once"]),
    ("src/plan/x.cpp", "auto t = std::chrono::steady_clock::now();", ["clock"]),
    ("src/base/clock.cpp", "auto t = std::chrono::steady_clock::now();", []),
    ("src/plan/x.cpp", "std::this_thread::sleep_for(1s);", ["sleep"]),
    ("src/plan/x.cpp", "std::getenv(a)", ["environment"]),
    ("src/cli/x.cpp", "std::getenv(a)", []),
    ("src/plan/x.cpp", "// TODO later", ["todo"]),
    ("src/plan/x.cpp", "// TODO(#12): later", []),
]


def self_test():
    return [f"{path}: {text!r}: expected {expected}, reported {found}"
            for path, text, expected in CASES
            if (found := [name for _, name, _ in problems_of(path, text)]) != expected]


def main():
    if sys.argv[1:] == ["--self-test"]:
        failures = self_test()
        print("\n".join(failures) if failures else f"text lint: all {len(CASES)} cases judged rightly")
        return 1 if failures else 0
    root = pathlib.Path(__file__).resolve().parents[2]
    files = sorted(f for top in ("src", "tests") for f in (root / top).rglob("*") if f.suffix in (".hpp", ".cpp"))
    count = 0
    for file in files:
        path = file.relative_to(root).as_posix()
        for line, name, why in problems_of(path, file.read_text(encoding="utf-8")):
            count += 1
            print(f"{path}:{line}: {name}: {why}")
    if count == 0:
        print(f"text lint: {len(files)} files are clean")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
