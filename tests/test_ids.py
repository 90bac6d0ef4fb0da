"""One check for the form of Bindbee's ids."""

from __future__ import annotations

import pytest

from bindbee_sync.ids import is_uuid

ID = "019a1041-57f8-752d-bd75-6f5136196765"


@pytest.mark.parametrize("text", [ID, ID.upper(), "00000000-0000-0000-0000-000000000000"])
def test_what_is_one(text):
    assert is_uuid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4050001",
        "Berlin",
        f" {ID}",
        f"{ID}\n",
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        ID.replace("-", ""),
        ID[:-1],
        f"{ID}0",
        ID.replace("019a", "01_a"),
        ID.replace("019a", "０19a"),  # noqa: RUF001 - a digit of another script
    ],
)
def test_what_is_none(text):
    assert not is_uuid(text)
