"""What a page of the documentation consists of: fenced blocks, and the comments before them that say what to do with them.

Comments that stand directly before a block (blank lines do not count):

  <!-- run: no, REASON -->     the commands are not run
  <!-- run: exit 3 -->         the last command ends with 3 (`exit 2 0`: the first with 2, the second with 0); else all end with 0
  <!-- run: prints COMMAND --> the block is no commands but what COMMAND prints
  <!-- needs: FEATURE -->      a command (`status`), a flag (`plan --out`) or a form (`plan -o markdown`) that the program may not
                               have yet: the block is left out until it has, and then the comment has to go. Several: with commas
  <!-- file: PATH -->          the block is written to that file, for the commands behind it

Comments that are an action of their own:

  <!-- run: emulator ARGS -->  starts the emulator and sets FGSYNC_ENDPOINT, FGSYNC_PROJECT_ID and FGSYNC_TOKEN
  <!-- run: fresh -->          begins anew: an empty folder, no emulator, no variables
  <!-- run: hidden             commands that readers need not see, one a line, up to the end of the comment
  $ cp -r "$SOURCE/examples" .
  -->
"""
import dataclasses
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = "console"
# What else a fence may hold. `sh`, `bash` and the like are commands, too, and are to be written as a console.
OTHERS = {"text", "yaml", "json", "ini", "cpp", "python", "javascript", "php", "hcl", "diff", "groovy", "dockerfile", "markdown"}
PROGRAMS = ("fgsync", "fgsync-emulator", "scripts/", "curl", "docker", "git", "cmake", "ctest", "export", "systemctl")


class Mistake(Exception):
    pass


@dataclasses.dataclass
class Block:
    """A fenced block; or an action, of which `language` is `emulator`, `fresh` or `hidden`."""
    page: str
    line: int
    language: str
    text: str
    not_run: str | None = None
    exits: list | None = None
    prints: str | None = None
    needs: list = dataclasses.field(default_factory=list)
    file: str | None = None

    @property
    def place(self):
        return f"{self.page}:{self.line}"


@dataclasses.dataclass
class Command:
    line: int
    text: str
    output: list


def pages_of(root=ROOT):
    """README.md, CONTRIBUTING.md and docs/, without the decisions, which are history."""
    docs = sorted(path for path in (root / "docs").rglob("*.md") if "adr" not in path.parts)
    return [root / "README.md", root / "CONTRIBUTING.md", *docs]


def blocks_of(page, text):
    """(blocks and actions in their order, mistakes in how they are written)."""
    blocks, mistakes = [], []
    pending = None
    lines = text.split("\n")
    at = 0

    def settle(where):
        nonlocal pending
        if pending is not None:
            mistakes.append(f"{page}:{pending.line}: this comment belongs to no block; the next thing is in line {where}")
        pending = None

    while at < len(lines):
        line = lines[at]
        number = at + 1
        comment = re.match(r"<!-- (run|needs|file): ?(.*)", line)
        fence = re.match(r"( *)(`{3,})(\w*)\s*$", line)
        if comment:
            body = comment[2]
            while "-->" not in body and at + 1 < len(lines):
                at += 1
                body += "\n" + lines[at]
            body = body.split("-->")[0].rstrip()
            try:
                if comment[1] == "run" and body.split()[:1] and body.split()[0] in ("emulator", "fresh", "hidden"):
                    settle(number)
                    word, _, rest = body.partition("\n" if "\n" in body else " ")
                    blocks.append(Block(page, number, word.strip(), rest))
                else:
                    pending = pending or Block(page, number, "", "")
                    add_marker(pending, comment[1], body)
            except Mistake as mistake:
                mistakes.append(f"{page}:{number}: {mistake}")
        elif fence:
            end = at + 1
            while end < len(lines) and lines[end].strip() != fence[2]:
                end += 1
            if end == len(lines):
                mistakes.append(f"{page}:{number}: this block has no end")
                return blocks, mistakes
            block = pending or Block(page, number, "", "")
            pending = None
            block.line, block.language = number, fence[3]
            indent = len(fence[1])
            block.text = "".join(inner[min(indent, len(inner) - len(inner.lstrip(" "))):] + "\n"
                                 for inner in lines[at + 1:end])
            mistakes += mistakes_of(block)
            blocks.append(block)
            at = end
        elif line.strip():
            settle(number)
            if line.startswith("    ") and (at == 0 or not lines[at - 1].strip()):
                mistakes.append(f"{page}:{number}: an indented block: write it between ``` lines, with its language")
                while at + 1 < len(lines) and (lines[at + 1].startswith("    ") or not lines[at + 1].strip()):
                    at += 1
        at += 1
    settle(len(lines))
    return blocks, mistakes


