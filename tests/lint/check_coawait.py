#!/usr/bin/env python3
"""Finds what g++ 12 compiles wrongly: temporaries of aggregate or closure type inside a co_await expression, which it
destroys twice. The remedy is always the same: name it first.

    check_coawait.py [FILE...]   check the files, or all of src/ and tests/
    check_coawait.py --self-test

Reported, between `co_await` and the end of its statement: a lambda that captures (other than just `[&]`) and a
brace-initialised temporary (`f({a})`, `f(T{a})`). Bodies of lambdas count on their own.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cpp_text import code_only, line_of  # noqa: E402

CLOSING = {"(": ")", "[": "]", "{": "}"}
WORD_BEFORE = re.compile(r"([\w>\])]+)\s*$")
NOT_OPERANDS = {"return", "co_return", "co_await", "co_yield", "case", "throw", "else"}


def end_of_group(code, at):
    """The index behind the bracket that closes the one at `at`."""
    expected = [CLOSING[code[at]]]
    for i in range(at + 1, len(code)):
        if code[i] in CLOSING:
            expected.append(CLOSING[code[i]])
        elif code[i] == expected[-1]:
            expected.pop()
            if not expected:
                return i + 1
    return len(code)


def is_lambda(code, at):
    """Whether the `[` at `at` starts a lambda rather than a subscript."""
    before = WORD_BEFORE.search(code, 0, at)
    return not before or before[1] in NOT_OPERANDS


def lambda_body(code, behind_captures):
    """The index of the `{` of a lambda's body."""
    i = behind_captures
    while i < len(code) and code[i] not in "{;":
        i = end_of_group(code, i) if code[i] in "([" else i + 1
    return i


def findings_after(code, start):
    """(index, what) for one co_await, whose operand starts at `start`."""
    depth = 0
    left_group = False  # the co_await stood inside brackets that have been closed since, as in `if (co_await f()) {`
    i = start
    while i < len(code):
        c = code[i]
        if c == ";" and depth == 0:
            return
        if c == "[" and is_lambda(code, i):
            behind = end_of_group(code, i)
            captures = code[i + 1:behind - 1].strip()
            if captures not in ("", "&"):
                yield i, f"lambda that captures [{captures}]"
            body = lambda_body(code, behind)
            i = end_of_group(code, body) if code[body:body + 1] == "{" else body
            continue
        if c == "{":
            if left_group and depth == 0:
                return  # the block of an if, while or for
            yield i, "brace-initialised temporary"
            i = end_of_group(code, i)
            continue
        if c in "([":
            depth += 1
        elif c in ")]":
            if depth == 0:
                left_group = True
            else:
                depth -= 1
        elif c == "}":
            return
        i += 1


def problems_of(text):
    """(line, what) for every finding in a C++ text, each once."""
    code = code_only(text)
    found = {}
    for keyword in re.finditer(r"\bco_await\b", code):
        for at, what in findings_after(code, keyword.end()):
            found.setdefault(at, what)
    return [(line_of(code, at), what) for at, what in sorted(found.items())]


GOOD = [
    "auto x = co_await f(a, b);",
    "auto x = co_await f(std::move(hash));",
    "auto x = co_await f(Name(a));",
    "co_await f([](int i) { return T{i}; });",
    "co_await f([&] { return 1; });",
    "auto hash = [path] { return digest(path); }; co_await offload(pool, std::move(hash));",
    "if (auto r = co_await f(); !r) { g({1, 2}); }",
    "if (co_await f(x[i])) { h(T{1}); }",
    "while (!(co_await f())) { h([x] {}); }",
    "co_await (a() || b());",
    "// co_await f({1})\nint x;",
    'log("co_await f({1})");',
    "co_await f(1'000'000, 'x'); g({1});",
    'co_await f(R"({"a": [x]})"); g({1});',
    "co_await f(a[b], c()[0]);",
    "auto op = f(T{1}); co_await std::move(op);",
    "for (auto& x : co_await list()) { g({x}); }",
]
BAD = [
    "co_await f([x] { return x; });",
    "co_await f([this] {});",
    "co_await f([x = std::move(y)]() mutable { g(); });",
    "co_await f([=] {});",
    "co_await f({a, b});",
    "co_await f(T{a});",
    "co_await f(T{});",
    "co_await f(std::vector<int>{1});",
    "co_return co_await f(T{.x = 1});",
    "auto r = co_await f(a,\n    {b});",
    "if (auto r = co_await f({1}); r) { }",
    "if (co_await f(T{1})) { }",
    "co_await (f(T{1}) || g());",
    "g(co_await f(), T{1});",
    "co_await co_spawn(pool, [p]() -> awaitable<int> { co_return 1; }, use_awaitable);",
    "co_await f([&, x] { return x; });",
    "co_await f([] { return 1; }, T{2});",
    "auto task = [] () -> awaitable<void> { co_await f({1}); };",
]


def self_test():
    failures = [f"reported, but fine: {text}" for text in GOOD if problems_of(text)]
    failures += [f"not reported exactly once: {text}" for text in BAD if len(problems_of(text)) != 1]
    if problems_of("int a;\nco_await f(\n    T{1});") != [(3, "brace-initialised temporary")]:
        failures.append("the line is that of the temporary")
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        failures = self_test()
        print("\n".join(failures) if failures else f"co_await lint: {len(GOOD)} good and {len(BAD)} bad cases judged rightly")
        return 1 if failures else 0
    root = pathlib.Path(__file__).resolve().parents[2]
    files = [pathlib.Path(name) for name in sys.argv[1:]]
    if not files:
        files = sorted(f for top in ("src", "tests") for f in (root / top).rglob("*") if f.suffix in (".hpp", ".cpp"))
    count = 0
    for file in files:
        for line, what in problems_of(file.read_text(encoding="utf-8")):
            count += 1
            shown = file.relative_to(root) if file.is_relative_to(root) else file
            print(f"{shown}:{line}: {what} in a co_await expression (g++ 12 destroys it twice): name it first")
    if count == 0:
        print(f"co_await lint: {len(files)} files are clean")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
