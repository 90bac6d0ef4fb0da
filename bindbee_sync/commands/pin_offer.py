"""The customer that `init` pins a repository to, found with the tokens in the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from bindbee_sync.bindbee.models import Connector, provider_of
from bindbee_sync.bindbee.token_lookup import MOST_CANDIDATES, TokenLookup, without_tokens
from bindbee_sync.commands.connection import connect
from bindbee_sync.commands.output import Output
from bindbee_sync.commands.tokens import API_KEY, TOKEN, read_api_key
from bindbee_sync.config import DEFAULT_NAME, Settings, config_in, load_config
from bindbee_sync.config_file import FILE_NAME
from bindbee_sync.errors import ToolError
from bindbee_sync.importing.file_names import slug
from bindbee_sync.scaffold.write import Pinned
from bindbee_sync.text import counted, visible

NONE = "-"


def offer_pin(
    output: Output,
    root: Path,
    environment: Mapping[str, str],
    *,
    wanted: bool | None,
    asks: bool,
) -> Pinned | None:
    """Return the customer to pin the repository at `root` to; None for none.

    Where nothing says whether a pin is `wanted`, a person is asked if there is an API key. Raises ToolError
    where it is wanted and can't be had; else the error is shown, and the repository has no pin.
    """
    if wanted is False or (wanted is None and not (asks and environment.get(API_KEY, "").strip())):
        return None
    try:
        config = load_config(None, environment, root)
        if config.is_named:
            if wanted:
                output.say(
                    f"{config.file.shown} names its connectors: `bindbee-sync doctor --connector NAME` "
                    "prints the pin of one that has none."
                )
            return None
        settings = config.connectors[0]
        found = _find(settings, environment)
        if len(found) > 1 and not asks:
            raise _several(found)
    except ToolError as error:
        if wanted:
            raise
        output.error(error)
        output.say("Continuing without a pin: `bindbee-sync doctor` prints it later.")
        return None
    chosen = found[0] if len(found) == 1 else _choice(output, found)
    if chosen is None or (len(found) == 1 and not wanted and not _confirmed(chosen)):
        return None
    # Under another name a ledger with `{connector}` in it would be empty, and each job created twice.
    is_new = config_in(root) is None
    return Pinned(
        name=(slug(chosen.end_user) if is_new else "") or DEFAULT_NAME,
        id=chosen.id,
        provider=provider_of(chosen.integration_slug),
        jobs=settings.jobs_key,
    )


def _find(settings: Settings, environment: Mapping[str, str]) -> Sequence[Connector]:
    """Return the connector of the token in the environment, else those that the API key sees."""
    if environment.get(TOKEN, "").strip():
        with connect(settings, lambda _: None) as api:
            found = [api.connector()]
    else:
        key = read_api_key(environment)
        found = TokenLookup(base_url=settings.base_url, api_key=key, timeout=settings.timeout).connectors()
    if not found:
        raise ToolError(
            "The API key sees no active ATS connector",
            where=API_KEY,
            hint="Connect the customer's ATS in Bindbee's dashboard first, or check that the key is of the "
            "right environment and region.",
        )
    return [without_tokens(each) for each in found]


def _several(found: Sequence[Connector]) -> ToolError:
    shown = [_shown(each) for each in found[:MOST_CANDIDATES]]
    more = [f"{len(found) - MOST_CANDIDATES} more"] if len(found) > MOST_CANDIDATES else []
    return ToolError(
        f"The API key sees {counted(len(found), 'connector')}: {', '.join([*shown, *more])}",
        where="--pin",
        hint=f"Set {TOKEN} to the token of the one that is meant. For several, leave out `--pin`, and give "
        f"each a name and its `id` in {FILE_NAME}, under `connectors`: `bindbee-sync connectors` lists them.",
    )


def _choice(output: Output, found: Sequence[Connector]) -> Connector | None:
    for number, each in enumerate(found, 1):
        output.out().print(visible(f"  {number}  {_shown(each)}"), soft_wrap=True)

    def taken(answer: str) -> str:
        if answer != NONE and not (re.fullmatch(r"[1-9][0-9]{0,8}", answer) and int(answer) <= len(found)):
            raise typer.BadParameter(f"a number from 1 to {len(found)}, or {NONE}")
        return answer

    answer = typer.prompt(f"Pin this repository to which one ({NONE} for none)", value_proc=taken)
    return None if answer == NONE else found[int(answer) - 1]


def _confirmed(connector: Connector) -> bool:
    return typer.confirm(
        f"Pin this repository to {visible(connector.end_user or connector.id)}?", default=True
    )


def _shown(connector: Connector) -> str:
    customer = connector.end_user or "an unnamed customer"
    return f"{customer} ({provider_of(connector.integration_slug)}, id {connector.id})"
