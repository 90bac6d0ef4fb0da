"""The departments, offices, people and templates that Bindbee lists: a name's id, and an id's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bindbee_sync.bindbee.models import Department, Job, Office, User
from bindbee_sync.bindbee.snapshot import Snapshot
from bindbee_sync.text import close_words, did_you_mean, fold, visible

if TYPE_CHECKING:
    from bindbee_sync.planning.references import Reference

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
    def of(cls, listed: Iterable[Department | Office | User | Job]) -> Self:
        """Return these as items: people by email and full name, jobs as templates are named."""
        return cls(tuple(map(_item, listed)))

    def __iter__(self) -> Iterator[DirectoryItem]:
        return iter(self.items)

    @cached_property
    def _by_id(self) -> Mapping[str, DirectoryItem]:
        return {item.id.casefold(): item for item in self.items}

    @cached_property
    def _by_name(self) -> Mapping[str, list[DirectoryItem]]:
        return _grouped((name, item) for item in self.items for name in {fold(name) for name in item.names})

    @cached_property
    def _by_remote_id(self) -> Mapping[str, list[DirectoryItem]]:
        return _grouped((item.remote_id, item) for item in self.items)

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

    def near(self, text: str) -> list[DirectoryItem]:
        """Return the items, by up to three names, that can be referred to and that `text` may misspell."""
        names = (name for item in self.items if not item.disabled for name in item.names)
        found = (item for name in close_words(text, names, at_most=3) for item in self.by_name(name))
        return [item for item in dict.fromkeys(found) if not item.disabled]

    def suggestion(self, text: str) -> str | None:
        """Return a hint at up to three names that `text` may be a misspelling of, if any is near."""
        return did_you_mean(text, (name for item in self.items for name in item.names), at_most=3)


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
            departments=DirectoryItems.of(snapshot.departments or ()),
            offices=DirectoryItems.of(snapshot.offices or ()),
            users=DirectoryItems.of(snapshot.users or ()),
            templates=DirectoryItems.of(templates),
            jobs=DirectoryItems.of(snapshot.jobs),
        )

    def items(self, field: str) -> DirectoryItems:
        """Return the items that `field`, one of `REFERENCE_FIELDS`, refers to."""
        return self._by_field[field]

    @cached_property
    def _by_field(self) -> Mapping[str, DirectoryItems]:
        kinds = {"department": self.departments, "office": self.offices, "user": self.users}
        return {field: kinds[kind] for field, kind in REFERENCE_FIELDS.items()}

    @cached_property
    def resolved(self) -> dict[tuple[str, str], Reference]:
        """What `resolve_one` answered, by field and text."""
        return {}

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

    def find_template(self, text: str) -> list[DirectoryItem]:
        """Return the jobs that `text` names as a template: by id, else by remote id, else by name.

        Where no template has the name, other jobs of that name are returned.
        """
        exact = self.jobs.by_id(text)
        if exact:
            return [exact]
        return self.jobs.by_remote_id(text) or self.templates.by_name(text) or self.jobs.by_name(text)


def _item(each: Department | Office | User | Job) -> DirectoryItem:
    # The name of a confidential job is never shown, and so can't be used to refer to it.
    confidential = isinstance(each, Job) and bool(each.confidential)
    if isinstance(each, User):
        names = [each.email, each.full_name]
        label = each.full_name or each.email
    else:
        names = [None if confidential else each.name]
        label = names[0]
    return DirectoryItem(
        id=each.id,
        remote_id=each.remote_id,
        label=label or "",
        names=tuple(name for name in names if name),
        email=each.email if isinstance(each, User) else None,
        location=each.location if isinstance(each, Office) else None,
        disabled=isinstance(each, User) and each.disabled is True,
        confidential=confidential,
    )


def _grouped(pairs: Iterable[tuple[str | None, DirectoryItem]]) -> Mapping[str, list[DirectoryItem]]:
    groups: dict[str, list[DirectoryItem]] = defaultdict(list)
    for key, item in pairs:
        if key:
            groups[key].append(item)
    return groups
