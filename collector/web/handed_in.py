"""A table that somebody hands in on a page: let in up to its size, tried first, put away. The page says what it is."""

from __future__ import annotations

from flask import Blueprint, request

from collector.beside.upload import LARGEST_TABLE_BYTES, drop_upload
from collector.beside.work import Kind, Work, clear_work, find_work
from collector.web.access import find_person
from collector.web.site import site


def let_table_in(blueprint: Blueprint) -> None:
    """Let the blueprint's `send` take a table from whoever may hand one in."""

    @blueprint.url_value_preprocessor
    def _let_in(endpoint: str | None, _values: object) -> None:
        # Before anything looks into the request; whoever may hand none in sends no more than to any other page
        person = find_person() if endpoint == f"{blueprint.name}.send" else None
        if person is not None and person.may(endpoint or ""):
            request.max_content_length = LARGEST_TABLE_BYTES + 64 * 1024


def find_tried(kind: Kind) -> Work | None:
    """The table that was tried and waits to be taken in; None where none does."""
    found = find_work(site().store.folder, kind)
    return found if found is not None and found.stage == "done" and found.asked["step"] == "check" else None


def put_away(kind: Kind) -> bool:
    """Put the table away, with what was found in it; False, and nothing, while it is worked on or where none was."""
    folder = site().store.folder
    found = find_work(folder, kind)
    if found is None or found.is_running:
        return False
    drop_upload(folder, kind)
    clear_work(folder, kind)
    return True
