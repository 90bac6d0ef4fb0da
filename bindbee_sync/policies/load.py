"""The policies of a repository: found in their folder, read, and compared with each other and the config."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bindbee_sync.desired.parsing import MAX_BYTES
from bindbee_sync.diagnostics import Diagnostic, Place
from bindbee_sync.errors import ToolError
from bindbee_sync.extras import install_hint
from bindbee_sync.policies.policy import NO_POLICIES, Policies, Policy
from bindbee_sync.rules.policy import INVALID
from bindbee_sync.text import did_you_mean

SUFFIXES = (".yaml", ".yml")


def load_policies(folder: Path | None, root: Path, configured: Mapping[str, Place]) -> Policies:
    """Return the policies in `folder` and below; a fault in one is a finding, and hides no other.

    Paths are relative to `root`. `configured` are the policies of which the config sets the severity, with
    the place of that. Raises ToolError where the folder can't be read, or their library is missing.
    """
    findings: list[Diagnostic] = []
    contents = dict(_contents(folder, root, findings)) if folder else {}
    return read_policies(contents, configured, findings)


def read_policies(
    contents: Mapping[str, bytes], configured: Mapping[str, Place], findings: Iterable[Diagnostic] = ()
) -> Policies:
    """Return the policies with these contents, by path; raises ToolError where their library is missing."""
    found = list(findings)
    if not contents:
        return Policies(findings=(*found, *_unknown(configured, ()))) if found or configured else NO_POLICIES
    try:
        # Imported for a policy file only: without any, its library is neither needed nor waited for.
        from bindbee_sync.policies.reading import read_policy  # noqa: PLC0415 - see above
    except ImportError as missing:
        raise ToolError(
            f"Own rules need {missing.name or missing}, which is not installed",
            where=min(contents),
            hint=install_hint("policies"),
        ) from None
    policies: dict[str, Policy] = {}
    for path in sorted(contents):
        read = read_policy(contents[path], path)
        found += read.findings
        for policy in read.policies:
            first = policies.setdefault(policy.rule.id, policy)
            if first is not policy:
                message = f"The id {policy.rule.id} is that of {first.rule.source}, too"
                found.append(INVALID.at(policy.id_place, message, hint="Give each rule an id of its own."))
    if not found:
        found += _unknown(configured, policies)
    return Policies(policies=tuple(policies.values()), findings=tuple(found))


def _unknown(configured: Mapping[str, Place], known: Iterable[str]) -> Iterator[Diagnostic]:
    known = list(known)
    for rule_id, place in configured.items():
        if rule_id not in known:
            hint = did_you_mean(rule_id, known) or "`bindbee-sync rules` lists them."
            yield INVALID.at(place, f"There is no rule '{rule_id}' to give a severity to", hint=hint)


def _contents(folder: Path, root: Path, findings: list[Diagnostic]) -> Iterator[tuple[str, bytes]]:
    def fail(error: OSError) -> None:
        raise ToolError(
            f"The folder of policies can't be read: {error.strerror}",
            where=str(error.filename),
            hint="Check who may read it, and what `policies` in bindbee-sync.yaml names.",
        ) from error

    for current, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or not name.lower().endswith(SUFFIXES):
                continue
            file = Path(current, name)
            shown = os.path.relpath(file, root).encode("utf-8", "backslashreplace").decode()
            try:
                # A link could lead to any file of this machine, and messages quote what a file holds.
                if not file.resolve(strict=True).is_relative_to(folder.resolve()):
                    message = (
                        "This file is a link that leads out of the folder of policies, so it is not read"
                    )
                    findings.append(INVALID.at(Place(shown), message, hint="Put the file itself here."))
                    continue
                with file.open("rb") as stream:
                    yield shown, stream.read(MAX_BYTES + 1)
            except (OSError, RuntimeError) as error:
                message = f"This file can't be read: {getattr(error, 'strerror', None) or error}"
                findings.append(
                    INVALID.at(Place(shown), message, hint="Check that it is there and who may read it.")
                )
