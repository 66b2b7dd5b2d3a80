"""What GitHub, GitLab and Jenkins do with a pipeline, as far as the recipes in docs/ci.md use it: the order of jobs and steps,
conditions and files that are handed on; their APIs are in host_api.py. What is not known here is a Mistake, so that a recipe cannot
use something that is silently left out."""
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml

from host_api import REPOSITORY, TOKEN, Api
from shell import BIN, base_environment

STEP_SECONDS = 120
READ, WRITE = ("READKEY", "read-secret"), ("WRITEKEY", "write-secret")


class Mistake(Exception):
    pass


class Machine:
    """Where jobs run: a folder for each, the programs in PATH, and what one job leaves for others."""

    def __init__(self, home, origin, emulator_url):
        self.home, self.origin, self.emulator_url = home, origin, emulator_url
        self.api = Api()
        self.runs = 0
        self.caches = {}   # key → folder, the newest last
        self.says = self.printed = ""  # with the commands, and without
        programs = home / "programs"
        programs.mkdir()
        (programs / "fgsync").symlink_to(BIN / "fgsync")

    def folder(self, name):
        return pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=self.home))

    def checkout(self, commit):
        workspace = self.folder("workspace")
        git = ["git", "-c", "advice.detachedHead=false"]
        subprocess.run([*git, "clone", "-q", "--no-checkout", str(self.origin), str(workspace)], check=True)
        subprocess.run([*git, "checkout", "-q", commit], cwd=workspace, check=True)
        return workspace

    def environment(self, more):
        home = self.folder("home")
        (home / "tmp").mkdir()
        environment = base_environment(home)
        environment.update(PATH=f"{self.home / 'programs'}:{environment['PATH']}")
        environment.update({key: str(value) for key, value in more.items()})
        # The addresses and the project of the recipes are those of the real service.
        if not environment.get("FGSYNC_ENDPOINT", "").startswith("https://functiongraph."):
            raise Mistake("a step runs without FGSYNC_ENDPOINT: fgsync.yaml of a pull request would decide where requests go")
        environment.update(FGSYNC_ENDPOINT=self.emulator_url, FGSYNC_PROJECT_ID="e2e")
        return environment

    def execute(self, shell, script, workspace, environment):
        """(exit code, what was printed)"""
        file = self.folder("script") / "script.sh"
        file.write_text(script)
        ended = subprocess.run([*shell, str(file)], cwd=workspace, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STEP_SECONDS)
        self.says += f"+ {script}\n{ended.stdout}[exit code {ended.returncode}]\n"
        self.printed += ended.stdout
        return ended.returncode, ended.stdout

    def keep(self, source, folder, paths):
        """Copies paths of a workspace; what hosts leave out is left out."""
        kept = []
        for path in paths:
            if (source / path).exists():
                kept.append(path)
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                if (source / path).is_dir():
                    shutil.copytree(source / path, target, dirs_exist_ok=True)
                else:
                    shutil.copy(source / path, target)
        return kept


class Expression:
    """The expressions of GitHub that the recipes use: names, texts, ==, !=, &&, ||, !, always()."""

    def __init__(self, text, context):
        self.context = context
        self.tokens = re.findall(r"'[^']*'|==|!=|&&|\|\||!|\(|\)|[A-Za-z_][\w.-]*|\S", text)

    def value(self):
        value = self.of_or()
        if self.tokens:
            raise Mistake(f"an expression that is not known here: {' '.join(self.tokens)}")
        return value

    def taken(self, *tokens):
        if self.tokens and self.tokens[0] in tokens:
            return self.tokens.pop(0)
        return None

    def of_or(self):
        value = self.of_and()
        while self.taken("||"):
            value = self.of_and() or value
        return value

    def of_and(self):
        value = self.of_equal()
        while self.taken("&&"):
            value = self.of_equal() and value
        return value

    def of_equal(self):
        value = self.of_one()
        while sign := self.taken("==", "!="):
            value = (value == self.of_one()) == (sign == "==")
        return value

    def of_one(self):
        if self.taken("!"):
            return not self.of_one()
        if self.taken("("):
            value = self.of_or()
            self.taken(")")
            return value
        token = self.tokens.pop(0) if self.tokens else ""
        if token.startswith("'"):
            return token[1:-1]
        if token in ("always", "success"):
            self.taken("("), self.taken(")")
            return True if token == "always" else self.context["succeeded"]
        value = self.context
        for part in token.split("."):
            if not isinstance(value, dict):
                raise Mistake(f"the expression {token} is not known here")
            # What is not set is empty, as on GitHub; whole contexts are not.
            if part not in value and value is self.context:
                raise Mistake(f"the expression {token} is not known here")
            value = value.get(part, "")
        return value


