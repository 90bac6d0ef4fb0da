"""Files, jobs, records and lists in a few words, so that a test of planning reads as one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bindbee_sync.bindbee.models import Connector, Department, Job, Office, User
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.desired.load import load_text
from bindbee_sync.job_file import Desired
from bindbee_sync.ledger.events import AttemptOutcome, Intent, Linked, Listed, Released, Resolved
from bindbee_sync.ledger.records import Ledger, replay
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.plan import make_plan

CONNECTOR_ID = "c0ffee00-0000-4000-8000-000000000000"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SYNCED = NOW - timedelta(hours=2)
SENT = NOW - timedelta(hours=1)
"""When records were sent, by both clocks, unless a test says otherwise: no sync has begun since."""
BEFORE = SENT - timedelta(days=30)
SALES, PEOPLE = "d0000000-0000-4000-8000-000000000001", "d0000000-0000-4000-8000-000000000002"
BERLIN = "0f000000-0000-4000-8000-000000000001"
ANNA, BORIS, CARLA = (f"a0000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
TEMPLATE = "7e000000-0000-4000-8000-000000000001"

FULL = f"""\
name: Seller
code: S-1
departments: [{SALES}]
offices: [{BERLIN}]
template_id: {TEMPLATE}
remote_user_id: {ANNA}
openings: 1
"""
"""A job file without fault, that a plan on `listed()` creates."""


def file(address="a", text=None, defaults=None, **fields):
    """Return a job file: from YAML, or of these fields and, for a create, all else that Greenhouse needs."""
    if text is None:
        fields = {"template_id": TEMPLATE, "remote_user_id": ANNA, "openings": 1} | fields
        text = "".join(f"{key}: {_yaml(value)}\n" for key, value in fields.items() if value is not None)
    return load_text(text, address=address, **({"defaults": defaults} if defaults else {}))


def _yaml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    if isinstance(value, bool) or not isinstance(value, str):
        return str(value).lower()
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def job(identifier="j1", **fields):
    """Return a listed job: open, old, written by the last sync, and marked as no template."""
    known = {"name": "Seller", "status": "OPEN", "remote_created_at": BEFORE, "modified_at": SYNCED}
    return Job(id=identifier, **(known | {"raw_data": {"is_template": False}} | fields))


def template(identifier=TEMPLATE, **fields):
    return job(identifier, **({"name": "Template", "raw_data": {"is_template": True}} | fields))


def connector(**fields):
    known = {
        "id": CONNECTOR_ID,
        "status": "COMPLETE",
        "integration_slug": "greenhouse",
        "category": "ATS",
        "sync_status": "Done",
        "last_sync_start_time": SYNCED,
    }
    return Connector(**(known | fields))


def listed(*jobs, moved=False, templates=None, at=NOW, **connected):
    """Return what Bindbee lists: the jobs, a template, and a small company."""
    return Snapshot(
        connector=connector(**connected),
        jobs=(*jobs, *((template(),) if templates is None else templates)),
        moved=moved,
        taken_at=at,
        departments=(
            Department(id=SALES, name="Sales"),
            Department(id=PEOPLE, name="People", remote_id="77"),
        ),
        offices=(Office(id=BERLIN, name="Berlin"),),
        users=(
            User(id=ANNA, first_name="Anna", last_name="Lund", email="anna@corp.example"),
            User(id=BORIS, first_name="Boris", last_name="Kos", email="boris@corp.example"),
            User(id=CARLA, email="carla@corp.example", disabled=True),
        ),
    )


def sent(address="a", record="r1", *, at=SENT, code=None, name="Seller", possibly_newer=(), digest="0" * 64):
    """Return the events of a create that was attempted, and of which nothing more is known."""
    known = {"connector_id": CONNECTOR_ID, "record": record, "original_address": address, "at": at}
    deadline = at + timedelta(seconds=120)
    return [
        Intent(
            **known,
            code=code,
            name=name,
            digest=digest,
            server_at=at,
            deadline=deadline,
            possibly_newer=possibly_newer,
        )
    ]


def created(address="a", record="r1", *, job_id=None, remote_id=None, **more):
    """Return the events of a create that succeeded; the answer had these ids."""
    begun = sent(address, record, **more)
    return [*begun, _after(begun, AttemptOutcome, result="created", id=job_id, remote_id=remote_id)]


def refused(address="a", record="r1", *, by_ats=True, **more):
    begun = sent(address, record, **more)
    return [*begun, _after(begun, AttemptOutcome, result="rejected", by_ats=by_ats, detail="no such office")]


def linked(address="a", record="r1", *, to, original_address=None, at=SENT, code=None, name="Seller"):
    """Return the events of a listed job that a file was matched to, with this code and name."""
    known = {
        "connector_id": CONNECTOR_ID,
        "record": record,
        "original_address": original_address or address or "a",
        "at": at,
    }
    return [
        Listed(**known, id=to.id, remote_id=to.remote_id, code=to.code, name=to.name),
        Linked(**known, address=address, code=code, name=name),
    ]


def relinked(events, address, *, code=None, name="Seller"):
    return [*events, _after(events, Linked, address=address, code=code, name=name)]


def seen(events, as_job):
    return [
        *events,
        _after(events, Listed, id=as_job.id, remote_id=as_job.remote_id, code=as_job.code, name=as_job.name),
    ]


def released(events):
    return [*events, _after(events, Released, by="somebody")]


def not_created(events):
    return [*events, _after(events, Resolved, result="not_created", by="somebody")]


def _after(events, kind, **fields):
    begun = events[0]
    return kind(
        connector_id=CONNECTOR_ID,
        record=begun.record,
        original_address=begun.original_address,
        at=events[-1].at + timedelta(seconds=1),
        **fields,
    )


def ledger(*of_events):
    """Return the ledger of these lists of events."""
    return replay([event for events in of_events for event in events], CONNECTOR_ID)


def desired(*files):
    return Desired(files=tuple(files), diagnostics=())


def plan(files=(), jobs=(), records=(), *, on=None, now=NOW, **options):
    """Return the plan of files on jobs (or a whole snapshot) and records (lists of events, or a ledger)."""
    return make_plan(
        files if isinstance(files, Desired) else desired(*files),
        on or listed(*jobs),
        records if isinstance(records, Ledger) else ledger(*records),
        now=now,
        options=PlanOptions(**options),
    )


def only(a_plan):
    (entry,) = a_plan.entries
    return entry


def outcomes(a_plan):
    return {entry.address: str(entry.outcome) for entry in a_plan.entries}


def managed(a_plan):
    """Return what each file manages: the id of its job, else of its record, else None."""
    return {
        entry.address: entry.job.id if entry.job else entry.record.id if entry.record else None
        for entry in a_plan.entries
    }


def errors(a_plan):
    return sorted((found.address, found.rule) for found in a_plan.errors)


def warnings(a_plan):
    return sorted((f.address, f.rule) for f in a_plan.diagnostics if not f.is_error)


def rules(a_plan):
    return {found.rule for found in a_plan.diagnostics}


def at(diagnostics, rule):
    """Return where, and how grave, each finding of the rule is."""
    return [
        (str(found.severity), found.place.line, found.place.column)
        for found in diagnostics
        if found.rule == rule and found.place
    ]
