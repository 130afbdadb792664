"""The records that both sides sign, two copies each: sheets handed over, and sheets that came back."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from reportlab.platypus import Flowable, KeepTogether

from forms.days import show_day
from forms.drawing import plain
from forms.pack.content import Office, Pack
from forms.pack.paper import (
    Cell,
    Tick,
    bold_row,
    dotted_line,
    gap,
    official_head,
    paper_title,
    ruled_table,
    say,
    side_by_side,
    signatures,
    write_paper,
)
from forms.pack.ranges import show_numbers
from forms.pack.wording import foot, share_name, whose_heading
from forms.words import text

Kind = Literal["handover", "return"]
_COPIES = ("giver", "taker")
_HANDOVER_MM = (11.0, 52.0, 50.0, 15.0, 15.0, 22.0)
_RETURN_MM = (11.0, 47.0, 15.0, 15.0, 15.0, 16.0, 15.0, 15.0, 16.0)
_ROOM = [(side, (0, 1), (-1, -1), 5) for side in ("TOPPADDING", "BOTTOMPADDING")]  # a pen needs 8 mm a row
_STATES = ("returned", "unused", "refused", "spoiled", "lost", "outstanding")


def write_handover(path: Path, office: Office, pack: Pack) -> int:
    """Write the hand-over record, one copy for each side; gives its pages."""
    return _write(path, office, pack, "handover")


def write_return(path: Path, office: Office, pack: Pack) -> int:
    """Write the return record, one copy for each side: counts and numbers are filled in by hand; gives its pages."""
    return _write(path, office, pack, "return")


def _write(path: Path, office: Office, pack: Pack, kind: Kind) -> int:
    title = text(f"pack.{kind}_short", office.lang)
    copies = [_copy(office, pack, kind, copy) for copy in _COPIES]
    return write_paper(path, title, foot(title, pack, office), office.lang, *copies)


def _copy(office: Office, pack: Pack, kind: Kind, copy: str) -> list[Flowable]:
    lang = office.lang
    giver, taker = (office.named, pack.name) if kind == "handover" else (pack.name, office.named)
    number, date = text("pack.unknown_number", lang), text("pack.blank_date", lang)
    table, ending = (_handover_table, _handover_end) if kind == "handover" else (_return_table, _return_end)
    return [
        say(text(f"pack.copy_{copy}", lang), 10, "right", "italic"),
        *official_head(office.superior, office.body, lang, number, date),
        *paper_title(text("pack.handover", lang), text(f"pack.{kind}_about", lang)),
        dotted_line(text("pack.today", lang)),
        gap(3),
        *_party("giver", giver, lang),
        *_party("taker", taker, lang),
        say(text(f"pack.{kind}_text", lang, campaign=plain(office.name)), align="justify"),
        table(pack, lang),
        gap(2),
        *ending(office, pack),
        KeepTogether(
            [
                say(text("pack.two_copies", lang), after_mm=5),
                signatures(text("pack.sign_giver", lang), text("pack.sign_taker", lang), lang),
            ]
        ),
    ]


def _party(role: str, name: str, lang: str) -> list[Flowable]:
    person, position, phone = (text(f"pack.{field}", lang) for field in ("person", "position", "phone"))
    lines = side_by_side((dotted_line(person, 66), 68), (dotted_line(position, 47), 49), (dotted_line(phone, 48), 48))
    return [say(text(f"pack.{role}", lang, name=plain(name)), after_mm=0), lines, gap(3)]


def _handover_table(pack: Pack, lang: str) -> Flowable:
    columns = ("row", "who", "numbers", "count", "counted", "note")
    head = [text(f"pack.{name}", lang) for name in columns]
    head[1] = whose_heading(pack, lang)
    rows: list[list[Cell]] = []
    for place, share in enumerate(pack.shares, 1):
        name = share_name(share, pack, lang)
        numbers = show_numbers(share.prefix, share.originals)
        rows.append([str(place), name, numbers, str(len(share.originals)), "", ""])
        if share.reserves:
            numbers = show_numbers(share.prefix, share.reserves)
            rows.append(["", text("pack.reserve_row", lang), numbers, str(len(share.reserves)), "", ""])
    rows.append(bold_row("", text("pack.sum_sheets", lang), "", str(pack.originals), "", ""))
    if pack.reserves:
        rows.append(bold_row("", text("pack.sum_reserves", lang), "", str(pack.reserves), "", ""))
    return ruled_table([head], rows, _HANDOVER_MM, centred=(0, 3, 4), extra=_ROOM)


def _handover_end(office: Office, pack: Pack) -> list[Flowable]:
    lang = office.lang
    when = text("pack.in_time", lang)
    if office.deadline is not None:
        when = text("pack.until", lang, date=show_day(office.deadline))
    flow: list[Flowable] = [dotted_line(text("pack.missing_numbers", lang)), dotted_line(""), gap(3)]
    if pack.reserves:
        given, kept = text("pack.reserves_given", lang), text("pack.reserves_kept", lang, body=plain(office.named))
        flow += [_choice(text("pack.reserves_at", lang), given, kept), gap(2)]
    return [*flow, say(text("pack.handover_duty", lang, when=when), align="justify")]


def _choice(label: str, one: str, other: str) -> Flowable:
    return side_by_side(
        (say(label, after_mm=0), 34), (Tick(), 6), (say(one, after_mm=0), 72), (Tick(), 6), (say(other, after_mm=0), 47)
    )


def _return_table(pack: Pack, lang: str) -> Flowable:
    columns = ("row", "who", "handed", *_STATES)
    head = [text(f"pack.{name}", lang) for name in columns]
    head[1] = whose_heading(pack, lang)
    empty = [""] * len(_STATES)
    rows: list[list[Cell]] = []
    for place, share in enumerate(pack.shares, 1):
        name = share_name(share, pack, lang)
        rows.append([str(place), name, str(len(share.originals)), *empty])
        if share.reserves:
            rows.append(["", text("pack.reserve_row", lang), str(len(share.reserves)), *empty])
    rows.append(bold_row("", text("pack.sum_sheets", lang), str(pack.originals), *empty))
    if pack.reserves:
        rows.append(bold_row("", text("pack.sum_reserves", lang), str(pack.reserves), *empty))
    return ruled_table([head], rows, _RETURN_MM, centred=(0, 2), extra=_ROOM)


def _return_end(office: Office, pack: Pack) -> list[Flowable]:
    lang = office.lang
    flow: list[Flowable] = [say(text("pack.return_sum", lang), 11, face="italic", after_mm=1)]
    if office.by_phone:
        flow.append(say(text("pack.return_phone", lang, body=plain(office.named)), 11, face="italic", after_mm=0))
    for state in ("unused", "refused", "spoiled", "lost"):
        label = text("pack.numbers_of", lang, state=text(f"pack.state_{state}", lang))
        flow.append(dotted_line(label, height_mm=7.5))
    flow.append(gap(4))
    if pack.reserves:
        seal, whole = say(text("pack.seal", lang), after_mm=0), say(text("pack.seal_whole", lang), after_mm=0)
        used = dotted_line(text("pack.seal_open", lang), 59, 6)
        flow += [side_by_side((seal, 42), (Tick(), 6), (whole, 52), (Tick(), 6), (used, 59)), gap(4)]
    return flow
