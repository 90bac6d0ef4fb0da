"""`bindbee-sync sandbox`: a local Bindbee with a Greenhouse behind it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bindbee_sync.commands.choices import Seed
from bindbee_sync.errors import ToolError
from bindbee_sync.sandbox.local_bindbee import LocalBindbee
from bindbee_sync.sandbox.server import listen, server
from bindbee_sync.sandbox.settings import Behaviour, Script, ScriptedFault
from bindbee_sync.sandbox.texts import welcome


def serve(
    settings: dict[str, Any],
    *,
    connectors: int,
    jobs: int | None,
    port: int,
    database: Path | None,
    seed: Seed,
    faults: Path | None,
) -> None:
    """Serve until Ctrl-C; raises ToolError where the port, the database or the fault script can't be used."""
    try:
        bindbee = LocalBindbee(database, seed.value, settings, connectors=connectors, jobs=jobs)
    except sqlite3.Error as error:
        raise ToolError(
            f"This database can't be used: {error}",
            where=str(database),
            hint="Name another file, or a new one.",
        ) from None
    with contextlib.closing(bindbee):
        if faults is not None:
            try:
                bindbee.follow(Script.model_validate_json(faults.read_bytes()), bindbee.main)
            except (OSError, ValueError, LookupError) as error:
                raise ToolError(
                    f"This fault script can't be used: {_in_words(error)}",
                    where=str(faults),
                    hint=f"Keys of the script: {', '.join(Script.model_fields)}. "
                    f"Keys of a step: {', '.join(ScriptedFault.model_fields)}. "
                    f"Keys of settings: {', '.join(Behaviour.model_fields)}.",
                ) from None
        try:
            listener = listen(port)
        except OSError as error:
            raise ToolError(
                f"Port {port} of 127.0.0.1 can't be used: {error.strerror}",
                where="--port",
                hint="Choose another one; 0 takes a free one.",
            ) from None
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(welcome(bindbee, url), flush=True)  # noqa: T201 - the answer
        with listener, contextlib.suppress(KeyboardInterrupt):
            server(bindbee).run([listener])


def _in_words(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        ": ".join(filter(None, [".".join(map(str, each["loc"])), each["msg"]])) for each in faults
    )
