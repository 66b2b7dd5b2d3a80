#!/usr/bin/env python3
"""Runs the handler of every example for real: Python by import, JavaScript by node, PHP by php, the HTTP function by
starting its bootstrap file and asking it. An interpreter that is missing is reported and its example skipped.

Usage: run_examples.py [FOLDER of the functions]
"""

import importlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
FUNCTIONS = HERE.parent.parent / "examples" / "functions"
TIMEOUT_S = 30


class Context:
    """The part of FunctionGraph's context that the examples use."""

    def __init__(self, **user_data):
        self.user_data = user_data
        self.lines = []

    def getUserData(self, key):  # noqa: N802, the platform's name
        return self.user_data.get(key, "")

    def getLogger(self):  # noqa: N802
        return self

    def info(self, line):
        self.lines.append(line)


def python_handler(folder):
    """The handler of a Python example, imported as the platform does: with the code directory in front of the path."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(FUNCTIONS / folder))
    try:
        for name in ("index", "sizes"):
            sys.modules.pop(name, None)
        return importlib.import_module("index").handler
    finally:
        sys.path.pop(0)


def run(program, script, folder, event, user_data):
    """What a handler in another language returns, by way of its interpreter."""
    command = [program, *script]
    environment = {**os.environ, "EVENT": json.dumps(event), "USER_DATA": json.dumps(user_data)}
    done = subprocess.run(command, cwd=FUNCTIONS / folder, env=environment, capture_output=True, text=True,
                          timeout=TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise AssertionError("%s failed: %s" % (program, done.stderr))
    return json.loads(done.stdout)


NODE_SCRIPT = """
const userData = JSON.parse(process.env.USER_DATA);
const context = { getUserData: (key) => userData[key] || '', getLogger: () => ({ info: () => {} }) };
require(process.cwd() + '/index.js').handler(JSON.parse(process.env.EVENT), context)
  .then((answer) => console.log(JSON.stringify(answer)));
