#!/usr/bin/env python3
"""Runs the commands of README.md and docs/, and compares what they print with what stands there.

  run_commands.py [PAGE…]       all pages, or some
  run_commands.py --list        what is not run, and why
  run_commands.py --self-test

How blocks are marked stands in pages.py. In the output that is shown, `…` stands for anything: in a line for a part of it,
alone in a line for any number of lines. Times, durations, numbers of calls and names of plans and requests are not compared,
nor the order of functions that were worked on side by side. A command without output in the page only has to succeed;
before `$ echo $?` it may fail. What blocks with data must be stands in documents.py.
"""
import difflib
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from documents import Documents, is_possible  # noqa: E402
from pages import COMMANDS, ROOT, Command, blocks_of, commands_of, pages_of  # noqa: E402
from shell import Features, Shell  # noqa: E402

VARYING = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\b\d\d:\d\d:\d\dZ", "TIME"),
    (r"\b\d+ ms\b", "N ms"),
    (r"\b\d+(\.\d+)? sec\b", "N sec"),
    (r"\b\d+ calls?\b", "N calls"),
    (r"\b([Pp]lan) [0-9a-f]{12}\b", r"\1 ID"),
    (r'("plan_id": )"[0-9a-f]{12}"', r'\1"ID"'),
    (r"\b(request_id=|request id )[0-9a-f]{32}\b", r"\1ID"),
    (r"\btook_ms=\d+", "took_ms=N"),
    (r"\bprocess \d+\b", "process N"),
]
ENDED = re.compile(r"(done|failed|blocked|skipped|waiting|interrupted) {2,}\S")


def normal(lines):
    """Lines without what differs from run to run."""
    result = []
    for line in lines:
        line = line.rstrip()
        for pattern, word in VARYING:
            line = re.sub(pattern, word, line)
        result.append(line)
    while result and not result[-1]:
        result.pop()
    # Functions end in any order.
    at = 0
    while at < len(result):
        end = at
        while end < len(result) and ENDED.match(result[end]):
            end += 1
        result[at:end] = sorted(result[at:end])
        at = max(end, at + 1)
    return result


def fits(expected, lines):
    """Whether lines are what is expected, with `…` for anything."""
    pattern = ""
    for line in normal(expected):
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in normal(lines))) is not None


class Run:
    """One page, from its beginning to its end."""

    def __init__(self, page, text, features, say=print):
        self.page, self.features, self.say = page, features, say
        self.blocks, self.mistakes = blocks_of(page, text)
        self.ran = self.left_out = 0
        self.shell, self.documents = None, Documents(features.program)

    def of_all(self):
        try:
            for block in self.blocks:
                # Behind a command that failed everything fails.
                if not self.take(block):
                    break
        finally:
            self.end()
        return self.mistakes

    def end(self):
        if self.shell is not None:
            self.shell.close()
            self.shell = None

    def the_shell(self):
        if self.shell is None:
            self.shell = Shell(ROOT)
        return self.shell

    def take(self, block):
        if block.language == "fresh":
            self.end()
            return True
        missing = [feature for feature in block.needs if not self.features.has(feature)]
        if block.needs and not missing:
            self.mistakes.append(f"{block.place}: the program has `{', '.join(block.needs)}` now: remove the comment `needs`, "
                                 "and make the block right")
            return True
        if missing:
            self.left_out += 1
            self.say(f"{block.place}: left out: the program has no `{missing[0]}` yet")
            return True
        if block.language == "emulator":
            return all(self.execute(block, command) for command in commands_of(emulator_block(block)))
        self.mistakes += self.documents.mistakes_of(block)
        if block.file:
            path = self.the_shell().work / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        if block.prints:
            return self.execute(block, Command(block.line, block.prints, block.text.rstrip("\n").split("\n")))
        if block.language not in (COMMANDS, "hidden") or block.not_run:
            return True
        commands = commands_of(block)
        exits = block.exits or [0]
        exits = [0] * (len(commands) - len(exits)) + exits
        for at, command in enumerate(commands):
            is_last = at + 1 == len(commands)
            wanted = exits[at]
            if not is_last and commands[at + 1].text.strip() == "echo $?":
                wanted = None
            if not self.execute(block, command, wanted):
                return False
        return True

    def execute(self, block, command, wanted=0):
        self.ran += 1
        code, said = self.the_shell().run(command.text)
        lines = said.rstrip("\n").split("\n") if said.strip() else []
        where = f"{block.page}:{command.line}: $ {command.text}"
        if code is None or (wanted is not None and code != wanted):
            self.mistakes.append(f"{where}\n  exit code {code}, expected {wanted}; it said:\n" + indented(lines))
            return False
        if command.output and not fits(command.output, lines):
            difference = difflib.unified_diff(normal(command.output), normal(lines), "in the page", "printed", lineterm="", n=1)
            self.mistakes.append(f"{where}\n  prints something else:\n" + indented(difference) + "\n  as it is:\n" + indented(lines))
        return True


