#!/usr/bin/env python3
"""Every relative link in the documentation leads to a file and a heading that are there, and every page can be reached from
docs/index.md. Addresses of other hosts are not asked.

  check_links.py              README.md, CONTRIBUTING.md, CHANGELOG.md and docs/
  check_links.py --self-test
"""
import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?\)")


def prose_of(text):
    """The text without fenced blocks, comments and code in backquotes; lines stay where they are."""
    def blank(found):
        return "\n" * found[0].count("\n")
    text = re.sub(r"^( *)(`{3,}).*?^ *\2 *$", blank, text, flags=re.M | re.S)
    return re.sub(r"<!--.*?-->", blank, text, flags=re.S)


def slug(heading):
    """The anchor that GitHub makes of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[^\w\- ]", "", text.strip().lower())
    return text.replace(" ", "-")


def anchors_of(text):
    seen, anchors = {}, set()
    for found in re.finditer(r"^#{1,6} +(.+?) *#*$", prose_of(text), re.M):
        name = slug(found[1])
        count = seen.get(name, 0)
        seen[name] = count + 1
        anchors.add(f"{name}-{count}" if count else name)
    anchors.update(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    return anchors


def links_of(text):
    """(line, target) of every link outside of code."""
    prose = re.sub(r"`[^`\n]*`", lambda found: "x" * len(found[0]), prose_of(text))
    return [(prose.count("\n", 0, found.start()) + 1, found[1]) for found in LINK.finditer(prose)]


def check(root, pages, start):
    mistakes, leads_to = [], {}
    texts = {page.resolve(): page.read_text() for page in pages}
    for page, text in texts.items():
        name = page.relative_to(root).as_posix()
        for line, target in links_of(text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.is_relative_to(root):
                mistakes.append(f"{name}:{line}: {target} leads out of the repository")
            elif not file.exists():
                mistakes.append(f"{name}:{line}: {target}: no such file")
            elif anchor and file.suffix == ".md":
                there = anchors_of(texts.get(file) or file.read_text())
                if anchor not in there:
                    mistakes.append(f"{name}:{line}: {target}: no such heading")
            leads_to.setdefault(page, set()).add(file)
    reached, open_ones = set(), [start.resolve()]
    while open_ones:
        page = open_ones.pop()
        if page in reached:
            continue
        reached.add(page)
        # A link to a folder means the pages in it.
        for file in leads_to.get(page, ()):
            open_ones += [other for other in texts if other.parent == file] if file.is_dir() else [file]
    for page in texts:
        if page not in reached and page.is_relative_to(start.resolve().parent):
            mistakes.append(f"{page.relative_to(root).as_posix()}: no link leads here from {start.name}")
    return mistakes


SELF_TEST = [
    ({"docs/index.md": "# A\n[b](b.md)", "docs/b.md": "x"}, None),
    ({"docs/index.md": "[b](c.md)"}, "no such file"),
    ({"docs/index.md": "[b](b.md#two-words)", "docs/b.md": "## Two words"}, None),
    ({"docs/index.md": "[b](b.md#three)", "docs/b.md": "## Two words"}, "no such heading"),
    ({"docs/index.md": "[b](#here)\n# Here"}, None),
    ({"docs/index.md": "[b](#there)\n# Here"}, "no such heading"),
    ({"docs/index.md": "[b](#a-1)\n# A\n# A"}, None),
    ({"docs/index.md": "[b](#spec-keys-x)\n## `spec`: keys, x"}, None),
    ({"docs/index.md": "[b](#a)\n```text\n# A\n```"}, "no such heading"),
    ({"docs/index.md": "```text\n[b](c.md)\n```\nand `[b](c.md)`"}, None),
    ({"docs/index.md": "[`code`](c.md)"}, "no such file"),
    ({"docs/index.md": "[b](../../etc/passwd)"}, "out of the repository"),
    ({"docs/index.md": "[b](https://example.org/none)"}, None),
    ({"docs/index.md": "x", "docs/b.md": "x"}, "no link leads here"),
    ({"docs/index.md": "[b](adr/)", "docs/adr/1.md": "x"}, None),
    ({"docs/index.md": "x", "README.md": "x"}, None),
]


def self_test():
    failures = []
    for files, part in SELF_TEST:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(os.path.realpath(folder))
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            found = check(root, [root / name for name in files], root / "docs/index.md")
        if bool(found) != bool(part) or (part and part not in found[0]):
            failures.append(f"{files}: expected {part}, got {found}")
    print("\n".join(failures) if failures else f"check_links: all {len(SELF_TEST)} cases judged rightly")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted((ROOT / "docs").rglob("*.md"))
    mistakes = check(ROOT, pages, ROOT / "docs/index.md")
    print("\n".join(mistakes) if mistakes else f"check_links: {len(pages)} pages are whole")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
