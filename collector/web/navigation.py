"""The console's navigation: groups of the pages that a person may open. A group of one page is that page's link."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from collector.web.access import console_language, find_person, find_unsettled
from collector.web.pages import GROUPS, PAGES
from forms.words import text


@dataclass(frozen=True)
class Place:
    """A page: its endpoint, its name, whether we are there."""

    endpoint: str
    name: str
    is_here: bool


@dataclass(frozen=True)
class PlaceGroup:
    """Pages of one kind of work, never none."""

    name: str
    places: tuple[Place, ...]

    @property
    def here(self) -> Place | None:
        """The page where we are, if it is one of these."""
        return next((place for place in self.places if place.is_here), None)


def list_places() -> list[PlaceGroup]:
    """What the person may open, group by group; nothing before all is settled.

    A page that stands in no navigation belongs to the first one of its blueprint.
    """
    person, lang = find_person(), console_language()
    if person is None or find_unsettled(person):
        return []
    here, found = _find_here(), []
    for name, pages in GROUPS.items():
        mine = tuple(Place(one, text(words, lang), one == here) for one, words in pages.items() if person.may(one))
        if mine:
            found.append(PlaceGroup(text(name, lang), mine))
    return found


def _find_here() -> str | None:
    of_blueprint = (endpoint for endpoint in PAGES if endpoint.split(".")[0] == request.blueprint)
    return request.endpoint if request.endpoint in PAGES else next(of_blueprint, None)
