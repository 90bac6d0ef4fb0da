"""Runs the shell steps of a workflow and of the action as GitHub's runner does.

Expressions are evaluated as Python: the few that the workflows have mean the same there. `uses` of other
actions are played: a checkout is where the test stands, an artifact goes into the stand-in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from github_stand_in import REPOSITORY, TOKEN, archive
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "examples" / "workflows"
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
OURS = "./"
SERVER = "https://github.example"
"""Where GitHub is: another host than the public one, so that none is assumed."""


class Tree(dict):
    """A context of expressions: what is not there is empty."""

    def __getattr__(self, name):
        value = self.get(name, self.get(name.replace("_", "-"), Tree()))
        return Tree(value) if isinstance(value, dict) else value

    def __bool__(self):
        return bool(len(self))


@cache
def load(path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


@dataclass
class Runner:
    """One run of one workflow. `interpreter` stands for the Python that setup-python finds.

    `during` is called with the process of a step that applies."""

    workspace: Path
    temp: Path
    github: object
    event_name: str
    event: dict
    sha: str
    secrets: dict
    interpreter: str = sys.executable
    bindbee_url: str = ""
    during: Callable[[subprocess.Popen], None] | None = None
    log: str = ""
    summary: str = ""
    steps: dict = field(default_factory=dict)
    ran: list = field(default_factory=list)

    def job(self, workflow, name, inputs=None):
        """Run a job's steps, and return whether it passed; None where its condition keeps it from running."""
        self.steps = {}
        job = load(workflow)["jobs"][name]
        if "if" in job and not self.value(job["if"], {}):
            return None
        failed = False
        for step in job["steps"]:
            context = {"steps": self.steps, "inputs": inputs or {}}
            condition = step.get("if", "success()")
            if not self.value(condition, context, failed=failed):
                outcome, outputs = "skipped", {}
            else:
                outcome, outputs = self.step(step, context)
            failed = failed or (outcome == "failure" and not step.get("continue-on-error"))
            self.ran.append((step.get("name") or step.get("uses") or step["run"], outcome))
            if "id" in step:
                self.steps[step["id"]] = {"outcome": outcome, "outputs": outputs}
        return not failed

    def step(self, step, context, home=None):
        env = {name: self.text(value, context) for name, value in step.get("env", {}).items()}
        if "run" in step:
            assert "${{" not in step["run"], "an expression in a script"
            return self.shell(step["run"], env, home)
        values = {name: self.text(value, context) for name, value in step.get("with", {}).items()}
        uses = step["uses"].partition("@")[0]
        if step["uses"] == OURS:
            return self.action(values, env)
        return getattr(self, uses.rpartition("/")[2].replace("-", "_"))(values)

    def action(self, values, env):
        """Run the composite action: each step with the caller's environment; outputs are its last step's."""
        action = load(ROOT / "action.yml")
        assert set(values) <= set(action["inputs"])
        inputs = {name: values.get(name, each.get("default", "")) for name, each in action["inputs"].items()}
        steps = {}
        outcome = "success"
        for step in action["runs"]["steps"]:
            context = {"steps": steps, "inputs": inputs}
            outer = {name: value for name, value in env.items() if name not in step.get("env", {})}
            outcome, outputs = self.step(
                {**step, "env": {**outer, **step.get("env", {})}}, context, home=ROOT
            )
            steps[step["id"]] = {"outcome": outcome, "outputs": outputs}
            if outcome == "failure":
                break
        context = {"steps": steps}
        outputs = {name: self.text(each["value"], context) for name, each in action["outputs"].items()}
        return outcome, outputs

    def shell(self, script, env, home):
        output, summary, event = (self.temp / name for name in ("output", "summary.md", "event.json"))
        for path in (output, summary):
            path.write_text("")
        event.write_text(json.dumps(self.event))
        sets = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.github.url,
            "GITHUB_GRAPHQL_URL": f"{self.github.url}/graphql",
            "GITHUB_SERVER_URL": SERVER,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": self.sha,
            "GITHUB_RUN_ID": "7001",
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTOR": "jonas",
            "RUNNER_TEMP": str(self.temp),
        } | ({"GITHUB_ACTION_PATH": str(home)} if home else {})
        here = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "BINDBEE_BASE_URL": self.bindbee_url,
        } | {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        with subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.workspace,
            env={**here, **sets, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as done:
            if self.during and env.get("SYNC_COMMAND") == "apply":
                self.during(done)
            self.log += done.communicate(timeout=120)[0]
        self.summary += summary.read_text()
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return "success" if done.returncode == 0 else "failure", outputs

    def checkout(self, _values):
        return "success", {}

    def setup_python(self, values):
        assert values["update-environment"] == "false"
        return "success", {"python-path": self.interpreter}

    def upload_artifact(self, values):
        path = Path(values["path"])
        if not path.exists():
            return "success", {}
        world = self.github.world
        content = path.read_bytes()
        plain = values.get("archive") == "false"
        name = path.name if plain else values["name"]
        head = self.event["pull_request"]["head"]["sha"] if "pull_request" in self.event else self.sha
        run = next((each for each in world.runs if each["head_sha"] == head), None) or world.run(head, {})
        made = world.keep(run, name, content if plain else archive(plan=content))
        url = f"{SERVER}/{REPOSITORY}/actions/runs/{run['id']}/artifacts/{made['id']}"
        return "success", {"artifact-url": url}

    def text(self, value, context):
        if isinstance(value, bool):
            return str(value).lower()
        return EXPRESSION.sub(lambda found: str(self.value(found[1], context) or ""), str(value))

    def value(self, expression, context, *, failed=False):
        """Evaluate an expression of GitHub's, which in these workflows is almost one of Python's."""
        source = EXPRESSION.sub(r"\1", expression).strip()
        source = re.sub(r"\b([a-z]+)-([a-z]+)\b(?=[^']*(?:'[^']*'[^']*)*$)", r"\1_\2", source)
        for theirs, ours in (("&&", " and "), ("||", " or ")):
            source = source.replace(theirs, ours)
        source = re.sub(r"!(?!=)", " not ", " ".join(source.split()))
        names = {
            "github": Tree(
                repository=REPOSITORY, token=TOKEN, sha=self.sha, event=self.event, event_name=self.event_name
            ),
            "runner": Tree(temp=str(self.temp)),
            "secrets": Tree(self.secrets),
            "success": lambda: not failed,
            "always": lambda: True,
            "cancelled": lambda: False,
            **{name: Tree(each) for name, each in context.items()},
        }
        return eval(source, {"__builtins__": {}}, names)  # noqa: S307 - the repository's own workflows
