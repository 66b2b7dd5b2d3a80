#!/usr/bin/env python3
"""Proves that the #include lines under src/ obey the table in docs/architecture.md.

    check_layers.py              check the tree this file belongs to
    check_layers.py --self-test  plant one violation of each rule in a temporary tree and see it reported

Checked: which folder of src/ may include which (read from the table in docs/architecture.md), that the INCLUDES of
src/*/CMakeLists.txt say no more, where third-party headers may stand, and who may name a concrete adapter.
"""

import fnmatch
import pathlib
import re
import sys
import tempfile

# Headers of a folder that everyone but the folder itself sees only in part: the port and its value types.
PARTS = {
    ("functiongraph", "http"): {"http/client.hpp", "http/message.hpp"},
    ("reconcile", "http"): {"http/client.hpp", "http/message.hpp"},
    ("emulator", "http"): {"http/server.hpp", "http/message.hpp"},
    ("emulator", "manifest"): {"manifest/yaml_reader.hpp", "manifest/yaml_tree.hpp", "manifest/diagnostic.hpp"},
    ("plan", "functiongraph"): {"functiongraph/types.hpp", "functiongraph/urn.hpp"},
}

# Third-party header prefix -> files of src/ that may include it.
THIRD_PARTY = {
    "boost/beast": ["http/beast_*.cpp", "http/response_reader.cpp"],
    "yaml-cpp/": ["manifest/*", "config/*", "package/*", "emulator/*"],
    "zip.h": ["package/*", "emulator/*"],
    "utf8proc.h": ["package/*"],
    "zlib.h": ["package/*", "http/*"],
    "ares.h": ["http/*"],
    "prometheus/": ["emulator/*", "daemon/*"],
    "systemd/": ["daemon/*"],
    "sqlite3.h": ["state/*", "emulator/*"],
    "spdlog/": ["base/log.cpp"],
    "CLI/": ["cli/*", "emulator/*", "help/*"],
    "openssl/": ["base/*", "http/*", "functiongraph/*", "emulator/*"],
}

# Third-party headers that may stand in a .hpp: cheap, and part of our interfaces.
IN_HEADERS = {"tl/expected.hpp", "boost/asio/awaitable.hpp", "boost/asio/any_io_executor.hpp"}
LIBRARIES = re.compile(r"^(boost/|tl/|yaml-cpp/|zip\.h|ares\.h|utf8proc\.h|zlib\.h|sqlite3\.h|nlohmann/|spdlog/|fmt/|prometheus/|CLI/|openssl/|systemd/|date/)")
FORBIDDEN = {"boost/asio.hpp": "it includes all of Asio; name the headers in use",
             "boost/beast.hpp": "it includes all of Beast; name the headers in use"}

# Concrete adapters: only the places that wire the program together, and the adapter's own folder, may name them.
ADAPTER_HEADERS = {"state/sqlite_store.hpp", "source/directory_source.hpp", "source/git_source.hpp",
                   "functiongraph/http_function_graph.hpp"}
ADAPTER_NAMES = {"make_beast_client": "http", "make_beast_streaming_client": "http",
                 "make_directory_source": "source", "make_git_source": "source",
                 "make_http_function_graph": "functiongraph", "make_http_triggers": "functiongraph",
                 "make_http_dependencies": "functiongraph", "make_http_invocations": "functiongraph", "SqliteStore": "state"}
