"""The location of a ledger that is a git branch."""

from __future__ import annotations

import re
from dataclasses import dataclass

ANY = "{connector}"
"""The place of the connector's name in a ledger's location."""
_REMOTE_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9._][A-Za-z0-9._-]*")


@dataclass(frozen=True, kw_only=True)
class GitLedger:
    """A ledger on a branch of a remote: of the remote with that name, or at that URL or path."""

    remote: str
    branch: str

    @property
    def is_named(self) -> bool:
        """True where `remote` is the name of a configured remote, and not a URL or path."""
        return _REMOTE_NAME.fullmatch(self.remote) is not None

    @property
    def shown(self) -> str:
        """The location as messages show it: without credentials."""
        return f"git+{re.sub(r'(?<=://)[^/@]+(?=@)', '***', self.remote)}#{self.branch}"
