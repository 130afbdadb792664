"""The navigation: groups of pages that open by themselves, without a script, and say where one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from collector.web.pages import PAGES
from collector.web.permits import PERMITS
from forms.account_rules import ROLES


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_stands_in_the_navigation_once(
    app: Flask, log_in: Callable[..., Any], parse: Callable[[str], Any], role: str
) -> None:
    staff = log_in(app, roles=(role,), **({"agency": "HL"} if role == "viewer" else {}))
    shown = [str(has["href"]) for has in parse(nav_of(staff.get("/quan-ly/").text)).all("a")]
    with app.test_request_context():
        theirs = [app.url_map.bind("localhost").build(one) for one in PAGES if role in PERMITS[one]]
    assert shown[:-1] == theirs, "the last one is their own account"


def test_many_pages_are_a_few_groups_and_the_group_where_one_is_names_the_page(
    staff: Any, parse: Callable[[str], Any]
) -> None:
    nav = nav_of(staff.get("/quan-ly/phieu-trung/").text)
    found = parse(nav)
    assert len(found.all("details")) == len(found.all("summary")) == 4
    assert not found.all("details", open=""), "nothing lies over the page"
    assert [has["href"] for has in found.all("a", **{"aria-current": "page"})] == ["/quan-ly/phieu-trung/"]
    assert '<summary class="here">Duyệt<span class="at">: Phiếu trùng</span></summary>' in nav


def test_a_group_of_one_page_is_that_page_and_a_viewer_has_no_groups(
    app: Flask, log_in: Callable[..., Any], parse: Callable[[str], Any]
) -> None:
    nav = parse(nav_of(log_in(app, roles=("viewer",), agency="HL").get("/quan-ly/").text))
    assert not nav.all("details")
    assert nav.all("a", **{"aria-current": "page"})[0]["href"] == "/quan-ly/"


def nav_of(page: str) -> str:
    """The navigation alone."""
    return page[page.index('<nav class="places"') : page.index("</nav>")]
