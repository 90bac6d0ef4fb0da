"""Targets as people type them: an address, its file's path, a glob, in any Unicode composition."""

from __future__ import annotations

import pytest

from bindbee_sync.commands.selection import selection
from bindbee_sync.config import load_config
from bindbee_sync.desired.load import load_jobs


@pytest.mark.parametrize(
    "target",
    [
        "caf\u00e9/x",
        "cafe\u0301/x",
        "jobs/caf\u00e9/x.yaml",
        "jobs/cafe\u0301/x.yaml",
        "cafe\u0301/*",
        "jobs/caf\u00e9/*",
    ],
)
@pytest.mark.parametrize("folder", ["caf\u00e9", "cafe\u0301"])
def test_a_target_in_any_form_is_found(tmp_path, folder, target):
    (tmp_path / "jobs" / folder).mkdir(parents=True)
    (tmp_path / "jobs" / folder / "x.yaml").write_text("name: x\n")
    settings = load_config(None, {}, tmp_path).only
    desired = load_jobs(settings.jobs, settings.root)
    assert selection(desired, settings, (), [target]).addresses == {"caf\u00e9/x"}
