"""A client for the part of GitHub's API that reviews need."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from bindbee_sync.errors import ConfigError, ToolError
from bindbee_sync.github_actions import WorkflowStep
from bindbee_sync.text import shorten
from bindbee_sync.waits import report_wait

PER_PAGE = 100
MOST_PAGES = 30
TIMEOUT = 30.0
PAUSES = (1.0, 3.0)
"""Seconds to wait before a read is tried again after a fault of the server."""
LARGEST_DOWNLOAD = 16 << 20
"""Bytes of an archive; a plan file of thousands of jobs is a few MiB in it."""
FORBIDDEN = 403
NOT_FOUND = 404
WORKFLOWS_OWN = "github-actions[bot]"
"""The login of a workflow's own token."""
GONE_WRONG = frozenset({429, 500, 502, 503, 504})
Data = dict[str, Any]


class ForgeError(ToolError):
    """A request that GitHub refused, or that did not reach it; `status` is 0 without an answer."""

    def __init__(self, message: str, *, status: int = 0, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class DownloadTooLargeError(ForgeError):
    """A file that is longer than a download may be."""


class TooManyPagesError(ForgeError):
    """A list that goes on past the pages that are read."""


class GitHub:
    """One repository; its token is sent to the API's host and nowhere else."""

    def __init__(self, *, api_url: str, graphql_url: str, repository: str, token: SecretStr) -> None:
        self.repository = repository
        self._graphql_url = graphql_url
        self._client = httpx.Client(
            base_url=f"{api_url.rstrip('/')}/",
            timeout=TIMEOUT,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token.get_secret_value()}",
                "User-Agent": "bindbee-sync",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )

    @classmethod
    def of(cls, step: WorkflowStep) -> Self:
        """Return the API for the step's repository; raises ConfigError."""
        urls = [step.value("GITHUB_API_URL"), step.value("GITHUB_GRAPHQL_URL")]
        for url in urls:
            parts = urlsplit(url)
            # The token goes to these hosts: in the clear only on this machine, where tests listen.
            if parts.scheme != "https" and parts.hostname != "127.0.0.1":
                raise ConfigError(
                    "GitHub's API is reached over https only",
                    where="GITHUB_API_URL",
                    hint="GitHub sets this variable: remove what sets it to something else.",
                )
        return cls(
            api_url=urls[0],
            graphql_url=urls[1],
            repository=step.value("GITHUB_REPOSITORY"),
            token=SecretStr(step.value("GITHUB_TOKEN")),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def login(self) -> str:
        """Return the token's login, e.g. `github-actions[bot]`."""
        answer = _json(self._send("POST", self._graphql_url, {"query": "query { viewer { login } }"}))
        viewer = (answer.get("data") or {}).get("viewer") or {}
        return str(viewer.get("login") or WORKFLOWS_OWN)

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - whatever JSON GitHub answers
        """Return the repository's data at `path`, its own where that is empty; raises ForgeError."""
        return _json(self._read(path, query))

    def pages(self, path: str, *, within: str | None = None, **query: str | int) -> Iterator[Data]:
        """Yield the items of a list, page after page; `within` names the key that holds it.

        Raises ForgeError, and TooManyPagesError after the last page that is read.
        """
        for page in range(1, MOST_PAGES + 1):
            answer = self._read(path, {**query, "per_page": PER_PAGE, "page": page})
            data = _json(answer)
            yield from data if within is None else data[within]
            if "next" not in answer.links:
                return
        raise TooManyPagesError(
            f"GitHub lists more than {MOST_PAGES * PER_PAGE:,} {within or path}",
            hint="This is more than is read.",
        )

    def create(self, path: str, body: Data) -> Data:
        """Create something from `body`, and return it; raises ForgeError."""
        made: Data = self._send("POST", self._url(path), body).json()
        return made

    def edit(self, path: str, body: Data) -> None:
        """Change the data at `path`; raises ForgeError."""
        self._send("PATCH", self._url(path), body)

    def delete(self, path: str) -> None:
        """Delete the data at `path`; raises ForgeError."""
        self._send("DELETE", self._url(path))

    def download(self, path: str) -> bytes:
        """Return a file; raises ForgeError. The API redirects to a host that must not get the token."""
        answer = self._read(path, {})
        if not answer.is_redirect:
            return answer.content
        with httpx.Client(timeout=TIMEOUT) as plain:
            return _download(plain, answer.headers["location"])

    def _url(self, path: str) -> str:
        return f"repos/{self.repository}/{path}".rstrip("/")

    def _read(self, path: str, query: Mapping[str, str | int]) -> httpx.Response:
        for pause in PAUSES:
            try:
                return self._ask("GET", self._url(path), params=dict(query))
            except ForgeError as error:
                if error.status and error.status not in GONE_WRONG:
                    raise
            report_wait(pause, "GitHub to answer")
            time.sleep(pause)
        return self._ask("GET", self._url(path), params=dict(query))

    def _send(self, method: str, url: str, body: Data | None = None) -> httpx.Response:
        return self._ask(method, url, json=body)

    def _ask(self, method: str, url: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
        return _answer(self._client, method, url, **more)


def author(data: Data) -> str | None:
    """Return the login of who wrote a comment or an issue; None where the account was deleted."""
    login = (data.get("user") or {}).get("login")
    return None if login is None else str(login)


def _answer(client: httpx.Client, method: str, url: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as above
    """Return a successful answer. No message has the URL: that of an artifact is a secret by itself."""
    try:
        answer = client.request(method, url, **more)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreachable(error) from error
    _check(answer)
    return answer


def _download(client: httpx.Client, url: str) -> bytes:
    """Return the content at `url`, read no further than a download may be long."""
    content = bytearray()
    try:
        with client.stream("GET", url) as answer:
            if answer.is_error:
                answer.read()
            _check(answer)
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > LARGEST_DOWNLOAD:
                    raise DownloadTooLargeError(
                        f"An artifact is larger than {LARGEST_DOWNLOAD >> 20} MiB",
                        hint="Is `artifact` the name of the plan workflow's artifact?",
                    )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreachable(error) from error
    return bytes(content)


def _unreachable(error: Exception) -> ForgeError:
    return ForgeError(f"GitHub can't be reached: {type(error).__name__}", hint="Run it again.")


def _check(answer: httpx.Response) -> None:
    """Raise ForgeError for an answer that is an error."""
    if answer.is_error:
        try:
            words = str(answer.json()["message"])
        except (ValueError, KeyError, TypeError):
            words = answer.reason_phrase
        raise ForgeError(
            f"GitHub answered {answer.status_code}: {shorten(words, 300)}",
            status=answer.status_code,
            hint="Give the job the `permissions` that this needs."
            if answer.status_code == FORBIDDEN
            else "Run it again; if that does not help, see GitHub's reason above.",
        )


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 - whatever JSON GitHub answers
    try:
        return answer.json()
    except ValueError as error:
        raise ForgeError("GitHub's answer is no JSON", hint="Run it again.") from error
