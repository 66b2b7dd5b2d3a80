"""Blocks that are data: YAML and JSON must parse, and whole manifests, configurations and environments must fit the program's
schema."""
import json
import subprocess

try:
    import jsonschema
    import yaml
except ImportError:
    jsonschema = yaml = None

KINDS = ("Function", "Config", "Environment")


def is_possible():
    return yaml is not None


class Documents:
    def __init__(self, program):
        self.program, self.schemas = str(program), {}

    def validator(self, kind):
        if kind not in self.schemas:
            text = subprocess.run([self.program, "schema", kind.lower()], capture_output=True, text=True, check=True, timeout=60)
            self.schemas[kind] = jsonschema.Draft202012Validator(json.loads(text.stdout))
        return self.schemas[kind]

    def mistakes_of(self, block):
        """What is wrong with a block, as texts."""
        if block.language == "json" and block.not_run is None and not block.prints:
            try:
                json.loads(block.text)
            except ValueError as mistake:
                return [f"{block.place}: this is no JSON: {mistake}"]
        if block.language != "yaml" or block.not_run is not None or block.prints:
            return []
        try:
            documents = list(yaml.safe_load_all(block.text))
        except yaml.YAMLError as mistake:
            return [f"{block.place}: this is no YAML: {' '.join(str(mistake).split())}"]
        return [f"{block.place}: this is no {document['kind']}: {error.json_path}: {error.message}"
                for document in documents if isinstance(document, dict) and document.get("kind") in KINDS and "apiVersion" in document
                for error in self.validator(document["kind"]).iter_errors(document)]