def indented(lines):
    return "\n".join("    " + line for line in lines)


def emulator_block(block):
    """The commands of <!-- run: emulator -->."""
    block.text = (f"$ fgsync-emulator --listen 127.0.0.1:9480 --access-log none {block.text} &\n"
                  "$ export FGSYNC_ENDPOINT=http://127.0.0.1:9480 FGSYNC_PROJECT_ID=demo FGSYNC_TOKEN=any\n")
    return block


SELF_TEST = [
    # (what is tested, page, part of the only mistake or None)
    ("a command that succeeds", "```console\n$ true\n```\n", None),
    ("a command that fails", "```console\n$ false\n```\n", "exit code 1, expected 0"),
    ("a misspelt command", "```console\n$ fgsync plam\n```\n", "expected 0"),
    ("a flag that is not there", "```console\n$ fgsync version --no-such-flag\n```\n", "exit code 64"),
    ("an exit code that is announced", "<!-- run: exit 64 -->\n```console\n$ fgsync plam\n```\n", None),
    ("an announced exit code that does not come", "<!-- run: exit 3 -->\n```console\n$ true\n```\n", "exit code 0, expected 3"),
    ("exit codes of each", "<!-- run: exit 2 0 3 -->\n```console\n$ (exit 2)\n$ true\n$ (exit 3)\n```\n", None),
    ("other exit codes", "<!-- run: exit 2 0 3 -->\n```console\n$ true\n$ (exit 2)\n$ (exit 3)\n```\n", "exit code 0, expected 2"),
    ("what a command prints", "<!-- run: prints printf 'a\\n$ b\\n' -->\n```console\na\n$ b\n```\n", None),
    ("what it does not print", "<!-- run: prints echo a -->\n```text\nb\n```\n", "prints something else"),
    ("a quoted text over lines", "```console\n$ echo 'one\n> two'\none\ntwo\n```\n", None),
    ("output as shown", "```console\n$ echo one; echo two\none\ntwo\n```\n", None),
    ("other output", "```console\n$ echo one\ntwo\n```\n", "prints something else"),
    ("more output", "```console\n$ echo one; echo two\none\n```\n", "prints something else"),
    ("a part left out", "```console\n$ echo one two three\none … three\n```\n", None),
    ("lines left out", "```console\n$ seq 9\n1\n…\n9\n```\n", None),
    ("lines left out, another end", "```console\n$ seq 9\n1\n…\n8\n```\n", "prints something else"),
    ("times differ", "```console\n$ echo at 09:00:01Z, 12 ms\nat 08:59:59Z, 7 ms\n```\n", None),
    ("digests are compared", "```console\n$ echo sha512:aa\nsha512:ab\n```\n", "prints something else"),
    ("functions end in any order", "```console\n$ printf 'done  b: x\\ndone  a: x\\n'\ndone  a: x\ndone  b: x\n```\n", None),
    ("a fold", "```console\n$ echo one \\\n>  two\none two\n```\n", None),
    ("a document on the command line", "```console\n$ cat <<END\n> one\n> END\none\n```\n", None),
    ("a loop over lines", "```console\n$ for i in 1 2; do\n>   echo $i\n> done\n1\n2\n```\n", None),
    ("a shell that is left", "```console\n$ exit 0\n$ true\n```\n", "the shell is gone"),
    ("variables last", "```console\n$ A=1\n$ echo $A\n1\n```\nText.\n```console\n$ echo $A\n1\n```\n", None),
    ("a folder for each page", "```console\n$ ls\n$ cd ..\n```\n<!-- run: fresh -->\n```console\n$ basename $PWD\nwork\n```\n", None),
    ("an exit code that is shown", "```console\n$ (exit 3)\n$ echo $?\n3\n```\n", None),
    ("another exit code than shown", "```console\n$ (exit 4)\n$ echo $?\n3\n```\n", "prints something else"),
    ("a file from a block", "<!-- file: a/b.yaml -->\n```yaml\nx: 1\n```\n```console\n$ cat a/b.yaml\nx: 1\n```\n", None),
    ("a manifest", "```yaml\napiVersion: fgsync/v1\nkind: Config\nspec: {}\n```\n", None),
    ("a wrong manifest", "```yaml\napiVersion: fgsync/v1\nkind: Config\nspec: {regoin: x}\n```\n", "this is no Config"),
    ("a part of a manifest", "```yaml\nspec: {regoin: x}\n```\n", None),
    ("broken YAML", "```yaml\na: [b\n```\n", "this is no YAML"),
    ("broken JSON", "```json\n{\"a\": }\n```\n", "this is no JSON"),
    ("hidden commands", "<!-- run: hidden\n$ B=2\n-->\n```console\n$ echo $B\n2\n```\n", None),
    ("a hidden command that fails", "<!-- run: hidden\n$ false\n-->\n", "exit code 1"),
    ("not run", "<!-- run: no, another machine -->\n```console\n$ false\n```\n", None),
    ("not run, without a reason", "<!-- run: no -->\n```console\n$ true\n```\n", "the reason"),
    ("an unknown word", "<!-- run: perhaps -->\n```console\n$ true\n```\n", "is not known"),
    ("a comment that lost its block", "<!-- run: exit 3 -->\n\nText.\n", "belongs to no block"),
    ("what is missing is left out", "<!-- needs: fly -->\n```console\n$ fgsync fly\n```\n", None),
    ("a flag that is missing", "<!-- needs: plan --wings -->\n```console\n$ fgsync plan --wings\n```\n", None),
    ("a form that is missing", "<!-- needs: plan -o song -->\n```console\n$ fgsync plan -o song\n```\n", None),
    ("what is there needs no guard", "<!-- needs: plan -->\n```console\n$ true\n```\n", "remove the comment"),
    ("nor a flag", "<!-- needs: plan --all -->\n```console\n$ true\n```\n", "remove the comment"),
    ("nor a form", "<!-- needs: plan -o json -->\n```console\n$ true\n```\n", "remove the comment"),
    ("an indented block", "Text.\n\n    fgsync plan\n", "an indented block"),
    ("commands as sh", "```sh\nfgsync plan\n```\n", "written as `console`"),
    ("commands as text", "```text\nfgsync plan\n```\n", "looks like commands"),
    ("a block of no language", "```\nx\n```\n", "which language"),
    ("the emulator", "<!-- run: emulator -->\n```console\n$ curl -s \"$FGSYNC_ENDPOINT/v2/demo/fgs/functions\"\n"
     "{\"functions\":[]…\n```\n", None),
    ("the emulator as a reader starts it", "```console\n$ fgsync-emulator --listen 127.0.0.1:9480\n"
     "fgsync-emulator listening on http://127.0.0.1:9480\n$ curl -sf http://127.0.0.1:9480/v2/demo/fgs/functions > out\n```\n", None),
    ("nothing leaves this machine", "```console\n$ curl -s https://192.0.2.1/ || echo no way\nno way\n```\n", None),
]


