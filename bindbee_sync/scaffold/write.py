"""Write a repository's first files; files that exist are kept as they are, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Literal

from bindbee_sync.bindbee.models import provider_of
from bindbee_sync.config import POLICIES, Settings, config_in, load_config
from bindbee_sync.config_file import FILE_NAME
from bindbee_sync.desired.discover import SUFFIXES
from bindbee_sync.desired.scalars import scalar
from bindbee_sync.errors import ToolError
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.reports.document import as_text
from bindbee_sync.schema import DEFAULTS_SCHEMA_FILE, POLICY_SCHEMA_FILE, SCHEMA_FILE
from bindbee_sync.schema.document import defaults_schema, job_schema
from bindbee_sync.schema.policy import policy_schema
from bindbee_sync.schema.repository import inherited_fields

HERE = Path(__file__).parent
LEDGER_BRANCH = "bindbee-sync-ledger"
FIRST_JOB = "first-job.yaml"
IGNORED = ".bindbee-sync/"
WORKFLOWS = ".github/workflows"
_THIS_ACTION = "uses: ./"
"""The examples use this repository's own action: there they can be run, and hold no placeholder."""
_NO_PIN = "# `bindbee-sync doctor` prints the lines to put here."
_BY_HAND = "4. Create it: `bindbee-sync apply` shows the plan again, and asks before it creates anything."
_BY_MERGE = "4. Open a pull request. It shows the plan; after the merge, the jobs are created."
_IN_GIT = """\
In the ledger, on the branch `{branch}`. Protect it against force pushes and deletion, and require no
reviews on it. `bindbee-sync ledger list` shows its records."""
_IN_A_FILE = """\
In the ledger, `.bindbee-sync/` on the machine that applies. Back it up, and apply only on that machine. In
a team, keep it on a git branch: write `ledger: git+origin#bindbee-sync-ledger` into `bindbee-sync.yaml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """The customer that a repository is for, with the folder where its job files are."""

    name: str
    id: str
    provider: str
    jobs: str

    @property
    def block(self) -> str:
        """The lines of a config that let no other customer's token be used."""
        keys = {"id": self.id, "provider": self.provider, "jobs": self.jobs}
        return "\n".join(
            [f"connectors:\n  {self.name}:", *(f"    {key}: {scalar(text)}" for key, text in keys.items())]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A person's choices: the ATS, the git remote of the ledger (None: a file), workflows, their action."""

    provider: str | None
    remote: str | None
    workflows: bool
    action: str | None = None
    pinned: Pinned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The result for one file: written, or kept for the reason `why`; `is_same` where nothing differs."""

    path: str
    why: str | None = None
    is_same: bool = False


def scaffold(root: Path, choices: Choices) -> Iterator[Placed]:
    """Write the files that are missing below `root`, and yield the result for each file.

    An existing config takes precedence over `choices`. Without an action no workflow is written. Raises
    ToolError where a file can't be written, or where a link would lead out of `root`.
    """
    config = config_in(root) or root / FILE_NAME
    yield _place(root, config.name, _template("bindbee-sync.yaml", **_config_lines(choices)))
    connectors = load_config(config, {}, root).connectors
    settings = connectors[0]
    jobs = os.path.relpath(settings.jobs, root)
    names = {
        "jobs": jobs,
        "schema_file": SCHEMA_FILE,
        "defaults_schema_file": DEFAULTS_SCHEMA_FILE,
        "policies": os.path.relpath(settings.policies or root / POLICIES, root),
        "policy_schema_file": POLICY_SCHEMA_FILE,
        "schema_path": os.path.relpath(root / SCHEMA_FILE, settings.jobs),
    }
    if any(each.suffix in SUFFIXES for each in settings.jobs.rglob("*")):
        yield Placed(path=jobs, why="it already has job files")
    else:
        yield _place(root, f"{jobs}/{FIRST_JOB}", _template(FIRST_JOB, **names))
    yield from _schemas(root, settings)
    yield _place(root, ".vscode/settings.json", _template("vscode-settings.json", **names))
    yield _place(root, ".idea/jsonSchemas.xml", _template("idea-json-schemas.xml", **names))
    readme = _template("README.md", **names, **_readme_parts(settings, workflows=choices.workflows))
    yield _place(root, f"{jobs}/README.md" if _has_another_readme(root) else "README.md", readme)
    if not isinstance(settings.ledger, GitLedger):
        yield _ignore(root)
    if choices.workflows:
        for source in _workflows(len(connectors)):
            path = f"{WORKFLOWS}/{source.name}"
            if choices.action or (root / path).exists():
                text = source.read_text(encoding="utf-8")
                yield _place(root, path, text.replace(_THIS_ACTION, f"uses: {choices.action}"))


def missing_workflows(root: Path) -> bool:
    """Return whether a workflow is not there, in the repository at `root`; raises ConfigError."""
    number = len(load_config(None, {}, root).connectors)
    return any(not (root / WORKFLOWS / source.name).exists() for source in _workflows(number))


def _config_lines(choices: Choices) -> dict[str, str]:
    ledger = f"ledger: git+{choices.remote}#{LEDGER_BRANCH}"
    own = choices.provider and not choices.pinned
    return {
        "provider": f"provider: {choices.provider}" if own else "# provider: greenhouse",
        "connectors": choices.pinned.block if choices.pinned else _NO_PIN,
        "ledger": ledger if choices.remote else "# ledger: .bindbee-sync/ledger",
    }


def _schemas(root: Path, settings: Settings) -> Iterator[Placed]:
    provider = provider_of(settings.provider) if settings.provider else None
    inherited = inherited_fields(settings.jobs, settings.root)
    job = job_schema(provider, settings.severities, inherited=inherited)
    yield _place(root, SCHEMA_FILE, as_text(job) + "\n")
    yield _place(root, DEFAULTS_SCHEMA_FILE, as_text(defaults_schema(settings.severities)) + "\n")
    yield _place(root, POLICY_SCHEMA_FILE, as_text(policy_schema()) + "\n")


def _readme_parts(settings: Settings, *, workflows: bool) -> dict[str, str]:
    if isinstance(settings.ledger, GitLedger):
        place = _IN_GIT.format(branch=settings.ledger.branch)
    else:
        place = _IN_A_FILE
    return {"how_it_is_created": _BY_MERGE if workflows else _BY_HAND, "where_it_is_remembered": place}


def _has_another_readme(root: Path) -> bool:
    file = root / "README.md"
    return file.is_file() and b"bindbee-sync" not in file.read_bytes()


def _ignore(root: Path) -> Placed:
    """Keep a ledger that is a file out of git, by a line at the end of `.gitignore`."""
    file = root / ".gitignore"
    before = file.read_bytes() if file.is_file() else b""
    if IGNORED.encode() in before.split():
        return Placed(path=file.name, why=f"it already lists {IGNORED}")
    if not file.resolve().is_relative_to(root.resolve()):
        return Placed(path=file.name, why=f"it is a link out of the repository: add {IGNORED} to it yourself")
    separator = "" if before.endswith(b"\n") or not before else "\n"
    return _place(root, file.name, f"{separator}{IGNORED}\n", mode="a")


def _place(root: Path, path: str, text: str, *, mode: Literal["x", "a"] = "x") -> Placed:
    """Write a file that is not there, or append; through no link that leads out of `root`."""
    file = root / path
    hint = "Fix that and run the command again, or write the file yourself. What was written before stays."
    try:
        if not file.parent.resolve().is_relative_to(root.resolve()):
            raise ToolError("Its folder is a link out of the repository", where=path, hint=hint)
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == "x" and os.path.lexists(file):
            is_same = file.is_file() and file.read_bytes() == text.encode()
            return Placed(path=path, why="it exists already", is_same=is_same)
        with file.open(mode, encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise ToolError(
            f"This file can't be written: {error.strerror or error}", where=path, hint=hint
        ) from error
    return Placed(path=path)


def _template(name: str, **values: str) -> str:
    return Template((HERE / name).read_text(encoding="utf-8")).safe_substitute(values)


def _workflows(connectors: int) -> list[Path]:
    """Return the workflows for that many connectors."""
    packaged = HERE / "workflows"
    folder = packaged if packaged.is_dir() else HERE.parents[1] / "examples" / "workflows"  # in a checkout
    return sorted((folder / "fleet" if connectors > 1 else folder).glob("*.yml"))
