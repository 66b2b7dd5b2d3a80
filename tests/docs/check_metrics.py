#!/usr/bin/env python3
"""docs/alerts.yaml and docs/grafana-dashboard.json name only metrics, labels and values that docs/metrics.md has, and each alert has
its section there. That the page and the daemon agree is held by tests/daemon/metrics_docs_test.cpp.

  check_metrics.py
  check_metrics.py --self-test
"""
import copy
import json
import pathlib
import re
import sys

import yaml

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from check_links import anchors_of  # noqa: E402
from promql import Metric, Refused, labels_of  # noqa: E402

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
SEVERITIES = ("critical", "warning", "info")
FIXED_VALUES = ("condition", "outcome", "step", "state", "operation", "class", "kind")


def vocabulary_of(page):
    """({metric: Metric}, {label: values}) of the tables of docs/metrics.md."""
    metrics, values = {"up": Metric("gauge", ())}, {}
    for line in page.split("\n"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| `"):
            continue
        name = cells[0].strip("`")
        if len(cells) == 2 and name in FIXED_VALUES:
            values[name] = set(re.findall(r"`([^`]+)`", cells[1]))
        if len(cells) != 4:
            continue
        labels = re.findall(r"`(\w+)`", cells[2])
        metrics[name] = Metric(cells[1], labels)
        if cells[1] == "histogram":
            metrics[f"{name}_bucket"] = Metric("counter", [*labels, "le"])
            metrics[f"{name}_sum"] = metrics[f"{name}_count"] = Metric("counter", labels)
    return metrics, values


def mistakes_of_expression(place, text, vocabulary, shown=""):
    """`shown` is a text with labels as `{{ $labels.x }}` or `{{x}}`."""
    try:
        labels = labels_of(text, *vocabulary)
    except Refused as why:
        return [f"{place}: {why}: {text}"]
    named = re.findall(r"\$labels\.(\w+)", shown) + re.findall(r"\{\{\s*(?!end\b)(\w+)\s*\}\}", shown)
    return [f"{place}: its result has no label {label}" for label in named if label not in labels]


def check_alerts(rules, page, vocabulary):
    mistakes, anchors = [], anchors_of(page)
    names = [rule.get("alert") for rule in rules]
    section = re.search(r"^## Alerts\n(.*?)(?=^## |\Z)", page, re.M | re.S)[1]
    described = re.findall(r"^### (\w+)$", section, re.M)
    for name in sorted(set(described) ^ set(names)):
        mistakes.append(f"{name} is not in both docs/alerts.yaml and docs/metrics.md")
    for rule in rules:
        name = rule.get("alert", "?")
        notes = rule.get("annotations", {})
        if names.count(name) > 1:
            mistakes.append(f"{name} is there twice")
        if rule.get("labels", {}).get("severity") not in SEVERITIES:
            mistakes.append(f"{name} needs a severity: {', '.join(SEVERITIES)}")
        if set(rule) - {"alert", "expr", "for", "labels", "annotations"} or not re.fullmatch(r"\d+[mh]", rule.get("for", "1m")):
            mistakes.append(f"{name} has keys or a time that no rule has")
        for key, most in (("summary", 100), ("description", 300)):
            if not 10 <= len(notes.get(key, "")) <= most:
                mistakes.append(f"{name} needs a {key} of at most {most} characters")
        if notes.get("runbook") != f"docs/metrics.md#{name.lower()}" or name.lower() not in anchors:
            mistakes.append(f"{name} needs a runbook: docs/metrics.md#{name.lower()}")
        mistakes += mistakes_of_expression(name, rule.get("expr", ""), vocabulary, " ".join(map(str, notes.values())))
    return mistakes


def overlaps(panels):
    taken = {}
    for panel in panels:
        box = panel["gridPos"]
        for x in range(box["x"], box["x"] + box["w"]):
            for y in range(box["y"], box["y"] + box["h"]):
                if x > 23 or taken.setdefault((x, y), panel["id"]) != panel["id"]:
                    yield panel["title"]


def check_dashboard(dashboard, vocabulary):
    mistakes = []
    variables = {one["name"]: one for one in dashboard["templating"]["list"]}
    if dashboard["schemaVersion"] < 36 or dashboard.get("id"):
        mistakes.append("the dashboard needs a schemaVersion of 36 or more, and no id")
    if variables.get("datasource", {}).get("type") != "datasource":
        mistakes.append("the dashboard needs a variable for the data source")
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(set(ids)) != len(ids):
        mistakes.append("two panels have the same id")
    mistakes += [f"the panel “{title}” overlaps another" for title in sorted(set(overlaps(dashboard["panels"])))]
    for variable in variables.values():
        if variable["type"] == "query":
            mistakes += mistakes_of_variable(variable, vocabulary)
    for annotation in dashboard["annotations"]["list"]:
        mistakes += mistakes_of_expression(annotation["name"], annotation["expr"], vocabulary)
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            mistakes += mistakes_of_panel(panel, vocabulary)
    used = set(re.findall(r"\$(?!__)(\w+)", json.dumps(dashboard["panels"])))
    mistakes += [f"there is no variable ${name}" for name in sorted(used - set(variables))]
    # Whoever has another Prometheus chooses it once, for all panels.
    sources = re.findall(r'"uid": "([^"]*)"', json.dumps([dashboard[key] for key in ("panels", "templating", "annotations")]))
    mistakes += [f"a data source that cannot be chosen: {uid}" for uid in sorted(set(sources) - {"${datasource}"})]
    return mistakes


def mistakes_of_variable(variable, vocabulary):
    found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["definition"])
    if not found or variable["query"]["query"] != variable["definition"]:
        return [f"the variable {variable['name']} needs label_values(…), twice the same"]
    return mistakes_of_expression(variable["name"], found[1], vocabulary, f"{{{{{found[2]}}}}}")