def self_test():
    features = Features()
    failures = []
    for name, text, part in SELF_TEST:
        mistakes = Run("test.md", text, features, say=lambda _: None).of_all()
        if bool(mistakes) != bool(part) or len(mistakes) > 1 or (part and part not in mistakes[0]):
            failures.append(f"{name}: expected {part or 'no mistake'}, got:\n" + "\n".join(mistakes))
    print("\n".join(failures) if failures else f"run_commands: all {len(SELF_TEST)} pages judged rightly")
    return 1 if failures else 0


def list_what_is_not_run():
    for path in pages_of():
        page = path.relative_to(ROOT).as_posix()
        for block in blocks_of(page, path.read_text())[0]:
            if block.not_run:
                print(f"{block.place}: {block.not_run}")
            elif block.needs:
                print(f"{block.place}: needs {', '.join(block.needs)}")
    return 0


def main():
    arguments = sys.argv[1:]
    if not is_possible():
        print("docs: no python3-yaml and python3-jsonschema here")
        return 77
    if arguments == ["--self-test"]:
        return self_test()
    if arguments == ["--list"]:
        return list_what_is_not_run()
    features = Features()
    wanted = [pathlib.Path(argument).resolve() for argument in arguments] or pages_of()
    count = ran = left_out = 0
    for path in wanted:
        run = Run(path.relative_to(ROOT).as_posix(), path.read_text(), features)
        for mistake in run.of_all():
            count += 1
            print(mistake)
        ran += run.ran
        left_out += run.left_out
    print(f"docs: {ran} commands of {len(wanted)} pages run, {left_out} blocks left out, {count} mistakes")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
