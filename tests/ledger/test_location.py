"""The location of a git ledger: what is a remote's name in it, and how messages show it."""

from __future__ import annotations

import pytest

from bindbee_sync.ledger.location import GitLedger


@pytest.mark.parametrize(
    ("remote", "is_named"),
    [
        ("origin", True),
        ("up.stream_2-x", True),
        ("_x", True),
        (".x", True),
        (".", False),
        ("..", False),
        ("-x", False),
        ("../other", False),
        ("/srv/jobs.git", False),
        ("git@host:jobs.git", False),
        ("https://host/jobs.git", False),
        ("", False),
    ],
)
def test_a_remote_is_named_unless_it_can_be_a_path_or_a_url(remote, is_named):
    assert GitLedger(remote=remote, branch="ledger").is_named is is_named


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("origin", "git+origin#team/ledger"),
        ("https://mara:secret@host/jobs.git", "git+https://***@host/jobs.git#team/ledger"),
        ("git@host:jobs.git", "git+git@host:jobs.git#team/ledger"),
    ],
)
def test_a_location_is_shown_without_credentials(remote, shown):
    assert GitLedger(remote=remote, branch="team/ledger").shown == shown
