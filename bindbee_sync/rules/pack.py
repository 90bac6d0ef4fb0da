"""An ATS in one value: its rules about a create, who documents them, and in what else it differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bindbee_sync.diagnostics import Diagnostic, Severity
from bindbee_sync.job_file import JobFile
from bindbee_sync.rules.rule import IS_SET, Rule
from bindbee_sync.text import fold


class Documented(StrEnum):
    """The one who documents what the ATS requires of a new job."""

    BINDBEE = "bindbee"
    ATS = "ats"
    NO_ONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What the tool knows of one ATS; `provider` is Bindbee's name for it, `name` its own.

    `about` says in a sentence what its rules rest on; where no one documents any, a plan that creates says
    it. `not_taken` are the fields that its create call has no place for, `takes_one` the lists of which it
    takes one item. `job_url` is where it shows a job, with `{remote_id}` in it. `marks_templates` where its
    raw data tells templates from jobs; `template_rules` are the rules for one that is not listed, and for one
    that is no template. `is_own_id` recognizes an id that can only be the ATS's own. `can_be_asked` where
    Bindbee passes on its own list of jobs.
    """

    provider: str
    name: str
    documented: Documented
    about: str
    rules: tuple[Rule, ...] = ()
    not_taken: tuple[str, ...] = ()
    takes_one: tuple[str, ...] = ()
    job_url: str | None = None
    marks_templates: bool = False
    template_rules: tuple[Rule, Rule] | None = None
    is_own_id: Callable[[str], bool] = lambda _: False
    can_be_asked: bool = False


def distinct_items(items: tuple[str, ...] | None) -> tuple[int, ...]:
    """Return the indexes of a list's items without those that repeat another: such a one is sent once."""
    first: dict[str, int] = {}
    for index, each in enumerate(items or ()):
        first.setdefault(fold(each), index)
    return tuple(first.values())


def required(
    rule_id: str,
    field: str,
    hint: str,
    *,
    provider: str,
    name: str,
    source: str,
    severity: Severity = Severity.WARNING,
) -> Rule:
    """Return the rule that a new job sets `field`; `name` is the ATS's."""

    def check(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
        if getattr(file.spec, field) is None and not file.is_faulty(field):
            # At the key: a default that a null cancels has its place where it is cancelled.
            message = f"{name} needs '{field}', and this job does not set it"
            yield rule.on(file, field, message=message, place=file.key_place(field))

    return Rule(
        id=rule_id,
        severity=severity,
        demands=f"A new job sets `{field}`.",
        hint=hint,
        source=source,
        provider=provider,
        check=check,
        schema={field: IS_SET},
    )


def exactly_one(
    rule_id: str, field: str, hint: str, *, provider: str, name: str, source: str, what: str
) -> Rule:
    """Return the rule that a new job has one of what the list `field` names; `what` says of what."""

    def check(rule: Rule, file: JobFile) -> Iterator[Diagnostic]:
        found = distinct_items(getattr(file.spec, field))
        if len(found) > 1:
            message = f"{name} takes one {what}, and this job has {len(found)}"
            yield rule.on(file, field, found[1], message=message)
        elif not found and not file.is_faulty(field):
            message = f"{name} needs one {what}, and this job has none"
            place = file.place(field) if (field,) in file.values else file.key_place(field)
            yield rule.on(file, field, message=message, place=place)

    return Rule(
        id=rule_id,
        severity=Severity.WARNING,
        demands=f"A new job has exactly one {what}.",
        hint=hint,
        source=source,
        provider=provider,
        check=check,
        schema={field: {"minItems": 1, "maxItems": 1}},
    )
