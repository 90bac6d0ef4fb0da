"""Texts for users of the sandbox: what to export, a config to paste, and what its own endpoints take."""

from __future__ import annotations

import json
import shlex
from inspect import cleandoc
from textwrap import indent
from typing import TYPE_CHECKING

from bindbee_sync.sandbox.seed import API_KEY
from bindbee_sync.sandbox.settings import Behaviour, Script, ScriptedFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import Route

    from bindbee_sync.sandbox.local_bindbee import LocalBindbee


SHOWN = 10  # more connectors than these are not printed


def welcome(bindbee: LocalBindbee, url: str) -> str:
    """Return how to use the sandbox that runs at `url`."""
    begin = f"listens on {url}; Ctrl-C ends it. To use it from another terminal:"
    if bindbee.count == 1:
        text = f"A sandbox Bindbee {begin}\n\n{_indented(exports(bindbee, url))}\n"
    elif bindbee.count <= SHOWN:
        text = (
            f"A sandbox Bindbee with {bindbee.count} customers {begin}\n\n"
            f"{_indented(exports(bindbee, url))}\n"
            f"A bindbee-sync.yaml for them:\n\n{_indented(config(bindbee))}\n"
        )
    else:
        text = (
            f"A sandbox Bindbee with {bindbee.count} customers {begin}\n\n"
            f'  eval "$(curl -s {url}/_sandbox/env)"\n'
            f"  curl -s {url}/_sandbox/config > bindbee-sync.yaml\n\n"
        )
    other = "?connector=2 behind such an address means the second customer.\n" if bindbee.count > 1 else ""
    return (
        f"{text}A created job is listed after a sync:  curl -X POST {url}/_sandbox/sync\n"
        f"What the ATS has, and what was asked:  curl {url}/_sandbox/state\n"
        f"All that can be asked and changed:     curl {url}/_sandbox/\n{other}".rstrip()
    )


def exports(bindbee: LocalBindbee, url: str) -> str:
    """Return lines that export the API key, the address, and the token of every connector."""
    alone = bindbee.count == 1
    lines = [f"export BINDBEE_API_KEY={API_KEY}"]
    for each in bindbee.greenhouses():
        variable = "BINDBEE_CONNECTOR_TOKEN" if alone else each.company.variable
        lines.append(f"export {variable}={each.company.token}")
    return "\n".join([*lines, f"export BINDBEE_BASE_URL={shlex.quote(url)}", ""])


def config(bindbee: LocalBindbee) -> str:
    """Return a config that pins every connector, by `origin_id` where it has one."""
    lines = ["version: 1", "connectors:"]
    for each in bindbee.greenhouses():
        listed = each.listed()
        pin = "id" if listed["origin_id"] is None else "origin_id"
        lines += [
            f"  {each.company.name}: # {each.company.end_user}",
            f"    {pin}: {json.dumps(listed[pin])}",
        ]
    return "\n".join([*lines, ""])


def _indented(text: str) -> str:
    return indent(text, "  ")


def endpoints(routes: Iterable[Route]) -> str:
    """Return a list of the sandbox's own endpoints, and of the keys that they take."""
    lines = [
        "The sandbox's own endpoints. ?connector=2 names the second customer; without it, the first.",
        "",
    ]
    for route in routes:
        method = next(iter((route.methods or {"GET"}) - {"HEAD"}))
        (first, *_) = cleandoc(route.endpoint.__doc__ or "").splitlines()
        lines.append(f"{method:6} {route.path:30} {first}")
    for heading, model in (("Script", Script), ("Step", ScriptedFault), ("Settings", Behaviour)):
        keys = ", ".join(model.model_fields)
        lines += ["", f"{heading}: {keys}", "", cleandoc(model.__doc__ or "")]
    return "\n".join([*lines, ""])
