"""Files of the recheck: what an auditor draws from, the caller's list (personal data, mode 0600), the form for results.

The caller's list and the form for results are two files: one holds who is reached and no answer, the other answers and
no name; the number of the call joins them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aggregation.csv_files import csv_bytes, plain_text
from collector.files import private_file, write_whole
from collector.recheck.contacts import Caller
from collector.recheck.drawing import Drawn, list_drawn
from collector.store import Store
from collector.store.clock import day_of
from collector.store.recheck_calls import last_calls
from collector.store.rechecks import list_units
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.headings import heading_aliases
from forms.recheck import OUTCOMES, show_call
from forms.recheck_tables import FACTS, RESULTS
from forms.words import text
from forms.workbook import write_workbook

KINDS = (".csv", ".xlsx")
CALLER_COLUMNS = ("call", "group", "sheet", "reserve", "name", "phone", "procedure")


def check_kind(path: Path) -> None:
    """InputWrong unless a table can be written under this name."""
    if path.suffix not in KINDS:
        raise InputWrong([Problem(str(path), text("recheck.table_kind"), text("recheck.table_kind_fix"))])


def write_callers(callers: Sequence[Caller], path: Path) -> None:
    """The caller's list; only its owner may read it."""
    check_kind(path)
    rows = [
        (one.call, one.group, one.sheet, "1" if one.is_reserve else "0", *map(plain_text, words))
        for one in callers
        for words in [(one.name, one.phone, one.procedure)]
    ]
    content = csv_bytes(CALLER_COLUMNS, rows)
    if path.suffix == ".xlsx":
        heads = [_heading(column) for column in CALLER_COLUMNS]
        content = write_workbook(partial(_fill, heads=heads, rows=rows, choices={}))
    with private_file(path) as unfinished:
        unfinished.write_bytes(content)


def write_form(campaign: Campaign, callers: Sequence[Caller], path: Path) -> None:
    """The form for results: a row a call, facts first, then the questions asked again; no name, no first answer."""
    check_kind(path)
    rules = campaign.settings.recheck
    groups = dict.fromkeys(one.group for one in callers if one.sheet)
    asked = {
        question.code: [level.label for level in questionnaire.levels(question)]
        for group in groups
        for questionnaire in [campaign.get_questionnaire(group)]
        for question in rules.asked_again(group, questionnaire)
    }
    columns = (*RESULTS.columns, *asked)
    rows = [(one.call, *("" for _ in columns[1:])) for one in callers]
    if path.suffix == ".csv":
        write_whole(path, csv_bytes(columns, rows))
        return
    choices = {"outcome": [_word(f"recheck.outcome_{one}") for one in OUTCOMES], **asked}
    choices |= {fact: [_word("recheck.fact_yes"), _word("recheck.fact_no")] for fact in FACTS}
    by_place = {place: choices[column] for place, column in enumerate(columns) if column in choices}
    write_whole(
        path, write_workbook(partial(_fill, heads=[_heading(one) for one in columns], rows=rows, choices=by_place))
    )


def _word(key: str) -> str:
    return text(key).split(" | ")[0]


def _heading(column: str) -> str:
    return next(iter(heading_aliases(RESULTS.name, column)), column)


def _fill(
    workbook: Any,
    styles: Mapping[str, Any],
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    choices: Mapping[int, Sequence[str]],
) -> None:
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, heads, styles["head"])
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            sheet.write_string(line, place, value, styles["text"])
    for place, options in choices.items():
        fits = sum(map(len, options)) + len(options) <= 255 and not any("," in option for option in options)
        if rows and fits:  # what a cell's list may hold
            sheet.data_validation(1, place, len(rows), place, {"validate": "list", "source": list(options)})
    sheet.freeze_panes(1, 1)
    sheet.autofit()


def write_frame(store: Store, path: Path) -> int:
    """All that may be called, without a name: what an auditor draws from. As drawn where a draw is; gives how many."""
    drawn = list_drawn(store)
    with store.read() as conn:
        units = list_units(conn)
    rows = {(one.draw.agency, place.group, place.unit) for one in drawn for place in one.draw.places}
    done = {one.draw.agency for one in drawn}
    rows |= {(code, unit.group, unit.unit) for code, found in units.items() if code not in done for unit in found}
    write_whole(path, csv_bytes(("agency", "group", "unit"), sorted(rows)))
    return len(rows)


def write_draws(store: Store, path: Path) -> int:
    """Every draw in its whole order, the seed and its commitment beside it; gives how many agencies."""
    drawn = list_drawn(store)
    with store.read() as conn:
        calls = last_calls(conn)
    columns = (
        *("agency", "commitment", "committed_day", "answers_then", "seed", "frame", "frame_sha256", "size", "flagged"),
        *("day", "who", "widened", "place", "open", "call", "group", "unit", "outcome"),
    )

    def rows() -> Iterator[tuple[object, ...]]:
        for one in drawn:
            for place in one.draw.places:
                call = calls.get((one.draw.id, place.place))
                shown = show_call(one.draw.agency, place.place)
                last = (shown, place.group, place.unit, call.outcome if call else "")
                yield *_line(one), place.place, int(place.place <= one.open), *last

    write_whole(path, csv_bytes(columns, rows()))
    return len(drawn)


def _line(one: Drawn) -> Iterable[object]:
    draw, seed = one.draw, one.draw.seed
    committed = show_day(day_of(seed.at.replace(tzinfo=datetime.UTC)))
    day = show_day(day_of(draw.at.replace(tzinfo=datetime.UTC)))
    first = (draw.agency, seed.commitment, committed, seed.answers, draw.revealed, draw.frame, draw.digest)
    return *first, draw.size, plain_text(draw.flagged or ""), day, plain_text(draw.who), int(draw.widened)
