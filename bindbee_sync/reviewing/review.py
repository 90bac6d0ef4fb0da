"""Hold a fresh plan to what was reviewed: by address and payload, never by text. Pure.

A plan file is a promise to its reviewers. Every difference is an error that names the job and the field, so
that nothing is created that no one saw.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.ledger.records import Ledger, Record
from bindbee_sync.planning.model import Entry, Outcome, Plan
from bindbee_sync.planning.payload import Payload
from bindbee_sync.reports.vocabulary import value_text
from bindbee_sync.reviewing.plan_file import PlanFile
from bindbee_sync.rules.plan import APPLIED_BEFORE, NOT_REVIEWED, OTHER_CONNECTOR, PLAN_CHANGED
from bindbee_sync.rules.rule import Rule
from bindbee_sync.text import counted, shorten
from bindbee_sync.times import in_utc

LONGEST_VALUE = 200


def pin_to_plan_file(file: PlanFile, plan: Plan, ledger: Ledger) -> Plan:
    """Return `plan` where it creates just what `file` does, byte for byte; else with errors."""
    earlier = [r for r in ledger.records if r.intent and r.intent.plan_file == file.id]
    tried = [record for record in earlier if record.ending != "not_tried"]
    if plan.connector.id != file.connector_id:
        return _with(plan, [_other_connector(file)])
    if tried:
        return _with(plan, [_applied_before(file, tried)])
    return _with(plan, _changes(file, plan))


def require_reviewed(files: Sequence[PlanFile], plan: Plan) -> Plan:
    """Return `plan`, with an error for each create that none of `files` has, address and payload.

    A file of many connectors holds plans of others, which say nothing of this one.
    """
    mine = [file for file in files if file.connector_id == plan.connector.id]
    if files and not mine and plan.creates:
        return _with(plan, map(_other_connector, files))
    return _with(plan, _unseen(sorted(mine, key=lambda file: file.made_at), plan))


def _with(plan: Plan, findings: Iterable[Diagnostic]) -> Plan:
    """Return `plan` with `findings`, and the creates that they are about blocked."""
    found = tuple(findings)
    against = {finding.address for finding in found}
    return replace(
        plan,
        diagnostics=tuple(sorted((*plan.diagnostics, *found), key=lambda finding: finding.sort_key)),
        entries=tuple(
            entry.blocked() if entry.outcome is Outcome.CREATE and entry.address in against else entry
            for entry in plan.entries
        ),
    )


def _other_connector(file: PlanFile) -> Diagnostic:
    return OTHER_CONNECTOR.at(
        None, f"The plan file {file.path} was made for another connector ({file.connector_id})"
    )


def _applied_before(file: PlanFile, tried: Sequence[Record]) -> Diagnostic:
    run = tried[0].intent.run_url if tried[0].intent else None
    uncertain = sum(record.is_uncertain for record in tried)
    made = sum(record.is_live for record in tried) - uncertain
    return APPLIED_BEFORE.at(
        None,
        f"The plan file {file.path} was applied on {in_utc(tried[0].since)}"
        f"{f' in {run}' if run else ''}: {made} of its {counted(len(file.creates), 'job')} created"
        f"{f', {uncertain} uncertain' if uncertain else ''}",
    )


def _changes(file: PlanFile, plan: Plan) -> Iterator[Diagnostic]:
    entries = {entry.address: entry for entry in plan.entries}
    for address, reviewed in file.creates.items():
        entry = entries.get(address)
        if entry is None:
            yield PLAN_CHANGED.at(
                None, f"{address} was reviewed as a create, and now has no job file", address=address
            )
        elif entry.outcome is not Outcome.CREATE:
            now = str(entry.outcome).replace("_", " ")
            yield PLAN_CHANGED.on(entry.file, message=f"It was reviewed as a create, and is now {now}")
        elif reviewed != entry.payload:
            yield _differs(PLAN_CHANGED, reviewed, entry, plan.names)
    for entry in plan.creates:
        if entry.address not in file.creates:
            message = "It was not reviewed as a create, and would now be created"
            yield PLAN_CHANGED.on(entry.file, message=message)


def _unseen(files: Sequence[PlanFile], plan: Plan) -> Iterator[Diagnostic]:
    for entry in plan.creates:
        at_address = [file.creates[entry.address] for file in files if entry.address in file.creates]
        if entry.payload in at_address:
            continue
        if at_address:
            yield _differs(NOT_REVIEWED, at_address[-1], entry, plan.names)
            continue
        elsewhere = [
            address
            for file in files
            for address, reviewed in file.creates.items()
            if reviewed == entry.payload
        ]
        if elsewhere:
            message = f"It was reviewed as {elsewhere[-1]}, and is now {entry.address}"
        else:
            message = f"It would be created, and is in none of {counted(len(files), 'reviewed plan')}"
        yield NOT_REVIEWED.on(entry.file, message=message)


def _differs(rule: Rule, reviewed: Payload, entry: Entry, names: Mapping[str, str]) -> Diagnostic:
    before, now = reviewed.fields, entry.payload.fields if entry.payload else {}
    changed = [field for field in {**before, **now} if not _equal(before.get(field), now.get(field))]
    if not changed:
        message = "Its fields were reviewed in another order than the one they would be sent in"
        return rule.on(entry.file, message=message)
    listed = [
        f"{field} was reviewed as {_value(before.get(field), names)}, is now {_value(now.get(field), names)}"
        for field in changed
    ]
    return rule.on(entry.file, changed[0], message="; ".join(listed))


def _equal(one: object, other: object) -> bool:
    """Return whether two JSON values are the same; the order of keys does not matter, and 1 is not true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _value(value: object, names: Mapping[str, str]) -> str:
    return shorten(value_text(value, names, quoted=True), LONGEST_VALUE)
