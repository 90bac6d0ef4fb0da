"""The sandbox's own endpoints as methods, for tests and the demo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bindbee_sync.sandbox.seed import API_KEY, company

if TYPE_CHECKING:
    import httpx

    from bindbee_sync.sandbox.seed import Document


class Steering:
    """Steers one connector; made without a number, the first one, and sees the requests of all."""

    def __init__(self, client: httpx.Client, url: str, number: int | None = None) -> None:
        self.url = url
        self.company = company(number or 1)
        self._client = client
        self._params = {"connector": self.company.key} if number else {}

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that lead bindbee-sync here."""
        return {
            "BINDBEE_API_KEY": API_KEY,
            "BINDBEE_CONNECTOR_TOKEN": self.company.token,
            "BINDBEE_BASE_URL": self.url,
        }

    @property
    def state(self) -> Document:
        """Everything that `GET /_sandbox/state` tells."""
        return self._ask("GET", "state")

    def sync(self) -> Document:
        """Sync at once, and return the connector."""
        return self._ask("POST", "sync")

    def delete(self) -> None:
        """Delete the connector."""
        self._ask("DELETE", "connector")

    def make_again(self) -> Document:
        """Delete the connector and make it again, and return the new one."""
        return self._ask("POST", "connector")

    def fault(self, do: str = "answer", **step: Any) -> None:  # noqa: ANN401 - see `ScriptedFault`
        """Add a step to the fault script."""
        self._ask("POST", "faults", {"do": do, **step})

    def follow(self, script: Document) -> None:
        """Take up a whole fault script."""
        self._ask("POST", "faults", script)

    def settings(self, **changed: Any) -> Document:  # noqa: ANN401 - see `Behaviour`
        """Change settings, and return all of them."""
        return self._ask("POST", "settings", changed)

    def source_jobs(self) -> list[Document]:
        """Every job in the ATS, templates too."""
        return list(self.state["jobs"])

    def creates(self) -> list[Any]:
        """Bodies of the create requests that came in, in their order, also of those that were refused."""
        return [json.loads(text) for text in self.create_texts()]

    def create_texts(self) -> list[str]:
        """Return the same bodies, as they were sent."""
        return list(self.state["creates"])

    def requests(self, method: str, path: str) -> int:
        """Return how many requests came in."""
        return int(self.state["requests"].get(f"{method} {path}", 0))

    def log(self) -> list[Document]:
        """Return the requests in their order: `method`, `path`, `connector`, and whose `token` it was."""
        return list(self._ask("GET", "requests")["requests"])

    def add_job(self, **fields: Any) -> Document:  # noqa: ANN401 - see `SourceJob`
        """Make a job in the ATS by hand."""
        return self._ask("POST", "jobs", fields)

    def add_jobs(self, jobs: list[Document]) -> list[Document]:
        """Make many jobs in the ATS by hand, in one request."""
        return list(self._ask("POST", "jobs", jobs)["jobs"])

    def edit_job(self, number: int | str, **fields: Any) -> Document:  # noqa: ANN401 - see `SourceJob`
        """Edit a job in the ATS by hand."""
        return self._ask("PATCH", f"jobs/{number}", fields)

    def delete_job(self, number: int | str) -> None:
        """Delete a job in the ATS by hand."""
        self._ask("DELETE", f"jobs/{number}")

    def _ask(self, method: str, path: str, body: object = None) -> Document:
        answer = self._client.request(method, path, json=body, params=self._params)
        if answer.is_error:
            raise ValueError(answer.text)
        shown: Document = answer.json() if answer.content else {}
        return shown
