"""PATH and --target: what is shown and judged."""

from __future__ import annotations


def test_a_defaults_file_stands_for_the_jobs_below_it(repo):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.job("sales/emea/lead", "EMEA Sales Lead", "LEAD-2")
    repo.job("product/lead", "Product Lead", "LEAD-3")
    repo.write("sales/_defaults", "offices: [London]\n")
    assert set(repo.plan("jobs/sales/_defaults.yaml").outcomes) == {"sales/lead", "sales/emea/lead"}
