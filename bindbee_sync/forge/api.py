"""A base of the clients of GitHub's and GitLab's APIs: requests, retries, pages, and errors."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import httpx

from bindbee_sync.errors import ConfigError, ToolError
from bindbee_sync.text import shorten
from bindbee_sync.waits import report_wait

PER_PAGE = 100
MOST_PAGES = 30
TIMEOUT = 30.0
PAUSES = (1.0, 3.0)
"""Seconds to wait before a read is tried again after a fault of the server."""
LARGEST_DOWNLOAD = 16 << 20
"""Bytes of a file; a plan file of thousands of jobs is a few MiB in an archive."""
FORBIDDEN = 403
NOT_FOUND = 404
GONE_WRONG = frozenset({429, 500, 502, 503, 504})
Data = dict[str, Any]


class ForgeError(ToolError):
    """A request that the forge refused, or that did not reach it; `status` is 0 without an answer."""

    def __init__(self, message: str, *, status: int = 0, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class DownloadTooLargeError(ForgeError):
    """A file that is longer than a download may be."""


class TooManyPagesError(ForgeError):
    """A list that goes on past the pages that are read."""


class ForgeApi(ABC):
    """A forge's API; its token is sent to the API's host and nowhere else. No redirect is followed."""

    name: ClassVar[str]
    forbidden: ClassVar[str]
    """The remedy where the token may not do something."""
    artifact: ClassVar[str]
    """The question where a file is too large."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/",
            timeout=TIMEOUT,
            headers={**headers, "User-Agent": "bindbee-sync"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - whatever JSON the forge answers
        """Return the data at `path`, the project's own where that is empty; raises ForgeError."""
        return self.json(self.read(path, query))

    def pages(self, path: str, *, within: str | None = None, **query: str | int) -> Iterator[Data]:
        """Yield the items of a list, page after page; `within` names the key that holds it.

        Raises ForgeError, and TooManyPagesError after the last page that is read.
        """
        for page in range(1, MOST_PAGES + 1):
            answer = self.read(path, {**query, "per_page": PER_PAGE, "page": page})
            data = self.json(answer)
            yield from data if within is None else data[within]
            if "next" not in answer.links:
                return
        raise TooManyPagesError(
            f"{self.name} lists more than {MOST_PAGES * PER_PAGE:,} {within or path}",
            hint="This is more than is read.",
        )

    def create(self, path: str, body: Data) -> Data:
        """Create something from `body`, and return it; raises ForgeError."""
        made: Data = self.send("POST", self.url(path), body).json()
        return made

    def delete(self, path: str) -> None:
        """Delete the data at `path`; raises ForgeError."""
        self.send("DELETE", self.url(path))

    @abstractmethod
    def url(self, path: str) -> str:
        """Return the URL of the project's data at `path`, relative to the API's."""

    def read(self, path: str, query: Mapping[str, str | int]) -> httpx.Response:
        """Return the answer to a read, which is tried again after a fault of the server."""
        for pause in PAUSES:
            try:
                return self._ask("GET", self.url(path), params=dict(query))
            except ForgeError as error:
                if error.status and error.status not in GONE_WRONG:
                    raise
            report_wait(pause, f"{self.name} to answer")
            time.sleep(pause)
        return self._ask("GET", self.url(path), params=dict(query))

    def send(self, method: str, url: str, body: Data | None = None) -> httpx.Response:
        """Return the answer to a request that changes something, which is sent once."""
        return self._ask(method, url, json=body)

    def download(self, path: str) -> bytes:
        """Return a file; raises ForgeError. The API may redirect to a host that must not get the token."""
        answer = self.read(path, {})
        if not answer.is_redirect:
            return answer.content
        with httpx.Client(timeout=TIMEOUT) as plain:
            return self.content(answer.headers["location"], plain)

    def json(self, answer: httpx.Response) -> Any:  # noqa: ANN401 - whatever JSON the forge answers
        """Return the JSON of an answer; raises ForgeError where it is none."""
        try:
            return answer.json()
        except ValueError as error:
            raise ForgeError(f"{self.name}'s answer is no JSON", hint="Run it again.") from error

    def _ask(self, method: str, url: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
        """Return a successful answer. No message has the URL: that of an artifact is a secret by itself."""
        try:
            answer = self._client.request(method, url, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(error) from error
        self._check(answer)
        return answer

    def content(self, url: str, client: httpx.Client | None = None) -> bytes:
        """Return what is at `url`, read no further than a download may be long; raises ForgeError.

        Where another client than the API's is given, the URL is the target of a redirect: it gets no token.
        """
        content = bytearray()
        try:
            with (client or self._client).stream("GET", url) as answer:
                if answer.is_redirect and client is None:
                    with httpx.Client(timeout=TIMEOUT) as plain:
                        return self.content(answer.headers["location"], plain)
                if answer.is_error:
                    answer.read()
                self._check(answer)
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > LARGEST_DOWNLOAD:
                        raise DownloadTooLargeError(
                            f"An artifact is larger than {LARGEST_DOWNLOAD >> 20} MiB", hint=self.artifact
                        )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(error) from error
        return bytes(content)

    def _unreachable(self, error: Exception) -> ForgeError:
        return ForgeError(f"{self.name} can't be reached: {type(error).__name__}", hint="Run it again.")

    def _check(self, answer: httpx.Response) -> None:
        """Raise ForgeError for an answer that is an error."""
        if answer.is_error:
            try:
                words = str(answer.json()["message"])
            except (ValueError, KeyError, TypeError):
                words = answer.reason_phrase
            raise ForgeError(
                f"{self.name} answered {answer.status_code}: {shorten(words, 300)}",
                status=answer.status_code,
                hint=self.forbidden
                if answer.status_code == FORBIDDEN
                else f"Run it again; if that does not help, see {self.name}'s reason above.",
            )


def check_host(forge: str, variable: str, url: str) -> None:
    """Check that a token may be sent to `url`; raises ConfigError.

    In the clear it goes only to this machine, where tests listen.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise ConfigError(
            f"{forge}'s API is reached over https only",
            where=variable,
            hint=f"{forge} sets this variable: remove what sets it to something else.",
        )
