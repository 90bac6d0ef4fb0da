"""A plan of each rule's examples, as the pages show it: they are planned against the sandbox's company."""

from __future__ import annotations

import tempfile
from io import StringIO
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.fetch import fetch_snapshot
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.ledger.records import replay
from bindbee_sync.planning.offline import validate_files
from bindbee_sync.planning.options import PlanOptions
from bindbee_sync.planning.plan import make_plan
from bindbee_sync.policies.load import load_policies
from bindbee_sync.reports.text import TextReport
from bindbee_sync.rules.examples import OF_NO_ATS, Files
from bindbee_sync.rules.registry import RULES
from bindbee_sync.sandbox.server import Sandbox


def company() -> Snapshot:
    """Return what Bindbee lists for the sandbox's company."""
    with (
        Sandbox() as sandbox,
        Bindbee(
            base_url=sandbox.url,
            api_key=SecretStr(sandbox.api_key),
            connector_token=SecretStr(sandbox.connector_token),
            timeout=30,
        ) as api,
    ):
        return fetch_snapshot(api, departments=True, offices=True, users=True)


def findings(files: Files, rule: str, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
    """Return what a plan finds in these files; `rule` is the one that they are to show."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        desired = load_jobs(root / "jobs", root)
        provider = RULES[rule].provider
        if rule in OF_NO_ATS or provider not in (None, "greenhouse"):
            return validate_files(desired, provider, {})
        own = root / "policies"
        policies = load_policies(own if own.is_dir() else None, root, {})
    nothing = replay([], snapshot.connector.id)
    options = PlanOptions(policies=policies)
    return make_plan(desired, snapshot, nothing, now=snapshot.taken_at, options=options).diagnostics


def report(found: tuple[Diagnostic, ...]) -> str:
    """Return the findings as a terminal shows them."""
    told = StringIO()
    TextReport(Console(file=told, width=10_000, highlight=False, markup=False, emoji=False)).diagnostics(
        found
    )
    return told.getvalue().strip("\n")