WIRING = ["cli/*.cpp", "daemon/wiring.cpp"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def allowed_folders(root):
    """Folder -> the folders its row names, from the table of docs/architecture.md."""
    table = {}
    for line in (root / "docs/architecture.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        row = re.fullmatch(r"`(\w+)(/|\.cpp)`(?:, `\w+\.cpp`)*(?: \(planned\))?", cells[0])
        if not line.startswith("| `") or not row or len(cells) != 3:
            continue
        names = re.findall(r"`(\w+)(?:\.cpp)?/?`", cells[0])
        for name in names:
            table[name] = None if cells[2] == "all" else set(re.findall(r"`(\w+)/`", cells[2]))
    return table


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def matches_any(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def problems_of_our_include(path, folder, header, table):
    target = header.split("/")[0]
    if target == folder:
        return
    if folder not in table:
        yield f"{folder}/ has no row in docs/architecture.md"
    elif target not in table:
        yield f'"{header}": there is no folder {target}/ in docs/architecture.md'
    elif table[folder] is not None and target not in table[folder]:
        yield f'"{header}": {folder}/ must not include {target}/'
    elif header not in PARTS.get((folder, target), {header}):
        yield f'"{header}": {folder}/ may include only {", ".join(sorted(PARTS[folder, target]))} of {target}/'
    if header in ADAPTER_HEADERS and not matches_any(path, WIRING):
        yield f'"{header}": only {" and ".join(WIRING)} may name a concrete adapter'


def problems_of_library_include(path, header):
    if header in FORBIDDEN:
        yield f"<{header}>: {FORBIDDEN[header]}"
        return
    for prefix, places in THIRD_PARTY.items():
        if header.startswith(prefix) and not matches_any(path, places):
            yield f"<{header}>: only in {', '.join(places)}"
    if path.endswith(".hpp") and LIBRARIES.match(header) and header not in IN_HEADERS:
        yield f"<{header}>: third-party headers stay in .cpp files"


def problems_of_file(root, file, table):
    path = file.relative_to(root / "src").as_posix()
    folder = path.split("/")[0] if "/" in path else file.stem
    text = without_comments(file.read_text(encoding="utf-8"))
    for number, line in enumerate(text.splitlines(), start=1):
        found = INCLUDE.match(line)
        problems = []
        if found and found[1] == '"':
            problems = problems_of_our_include(path, folder, found[2], table)
        elif found:
            problems = problems_of_library_include(path, found[2])
        for problem in problems:
            yield f"src/{path}:{number}: {problem}"
        for name, home in ADAPTER_NAMES.items():
            if re.search(rf"\b{name}\b", line) and folder != home and not matches_any(path, WIRING):
                yield f"src/{path}:{number}: {name}: only {' and '.join(WIRING)} may name a concrete adapter"


def problems_of_build(root, table):
    for file in sorted((root / "src").glob("*/CMakeLists.txt")):
        folder = file.parent.name
        listed = re.search(r"\bINCLUDES((?:\s+\w+)+?)(?=\s+(?:PRIVATE|HEAVY)\b|\s*\))", file.read_text(encoding="utf-8"))
        for name in listed[1].split() if listed else []:
            if table.get(folder, set()) is not None and name not in table.get(folder, set()):
                yield f"src/{folder}/CMakeLists.txt: INCLUDES {name}: {folder}/ must not include {name}/"


def problems_in(root):
    table = allowed_folders(root)
    if "base" not in table or "plan" not in table:
        return ["docs/architecture.md: the table of folders was not found"]
    files = sorted(file for file in (root / "src").rglob("*") if file.suffix in (".hpp", ".cpp"))
    problems = [problem for file in files for problem in problems_of_file(root, file, table)]
    return problems + list(problems_of_build(root, table))


# (file, text, what must be reported; None when nothing must)
CASES = [
    ("base/x.hpp", '#include "manifest/function.hpp"', "base/ must not include manifest/"),
    ("plan/x.cpp", '#include "state/store.hpp"', "plan/ must not include state/"),
    ("plan/x.cpp", '#include "functiongraph/function_graph.hpp"', "plan/ may include only"),
    ("plan/x.cpp", '#include "functiongraph/types.hpp"', None),
    ("emulator/x.cpp", '#include "functiongraph/types.hpp"', "emulator/ must not include functiongraph/"),
    ("emulator/x.cpp", '#include "http/client.hpp"', "emulator/ may include only"),
    ("functiongraph/x.cpp", '#include "http/server.hpp"', "functiongraph/ may include only"),
    ("reconcile/x.cpp", '#include "state/sqlite_store.hpp"', "may name a concrete adapter"),
    ("reconcile/x.cpp", "auto c = http::make_beast_client();", "may name a concrete adapter"),
    ("reconcile/x.cpp", "// make_beast_client is for cli/", None),
    ("cli/x.cpp", '#include "state/sqlite_store.hpp"', None),
    ("cli/x.hpp", '#include "state/sqlite_store.hpp"', "may name a concrete adapter"),
    ("daemon/wiring.cpp", '#include "state/sqlite_store.hpp"', None),
    ("daemon/x.cpp", '#include "state/sqlite_store.hpp"', "may name a concrete adapter"),
    ("state/x.cpp", '#include "state/sqlite_store.hpp"', None),
    ("manifest/x.cpp", '#include "helpers/text.hpp"', "there is no folder helpers/"),
    ("helpers/x.cpp", '#include "base/error.hpp"', "helpers/ has no row"),
    ("http/x.cpp", "#include <boost/beast/http/message.hpp>", "only in http/beast_*.cpp"),
    ("http/beast_x.cpp", "#include <boost/beast/http/message.hpp>", None),
    ("plan/x.cpp", "#include <yaml-cpp/yaml.h>", "only in manifest/*"),
    ("state/x.cpp", "#include <zip.h>", "only in package/*"),
    ("plan/x.cpp", "#  include <sqlite3.h>", "only in state/*"),
    ("state/x.hpp", "#include <sqlite3.h>", "stay in .cpp files"),
    ("cli/x.hpp", "#include <nlohmann/json.hpp>", "stay in .cpp files"),
    ("cli/x.cpp", "#include <nlohmann/json.hpp>", None),
    ("base/x.hpp", "#include <boost/asio/awaitable.hpp>", None),
    ("base/x.cpp", "#include <boost/asio.hpp>", "all of Asio"),
    ("main.cpp", '#include "plan/model.hpp"', "main/ must not include plan/"),
    ("main.cpp", '#include "cli/main.hpp"', None),
    ("emulator_main.cpp", '#include "cli/main.hpp"', "emulator_main/ must not include cli/"),
    ("plan/CMakeLists.txt", "fgsync_library(plan INCLUDES base state PRIVATE x)", "INCLUDES state"),
    ("plan/CMakeLists.txt", "fgsync_library(plan INCLUDES base manifest)", None),
]


def self_test(root):
    failures = []
    for name, text, expected in CASES:
        with tempfile.TemporaryDirectory() as place:
            tree = pathlib.Path(place)
            (tree / "docs").mkdir()
            (tree / "docs/architecture.md").write_bytes((root / "docs/architecture.md").read_bytes())
            file = tree / "src" / name
            file.parent.mkdir(parents=True)
            file.write_text(text + "\n", encoding="utf-8")
            problems = problems_in(tree)
        is_right = not problems if expected is None else any(expected in problem for problem in problems)
        if not is_right:
            failures.append(f"{name}: {text!r}: expected {expected!r}, reported {problems}")
    return failures


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    if sys.argv[1:] == ["--self-test"]:
        failures = self_test(root)
        print("\n".join(failures) if failures else f"layers: all {len(CASES)} planted cases judged rightly")
        return 1 if failures else 0
    problems = problems_in(root)
    print("\n".join(problems) if problems else "layers: every include obeys docs/architecture.md")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
