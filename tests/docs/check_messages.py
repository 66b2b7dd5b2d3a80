#!/usr/bin/env python3
"""The messages that docs/troubleshooting.md and docs/reconcile.md explain are messages of the program: of all three words that
stand in a row in them, most stand so in a text of src/, too. Messages are put together from parts, so that "most" is all that can
be asked.

  check_messages.py
  check_messages.py --self-test
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("docs/troubleshooting.md", "docs/reconcile.md")
MAY_MISS = 0.45  # of the phrases
SHORTEST = 25  # characters; what is shorter says nothing
FEWEST = 3  # phrases, likewise
# What stands for something: `…`, words in capitals, numbers, quoted names.
PLACEHOLDER = re.compile(r'…|\b[A-Z][A-Z_]+\b|"[^"]*"|\b[ABNMXY]\b|\d+|\\')


def texts_of(source):
    """The string literals of a source file; those side by side are one."""
    source = re.sub(r"//[^\n]*", "", source)
    texts, end = [], None
    for found in re.finditer(r'"((?:[^"\\\n]|\\.)*)"', source):
        text = found[1].replace('\\"', '"')
        if end is not None and not source[end:found.start()].strip():
            texts[-1] += text
        else:
            texts.append(text)
        end = found.end()
    return texts


def phrases_of(text):
    """Each three words that stand side by side."""
    words = [word.lower().strip(".:,'") for word in re.findall(r"--[\w-]+|[A-Za-z_][\w'.-]*", text)]
    return list(zip(words, words[1:], words[2:]))


def messages_of(page):
    """(line, message) of the first two cells of each row of a table."""
    for number, line in enumerate(page.split("\n"), 1):
        if line.startswith("| "):
            for cell in line.strip("| ").split(" | ")[:2]:
                for found in re.finditer(r"`([^`]+)`", cell):
                    if len(found[1]) >= SHORTEST and found[1].count(" ") >= 3:
                        yield number, found[1]


def check(sources, pages):
    known = {phrase for source in sources for text in texts_of(source) for phrase in phrases_of(text)}
    mistakes, count = [], 0
    for name, page in pages.items():
        for line, message in messages_of(page):
            phrases = [phrase for part in PLACEHOLDER.split(message) for phrase in phrases_of(part)]
            if len(phrases) < FEWEST:
                continue
            missing = [phrase for phrase in phrases if phrase not in known]
            count += 1
            if len(missing) > MAY_MISS * len(phrases):
                unknown = ", ".join("“" + " ".join(phrase) + "”" for phrase in missing)
                mistakes.append(f"{name}:{line}: does the program still say this? No text in src/ has {unknown}: {message}")
    return mistakes, count


SELF_TEST = [
    ('f("the disk of this machine is full");', "| `the disk of this machine is full` | x |", False),
    ('f("the disk of "\n  "this machine is full");', "| `the disk of this machine is full` | x |", False),
    ('f("the disk of " + name + " is full, free some space");', "| `the disk of NAME is full, free some space` | x |", False),
    ('f("the disk of this machine is full");', "| code | `the disk of this machine is full: …` | x |", False),
    ('f("no room is left on this device");', "| `the disk of this machine is full` | x |", True),
    ('// "the disk of this machine is full"', "| `the disk of this machine is full` | x |", True),
    ('f("no room is left on this device");', "the disk of this machine is full", False),
    ('f("x");', "| `too short` | x |", False),
]


def self_test():
    failures = [f"{source} and {page}: expected {'a mistake' if wrong else 'none'}" for source, page, wrong in SELF_TEST
                if bool(check([source], {"page": page})[0]) != wrong]
    print("\n".join(failures) if failures else f"check_messages: all {len(SELF_TEST)} cases judged rightly")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    sources = [path.read_text() for path in sorted((ROOT / "src").rglob("*.?pp"))]
    mistakes, count = check(sources, {name: (ROOT / name).read_text() for name in PAGES})
    print("\n".join(mistakes) if mistakes else f"check_messages: {count} messages are those of the program")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
