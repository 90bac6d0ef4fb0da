"""The hidden marks by which a comment or an issue on GitHub is known as one connector's.

Several runs may report on one pull request, each for its own connector. A run edits and deletes only what
bears its mark, so a mark has to name its connector, and no two connectors may have the same one.
"""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote

from bindbee_sync.reports.markup import Md

LONGEST_KEY = 200
MANY = "many"
"""The key of the mark of a gathering, in the place of a connector's id, which is a UUID."""
_PLAN = re.compile(r"<!-- bindbee-sync:(?:plan|failed):[^ ]* -->(?=\n|$)")
_DRIFT = re.compile(r"<!-- bindbee-sync:drift:([^ ]*) ([0-9a-f]{64}) -->(?=\r?\n|$)")


def plan_mark(connector_id: str) -> Md:
    """Return the mark that a connector's plan begins with."""
    return Md(f"<!-- bindbee-sync:plan:{_key(connector_id)} -->")


def gathering_mark(config: str) -> Md:
    """Return the mark of a gathering of many connectors, by the config that names them."""
    return plan_mark(f"{MANY}:{config}" if config else MANY)


def failed_mark(config: str, connector: str = "") -> Md:
    """Return the mark of a plan that failed before its connector's id was known, by config and name."""
    return Md(f"<!-- bindbee-sync:failed:{_key(f'{config}:{connector}' if connector else config)} -->")


def mark_in(markdown: str) -> str | None:
    """Return the mark of a plan, made or failed, that a text begins with; None where it has none."""
    found = _PLAN.match(markdown)
    return found and found.group()


def drift_mark(connector_id: str, digest: str) -> Md:
    """Return the mark that an issue about drift begins with; `digest` is that of what differs."""
    return Md(f"<!-- bindbee-sync:drift:{_key(connector_id)} {digest} -->")


def drift_digest(body: str, connector_id: str) -> str | None:
    """Return the digest in the mark of a connector's issue; None where it is no issue of this connector."""
    found = _DRIFT.match(body)
    return found[2] if found and found[1] == _key(connector_id) else None


def _key(text: str) -> str:
    # Quoted, so that no id ends the mark. A long one is not cut: two might then be the same.
    # Half a surrogate pair, which JSON can escape and UTF-8 has no form for, is data as well.
    data = text.encode(errors="surrogatepass")
    quoted = quote(data, safe="")
    return quoted if len(quoted) <= LONGEST_KEY else sha256(data).hexdigest()
