"""The forms in which staff record what happens to sheets. What cannot be recorded comes back as it was typed.

The same form sent twice changes nothing the second time. Whoever works at an agency may record what it took and brought
back, and leaves to others what judges its sheets: void, release, correction. A picture of sheets fills the form in; the
pictures' worker reads it, for no thread of the server opens one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.ledger.acts import RETURNS, ReturnedAs, hand_over, take_back
from collector.ledger.holding import Done, Note
from collector.ledger.mistakes import Undone, put_right
from collector.ledger.naming import Named, find_sheets, split_names
from collector.ledger.ranges import show_ranges
from collector.ledger.reserves import Released, release_reserves
from collector.ledger.stack import Stacked, look_at
from collector.ledger.voiding import void_sheets
from collector.store.clock import day_of
from collector.store.sheets import find_sheet
from collector.web import statuses
from collector.web.access import console_language, find_person, find_typed, get_person
from collector.web.evidence import PictureFailed
from collector.web.sheets import find_asked
from collector.web.sheets import sheets as sheets  # the same blueprint, with these pages
from collector.web.site import asked_code, site
from forms.days import find_day, show_day
from forms.errors import InputWrong, Problem
from forms.words import text

VERBS = {"giao": "handover", "thu-ve": "return", "du-phong": "release", "huy": "void", "dinh-chinh": "correct"}
_UNDONE = ("handover", "return", "release")
_LONGEST = 500
LARGEST_PICTURE_BYTES = 12 * 1024 * 1024  # a photograph of a stack of sheets
_MOST_LINES = 12
_STACKED = '"giao", "thu-ve"'
_WORDS = ", ".join(f'"{word}"' for word in VERBS)


@sheets.get(f"/<any({_WORDS}):word>")
def form(word: str) -> ResponseReturnValue:
    """The form of an act."""
    return _show(word, ())


@sheets.post(f"/<any({_WORDS}):word>")
def record(word: str) -> ResponseReturnValue:
    """Record an act on the sheets that were typed; all of it, or nothing and every reason why."""
    try:
        lines = _record(VERBS[word])
    except InputWrong as wrong:
        return _show(word, wrong.problems), statuses.UNPROCESSABLE
    for line in lines[:_MOST_LINES]:
        flash(line)
    if len(lines) > _MOST_LINES:
        flash(text("sheets.more_lines", console_language(), count=len(lines) - _MOST_LINES))
    kept: dict[str, Any] = {name: given for name in ("agency", "group", "day") if (given := _typed(name))}
    return redirect(url_for(".form", word=word, **kept), statuses.SEE_OTHER)


@sheets.url_value_preprocessor
def _let_pictures_in(endpoint: str | None, _values: object) -> None:
    # Before anything looks into the request; whoever is not logged in may send no more than to any other page
    if endpoint == f"{sheets.name}.{read_picture.__name__}" and find_person() is not None:
        request.max_content_length = LARGEST_PICTURE_BYTES


@sheets.post(f"/<any({_WORDS}):word>/anh")
def read_picture(word: str) -> ResponseReturnValue:
    """The form again, with the sheets whose codes stand in a picture: a person counts before anything is recorded."""
    picture = request.files.get("picture")
    try:
        serials = site().evidence.read_stack(picture.read()) if picture else []
    except PictureFailed:
        serials = []
    if not serials:
        problem = Problem(text("sheets.ask_picture"), text("sheets.picture_empty"), text("sheets.picture_empty_fix"))
        return _show(word, (problem,)), statuses.UNPROCESSABLE
    with site().store.read() as conn:
        known = {serial: found for serial in serials if (found := find_sheet(conn, serial))}
    mine = {serial: found.number for serial, found in known.items() if not get_person().is_outside(found.agency)}
    numbers = [mine.get(serial, serial) for serial in serials]
    flash(text("sheets.in_picture", console_language(), count=len(serials)))
    names = dict.fromkeys((*split_names(request.form.get("names", "")), *numbers))
    return _show(word, (), {**request.form, "names": "\n".join(names)})


@sheets.post(f"/<any({_STACKED}):word>/to")
def look(word: str) -> ResponseReturnValue:
    """What a hand scanner just read, for the stack on the screen: its sheet, or why not. Records nothing."""
    typed, state = _typed("code"), request.form.get("state", "")
    verb: Stacked = "handover" if VERBS[word] == "handover" else "return"
    becomes = state if state in RETURNS else "returned"
    with site().store.read() as conn:
        looked = look_at(conn, typed, Named((typed,), _typed("agency"), _typed("group")), verb, becomes, _note())
    return jsonify(number=looked.number, cell=looked.cell, why=looked.why, fix=looked.fix)


def _record(verb: str) -> list[str]:
    store, campaign = site().store, site().campaign
    named, note = _named(verb), _note()
    if verb == "handover":
        return _say_done(verb, hand_over(store, campaign, named, _typed("to"), note))
    if verb == "return":
        return _say_done(verb, take_back(store, campaign, named, cast(ReturnedAs, _one_of("state", RETURNS)), note))
    if verb == "release":
        return _say_released(release_reserves(store, campaign, named, note))
    if verb == "void":
        _check_count(named)
        return _say_done(verb, void_sheets(store, campaign, named, note))
    return _say_done(verb, put_right(store, campaign, named, cast(Undone, _one_of("what", _UNDONE)), note))


def _check_count(named: Named) -> None:
    """Several sheets are voided only by whoever counted them: what a slip in a range voids, nobody takes back."""
    with site().store.read() as conn:
        found = len(find_sheets(conn, named))
    if found > 1 and _typed("count") != str(found):
        what, fix = text("sheets.void_count", count=found), text("sheets.void_count_fix", count=found)
        raise InputWrong([Problem(text("sheets.ask_count"), what, fix)])


def _typed(name: str) -> str:
    return " ".join(request.form.get(name, "").split())[:_LONGEST]


def _one_of(name: str, known: object) -> str:
    given = _typed(name)
    if given not in cast(tuple[str, ...], known):
        raise InputWrong([Problem(text(f"sheets.ask_{name}"), text("sheets.not_chosen"), text("sheets.choose"))])
    return given


def _named(verb: str) -> Named:
    names = split_names(request.form.get("names", ""))
    is_whole = request.form.get("whole") == "1"
    if names and is_whole:
        raise InputWrong([Problem(text("sheets.names"), text("sheets.whole_and_names"), text("sheets.choose"))])
    if not names and not is_whole:
        tick = text(f"sheets.whole_{verb}").partition(":")[0] if verb in _UNDONE else ""
        fix = text("sheets.no_names_tick_fix", tick=tick) if tick else text("sheets.no_names_here_fix")
        raise InputWrong([Problem(text("sheets.names"), text("sheets.no_names"), fix)])
    return Named(names, _typed("agency"), _typed("group"))


def _note() -> Note:
    written = _typed("day")
    day = find_day(written) if written else day_of()
    if day is None:
        raise InputWrong([Problem(written, text("sheets.day_wrong"), text("sheets.day_wrong_fix"))])
    return Note(get_person().name, day, _typed("letter"), _typed("note"))


def _say_done(verb: str, done: Done) -> list[str]:
    lang, lines = console_language(), []
    if done.changed:
        lines.append(text(f"sheets.done_{verb}", lang, count=done.changed, numbers=show_ranges(done.numbers)))
    if done.waits:
        return [text("sign.waiting", lang, number=done.waits)]
    if done.shares:
        lines.append(text("sheets.done_shares", lang, shares=done.show_shares()))
    if done.known:
        lines.append(text("sheets.known", lang, count=done.known))
    elif not done.changed:
        lines.append(text("sheets.nothing_to_do", lang))
    return lines


def _say_released(released: Released) -> list[str]:
    lang = console_language()
    lines = [text("sheets.released", lang, reserve=reserve, gone=gone) for gone, reserve in released.pairs]
    lines += [text("sheets.released_before", lang, reserve=reserve, gone=gone) for gone, reserve in released.known]
    lines += [text("sheets.released_none", lang, gone=gone) for gone in released.lacking]
    return lines or [text("sheets.released_nothing", lang)]


def _kept() -> dict[str, str]:
    """What the form before this one was for: the next sheets are mostly of the same cell and day."""
    settings, day = site().campaign.settings, find_day(request.args.get("day", ""))
    cell = {"agency": find_asked(), "group": asked_code("group", settings.groups)}
    return cell | ({"day": show_day(day)} if day else {})


def _show(word: str, problems: tuple[Problem, ...], typed: Mapping[str, str] | None = None) -> str:
    campaign = site().campaign
    return render_template(
        "console/sheets_record.html",
        word=word,
        verb=VERBS[word],
        words=VERBS,
        problems=problems,
        typed=typed or find_typed() or _kept(),
        states=RETURNS,
        undone=_UNDONE,
        groups=campaign.settings.groups,
        agencies=[one for one in campaign.agencies if not get_person().is_outside(one.code)],
        collectors=campaign.collectors,
        today=show_day(day_of()),
        longest=_LONGEST,
        stacked=VERBS[word] in ("handover", "return"),
    )
