"""PATH and --target: what is shown and judged."""

from __future__ import annotations


def test_a_defaults_file_stands_for_the_jobs_below_it(repo):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    repo.job("sales/emea/lead", "EMEA Sales Lead", "LEAD-2")
    repo.job("product/lead", "Product Lead", "LEAD-3")
    repo.write("sales/_defaults", "offices: [London]\n")
    assert set(repo.plan("jobs/sales/_defaults.yaml").outcomes) == {"sales/lead", "sales/emea/lead"}


def test_what_is_uncertain_elsewhere_is_said_and_is_the_exit_code(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.fault("lose")
    assert repo.apply().code == 3
    repo.job("product/lead", "Product Lead", "LEAD-3")
    done = repo.run("apply", "--yes", "--target", "product/*")
    assert done.code == 3
    assert "sales/lead" in done.out
    assert "1 job created" in done.out


def test_a_path_counts_however_it_is_composed(repo):
    repo.job("büro/führer", "Field Sales Lead", "LEAD-1")
    repo.job("other", "Other", "LEAD-2")
    for path in ("jobs/bu\u0308ro/fu\u0308hrer.yaml", "jobs/bu\u0308ro"):
        assert set(repo.plan(path).outcomes) == {"büro/führer"}
