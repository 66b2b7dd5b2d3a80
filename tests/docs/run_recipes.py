#!/usr/bin/env python3
"""Plays the pipelines of docs/ci.md: pull requests, merges, stale plans, forks and what else happens to them. Their steps run as they
stand in the page, against the emulator; the hosts are those of hosts.py.

  run_recipes.py              all of them
  run_recipes.py --self-test  breaks the recipes one by one, and expects that it is noticed
"""
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
try:
    import yaml  # noqa: F401
except ImportError:
    print("recipes: no python3-yaml here")
    sys.exit(77)
if shutil.which("jq") is None:
    print("recipes: no jq here")
    sys.exit(77)
from harness import Emulator  # noqa: E402
from hosts import READ, WRITE, GitHub, GitLab, Jenkins, Machine, Mistake  # noqa: E402
from pages import ROOT, blocks_of  # noqa: E402
from shell import base_environment  # noqa: E402

PAGE = "docs/ci.md"
PLAN, SYNC, DRIFT = (f".github/workflows/fgsync-{name}.yml" for name in ("plan", "sync", "drift"))
CONFIG = "apiVersion: fgsync/v1\nkind: Config\nmetadata: {name: demo}\nspec:\n  sources: [{directory: manifests}]\n"
MANIFEST = """apiVersion: fgsync/v1
kind: Function
metadata: {{name: {0}}}
spec:
  runtime: Python3.9
  handler: index.handler
  memory_size: 128
  timeout: 5
  code: {{directory: ../functions/{0}}}
  version: {{name: v1}}
  aliases: [{{name: prod, version: current}}]
"""


def recipes():
    return {block.file: block.text for block in blocks_of(PAGE, (ROOT / PAGE).read_text())[0] if block.file}


def expect(value, wanted, what):
    if value != wanted:
        raise Mistake(f"{what}: expected {wanted}, got {value}")


def expect_text(part, text, what):
    if part not in text:
        raise Mistake(f"{what}: expected “{part}” in:\n{text}")


class World:
    """A repository on a host, an emulator, and machines for jobs."""

    def __enter__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="fgsync-recipes-")).resolve()
        self.origin = self.home / "origin"
        (self.home / "emulator").mkdir()
        keys = self.home / "keys"
        keys.write_text("".join(f"[{ak.lower()}]\nak = {ak}\nsk = {sk}\n" for ak, sk in (READ, WRITE)))
        self.emulator = Emulator(self.home / "emulator", "--access-key-file", str(keys))
        self.machine = Machine(self.home, self.origin, self.emulator.url)
        self.origin.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write("fgsync.yaml", CONFIG)
        self.write(".gitignore", "fgsync-out/\n")
        self.write("README", "\n")
        self.write("manifests/.keep", "")
        self.main = self.commit("first")
        return self

    def __exit__(self, *_):
        self.machine.api.close()
        self.emulator.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.origin, check=True, capture_output=True, text=True,
                              env=base_environment(self.home)).stdout.strip()

    def write(self, path, text):
        (self.origin / path).parent.mkdir(parents=True, exist_ok=True)
        (self.origin / path).write_text(text)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def function(self, name, word="hello", version="v1"):
        self.write(f"functions/{name}/index.py", f"def handler(event, context):\n    return '{word}'\n")
        self.write(f"manifests/{name}.yaml", MANIFEST.format(name).replace("name: v1", f"name: {version}"))

    def branch(self, name, change):
        """A branch with a change; its commit. The origin is left on main."""
        self.git("checkout", "-q", "-b", name, "main")
        change()
        commit = self.commit(name)
        self.git("checkout", "-q", "main")
        return commit

    def merge(self, number, head, *, squash=True):
        """Another commit with the same content, as a squash makes it."""
        if squash:
            self.git("merge", "-q", "--squash", head)
            commit = self.commit(f"merged {number}")
        else:
            self.git("merge", "-q", "--no-ff", "-m", f"merge {number}", head)
            commit = self.git("rev-parse", "HEAD")
        self.machine.api.pulls[commit] = [{"number": number, "head": head}]
        return commit

    def published(self):
        return {name: sorted(set(self.emulator.versions(name)) - {"latest"}) for name in self.emulator.functions()}

    def by_hand(self, name):
        """Somebody changes a function at the console."""
        urn = f"urn:fss:cn-north-4:e2e:function:default:{name}"
        config = self.emulator.call("GET", f"/functions/{urn}/config")
        config["timeout"] = 77
        self.emulator.call("PUT", f"/functions/{urn}/config", config)


