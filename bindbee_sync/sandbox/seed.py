"""The company that the sandbox shows: ids never change, so that job files and tests can name them.

`department_id`, `office_id`, `user_id`, `template_id` and `job_id` give Bindbee ids by name;
`greenhouse_id` the number behind one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid5

from bindbee_sync.sandbox.seed_jobs import JOBS, TEMPLATES

SeedName = Literal["company", "empty"]
Document = dict[str, Any]

API_KEY = "sandbox-api-key-7Qm2vX9cLr4T"
NAMESPACE = UUID("0194bcb7-bf3e-7315-8628-0dc9bf1a5e55")
CREATED = "2025-02-03T09:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One connector of the API key, and the company behind it."""

    name: str
    token: str
    slug: str
    category: str

    @property
    def id(self) -> str:
        """The connector's id."""
        return str(uuid5(NAMESPACE, self.name))


GREENHOUSE = Tenant("Halden Robotics", "sandbox-connector-token-hV3nT8wKz6Rd", "greenhouse", "ATS")
ASHBY = Tenant("Halden Ventures", "sandbox-connector-token-Ab5yQ1mPc9Xe", "ashby", "ATS")
HRIS = Tenant("Halden Robotics People", "sandbox-connector-token-Hr7sJ2fGk4Lu", "bamboohr", "HRIS")
TENANTS = (GREENHOUSE, ASHBY, HRIS)
CONNECTOR_TOKEN = GREENHOUSE.token
CONNECTOR_ID = GREENHOUSE.id

DEPARTMENTS: tuple[Document, ...] = (
    {"id": 4001001, "name": "Engineering", "parent_id": None},
    {"id": 4001002, "name": "Platform", "parent_id": 4001001},
    {"id": 4001003, "name": "Product", "parent_id": None},
    {"id": 4001004, "name": "Design", "parent_id": 4001003},
    {"id": 4001005, "name": "Sales", "parent_id": None},
    {"id": 4001006, "name": "Customer Success", "parent_id": None},
    {"id": 4001007, "name": "Enablement", "parent_id": 4001005},
    {"id": 4001008, "name": "Enablement", "parent_id": 4001006},
    {"id": 4001009, "name": "Marketing", "parent_id": None},
    {"id": 4001010, "name": "People", "parent_id": None},
    {"id": 4001011, "name": "Finance & Legal", "parent_id": None},
    {"id": 4001012, "name": "Operations", "parent_id": None},
)

OFFICES: tuple[Document, ...] = (
    {"id": 4002001, "name": "Berlin", "location": "Berlin, Germany"},
    {"id": 4002002, "name": "Lisbon", "location": "Lisbon, Portugal"},
    {"id": 4002003, "name": "London", "location": "London, United Kingdom"},
    {"id": 4002004, "name": "New York", "location": "New York, NY, United States"},
    {"id": 4002005, "name": "Toronto", "location": "Toronto, Ontario, Canada"},
    {"id": 4002006, "name": "Remote (Europe)", "location": "Anywhere within UTC±2"},
)

MAIL = "halden-robotics.example"


def _user(number: int, first: str, last: str, role: str = "TEAM_MEMBER", **other: Any) -> Document:  # noqa: ANN401 - any field of a user
    mail = f"{first}.{last}@{MAIL}".lower().replace(" ", "")
    fields = {"id": 4003000 + number, "first_name": first, "last_name": last, "email": mail}
    return {**fields, "access_role": role, "disabled": False, "created_at": CREATED, **other}


USERS: tuple[Document, ...] = (
    _user(1, "Ada", "Okafor", "SUPER_ADMIN"),
    _user(2, "Jonas", "Weber", "ADMIN"),
    _user(3, "Priya", "Raman", "RECRUITER"),
    _user(4, "Marta", "Silva", "RECRUITER"),
    _user(5, "Tom", "Becker", "RECRUITER", disabled=True),
    _user(6, "Lena", "Hoffmann"),
    _user(7, "Sam", "Lee", email=f"sam.lee@{MAIL}"),
    _user(8, "Sam", "Lee", email=f"samantha.lee@{MAIL}"),
    _user(9, "Agency", "Account", "LIMITED_TEAM_MEMBER", email=None),
    _user(10, "Zoë", "Dubois", email=f"zoe.dubois@{MAIL}"),
    _user(11, "Mateo", "García", email=f"mateo.garcia@{MAIL}"),
    _user(12, "Noor", "al-Hashimi"),
    _user(13, "Ingrid", "Nilsen"),
    _user(14, "Kenji", "Watanabe"),
    _user(15, "Olivia", "Brown"),
    _user(16, "Liam", "O'Connor", email=f"liam.oconnor@{MAIL}"),
    _user(17, "Fatima", "Benali"),
    _user(18, "Piotr", "Kowalski"),
    _user(19, "Chloe", "Martin"),
    _user(20, "Diego", "Fernandes"),
    _user(21, "Emily", "Clark", "INTERVIEWER"),
    _user(22, "Hugo", "Lindqvist", "INTERVIEWER"),
    _user(23, "Aisha", "Bello", "INTERVIEWER"),
    _user(24, "Viktor", "Horvat", "INTERVIEWER"),
    _user(25, "Grace", "Kim", "-", disabled=None),
)


def bindbee_id(connector: str, kind: str, remote_id: int | str) -> str:
    """Return the id that Bindbee gives to a record: always the same one for a connector and a remote id."""
    return str(uuid5(UUID(connector), f"{kind}/{remote_id}"))


def documents(seed: SeedName) -> dict[str, tuple[Document, ...]]:
    """Everything in the ATS at the start, by kind."""
    jobs = TEMPLATES if seed == "empty" else TEMPLATES + JOBS
    return {"departments": DEPARTMENTS, "offices": OFFICES, "remote-users": USERS, "jobs": jobs}


def greenhouse_id(kind: str, name: str) -> int:
    """Return the ATS's number of the one seeded record of that name (a user's email)."""
    key = "email" if kind == "remote-users" else "name"
    (found,) = [record for record in documents("company")[kind] if record[key] == name]
    return int(found["id"])


def department_id(name: str) -> str:
    """Return a department's Bindbee id."""
    return bindbee_id(CONNECTOR_ID, "departments", greenhouse_id("departments", name))


def office_id(name: str) -> str:
    """Return an office's Bindbee id."""
    return bindbee_id(CONNECTOR_ID, "offices", greenhouse_id("offices", name))


def user_id(email: str) -> str:
    """Return a user's Bindbee id; the part before the @ is enough."""
    mail = email if "@" in email else f"{email}@{MAIL}"
    return bindbee_id(CONNECTOR_ID, "remote-users", greenhouse_id("remote-users", mail))


def job_id(name: str) -> str:
    """Return a job's Bindbee id."""
    return bindbee_id(CONNECTOR_ID, "jobs", greenhouse_id("jobs", name))


template_id = job_id
