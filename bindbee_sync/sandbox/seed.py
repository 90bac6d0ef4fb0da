"""The companies that the sandbox shows: ids never change, so that job files and tests can name them.

`company(2)` is the second one; its methods give the Bindbee ids of its records by name. The functions of this
module are those of the first company.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID, uuid5

from bindbee_sync.sandbox.seed_jobs import JOBS, TEMPLATES, ordinary_job
from bindbee_sync.sandbox.seed_names import city, company_name
from bindbee_sync.sandbox.seed_people import DEPARTMENTS, DOMAIN, OFFICES, USERS

SeedName = Literal["company", "empty"]
Document = dict[str, Any]

API_KEY = "sandbox-api-key-7Qm2vX9cLr4T"
NAMESPACE = UUID("0194bcb7-bf3e-7315-8628-0dc9bf1a5e55")
BETWEEN = 1_000_000  # from a number of one company to the same of the next
USUAL_JOBS = 20  # of each company but the first, which has 40
HEADQUARTERS = 4002007
_NUMBERS = {"id", "parent_id", "department_id", "copied_from_id"}
_LISTS = {"office_ids", "hiring_managers", "recruiters"}


@lru_cache(maxsize=4096)  # every job of a list names the same few departments, offices and users
def bindbee_id(connector: str, kind: str, remote_id: int | str) -> str:
    """Return the id that Bindbee gives to a record: always the same one for a connector and a remote id."""
    return str(uuid5(UUID(connector), f"{kind}/{remote_id}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A customer, and its connector: `key` is how the sandbox's own endpoints name it."""

    key: str
    end_user: str
    token: str
    id: str
    origin_id: str | None = None
    slug: str = "greenhouse"
    category: str = "ATS"
    place: int = 0

    @property
    def name(self) -> str:
        """Its name in a config."""
        return re.sub(r"[^a-z0-9]+", "-", self.end_user.lower())

    @property
    def variable(self) -> str:
        """The environment variable for its token."""
        return "_".join(["BINDBEE_CONNECTOR_TOKEN", *self.name.upper().split("-")])

    @property
    def domain(self) -> str:
        """The domain of its people's email addresses."""
        return f"{self.name}.example"

    @property
    def offset(self) -> int:
        """The difference of its ATS's numbers to those of the first company."""
        return self.place * BETWEEN

    def with_id(self, identifier: str) -> Company:
        """Return it with the connector's id, and a token that belongs to that id."""
        if identifier == self.id:
            return self
        return replace(self, id=identifier, token=_token(identifier))

    def made_again(self) -> Company:
        """Return it as after a delete of its connector, and a new one."""
        return self.with_id(str(uuid5(UUID(self.id), "made again")))

    def documents(
        self, seed: SeedName = "company", jobs: int | None = None
    ) -> dict[str, tuple[Document, ...]]:
        """Return everything in its ATS at the start, by kind, with as many jobs as named."""
        records = {"departments": DEPARTMENTS, "offices": OFFICES, "remote-users": USERS}
        records["jobs"] = self._jobs(seed, jobs)
        if not self.place:
            return records
        where = city(self.place)
        headquarters = {"id": HEADQUARTERS, "name": where.partition(",")[0], "location": where}
        records["offices"] += (headquarters,)
        words = {DOMAIN: self.domain, GREENHOUSE.end_user: self.end_user}
        return {kind: tuple(self._own(each, words) for each in found) for kind, found in records.items()}

    def greenhouse_id(self, kind: str, name: str) -> int:
        """Return the ATS's number of the one seeded record of that name (a user's email)."""
        key = "email" if kind == "remote-users" else "name"
        (found,) = [record for record in self.documents()[kind] if record[key] == name]
        return int(found["id"])

    def department_id(self, name: str) -> str:
        """Return a department's Bindbee id."""
        return self._id("departments", name)

    def office_id(self, name: str) -> str:
        """Return an office's Bindbee id."""
        return self._id("offices", name)

    def user_id(self, email: str) -> str:
        """Return a user's Bindbee id; the part before the @ is enough."""
        return self._id("remote-users", email if "@" in email else f"{email}@{self.domain}")

    def job_id(self, name: str) -> str:
        """Return a job's Bindbee id."""
        return self._id("jobs", name)

    template_id = job_id

    def _id(self, kind: str, name: str) -> str:
        return bindbee_id(self.id, kind, self.greenhouse_id(kind, name))

    def _jobs(self, seed: SeedName, count: int | None) -> tuple[Document, ...]:
        if self.slug != "greenhouse":
            return ()
        if seed == "empty":
            return TEMPLATES
        begun = () if self.place else JOBS
        count = (USUAL_JOBS if self.place else len(JOBS)) if count is None else count
        more = (ordinary_job(place, self.place) for place in range(len(begun), count))
        return (*TEMPLATES, *begun[:count], *more)

    def _own(self, record: Document, words: dict[str, str]) -> Document:
        """Return a record of the first company as one of this company."""
        own = dict(record)
        for key, value in record.items():
            if key in _NUMBERS and value is not None:
                own[key] = value + self.offset
            elif key in _LISTS:
                own[key] = [number + self.offset for number in value]
            elif isinstance(value, str):
                for theirs, ours in words.items():
                    own[key] = own[key].replace(theirs, ours)
        return own


def _company(key: str, end_user: str, token: str | None = None, **other: Any) -> Company:  # noqa: ANN401 - any field of a company
    identifier = str(uuid5(NAMESPACE, end_user))
    return Company(key=key, end_user=end_user, id=identifier, token=token or _token(identifier), **other)


def _token(identifier: str) -> str:
    return f"sandbox-connector-token-{uuid5(UUID(identifier), 'token').hex[:12]}"


GREENHOUSE = _company("1", "Halden Robotics", "sandbox-connector-token-hV3nT8wKz6Rd")
ASHBY = _company("ashby", "Halden Ventures", "sandbox-connector-token-Ab5yQ1mPc9Xe", slug="ashby")
HRIS = _company(
    *("hris", "Halden Robotics People", "sandbox-connector-token-Hr7sJ2fGk4Lu"),
    slug="bamboohr",
    category="HRIS",
)
CONNECTOR_TOKEN = GREENHOUSE.token
CONNECTOR_ID = GREENHOUSE.id


def company(number: int) -> Company:
    """Return the company of that number, counted from 1; the first one has no `origin_id`."""
    if number == 1:
        return GREENHOUSE
    place = number - 1
    return _company(str(number), company_name(place - 1), origin_id=f"cust-{number:04}", place=place)


documents = GREENHOUSE.documents
greenhouse_id = GREENHOUSE.greenhouse_id
department_id = GREENHOUSE.department_id
office_id = GREENHOUSE.office_id
user_id = GREENHOUSE.user_id
job_id = GREENHOUSE.job_id
template_id = GREENHOUSE.template_id