def filled(text, context):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(Expression(found[1].strip(), context).value()), str(text))


class GitHub:
    KEYS = {"workflow": {"name", "on", "permissions", "concurrency", "env", "defaults", "jobs"},
            "job": {"needs", "if", "runs-on", "container", "environment", "steps"},
            "step": {"name", "id", "if", "env", "run", "uses", "with"}}

    def __init__(self, machine):
        self.machine = machine

    def run(self, text, event, commit, pull=None, fork=False, head=None):
        """Runs a workflow; `pull` is the number of the pull request, `head` its newest commit. Gives {job: result}."""
        machine = self.machine
        machine.runs += 1
        machine.says = machine.printed = ""
        workflow = yaml.safe_load(text)
        # YAML 1.1 reads the key `on` as true.
        workflow["on"] = workflow.pop(True, workflow.get("on"))
        self.known("workflow", workflow)
        if event not in (workflow["on"] if isinstance(workflow["on"], (list, dict)) else [workflow["on"]]):
            raise Mistake(f"the workflow does not start on {event}")
        context = {"github": {
            "event_name": event, "repository": REPOSITORY, "run_id": str(machine.runs), "run_attempt": "1", "token": TOKEN,
            "event": {"pull_request": {"number": pull, "head": {"repo": {"full_name": "eve/functions" if fork else REPOSITORY}}}}},
            "steps": {}, "needs": {}, "succeeded": True}
        filled(workflow.get("concurrency", {}).get("group", ""), context)
        self.summary, self.files = "", {}
        self.head, self.fork, self.event, self.pull = head or commit, fork, event, pull
        results = {}
        for name, job in workflow["jobs"].items():
            self.known("job", job)
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            if any(results[need] != "success" for need in needs) or (
                    "if" in job and not Expression(job["if"], context).value()):
                results[name] = "skipped"
                continue
            secrets = {}
            if not fork:
                secrets = {"FGSYNC_READ_AK": READ[0], "FGSYNC_READ_SK": READ[1]}
                if job.get("environment") == "production":
                    secrets.update({"FGSYNC_AK": WRITE[0], "FGSYNC_SK": WRITE[1]})
            results[name] = self.job(workflow, job, dict(context, secrets=secrets, steps={}), commit)
        return results

    def known(self, kind, thing):
        if odd := set(thing) - self.KEYS[kind]:
            raise Mistake(f"{kind}: not known here: {', '.join(sorted(map(str, odd)))}")

    def job(self, workflow, job, context, commit):
        self.workspace = None
        at_end = []
        succeeded = True
        for step in job["steps"]:
            self.known("step", step)
            context["succeeded"] = succeeded
            condition = str(step.get("if", "success()"))
            if "always()" not in condition and not succeeded:
                continue
            if not Expression(condition, context).value():
                continue
            if "uses" in step:
                succeeded = self.action(step["uses"], step.get("with", {}), context, commit, at_end) and succeeded
            else:
                succeeded = self.step(workflow, step, context, commit) and succeeded
        for action in at_end:
            action()
        return "success" if succeeded else "failure"

    def step(self, workflow, step, context, commit):
        machine, folder = self.machine, self.machine.folder("files")
        output, summary = folder / "output", folder / "summary"
        output.touch(), summary.touch()
        environment = {**workflow.get("env", {}), **{key: filled(value, context) for key, value in step.get("env", {}).items()}}
        environment.update(
            CI="true", GITHUB_ACTIONS="true", GITHUB_OUTPUT=output, GITHUB_STEP_SUMMARY=summary, GITHUB_SHA=commit,
            GITHUB_REPOSITORY=REPOSITORY, GITHUB_API_URL=machine.api.url, GITHUB_WORKSPACE=self.workspace, GITHUB_ACTOR="jane",
            GITHUB_RUN_ID=context["github"]["run_id"], GITHUB_EVENT_NAME=self.event)
        if workflow.get("defaults", {}).get("run", {}).get("shell") != "bash":
            raise Mistake("in a container the shell would be sh, without pipefail")
        code, said = machine.execute(["bash", "--noprofile", "--norc", "-eo", "pipefail"], filled(step["run"], context),
                                     self.workspace, machine.environment(environment))
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        if "id" in step:
            context["steps"] = {**context["steps"], step["id"]: {"outputs": outputs}}
        self.summary += summary.read_text()
        if any(secret in said + self.summary for secret in (TOKEN, READ[1], WRITE[1])):
            raise Mistake(f"{step.get('name')}: prints a secret")
        return code == 0

    def action(self, name, given, context, commit, at_end):
        machine = self.machine
        given = {key: filled(value, context) for key, value in given.items()}

        def only(*keys):
            if odd := set(given) - set(keys):
                raise Mistake(f"{name}: {', '.join(odd)} is not known here")
        if name == "actions/checkout@v4":
            only("ref")
            self.workspace = machine.checkout(given.get("ref", commit))
        elif name in ("actions/cache@v4", "actions/cache/restore@v4"):
            only("path", "key", "restore-keys")
            keys = [key for key in machine.caches if key == given["key"]] or [
                key for key in reversed(machine.caches) if key.startswith(given["restore-keys"].strip())]
            if keys:
                machine.keep(machine.caches[keys[0]], self.workspace, [given["path"]])
            if name == "actions/cache@v4" and given["key"] not in machine.caches:
                workspace, folder = self.workspace, machine.folder("cache")

                def save():
                    if machine.keep(workspace, folder, [given["path"]]):
                        machine.caches[given["key"]] = folder
                at_end.append(save)
        elif name == "actions/upload-artifact@v4":
            only("name", "path", "if-no-files-found")
            if any(part.startswith(".") for part in pathlib.PurePath(given["path"]).parts):
                raise Mistake(f"{name}: hidden files are left out")
            folder = machine.folder("artifact")
            if machine.keep(self.workspace, folder, [given["path"]]):
                self.files[given["name"]] = folder / given["path"]
                machine.api.artifacts.append({"name": given["name"], "run": machine.runs, "head": self.head, "fork": self.fork,
                                              "expired": False, "folder": folder, "file": folder / given["path"]})
        elif name == "actions/download-artifact@v4":
            only("name", "path", "run-id", "github-token")
            run = int(given.get("run-id", machine.runs))
            if run != machine.runs and given.get("github-token") != TOKEN:
                raise Mistake(f"{name}: files of another run need a token")
            for one in machine.api.artifacts:
                if one["run"] == run and one["name"] == given["name"]:
                    (self.workspace / given["path"]).mkdir(parents=True, exist_ok=True)
                    shutil.copy(one["file"], self.workspace / given["path"])
                    return True
            machine.says += f"{name}: run {run} has no {given['name']}\n"
            return False
        else:
            raise Mistake(f"the action {name} is not known here")
        return True


