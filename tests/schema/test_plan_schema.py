#!/usr/bin/env python3
"""docs/plan.schema.json describes the JSON of plan and sync, all of it: the golden files, and what the real program
prints about an emulator. Plans that are wrong are refused.

The schema allows fields that it does not know, as its readers must. Here it does not: a new field has to be described.
"""

import copy
import json
import os
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "e2e"))
try:
    import jsonschema
except ImportError as missing:
    sys.exit(f"{missing}: scripts/install-packages installs python3-jsonschema")
from harness import Case  # noqa: E402

SCHEMA = json.loads((TESTS.parent / "docs" / "plan.schema.json").read_text())
GOLDEN = TESTS / "cli" / "golden"
REMOVED = object()


def closed(schema):
    """The same schema, without fields that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: value if key in ("enum", "const", "required") else closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        result["additionalProperties"] = False
    return result


VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
STRICT = jsonschema.Draft202012Validator(closed(SCHEMA))


def problems_of(document, validator=STRICT):
    return [f"/{'/'.join(map(str, problem.absolute_path))}: {problem.message}"
            for problem in validator.iter_errors(document)]


def changed(document, path, value):
    document = copy.deepcopy(document)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return document


# What is done to the golden sync, which has something in every list.
WRONG = [
    (["format_version"], REMOVED), (["format_version"], "0.2.0"), (["format_version"], "2.0.0"), (["plan_id"], "XYZ"),
    (["tool", "name"], "other"), (["source", "id"], REMOVED), (["target", "region"], None), (["observed_at"], "today"),
    (["calls"], -1), (["calls"], "3"), (["changes"], REMOVED), (["changes"], {}), (["changes", 0, "address"], ""),
    (["changes", 0, "actions"], []), (["changes", 0, "actions", 0, "action"], "explode"),
    (["changes", 0, "actions", 0, "reason"], "because"), (["changes", 0, "diff"], REMOVED),
    (["changes", 0, "diff", 0, "path"], "timeout"), (["changes", 0, "diff", 0, "op"], "move"),
    (["changes", 0, "diff", 0, "before"], None), (["changes", 0, "diff", 0, "after"], 60),
    (["changes", 0, "diff", 0, "sensitive"], "no"), (["changes", 0, "diff", 0, "files"], {}),
    (["changes", 0, "preconditions", "digest"], REMOVED), (["changes", 0, "preconditions", "aliases"], {"prod": 1}),
    (["changes", 0, "wave"], -1), (["changes", 0, "position", "line"], REMOVED), (["blocked", 0, "code"], "Bad Code"),
    (["blocked", 0, "next"], "try"), (["failed", 0, "error", "kind"], "unlucky"),
    (["failed", 0, "error", "request_id"], REMOVED), (["notes", 0, "code"], REMOVED), (["errors", 0, "hint"], REMOVED),
    (["errors", 0, "column"], 1.5), (["summary", "noted"], REMOVED), (["summary", "import"], -1),
    (["complete"], REMOVED), (["complete"], 1), (["selection"], {"names": []}), (["trusted_since"], ""),
    (["results", 0, "outcome"], "fine"), (["results", 0, "blocked"], REMOVED), (["results", 1, "error"], REMOVED),
    (["results", 0, "took_ms"], "1"), (["results", 0, "next"], []), (["results"], REMOVED), (["options"], REMOVED),
    (["options", "prune"], "no"), (["options", "adopt"], None), (["changes", 0, "actions", 0, "id"], REMOVED),
    (["changes", 0, "actions", 0, "id"], "1"), (["changes", 0, "reason"], REMOVED), (["changes", 0, "before"], REMOVED),
    (["changes", 0, "before"], {"timeout": "30"}), (["changes", 0, "after"], {"/timeout": 30}),
    (["changes", 0, "fingerprint"], None), (["changes", 0, "fingerprint"], "abc"),
    (["changes", 0, "preconditions", "traffic"], REMOVED), (["checksum"], "sha256:1"),
]


class PlanSchema(Case):
    def check(self, text):
        document = json.loads(text)
        self.assertEqual(problems_of(document), [])
        self.assertEqual(problems_of(document, VALIDATOR), [])
        return document

    def test_the_schema_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_golden_files_are_valid(self):
        for name in ("plan.json", "hostile.json", "sync.json"):
            with self.subTest(name):
                self.check((GOLDEN / name).read_text())

    def test_wrong_plans_are_refused(self):
        good = json.loads((GOLDEN / "sync.json").read_text())
        self.assertEqual(problems_of(good, VALIDATOR), [])
        for path, value in WRONG:
            with self.subTest(path=path, value=value):
                self.assertNotEqual(problems_of(changed(good, path, value), VALIDATOR), [])

    def test_new_fields_are_allowed_to_readers_and_noticed_here(self):
        good = json.loads((GOLDEN / "plan.json").read_text())
        for path in (["new"], ["changes", 0, "new"], ["summary", "new"], ["changes", 0, "diff", 0, "new"]):
            document = changed(good, path, 1)
            self.assertEqual(problems_of(document, VALIDATOR), [])
            self.assertNotEqual(problems_of(document), [], path)

    def test_what_the_program_prints_is_valid(self):
        self.add_function("a", version="v1", user_data={"MODE": "slow"})
        self.add_function("b", description="with a description")
        self.check(self.run_fgsync("plan", "-o", "json")[0])
        first = self.check(self.run_fgsync("sync", "-o", "json")[0])
        self.assertEqual({result["outcome"] for result in first["results"]}, {"done"})
        self.run_fgsync("sync")  # reads what the first one wrote
        self.assertTrue(self.check(self.run_fgsync("plan", "-o", "json")[0])["trusted_since"])

    def test_changes_blocks_mistakes_and_failures_are_valid(self):
        for name in ("blocked", "changed", "lost", "tail"):
            self.add_function(name, version="v1" if name == "blocked" else "auto")
        self.run_fgsync("sync")
        for name in ("blocked", "changed"):
            (self.work / "code" / name / "new.py").write_text("x = 1\n")
        self.add_function("tail", timeout=9, memory_size=256, user_data={"A": "b"}, depends_on=["blocked"])
        (self.work / "code" / "lost" / "index.py").unlink()
        (self.work / "code" / "lost").rmdir()
        self.add_function("wrong", timeout=-1)
        plan = self.check(self.run_fgsync("plan", "-o", "json", "--out", "plan.json", code=1)[0])
        for part in ("changes", "blocked", "failed", "errors"):
            self.assertNotEqual(plan[part], [], part)
        self.assertTrue(any("files" in row for change in plan["changes"] for row in change["diff"]))
        self.assertEqual(self.check((self.work / "plan.json").read_text()), plan)
        report = self.check(self.run_fgsync("sync", "-o", "json", code=1)[0])
        self.assertEqual({result["outcome"] for result in report["results"]}, {"blocked", "done", "failed", "skipped"})

    def test_deletions_and_selections_are_valid(self):
        self.configure(guards={"prune_after": 1})
        for name in ("stays", "goes"):
            self.add_function(name)
        self.run_fgsync("sync")
        (self.work / "manifests" / "goes.yaml").unlink()
        plan = self.check(self.run_fgsync("plan", "-o", "json", "--prune")[0])
        self.assertIn("delete_function", [step["action"] for change in plan["changes"] for step in change["actions"]])
        plan = self.check(self.run_fgsync("plan", "-o", "json", "-l", "team=none")[0])
        self.assertEqual(plan["selection"]["selector"], "team=none")


if __name__ == "__main__":
    unittest.main()
