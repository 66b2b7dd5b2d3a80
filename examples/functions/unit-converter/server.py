"""GET /convert?value=20&from=c&to=f -> {"value": 68.0, "unit": "f"}; GET /units; GET /health."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# unit: (kind, factor and offset to the kind's base unit)
UNITS = {
    "m": ("length", 1.0, 0.0),
    "km": ("length", 1000.0, 0.0),
    "cm": ("length", 0.01, 0.0),
    "in": ("length", 0.0254, 0.0),
    "ft": ("length", 0.3048, 0.0),
    "mi": ("length", 1609.344, 0.0),
    "kg": ("mass", 1.0, 0.0),
    "g": ("mass", 0.001, 0.0),
    "lb": ("mass", 0.45359237, 0.0),
    "c": ("temperature", 1.0, 0.0),
    "k": ("temperature", 1.0, -273.15),
    "f": ("temperature", 5.0 / 9.0, -32.0 * 5.0 / 9.0),
}


def convert(value, source, target):
    kind, factor, offset = UNITS[source]
    target_kind, target_factor, target_offset = UNITS[target]
    if kind != target_kind:
        raise ValueError("%s is a %s, %s is a %s" % (source, kind, target, target_kind))
    return (value * factor + offset - target_offset) / target_factor


def answer(path, query):
    """The status and the body for a request."""
    if path == "/health":
        return 200, {"status": "ok"}
    if path == "/units":
        return 200, {"units": {unit: UNITS[unit][0] for unit in sorted(UNITS)}}
    if path != "/convert":
        return 404, {"error": "unknown path", "known": ["/convert", "/health", "/units"]}
    try:
        value = float(query["value"][0])
        source, target = query["from"][0], query["to"][0]
        decimals = int(os.environ.get("DECIMALS", "6"))
        return 200, {"value": round(convert(value, source, target), decimals), "unit": target}
    except KeyError as error:
        return 400, {"error": "missing parameter or unknown unit: %s" % error.args[0]}
    except ValueError as error:
        return 400, {"error": str(error)}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        status, body = answer(url.path, parse_qs(url.query))
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    # The platform always uses 8000; PORT is for trying it out.
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
