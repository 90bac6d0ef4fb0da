"""Hand-made mutants of order and guard, each of which a test has to kill.

python tests/proof/mutants.py [NAME...]     in a copy of the repository; exit 1 where one lives
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIMULATION = "simulation"
"""In place of a test: the first 1,500 schedules."""


@dataclass(frozen=True)
class Mutant:
    """A guard left out: in `file`, each text replaced by another; `killer` is the test that notices."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]
    killer: str


def _mutant(name: str, file: str, killer: str, *changes: tuple[str, str]) -> Mutant:
    return Mutant(name, f"bindbee_sync/{file}", changes, killer)


MUTANTS = (
    _mutant(
        "intent after send",
        "applying/executor.py",
        "tests/ledger/test_file_ledger.py::TestInAnApply",
        ("self.writer.append(*self._closings(batch), *(intent for _, intent in claimed))", "pass"),
        (
            "                    self.writer.note(self._outcome(intent, result))\n",
            "                    self.writer.append(intent, self._outcome(intent, result))\n",
        ),
    ),
    _mutant(
        "no fsync",
        "ledger/file_store.py",
        "tests/proof/test_power_cuts.py",
        (
            "            _write_all(descriptor, content)\n            flush(descriptor)",
            "            _write_all(descriptor, content)",
        ),
    ),
    _mutant(
        "no fsync of the folder",
        "ledger/file_store.py",
        "tests/proof/test_power_cuts.py",
        ("                        _flush_folder(folder)", "                        pass"),
    ),
    _mutant(
        "append after a torn line",
        "ledger/file_store.py",
        "tests/ledger/test_file_ledger.py::test_a_last_line_of_any_bytes_is_left_out_and_then_cut_off",
        (
            "                os.ftruncate(self._descriptor, self._length)\n                flush",
            "                flush",
        ),
    ),
    _mutant(
        "lock not taken",
        "ledger/file_store.py",
        "tests/ledger/test_file_ledger.py::test_only_one_process_writes_the_other_is_told_who_and_a_kill_releases_it",
        ("fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass"),
    ),
    _mutant(
        "a lock that is a link is followed",
        "ledger/file_store.py",
        "tests/ledger/test_file_ledger.py::test_a_link_in_the_locks_place_is_not_followed",
        (" | os.O_NOFOLLOW, 0o600)", ", 0o600)"),
    ),
    _mutant(
        "an unreadable ledger is an empty one",
        "ledger/file_store.py",
        "tests/ledger/test_file_ledger.py::test_a_folder_in_its_place_is_an_error",
        (
            "            raise LedgerError(\n                f\"The ledger can't be read",
            "            return b''\n            raise OSError(\n                f\"The ledger can't be read",
        ),
    ),
    _mutant(
        "an emptied ledger is an empty one",
        "ledger/file_store.py",
        "tests/ledger/test_file_ledger.py::test_cut_off_within_its_first_line_it_is_an_error_never_an_empty_ledger",
        ("    if content is None:\n        return ()", "    if not content:\n        return ()"),
    ),
    _mutant(
        "a missing branch is an empty ledger",
        "ledger/git_branch.py",
        "tests/ledger/test_git_ledger.py::test_a_missing_branch_is_an_error_and_init_makes_it",
        (
            "            if not self.exists():\n",
            "            if not self.exists():\n                return Tip(commit='0' * 40, files={})\n",
        ),
    ),
    _mutant(
        "init over a branch that was deleted",
        "ledger/git_branch.py",
        "tests/ledger/test_git_ledger.py::test_a_branch_that_is_gone_is_not_begun_anew_where_it_was_seen",
        ("        if seen.returncode == 0:", "        if False:"),
    ),
    _mutant(
        "another ledger of the checkout is not asked",
        "commands/connection.py",
        "tests/journeys/test_ledger_changed.py::TestBetweenOthers",
        ("    if reads_ledger and connector.id not in recorded():", "    if False:"),
    ),
    _mutant(
        "a ledger's name that hides the connector's own",
        "commands/connection.py",
        "tests/fleet/test_right_customer.py::test_a_ledger_name_does_not_hide_the_ledger_that_the_connector_had",
        ("name == settings.ledger_name", "name == settings.name"),
    ),
    _mutant(
        "forced push",
        "ledger/git_branch.py",
        "tests/ledger/test_git_ledger.py::test_pushes_are_never_forced",
        ('            "--porcelain",\n', '            "--porcelain",\n            "--force",\n'),
    ),
    _mutant(
        "up to date taken as won",
        "ledger/git_branch.py",
        "tests/proof/test_shared_ledger.py::test_the_same_commit_pushed_twice_is_won_once",
        ('rf"^[ *]\\t', 'rf"^[ *=]\\t'),
    ),
    _mutant(
        "a push without an answer taken as failed",
        "ledger/git_store.py",
        "tests/ledger/test_git_ledger.py::test_a_push_whose_answer_was_lost_is_found_to_have_landed",
        ("if self._tip.holds(events):", "if False:"),
    ),
    _mutant(
        "no re-decision after being overtaken",
        "ledger/git_store.py",
        "tests/proof/test_shared_ledger.py::test_whoever_finds_others_on_top_of_a_push_whose_answer_was_lost_decides_again",
        ("self._overtaken = self._tip.commit != commit", "pass"),
    ),
    _mutant(
        "no nonce",
        "ledger/events.py",
        "tests/journeys/test_create_once.py::test_missing_jobs_are_created_once_and_listed_after_a_sync",
        ("return str(uuid4())", 'return "00000000-0000-4000-8000-000000000000"'),
    ),
    _mutant(
        "no re-decision after a lost race",
        "applying/executor.py",
        "tests/proof/test_shared_ledger.py::test_after_a_lost_race_nothing_is_created_that_the_winner_took_up",
        ("batch, self._lost_race = self._still_to_create(batch), True", "pass"),
    ),
    _mutant(
        "later batches not decided again after a lost race",
        "applying/executor.py",
        "tests/applying/test_executor.py",
        ("queue, self._lost_race = self._still_to_create(queue), False", "pass"),
    ),
    _mutant(
        "several under way after a lost answer",
        "applying/executor.py",
        "tests/applying/test_executor.py",
        (" if answered == len(team) else 1", ""),
    ),
    _mutant(
        "what is under way at an interrupt is not tried",
        "applying/executor.py",
        "tests/applying/test_executor.py",
        (
            "yield from ((team[each], UNDER_WAY) for each in left)",
            "yield from ((team[each], DEADLINE_PASSED) for each in left)",
        ),
    ),
    _mutant(
        "no deadline",
        "applying/executor.py",
        "tests/applying/test_executor.py::test_a_batch_that_takes_longer_than_the_deadline_gets_new_intents_for_the_rest",
        (
            "        ticked = self.clock.ticks() - started\n",
            "        return False\n        ticked = self.clock.ticks() - started\n",
        ),
    ),
    _mutant(
        "deadline by the wall clock alone",
        "applying/executor.py",
        "tests/applying/test_executor.py::test_one_clock_that_stands_still_does_not_stretch_the_deadline",
        ("ticked >= DEADLINE.total_seconds() or ", ""),
    ),
    _mutant(
        "deadline by the clock that goes on in sleep alone",
        "applying/executor.py",
        "tests/applying/test_executor.py::test_one_clock_that_stands_still_does_not_stretch_the_deadline",
        (" or self.clock.now() >= intent.deadline", ""),
    ),
    _mutant(
        "an answer's id taken although an older job has it",
        "applying/executor.py",
        "tests/applying/test_executor.py::test_an_id_of_a_job_that_was_listed_before_is_not_that_of_the_new_one",
        ("self._without_listed_ids(answer)", "answer"),
    ),
    _mutant(
        "retry on timeout",
        "applying/executor.py",
        "tests/journeys/test_create_outcomes.py",
        (
            "                    case Throttled():",
            (
                "                    case Result(became=CreateResult.UNCERTAIN) if next(resends, None):\n"
                "                        pass\n                    case Throttled():"
            ),
        ),
    ),
    _mutant(
        "an interrupted request is not tried",
        "applying/executor.py",
        SIMULATION,
        ("return UNDER_WAY if sent else Result(", "return Result("),
    ),
    _mutant(
        "429 sent again without end",
        "applying/executor.py",
        "tests/applying/test_executor.py::test_a_rate_limit_that_never_lets_through_ends_the_apply",
        ("if self._waited > self.max_waiting:", "if self._waited > 1e4:"),
    ),
    _mutant(
        "429 as refused by the ATS",
        "bindbee/outcomes.py",
        "tests/bindbee/test_bindbee_classify.py::test_every_status_is_classified_as_the_table_says",
        ("    if status == 429:", "    if status == 4290:"),
    ),
    _mutant(
        "5xx as refused",
        "bindbee/outcomes.py",
        "tests/bindbee/test_bindbee_classify.py::test_every_status_is_classified_as_the_table_says",
        ("if 400 <= status < 500 and status not in", "if 400 <= status < 600 and status not in"),
    ),
    _mutant(
        "half an answer taken as whole",
        "bindbee/client.py",
        "tests/bindbee/test_bindbee_one_create.py",
        ("        if reply.cut is not None:", "        if False:"),
    ),
    _mutant(
        "the transport sends again",
        "bindbee/transport.py",
        "tests/bindbee/test_bindbee_one_create.py::test_one_request_on_the_wire",
        (
            "            return self._fault(_words(error, timeout), connected=True)",
            (
                "            with suppress(Exception):\n"
                "                self._pool.handle_request(_wire_form(request, timeout))\n"
                "            return self._fault(_words(error, timeout), connected=True)"
            ),
        ),
    ),
    _mutant(
        "creates on a connection that was idle",
        "bindbee/http.py",
        "tests/bindbee/test_bindbee_one_create.py::test_creates_never_share_a_connection",
        ('self._kept if method == "GET" else self._fresh()', "self._kept"),
    ),
    _mutant(
        "the time told before a sleep",
        "bindbee/http.py",
        "tests/bindbee/test_bindbee_snapshot.py::test_an_answer_that_was_read_after_a_sleep_does_not_set_the_clock_back",
        (" and ticks() - began <= self._timeout", ""),
    ),
    _mutant(
        "a list that a sync wrote to meanwhile",
        "bindbee/fetch.py",
        "tests/bindbee/test_bindbee_snapshot.py::test_a_sync_that_ended_meanwhile_has_the_jobs_read_again",
        ("return ended or ", "return "),
    ),
    _mutant(
        "git of another repository",
        "git.py",
        "tests/test_git.py::test_a_revision_is_read_from_the_repository_of_the_job_files",
        ("if name not in OF_ONE_REPOSITORY and not", "if not"),
    ),
    _mutant(
        "tokens handed on to child processes",
        "git.py",
        "tests/test_git.py::test_a_child_process_gets_no_token_and_no_other_setting_of_this_tool",
        (' and not name.startswith("BINDBEE_")', ""),
    ),
    _mutant(
        "matching by name whatever its age",
        "planning/settling.py",
        "tests/planning/test_settling.py",
        ("job.remote_created_at is None or job.remote_created_at >= intent.server_at - MARGIN", "True"),
    ),
    _mutant(
        "matching by name what was listed before",
        "planning/settling.py",
        "tests/planning/test_settling.py",
        ("    if job.id in intent.possibly_newer:\n        return False\n", ""),
    ),
    _mutant(
        "two open records of one name settled by guess",
        "planning/settling.py",
        "tests/planning/test_settling.py",
        ("all(sharers[key] == 1 for key in keys(record))", "True"),
    ),
    _mutant(
        "a probe takes the job of another create",
        "applying/probing.py",
        "tests/journeys/test_settle.py::test_the_job_of_another_create_that_has_no_id_yet_is_not_taken_for_it",
        (" and sum(_is_like(jobs[0], intent) for intent in attempts) == 1", ""),
    ),
    _mutant(
        "absence by the local clock",
        "applying/executor.py",
        SIMULATION,
        ("            server_at=server_at,\n", "            server_at=now,\n"),
    ),
    _mutant(
        "absence without the margin",
        "planning/holds.py",
        "tests/planning/test_settling.py",
        (
            "self._sync > server_deadline(record.intent) + MARGIN",
            "self._sync > server_deadline(record.intent)",
        ),
    ),
    _mutant(
        "pending created again",
        "planning/holds.py",
        "tests/planning/test_settling.py",
        ("return record.is_uncertain and self.is_absent(record)", "return self.is_absent(record)"),
    ),
    _mutant(
        "absent sent again although a job was made then",
        "planning/holds.py",
        "tests/planning/test_settling.py",
        (" and not self.made_about_then(record)", ""),
    ),
    _mutant(
        "pin not compared",
        "connector_pin.py",
        "tests/fleet/test_right_customer.py::test_the_message_names_both_customers_and_the_remedy_cures",
        ("return same_id and self.origin_id in (None, origin_id)", "return True"),
    ),
    _mutant(
        "pin compared after the listing",
        "bindbee/client.py",
        "tests/fleet/test_right_customer.py::"
        "test_a_swap_stops_before_anything_is_listed_or_sent[others_token-lookup departments]",
        (
            "        self._check_connector()\n        found: dict[str, Item] = {}",
            "        found: dict[str, Item] = {}",
        ),
    ),
    _mutant(
        "token of the first connector used for all",
        "commands/tokens.py",
        "tests/fleet/test_right_customer.py::test_a_token_for_one_is_not_used_for_many",
        (
            "return Token(self._lookup.find(pin), pin.where)",
            "return Token(self._lookup.find(next(iter(settings.pins.values()))), pin.where)",
        ),
    ),
    _mutant(
        "plain token used for an unpinned one of several",
        "commands/connection.py",
        "tests/fleet/test_right_customer.py::"
        "test_a_swap_stops_before_anything_is_listed_or_sent"
        "[plain_token_without_a_pin_where_several_are_named-plan]",
        ("if settings.pin is None and settings.several and token_source == TOKEN:", "if False:"),
    ),
    _mutant(
        "a ledger of other connectors taken without a pin",
        "commands/connection.py",
        "tests/fleet/test_right_customer.py::"
        "test_a_swap_stops_before_anything_is_listed_or_sent[file_ledger_of_others-plan]",
        ("        if others and connector.id not in others:", "        if False:"),
    ),
    _mutant(
        "pace shared by all connectors",
        "bindbee/http.py",
        "tests/fleet/test_isolation.py::test_the_rate_limit_of_one_is_not_anothers",
        (
            "self.pace = Pace()",
            "self.pace = vars(HttpClient).get('all') or Pace()\n        HttpClient.all = self.pace",
        ),
    ),
    _mutant(
        "a crash in one connector stops the others",
        "commands/fleet.py",
        "tests/fleet/test_isolation.py::TestAFaultOfOurs::test_in_reading_the_files",
        (
            "    except Exception as error:  # noqa: BLE001 - a fault of ours",
            "    except KeyError as error:  #",
        ),
    ),
    _mutant(
        "comment found without the connector's id",
        "reports/marks.py",
        "tests/actions/test_comments.py::test_three_connectors_have_a_comment_each_and_update_their_own",
        ("bindbee-sync:plan:{_key(connector_id)} -->", "bindbee-sync:plan: -->"),
    ),
    _mutant(
        "gathering that passes when one is missing",
        "reports/gathered.py",
        "tests/gathering/test_report_command.py::test_one_that_is_missing_fails_and_comes_first",
        ("            if name not in names\n", "            if False\n"),
    ),
    _mutant(
        "changes since the tip in place of the merge base",
        "desired/revision.py",
        "tests/gathering/test_changed_since.py::test_the_base_may_have_moved_on",
        (
            'git.run("merge-base", "HEAD", _commit(revision, git))',
            'git.run("rev-parse", _commit(revision, git))',
        ),
    ),
    _mutant(
        "a shard that overlaps the next",
        "commands/choosing.py",
        "tests/fleet/test_shards.py::test_shards_part_the_connectors",
        ("chosen[index - 1 :: count]", "chosen[index - 1 :]"),
    ),
)


