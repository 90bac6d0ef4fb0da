"""What became of a create: found among the listed jobs, waited for, or absent by stated evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from make import (
    NOW,
    SENT,
    SYNCED,
    created,
    errors,
    file,
    job,
    ledger,
    linked,
    listed,
    managed,
    only,
    outcomes,
    plan,
    relinked,
    rules,
    seen,
    sent,
    template,
)

from bindbee_sync.planning.holds import Evidence, may_come_until, vanished
from bindbee_sync.planning.settling import possibly_newer_jobs

SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)
DEADLINE = timedelta(seconds=120)
FRESH = SENT + timedelta(seconds=2)


def found(a_plan):
    return {record.id: known.id for record, known in a_plan.listed_records}


def fresh(identifier="j1", **fields):
    return job(identifier, **({"remote_created_at": FRESH} | fields))


class TestFoundAmongTheListedJobs:
    def test_by_recorded_id_whatever_else_it_says(self):
        made = plan([file(name="Seller")], [job("j1", name="Any", code="Z")], [created(job_id="j1")])
        assert found(made) == {"r1": "j1"}

    def test_by_recorded_remote_id(self):
        made = plan([], [job("j1", remote_id="77", name="Any")], [created(remote_id="77")])
        assert found(made) == {"r1": "j1"}

    @pytest.mark.parametrize("record", [sent, created])
    def test_by_code_as_sent(self, record):
        made = plan([file(name="Seller", code="X")], [fresh(code="X", name="Any")], [record(code="X")])
        assert found(made) == {"r1": "j1"}
        assert outcomes(made) == {"a": "drifted"}

    def test_by_name_as_sent_where_no_job_has_the_code(self):
        made = plan([file(name="Seller", code="X")], [fresh(code=None, name="SELLER ")], [sent(code="X")])
        assert found(made) == {"r1": "j1"}

    def test_as_sent_not_as_edited_since(self):
        edited = relinked(sent(code="X"), "a", code="Y", name="Buyer")
        jobs = [fresh("j1", code="Y", name="Buyer")]
        assert found(plan([file(name="Buyer", code="Y")], jobs, [edited])) == {}

    def test_code_comes_before_name(self):
        jobs = [fresh("j1", code="X", name="Any"), fresh("j2", code=None)]
        assert found(plan([], jobs, [sent(code="X")])) == {"r1": "j1"}

    def test_a_job_without_name_or_code_belongs_to_no_file(self):
        assert found(plan([], [fresh(name=None)], [sent(name=None)])) == {}


class TestByTheServersClock:
    @pytest.mark.parametrize("by", ["code", "name"])
    @pytest.mark.parametrize(
        ("made_at", "counts"),
        [
            (SENT - QUARTER, True),
            (SENT - QUARTER - SECOND, False),
            (SENT - QUARTER + SECOND, True),
            (SENT + timedelta(days=3), True),
            (None, True),
        ],
    )
    def test_not_earlier_than_a_quarter_of_an_hour_before_the_attempt(self, by, made_at, counts):
        known = job(code="X" if by == "code" else None, remote_created_at=made_at)
        made = plan([], [known], [sent(code="X")])
        assert found(made) == ({"r1": "j1"} if counts else {})

    def test_the_servers_clock_counts_and_not_this_machines(self):
        (intent,) = sent()
        early = intent.model_copy(update={"server_at": SENT - timedelta(hours=1)})
        assert found(plan([], [job(remote_created_at=SENT - timedelta(minutes=70))], [[early]])) == {
            "r1": "j1"
        }
        late = intent.model_copy(update={"server_at": SENT + timedelta(hours=1)})
        assert found(plan([], [job(remote_created_at=SENT)], [[late]])) == {}

    def test_a_job_that_was_listed_when_the_intent_was_written_is_another(self):
        assert found(plan([], [fresh("j1")], [sent(possibly_newer=("j1",))])) == {}
        assert found(plan([], [fresh("j1"), fresh("j2")], [sent(possibly_newer=("j1",))])) == {"r1": "j2"}

    def test_but_a_recorded_id_beats_that(self):
        assert found(plan([], [fresh("j1")], [created(job_id="j1", possibly_newer=("j1",))])) == {"r1": "j1"}

    def test_undated_are_the_listed_jobs_whose_date_does_not_tell(self):
        jobs = [
            job("none", remote_created_at=None),
            job("edge", remote_created_at=NOW - QUARTER),
            job("old", remote_created_at=NOW - QUARTER - SECOND),
            job("new", remote_created_at=NOW),
        ]
        assert possibly_newer_jobs(jobs, NOW) == ("none", "edge", "new")


class TestOneJobAndOneRecord:
    def test_two_jobs_of_the_code_settle_nothing_and_it_is_asked(self):
        jobs = [fresh("j1", code="X"), fresh("j2", code="X")]
        made = plan([file(name="Seller", code="X")], jobs, [sent(code="X")])
        assert found(made) == {}
        assert errors(made) == [("a", "identity/ambiguous-remote")]
        assert "ledger resolve a --created ID" in made.errors[0].hint
        assert "id j1" in made.errors[0].message

    def test_two_jobs_of_the_name_settle_nothing(self):
        assert found(plan([], [fresh("j1"), fresh("j2")], [sent()])) == {}

    def test_two_jobs_of_the_code_are_not_told_apart_by_name(self):
        jobs = [fresh("j1", code="X"), fresh("j2", code="X", name="Other")]
        assert found(plan([], jobs, [sent(code="X")])) == {}

    def test_two_open_records_of_one_name_settle_nothing_by_name(self):
        records = [sent("a", "r1", code="X"), sent("b", "r2", code="Y")]
        assert found(plan([], [fresh()], records)) == {}

    def test_not_even_where_there_are_two_jobs(self):
        records = [sent("a", "r1", code="X"), sent("b", "r2", code="Y")]
        assert found(plan([], [fresh("j1"), fresh("j2")], records)) == {}

    def test_but_one_that_is_found_by_code_leaves_the_name_to_the_other(self):
        records = [sent("a", "r1", code="X"), sent("b", "r2", code="Y")]
        jobs = [fresh("j1", code="X"), fresh("j2", code=None)]
        assert found(plan([], jobs, records)) == {"r1": "j1", "r2": "j2"}

    def test_two_open_records_of_one_code_settle_nothing_by_code(self):
        records = [sent("a", "r1", code="X"), sent("b", "r2", code="X", name="Other")]
        assert found(plan([], [fresh(code="X", name="Any")], records)) == {}

    def test_a_job_that_another_record_is_known_to_be_is_not_taken(self):
        known = fresh("j1", code="X")
        records = [linked("b", "r2", to=known, code="X"), sent("a", "r1", code="X")]
        assert found(plan([], [known], records)) == {"r2": "j1"}

    def test_nor_one_that_another_file_claims(self):
        other = file("b", name="Seller", sync={"id": "j1"})
        made = plan([file("a", name="Seller", code="X"), other], [fresh("j1", code="X")], [sent(code="X")])
        assert found(made) == {}
        assert managed(made) == {"a": "r1", "b": "j1"}

    def test_nor_by_name_one_whose_code_is_another_files(self):
        other = file("b", name="Seller", code="Z")
        made = plan([file("a", name="Seller", code="X"), other], [fresh("j1", code="Z")], [sent(code="X")])
        assert found(made) == {}
        assert managed(made) == {"a": "r1", "b": "j1"}

    def test_nor_one_that_its_own_file_says_it_is_not(self):
        own = file(name="Seller", code="X", sync={"distinct_from": ["j1"]})
        assert found(plan([own], [fresh("j1", code="X")], [sent(code="X")])) == {}

    def test_nor_a_template(self):
        assert found(plan([], [fresh(raw_data={"is_template": True})], [sent()])) == {}


LATE = SENT + DEADLINE + QUARTER


def synced(started, *jobs, wrote=True, **more):
    """Return a list whose sync began then and, where it `wrote`, touched a job."""
    touched = job("other", name="Other", modified_at=started if wrote else started - SECOND)
    known = {"last_sync_start_time": started, "at": started + timedelta(hours=1)} | more
    return listed(touched, *jobs, templates=(), **known)


class TestAbsent:
    UNCERTAIN = "a decision"

    def waits_for(self, on, records=None, **options):
        made = plan([file(name="Seller", code="X")], [], records or [sent(code="X")], on=on, **options)
        assert outcomes(made) == {"a": "uncertain"}
        return only(made).hold.waits_for

    def test_a_sync_that_began_more_than_the_margin_after_the_deadline_is_evidence(self):
        assert self.waits_for(synced(LATE + SECOND)).startswith("a decision")

    @pytest.mark.parametrize("started", [LATE, LATE - SECOND, SENT])
    def test_an_earlier_one_is_none(self, started):
        assert self.waits_for(synced(started)).startswith("a sync that begins after")

    @pytest.mark.parametrize(
        "doubt",
        [
            {"sync_status": "Syncing"},
            {"sync_status": "Failed"},
            {"sync_status": None},
            {"status": "RELINK_NEEDED"},
            {"category": "HRIS"},
            {"moved": True},
            {"wrote": False},
            {"at": SENT},
        ],
        ids=str,
    )
    def test_a_list_that_is_not_whole_or_wrote_nothing_is_none(self, doubt):
        assert self.waits_for(synced(LATE + SECOND, **doubt)).startswith("a sync that begins after")

    def test_the_hold_names_the_way_out(self):
        made = plan([file(name="Seller", code="X")], [], [sent(code="X")], on=synced(LATE + SECOND))
        hold = only(made).hold
        assert hold.since == SENT
        assert "apply --retry-absent" in hold.way_out
        assert "ledger resolve a --created ID" in hold.way_out

    def test_jobs_made_about_then_that_no_file_stands_for_are_said(self):
        near = job("near", name="Sales Person", remote_created_at=FRESH)
        made = plan([file(name="Seller", code="X")], [], [sent(code="X")], on=synced(LATE + SECOND, near))
        assert "'Sales Person' (OPEN, id near)" in only(made).hold.waits_for
        assert "--not-created" in only(made).hold.way_out
        assert "--retry-absent" not in only(made).hold.way_out

    @pytest.mark.parametrize(
        ("made_at", "near"),
        [
            (SENT - QUARTER - SECOND, False),
            (SENT - QUARTER, True),
            (SENT + DEADLINE + QUARTER, True),
            (SENT + DEADLINE + QUARTER + SECOND, False),
            (None, True),
        ],
    )
    def test_about_then_has_bounds(self, made_at, near):
        one = job("near", name="Sales Person", remote_created_at=made_at)
        said = self.waits_for(synced(LATE + SECOND, one))
        assert ("id near" in said) is near

    def test_a_job_that_a_file_stands_for_is_not_near(self):
        one = job("near", name="Near", code="N", remote_created_at=FRESH)
        files = [file(name="Seller", code="X"), file("b", name="Near", code="N")]
        made = plan(files, [], [sent(code="X")], on=synced(LATE + SECOND, one))
        assert made.entries[0].hold.waits_for.startswith("a decision")

    def test_nor_one_that_was_listed_before(self):
        one = job("near", name="Near", remote_created_at=None)
        said = self.waits_for(synced(LATE + SECOND, one), [sent(code="X", possibly_newer=("near",))])
        assert said.startswith("a decision")


class TestRetryAbsent:
    FILE = staticmethod(lambda **more: file(**({"name": "Seller", "code": "X", "template_id": "tt"} | more)))

    def plan(self, on, records=None, files=None, **options):
        records = records or [sent(code="X")]
        return plan(files or [self.FILE()], [], records, on=on, retry_absent=True, **options)

    def on(self, *jobs, started=LATE + SECOND, **more):
        return synced(started, *jobs, job("tt", name="T", raw_data={"is_template": True}), **more)

    def test_sends_an_absent_create_again(self):
        made = self.plan(self.on())
        entry = only(made)
        assert (entry.outcome, entry.retries.id) == ("create", "r1")
        assert entry.payload.fields["code"] == "X"
        assert made.errors == ()

    def test_without_being_asked_nothing_is_sent_again(self):
        assert outcomes(plan([self.FILE()], [], [sent(code="X")], on=self.on())) == {"a": "uncertain"}

    @pytest.mark.parametrize("started", [LATE, SENT])
    def test_without_the_evidence_nothing_is_sent_again(self, started):
        assert outcomes(self.plan(self.on(started=started))) == {"a": "uncertain"}

    def test_where_a_job_was_made_about_then_nothing_is_sent_again(self):
        near = job("near", name="Sales Person", remote_created_at=FRESH)
        assert outcomes(self.plan(self.on(near))) == {"a": "uncertain"}

    def test_a_known_create_is_never_sent_again(self):
        assert outcomes(self.plan(self.on(), [created(code="X")])) == {"a": "vanished"}

    def test_several_candidates_are_never_sent_again(self):
        jobs = [job(j, code="X", remote_created_at=SENT + timedelta(days=9)) for j in ("j1", "j2")]
        made = self.plan(self.on(*jobs))
        assert errors(made) == [("a", "identity/ambiguous-remote")]
        assert made.creates == ()

    def test_it_is_judged_as_any_new_job(self):
        made = self.plan(self.on(), files=[self.FILE(departments=["Nowhere", "Sales"])])
        assert errors(made) == [("a", "greenhouse/single-department"), ("a", "reference/not-found")]
        assert [f.rule for f in made.diagnostics].count("reference/not-found") == 1
        assert outcomes(made) == {"a": "blocked"}

    def test_a_job_of_its_name_made_later_is_asked_about(self):
        later = job("later", name="Seller", code="Z", remote_created_at=SENT + timedelta(days=1))
        possibly_newer = sent(code="X", name="Sold", possibly_newer=("later",))
        made = self.plan(self.on(later), [relinked(possibly_newer, "a", code="X")])
        assert errors(made) == [("a", "identity/name-collision")]

    def test_a_job_that_is_listed_after_all_is_not_created_again(self):
        listed_after_all = job(code="X", remote_created_at=FRESH)
        made = self.plan(self.on(listed_after_all))
        assert (managed(made), outcomes(made)) == ({"a": "j1"}, {"a": "in_sync"})

    def test_a_file_that_was_never_sent_is_created_as_without_it(self):
        made = self.plan(self.on(), files=[self.FILE(), file("new", name="New", template_id="tt")])
        assert outcomes(made) == {"a": "create", "new": "create"}
        assert [(entry.address, entry.retries is None) for entry in made.entries] == [
            ("a", False),
            ("new", True),
        ]

    def test_only_what_is_sent_again_is_said_to_have_been_sent_before(self):
        made = self.plan(self.on(), files=[self.FILE(), file("new", name="New", template_id="tt")])
        assert [entry.reason for entry in made.entries] == [
            "sent before; a later sync shows that it was not created",
            None,
        ]

    def test_a_file_without_code_does_not_collide_with_its_own_absent_create(self):
        made = self.plan(self.on(), [sent()], [self.FILE(code=None)])
        assert outcomes(made) == {"a": "create"}


class TestVanished:
    def test_a_job_that_was_listed_and_is_not(self):
        made = plan([file(text="code: X\nname: Seller\n")], [], [seen(created(code="X"), job(code="X"))])
        assert outcomes(made) == {"a": "vanished"}
        (finding,) = made.diagnostics
        assert (finding.rule, str(finding.severity)) == ("ledger/vanished", "warning")
        assert (finding.place.line, finding.place.column) == (2, 7)
        assert "ledger release a" in finding.hint
        assert "ledger release a" in only(made).hold.way_out

    def test_a_created_one_that_by_the_evidence_should_be_listed(self):
        for started, outcome in ((LATE, "pending"), (LATE + SECOND, "vanished")):
            made = plan([file(name="Seller", code="X")], [], [created(code="X")], on=synced(started))
            assert outcomes(made) == {"a": outcome}, started

    def test_a_created_one_stays_pending_where_the_sync_wrote_nothing(self):
        made = plan([file(name="Seller")], [], [created()], on=synced(LATE + SECOND, wrote=False))
        assert outcomes(made) == {"a": "pending"}

    @pytest.mark.parametrize(
        "doubt", [{"sync_status": "Syncing"}, {"moved": True}, {"status": "INCOMPLETE"}], ids=str
    )
    def test_a_list_that_is_not_whole_shows_nothing_vanished(self, doubt):
        made = plan([file(name="Seller")], [], [linked(to=job("gone"))], on=listed(**doubt))
        assert outcomes(made) == {"a": "pending"}
        assert "ledger/vanished" not in rules(made)

    def test_one_that_comes_back_is_known_again(self):
        made = plan([file(name="Seller")], [job()], [linked(to=job())])
        assert outcomes(made) == {"a": "in_sync"}


class TestHolds:
    def test_pending_waits_for_the_sync(self):
        hold = only(plan([file(name="Seller")], [], [created()])).hold
        assert hold.since == SENT
        assert "sync" in hold.waits_for
        assert "apply --wait" in hold.way_out

    def test_a_record_without_a_file_is_said_too(self):
        (orphan,) = plan([], [], [sent("gone/one")]).orphaned
        assert (orphan.record.id, orphan.outcome) == ("r1", "uncertain")
        assert "ledger resolve gone/one --created ID" in orphan.hold.way_out

    def test_the_moment_to_wait_for_is_said(self):
        hold = only(plan([file(name="Seller")], [], [sent()], on=listed(last_sync_start_time=SYNCED))).hold
        assert f"{LATE:%Y-%m-%d %H:%M UTC}" in hold.waits_for

    def test_of_several_connectors_each_command_names_its_own(self):
        uncertain = only(plan([file(name="Seller")], [], [sent()], several=True, connector_name="emea")).hold
        assert "apply --connector emea --settle" in uncertain.way_out
        assert "ledger resolve emea:a --created ID" in uncertain.way_out
        pending = only(plan([file(name="Seller")], [], [created()], several=True, connector_name="emea")).hold
        assert pending.way_out.startswith("`bindbee-sync apply --connector emea --wait`")

    def test_of_one_connector_no_command_names_it(self):
        uncertain = only(plan([file(name="Seller")], [], [sent()])).hold
        assert uncertain.way_out.startswith("`bindbee-sync apply --settle`, or after a look in the ATS ")
        assert "`bindbee-sync ledger resolve a --not-created`" in uncertain.way_out


class TestARecordThatAttemptedNothing:
    """A job that was listed when a file was first matched to it: no request of ours made it."""

    (RECORD,) = ledger(linked(to=job())).live

    def test_is_never_absent_by_the_evidence_on_requests(self):
        assert Evidence(synced(LATE + SECOND), ()).is_absent(self.RECORD) is False

    def test_no_other_job_may_be_its_own(self):
        assert Evidence(listed(), [job("near", remote_created_at=None)]).made_about_then(self.RECORD) == ()

    def test_no_job_may_still_come_of_it(self):
        assert may_come_until(self.RECORD) == SENT


def test_a_job_may_come_of_an_attempt_until_its_deadline_and_the_margin_by_the_local_clock():
    (intent,) = sent()
    (record,) = ledger([intent.model_copy(update={"server_at": SENT + timedelta(days=1)})]).live
    assert may_come_until(record) == SENT + DEADLINE + QUARTER


class TestVanishedRecords:
    """What a release asks: whether the job was created and is gone."""

    RECORDS = (
        linked("there", "r1", to=job("j1", code="A"), code="A"),
        linked("gone", "r2", to=job("j2", code="B"), code="B"),
        created("made", "r3", code="C"),
        sent("unknown", "r4", code="D"),
    )

    def gone(self, on):
        return vanished([], on, ledger(*self.RECORDS).live)

    def test_are_those_of_jobs_that_a_whole_list_does_not_show_any_more(self):
        assert self.gone(listed(job("j1", code="A"))) == {"r2"}

    def test_a_template_is_no_job_that_is_still_there(self):
        assert self.gone(listed(templates=[template("j1", code="A")])) == {"r1", "r2"}

    def test_none_has_vanished_from_a_list_that_is_not_whole(self):
        assert self.gone(listed(job("j1", code="A"), moved=True)) == frozenset()
