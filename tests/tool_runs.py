"""Builders that the tests and the proof share: the text of a job file, and a run of the tool."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bindbee_sync.sandbox import seed

COMMANDS = Path(sys.executable).parent
"""The folder where a script finds `bindbee-sync`."""
JOB = """\
name: {name}
{code}departments: [Sales]
offices: [Berlin]
template_id: "{template}"
remote_user_id: jonas.weber@halden-robotics.example
openings: 1
"""


def job_text(name, code=None):
    """Return the text of a job file that would be created."""
    template = seed.template_id("Template: People Manager")
    return JOB.format(name=name, code=f"code: {code}\n" if code else "", template=template)


@dataclass
class Ran:
    """A command that has ended: its exit code and its two streams."""

    code: int
    out: str = ""
    err: str = ""

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def entries(self):
        """The entries of the document; none where the command was killed before it wrote one."""
        return self.json.get("entries", []) if self.out else []

    @property
    def outcomes(self):
        return {entry["address"]: entry["outcome"] for entry in self.entries}

    @property
    def results(self):
        return {entry["address"]: entry.get("result") for entry in self.entries}

    @property
    def rules(self):
        return {(found["rule"], found["line"], found["column"]) for found in self.json["diagnostics"]}


def run_script(script, folder):
    """Run a script as somebody at a terminal would, who answers yes; return what it printed."""
    ours, theirs = os.openpty()
    try:
        os.write(ours, b"y\n")
        ran = subprocess.run(
            ["bash", "-ec", script],
            cwd=folder,
            env={**os.environ, "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"},
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert ran.returncode == 0, f"{script}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout
