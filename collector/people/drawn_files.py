"""Files of the draw: the list for the clerk (personal data, mode 0600); the frame and the draws, without a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aggregation.csv_files import csv_bytes, plain_text
from collector.files import private_file, write_whole
from collector.people.drawing import show_drawn_day
from collector.people.erasure import erase_day
from collector.store import Store
from collector.store.draws import Draw, list_draws
from collector.store.recipients import Cell, list_frame
from forms.campaign import Campaign
from forms.days import show_day
from forms.draw import show_id
from forms.errors import InputWrong, Problem
from forms.fonts import find_office_typeface, setting_in
from forms.pack.drawn_list import DrawnPerson, ListHead, write_drawn_list
from forms.words import text
from forms.workbook import write_workbook

KINDS = (".pdf", ".csv", ".xlsx")
_COLUMNS = ("order", "reserve", "name", "phone", "email", "procedure", "file_code")


def check_kind(path: Path) -> None:
    """InputWrong unless a list can be written under this name."""
    if path.suffix not in KINDS:
        problem = Problem(str(path), text("recipients.list_kind"), text("recipients.list_kind_fix"))
        raise InputWrong([problem])


def write_list(store: Store, campaign: Campaign, draw: Draw, people: Sequence[DrawnPerson], path: Path) -> None:
    """The drawn list as PDF, CSV or workbook, by the ending of the name; only its owner may read it."""
    check_kind(path)
    with private_file(path) as unfinished:
        if path.suffix == ".pdf":
            with setting_in(find_office_typeface(campaign.settings.typeface, campaign.fonts)):
                write_drawn_list(unfinished, _head(store, campaign, draw), people)
        elif path.suffix == ".csv":
            unfinished.write_bytes(csv_bytes(_COLUMNS, _rows(people)))
        else:
            unfinished.write_bytes(write_workbook(partial(_fill_list, people=people)))


def _head(store: Store, campaign: Campaign, draw: Draw) -> ListHead:
    settings, group = campaign.settings, campaign.get_group(draw.group)
    day = erase_day(store, settings)
    return ListHead(
        settings.issuer.superior,
        settings.issuer.body,
        settings.name,
        campaign.get_agency(draw.agency).name,
        group.name,
        group.privacy == "linked",
        draw.seed,
        show_drawn_day(draw),
        draw.round,
        draw.frame,
        show_day(day) if day else "",
    )


def _rows(people: Iterable[DrawnPerson]) -> Iterator[list[str]]:
    for person in people:
        written = (person.name, person.phone, person.email, person.procedure, person.file_code)
        yield [str(person.order), "1" if person.is_reserve else "0", *map(plain_text, written)]


def _fill_list(workbook: Any, styles: Mapping[str, Any], people: Iterable[DrawnPerson]) -> None:
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, _COLUMNS, styles["head"])
    for line, row in enumerate(_rows(people), 1):
        for place, value in enumerate(row):
            sheet.write_string(line, place, value, styles["text"])
    sheet.freeze_panes(1, 0)
    sheet.autofit()


def write_frame(store: Store, path: Path) -> int:
    """Who stands in which cell, by id alone: what an auditor draws from. Gives how many people."""
    with store.read() as conn:
        frame = list_frame(conn)
    write_whole(path, frame_csv(frame))
    return sum(map(len, frame.values()))


def frame_csv(frame: Mapping[Cell, Mapping[int, int]]) -> bytes:
    """The frame as a table: agency, group, id and the number of the import."""
    rows = sorted((*cell, show_id(number), imported) for cell, ids in frame.items() for number, imported in ids.items())
    return csv_bytes(("agency", "group", "id", "import"), rows)


def write_draws(store: Store, path: Path) -> int:
    """Every draw that was ever made, by id alone: what an auditor holds their own against. Gives how many draws."""
    with store.read() as conn:
        draws = list_draws(conn)
    columns = ("agency", "group", "round", "seed", "frame", "frame_sha256", "last_import", "day", "who", "why")
    rows = (
        (*_line(draw), place, int(place > draw.size), show_id(number))
        for draw in draws
        for place, number in enumerate(draw.people, 1)
    )
    write_whole(path, csv_bytes((*columns, "place", "reserve", "id"), rows))
    return len(draws)


def _line(draw: Draw) -> tuple[object, ...]:
    made = (draw.agency, draw.group, draw.round, draw.seed, draw.frame, draw.digest, draw.last_import)
    return (*made, show_drawn_day(draw), plain_text(draw.who), plain_text(draw.why or ""))
