"""The departments, offices, people and templates that Bindbee lists: a name's id, and an id's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Self

from bindbee_sync.bindbee.models import Department, Job, Office, User
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.text import fold, visible

REFERENCE_FIELDS = {
    "departments": "department",
    "offices": "office",
    "hiring_managers": "user",
    "recruiters": "user",
    "remote_user_id": "user",
}
"""The kind of item that each field of a job file refers to; `template_id` refers to jobs, in its own way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryItem:
    """A department, office, person or template.

    `names` are those that Bindbee lists, the preferred one first; `label` is the one to show.
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
        """Its ids and whatever else tells it apart from others of its name."""
        known = (
            f"id {self.id}",
            f"remote id {self.remote_id}" if self.remote_id else None,
            self.location,
            self.email,
            "disabled" if self.disabled else None,
        )
        return ", ".join(part for part in known if part)


@dataclass(frozen=True)
class DirectoryItems:
    """All items of one kind, in Bindbee's order; names are compared with case and white space folded."""

    items: tuple[DirectoryItem, ...] = ()

    @classmethod
    def of_departments(cls, departments: Iterable[Department]) -> Self:
        """Return departments by their names."""
        return cls(tuple(_item(each, each.name) for each in departments))

    @classmethod
    def of_offices(cls, offices: Iterable[Office]) -> Self:
        """Return offices by their names."""
        return cls(tuple(_item(each, each.name, location=each.location) for each in offices))

    @classmethod
    def of_users(cls, users: Iterable[User]) -> Self:
        """Return people by their emails and full names."""
        return cls(
            tuple(
                DirectoryItem(
                    id=each.id,
                    remote_id=each.remote_id,
                    label=each.full_name or each.email or "",
                    names=_known(each.email, each.full_name),
                    email=each.email,
                    disabled=each.disabled is True,
                )
                for each in users
            )
        )

    @classmethod
    def of_templates(cls, jobs: Iterable[Job]) -> Self:
        """Return jobs by their names, to be named as templates; a confidential one has no name."""
        return cls(
            tuple(
                _item(each, None if each.confidential else each.name, confidential=bool(each.confidential))
                for each in jobs
            )
        )

    def __iter__(self) -> Iterator[DirectoryItem]:
        return iter(self.items)

    @cached_property
    def _by_id(self) -> Mapping[str, DirectoryItem]:
        return {item.id.casefold(): item for item in self.items}

    @cached_property
    def _by_name(self) -> Mapping[str, list[DirectoryItem]]:
        by_name: dict[str, list[DirectoryItem]] = defaultdict(list)
        for item in self.items:
            for name in dict.fromkeys(fold(name) for name in item.names):
                if name:
                    by_name[name].append(item)
        return dict(by_name)

    @cached_property
    def _by_remote_id(self) -> Mapping[str, list[DirectoryItem]]:
        by_remote_id: dict[str, list[DirectoryItem]] = defaultdict(list)
        for item in self.items:
            if item.remote_id:
                by_remote_id[item.remote_id].append(item)
        return dict(by_remote_id)

    def by_id(self, text: str) -> DirectoryItem | None:
        """Return the item with that Bindbee id."""
        return self._by_id.get(text.strip().casefold())

    def by_remote_id(self, text: str) -> list[DirectoryItem]:
        """Return all items with that id in the ATS."""
        return list(self._by_remote_id.get(text.strip(), ()))

    def by_name(self, text: str) -> list[DirectoryItem]:
        """Return all items of that name."""
        return list(self._by_name.get(fold(text), ()))

    def find(self, text: str) -> list[DirectoryItem]:
        """Return the items that `text` may refer to: the one with that id, else all of that name."""
        exact = self.by_id(text)
        return [exact] if exact else self.by_name(text)

    def means(self, name: str, item: DirectoryItem) -> bool:
        """Return whether a job file that writes `name` means this item alone: a number would be an id."""
        return self.find(name) == [item] and visible(name) == name and not name.strip().isdecimal()

    def written(self, item: DirectoryItem) -> str:
        """Return what a job file writes for the item: a name that means it alone, else its id."""
        return next((name for name in item.names if self.means(name, item)), item.id)

    def suggestion(self, text: str) -> str | None:
        """Return a hint at up to three names that `text` may be a misspelling of, if any is near."""
        known = {fold(name): name for item in self.items for name in item.names}
        near = [f"'{known[name]}'" for name in get_close_matches(fold(text), list(known))]
        return f"Did you mean {', '.join(near[:-1])}{' or ' * (len(near) > 1)}{near[-1]}?" if near else None


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Everything that a job file may refer to; `jobs` are all listed ones, the `templates` among them."""

    departments: DirectoryItems = DirectoryItems()
    offices: DirectoryItems = DirectoryItems()
    users: DirectoryItems = DirectoryItems()
    templates: DirectoryItems = DirectoryItems()
    jobs: DirectoryItems = DirectoryItems()

    @classmethod
    def of(cls, snapshot: Snapshot, templates: Iterable[Job]) -> Self:
        """Return the directory of what Bindbee lists; a list that was not fetched counts as empty."""
        return cls(
            departments=DirectoryItems.of_departments(snapshot.departments or ()),
            offices=DirectoryItems.of_offices(snapshot.offices or ()),
            users=DirectoryItems.of_users(snapshot.users or ()),
            templates=DirectoryItems.of_templates(templates),
            jobs=DirectoryItems.of_templates(snapshot.jobs),
        )

    def items(self, field: str) -> DirectoryItems:
        """Return the items that `field`, one of `REFERENCE_FIELDS`, refers to."""
        kinds = {"department": self.departments, "office": self.offices, "user": self.users}
        return kinds[REFERENCE_FIELDS[field]]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name to show for every id, and for the remote id of a template: payloads may hold either."""
        everything = (*self.departments, *self.offices, *self.users, *self.templates)
        named = {item.id: item.label for item in everything if item.label}
        return named | {
            each.remote_id: each.label for each in self.templates if each.remote_id and each.label
        }

    @cached_property
    def template_ids(self) -> frozenset[str]:
        """The ids of the templates."""
        return frozenset(item.id for item in self.templates)

    @cached_property
    def template_labels(self) -> list[str]:
        """The names of the templates, sorted."""
        return sorted(item.label for item in self.templates if item.label)

    def find_template(self, text: str) -> list[DirectoryItem]:
        """Return the jobs that `text` names as a template: by id, else by remote id, else by name.

        Where no template has the name, other jobs of that name are returned.
        """
        exact = self.jobs.by_id(text)
        if exact:
            return [exact]
        return self.jobs.by_remote_id(text) or self.templates.by_name(text) or self.jobs.by_name(text)


def _item(
    each: Department | Office | Job,
    name: str | None,
    *,
    location: str | None = None,
    confidential: bool = False,
) -> DirectoryItem:
    return DirectoryItem(
        id=each.id,
        remote_id=each.remote_id,
        label=name or "",
        names=_known(name),
        location=location,
        confidential=confidential,
    )


def _known(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)
