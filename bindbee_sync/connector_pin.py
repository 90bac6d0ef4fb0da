"""The one customer that a connector's name in the config means."""

from __future__ import annotations

from dataclasses import dataclass

from bindbee_sync.diagnostics import Place


@dataclass(frozen=True, kw_only=True)
class Pin:
    """Bindbee's id of a connector, the vendor's own id of the customer, or both; `place` is the config's."""

    id: str | None
    origin_id: str | None
    place: Place

    @property
    def shown(self) -> str:
        """The pin as the config writes it."""
        pairs = (("id", self.id), ("origin_id", self.origin_id))
        return " and ".join(f"{key} {value}" for key, value in pairs if value is not None)

    @property
    def where(self) -> str:
        """File, line and column of the pin."""
        return f"{self.place.path}:{self.place.line}:{self.place.column}"

    def matches(self, connector_id: object, origin_id: object) -> bool:
        """Return whether a connector with these two ids is the one that is meant."""
        # Bindbee's ids are UUIDs, in which case means nothing; a vendor's own id is compared to the letter.
        same_id = self.id is None or str(connector_id).casefold() == self.id.casefold()
        return same_id and self.origin_id in (None, origin_id)