def github_everyday(texts, world):
    """A pull request is planned, changed, planned again, merged and applied."""
    github, api = GitHub(world.machine), world.machine.api
    for _ in range(130):
        api.say(1, "eve", "<!-- fgsync plan: e2e cn-north-4 demo -->\nnot the bot's")
    head = world.branch("one", lambda: world.function("hello"))
    expect(github.run(texts[PLAN], "pull_request", head, pull=1), {"validate": "success", "plan": "success"}, "the plan")
    expect(len(api.comments[1]), 131, "comments")
    expect_text("import", api.comments[1][-1]["body"], "the comment")
    expect_text("import", github.summary, "the summary")
    expect(world.published(), {}, "what a plan changes")

    world.git("checkout", "-q", "one")
    world.function("other")
    head = world.commit("more")
    world.git("checkout", "-q", "main")
    github.run(texts[PLAN], "pull_request", head, pull=1)
    expect(len(api.comments[1]), 131, "comments after a second push")
    expect_text("other", api.comments[1][-1]["body"], "the comment after a second push")

    commit = world.merge(1, head)
    expect(github.run(texts[SYNC], "push", commit), {"plan": "success", "sync": "success"}, "the sync")
    expect(world.published(), {"hello": ["v1"], "other": ["v1"]}, "after the merge")
    expect("::warning" in world.machine.printed, False, "nothing is left")
    expect(github.run(texts[DRIFT], "schedule", commit), {"drift": "success"}, "no drift")
    world.by_hand("hello")
    expect(github.run(texts[DRIFT], "schedule", commit), {"drift": "failure"}, "drift")


def github_blocked(texts, world):
    """What is blocked makes the check red, and the comment says why."""
    github, api = GitHub(world.machine), world.machine.api
    head = world.branch("one", lambda: world.function("hello"))
    github.run(texts[PLAN], "pull_request", head, pull=1)
    github.run(texts[SYNC], "push", world.merge(1, head))
    head = world.branch("two", lambda: (world.function("hello", "other code"), world.function("new")))
    expect(github.run(texts[PLAN], "pull_request", head, pull=2)["plan"], "failure", "a plan with something blocked")
    expect_text("::error::something is blocked", world.machine.printed, "the message")
    expect_text("bump the version", api.comments[2][0]["body"], "the comment")
    commit = world.merge(2, head)
    expect(github.run(texts[SYNC], "push", commit)["sync"], "failure", "a sync with something blocked")
    expect_text("something is blocked; the summary", world.machine.printed, "the message of the sync")
    expect(world.published(), {"hello": ["v1"], "new": ["v1"]}, "the rest is done")


def github_mistakes(texts, world):
    """Mistakes are annotations; an unreachable service is an error without a comment."""
    github, api = GitHub(world.machine), world.machine.api
    head = world.branch("one", lambda: world.write("manifests/bad.yaml", MANIFEST.format("bad").replace("timeout", "timeot")))
    expect(github.run(texts[PLAN], "pull_request", head, pull=1), {"validate": "failure", "plan": "skipped"}, "a mistake")
    expect_text("::error file=manifests/bad.yaml,line=8", world.machine.printed, "the annotation")
    head = world.branch("two", lambda: world.function("hello"))
    world.machine.emulator_url = "http://127.0.0.1:9"
    expect(github.run(texts[PLAN], "pull_request", head, pull=2)["plan"], "failure", "no service")
    expect(api.comments, {}, "comments without a plan")
    expect(api.artifacts, [], "plans without a plan")


