"""Configs and job files of the sandbox's customers."""

from __future__ import annotations

from bindbee_sync.sandbox import seed

ONE, TWO, THREE = NAMES = tuple(seed.company(number).name for number in (1, 2, 3))


def job(number, name, more=""):
    """The text of a job file that would be created at the customer of that number."""
    company = seed.company(number)
    template = company.template_id("Template: People Manager")
    user = f"jonas.weber@{company.domain}"
    return f"name: {name}\ntemplate_id: {template}\nremote_user_id: {user}\nopenings: 1\n{more}"


def config(*numbers, more=""):
    """A config of these customers, each pinned."""
    lines = [f"  {seed.company(number).name}:\n    id: {seed.company(number).id}\n" for number in numbers]
    return f"{more}connectors:\n{''.join(lines)}"
