"""A table that somebody hands in on a page: let in up to its size, tried first, put away. The page says what it is."""

from __future__ import annotations

from flask import Blueprint, request

from collector.beside.upload import LARGEST_TABLE_BYTES, Upload, drop_upload, keep_upload
from collector.beside.work import Kind, Work, clear_work, find_work
from collector.web.access import find_person, say_done
from collector.web.site import site
from forms.errors import InputWrong, Problem


def let_table_in(blueprint: Blueprint) -> None:
    """Let the blueprint's `send` take a table from whoever may hand one in."""

    @blueprint.url_value_preprocessor
    def _let_in(endpoint: str | None, _values: object) -> None:
        # Before anything looks into the request; whoever may hand none in sends no more than to any other page
        person = find_person() if endpoint == f"{blueprint.name}.send" else None
        if person is not None and person.may(endpoint or ""):
            request.max_content_length = LARGEST_TABLE_BYTES + 64 * 1024


def keep_sent(kind: Kind, none_sent: Problem) -> Upload | None:
    """The request's table, kept; None, and told, while another of its kind is worked on.

    InputWrong where there is none, or where it is no table.
    """
    sent, folder = request.files.get("table"), site().store.folder
    if sent is None or not sent.filename:
        raise InputWrong([none_sent])
    found = find_work(folder, kind)
    if found is not None and found.is_running:
        say_done("import.busy")
        return None
    return keep_upload(folder, kind, sent.filename, sent.read())


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
