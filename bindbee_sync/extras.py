"""How to install what an extra needs, for the way in which this package was installed."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from shlex import join, quote
from urllib.parse import unquote, urlsplit

NAME = "bindbee-sync"


def install_hint(extra: str) -> str:
    """Return the command that adds an extra to this installation, as a sentence.

    It never takes the package from an index: the name may be someone else's there.
    """
    try:
        installed = distribution(NAME)
    except PackageNotFoundError:  # imported from a folder, as the GitHub action does
        return f"Install it: `{_pip('')} {quote(f'{Path(__file__).parents[1]}[{extra}]')}`."
    needed = _requirements(installed, extra)
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").exists():
        return f"Install it: `pipx inject {quote(environment.name)} {join(needed)}`."
    source = _source(installed, extra)
    if source and (environment / "uv-receipt.toml").exists():
        # uv forgets what was added to a tool in any other way when it upgrades it
        return f"Install it: `uv tool install --force {source}`."
    return f"Install it: `{_pip(installed.read_text('INSTALLER') or '')} {source or join(needed)}`."


def _pip(installer: str) -> str:
    python = quote(sys.executable)
    # an environment of uv's has no pip
    return f"uv pip install --python {python}" if installer.strip() == "uv" else f"{python} -m pip install"


def _requirements(installed: Distribution, extra: str) -> list[str]:
    lines = (line.partition(";") for line in installed.requires or ())
    marker = re.compile(rf"""\s*extra\s*==\s*["']{extra}["']\s*""")
    return [requirement.strip() for requirement, _, marked in lines if marker.fullmatch(marked)]


def _source(installed: Distribution, extra: str) -> str | None:
    """Return the local folder or wheel that it was installed from, with the extra, as shell words."""
    try:
        origin = json.loads(installed.read_text("direct_url.json") or "{}")
        url = urlsplit(origin["url"])
    except (ValueError, KeyError):
        return None
    path = Path(unquote(url.path))
    if url.scheme != "file" or not path.exists():
        return None
    shown = "." if path == Path.cwd() else str(path)
    editable = "--editable " if origin.get("dir_info", {}).get("editable") else ""
    return editable + quote(f"{shown}[{extra}]")
