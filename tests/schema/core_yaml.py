"""YAML as fgsync reads it: the core schema of YAML 1.2, and stricter.

Only `true` and `false` are truth values, only plain decimal numbers are numbers, nothing, `~` and `null` are null; all
else is text, and so is everything in quotes. PyYAML's own loaders read YAML 1.1, where `yes` is true and 010 is 8.
"""

import re

import yaml

INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
NULLS = ("", "~", "null", "Null", "NULL")
HARMLESS_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
MAX_VALUES = 100_000


class Unreadable(Exception):
    """The text is not what fgsync takes as YAML."""


class _Builder:
    def __init__(self):
        self.values = 0

    def value(self, node):
        self.values += 1
        if self.values > MAX_VALUES:
            raise Unreadable("too many values")
        if node.tag not in HARMLESS_TAGS:
            raise Unreadable(f"the tag {node.tag}")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            # Of keys that stand there twice the last wins, as in most parsers.
            return {self.key(key): self.value(value) for key, value in node.value}
        return scalar(node)

    def key(self, node):
        if not isinstance(node, yaml.ScalarNode) or (is_plain(node) and node.value in NULLS):
            raise Unreadable("a key that is not text")
        self.values += 1
        return node.value


def is_plain(node):
    return node.style is None


def scalar(node):
    text = node.value
    if not is_plain(node):
        return text
    if text in NULLS:
        return None
    if text in ("true", "false"):
        return text == "true"
    if INTEGER.match(text):
        return int(text)
    if NUMBER.match(text):
        return float(text)
    return text


def read(text):
    """The documents of a text, as Python values. Documents with nothing in them are left out."""
    try:
        roots = [root for root in yaml.compose_all(text, Loader=yaml.BaseLoader) if root is not None]
        documents = [_Builder().value(root) for root in roots]
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return [document for document in documents if document is not None]
