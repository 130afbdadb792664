"""Counted paper sheets drawn by an inspector's seed, each with where it lies and what was counted of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aggregation.csv_files import csv_bytes, plain_text
from collector.trail.loading import SheetTrail, Trail
from forms.draw import clean_seed
from forms.errors import InputWrong, Problem
from forms.words import text


class DrawnPage(NamedTuple):
    """One page of a drawn sheet; `answers`: what was counted of it.

    `serial`: "" in an unlinked group, where it stands on the paper alone.
    """

    place: int
    number: str
    serial: str
    box: str
    stack: str | None
    file: str
    image: int
    answers: str


def draw_pages(trail: Trail, seed: str, size: int, in_words: bool = False) -> list[DrawnPage]:
    """Counted sheets drawn to be held against their paper, page by page, with the counted answers that stand on each.

    `in_words`: questions by the numbers on the paper and answers by their levels' names, instead of codes.

    The rule, complete: of every counted sheet with a counted answer on a scanned page take the text SEED|SERIAL in
    UTF-8, its SHA-256 in hexadecimal; sort by it; the first are drawn. InputWrong where the seed is empty.
    """
    seed = clean_seed(seed)
    if not seed:
        raise InputWrong([Problem("--seed", text("recipients.no_seed"), text("recipients.no_seed_fix"))])
    labels = _find_labels(trail) if in_words else {}
    pages = ((one.sheet.serial, list(_counted_pages(trail, one, labels))) for one in trail.sheets)
    on_paper = {serial: rows for serial, rows in pages if rows}
    order = sorted(on_paper, key=lambda serial: hashlib.sha256(f"{seed}|{serial}".encode()).hexdigest())
    return [DrawnPage(place, *row) for place, serial in enumerate(order[:size], 1) for row in on_paper[serial]]


def draw_csv(trail: Trail, seed: str, size: int) -> bytes:
    """The drawn sheets as a table, one row a page."""
    rows = (
        page._replace(file=plain_text(page.file), box=plain_text(page.box)) for page in draw_pages(trail, seed, size)
    )
    return csv_bytes(DrawnPage._fields, rows)


def _find_labels(trail: Trail) -> dict[tuple[str, str], str]:
    """The name of every question's levels by question and option; groups may ask under one code: each has its own."""
    return {
        (f"{group.group} {asked.question}", option.option): option.label
        for criterion in trail.points.criteria
        for group in criterion.groups
        for asked in group.questions
        for option in asked.options
    }


def _counted_pages(
    trail: Trail, one: SheetTrail, labels: Mapping[tuple[str, str], str]
) -> Iterator[tuple[str, str, str, str | None, str, int, str]]:
    layout, _ = trail.printed[one.sheet.layout]
    for page in sorted(one.pages, key=lambda page: page.sheet_page):
        here = [
            (group, question)
            for group, question in trail.asked()
            if group == one.sheet.group and question in one.said and one.said[question].is_counted
            if one.find_page(layout, question, trail.row_of(one.sheet)) == page
        ]
        said = _say_in_words(trail, one, here, labels) if labels else _say_in_codes(one, here)
        if said:
            yield (
                one.name,
                "" if one.sheet.is_hidden else one.sheet.serial,
                page.box,
                page.stack,
                page.file_name,
                page.image,
                said,
            )


def _say_in_words(
    trail: Trail, one: SheetTrail, asked: list[tuple[str, str]], labels: Mapping[tuple[str, str], str]
) -> str:
    """In the order of the paper, beside which it is read."""
    numbered = sorted(
        (trail.find_number(one.sheet.layout, question) or 0, group, question) for group, question in asked
    )
    return "; ".join(
        f"{text('phone.question', number=number).rstrip('.')}: "
        + (" ".join(labels.get((f"{group} {question}", said), said) for said in one.said[question].options) or "-")
        for number, group, question in numbered
    )


def _say_in_codes(one: SheetTrail, asked: list[tuple[str, str]]) -> str:
    return ", ".join(f"{question}={' '.join(one.said[question].options) or '-'}" for _, question in asked)
