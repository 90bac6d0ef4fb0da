"""The variables of a job in CI, on whatever forge."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bindbee_sync.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class CiVariables(ABC):
    """The environment of a job: values come from variables, never as arguments or parts of a script."""

    environment: Mapping[str, str]

    def value(self, name: str) -> str:
        """Return a variable; raises ConfigError where it is not set."""
        value = self.environment.get(name, "")
        if not value:
            raise ConfigError(f"{name} is not set", where=name, hint=self.remedy(name))
        return value

    def path(self, name: str) -> Path:
        """Return a variable that names a file or folder; raises ConfigError where it is not set."""
        return Path(self.value(name))

    @abstractmethod
    def remedy(self, name: str) -> str:
        """Return what to do where this variable is not set."""
