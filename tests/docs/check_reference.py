#!/usr/bin/env python3
"""The tables of all keys in docs/ are what `fgsync schema KIND -o markdown` prints.

  check_reference.py FGSYNC           says which page differs
  check_reference.py FGSYNC --write   writes the tables anew
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {"manifest.md": "function", "configuration.md": "config", "environments.md": "environment"}
BEGIN = "<!-- reference: begin -->\n"
END = "<!-- reference: end -->\n"


def with_table(page: str, table: str) -> str:
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table + END + after


def main() -> int:
    program, is_writing = sys.argv[1], "--write" in sys.argv[2:]
    differing = []
    for name, kind in PAGES.items():
        path = ROOT / "docs" / name
        table = subprocess.run([program, "schema", kind, "-o", "markdown"], check=True, capture_output=True, text=True)
        page = path.read_text()
        expected = with_table(page, table.stdout)
        if page == expected:
            continue
        if is_writing:
            path.write_text(expected)
        differing.append(name)
    if differing and not is_writing:
        print(f"{', '.join(differing)}: not what `fgsync schema` says; run tests/docs/check_reference.py FGSYNC --write")
    return 1 if differing and not is_writing else 0


if __name__ == "__main__":
    sys.exit(main())
