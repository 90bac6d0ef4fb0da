"""Two customers of one API key: their tokens, the config's pins, and the tool's own choice among them."""

from __future__ import annotations

import random
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import lru_cache, partial
from pathlib import Path

from ats import World
from pydantic import SecretStr

from bindbee_sync.bindbee.models import Connector
from bindbee_sync.bindbee.token_lookup import TokenLookup
from bindbee_sync.commands.connection import Recorded, verify
from bindbee_sync.commands.tokens import API_KEY, TOKEN, Tokens, token_variable
from bindbee_sync.config import Config, config_with
from bindbee_sync.config_file import ConfigFile, FileConfig

HOME, OTHER = NAMES = ("home", "other")
_BEFORE = Config(
    root=Path("/repo"),
    path=Path("/repo/bindbee-sync.yaml"),
    file=ConfigFile(values=FileConfig(version=1)),
    connectors=(),
)


@lru_cache(64)
def config(pins: tuple[str | None, ...]) -> Config:
    """Return the config of two connectors with these pins."""
    sections = [f"  {name}: {{{f'id: {pin}' if pin else ''}}}" for name, pin in zip(NAMES, pins, strict=True)]
    text = "\n".join(["version: 1", "connectors:", *sections, ""])
    return config_with(_BEFORE, text.encode(), {})


class Customers:
    """What a person changes between runs: the token of each variable, and the customer of each pin."""

    def __init__(self, rng: random.Random, home: World, other: World) -> None:
        self.random = rng
        self.worlds = {HOME: home, OTHER: other}
        self.shares_ledger = rng.random() < 0.5
        self.right()

    def right(self) -> None:
        """Pin each name to its customer, and leave the API key alone in the environment."""
        self.pins: dict[str, str | None] = {name: world.space for name, world in self.worlds.items()}
        self.environment = {API_KEY: "the key"}

    def edit(self) -> str:
        """Edit a pin, or swap or take away a token; return what was done."""
        rng = self.random
        name = rng.choice(NAMES)
        pinned, held = (rng.choice((*NAMES, None)) for _ in range(2))
        variable = rng.choice((TOKEN, token_variable(name), token_variable(name)))
        what = rng.choice(("pin", "token", "both"))
        if what != "token":
            self.pins[name] = pinned and self.worlds[pinned].space
        if what != "pin":
            self.environment.pop(variable, None)
            if held is not None:
                self.environment[variable] = f"token of {held}"
        return f"{name}: {self.pins[name]}, {variable}: {self.environment.get(variable)}"

    def connect(
        self, name: str, recorded: Callable[[], Recorded], known: AbstractSet[str]
    ) -> tuple[World, Callable[[Connector], None], Callable[[], None]]:
        """Return the world that a run for `name` reaches, what verifies it, and what has to hold at a create.

        `recorded` is the ledger as the tool reads it, `known` what it holds for certain. Raises ToolError
        where the tool finds no token.
        """
        settings = next(each for each in config(tuple(self.pins.values())).connectors if each.name == name)
        token = Tokens(self.environment, _lookup=self._lookup()).of(settings)
        world = self.worlds[token.secret.get_secret_value().removeprefix("token of ")]
        pin = self.pins[name]

        def allowed() -> None:
            if pin is not None:
                assert world.space == pin, f"a job of {name}, pinned to {pin}, is made in {world.space}"
                return
            assert token.source != TOKEN, f"{TOKEN} is used for {name}, one of two, without a pin"
            assert not known or world.space in known, f"a job of {name} is made in {world.space}: {known}"

        check = partial(
            verify, settings=settings, token_source=token.source, recorded=recorded, names=recorded
        )
        return world, check, allowed

    def _lookup(self) -> TokenLookup:
        lookup = TokenLookup(base_url="http://127.0.0.1", api_key=SecretStr("the key"), timeout=1)
        lookup._listed = [  # noqa: SLF001 - as if read from the list
            {"id": world.space, "connector_token": f"token of {name}"} for name, world in self.worlds.items()
        ]
        return lookup
