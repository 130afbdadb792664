"""The handbook: a page for every role, every picture there, small and used; tests/test_album.py makes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forms.account_rules import ROLES
from forms.words import text

ROOT = Path(__file__).parents[1]
HANDBOOK = ROOT / "docs" / "handbook"
SHOWN = re.compile(r"!\[([^\]]+)\]\((pictures/[^)]+\.png)\)")
LARGEST_BYTES = 100_000


def pages_of_roles() -> dict[str, str]:
    """The table at the head of the handbook: the role as the console names it -> its page."""
    rows = re.findall(r"^\| ([^|]+) \| \[([\w-]+\.md)\]", (HANDBOOK / "README.md").read_text(encoding="utf-8"), re.M)
    return {role.strip().lower(): page for roles, page in rows for role in roles.split(",")}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_page_with_steps_and_a_picture(role: str) -> None:
    page = (HANDBOOK / pages_of_roles()[text(f"account.role_{role}", "vi").lower()]).read_text(encoding="utf-8")
    assert re.search(r"^1\. ", page, re.M)
    assert SHOWN.search(page)


def test_every_picture_that_is_shown_is_there_small_and_said_in_words() -> None:
    named = [found for page in sorted(HANDBOOK.glob("*.md")) for found in SHOWN.findall(page.read_text("utf-8"))]
    assert all(len(words) > 8 for words, _ in named)
    sizes = {path: (HANDBOOK / path).stat().st_size for _, path in named}
    assert {path: size for path, size in sizes.items() if size > LARGEST_BYTES} == {}
    assert {path.removeprefix("pictures/") for path in sizes} == {path.name for path in HANDBOOK.glob("pictures/*.png")}
