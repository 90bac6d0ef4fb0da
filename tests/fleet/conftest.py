"""A repository that serves several customers of the sandbox."""

from __future__ import annotations

import json

import pytest
from tool_runs import JOB

from bindbee_sync.sandbox import seed

CONNECTORS = ("GET", "/api/ats/v1/connectors")


class Customers:
    """A repository of several customers, and the sandbox that serves them."""

    def __init__(self, repo, sandbox, monkeypatch):
        self.repo, self.sandbox, self.set, self.unset = repo, sandbox, monkeypatch.setenv, monkeypatch.delenv
        self.patch = monkeypatch.setattr

    def config(self, connectors, top=""):
        """Write a config: of each connector the keys, by name."""
        sections = "".join(f"  {name}: {json.dumps(keys)}\n" for name, keys in connectors.items())
        self.repo.config(f"{top}connectors:\n{sections}")

    def token(self, name, number):
        """Give the connector called `name` the token of a company."""
        self.set(f"BINDBEE_CONNECTOR_TOKEN_{name.upper().replace('-', '_')}", seed.company(number).token)

    def job(self, number, address, code, folder=None):
        """Write a job file that suits the company of that number."""
        company = seed.company(number)
        template = company.template_id("Template: People Manager")
        text = JOB.format(name=f"Job {code}", code=f"code: {code}\n", template=template)
        text = text.replace("halden-robotics.example", company.domain)
        return self.repo.write(f"{folder or company.name}/{address}", text)

    def pinned(self, *numbers, key="id", top=""):
        """Pin the companies of these numbers, each with one job to create."""
        self.config({seed.company(n).name: {key: getattr(seed.company(n), key)} for n in numbers}, top)
        for number in numbers:
            self.job(number, "a", f"J-{number}")

    def creates(self, number):
        """Return the codes that creates sent to a company."""
        return [body["code"] for body in self.sandbox.connector(number).creates()]

    def files(self):
        """Return the content of every file but a ledger's lock, which an apply takes first."""
        return {path: text for path, text in self.repo.files().items() if path.suffix != ".lock"}

    @property
    def only_asked_who(self):
        """True where nothing was asked but who the tokens' connectors are."""
        return {(asked["method"], asked["path"]) for asked in self.sandbox.log()} <= {CONNECTORS}

    @property
    def tokens_used(self):
        """The keys of the connectors whose tokens were sent, and whose they were."""
        return {(asked["connector"], asked["token"]) for asked in self.sandbox.log()}


@pytest.fixture
def sandbox(fleet):
    """The companies, for the repository: its environment has no token of any."""
    return fleet


@pytest.fixture
def customers(repo, sandbox, monkeypatch):
    """A repository with the API key alone in the environment."""
    monkeypatch.delenv("BINDBEE_CONNECTOR_TOKEN")
    yield Customers(repo, sandbox, monkeypatch)
    written = b"".join(repo.files().values())
    assert not any(seed.company(number).token.encode() in written for number in range(1, 7))
