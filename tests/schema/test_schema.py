#!/usr/bin/env python3
"""The JSON Schemas that `fgsync schema` prints say the same as the program itself.

Every document of tests/corpus is judged by both. A bad document also has the one mistake that its first line names.
What a schema cannot express is listed in BEYOND_A_SCHEMA, each with its reason; a line of that list that no document
needs is an error, too.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
try:
    import core_yaml
    import jsonschema
except ImportError as missing:
    sys.exit(f"{missing}: scripts/install-packages installs python3-jsonschema and python3-yaml")

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "corpus"
FGSYNC = pathlib.Path(os.environ["FGSYNC_BINARY_DIR"]).resolve() / "fgsync"

NOTHING_USABLE = 78  # the exit code of fgsync when there are errors

# Whether the code is there and of the right kind, and which secrets may be read, is no matter of the document.
ELSEWHERE = re.compile(r"no_such_|outside_of_root|not_a_|unreadable|secret_not_allowed")

# (code, field, why). The loader refuses, the schema need not.
BEYOND_A_SCHEMA = [
    ("duplicate_key", r".*", "a parser has dropped one of the two before the schema sees them"),
    ("duplicate_name", r".*", "compares values of several places"),
    ("version_shared", r"spec\.aliases.*", "compares values of several places"),
    ("does_not_fit", r"spec\.(max_instance_num|strategy_config\.concurrency)", "compares values of several places"),
    ("no_version", r"spec\.aliases.*", "an alias of `current` needs another field"),
    ("dependency_cycle", r"spec\.depends_on.*", "compares a value with the function's name"),
    ("unknown_function", r"spec\.depends_on", "needs the names of all functions"),
    ("bad_variable", r".*", "what variables there are stands in another file"),
    ("not_patchable", r"spec\.functions\..*", "a patch is any mapping; what it may not touch is checked with it"),
    ("wrong_type", r"spec\.functions\..*", "a patch is any mapping; what it may not be is checked with it"),
    ("empty", r"", "counts the documents of a file"),
    ("unknown_value", r"spec\.runtime", "the list is open, so that only near misses are refused"),
    ("unknown_value", r"spec\.memory_size", "the list is open, so that only near misses are refused"),
    ("unknown_value", r"spec\.ignore_differences.*", "a pointer leads to what is compared"),
    ("wrong_type", r"spec\.memory_size", "to JSON Schema 256.0 is an integer"),
    ("invalid_value", r"spec\.app", "compares a value with the function's name"),
    ("invalid_value", r"spec\.runtime", "an image and its runtime go together"),
    ("invalid_value", r"spec\.code(\.ignore)?", "depends on what else stands in spec"),
    ("out_of_range", r"spec\.user_data", "a sum over all keys and values"),
    ("missing", r"spec\.(initializer|pre_stop)_(handler|timeout)", "needs another field"),
    ("invalid_value", r"spec\.version\.name", "a text may be written as a number, of which a pattern sees nothing; and "
                                              "`current` is a name everywhere else"),
    ("invalid_value", r"spec\.aliases\[\d+\]\.version", "`auto` is a name everywhere else"),
    ("invalid_value", r"spec\.aliases.*additional_version_.*", "compares values of several places"),
    ("too_many", r"spec\.aliases.*additional_version_strategy", "excludes another field"),
    ("invalid_value", r"metadata\.name", "the name of an environment is that of its file"),
    ("invalid_value", r"spec\.(budget\.bytes_in_flight|intervals\..*|timeouts\..*)", "the range of a number with a unit"),
    ("missing", r"spec\.control\.tcp\.(cert|key)_file", "needs another field"),
    ("insecure", r"spec\.control\.tcp\.listen", "needs another field for this address"),
    ("too_many", r"spec\.sources\[\d+\]\.git\..*", "excludes another field"),
    ("does_not_fit", r"spec\.sources\[\d+\]\.git\..*", "depends on the kind of URL"),
    ("reserved_name", r"spec\.secrets\..*", "names that are fgsync's own, and paths that are / when they are resolved"),
    ("out_of_range", r"spec\.control\.socket", "the length of the path with this file's folder"),
]


def with_python_patterns(schema):
    """`$` of ECMA-262 is the end of the text; Python's also stands before a line break at the end."""
    if isinstance(schema, list):
        return [with_python_patterns(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: value.replace("$", r"\Z") if key == "pattern" and isinstance(value, str) else with_python_patterns(value)
            for key, value in schema.items()}


def validator_of(kind):
    printed = subprocess.run([FGSYNC, "schema", kind], check=True, capture_output=True, text=True, timeout=30)
    schema = json.loads(printed.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    for pattern in patterns_of(schema):
        assert not re.search(r"\[[^\]]*\$", pattern), f"a $ in a class of {pattern}: with_python_patterns() breaks it"
    return jsonschema.Draft202012Validator(with_python_patterns(schema))


def patterns_of(schema):
    if isinstance(schema, list):
        return [pattern for entry in schema for pattern in patterns_of(entry)]
    if not isinstance(schema, dict):
        return []
    own = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
    return own + [pattern for value in schema.values() for pattern in patterns_of(value)]


def schema_errors(validator, text):
    """Why the schema refuses the text; empty when it takes it."""
    try:
        documents = core_yaml.read(text)
    except core_yaml.Unreadable as error:
        return [f"unreadable: {error}"]
    return [error.message for document in documents for error in validator.iter_errors(document)]


class Workspace:
    """A folder to judge one document after the other in."""

    MANIFEST = ("apiVersion: fgsync/v1\nkind: Function\nmetadata: {name: other}\n"
                "spec: {runtime: Python3.9, handler: a.b, code: {directory: code}}\n")

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "environments").mkdir()
        shutil.copytree(CORPUS / "manifests" / "good" / "code", self.folder / "code")

    def errors(self, kind, path):
        """What fgsync says against the document, without what depends on other files."""
        arguments = self.place(kind, path)
        ran = subprocess.run([FGSYNC, "validate", "-o", "json", *arguments], cwd=self.folder, capture_output=True,
                             text=True, timeout=30, env={"PATH": os.environ["PATH"], "HOME": str(self.folder)})
        if ran.returncode not in (0, NOTHING_USABLE):
            sys.exit(f"{path}: fgsync ended with {ran.returncode}: {ran.stderr}")
        errors = json.loads(ran.stdout)["errors"]
        assert bool(errors) == (ran.returncode != 0), f"{path}: exit code {ran.returncode} with {len(errors)} errors"
        return [error for error in errors if not ELSEWHERE.match(error["code"])]

    def place(self, kind, path):
        manifest = self.folder / "f.yaml"
        manifest.write_text(self.MANIFEST)
        if kind == "function":
            shutil.copyfile(path, manifest)
            return ["f.yaml"]
        if kind == "config":
            shutil.copyfile(path, self.folder / "conf.yaml")
            return ["--config", "conf.yaml", "f.yaml"]
        shutil.copyfile(path, self.folder / "environments" / path.name)
        return ["--env", path.stem, "f.yaml"]


class Checker:
    def __init__(self, workspace):
        self.workspace = workspace
        self.problems = []
        self.used = set()
        self.count = 0

    def is_beyond_a_schema(self, errors):
        for number, (code, field, _) in enumerate(BEYOND_A_SCHEMA):
            if any(error["code"] == code and re.fullmatch(field, error.get("pointer", "")) for error in errors):
                self.used.add(number)
                return True
        return False

    def check_good(self, kind, path, validator):
        for error in self.workspace.errors(kind, path):
            self.problems.append(f"{path}: the loader refuses it: {error}")
        for message in schema_errors(validator, path.read_bytes().decode()):
            self.problems.append(f"{path}: the schema refuses it: {message}")

    def check_bad(self, kind, path, validator):
        text = path.read_bytes().decode()
        errors = self.workspace.errors(kind, path)
        found = [as_line(error) for error in errors]
        expected = text.splitlines()[0].removeprefix("# expect: ")
        if found != [expected]:
            self.problems.append(f"{path}: expected\n    {expected}\n  found\n    " + "\n    ".join(found))
        if not schema_errors(validator, text) and not self.is_beyond_a_schema(errors):
            self.problems.append(f"{path}: the loader refuses it, the schema does not: {expected}")

    def check_kind(self, kind, folder):
        validator = validator_of(kind)
        for verdict, check in (("good", self.check_good), ("bad", self.check_bad)):
            for path in sorted((CORPUS / folder / verdict).glob("*.yaml")):
                check(kind, path, validator)
                self.count += 1


def as_line(error):
    """`9:3 error unknown_key: spec.x: unknown key [hint]`; the document itself is f.yaml."""
    field = f"{error['pointer']}: " if error.get("pointer") else ""
    hint = f" [{error['hint']}]" if error.get("hint") else ""
    line = f"{error.get('line', 0)}:{error.get('column', 0)} error {error['code']}: {field}{error['message']}{hint}"
    return re.sub(r"environments/[a-z-]*\.yaml:|conf\.yaml:", "f.yaml:", line)


def main():
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(Workspace(folder))
        checker.check_kind("function", "manifests")
        checker.check_kind("environment", "environments")
        checker.check_kind("config", "config")
    for number, (code, field, _) in enumerate(BEYOND_A_SCHEMA):
        if number not in checker.used:
            checker.problems.append(f"no document needs {code} of {field} in BEYOND_A_SCHEMA")
    print("\n".join(checker.problems))
    print(f"schema: {checker.count} documents, {len(checker.problems)} problems")
    return 1 if checker.problems else 0


if __name__ == "__main__":
    sys.exit(main())
