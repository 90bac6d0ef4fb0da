"""A team's own rules in the Python interface."""

from __future__ import annotations

from bindbee_sync import api
from bindbee_sync.sandbox import seed


def test_they_judge_there_as_on_the_command_line(repo, sandbox):
    repo.job("driver", "Driver")
    (repo.path / "policies").mkdir()
    (repo.path / "policies" / "a.yaml").write_text("id: policy/never\nrequire: 'false'\nmessage: Never\n")
    loaded = api.load(repo.path, base_url=sandbox.url)
    secrets = api.Secrets(api_key=seed.API_KEY, connector_token=seed.CONNECTOR_TOKEN)
    made = api.plan(loaded, secrets)
    assert [each.rule for each in made.errors] == ["policy/never"]
    assert api.apply(loaded, secrets, lambda _: True).plan.errors
    assert sandbox.requests("POST", "/api/ats/v1/jobs") == 0
