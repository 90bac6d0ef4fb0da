"""File names are bytes that are read as UTF-8, whatever the locale."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.slow

ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


@pytest.fixture(params=["C", "Latin-1"])
def locale(request, tmp_path):
    """Return the variables of a locale that is not in UTF-8."""
    if request.param == "C":
        return ASCII
    localedef = shutil.which("localedef")
    made = tmp_path / "locales"
    made.mkdir()
    command = [str(localedef), "-i", "de_DE", "-f", "ISO-8859-1", str(made / "de_DE")]
    if localedef is None or subprocess.run(command, capture_output=True, check=False).returncode > 1:
        pytest.skip("this machine can't make a locale")
    return ASCII | {"LOCPATH": str(made), "LC_ALL": "de_DE"}


def test_an_address_is_the_same_in_every_locale(repo, locale):
    repo.job("b\u00fcro/pfleger", "Pfleger", "P-1")
    for arguments in ([], ["jobs/b\u00fcro/pfleger.yaml"], ["--target", "b\u00fcro/pfleger"]):
        ran = repo.process("plan", "--format", "json", *arguments, env=locale)
        assert ran.code == 0, ran.err
        (entry,) = json.loads(ran.out)["entries"]
        assert (entry["address"], entry["outcome"]) == ("b\u00fcro/pfleger", "create")
    ran = repo.process("validate", env=locale)
    assert (ran.code, "not in UTF-8" in ran.out) == (0, False)