"""

PHP_SCRIPT = """
class Context {
    private $user_data;
    public function __construct($user_data) { $this->user_data = $user_data; }
    public function getUserData($key) { return $this->user_data[$key] ?? ''; }
    public function getLogger() { return $this; }
    public function info($line) {}
}
require getcwd() . '/index.php';
$context = new Context(json_decode(getenv('USER_DATA'), true));
echo json_encode(handler(json_decode(getenv('EVENT')), $context));
"""


def needs(program):
    return unittest.skipUnless(shutil.which(program), "%s is not installed" % program)


class ThumbnailPlanner(unittest.TestCase):
    def setUp(self):
        self.handler = python_handler("thumbnail-planner")

    def test_plans_the_sizes_of_a_preset(self):
        answer = self.handler({"width": 4000, "height": 3000}, Context(DEFAULT_PRESET="gallery", MAX_SIDE="2048"))
        self.assertEqual(answer["preset"], "gallery")
        self.assertEqual(answer["sizes"], [{"width": 1600, "height": 1200}, {"width": 800, "height": 600},
                                           {"width": 400, "height": 300}])

    def test_never_enlarges_and_names_what_is_wrong(self):
        small = self.handler({"width": 50, "height": 100, "preset": "avatar"}, Context())
        self.assertEqual(small["sizes"], [{"width": 50, "height": 100}, {"width": 32, "height": 64}])
        self.assertEqual(self.handler({"preset": "huge"}, Context())["error"], "unknown preset")
        self.assertIn("error", self.handler({"width": "wide", "height": 1}, Context()))

    def test_its_own_tests_pass(self):
        subprocess.run([sys.executable, "-B", "-m", "unittest", "discover", "-q", "-s", "tests"], check=True,
                       cwd=FUNCTIONS / "thumbnail-planner", timeout=TIMEOUT_S, capture_output=True)


class ProductPage(unittest.TestCase):
    def test_renders_and_escapes(self):
        handler = python_handler("product-page")
        products = [{"title": "Lamp <b>", "slug": "lamp-b", "price": "9,99 €"}, {"title": "No price", "slug": "x"}]
        answer = handler({"products": products}, Context(SHOP_NAME="Shop & Co", BASE_URL="https://s.example/"))
        self.assertEqual(answer["skipped"], ["No price"])
        page = answer["pages"]["lamp-b"]
        self.assertIn("<h1>Lamp &lt;b&gt;</h1>", page)
        self.assertIn("<title>Lamp &lt;b&gt; – Shop &amp; Co</title>", page)
        self.assertIn('href="https://s.example/lamp-b"', page)


@needs("node")
class PriceFormatter(unittest.TestCase):
    def ask(self, event):
        user_data = {"DEFAULT_LOCALE": "en-US", "DEFAULT_CURRENCY": "USD"}
        return run("node", ["-e", NODE_SCRIPT], "price-formatter", event, user_data)

    def test_formats_amounts(self):
        self.assertEqual(self.ask({"amounts": [1999, 5]})["prices"], ["$19.99", "$0.05"])
        self.assertEqual(self.ask({"amounts": [1999], "currency": "JPY"})["prices"], ["¥1,999"])

    def test_names_what_is_wrong(self):
        self.assertEqual(self.ask({"amounts": [1], "currency": "XXX"})["error"], "unknown currency")
        self.assertIn("error", self.ask({"amounts": [1.5]}))


@needs("php")
class SlugMaker(unittest.TestCase):
    def ask(self, event):
        return run("php", ["-r", PHP_SCRIPT], "slug-maker", event, {"MAX_LENGTH": "20"})

    def test_makes_slugs(self):
        titles = ["Blue shoes, size 42", "Größe: Äpfel", "***", "Blue shoes, size 42",
                  "A title that is far too long for this"]
        self.assertEqual(self.ask({"titles": titles})["slugs"],
                         ["blue-shoes-size-42", "groesse-aepfel", "untitled", "blue-shoes-size-42-2",
                          "a-title-that-is-far"])

    def test_names_what_is_wrong(self):
        self.assertIn("error", self.ask({}))


@needs("sh")
class UnitConverter(unittest.TestCase):
    def setUp(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {**os.environ, "PORT": str(self.port), "DECIMALS": "3"}
        self.server = subprocess.Popen([FUNCTIONS / "unit-converter" / "bootstrap"], env=environment,
                                       start_new_session=True, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop)
        end = time.monotonic() + TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.server.poll() is not None or time.monotonic() > end:
                    raise AssertionError("the bootstrap file does not serve") from None
                time.sleep(0.05)

    def stop(self):
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait(TIMEOUT_S)

    def get(self, path):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.port, path), timeout=TIMEOUT_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_answers(self):
        self.assertEqual(self.get("/health"), (200, {"status": "ok"}))
        self.assertEqual(self.get("/convert?value=20&from=c&to=f"), (200, {"value": 68.0, "unit": "f"}))
        self.assertEqual(self.get("/convert?value=1&from=mi&to=km"), (200, {"value": 1.609, "unit": "km"}))
        self.assertEqual(self.get("/convert?value=1&from=kg&to=m")[0], 400)
        self.assertEqual(self.get("/convert?value=1&from=parsec&to=m")[0], 400)
        self.assertEqual(self.get("/nothing")[0], 404)


class Examples(unittest.TestCase):
    def test_every_example_is_run_here(self):
        self.assertEqual(sorted(folder.name for folder in FUNCTIONS.iterdir()),
                         ["price-formatter", "product-page", "slug-maker", "thumbnail-planner", "unit-converter"])


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        FUNCTIONS = pathlib.Path(sys.argv.pop(1)).resolve()
    outcome = unittest.main(exit=False, verbosity=2).result
    for test, reason in outcome.skipped:
        print("SKIPPED: %s: %s" % (test, reason), file=sys.stderr)
    sys.exit(0 if outcome.wasSuccessful() else 1)