class GitLab:
    JOB = {"stage", "script", "after_script", "rules", "interruptible", "cache", "artifacts", "environment", "resource_group"}
    TOP = {"default", "stages", "workflow", "variables"}

    def __init__(self, machine):
        self.machine = machine

    def run(self, text, variables, commit, head=None, fork=False):
        """Runs a pipeline; gives {job: result} of the jobs that were in it."""
        machine = self.machine
        machine.runs += 1
        machine.says = machine.printed = ""
        pipeline = yaml.safe_load(text)
        if any("image" not in pipeline["default"] or set(job) - self.JOB for name, job in pipeline.items() if name not in self.TOP):
            raise Mistake("a job has keys that are not known here")
        known = {"CI": "true", "CI_PROJECT_ID": "77", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": commit,
                 "CI_API_V4_URL": machine.api.url, **variables}
        if not self.applies(pipeline["workflow"]["rules"], known):
            raise Mistake("no pipeline is made")
        results = {}
        jobs = {name: job for name, job in pipeline.items() if name not in self.TOP}
        for stage in pipeline["stages"]:
            for name, job in jobs.items():
                if job["stage"] != stage or not self.applies(job.get("rules"), known):
                    continue
                if "failed" in results.values():
                    results[name] = "skipped"
                    continue
                secrets = {} if fork else {"FGSYNC_READ_AK": READ[0], "FGSYNC_READ_SK": READ[1], "FGSYNC_GITLAB_TOKEN": TOKEN}
                if job.get("environment") == "production" and known.get("CI_COMMIT_BRANCH") == "main":
                    secrets.update({"FGSYNC_AK": WRITE[0], "FGSYNC_SK": WRITE[1]})
                results[name] = self.job(job, {**pipeline["variables"], **known, **secrets}, commit, head or commit, fork)
        return results

    @staticmethod
    def applies(rules, variables):
        def value(word):
            return word.strip('"') if word.startswith('"') else variables.get(word.removeprefix("$"), None)
        if rules is None:
            return True
        for rule in rules:
            found = re.fullmatch(r'(\$\w+) == (\$\w+|"[^"]*")', rule.get("if", ""))
            if set(rule) != {"if"} or not found:
                raise Mistake(f"a rule that is not known here: {rule}")
            if value(found[1]) == value(found[2]):
                return True
        return False

    def job(self, job, variables, commit, head, fork):
        machine = self.machine
        workspace = machine.checkout(commit)
        cache = job.get("cache", {})
        if cache.get("key") in machine.caches:
            machine.keep(machine.caches[cache["key"]], workspace, cache["paths"])
        environment = machine.environment(variables)
        shell = ["bash", "-eo", "pipefail"]
        code, said = machine.execute(shell, "\n".join(job["script"]), workspace, environment)
        if "after_script" in job:
            # A shell of its own, whose exit code does not count.
            said += machine.execute(shell, "\n".join(job["after_script"]), workspace, environment)[1]
        if any(secret in said for secret in (TOKEN, READ[1], WRITE[1])):
            raise Mistake("a job prints a secret")
        if cache and cache.get("policy") != "pull":
            folder = machine.folder("cache")
            if machine.keep(workspace, folder, cache["paths"]):
                machine.caches[cache["key"]] = folder
        artifacts = job.get("artifacts", {})
        self.reports = [workspace / artifacts[kind]["junit"] for kind in ("reports",) if kind in artifacts]
        if artifacts.get("paths"):
            folder = machine.folder("artifact")
            machine.keep(workspace, folder, artifacts["paths"])
            machine.api.artifacts.append({"name": "plan", "run": machine.runs, "head": head, "fork": fork, "expired": False,
                                          "folder": folder, "file": folder / artifacts["paths"][0]})
        return "success" if code == 0 else "failed"