def github_stale(texts, world):
    """Two pull requests change one function, each another one as well."""
    github = GitHub(world.machine)
    head = world.branch("zero", lambda: world.function("shared"))
    github.run(texts[PLAN], "pull_request", head, pull=10)
    github.run(texts[SYNC], "push", world.merge(10, head, squash=False))
    one = world.branch("one", lambda: (world.function("shared", "one", "v2"), world.function("first")))
    two = world.branch("two", lambda: (world.function("shared", "one", "v2"), world.function("second")))
    github.run(texts[PLAN], "pull_request", one, pull=1)
    github.run(texts[PLAN], "pull_request", two, pull=2)
    commit = world.merge(1, one)
    world.by_hand("shared")
    expect(github.run(texts[SYNC], "push", commit), {"plan": "success", "sync": "failure"}, "a stale plan")
    expect_text("::error::of some functions the plan is stale", world.machine.printed, "the message")
    expect(world.published(), {"shared": ["v1"], "first": ["v1"]}, "the others are done")
    commit = world.merge(2, two)
    github.run(texts[SYNC], "push", commit)
    expect_text("::warning::there is more to do", world.machine.printed, "what is left")
    expect(github.run(texts[SYNC], "workflow_dispatch", commit), {"plan": "success", "sync": "success"}, "by hand")
    expect_text("shared", github.summary, "the summary of the plan")
    expect(world.published(), {"shared": ["v1", "v2"], "first": ["v1"], "second": ["v1"]}, "after a new plan")


def github_others(texts, world):
    """A merge while others merged: their functions wait for their own plan."""
    github = GitHub(world.machine)
    one = world.branch("one", lambda: world.function("first"))
    two = world.branch("two", lambda: world.function("second"))
    github.run(texts[PLAN], "pull_request", one, pull=1)
    github.run(texts[PLAN], "pull_request", two, pull=2)
    commit_one = world.merge(1, one)
    commit_two = world.merge(2, two)
    expect(github.run(texts[SYNC], "push", commit_two)["sync"], "success", "the second")
    expect(world.published(), {"second": ["v1"]}, "only what its plan says")
    expect_text("::warning::there is more to do", world.machine.printed, "what is left")
    expect(github.run(texts[SYNC], "push", commit_one)["sync"], "success", "the first, later")
    expect(world.published(), {"first": ["v1"], "second": ["v1"]}, "both")


def github_strangers(texts, world):
    """Forks, pushes without a pull request, plans of others, and plans with flags."""
    github, api = GitHub(world.machine), world.machine.api
    head = world.branch("one", lambda: world.function("hello"))
    expect(github.run(texts[PLAN], "pull_request", head, pull=1, fork=True), {"validate": "success", "plan": "skipped"}, "a fork")
    # The fork's own workflow uploads a plan of its own.
    expect(github.run(texts[PLAN], "pull_request", head, pull=1), {"validate": "success", "plan": "success"}, "a plan")
    api.artifacts[-1].update(fork=True)
    commit = world.merge(1, head)
    expect(github.run(texts[SYNC], "push", commit), {"plan": "failure", "sync": "skipped"}, "a fork's plan")
    expect_text("::error::there is no plan of", world.machine.printed, "the message")
    api.artifacts[-1].update(fork=False, expired=True)
    expect(github.run(texts[SYNC], "push", commit)["plan"], "failure", "an old plan")
    direct = world.commit("without a pull request")
    expect(github.run(texts[SYNC], "push", direct), {"plan": "failure", "sync": "skipped"}, "a direct push")
    expect_text("::error::this commit came without a pull request", world.machine.printed, "the message")
    # A plan that allows more than was shown.
    environment = dict(base_environment(world.home), FGSYNC_ENDPOINT=world.emulator.url, FGSYNC_PROJECT_ID="e2e",
                       FGSYNC_REGION="cn-north-4", FGSYNC_TOKEN=world.emulator.token)
    api.artifacts[-1].update(expired=False)
    subprocess.run([str(world.home / "programs/fgsync"), "plan", "--no-state", "--adopt", "--out", str(api.artifacts[-1]["file"])],
                   cwd=world.origin, env=environment, check=True, capture_output=True)
    expect(github.run(texts[SYNC], "push", commit), {"plan": "failure", "sync": "skipped"}, "a plan with --adopt")
    expect(world.published(), {}, "nothing was done")


