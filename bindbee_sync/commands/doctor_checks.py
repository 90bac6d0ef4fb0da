"""The checks of `doctor`, one by one, each with its remedy.

Nothing is changed: Bindbee gets GETs only, and a git remote is asked whether it would take a push.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.models import Connector, Job, provider_of
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.commands.connection import describe, pin_lines
from bindbee_sync.commands.tokens import API_KEY, TOKEN, Tokens, token_variable
from bindbee_sync.config import Settings, config_file
from bindbee_sync.config_file import FILE_NAME
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.errors import ToolError
from bindbee_sync.git import Git
from bindbee_sync.ledger.events import Event
from bindbee_sync.ledger.file_store import FileStore
from bindbee_sync.ledger.git_store import GitStore
from bindbee_sync.ledger.location import GitLedger
from bindbee_sync.ledger.records import State, replay
from bindbee_sync.planning.list_problems import MARGIN, list_problems
from bindbee_sync.planning.merging import merged
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.planning.templates import find_templates
from bindbee_sync.rules.connector import LIST_MOVED, NOT_READY
from bindbee_sync.rules.identity import UNVERIFIABLE_TEMPLATES
from bindbee_sync.rules.registry import pack_of
from bindbee_sync.text import counted
from bindbee_sync.times import in_utc, span_text

OLDEST_GIT = (2, 29)
"""The first that fetches without writing FETCH_HEAD into the user's checkout."""
CLOCK_TOLERANCE = timedelta(minutes=1)


class Status(StrEnum):
    """Result of a check."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it found, and a remedy where that is no "ok".

    `connector` where several are checked, None for what concerns all of them.
    """

    name: str
    status: Status
    message: str
    hint: str | None = None
    paste: tuple[str, ...] = ()
    connector: str | None = None


Checks = Iterator[Check]


def guarded(name: str, checks: Callable[[], Iterable[Check]]) -> Checks:
    """Yield the checks, and an error that ends them as a problem: it stops no other check."""
    try:
        yield from checks()
    except ToolError as error:
        yield _problem(name, f"{error.prefix}{error.message}", error.hint)


def check_config(named: Path | None, cwd: Path) -> Checks:
    """Check the config file: the path in use."""
    found = named or config_file(cwd)
    shown = os.path.relpath(found, cwd) if found else None
    yield _ok("config", shown or f"no {FILE_NAME} here: the defaults apply")


def check_provider(settings: Settings) -> Checks:
    """Check that the config names the connector's ATS."""
    if settings.provider is None:
        hint = f"Add e.g. `provider: greenhouse` to {FILE_NAME}."
        yield _warning("config", "no `provider`: `validate` checks the common rules only", hint)


def check_api_key(environment: Mapping[str, str]) -> Checks:
    """Yield whether the API key is there and looks like one; its value is never shown."""
    yield from _secret(API_KEY, "API key", environment)


def check_token(settings: Settings, tokens: Tokens) -> Checks:
    """Yield whether the connector's token is there, where it needs one, and looks like one."""
    own = token_variable(settings.name) if settings.place else TOKEN
    shared = TOKEN if tokens.alone and (settings.pin or not settings.several) else own
    variable = own if tokens.environment.get(own, "").strip() else shared
    if settings.pin is not None and not tokens.environment.get(variable, "").strip():
        yield _ok("tokens", f"no connector token is set: it is looked up by {settings.pin.shown}")
    else:
        yield from check_token_in(variable, tokens.environment)


def check_token_in(variable: str, environment: Mapping[str, str]) -> Checks:
    """Yield whether a connector's token is in this variable and looks like one."""
    yield from _secret(variable, "connector token", environment)
    value = environment.get(variable, "").strip()
    if value and value == environment.get(API_KEY, "").strip():
        message = f"{API_KEY} and {variable} hold the same token"
        yield _problem("tokens", message, "Copy each from Bindbee's dashboard.")


