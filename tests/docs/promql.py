"""Reads expressions of PromQL, as far as docs/ uses the language, and finds what Prometheus would refuse or answer with nothing:
metrics, labels and values that there are not, rates of what is no counter, counters without a rate, ranges where none may stand.
"""
import re

TOKEN = re.compile(r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<duration>\d+(?:ms|[smhdw])\b)|(?P<number>\d+(?:\.\d+)?)
  |(?P<variable>\$\w+)|(?P<word>[A-Za-z_:][\w:]*)|(?P<operator>==|!=|>=|<=|=~|!~|[-+*/%^<>=(){}\[\],]))""", re.X)
AGGREGATIONS = {"sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile"}
OF_COUNTERS = {"rate", "increase", "irate"}
OF_RANGES = OF_COUNTERS | {"changes", "delta", "max_over_time", "min_over_time", "avg_over_time"}
FUNCTIONS = OF_RANGES | {"absent", "time", "histogram_quantile", "clamp_min", "clamp_max", "label_replace", "vector"}
OPERATORS = {"==", "!=", ">", "<", ">=", "<=", "+", "-", "*", "/", "%", "^", "and", "or", "unless"}
SETS = {"and", "or", "unless"}
EVERYWHERE = {"job", "instance"}


class Refused(Exception):
    pass


class Metric:
    def __init__(self, kind, labels):
        self.kind, self.labels = kind, set(labels)


class Expression:
    """`metrics` is {name: Metric}, `values` {label: those that it can have}. Raises Refused."""

    def __init__(self, text, metrics, values):
        self.metrics, self.values = metrics, values
        self.tokens, self.at = [], 0
        self.selected, self.grouped = {}, set()
        end = 0
        text = text.strip()
        while end < len(text):
            found = TOKEN.match(text, end)
            if not found:
                raise Refused(f"cannot be read from here: {text[end:]}")
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            end = found.end()
        if self.expression():
            raise Refused("a range is no result")
        if self.at < len(self.tokens):
            raise Refused(f"nothing can follow here: {self.peek()}")
        known = EVERYWHERE.union({"le"}, *(metric.labels for metric in self.selected.values()))
        for label in sorted(self.grouped - known):
            raise Refused(f"none of its metrics has a label {label}")

    def peek(self):
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def take(self, *expected):
        if self.at >= len(self.tokens):
            raise Refused(f"ends where {' or '.join(expected) or 'more'} is expected")
        kind, text = self.tokens[self.at]
        if expected and text not in expected and kind not in expected:
            raise Refused(f"{text} where {' or '.join(expected)} is expected")
        self.at += 1
        return text

    def expression(self, inside=None):
        is_range = self.operand(inside)
        while self.peek() in OPERATORS:
            operator = self.take()
            if self.peek() == "bool":
                self.take()
            if self.peek() in ("on", "ignoring"):
                self.take()
                self.grouped |= self.label_names()
                if self.peek() in ("group_left", "group_right"):
                    if operator in SETS:
                        raise Refused(f"{operator} has no {self.peek()}")
                    self.take()
                    if self.peek() == "(":
                        self.grouped |= self.label_names()
            if self.operand(inside) or is_range:
                raise Refused(f"a range beside {operator}")
        return is_range

    def operand(self, inside):
        if self.peek() in ("-", "+"):
            self.take()
            return self.operand(inside)
        if self.at >= len(self.tokens):
            raise Refused("ends too early")
        kind, text = self.tokens[self.at]
        if kind in ("number", "string"):
            self.take()
            return False
        if text == "(":
            self.take()
            is_range = self.expression(inside)
            self.take(")")
            return is_range
        word = self.take("word")
        if word in AGGREGATIONS:
            return self.aggregation(inside)
        if self.peek() == "(":
            return self.call(word)
        return self.selector(word, inside)

    def aggregation(self, inside):
        is_grouped = self.grouping()
        self.take("(")
        if self.expression(inside):
            raise Refused("a range in an aggregation")
        while self.peek() == ",":
            self.take()
            self.expression(inside)
        self.take(")")
        if not is_grouped:
            self.grouping()
        return False

    def grouping(self):
        if self.peek() not in ("by", "without"):
            return False
        self.take()
        self.grouped |= self.label_names()
        return True

    def call(self, name):
        if name not in FUNCTIONS:
            raise Refused(f"no function known here: {name}")
        self.take("(")
        start = self.at
        while self.peek() != ")":
            is_range = self.expression(name)
            if is_range != (name in OF_RANGES):
                raise Refused(f"{name} of {'a' if is_range else 'no'} range")
            if self.peek() != ",":
                break
            self.take()
        self.take(")")
        if name == "histogram_quantile" and "le" not in [text for _, text in self.tokens[start:self.at]]:
            raise Refused("histogram_quantile without le")
        return False

    def selector(self, name, inside):
        if name not in self.metrics:
            raise Refused(f"no metric {name}")
        metric = self.selected[name] = self.metrics[name]
        if self.peek() == "{":
            self.matchers(name, metric)
        is_range = self.peek() == "["
        if is_range:
            self.take()
            self.take("duration", "variable")
            self.take("]")
        if metric.kind == "counter" and inside not in OF_COUNTERS | {"absent"}:
            raise Refused(f"{name} is a counter, and has no rate")
        if metric.kind != "counter" and inside in OF_COUNTERS:
            raise Refused(f"{name} is no counter, and has no {inside}")
        if metric.kind == "histogram":
            raise Refused(f"{name} is a histogram: it has _bucket, _sum and _count")
        return is_range

    def matchers(self, name, metric):
        self.take("{")
        while self.peek() != "}":
            label = self.take("word")
            operator = self.take("=", "!=", "=~", "!~")
            value = self.take("string")[1:-1]
            if label not in metric.labels | EVERYWHERE:
                raise Refused(f"{name} has no label {label}")
            for one in value.split("|") if "~" in operator else [value]:
                if label in self.values and not one.startswith("$") and one not in self.values[label]:
                    raise Refused(f"{label} is never {one}")
            if self.peek() == ",":
                self.take()
        self.take("}")

    def label_names(self):
        names = set()
        self.take("(")
        while self.peek() != ")":
            names.add(self.take("word"))
            if self.peek() == ",":
                self.take()
        self.take(")")
        return names


def labels_of(text, metrics, values):
    """The labels that an expression's result may have. Raises Refused."""
    expression = Expression(text, metrics, values)
    return EVERYWHERE.union(*(metric.labels for metric in expression.selected.values()))
