"""One answer for every question of a page, from what is seen of its boxes: weighed, looked at again, held against."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from forms.geometry import Rect
from forms.layout import Box, Layout, PageLayout, TextRegion
from ocr.answers import (
    MarkedRow,
    answer_number,
    answer_row,
    answer_text,
    find_unsure,
    hold,
    hold_against_loss,
    hold_against_words,
    is_blank,
    settle_by_sight,
)
from ocr.boxes import surround
from ocr.closer import look_closer
from ocr.crossed import find_crossing
from ocr.elsewhere import AnswerKey, find_elsewhere
from ocr.glance import find_level, find_spots
from ocr.holes import find_holes
from ocr.leads import find_leading
from ocr.marks import FLOOR, BoxMark, find_loss, shows_nothing
from ocr.model import pen_darkness
from ocr.pale import judge_past_pale, settle_past_pale
from ocr.reading import AnswerReading
from ocr.regions import has_writing
from ocr.register import Registration, reduced
from ocr.shades import find_shaded
from ocr.sight import BoxSight, shows_strong_pen
from ocr.slid import has_slid
from ocr.specks import find_specked
from ocr.struck import find_struck
from ocr.tails import find_tails
from ocr.uneven import find_uneven
from ocr.whole import see_whole
from ocr.words import has_words

_TEXT_PX_PER_MM = 4.0
_MAY_BE_MEANT = 0.1  # a mark's chance next to the others', from which on its box is looked at whole
_LOOK_MARKED = 2  # doubts, of a page that shows no pen, whose best guess is a mark
_OPEN_MARKS, _OPEN_SHARE = 3, 0.6  # that are surely not filled, of a page's marks: a broad pen's cover their boxes
_WRITTEN_SHARE = 0.5  # of the paper that words cover, strokes of 0.4 mm averaged over 0.75


def answer_page(seen: BoxSight, place: Registration, layout: Layout, page: PageLayout) -> tuple[AnswerReading, ...]:
    """One answer for every question and row of the page, in printed order of boxes, then numbers, then texts."""
    uneven = _list_uneven(page, seen)
    seen = replace(seen, marks=_without(seen, uneven))
    seen = replace(seen, marks=_with_holes(replace(seen, marks=_without_specks(seen, place)), place))
    rows = list(_rows(page, seen, seen.marks))
    tails = find_tails(seen.pixels, place, page, seen.groups, seen.marks, _list_touched(page, rows, seen.marks))
    if tails:
        seen = replace(seen, marks=_without(seen, tails))
        rows = list(_rows(page, seen, seen.marks))
    if any(is_blank(row.marks) for row in rows):  # three questions in a hundred: most pages pay nothing
        seen = replace(seen, marks=_with_shades(page, seen, rows))
        rows = list(_rows(page, seen, seen.marks))
    answers = _answer(layout, rows)
    if any(answer.state == "doubtful" for answer in answers):
        answers = _past_pale(layout, page, seen, rows, answers)
        answers = _seen_closer(place, layout, page, seen, rows, answers)
        if seen.loss is None and _hides_marks(seen, answers):
            seen = replace(seen, loss="faint")
            answers = [hold_against_loss(one, layout.questions[one.question]) for one in answers]
    answers = _with_corrections(page, seen, answers)
    answers = _with_leads(place, page, seen, answers)
    answers = _with_strikes(place, page, seen, answers)
    blank = [(answer.question, answer.row) for answer in answers if answer.state == "blank"]
    if blank:
        elsewhere = find_elsewhere(
            seen.pixels, place, page, blank, lambda: pen_darkness(seen.ink), _by_question(page, tails)
        )
        answers = [hold(one, "elsewhere") if (one.question, one.row) in elsewhere else one for one in answers]
    answers = _with_slips(place, page, seen, answers, bool(tails or uneven))
    for question in dict.fromkeys(digit.question for digit in page.digits):
        written = zip(page.digits, seen.marks[len(page.boxes) :], strict=True)
        digits = [mark for digit, mark in written if digit.question == question]
        answers.append(answer_number(question, digits, seen.loss))
    return tuple(_with_texts(place, page, seen, answers))


def _answer(layout: Layout, rows: Sequence[MarkedRow]) -> list[AnswerReading]:
    return [answer_row(row, layout.questions[row.question]) for row in rows]


def _rows(page: PageLayout, seen: BoxSight, marks: Sequence[BoxMark]) -> Iterator[MarkedRow]:
    for question, row, options, numbers in _group_boxes(page.boxes):
        yield MarkedRow(question, row, options, tuple([marks[number] for number in numbers]), seen.loss)


@lru_cache(maxsize=32)
def _group_boxes(boxes: tuple[Box, ...]) -> list[tuple[str, str | None, tuple[str, ...], list[int]]]:
    """Every question and row in printed order: its options, and where their boxes stand among all."""
    grouped: dict[tuple[str, str | None], list[int]] = {}
    for number, box in enumerate(boxes):
        grouped.setdefault((box.question, box.row), []).append(number)
    return [(*asked, tuple(boxes[number].option for number in numbers), numbers) for asked, numbers in grouped.items()]


def _without_specks(seen: BoxSight, place: Registration) -> list[BoxMark]:
    """What touches a bare box is no sign of a mark that missed it where it is dirt and no more; else as they are."""
    touched = np.array([mark.touched and mark.bare and mark.reason is None for mark in seen.marks], np.bool_)
    if seen.loss is not None or not touched.any():
        return seen.marks
    specked = find_specked(seen.pixels, place, seen.groups, touched).tolist()
    return [replace(mark, touched=False) if dirt else mark for mark, dirt in zip(seen.marks, specked, strict=True)]


def _list_touched(page: PageLayout, rows: Sequence[MarkedRow], marks: Sequence[BoxMark]) -> list[int]:
    """The boxes around which something stands that alone keeps their question from being a promised blank."""
    held = {
        (row.question, row.row)
        for row in rows
        if row.loss is None and all(mark.bare and not mark.doubt for mark in row.marks) and not is_blank(row.marks)
    }
    return [
        number
        for number, box in enumerate(page.boxes)
        if (box.question, box.row) in held and marks[number].touched and not marks[number].weak
    ]


def _by_question(page: PageLayout, tails: Mapping[int, Sequence[Rect]]) -> dict[AnswerKey, list[Rect]]:
    """Where tails lie, by the question that they lie with."""
    found: dict[AnswerKey, list[Rect]] = {}
    for number, rects in tails.items():
        found.setdefault((page.boxes[number].question, page.boxes[number].row), []).extend(rects)
    return found


def _without(seen: BoxSight, numbers: Collection[int]) -> list[BoxMark]:
    """The marks, those of bare boxes `numbers` as of any box that shows nothing: what stands there is not theirs."""
    nothing = BoxMark((1.0, max(FLOOR, find_loss(seen.ink, seen.two_level)), FLOOR, FLOOR), inked=False)
    return [nothing if number in numbers else mark for number, mark in enumerate(seen.marks)]


def _list_uneven(page: PageLayout, seen: BoxSight) -> set[int]:
    """The boxes of questions left blank whose outlines are as uneven as others of the page, and no more."""
    blank, answered = (np.zeros(len(seen.marks), np.bool_) for _ in range(2))
    for _, _, _, numbers in _group_boxes(page.boxes):
        marks = [seen.marks[number] for number in numbers]
        blank[numbers] = all(mark.bare and not mark.doubt for mark in marks)
        answered[numbers] = any(mark.settles for mark in marks)
    return set(np.flatnonzero(find_uneven(seen.ink, blank, answered)).tolist())


def _with_holes(seen: BoxSight, place: Registration) -> list[BoxMark]:
    """The marks, those that stand in a hole told apart."""
    inked = np.array([not mark.bare for mark in seen.marks], np.bool_)
    holes = find_holes(seen.pixels, place, seen.groups, seen.ink, inked).tolist()
    return [
        replace(mark, holed=True, reason="hole") if hole else mark for mark, hole in zip(seen.marks, holes, strict=True)
    ]


def _with_shades(page: PageLayout, seen: BoxSight, rows: Sequence[MarkedRow]) -> list[BoxMark]:
    """The marks, those of blanks told apart that are darker than other bare boxes of the page."""
    blank = {(row.question, row.row) for row in rows if is_blank(row.marks)}
    answered = {(row.question, row.row) for row in rows if any(mark.settles for mark in row.marks)}
    asked = [(box.question, box.row) for box in page.boxes]
    among = [np.zeros(len(seen.marks), np.bool_) for _ in (blank, answered)]
    for held, keys in zip(among, (blank, answered), strict=True):
        held[: len(asked)] = [key in keys for key in asked]
    shaded = find_shaded(seen.groups, np.array([is_blank([mark]) for mark in seen.marks]), *among)
    return [replace(mark, shaded=True) if dark else mark for mark, dark in zip(seen.marks, shaded, strict=True)]


def _hides_marks(seen: BoxSight, answers: Sequence[AnswerReading]) -> bool:
    """Whether several boxes look marked and yet no pen is seen: what was written there hardly shows."""
    doubts = sum(answer.state == "doubtful" and bool(answer.chosen) for answer in answers)
    return doubts >= _LOOK_MARKED and pen_darkness(seen.ink) is None and not shows_strong_pen(seen.ink)


def _with_corrections(page: PageLayout, seen: BoxSight, answers: list[AnswerReading]) -> list[AnswerReading]:
    """The answers, doubtful ones whose mark may be the wrong one, where the page's marks are mostly open.

    It is filled while ink that is no dirt, and not a quarter as dark as the pen or less, stands in another box: so the
    sheet says to correct a mistake.
    """
    boxes = seen.marks[: len(page.boxes)]  # digits behind them are no marks
    marks = [mark for mark in boxes if mark.settles]
    still_open = sum(mark.open for mark in marks)
    if still_open < max(_OPEN_MARKS, _OPEN_SHARE * len(marks)) or not any(mark.filled for mark in boxes):
        return answers
    wrong = {
        (question, row)
        for question, row, _, numbers in _group_boxes(page.boxes)
        if _may_be_corrected([seen.marks[number] for number in numbers])
    }
    return [
        hold(one, "taken_back") if one.state == "clear" and (one.question, one.row) in wrong else one for one in answers
    ]


def _may_be_corrected(marks: Sequence[BoxMark]) -> bool:
    inked = [mark for mark in marks if not (mark.bare or mark.weak or mark.soft)]
    return any(mark.filled for mark in inked) and len(inked) > 1


def _with_leads(
    place: Registration, page: PageLayout, seen: BoxSight, answers: list[AnswerReading]
) -> list[AnswerReading]:
    """The answers, doubtful ones where a line leads from the mark to another box of the question."""
    clear = [number for number, answer in enumerate(answers) if answer.state == "clear"]
    grouped = _group_boxes(page.boxes)
    asked = []
    for number in clear:
        _, _, options, numbers = grouped[number]
        chosen = answers[number].chosen
        meant = [box for option, box in zip(options, numbers, strict=True) if option in chosen]
        asked.append((meant, [box for box in numbers if box not in meant]))
    led = find_leading(seen.pixels, place, page, seen.groups, seen.marks, asked)
    moved = {clear[number] for number in led}
    return [hold(answer, "leads_on") if number in moved else answer for number, answer in enumerate(answers)]


def _with_strikes(
    place: Registration, page: PageLayout, seen: BoxSight, answers: list[AnswerReading]
) -> list[AnswerReading]:
    """The answers, doubtful ones where the page was crossed out, or the words of the question or of what was chosen."""
    chosen: dict[tuple[str, str | None], list[int]] = {}
    for answer, (_, _, options, numbers) in zip(answers, _group_boxes(page.boxes), strict=True):
        if answer.state != "doubtful":
            picked = zip(options, numbers, strict=True)
            chosen[answer.question, answer.row] = [number for option, number in picked if option in answer.chosen]
    if not page.printed or not chosen:
        return answers
    pen = pen_darkness(seen.ink) or 0.0
    spots = find_spots(seen.pixels, place, page, seen.groups, find_level(pen))
    crossing = find_crossing(seen.pixels, place, page, spots, pen)
    if crossing.whole:
        return [hold(one, "struck_page") if one.state == "clear" else one for one in answers]
    left = {key: numbers for key, numbers in chosen.items() if key not in crossing.keys}
    struck = crossing.keys | find_struck(seen.pixels, place, page, spots, left, pen)
    return [_hold(one) if (one.question, one.row) in struck and one.state != "doubtful" else one for one in answers]


def _hold(answer: AnswerReading) -> AnswerReading:
    return hold(answer, "struck_words" if answer.chosen else "elsewhere")


def _past_pale(
    layout: Layout, page: PageLayout, seen: BoxSight, rows: Sequence[MarkedRow], answers: list[AnswerReading]
) -> list[AnswerReading]:
    """The answers, doubtful ones looked at once more without ink far paler than the page's pen."""
    dark = judge_past_pale(seen.groups, seen.ink, seen.shining > 0) if seen.loss is None else None
    if dark is None:
        return answers
    dark = [replace(mark, holed=known.holed) for mark, known in zip(dark, seen.marks, strict=True)]
    again = zip(answers, rows, _rows(page, seen, dark), strict=True)
    return [settle_past_pale(*each, layout.questions[each[1].question]) for each in again]


