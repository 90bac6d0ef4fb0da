"""Packs: a file for each ATS whose own documentation says what it requires of a new job."""
