#!/usr/bin/env python3
"""Every code that fgsync gives to programs (of mistakes in files, of what is blocked, of notes, the kinds of errors, the service's
codes that it knows, and exit codes) has its row in docs/troubleshooting.md, and every row its code. A place in the source whose
code cannot be seen here is a mistake, too.

  check_codes.py              src/ against docs/troubleshooting.md
  check_codes.py --self-test

The tables stand behind `<!-- codes: mistakes -->`, `blocked`, `notes`, `kinds`, `service` and `exits`; the first cell of a row
is the code, or several.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = "docs/troubleshooting.md"
GROUPS = ("mistakes", "blocked", "notes", "kinds", "service", "exits")
SIGNALS = ("130", "143")
PLANNING = ("plan", "reconcile")
# Where codes are handed on by functions whose callers are looked at, or `block(function, why)` needs none or writes it itself.
HANDED_ON = re.compile(r"(?:std::move\()?(?:code|function$|outlook$|finding\.code|problem\.code|\w+\.problem->code|\w+\.code)\b")
WORD = re.compile(r'"([a-z_]+)"')


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S)
    return re.sub(r"(?:^|[ \t])[ \t]*//[^\n]*", "", text, flags=re.M)


def expressions(text, folder):
    """(group, offset, what stands where a code is expected)."""
    if folder not in PLANNING:
        # Designated (`.code = x`) or assigned (`diagnostic.code = x`), and the first argument of helpers named error.
        for found in re.finditer(r"(?<=[{\s,])\.code = ([^,;}]+)|\b(?:diagnostic|warning|finding)\.code = ([^;]+)|"
                                 r"\b(?<!\.)(?<!>)error\(\s*(\"[^\"]*\")", text):
            yield "mistakes", found.start(), found[1] or found[2] or found[3]
        return
    for found in re.finditer(r"\b(?:block|refuse)\(\s*([^,)]+)|\bhold_back\(\s*\w+,\s*([^,)]+)|\bBlocked\{\s*([^,}]+)", text):
        yield "blocked", found.start(), found[1] or found[2] or found[3]
    for found in re.finditer(r"\bnotes\.(?:push_back\(\s*\{|emplace_back\()\s*([^,}]+)|\bNote\{\s*([^,}]+)", text):
        yield "notes", found.start(), found[1] or found[2]


def codes_in(files):
    """({group: {code: place}}, mistakes) of {path: text}, paths as src/plan/x.cpp."""
    codes = {group: {} for group in GROUPS}
    mistakes = []
    texts = {path: without_comments(text) for path, text in files.items()}
    constants = {}
    for text in texts.values():
        constants.update(re.findall(r"\bconstexpr (?:const char\*|std::string_view|auto) (k\w+)(?:\{| = )\"([a-z_]+)\"", text))
    for path, text in texts.items():
        if path == "src/base/error.hpp":
            for word in re.findall(r"^  (\w+),", re.search(r"enum class ErrorKind \{(.*?)\}", text, re.S)[1], re.M):
                codes["kinds"][word] = path
        if path == "src/functiongraph/error_codes.hpp":
            for word in re.findall(r'= "((?:FSS|APIGW)\.\d+)"', text):
                codes["service"][word] = path
        if path == "src/cli/exit_code.hpp":
            for word in (*re.findall(r"constexpr int k\w+ = ([1-9]\d*);", text), *SIGNALS):
                codes["exits"][word] = path
        folder = path.split("/")[1]
        for group, offset, expression in expressions(text, folder):
            expression = expression.strip()
            place = f"{path}:{text.count(chr(10), 0, offset) + 1}"
            words = WORD.findall(expression)
            if expression in constants:
                words = [constants[expression]]
            for word in words:
                codes[group].setdefault(word, place)
            if not words and not HANDED_ON.match(expression) and not is_declaration(expression) and "::" not in expression \
                    and path.endswith(".cpp") and not is_of_service(expression):
                mistakes.append(f"{place}: which code is {expression!r}? Write it out, or make it a constant")
    return codes, mistakes


def is_declaration(expression):
    return re.match(r"(?:const )?(?:std::string|std::string_view|const char\*|WantedAlias|FunctionPlan|RemovalOutlook)\b", expression) is not None


def is_of_service(expression):
    return re.search(r'"(?:APIGW|FSS)\.', expression) is not None or expression.startswith("is_")


def rows_of(page):
    """{group: {code: line}}"""
    rows = {group: {} for group in GROUPS}
    group = None
    for number, line in enumerate(page.split("\n"), 1):
        if found := re.match(r"<!-- codes: (\w+) -->", line):
            group = found[1]
        elif line.startswith("#"):
            group = None
        elif group and (found := re.match(r"\| (`[\w.]+`(?:, `[\w.]+`)*) \|(.*)", line)):
            for code in re.findall(r"[\w.]+", found[1]):
                rows[group][code] = (number, [cell.strip() for cell in found[2].strip().strip("|").split(" | ")])
    return rows


def check(files, page):
    codes, mistakes = codes_in(files)
    rows = rows_of(page)
    for group in GROUPS:
        for code, place in sorted(codes[group].items()):
            if code not in rows[group]:
                mistakes.append(f"{place}: `{code}` has no row among the {group} in {PAGE}")
        for code, (line, cells) in rows[group].items():
            if code not in codes[group]:
                mistakes.append(f"{PAGE}:{line}: nothing in src/ has the code `{code}` ({group})")
            elif len(cells) < 2 or not all(cells):
                mistakes.append(f"{PAGE}:{line}: `{code}` needs a cause and a remedy")
    return mistakes


def table(group, *codes):
    return f"<!-- codes: {group} -->\n| code | cause | remedy |\n|---|---|---|\n" + "".join(
        f"| `{code}` | why | what to do |\n" for code in codes) + "\n"


SELF_TEST = [
    ({"src/manifest/a.cpp": 'report.error({.code = "odd"});'}, table("mistakes", "odd"), None),
    ({"src/manifest/a.cpp": 'report.error({.code = "odd"});'}, "", "`odd` has no row"),
    ({"src/manifest/a.cpp": 'report.error({.code = "odd"});'}, table("blocked", "odd"), "`odd` has no row"),
    ({"src/manifest/a.cpp": ""}, table("mistakes", "odd"), "nothing in src/"),
    ({"src/manifest/a.cpp": '{.code = found ? "odd" : "even",'}, table("mistakes", "odd"), "`even` has no row"),
    ({"src/cli/a.cpp": 'diagnostic.code = "odd";'}, "", "`odd` has no row"),
    ({"src/config/a.cpp": 'error(\n  "odd", view, "x");'}, "", "`odd` has no row"),
    ({"src/manifest/a.cpp": '// .code = "odd"'}, "", None),
    ({"src/manifest/a.cpp": 'report.error({.code = choose(),'}, "", "which code"),
    ({"src/manifest/a.cpp": 'report.error({.code = parsed.problem->code,'}, "", None),
    ({"src/plan/a.cpp": 'block("odd", why);'}, "", "`odd` has no row among the blocked"),
    ({"src/plan/a.cpp": 'return refuse("odd", why);'}, table("blocked", "odd"), None),
    ({"src/plan/a.cpp": 'hold_back(plan, "odd", why);'}, "", "`odd` has no row"),
    ({"src/plan/a.cpp": 'block(word, why);'}, "", "which code"),
    ({"src/plan/a.cpp": 'Blocked{std::move(code), why}'}, "", None),
    ({"src/plan/a.cpp": 'block(function, why);'}, "", None),
    ({"src/plan/a.cpp": 'block(function.word, why);'}, "", "which code"),
    ({"src/plan/a.hpp": 'inline constexpr const char* kOdd = "odd";', "src/plan/a.cpp": "Blocked{kOdd, why}"}, "", "`odd` has no row"),
    ({"src/plan/a.cpp": 'plan.notes.push_back({"odd", why});'}, table("notes", "odd"), None),
    ({"src/plan/a.cpp": 'plan.notes.push_back({"odd", why});'}, table("blocked", "odd"), "`odd` has no row among the notes"),
    ({"src/base/error.hpp": "enum class ErrorKind {\n  odd,  ///< x\n  even,\n};"}, table("kinds", "odd"), "`even` has no row"),
    ({"src/functiongraph/error_codes.hpp": 'kOdd = "FSS.1";\nkEven = "FSS.2";'}, table("service", "FSS.1`, `FSS.2"), None),
    ({"src/functiongraph/error_codes.hpp": 'kOdd = "FSS.1";\nkEven = "FSS.2";'}, table("service", "FSS.1"), "`FSS.2` has no row"),
    ({"src/cli/exit_code.hpp": "inline constexpr int kOk = 0;\ninline constexpr int kOdd = 5;"}, table("exits", *SIGNALS), "`5` has no row"),
    ({"src/cli/exit_code.hpp": ""}, table("exits", "130"), "`143` has no row"),
    ({"src/plan/a.cpp": 'block("odd", why);'}, "<!-- codes: blocked -->\n| `odd` | why | |\n", "needs a cause and a remedy"),
]


def self_test():
    failures = [f"{files}: expected {part}, got {found}" for files, page, part in SELF_TEST
                if bool(found := check(files, page)) != bool(part) or (part and not any(part in one for one in found))]
    print("\n".join(failures) if failures else f"check_codes: all {len(SELF_TEST)} cases judged rightly")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    files = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted((ROOT / "src").rglob("*.?pp"))}
    mistakes = check(files, (ROOT / PAGE).read_text())
    count = sum(len(of_group) for of_group in codes_in(files)[0].values())
    print("\n".join(mistakes) if mistakes else f"check_codes: each of {count} codes has its row, and each row its code")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