def _seen_closer(
    place: Registration,
    layout: Layout,
    page: PageLayout,
    seen: BoxSight,
    rows: Sequence[MarkedRow],
    answers: list[AnswerReading],
) -> list[AnswerReading]:
    """The answers, doubtful ones whose boxes show anything as a second, closer look at these boxes finds them."""
    unsure = find_unsure(rows, answers, layout.questions)
    if not unsure:
        return answers
    looked_at = np.zeros(len(seen.marks), np.bool_)
    looked_at[: len(page.boxes)] = [(box.question, box.row) in unsure for box in page.boxes]
    looked_at &= ~shows_nothing(seen.ink, seen.two_level)
    first = np.array([mark.chances for mark in seen.marks])
    closer = look_closer(seen.pixels, place, seen.groups, seen.ink, seen.two_level, first, looked_at)
    looked = zip(seen.marks, np.maximum(closer, FLOOR).tolist(), looked_at.tolist(), strict=True)
    marks = [replace(mark, chances=tuple(each)) if chosen else mark for mark, each, chosen in looked]
    kinds = layout.questions
    answers = _settled(page, seen, marks, unsure, answers, kinds)
    left = {(one.question, one.row) for one in answers if one.state == "doubtful"} & unsure
    return _settled(page, seen, _seen_whole(place, page, seen, marks, left), left, answers, kinds) if left else answers


