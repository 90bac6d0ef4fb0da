"""What holds of every plan, whatever files, jobs and records there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from make import (
    SENT,
    created,
    desired,
    file,
    job,
    ledger,
    linked,
    listed,
    not_created,
    plan,
    released,
    relinked,
    seen,
    sent,
)

from bindbee_sync.ledger.records import Ledger, State
from bindbee_sync.planning.settling import settle

NAMES = st.sampled_from(["N1", "n1 ", "N2", "N3", None])
CODES = st.sampled_from(["X", "x", "X ", "Y", None, None])
ADDRESSES = ("a", "b", "c", "d/e")
FEW = settings(max_examples=80, deadline=None)


@st.composite
def jobs(draw):
    count = draw(st.integers(0, 4))
    return [
        job(
            f"j{number}",
            name=draw(NAMES),
            code=draw(CODES),
            status=draw(st.sampled_from(["OPEN", "OPEN", "CLOSED"])),
            remote_id=f"10{number}",
            remote_created_at=draw(st.sampled_from([None, SENT, SENT - timedelta(days=9)])),
            raw_data={"is_template": draw(st.sampled_from([False, False, False, True]))},
        )
        for number in range(count)
    ]


@st.composite
def files(draw):
    addresses = draw(st.lists(st.sampled_from(ADDRESSES), max_size=4, unique=True))
    made = []
    for address in addresses:
        if draw(st.integers(0, 12)) == 0:
            made.append(file(address, text="name: ["))
            continue
        sync = draw(
            st.sampled_from(
                [None] * 6 + [{"id": "j0"}, {"remote_id": "101"}, {"distinct_from": ["j0", "j1"]}]
            )
        )
        openings = draw(st.sampled_from([1, 1, 1, 0]))
        made.append(file(address, name=draw(NAMES), code=draw(CODES), sync=sync, openings=openings))
    return made


@st.composite
def records(draw, known):
    made = []
    for number in range(draw(st.integers(0, 4))):
        address = draw(st.sampled_from(ADDRESSES))
        code, name, identifier = draw(CODES), draw(NAMES), f"r{number}"
        at = SENT + timedelta(seconds=10 * number)
        kind = draw(st.sampled_from(["sent", "created", "with id", "linked", "seen"]))
        target = draw(st.sampled_from(known)) if known else None
        if kind == "sent" or (target is None and kind != "created"):
            events = sent(address, identifier, at=at, code=code, name=name)
        elif kind == "created":
            events = created(address, identifier, at=at, code=code, name=name)
        elif kind == "with id":
            events = created(address, identifier, at=at, code=code, name=name, job_id=target.id)
        elif kind == "linked":
            events = linked(address, identifier, to=target, at=at, code=code, name=name)
        else:
            events = seen(created(address, identifier, at=at, code=code, name=name), target)
        after = draw(st.sampled_from(["", "", "", "moved", "homeless", "released", "settled"]))
        if after == "moved":
            events = relinked(events, draw(st.sampled_from(ADDRESSES)), code=draw(CODES), name=draw(NAMES))
        elif after == "homeless":
            events = relinked(events, None)
        elif after == "released":
            events = released(events)
        elif after == "settled" and kind == "sent":
            events = not_created(events)
        made.append(events)
    return made


@st.composite
def worlds(draw):
    known = draw(jobs())
    return draw(files()), known, draw(records(known))


@FEW
@given(worlds())
def test_two_files_without_error_never_manage_one_job_or_record(world):
    made = plan(*world)
    faulty = {finding.address for finding in made.errors}
    sound = [entry for entry in made.entries if entry.address not in faulty]
    known_jobs = [entry.job.id for entry in sound if entry.job]
    known_records = [entry.record.id for entry in sound if entry.record]
    assert len(known_jobs) == len(set(known_jobs))
    assert len(known_records) == len(set(known_records))


@FEW
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_files_jobs_and_records_changes_nothing(world, random):
    made = plan(*world)
    on = listed(*world[1])
    shuffled_files, shuffled_jobs = list(world[0]), list(on.jobs)
    shuffled_records = list(ledger(*world[2]).records)
    for each in (shuffled_files, shuffled_jobs, shuffled_records):
        random.shuffle(each)
    again = plan(
        desired(*shuffled_files),
        on=replace(on, jobs=tuple(shuffled_jobs)),
        records=Ledger(records=tuple(shuffled_records)),
    )
    assert again == made
    assert [e.address for e in again.entries] == [e.address for e in made.entries]


@FEW
@given(worlds())
def test_a_plan_keeps_its_own_rules(world):
    made = plan(*world)
    files_seen, known_jobs, _ = world
    faulty = {finding.address for finding in made.errors}
    assert sorted(f.address for f in files_seen) == [e.address for e in made.entries]
    assert {e.address for e in made.entries if e.outcome == "blocked"} == faulty - {None}
    for entry in made.entries:
        assert (entry.payload is not None) == (entry.outcome == "create")
        assert (entry.hold is not None) >= (entry.outcome in {"pending", "uncertain", "vanished"})
        assert entry.outcome in {"create", "blocked"} or entry.reason
    templates = {known.id for known in known_jobs if known.template_flag}
    stood_for = [entry.job.id for entry in made.entries if entry.job]
    unmanaged = [known.id for known in made.unmanaged]
    assert not templates & {*stood_for, *unmanaged}
    assert {*stood_for, *unmanaged} == {known.id for known in known_jobs} - templates
    assert not set(stood_for) & set(unmanaged)
    assert all(link.file.address not in faulty for link in made.links)


@FEW
@given(worlds())
def test_a_create_never_has_the_code_of_a_job_or_of_a_live_record(world):
    made = plan(*world)
    taken = {known.code for known in world[1] if not known.template_flag}
    taken |= {code for record in ledger(*world[2]).live for code in record.codes}
    assert all(entry.file.spec.code not in taken - {None} for entry in made.creates)


@FEW
@given(worlds())
def test_settling_gives_no_job_to_two_records_but_by_their_ids(world):
    files_seen, known, events = world
    live = ledger(*events).live
    settled = settle(files_seen, known, live)
    by_id = {
        record.id
        for record in live
        if record.job_id in {each.id for each in known}
        or record.job_remote_id in {each.remote_id for each in known}
    }
    claimed = {
        record.id
        for record in live
        for each in files_seen
        if each.address == record.address and (each.spec.sync.id or each.spec.sync.remote_id)
    }
    guessed = [
        found.id for record, found in settled.jobs.items() if record not in by_id and record not in claimed
    ]
    assert len(guessed) == len(set(guessed))
    others = {found.id for record, found in settled.jobs.items() if record in by_id or record in claimed}
    assert not others & set(guessed)
    assert not set(settled.candidates) & set(settled.jobs)


@FEW
@given(worlds())
def test_what_is_settled_by_guess_is_the_only_candidate(world):
    files_seen, known, events = world
    live = ledger(*events).live
    settled = settle(files_seen, known, live)
    for record in live:
        found = settled.jobs.get(record.id)
        if found is None or record.job_id or record.state is State.LISTED or record.intent is None:
            continue
        if any(f.address == record.address and (f.spec.sync.id or f.spec.sync.remote_id) for f in files_seen):
            continue
        assert found.remote_created_at is None or found.remote_created_at >= SENT - timedelta(minutes=15)
        same_code = [each for each in known if each.code == record.intent.code is not None]
        assert (
            found in same_code
            or (found.name or "").strip().casefold() == (record.intent.name or "").strip().casefold()
        )


# Any one edit of a file that is known.

TEXT = st.text(alphabet="AaBbÉé 1-", min_size=1, max_size=6).filter(str.strip)


@st.composite
def known_files(draw):
    """Files that were applied and recorded: what each had, whether the job is listed, what the ATS kept."""
    count = draw(st.integers(1, 4))
    had = []
    for number in range(count):
        coded = draw(st.booleans())
        had.append((ADDRESSES[number], f"C-{number}" if coded else None, f"Name {number}"))
    known, events = [], []
    for number, (address, code, name) in enumerate(had):
        begun = created(
            address, f"r{number}", code=code, name=name, job_id=draw(st.sampled_from([None, f"j{number}"]))
        )
        if draw(st.booleans()):
            kept = draw(st.sampled_from([code, None]))
            shown = job(
                f"j{number}",
                name=draw(st.sampled_from([name, f"Listed {number}"])),
                code=kept,
                status=draw(st.sampled_from(["OPEN", "CLOSED"])),
                remote_created_at=SENT,
            )
            known.append(shown)
            begun = seen(begun, shown)
        events.append(begun)
    return had, known, events


def as_files(had):
    return [file(address, code=code, name=name) for address, code, name in had]


def edited(draw, had):
    """Return what the files hold after one edit, and where the edited ones are now."""
    had = list(had)
    index = draw(st.integers(0, len(had) - 1))
    address, code, name = had[index]
    kind = draw(st.sampled_from(["move", "rename", "recode", "uncode", "case", "swap", "add", "break"]))
    touched = [index]
    if kind == "move":
        address = draw(st.sampled_from(["moved/here", address.upper(), f"{address}/{address}"]))
    elif kind == "rename":
        name = draw(TEXT | st.sampled_from([each[2] for each in had]))
    elif kind == "recode":
        code = draw(TEXT | st.sampled_from([each[1] or "C" for each in had]))
    elif kind == "uncode":
        code = None
    elif kind == "case":
        code, name = draw(
            st.sampled_from([(code and code.lower(), name), (code, name.upper()), (code, f" {name} ")])
        )
    elif kind == "swap" and len(had) > 1:
        other = (index + 1) % len(had)
        touched.append(other)
        theirs = had[other]
        had[other] = (theirs[0], code, name)
        code, name = theirs[1:]
    had[index] = (address, code, name)
    made = as_files(had)
    if kind == "break":
        made[index] = file(address, text=draw(st.sampled_from(["name: [", "", "- x", "cdoe: 1", "code: ''"])))
    if kind == "add":
        made.append(file("new", name=draw(TEXT), code=draw(st.none() | TEXT)))
    return made, [had[each][0] for each in touched]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_edit_of_known_files_never_makes_a_create_of_one(data):
    had, known, events = data.draw(known_files())
    before = plan(as_files(had), known, events)
    assert before.errors == ()
    assert before.creates == ()
    files_now, _ = edited(data.draw, had)
    after = plan(files_now, known, events)
    assert {entry.address for entry in after.creates} <= {"new"}


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_one_move_or_swap_keeps_each_job_with_what_the_file_holds(data):
    had, known, events = data.draw(known_files())
    before = {entry.file.spec.name: entry.record.id for entry in plan(as_files(had), known, events).entries}
    index = data.draw(st.integers(0, len(had) - 1))
    moved = [
        (f"moved/{address}" if i == index else address, code, name)
        for i, (address, code, name) in enumerate(had)
    ]
    turned = [(had[(i + 1) % len(had)][0], code, name) for i, (_, code, name) in enumerate(had)]
    for now in (moved, turned):
        after = plan(as_files(now), known, events)
        assert {entry.file.spec.name: entry.record.id for entry in after.entries} == before
        assert after.errors == ()