class Jenkins:
    """A declarative pipeline, read by its braces."""
    CREDENTIALS = {"fgsync-read": READ, "fgsync-write": WRITE}

    def __init__(self, machine):
        self.machine = machine

    def run(self, text, branch, commit, is_change=False, approve=lambda workspace: True):
        """Gives {stage: result}."""
        machine = self.machine
        machine.says = machine.printed = ""
        workspace = machine.checkout(commit)
        self.workspace = workspace
        environment = dict(re.findall(r"(\w+) = '([^']*)'", self.block(text, r"\n  environment \{")))
        results = {}
        at = 0
        while found := re.compile(r"stage\('(\w+)'\) \{").search(text, at):
            body = self.block(text[found.start():], r"stage\('\w+'\) \{")
            at = found.end() + len(body)
            name = found[1]
            if "failed" in results.values() or not self.applies(body, branch, is_change, workspace):
                results[name] = "skipped"
                continue
            if "input message:" in body and not approve(workspace):
                results[name] = "failed"
                continue
            given = dict(environment, BRANCH_NAME=branch, JENKINS_URL="http://127.0.0.1:9", GITHUB_API=machine.api.url)
            if is_change:
                given["CHANGE_ID"] = branch.removeprefix("PR-")
            if "credentialsId: 'github-token', variable: 'GH_TOKEN'" in body:
                given["GH_TOKEN"] = TOKEN
            elif used := re.search(r"credentialsId: '([\w-]+)'", body):
                names = re.findall(r"(?:username|password)Variable: '(\w+)'", body)
                given.update(zip(names, self.CREDENTIALS[used[1]]))
            code = 0
            for script in re.findall(r"sh '''(.*?)'''|sh '([^']*)'", body, re.S):
                if "\\" in script[0] + script[1]:
                    raise Mistake(f"{name}: Groovy reads backslashes before the shell does")
                code, said = machine.execute(["sh", "-xe"], script[0] or script[1], workspace, machine.environment(given))
                if any(secret in said for secret in (TOKEN, READ[1], WRITE[1])):
                    raise Mistake(f"{name}: prints a secret")
                if code:
                    break
            results[name] = "failed" if code else "success"
        return results

    @staticmethod
    def block(text, begin):
        """What stands between the brace that `begin` ends with and its partner."""
        found = re.search(begin, text)
        if not found:
            raise Mistake(f"the pipeline has no {begin}")
        bare = re.sub(r"'''.*?'''|'[^'\n]*'", lambda quoted: "'" * len(quoted[0]), text, flags=re.S)
        depth = 0
        for at in range(found.end() - 1, len(bare)):
            depth += {"{": 1, "}": -1}.get(bare[at], 0)
            if depth == 0:
                return text[found.end():at]
        raise Mistake("the braces of the pipeline do not match")

    def applies(self, body, branch, is_change, workspace):
        if not re.search(r"\bwhen \{", body):
            return True
        when = self.block(body, r"\bwhen \{").strip()
        if when == "anyOf { changeRequest(); branch 'main' }":
            return is_change or branch == "main"
        if when == "changeRequest()":
            return is_change
        if when == "branch 'main'; expression { readFile('fgsync-out/code').trim() != '0' }":
            return branch == "main" and (workspace / "fgsync-out/code").read_text().strip() != "0"
        raise Mistake(f"a condition that is not known here: {when}")
