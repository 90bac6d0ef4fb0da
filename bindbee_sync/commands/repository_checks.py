"""The checks of `doctor` that are about the repository: its workflows, its history, the ledger's branch."""

from __future__ import annotations

import re
from pathlib import Path

from bindbee_sync.commands.doctor_checks import Check, Checks, Status
from bindbee_sync.git import Git
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.scaffold.action import packaged_action
from bindbee_sync.scaffold.write import WORKFLOWS

_USES = re.compile(r"""[ -]*uses: *["']?(?P<action>[^\s"'#@]+)(@(?P<ref>[^\s"'#]*))?""")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}")
_NEW_ONES = (
    "Delete the file and run `bindbee-sync init --workflows --action ACCOUNT/REPOSITORY@COMMIT`: "
    "name the repository that you got bindbee-sync from, and the full id of a commit."
)


def check_workflows(root: Path) -> Checks:
    """Check each action in the workflows that mention Bindbee: it gets the tokens, or runs beside them."""
    released = packaged_action() or ""
    mentioned, found = False, []
    for file in sorted((root / WORKFLOWS).glob("*.y*ml")):
        text = _text(file)
        if "bindbee" not in text.lower():
            continue
        mentioned = True
        for number, line in enumerate(text.split("\n"), 1):
            used = _USES.match(line)
            check = used and _reference(root, used["action"], used["ref"] or "", released)
            if check:
                status, message, hint = check
                message = f"{WORKFLOWS}/{file.name}:{number}: {message}"
                found.append(Check(name="workflows", status=status, message=message, hint=hint))
    yield from found
    if mentioned and not found:
        yield Check(name="workflows", status=Status.OK, message=f"{WORKFLOWS}: every action is pinned")


def _text(file: Path) -> str:
    try:
        # a link may lead to a device, which has no end
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    except OSError:
        return ""


def _reference(root: Path, action: str, ref: str, released: str) -> tuple[Status, str, str] | None:
    """Return what is wrong with a step's action, and the remedy; None where nothing is."""
    repository, _, commit = released.partition(" ")[0].partition("@")
    if action.startswith("docker:"):
        return None
    if action.startswith(("./", "$/")):
        path = root / action[2:]
        if path.is_file() or any((path / name).is_file() for name in ("action.yml", "action.yaml")):
            return None
        return Status.PROBLEM, f"this repository has no action in {action}", _NEW_ONES
    if not ref.strip("0"):
        return Status.PROBLEM, f"{action} has a placeholder in place of a commit", _NEW_ONES
    if not _COMMIT.fullmatch(ref):
        message = f"{action}@{ref} is not pinned: a tag or branch can be moved to other code"
        return Status.WARNING, message, "Put the full id of a commit in place of the name after the @."
    if action == repository and ref.lower() != commit:
        message = f"{action} is used in another version than the one installed here"
        return Status.WARNING, message, f"Read the changelog, then write `uses: {released}`."
    return None


def check_history(root: Path) -> Checks:
    """Check that the checkout has its history."""
    if Git(root).run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        message = "the history is cut off here: `--changed-since` and `--base` may miss their revision"
        hint = "Run `git fetch --unshallow`; in GitHub Actions, check out with `fetch-depth: 0`."
        yield Check(name="history", status=Status.WARNING, message=message, hint=hint)


def check_branch_rules(ledger: GitLedger) -> Checks:
    """Say what git can't tell: rules against force pushes are known to the hosting service alone."""
    message = f"git can't tell whether {ledger.branch} is protected against force pushes and deletion"
    hint = "On GitHub: Settings, Rules, Rulesets: block force pushes and restrict deletions, nothing else."
    yield Check(name="branch rules", status=Status.OK, message=message, hint=hint)
