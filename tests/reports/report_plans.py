"""Plans to report on, made of values: no network and no files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bindbee_sync.bindbee.models import Connector, Job
from bindbee_sync.diagnostics import Diagnostic, Place, Severity
from bindbee_sync.job_file import JobFile, JobSpec
from bindbee_sync.ledger.records import Record, State
from bindbee_sync.planning.directory import Directory, DirectoryItem, DirectoryItems
from bindbee_sync.planning.model import Change, Entry, Hold, OrphanedRecord, Outcome, Plan
from bindbee_sync.planning.payload import Payload

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SALES, BERLIN, ANNA = (f"{n}0000000-0000-4000-8000-000000000000" for n in (1, 2, 3))
NAMES = {SALES: "Sales", BERLIN: "Berlin", ANNA: "Anna Schmidt", "77": "Template: People Manager"}


def job_file(address, path=None, **fields):
    path = path or f"jobs/{address}.yaml"
    return JobFile(address=address, path=path, spec=JobSpec(**fields))


def create(address="sales/lead", *, name="Sales Lead", description=None, code=None, path=None, **more):
    fields = {
        "name": name,
        "code": code,
        "description": description,
        "departments": [SALES],
        "offices": [BERLIN],
        "hiring_managers": [ANNA],
        "template_id": "77",
        "openings": 2,
    } | more
    payload = {key: value for key, value in fields.items() if value is not None}
    file = job_file(address, path, **payload)
    return Entry(file=file, outcome=Outcome.CREATE, payload=Payload.of(payload))


def drifted(address="sales/old", *, name="Account Executive", desired="OPEN", actual="CLOSED"):
    return Entry(
        file=job_file(address, name=name, status="OPEN"),
        outcome=Outcome.DRIFTED,
        job=Job(id="j1", name=name, status="CLOSED"),
        reason="code",
        changes=(Change(field="status", desired=desired, actual=actual),),
    )


def in_sync(address="sales/same", name="Same"):
    return Entry(
        file=job_file(address, name=name),
        outcome=Outcome.IN_SYNC,
        job=Job(id="j2", name=name, status="OPEN"),
    )


def hold(words="a sync that begins later"):
    return Hold(since=NOW - timedelta(days=3), waits_for=words, way_out="`bindbee-sync apply --refresh`")


def uncertain(address="sales/maybe", *, name="Maybe", waits_for="a sync that begins later"):
    return Entry(file=job_file(address, name=name), outcome=Outcome.UNCERTAIN, hold=hold(waits_for))


def orphaned(original_address="gone/file", *, name="Gone", outcome=Outcome.PENDING):
    record = Record(
        id="r1",
        connector_id="c1",
        original_address=original_address,
        since=NOW,
        addressed_at=NOW,
        state=State.CREATED,
        name=name,
    )
    return OrphanedRecord(record=record, outcome=outcome, hold=hold())


def finding(number=1, *, error=True, message=None, path=None, address=None, hint="Mend it."):
    return Diagnostic(
        rule="schema/type",
        severity=Severity.ERROR if error else Severity.WARNING,
        message=message or f"Something is wrong here, for the {number}th time",
        hint=hint,
        place=Place(path or f"jobs/broken/{number}.yaml", number, 3),
        address=address or f"broken/{number}",
    )


def directory(names):
    """Return a directory that has these names of ids."""
    items = (
        DirectoryItem(id=each, remote_id=None, label=name, names=(name,)) for each, name in names.items()
    )
    return Directory(departments=DirectoryItems(tuple(items)))


def plan(*entries, diagnostics=(), orphaned=(), unmanaged=(), names=None, connector_id="c1"):
    return Plan(
        created_at=NOW,
        connector=Connector(
            id=connector_id,
            status="COMPLETE",
            integration_slug="greenhouse",
            end_user="Halden Robotics",
            last_sync_start_time=NOW - timedelta(hours=5),
        ),
        connector_name="default",
        provider="greenhouse",
        entries=tuple(entries),
        diagnostics=tuple(diagnostics),
        unmanaged=tuple(unmanaged),
        orphaned=tuple(orphaned),
        directory=directory(NAMES if names is None else names),
        links=(),
        listed_records=(),
        trusted=True,
    )


def large_plan(creates=5000, drifts=500, errors=200):
    """A plan of the size that every report has to bear."""
    text = "Build things that last.\n\nWhat you do:\n- sell\n- listen\n" * 8
    return plan(
        *(
            create(f"team-{n % 40}/role-{n}", name=f"Role number {n}", code=f"R-{n}", description=text)
            for n in range(creates)
        ),
        *(drifted(f"old/role-{n}", name=f"Old role {n}") for n in range(drifts)),
        diagnostics=[finding(n + 1) for n in range(errors)],
    )


SELLING = """\
<p>You lead the team that puts our robots to work in mid-sized factories.</p>
<h3>What you will do</h3>
<ul><li>Coach six account executives</li><li>Own the forecast for Germany and Austria</li></ul>
<h3>What we look for</h3>
<ul><li>Three years of leading a sales team</li><li>German and English</li></ul>"""
SAFETY = """\
Our arms work beside people. You make sure that nobody is ever hurt.

You will
- write the safety case for each new cell,
- test what happens when a sensor fails,
- teach our customers what you know."""


def company_plan():
    """A plan as a company of two hundred people may have it."""
    dev, design, lisbon, remote, jonas, mei = (
        f"{n}0000000-0000-4000-8000-000000000000" for n in range(4, 10)
    )
    names = NAMES | {
        dev: "Engineering",
        design: "Design",
        lisbon: "Lisbon",
        remote: "Remote (Europe)",
        jonas: "Jonas Weber",
        mei: "Mei Lin",
    }
    return plan(
        create(
            "sales/regional-lead", name="Regional Sales Lead", code="SAL-131", description=SELLING, openings=1
        ),
        create(
            "engineering/safety",
            name="Robot Safety Engineer",
            code="ENG-204",
            description=SAFETY,
            departments=[dev],
            offices=[lisbon, remote],
            hiring_managers=[mei],
            recruiters=[jonas],
        ),
        create("design/researcher", name="Design Researcher", departments=[design], openings=1),
        drifted("sales/account-executive"),
        Entry(
            file=job_file("engineering/sre", name="Site Reliability Engineer", offices=(remote,)),
            outcome=Outcome.DRIFTED,
            job=Job(id="j7", name="SRE", status="OPEN"),
            changes=(
                Change(field="name", desired="Site Reliability Engineer", actual="SRE"),
                Change(field="offices", desired=[lisbon, remote], actual=[lisbon]),
            ),
        ),
        uncertain("sales/partner-manager", name="Partner Manager"),
        *(
            in_sync(f"{team}/{n}", name=f"{name} {n}")
            for team, name in (("ops", "Technician"),)
            for n in "12345"
        ),
        diagnostics=[
            finding(
                4,
                error=False,
                message="'description' is not passed on to Greenhouse when a job is created",
                hint="Put it into the template or the job post. `bindbee-sync rules` says why.",
                path="jobs/sales/regional-lead.yaml",
                address="sales/regional-lead",
            )
        ],
        unmanaged=[Job(id=str(n), name="x", status="OPEN" if n % 3 else "CLOSED") for n in range(37)],
        names=names,
    )
