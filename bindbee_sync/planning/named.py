"""Departments, offices, people and templates, as job files name them: by id, or by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from bindbee_sync.bindbee.models import Department, Job, Office, User
from bindbee_sync.text import fold, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that can be referred to: its id, the names it goes by, and what tells it from others.

    `names` are as Bindbee lists them, the one to prefer first; `label` is what people call it.
    """

    id: str
    remote_id: str | None
    label: str
    names: tuple[str, ...]
    email: str | None = None
    location: str | None = None
    disabled: bool = False
    confidential: bool = False

    @property
    def details(self) -> str:
        """What tells it from others of its name."""
        known = (
            f"id {self.id}",
            f"remote id {self.remote_id}" if self.remote_id else None,
            self.location,
            self.email,
            "disabled" if self.disabled else None,
        )
        return ", ".join(part for part in known if part)


class Names:
    """All of one kind, in Bindbee's order: found by id, else by name with case and white space folded."""

    def __init__(self, all_of: Iterable[Named]) -> None:
        self._all = tuple(all_of)
        self._by_id = {named.id.casefold(): named for named in self._all}
        self._by_name: dict[str, list[Named]] = defaultdict(list)
        for named in self._all:
            for name in dict.fromkeys(fold(name) for name in named.names):
                if name:
                    self._by_name[name].append(named)

    def __iter__(self) -> Iterator[Named]:
        return iter(self._all)

    def by_id(self, text: str) -> Named | None:
        """Return the one with that Bindbee id."""
        return self._by_id.get(text.strip().casefold())

    def by_name(self, text: str) -> list[Named]:
        """Return all that go by that name."""
        return list(self._by_name.get(fold(text), ()))

    def find(self, text: str) -> list[Named]:
        """Return what `text` may refer to: the one with that id, else all that go by that name."""
        exact = self.by_id(text)
        return [exact] if exact else self.by_name(text)

    def means(self, name: str, named: Named) -> bool:
        """Whether a job file that writes `name` means this one alone: as a number it would be an id."""
        return self.find(name) == [named] and visible(name) == name and not name.strip().isdecimal()

    def written(self, named: Named) -> str:
        """Return what a job file writes for it: a name where that means it alone, else its id."""
        return next((name for name in named.names if self.means(name, named)), named.id)

    def suggestion(self, text: str) -> str | None:
        """Return a hint at up to three names that `text` may have been meant to be, if any is near."""
        known = {fold(name): name for named in self._all for name in named.names}
        near = [f"'{known[name]}'" for name in get_close_matches(fold(text), list(known))]
        return f"Did you mean {', '.join(near[:-1])}{' or ' * (len(near) > 1)}{near[-1]}?" if near else None


def department(each: Department) -> Named:
    """Return a department by its name."""
    return Named(id=each.id, remote_id=each.remote_id, label=each.name or "", names=_known(each.name))


def office(each: Office) -> Named:
    """Return an office by its name."""
    return Named(
        id=each.id,
        remote_id=each.remote_id,
        label=each.name or "",
        names=_known(each.name),
        location=each.location,
    )


def user(each: User) -> Named:
    """Return a person by email and full name."""
    return Named(
        id=each.id,
        remote_id=each.remote_id,
        label=each.full_name or each.email or "",
        names=_known(each.email, each.full_name),
        email=each.email,
        disabled=each.disabled is True,
    )


def template(each: Job) -> Named:
    """Return a job by its name, as templates are named; a confidential one has none."""
    name = None if each.confidential else each.name
    return Named(
        id=each.id,
        remote_id=each.remote_id,
        label=name or "",
        names=_known(name),
        confidential=bool(each.confidential),
    )


def _known(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)
