"""Parts of a release that tests make: its address, its version, and git."""

from __future__ import annotations

import re
import subprocess

from documents import ROOT

URLS = '[project.urls]\nRepository = "https://github.com/acme/bindbee-sync"\n\n'
VERSION = re.search(r'__version__ = "(.*)"', (ROOT / "bindbee_sync/__init__.py").read_text())[1]


def git(folder, *arguments):
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()