def _secret(name: str, kind: str, environment: Mapping[str, str]) -> Checks:
    value = environment.get(name, "").strip()
    again = f"Copy the {kind} from Bindbee's dashboard again: `export {name}=...`."
    if not value:
        hint = f"Set it in the environment: `export {name}=...`. Bindbee's dashboard shows it."
        yield _problem("tokens", f"{name} is not set", hint)
    elif not re.fullmatch(r"[\x21-\x7e]+", value):
        yield _problem("tokens", f"{name} holds white space or a character that no token has", again)
    elif value[0] in "\"'" or value[-1] in "\"'":
        yield _problem("tokens", f"{name} begins or ends with a quote", again)
    else:
        yield _ok("tokens", f"{name} is set")


def check_base_url(settings: Settings) -> Checks:
    """Check the host that gets the requests."""
    if settings.base_url.startswith("http://"):
        hint = "Unset BINDBEE_BASE_URL to reach Bindbee itself."
        yield _warning("base URL", f"{settings.base_url}, a service on this machine", hint)
    else:
        yield _ok("base URL", settings.base_url)


@dataclass
class Lists:
    """Bindbee's connector and lists, read one by one, as far as they can be."""

    api: Bindbee
    settings: Settings
    connector: Connector | None = None
    jobs: list[Job] = field(default_factory=list)

    def check_connector(self) -> Checks:
        """Check that the connector's ATS is the one that the config names."""
        self.connector = self.api.connector()
        provider = provider_of(self.connector.integration_slug)
        yield _ok("connector", f"{provider} of {describe(self.connector)}, status {self.connector.status}")
        if self.settings.pin is None:
            yield Check(
                name="connector",
                status=Status.WARNING,
                message="no pin: with another customer's token, jobs would be created at that customer",
                hint=f"Add these lines to {FILE_NAME}; then no other connector is accepted.",
                paste=pin_lines(self.connector, self.settings),
            )

    def check_lists(self) -> Checks:
        """Check that each list can be read, and count its items."""
        yield from guarded("jobs listed", self._check_jobs)
        yield from guarded("departments", lambda: _readable("departments", self.api.departments()))
        yield from guarded("offices", lambda: _readable("offices", self.api.offices()))
        yield from guarded("users", lambda: _readable("users", self.api.users()))

    def _check_jobs(self) -> Checks:
        self.jobs = self.api.jobs()
        templates = find_templates(self.jobs, ())
        found = counted(len(self.jobs) - len(templates.jobs), "job")
        yield _ok("jobs listed", f"{found} and {counted(len(templates.jobs), 'template')} can be read")
        slug = self.connector.integration_slug if self.connector else ""
        if pack_of(provider_of(slug)).marks_templates and self.jobs and not templates.verifiable:
            rule = UNVERIFIABLE_TEMPLATES
            yield _warning("jobs listed", "Bindbee does not say which of them are templates", rule.hint)

    def check_sync(self) -> Checks:
        """Check the age of the lists, and everything that would keep an apply from relying on them."""
        if self.connector is None:
            return
        snapshot = Snapshot(
            connector=self.connector,
            jobs=tuple(self.jobs),
            moved=False,
            taken_at=self.api.server_now(),
            departments=None,
            offices=None,
            users=None,
        )
        started = self.connector.last_sync_start_time
        if started is not None:
            ago = snapshot.taken_at - started
            yield _ok(
                "last sync",
                f"{self.connector.sync_status}, begun {in_utc(started)}, {span_text(ago)} ago",
            )
        for problem in list_problems(snapshot, max_list_age=self.settings.max_list_age):
            passing = problem.rule == LIST_MOVED.id
            name = "connector" if problem.rule == NOT_READY.id else "last sync"
            yield (_warning if passing else _problem)(name, problem.message, problem.hint)

    def check_rate_limit(self) -> Checks:
        """Check how many requests are left in this minute, by the headers of the answers."""
        room = self.api.room()
        if self.api.server_ahead() is None:
            return
        if room is None:
            yield _ok("rate limit", "Bindbee does not report it")
        elif room[0] * 10 < room[1]:
            hint = "Another client may use this token. Requests wait for the next minute by themselves."
            yield _warning("rate limit", f"{room[0]} of {room[1]} requests left", hint)
        else:
            yield _ok("rate limit", f"{room[0]} of {room[1]} requests left")

    def check_clock(self) -> Checks:
        """Check this machine's clock against the server's."""
        ahead = self.api.server_ahead()
        if ahead is None:
            return
        message = (
            f"this machine's clock is {span_text(abs(ahead))} {'behind' if ahead > timedelta() else 'ahead'}"
        )
        hint = "Set this machine's clock, preferably with NTP."
        if abs(ahead) <= CLOCK_TOLERANCE:
            yield _ok("clock", "agrees with the server's")
        else:
            yield (_warning if abs(ahead) <= MARGIN else _problem)("clock", message, hint)