def add_marker(block, kind, body):
    if kind == "needs":
        block.needs += [feature.strip() for feature in body.split(",") if feature.strip()]
        if not block.needs:
            raise Mistake("needs: what?")
    elif kind == "file":
        if not body or body.startswith("/") or ".." in body:
            raise Mistake("file: a path below the page's folder")
        block.file = body
    elif found := re.fullmatch(r"no(?:, (.+))?", body, re.S):
        if not found[1]:
            raise Mistake("run: no, and the reason?")
        block.not_run = found[1]
    elif found := re.fullmatch(r"exit((?: \d+)+)", body):
        block.exits = [int(word) for word in found[1].split()]
    elif found := re.fullmatch(r"prints (.+)", body):
        block.prints = found[1]
    else:
        raise Mistake(f"run: {body!r} is not known")


def mistakes_of(block):
    if block.prints:
        return [] if block.language else [f"{block.place}: which language is it?"]
    if block.language == COMMANDS:
        if not block.text.startswith(("$ ", "# ")):
            return [f"{block.place}: a console begins with a command: `$ …`"]
        return []
    if block.not_run is None and block.exits is None and block.language in OTHERS:
        if block.language == "text" and block.file is None:
            for line in block.text.split("\n"):
                if line.startswith("$ ") or line.startswith(tuple(f"{name} " for name in PROGRAMS)):
                    return [f"{block.place}: looks like commands: write ```console and `$ `, or say why not: run: no, REASON"]
        return []
    if block.not_run is not None and block.language in OTHERS:
        return []
    if not block.language:
        return [f"{block.place}: which language is it? `console` for commands, `text` for anything"]
    return [f"{block.place}: {block.language}: commands are written as `console`, with `$ ` before each"]


def commands_of(block):
    """The commands of a console with the output that is shown of each."""
    commands = []
    lines = block.text.rstrip("\n").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("$ "):
            text, number = line[2:], block.line + 1 + at
            end = heredoc_of(text)
            while at + 1 < len(lines) and (text.endswith("\\") or end or (lines[at + 1].startswith("> ") and is_begun(text))):
                at += 1
                following = lines[at][2:] if lines[at].startswith("> ") else lines[at].removeprefix(">")
                text += "\n" + following
                if end and following.strip() == end:
                    break
            commands.append(Command(number, text, []))
        elif line.startswith("# ") and (not commands or followed_by_command(lines, at)):
            pass
        elif commands:
            commands[-1].output.append(line)
        at += 1
    for command in commands:
        while command.output and not command.output[-1].strip():
            command.output.pop()
    return commands


def followed_by_command(lines, at):
    return at + 1 < len(lines) and lines[at + 1].startswith("$ ") and not lines[at - 1].strip()


def is_begun(text):
    """Whether a shell would ask for more: an open quote, a loop without its end."""
    return subprocess.run(["bash", "-n", "-c", text], capture_output=True).returncode != 0


def heredoc_of(text):
    found = re.search(r"<<-?\s*['\"]?(\w+)['\"]?", text)
    return found[1] if found else None
