"""Reports of very many connectors stay within GitHub's limits, and name every customer."""

from __future__ import annotations

import pytest
from report_plans import create, drifted, finding, plan

from bindbee_sync.errors import ToolError
from bindbee_sync.github_actions import LARGEST_SUMMARY, WorkflowStep
from bindbee_sync.reports.fleet import FleetPart, fleet_markdown
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.truncation import BUDGET


def part(number, *, failed, findings):
    name = f"customer-{number:04}"
    if failed:
        error = ToolError(f"Bindbee can't be reached: {'x' * 600}", hint="y" * 600)
        return FleetPart(name=name, failed=True, error=error)
    made = plan(
        *(create(f"sales/lead-{each}", description="d" * 3_000) for each in range(findings // 2)),
        drifted(),
        diagnostics=tuple(finding(each, message="m" * 300) for each in range(findings)),
    )
    return FleetPart(name=name, failed=bool(findings), view=plan_view(made))


@pytest.mark.parametrize(
    ("number", "findings", "failed"),
    [(300, 40, False), (300, 0, True), (1_000, 4, False), (3, 200, False)],
    ids=["many findings", "all failed", "a thousand", "three large ones"],
)
def test_every_customer_is_named_within_a_comment(number, findings, failed, tmp_path):
    parts = [part(each, failed=failed, findings=findings) for each in range(number)]
    text = fleet_markdown(parts)
    assert len(text) <= BUDGET
    shown = text.replace("&#8203;", "")
    assert all(f"**{each.name}**" in shown for each in parts)
    summary = tmp_path / "summary"
    WorkflowStep(environment={"GITHUB_STEP_SUMMARY": str(summary)}).summarize(text)
    assert 0 < summary.stat().st_size < LARGEST_SUMMARY


def test_a_large_customer_hides_no_other(tmp_path):
    parts = [part(0, failed=False, findings=400), *(part(each, failed=False, findings=2) for each in (1, 2))]
    text = fleet_markdown(parts)
    assert len(text) <= BUDGET
    assert text.count("<details><summary>customer-") == 3
    assert "left out to stay within GitHub's size limit" in text


def test_details_of_the_first_ones_are_kept_where_all_can_not_be():
    parts = [part(each, failed=False, findings=40) for each in range(300)]
    assert 1 <= fleet_markdown(parts).count("<details><summary>customer-") < 300
