"""A file without findings is parsed once; a place is looked for when it is asked for."""

from __future__ import annotations

import pytest

from bindbee_sync.desired import yaml_mistakes
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.diagnostics import Place


@pytest.fixture
def parsed(monkeypatch):
    """Return the paths of the files that are parsed, each time again."""
    paths = []
    parse = yaml_mistakes.parse

    def counting(content, path):
        paths.append(path)
        return parse(content, path)

    monkeypatch.setattr(yaml_mistakes, "parse", counting)
    return paths


@pytest.mark.parametrize("count", [10, 40])
def test_each_file_is_parsed_once(tmp_path, parsed, count):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "_defaults.yaml").write_text("departments: [Sales]\n")
    for number in range(count):
        (tmp_path / "jobs" / f"{number}.yaml").write_text(f"name: Job {number}\noffices: [Berlin]\n")
    assert len(load_jobs(tmp_path / "jobs", tmp_path).files) == count
    assert sorted(parsed) == sorted(["jobs/_defaults.yaml", *(f"jobs/{n}.yaml" for n in range(count))])


def test_all_places_of_a_file_cost_one_more_parse(tmp_path, parsed):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "a.yaml").write_text("name: A\noffices: [Berlin, Rome]\n")
    (file,) = load_jobs(tmp_path / "jobs", tmp_path).files
    assert file.place("offices", 1) == Place("jobs/a.yaml", 2, 19)
    assert file.key_place("offices") == Place("jobs/a.yaml", 2, 1)
    assert parsed == ["jobs/a.yaml"] * 2
