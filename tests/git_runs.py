"""Git as the tests run it: with an identity of its own, whatever the machine's config says."""

from __future__ import annotations

import subprocess

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")


def git(folder, *arguments, **more):
    """Run git in `folder` and return what it printed."""
    done = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True, **more
    )
    return done.stdout.strip()
