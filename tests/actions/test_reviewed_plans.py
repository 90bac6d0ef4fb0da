"""Which plan files count as reviewed, against those who would have theirs count."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from github_stand_in import LENIENT, MERGED, OPENED, PLANNED, REPOSITORY, TOKEN, archive
from pydantic import SecretStr

from bindbee_sync.errors import ConfigError
from bindbee_sync.forge import api as client
from bindbee_sync.forge import reviewed
from bindbee_sync.forge.github import GitHub
from bindbee_sync.forge.outcome import collect_reviewed
from bindbee_sync.forge.reviewed import merged_pulls
from bindbee_sync.github_actions import WorkflowStep
from bindbee_sync.reviewing.plan_file import sealed

pytestmark = pytest.mark.slow

HEAD, OTHER, MERGE = "a" * 40, "b" * 40, "c" * 40
NAME = "bindbee-sync-plan"


def day(number, hour=9, minute=0):
    return f"2999-01-{number:02}T{hour:02}:{minute:02}:00Z"


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def plan(address="sales/lead"):
    document = {
        "format_version": 1,
        "created_at": PLANNED,
        "connector": {"id": "connector"},
        "entries": [{"address": address, "outcome": "create", "payload": {"name": "Sales Lead"}}],
    }
    return json.dumps(sealed(document, None))


@pytest.fixture
def world(github, monkeypatch):
    monkeypatch.setattr(client, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(reviewed, "PAUSES", ())
    return github.world


@pytest.fixture
def collect(world, github, tmp_path, capsys):
    """Run the step in front of an apply; return the addresses that count as reviewed, and its log."""

    def run(*, ref="main", event=None):
        (tmp_path / "event.json").write_text(json.dumps({"after": MERGE} if event is None else event))
        environment = {
            "GITHUB_API_URL": github.url,
            "GITHUB_GRAPHQL_URL": f"{github.url}/graphql",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REF_NAME": ref,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "SYNC_WORKFLOW": "plan.yml",
            "SYNC_ARTIFACT": NAME,
            "SYNC_REVIEWED": str(tmp_path / "reviewed"),
        }
        collect_reviewed(WorkflowStep(environment=environment))
        found = [json.loads(path.read_text()) for path in sorted((tmp_path / "reviewed").glob("*.json"))]
        return [entry["address"] for each in found for entry in each["entries"]], capsys.readouterr().out

    return run


@pytest.fixture
def merged(world):
    """A pull request that was planned, then merged."""
    world.run(HEAD, {NAME: archive(plan=plan())})
    return world.merge(7, HEAD, sha=MERGE)


@pytest.fixture
def api(world, github):
    with GitHub(
        api_url=github.url,
        graphql_url=f"{github.url}/graphql",
        repository=REPOSITORY,
        token=SecretStr(TOKEN),
    ) as made:
        yield made


def test_a_plan_file_of_the_pull_request_counts(merged, collect):
    found, log = collect()
    assert found == ["sales/lead"]
    assert "::" not in log


class TestWhoElseSaysReviewed:
    @pytest.mark.parametrize(
        "changed",
        [
            {"event": "pull_request_target"},
            {"event": "workflow_dispatch"},
            {"event": "merge_group"},
            {"head_sha": OTHER},
            {"head_branch": "another-branch"},
            {"head_branch": None},
            {"head_repository": {"full_name": "stranger/jobs"}},
            {"head_repository": None},
            {"path": ".github/workflows/other-plan.yml"},
            {"path": ".github/workflows/nested/plan.yml"},
            {"conclusion": "failure"},
            {"conclusion": None},
            {"created_at": day(1, hour=8), "run_started_at": day(1, hour=8)},
            {"run_started_at": day(2, hour=10)},
        ],
        ids=" ".join,
    )
    def test_a_run_that_does_not_fit_does_not_count(self, world, merged, collect, changed):
        world.refuse = LENIENT
        world.runs[0].update(changed)
        found, log = collect()
        assert found == []
        assert "#7 (found by commit cccccccccccc): no plan that was made for its head before the merge" in log

    @pytest.mark.parametrize("changed", [{"expired": True}, {"name": "other"}, {"created_at": day(4)}])
    def test_an_artifact_that_does_not_fit_does_not_count(self, world, merged, collect, changed):
        """The last one was uploaded by a run that went on, or was run again, after the merge."""
        world.artifacts[world.runs[0]["id"]][0].update(changed)
        assert collect()[0] == []

    def test_the_newest_attempt_alone_counts(self, world, merged, collect):
        run = world.runs[0]
        run["run_started_at"] = day(2, hour=10)
        world.keep(run, NAME, archive(plan=plan("sales/again")), created_at=day(2, hour=10, minute=1))
        assert collect()[0] == ["sales/again"]

    def test_a_second_pull_request_of_the_same_head_neither_supplies_nor_replaces_it(
        self, world, merged, collect
    ):
        world.pull(8, HEAD, base="unprotected")
        world.run(HEAD, {NAME: archive(plan=plan("sales/mallory"))})
        found, log = collect()
        assert found == []
        assert "::warning title=bindbee-sync::#7 was left out: 2 plan files fit (runs " in log

    @pytest.mark.parametrize("times", [(OPENED, None), (day(2, hour=8), day(2, minute=0)), (OPENED, day(4))])
    def test_a_run_that_may_be_of_another_pull_request_does_not_count(self, world, merged, collect, times):
        """Also where the other one's head has moved on since, so that no commit shows that they were one."""
        created, closed = times
        ref = merged["head"]["ref"]
        other = world.pull(8, OTHER, base="unprotected", created_at=created, closed_at=closed)
        other["head"]["ref"] = ref
        found, log = collect()
        assert found == []
        assert f"#7 was left out: #8 was open for the same branch, {ref}, when the plan was made" in log

    @pytest.mark.parametrize(
        ("times", "repository"),
        [
            ((day(2, hour=10), None), REPOSITORY),
            ((OPENED, day(2, hour=8)), REPOSITORY),
            ((OPENED, None), "stranger/jobs"),
            ((OPENED, None), None),
        ],
        ids=["opened later", "closed before", "a fork's branch of that name", "a deleted fork"],
    )
    def test_one_that_it_can_not_be_of_does_not_matter(self, world, merged, collect, times, repository):
        other = world.pull(8, HEAD, base="next", created_at=times[0], closed_at=times[1], user=None)
        other["head"]["repo"] = repository and {"full_name": repository}
        assert collect()[0] == ["sales/lead"]

    @pytest.mark.parametrize("event", ["base_ref_changed", "automatic_base_change_succeeded"])
    @pytest.mark.parametrize(("moment", "counts"), [(day(2, hour=8), True), (day(2, hour=10), False)])
    def test_a_plan_for_an_earlier_base_does_not_count(self, world, merged, collect, event, moment, counts):
        world.per_page = 1
        world.events[7] = [
            {"event": "labeled", "created_at": day(2, hour=10)},
            {"event": event, "created_at": moment},
        ]
        found, log = collect()
        assert (found == ["sales/lead"]) is counts
        assert ("Its base branch was changed after its plan was made" in log) is not counts

    def test_a_fork_has_no_reviewed_plan(self, world, collect):
        world.run(HEAD, {NAME: archive(plan=plan())})
        world.merge(7, HEAD, sha=MERGE, fork=True)
        found, log = collect()
        assert found == []
        assert "from a fork, so it has no reviewed plan" in log

    def test_a_fork_that_is_deleted_does_not_either(self, world, merged, collect):
        merged["head"]["repo"] = merged["user"] = None
        assert collect()[0] == []

    @pytest.mark.parametrize("ref", ["unprotected", "main"])
    def test_only_the_default_branch_counts_whatever_ref_runs(self, world, merged, collect, ref):
        world.run(OTHER, {NAME: archive(plan=plan("sales/mallory"))})
        world.merge(8, OTHER, sha=MERGE, base="unprotected")
        assert collect(ref=ref, event={})[0] == ["sales/lead"]

    def test_a_workflow_that_the_default_branch_does_not_have_is_an_error(self, world, merged, collect):
        world.refuse = lambda _method, path: 404 if path.startswith("/contents/") else None
        with pytest.raises(ConfigError, match=r"The branch main has no workflow plan\.yml"):
            collect()

    def test_files_that_are_there_already_do_not_count(self, merged, collect, tmp_path):
        (tmp_path / "reviewed").mkdir()
        (tmp_path / "reviewed" / "mallory.json").write_text(plan("sales/mallory"))
        with pytest.raises(ConfigError, match="The folder for reviewed plans is not empty"):
            collect()