def mistakes_of_panel(panel, vocabulary):
    mistakes = []
    if not panel.get("title") or not panel.get("description") or not panel.get("targets"):
        mistakes.append(f"the panel “{panel.get('title')}” needs a title, a description and something to show")
    for target in panel.get("targets", []):
        mistakes += mistakes_of_expression(panel["title"], target["expr"], vocabulary, target["legendFormat"])
        if 'job="$job"' not in target["expr"]:
            mistakes.append(f"{panel['title']}: not of the chosen job")
    return mistakes


EXPRESSIONS = [
    ("a", None), ("up", None), ("a{x=\"1\"} > 0.5", None), ("a{job=\"fgsync\", x=~\"1|2\"}", None), ("-a / (a + 1)", None),
    ("sum by (x) (rate(c_total[5m]))", None), ("sum(rate(c_total{x=\"$x\"}[$__rate_interval])) by (x)", None),
    ("topk(10, a)", None), ("time() - a > 900", None), ("absent(up{job=\"j\"})", None), ("changes(a[30m]) > 3", None),
    ("a >= on (job) group_left () (a - 2)", None), ("a or on (job, x) a", None), ("a > bool 0", None),
    ("histogram_quantile(0.9, sum by (le) (rate(h_seconds_bucket[5m])))", None), ("sum(rate(h_seconds_count[5m]))", None),
    ("b", "no metric b"), ("a{y=\"1\"}", "no label y"), ("a{x=\"3\"}", "x is never 3"), ("a{x=~\"1|3\"}", "x is never 3"),
    ("sum by (y) (a)", "label y"), ("a == on (y) a", "label y"), ("c_total > 5", "is a counter"), ("sum(c_total)", "is a counter"),
    ("rate(a[5m])", "no counter"), ("rate(c_total)", "no range"), ("sum(changes(a))", "no range"), ("a[5m]", "range is no result"),
    ("sum(a[5m])", "range"), ("a[5m] > 1", "range"), ("histogram_quantile(0.9, sum(rate(h_seconds_bucket[5m])))", "without le"),
    ("rate(h_seconds[5m])", "counter"), ("h_seconds", "histogram"), ("(a", "ends"), ("a)", "follow"), ("a a", "follow"), ("", "ends"),
    ("a >", "ends"), ("bogus(a)", "no function"), ("a{x=1}", "expected"), ("a{x}", "expected"), ("a ! a", "cannot be read"),
    ("a or on (x) group_left () a", "has no group_left"), ("rate(c_total[soon])", "expected"),
]
PAGE = ("| `a` | gauge | `x` | m |\n| `c_total` | counter | `x` | m |\n| `h_seconds` | histogram | none | m |\n"
        "| `kind` | `1` |\n\n## Alerts\n\n### FgsyncOdd\n\nWhat to do.\n")
RULE = {"alert": "FgsyncOdd", "expr": "a == 1", "for": "5m", "labels": {"severity": "warning"},
        "annotations": {"summary": "{{ $labels.x }} is odd", "description": "Make it even, then look again.",
                        "runbook": "docs/metrics.md#fgsyncodd"}}