def check_jobs_folder(settings: Settings) -> Checks:
    """Count the job files and their errors."""
    desired = load_jobs(settings.jobs, settings.root)
    provider = provider_of(settings.provider) if settings.provider else None
    findings = merged(validate_files(desired, provider, settings.severities))
    errors = [each for each in findings if each.is_error]
    shown = f"{os.path.relpath(settings.jobs, settings.root)}: {counted(len(desired.files), 'job file')}"
    if errors:
        hint = "`bindbee-sync validate` shows each with its place."
        yield _problem("job files", f"{shown}, {counted(len(errors), 'error')}", hint)
    else:
        yield _ok("job files", shown)


def check_git() -> Checks:
    """Check that git is installed and new enough."""
    told = Git(Path("/")).out("version")
    numbers = re.search(r"(\d{1,9})\.(\d{1,9})", told)
    wanted = ".".join(map(str, OLDEST_GIT))
    if numbers and (int(numbers[1]), int(numbers[2])) < OLDEST_GIT:
        yield _problem("git", f"{told} is too old", f"Install git {wanted} or newer.")
    else:
        yield _ok("git", told)


def check_ledger(settings: Settings, connector_id: str | None) -> Checks:
    """Check that the ledger can be read and written, and count the open records of `connector_id`."""
    if isinstance(settings.ledger, GitLedger):
        store = GitStore(settings.ledger, settings.root)
        yield from _what_it_holds(settings.ledger.shown, store.read(), connector_id)
        store.try_push()
        yield _ok("ledger", "can be pushed to, unless a rule of the branch forbids it")
        return
    path, shown = settings.ledger, settings.ledger_shown
    yield from _what_it_holds(shown, FileStore(path, shown).read(), connector_id)
    there = next(each for each in (path, *path.parents) if each.exists())
    if not os.access(there, os.W_OK):
        yield _problem("ledger", f"{there} can't be written", "Make it writable for this account.")
    if settings.in_ci:
        hint = "Name a git branch, or tell `apply --local-ledger` that the file outlives the run."
        yield _problem("ledger", "it is a file, and a CI runner's disk is thrown away", hint)


def _what_it_holds(shown: str, events: tuple[Event, ...], connector_id: str | None) -> Checks:
    live = replay(events, connector_id).live
    unlisted = sum(record.state is State.CREATED for record in live)
    uncertain = sum(record.is_uncertain for record in live)
    held = f"{counted(len(live), 'record')}, {unlisted} not listed yet, {uncertain} uncertain"
    yield _ok("ledger", f"{shown}: {held if live else 'nothing recorded yet'}")
    if uncertain:
        hint = "`bindbee-sync plan` shows what would settle each."
        yield _warning("ledger", f"the outcome of {counted(uncertain, 'create')} is not known", hint)


def _readable(name: str, listed: Sized) -> Checks:
    yield _ok(name, f"{len(listed)} can be read")


def _ok(name: str, message: str) -> Check:
    return Check(name=name, status=Status.OK, message=message)


def _warning(name: str, message: str, hint: str | None) -> Check:
    return Check(name=name, status=Status.WARNING, message=message, hint=hint)


def _problem(name: str, message: str, hint: str | None) -> Check:
    return Check(name=name, status=Status.PROBLEM, message=message, hint=hint)
