"""Departments, offices and users of the first company, from which those of the others are made."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

DOMAIN = "halden-robotics.example"
CREATED = "2025-02-03T09:00:00.000Z"

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


def _user(number: int, first: str, last: str, role: str = "TEAM_MEMBER", **other: Any) -> Document:  # noqa: ANN401 - any field of a user
    mail = f"{first}.{last}@{DOMAIN}".lower().replace(" ", "")
    fields = {"id": 4003000 + number, "first_name": first, "last_name": last, "email": mail}
    return {**fields, "access_role": role, "disabled": False, "created_at": CREATED, **other}


USERS: tuple[Document, ...] = (
    _user(1, "Ada", "Okafor", "SUPER_ADMIN"),
    _user(2, "Jonas", "Weber", "ADMIN"),
    _user(3, "Priya", "Raman", "RECRUITER"),
    _user(4, "Marta", "Silva", "RECRUITER"),
    _user(5, "Tom", "Becker", "RECRUITER", disabled=True),
    _user(6, "Lena", "Hoffmann"),
    _user(7, "Sam", "Lee", email=f"sam.lee@{DOMAIN}"),
    _user(8, "Sam", "Lee", email=f"samantha.lee@{DOMAIN}"),
    _user(9, "Agency", "Account", "LIMITED_TEAM_MEMBER", email=None),
    _user(10, "Zoë", "Dubois", email=f"zoe.dubois@{DOMAIN}"),
    _user(11, "Mateo", "García", email=f"mateo.garcia@{DOMAIN}"),
    _user(12, "Noor", "al-Hashimi"),
    _user(13, "Ingrid", "Nilsen"),
    _user(14, "Kenji", "Watanabe"),
    _user(15, "Olivia", "Brown"),
    _user(16, "Liam", "O'Connor", email=f"liam.oconnor@{DOMAIN}"),
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
