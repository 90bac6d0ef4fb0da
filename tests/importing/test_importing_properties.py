"""Whatever the ATS holds: the file says exactly that, and taking other values over loses no comment."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindbee_sync.bindbee.models import Connector, Department, Job, Office, PostedUrl, User
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.desired.defaults import NO_DEFAULTS
from bindbee_sync.desired.load import load_text
from bindbee_sync.importing.adopt import adopted
from bindbee_sync.importing.render import job_text
from bindbee_sync.importing.update import Update
from bindbee_sync.planning.compare import COMPARABLE, differences
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.references import resolve
from bindbee_sync.text import fold

pytestmark = pytest.mark.slow

ID = "019a1041-57f8-752d-bd75-6f5136196765"
AWKWARD = [
    "\n",
    " ",
    "\t",
    "\r\n",
    "---",
    "# x",
    ": ",
    "- ",
    "\u2028",
    "\x85",
    "\ufeff",
    "\x01",
    "🤖",
    '"',
    "'",
    "\\",
]
TEXT = st.one_of(
    st.sampled_from(["Sales", "null", "007", "", "<p>x</p>\n<p>y</p>", "a\nb\n", "a\n\n  b"]),
    st.lists(st.sampled_from([*AWKWARD, "abc", "D", "é"]), max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
NAMES = ["Sales", "sales ", "007", "Q\u202eA", "R & D: #1", "null", "a, b", "Berlin"]
DIRECTORY = Directory.of(
    Snapshot(
        connector=Connector(id="c", status="COMPLETE", integration_slug="greenhouse"),
        jobs=(),
        moved=False,
        taken_at=datetime(2026, 1, 1, tzinfo=UTC),
        departments=tuple(Department(id=f"d{number}", name=name) for number, name in enumerate(NAMES)),
        offices=tuple(Office(id=f"o{number}", name=name) for number, name in enumerate(NAMES)),
        users=tuple(User(id=f"u{number}", email=f"u{number % 6}@x.test") for number in range(8)),
    ),
    (),
)


def references(kind):
    return st.none() | st.lists(
        st.sampled_from([*(f"{kind}{number}" for number in range(8)), "gone"]), max_size=4
    )


URLS = st.lists(
    st.builds(
        PostedUrl,
        value=TEXT | st.just("https://x.test/1"),
        url_type=st.sampled_from([None, "JOB_POSTING", "X: y"]),
    ),
    max_size=3,
)
JOBS = st.builds(
    Job,
    id=st.just(ID),
    remote_id=st.none() | st.just("4010101"),
    name=st.none() | TEXT,
    description=st.none() | TEXT,
    code=st.none() | TEXT,
    status=st.none() | TEXT,
    job_posting_urls=st.none() | URLS,
    confidential=st.none() | st.booleans(),
    departments=references("d"),
    offices=references("o"),
    hiring_managers=references("u"),
    recruiters=references("u"),
)


def read(content):
    file = load_text(content, address="a")
    assert file.diagnostics == ()
    return file


def drift(file, job):
    references = resolve(file, DIRECTORY)
    return {change.field for change in differences(file, references, job, provider="ashby", ignored=())}


def holds(job, field):
    """Whether a job file can say what the job has there."""
    value = getattr(job, field)
    if value is None or (field in ("name", "code") and not fold(value)):
        return False
    return "\\x00" not in repr(value)


@settings(max_examples=200, deadline=None)
@given(JOBS)
def test_a_file_says_exactly_what_the_job_has(job):
    file = read(job_text(job, DIRECTORY, schema="s.json", inherited=()))
    assert (file.spec.sync.id, file.spec.sync.remote_id) == (ID, job.remote_id)
    assert drift(file, job) == set()
    for field in COMPARABLE:
        assert (getattr(file.spec, field) is not None) == holds(job, field)
    assert file.spec.description == (job.description if holds(job, "description") else None)


COMMENTED = ("name:", "sync:", "offices:", "  -", "status:")


@settings(max_examples=120, deadline=None)
@given(JOBS, JOBS, st.booleans(), st.integers(0, 3))
def test_an_update_leaves_no_drift_and_every_comment(before, after, windows, blanks):
    head, described, rest = job_text(before, DIRECTORY, schema="s.json", inherited=()).partition(
        "\ndescription:"
    )
    lines = "".join(
        f"{line}\n" + f"# {number}\n" * (line.startswith(COMMENTED) and "- value:" not in line)
        for number, line in enumerate(head.splitlines())
    )
    text = lines + described[1:] + rest
    text = f"# top\n{text}" + "\n" * blanks + "# end\n"
    content = text.replace("\n", "\r\n" if windows else "\n").encode()
    file = read(content)
    fields = [field for field in COMPARABLE if field in drift(file, after) and _can_be_taken(after, field)]
    new = Update(file, after, NO_DEFAULTS, DIRECTORY, provider="ashby").content(content, fields)
    assert not drift(read(new), after) & set(fields)
    comments = [line for line in content.decode().splitlines() if line.startswith("#")]
    kept = [line for line in new.decode().splitlines() if line.startswith("#")]
    assert [line for line in comments if line in kept] == comments
    assert (b"\r\n" in new) == windows


TYPES = [None, "JOB_POSTING", "X: y"]


@pytest.mark.parametrize("listed", list(itertools.permutations(TYPES, 2)), ids=str)
@pytest.mark.parametrize("written", TYPES)
def test_one_address_of_two_types_is_two_urls(written, listed):
    def posted(*types):
        more = [PostedUrl(value="https://x.test/2", url_type=None)] * (len(types) > 1)
        urls = [*more, *(PostedUrl(value="https://x.test/1", url_type=each) for each in types)]
        return Job(id=ID, name="A", job_posting_urls=urls)

    content = job_text(posted(written), DIRECTORY, schema="s.json", inherited=()).encode()
    after = posted(*listed)
    file = read(content)
    new = Update(file, after, NO_DEFAULTS, DIRECTORY, provider="ashby").content(content, ["job_posting_urls"])
    assert not drift(read(new), after)


def _can_be_taken(job, field):
    value = getattr(job, field)
    return holds(job, field) or value is None


@settings(max_examples=200, deadline=None)
@given(JOBS, st.booleans(), st.text(alphabet="# \n", max_size=6))
def test_adopting_adds_lines_and_changes_none(job, windows, end):
    text = job_text(job, DIRECTORY, schema="s.json", inherited=())
    start, _, rest = text.partition("sync:\n")
    rest = rest[rest.index("#") :]
    content = (start + rest + end).replace("\n", "\r\n" if windows else "\n").encode()
    file = load_text(content, address="a")
    if not file.readable or file.diagnostics:
        return
    new = adopted(file, content, job, NO_DEFAULTS)
    assert read(new).spec.sync.id == ID
    lines = iter(new.splitlines(keepends=True))
    assert all(
        any(line.rstrip() == other.rstrip() for other in lines) for line in content.splitlines(keepends=True)
    )


def test_a_status_that_the_ats_does_not_tell_is_not_written():
    job = Job(id="i", remote_id="1", name="A", status="-")
    text = job_text(job, DIRECTORY, schema="s.json", inherited=())
    assert "status" not in text
    assert read(text).spec.status is None
