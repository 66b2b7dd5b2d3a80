"""The part of the APIs of GitHub and GitLab that the recipes in docs/ci.md call, over real HTTP: comments, pull requests, and files
that runs left."""
import http.server
import json
import re
import threading
import urllib.parse

REPOSITORY = "acme/functions"
TOKEN = "token-of-the-host"


class Api:
    """The API of both hosts: pull requests with their comments, and files that runs left."""

    def __init__(self):
        self.comments = {}   # number → [{id, author, body}]
        self.pulls = {}      # sha → [{number, head}]
        self.artifacts = []  # {name, run, head, fork, expired, folder}
        self.calls = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, method):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.calls.append(f"{method} {self.path}")
                given = self.headers.get("Authorization", "").removeprefix("Bearer ") or self.headers.get("PRIVATE-TOKEN")
                if given != TOKEN:
                    status, answer = 401, {"message": "Bad credentials"}
                else:
                    url = urllib.parse.urlsplit(self.path)
                    query = dict(urllib.parse.parse_qsl(url.query))
                    status, answer = outer.route(method, url.path, query, json.loads(body) if body else None)
                text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = lambda self: self.answer("GET")      # noqa: E731
            do_POST = lambda self: self.answer("POST")    # noqa: E731
            do_PUT = lambda self: self.answer("PUT")      # noqa: E731
            do_PATCH = lambda self: self.answer("PATCH")  # noqa: E731

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def say(self, number, author, body):
        comments = self.comments.setdefault(number, [])
        comments.append({"id": 1000 * number + len(comments), "author": author, "body": body})
        return comments[-1]

    def page_of(self, rows, query):
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        return 200, rows[(page - 1) * size:page * size]

    def route(self, method, path, query, body):
        github, gitlab = f"/repos/{REPOSITORY}", "/projects/77"
        if found := re.fullmatch(rf"{github}/issues/(\d+)/comments", path):
            number = int(found[1])
            if method == "POST":
                return 201, self.as_github(self.say(number, "github-actions[bot]", body["body"]))
            return self.page_of([self.as_github(comment) for comment in self.comments.get(number, [])], query)
        if (found := re.fullmatch(rf"{github}/issues/comments/(\d+)", path)) and method == "PATCH":
            return self.change(int(found[1]), "github-actions[bot]", body, self.as_github)
        if found := re.fullmatch(rf"{github}/commits/(\w+)/pulls", path):
            return 200, [{"number": pull["number"], "head": {"sha": pull["head"]}} for pull in self.pulls.get(found[1], [])]
        if path == f"{github}/actions/artifacts":
            rows = [{"name": one["name"], "expired": one["expired"], "workflow_run": {
                "id": one["run"], "head_sha": one["head"], "repository_id": 1, "head_repository_id": 2 if one["fork"] else 1}}
                for one in reversed(self.artifacts) if one["name"] == query.get("name", one["name"])]
            return 200, {"total_count": len(rows), "artifacts": self.page_of(rows, query)[1]}
        if path == "/user":
            return 200, {"username": "project_77_bot", "login": "github-actions[bot]"}
        if found := re.fullmatch(rf"{gitlab}/merge_requests/(\d+)/notes", path):
            number = int(found[1])
            if method == "POST":
                return 201, self.as_gitlab(self.say(number, "project_77_bot", body["body"]))
            return self.page_of([self.as_gitlab(comment) for comment in self.comments.get(number, [])], query)
        if (found := re.fullmatch(rf"{gitlab}/merge_requests/\d+/notes/(\d+)", path)) and method == "PUT":
            return self.change(int(found[1]), "project_77_bot", body, self.as_gitlab)
        if found := re.fullmatch(rf"{gitlab}/repository/commits/(\w+)/merge_requests", path):
            return 200, [{"iid": pull["number"], "state": "merged"} for pull in self.pulls.get(found[1], [])]
        if found := re.fullmatch(rf"{gitlab}/merge_requests/(\d+)/pipelines", path):
            heads = {pull["head"] for pulls in self.pulls.values() for pull in pulls if pull["number"] == int(found[1])}
            return 200, [{"id": one["run"], "project_id": 78 if one["fork"] else 77}
                         for one in reversed(self.artifacts) if one["head"] in heads]
        if found := re.fullmatch(rf"{gitlab}/pipelines/(\d+)/jobs", path):
            return 200, [{"id": 10 * int(found[1]) + at, "name": name} for at, name in enumerate(("validate", "plan"))]
        if found := re.fullmatch(rf"{gitlab}/jobs/(\d+)/artifacts/(.+)", path):
            for one in self.artifacts:
                if 10 * one["run"] + 1 == int(found[1]) and (one["folder"] / found[2]).exists():
                    return 200, (one["folder"] / found[2]).read_bytes()
        return 404, {"message": f"{method} {path}: Not Found"}

    def change(self, identity, author, body, view):
        for comment in sum(self.comments.values(), []):
            if comment["id"] == identity:
                if comment["author"] != author:
                    return 403, {"message": "Forbidden"}
                comment["body"] = body["body"]
                return 200, view(comment)
        return 404, {"message": "Not Found"}

    def as_github(self, comment):
        return {"id": comment["id"], "user": {"login": comment["author"]}, "body": comment["body"],
                "url": f"{self.url}/repos/{REPOSITORY}/issues/comments/{comment['id']}"}

    def as_gitlab(self, comment):
        return {"id": comment["id"], "author": {"username": comment["author"]}, "body": comment["body"], "system": False}