def _settled(
    page: PageLayout,
    seen: BoxSight,
    marks: Sequence[BoxMark],
    unsure: Collection[AnswerKey],
    answers: Sequence[AnswerReading],
    kinds: Mapping[str, str],
) -> list[AnswerReading]:
    """The answers, those `unsure` settled where these marks do it."""
    again = zip(answers, _rows(page, seen, marks), strict=True)
    return [
        settle_by_sight(answer, row, kinds[row.question]) if (row.question, row.row) in unsure else answer
        for answer, row in again
    ]


def _seen_whole(
    place: Registration, page: PageLayout, seen: BoxSight, marks: Sequence[BoxMark], unsure: Collection[AnswerKey]
) -> list[BoxMark]:
    """The marks, those that may be meant told apart by all of their ink, inside the outline and beyond.

    What a ring around one box comes near is as a box that shows nothing.
    """
    pen, told, passed = pen_darkness(seen.ink), list(marks), set[int]()
    for question, row, _, numbers in _group_boxes(page.boxes):
        for number in numbers if (question, row) in unsure else ():
            mark = marks[number]
            if mark.chances[1] < _MAY_BE_MEANT or not mark.darkness:
                continue
            whole = see_whole(seen.pixels, place, page, seen.groups, number, mark.darkness)
            if whole is None:
                continue
            ring = mark.bare and whole.is_ring(pen)
            if ring or whole.is_stroke:
                told[number] = replace(mark, long=True, line=ring or (not mark.bare and whole.is_line(pen)))
            for other in numbers if ring else ():
                if other != number and marks[other].bare and whole.passes(seen.groups, other):
                    passed.add(other)
    return _without(replace(seen, marks=told), passed)