ALERTS = [
    (lambda rule: None, None),
    (lambda rule: rule.pop("for"), None),
    (lambda rule: rule.update(alert="FgsyncEven"), "FgsyncEven is not in both"),
    (lambda rule: rule.update(expr="b"), "no metric b"),
    (lambda rule: rule.update({"for": "soon"}), "has keys or a time"),
    (lambda rule: rule.update(form="5m"), "has keys or a time"),
    (lambda rule: rule["labels"].update(severity="bad"), "needs a severity"),
    (lambda rule: rule.pop("labels"), "needs a severity"),
    (lambda rule: rule["annotations"].pop("summary"), "needs a summary"),
    (lambda rule: rule["annotations"].update(description="?"), "needs a description"),
    (lambda rule: rule["annotations"].update(summary="{{ $labels.y }} is odd"), "no label y"),
    (lambda rule: rule["annotations"].update(runbook="docs/metrics.md#alerts"), "needs a runbook"),
]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
BOARD = {"schemaVersion": 39, "annotations": {"list": [{"name": "n", "datasource": SOURCE, "expr": "a"}]},
         "templating": {"list": [{"name": "datasource", "type": "datasource"},
                                 {"name": "job", "type": "query", "definition": "label_values(a, job)", "query": {"query": "label_values(a, job)"}}]},
         "panels": [{"id": 1, "type": "row", "title": "R", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
                    {"id": 2, "type": "stat", "title": "T", "description": "D.", "gridPos": {"x": 0, "y": 1, "w": 12, "h": 4},
                     "targets": [{"expr": "a{job=\"$job\"}", "legendFormat": "{{x}}", "datasource": SOURCE}]}]}
BOARDS = [
    (lambda board, panel: None, None),
    (lambda board, panel: board.update(schemaVersion=30), "schemaVersion"),
    (lambda board, panel: board["templating"]["list"].pop(0), "variable for the data source"),
    (lambda board, panel: board["templating"]["list"].pop(1), "no variable $job"),
    (lambda board, panel: board["templating"]["list"][1].update(definition="label_values(b, job)"), "twice the same"),
    (lambda board, panel: board["annotations"]["list"][0].update(expr="b"), "no metric b"),
    (lambda board, panel: panel.update(id=1), "same id"),
    (lambda board, panel: panel["gridPos"].update(y=0), "overlaps"),
    (lambda board, panel: panel["gridPos"].update(x=20), "overlaps"),
    (lambda board, panel: panel.update(description=""), "needs a title"),
    (lambda board, panel: panel.update(targets=[]), "something to show"),
    (lambda board, panel: panel["targets"][0].update(expr="b{job=\"$job\"}"), "no metric b"),
    (lambda board, panel: panel["targets"][0].update(expr="a"), "chosen job"),
    (lambda board, panel: panel["targets"][0].update(legendFormat="{{y}}"), "no label y"),
    (lambda board, panel: panel["targets"][0].update(datasource={"uid": "abc"}), "cannot be chosen: abc"),
]


def self_test():
    metrics, _ = vocabulary = vocabulary_of(PAGE)
    values = {"x": {"1", "2"}}
    results = [(text, part, mistakes_of_expression("", text, (metrics, values))) for text, part in EXPRESSIONS]
    for change, part in ALERTS:
        rule = copy.deepcopy(RULE)
        change(rule)
        results.append((rule, part, check_alerts([rule], PAGE, vocabulary)))
    for change, part in BOARDS:
        board = copy.deepcopy(BOARD)
        change(board, board["panels"][1])
        results.append((board, part, check_dashboard(board, vocabulary)))
    failures = [f"{what}: expected {part}, got {found}" for what, part, found in results
                if bool(found) != bool(part) or (part and not any(part in one for one in found))]
    print("\n".join(failures) if failures else f"check_metrics: all {len(results)} cases judged rightly")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    page = (DOCS / "metrics.md").read_text()
    vocabulary = vocabulary_of(page)
    rules = [rule for group in yaml.safe_load((DOCS / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
    dashboard = json.loads((DOCS / "grafana-dashboard.json").read_text())
    mistakes = check_alerts(rules, page, vocabulary) + check_dashboard(dashboard, vocabulary)
    print("\n".join(mistakes) if mistakes else
          f"check_metrics: {len(rules)} alerts and {len(dashboard['panels'])} panels name what there is")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