def zipped(member, content=b"{}", method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        made.writestr(member, content)
    return buffer.getvalue()


def link():
    member = zipfile.ZipInfo("plan.json")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped(member, b"/etc/passwd")


def corrupt():
    """Return an archive with a deflate stream that can't be read."""
    content = bytearray(zipped("plan.json", plan().encode()))
    content[50:70] = b"\xff" * 20
    return bytes(content)


def encrypted():
    content = bytearray(zipped("plan.json", plan().encode()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


BAD = {
    "no archive": b"no archive",
    "empty": archive(),
    "two files": archive(a="{}", b="{}"),
    "no plan": archive(plan="{}"),
    "deep": archive(plan="[" * 100_000),
    "corrupt": corrupt(),
    "cut off": zipped("plan.json", plan().encode())[:-30],
    "encrypted": encrypted(),
    "link": link(),
    "folder": zipped("plan/", b""),
    "other method": zipped("plan.json", plan().encode(), zipfile.ZIP_LZMA),
    "bomb": zipped("plan.json", bytes(reviewed.LARGEST_PLAN + 1)),
}


class TestBadArtifacts:
    @pytest.mark.parametrize("name", BAD)
    def test_it_is_left_out_and_stops_no_other(self, world, merged, collect, name):
        world.run(OTHER, {NAME: BAD[name]})
        world.merge(8, OTHER, sha=MERGE)
        found, log = collect()
        assert found == ["sales/lead"]
        assert log.count("::warning title=bindbee-sync::#8 was left out: ") == 1

    def test_one_that_is_too_large_is_not_read_to_its_end(self, world, merged, collect, monkeypatch):
        monkeypatch.setattr(client, "LARGEST_DOWNLOAD", 1 << 20)
        world.run(OTHER, {NAME: bytes((1 << 20) + 1)})
        world.merge(8, OTHER, sha=MERGE)
        found, log = collect()
        assert found == ["sales/lead"]
        assert "#8 was left out: An artifact is larger than 1 MiB" in log

    def test_two_of_one_name_are_no_better_where_neither_can_be_read(self, world, merged, collect):
        world.keep(world.run(OTHER, {NAME: b"no archive"}), NAME, b"no archive")
        world.merge(8, OTHER, sha=MERGE)
        found, log = collect()
        assert found == ["sales/lead"]
        assert "#8 was left out: 2 plan files fit" in log

    @pytest.mark.parametrize("status", [404, 410])
    def test_one_that_is_gone_is_left_out(self, world, merged, collect, status):
        world.run(OTHER, {NAME: archive(plan=plan("sales/other"))})
        world.merge(8, OTHER, sha=MERGE)
        gone = f"/actions/artifacts/{world.artifacts[world.runs[1]['id']][0]['id']}/zip"
        world.refuse = lambda _method, path: status if path == gone else None
        assert collect()[0] == ["sales/lead"]

    def test_a_fault_of_github_fails_the_step(self, world, merged, collect):
        world.refuse = lambda _method, path: 503 if path.endswith("/zip") else None
        with pytest.raises(client.ForgeError, match="GitHub answered 503"):
            collect()

    def test_a_pull_request_of_more_events_than_are_read_is_left_out(self, world, merged, collect):
        world.events[7] = [{"event": "labeled", "created_at": OPENED}] * 31
        world.per_page = 1
        found, log = collect()
        assert found == []
        assert "#7 was left out: GitHub lists more than" in log


class TestLookBack:
    def test_a_pull_request_that_github_does_not_know_of_yet_is_found_by_the_merges_parent(self, world, api):
        world.merge(7, HEAD, sha=HEAD, merged_at="2020-01-01T00:00:00Z")
        world.commits[MERGE] = {"pulls": [], "parents": [OTHER, HEAD]}
        world.hidden_for = 2
        (pull,) = merged_pulls(api, branch="main", commits=[MERGE], pauses=(0, 0, 0)).pulls
        assert (pull.number, pull.via, pull.pushed) == (7, HEAD, True)

    def test_pull_requests_merged_elsewhere_or_not_at_all_are_left_out(self, world, api):
        world.merge(7, HEAD, sha=MERGE, base="next")
        world.merge(8, HEAD, sha=MERGE, merged_at=None)
        assert merged_pulls(api, branch="main", commits=[MERGE], pauses=()).pulls == []

    def test_closed_ones_push_no_merged_one_out(self, world, api):
        world.merge(7, HEAD, sha=MERGE, merged_at=ago(days=1))
        for number in range(1_000, 1_250):
            world.pull(number, OTHER, fork=True, closed_at=MERGED, updated_at=MERGED)
        found = merged_pulls(api, branch="main", commits=[], pauses=())
        assert [pull.number for pull in found.pulls] == [7]
        assert found.notes == []

    @pytest.mark.parametrize(("days", "counts"), [(13, True), (15, False)])
    def test_it_goes_by_the_time_of_the_merge(self, world, api, days, counts):
        """Not by that of the last update: a comment brings no pull request back."""
        world.merge(7, HEAD, sha=MERGE, merged_at=ago(days=days), updated_at=MERGED)
        world.merge(8, OTHER, sha=OTHER, merged_at=ago(days=20), updated_at=ago(days=20))
        found = merged_pulls(api, branch="main", commits=[], pauses=())
        assert [pull.number for pull in found.pulls] == [7] * counts

    def test_what_was_not_looked_at_is_shown(self, world, merged, collect, monkeypatch):
        monkeypatch.setattr(client, "MOST_PAGES", 2)
        monkeypatch.setattr(reviewed, "MOST_PULLS", 1)
        world.per_page = 1
        merged["updated_at"] = day(4)
        world.merge(8, OTHER, sha=OTHER, merged_at=ago(hours=1))
        world.merge(9, OTHER, sha=OTHER, merged_at=ago(hours=2))
        found, log = collect()
        assert found == ["sales/lead"]
        assert "::warning title=bindbee-sync::Pull requests last updated before " in log
        assert "Only the newest 1 merged pull requests count; left out: #8" in log