def _with_slips(
    place: Registration, page: PageLayout, seen: BoxSight, answers: list[AnswerReading], settled: bool
) -> list[AnswerReading]:
    """The answers, all doubtful where the sheet slipped in the feeder, so that a row may stand in another's place.

    Looked at only where something is doubtful, or was till it was `settled`, as it is where a slip cuts through a row
    or leaves one over.
    """
    doubt = settled or any(answer.state == "doubtful" for answer in answers)
    if not doubt or not page.printed or not has_slid(seen.pixels, place, page):
        return answers
    return [one if one.state == "doubtful" else hold(one, "slid") for one in answers]


def _with_texts(
    place: Registration, page: PageLayout, seen: BoxSight, answers: list[AnswerReading]
) -> list[AnswerReading]:
    """The answers, doubtful where the words of another option are written beside them; then those in words."""
    if not page.texts:
        return answers
    coarse = reduced(seen.pixels, place, _TEXT_PX_PER_MM, surround(page.texts))
    paler = seen.shining * _WRITTEN_SHARE  # never where the text itself is kept
    texts = [(region, has_writing(*coarse, region, paler if region.option else 0.0)) for region in page.texts]
    darkened = [region for region, ink in texts if region.option and ink]
    pen, beside = pen_darkness(seen.ink) or 0.0, {}
    for region in darkened:
        left_out = any(_leaves_out(answer, region) for answer in answers)
        if left_out and has_words(seen.pixels, place, page, region, pen):
            beside[region.question] = region.option
    answers = [hold_against_words(answer, beside.get(answer.question)) for answer in answers]
    return answers + [answer_text(region.question, ink) for region, ink in texts if region.option is None]


def _leaves_out(answer: AnswerReading, region: TextRegion) -> bool:
    """Whether an answer is settled without the option whose words the region is for."""
    return answer.question == region.question and answer.state != "doubtful" and region.option not in answer.chosen