def gitlab_everyday(texts, world):
    """A merge request is planned twice, merged and applied; the reports are there."""
    gitlab, api, text = GitLab(world.machine), world.machine.api, texts[".gitlab-ci.yml"]

    def of_request(number, commit, **more):
        return gitlab.run(text, {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": str(number)}, commit, **more)

    def of_main(commit):
        return gitlab.run(text, {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}, commit)
    for _ in range(130):
        api.say(1, "eve", "<!-- fgsync plan: e2e cn-north-4 demo -->\nnot the bot's")
    head = world.branch("one", lambda: world.function("hello"))
    for _ in range(2):
        expect(of_request(1, head), {"validate": "success", "plan": "success"}, "the plan")
        expect(len(api.comments[1]), 131, "comments")
    expect_text("hello", api.comments[1][-1]["body"], "the comment")
    xml.etree.ElementTree.parse(gitlab.reports[0])
    expect(world.published(), {}, "what a plan changes")
    commit = world.merge(1, head)
    expect(of_main(commit), {"validate": "success", "sync": "success"}, "the sync")
    xml.etree.ElementTree.parse(gitlab.reports[0])
    expect(world.published(), {"hello": ["v1"]}, "after the merge")
    expect("there is more to do" in world.machine.printed, False, "nothing is left")

    head = world.branch("two", lambda: world.function("hello", "other"))
    expect(of_request(2, head)["plan"], "failed", "a plan with something blocked")
    expect_text("bump the version", api.comments[2][0]["body"], "its comment")
    head = world.branch("three", lambda: world.function("hello", "other", "v2"))
    of_request(3, head)
    world.by_hand("hello")
    expect(of_main(world.merge(3, head))["sync"], "failed", "a stale plan")
    expect_text("the plan is stale", world.machine.printed, "the message")
    expect(world.published(), {"hello": ["v1"]}, "nothing of the stale one")
    expect_text("there is more to do", world.machine.printed, "what is left")

    expect(of_main(world.commit("without a merge request"))["sync"], "failed", "a direct push")
    expect_text("this commit came without a merge request", world.machine.printed, "the message")
    head = world.branch("four", lambda: world.function("fourth"))
    of_request(4, head)
    commit = world.merge(4, head)
    api.artifacts[-1].update(fork=True)
    expect(of_main(commit)["sync"], "failed", "a fork's plan")
    expect(of_request(5, head, fork=True), {"validate": "success", "plan": "failed"}, "a fork")
    expect("fourth" in world.published(), False, "nothing was done")


def jenkins_everyday(texts, world):
    """A change request is planned only; main is planned, shown, approved and applied."""
    jenkins, api, text = Jenkins(world.machine), world.machine.api, texts["Jenkinsfile"]
    head = world.branch("one", lambda: world.function("hello"))
    done = {"Validate": "success", "Plan": "success", "Comment": "skipped", "Approve": "success", "Sync": "success"}
    planned = dict(done, Comment="success", Approve="skipped", Sync="skipped")
    for _ in range(130):
        api.say(1, "eve", "<!-- fgsync plan: e2e cn-north-4 demo -->\nnot ours")
    for _ in range(2):
        expect(jenkins.run(text, "PR-1", head, is_change=True), planned, "a change request")
        expect(len(api.comments[1]), 131, "comments")
    expect_text("hello", api.comments[1][-1]["body"], "the comment")
    xml.etree.ElementTree.parse(jenkins.workspace / "fgsync-out/plan.xml")
    expect_text("hello", (jenkins.workspace / "fgsync-out/plan.md").read_text(), "the plan")
    expect(world.published(), {}, "what a plan changes")
    commit = world.merge(1, head)
    expect(jenkins.run(text, "main", commit, approve=lambda _: False), dict(done, Approve="failed", Sync="skipped"), "refused")
    expect(world.published(), {}, "what a refused plan changes")
    expect(jenkins.run(text, "main", commit), done, "approved")
    xml.etree.ElementTree.parse(jenkins.workspace / "fgsync-out/sync.xml")
    expect(world.published(), {"hello": ["v1"]}, "after it was approved")
    expect(jenkins.run(text, "main", commit), dict(done, Approve="skipped", Sync="skipped"), "nothing to do")

    def meanwhile(_):
        world.by_hand("hello")
        return True
    head = world.branch("blocked", lambda: world.function("hello", "other"))
    expect(jenkins.run(text, "PR-9", head, is_change=True), dict(planned, Comment="failed"), "a change request with something blocked")
    expect_text("bump the version", api.comments[9][0]["body"], "its comment")
    commit = world.merge(2, world.branch("two", lambda: world.function("hello", "other", "v2")))
    expect(jenkins.run(text, "main", commit, approve=meanwhile)["Sync"], "failed", "a stale plan")
    expect_text("the plan is stale", world.machine.printed, "the message")
    expect(world.published(), {"hello": ["v1"]}, "nothing of the stale one")


SCENARIOS = [github_everyday, github_blocked, github_mistakes, github_stale, github_others, github_strangers, gitlab_everyday,
             jenkins_everyday]


def play(scenario, texts):
    """The mistake, or None."""
    with World() as world:
        try:
            scenario(texts, world)
        except Mistake as mistake:
            return f"{scenario.__name__}: {mistake}\nthe last job said:\n{world.machine.says}"
        except Exception:
            return f"{scenario.__name__}: {traceback.format_exc()}\nthe last job said:\n{world.machine.says}"
    return None


BROKEN = [
    # (scenario that must notice it, recipe, what is replaced, by what)
    (github_everyday, PLAN, " || code=$?", ""),
    (github_everyday, PLAN, 'api -X "$method"', "api -X POST"),
    (github_everyday, PLAN, ".user.login == \"github-actions[bot]\" and ", ""),
    (github_everyday, PLAN, "page=$((page + 1))", "break"),
    (github_everyday, PLAN, "FGSYNC_ENDPOINT:", "FGSYNC_ELSEWHERE:"),
    (github_everyday, PLAN, "fgsync plan --detailed", "fgsync sync --allow-blocked #"),
    (github_others, SYNC, "--plan fgsync-out/plan.json -o", "-o"),
    (github_everyday, SYNC, "environment: production", "environment: elsewhere"),
    (github_everyday, DRIFT, "--detailed-exitcode ", ""),
    (github_blocked, PLAN, 'exit 3 ;;', ";;"),
    (github_blocked, SYNC, 'exit "$code"', "exit 0"),
    (github_mistakes, PLAN, "validate -o github", "validate"),
    (github_mistakes, PLAN, 'exit "$CODE" ;;', ";;"),
    (github_mistakes, PLAN, "[ -s fgsync-out/comment.md ] || exit 0", "true"),
    (github_stale, SYNC, "4) echo", "5) echo"),
    (github_others, SYNC, "2|3) echo", "2|3) true #"),
    (github_strangers, PLAN, "head.repo.full_name == github.repository", "number == github.event.pull_request.number"),
    (github_strangers, SYNC, " and .head_repository_id == .repository_id", ""),
    (github_strangers, SYNC, "select(.expired | not) | ", ""),
    (github_strangers, SYNC, '\'.options == {"adopt":false', "'{} == {} or {\"adopt\":false"),
    (gitlab_everyday, ".gitlab-ci.yml", " || code=$?\n    - |\n      api()", "\n    - |\n      api()"),
    (gitlab_everyday, ".gitlab-ci.yml", "method=PUT url=$notes/$id", "method=POST url=$notes"),
    (gitlab_everyday, ".gitlab-ci.yml", "select(.project_id == $id)", "."),
    (gitlab_everyday, ".gitlab-ci.yml", "--plan fgsync-out/plan.json", ""),
    (jenkins_everyday, "Jenkinsfile", " || code=$?", ""),
    (jenkins_everyday, "Jenkinsfile", "method=PATCH", "method=POST url=$comments"),
    (jenkins_everyday, "Jenkinsfile", "set +x ", ""),
    (jenkins_everyday, "Jenkinsfile", "exit 3; fi", "fi"),
    (jenkins_everyday, "Jenkinsfile", "--plan fgsync-out/plan.json", ""),
    (jenkins_everyday, "Jenkinsfile", "--detailed-exitcode ", ""),
]


def self_test():
    def of(broken):
        scenario, recipe, old, new = broken
        texts = recipes()
        if old not in texts[recipe]:
            return f"{recipe}: has no {old!r} to break"
        texts[recipe] = texts[recipe].replace(old, new)
        return None if play(scenario, texts) else f"{recipe}: nobody notices {new!r} in place of {old!r}"
    # Most of the time is spent waiting for programs.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        failures = [failure for failure in pool.map(of, BROKEN) if failure]
    print("\n".join(failures) if failures else f"run_recipes: all {len(BROKEN)} broken recipes noticed")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    wanted = sys.argv[1:]
    texts = recipes()
    chosen = [scenario for scenario in SCENARIOS if not wanted or scenario.__name__ in wanted]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        mistakes = [mistake for mistake in pool.map(lambda scenario: play(scenario, texts), chosen) if mistake]
    print("\n".join(mistakes) if mistakes else f"recipes: {len(chosen)} stories of {len(texts)} files end well")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