def main() -> int:
    wanted = sys.argv[1:]
    chosen = [mutant for mutant in MUTANTS if not wanted or mutant.name in wanted]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "copy"
        for part in ("bindbee_sync", "tests", "jobs", "pyproject.toml", "bindbee-sync.yaml", "README.md"):
            source = ROOT / part
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy / part, ignore=ignored) if source.is_dir() else shutil.copy(
                source, copy
            )
        living = []
        for killer in sorted({mutant.killer for mutant in chosen}):
            if _run(copy, killer).returncode:
                print(f"without any mutant, this fails: {killer}")
                return 1
        print("| left out | killed by |\n|---|---|", flush=True)
        for mutant in chosen:
            died = _dies(copy, mutant)
            living += [] if died else [mutant.name]
            print(f"| {mutant.name} | {f'`{mutant.killer}`' if died else 'nothing'} |", flush=True)
    print(f"{len(chosen)} mutants, {len(living)} alive {living or ''}")
    return int(bool(living))


def _dies(copy: Path, mutant: Mutant) -> bool:
    file = copy / mutant.file
    before = file.read_text()
    text = before
    for old, new in mutant.changes:
        if text.count(old) != 1:
            raise SystemExit(f"{mutant.name}: {text.count(old)} places in {mutant.file} read: {old}")
        text = text.replace(old, new)
    file.write_text(text)
    done = _run(copy, mutant.killer)
    file.write_text(before)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{mutant.name}: {mutant.killer} did not run:\n{done.stdout}{done.stderr}")
    return done.returncode == 1


def _run(copy: Path, killer: str) -> subprocess.CompletedProcess[str]:
    if killer == SIMULATION:
        words = ["tests/proof/simulate.py", "--schedules", "1500"]
    else:
        words = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", killer]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    raise SystemExit(main())
