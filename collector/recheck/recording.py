"""What calls came to, taken in: all of a file or nothing, every problem at once, reserves opened one by one."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.events import record_event
from collector.store.recheck_calls import Call, add_call, last_calls, list_printed, widen
from collector.store.rechecks import RecheckDraw, RecheckPlace, list_rechecks
from collector.store.recipients import hold_recipients
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.grids import fold
from forms.recheck import Outcome, count_open, show_call
from forms.recheck_tables import CallRow, read_result
from forms.tables import Row
from forms.words import text


@dataclass(frozen=True)
class Recorded:
    """How many results were new, how many corrected, how many known; agencies widened; calls that are open now."""

    new: int
    corrected: int
    known: int
    widened: tuple[str, ...]
    open: int


def list_question_codes(campaign: Campaign) -> list[str]:
    """Every question of one choice that somebody may be asked again."""
    asked = (campaign.get_questionnaire(group.code) for group in campaign.settings.groups)
    found = [question.code for each in asked if each.block is None for question in each.questions()]
    return list(dict.fromkeys(found))


def record_calls(
    store: Store,
    campaign: Campaign,
    rows: Sequence[CallRow],
    problems: Iterable[Problem],
    who: str,
    correct: str = "",
    now: datetime.datetime | None = None,
) -> Recorded:
    """Keep what calls came to; `problems` are those of the file. What says the same as the store changes nothing.

    InputWrong with every problem: unknown calls, reserves that are not open, too few attempts, answers to what nobody
    was asked, results that are there otherwise while no reason (`correct`) is given, calls about one's own workplace.
    """
    with store.write() as conn:
        hold_recipients(conn)
        draws = {draw.agency: draw for draw in list_rechecks(conn)}
        own = find_workplace(conn, who)
        desk = _Desk(campaign, draws, last_calls(conn), list_printed(conn), bool(correct), own)
        for row in sorted(rows, key=lambda row: _split(row.call)):
            desk.take(row)
        found = [*problems, *desk.problems]
        if found:
            raise InputWrong(found)
        widened = _keep(conn, desk, who, correct, now)
        new = sum(call.version == 1 for call, _ in desk.fresh)
        ready = sum(desk.count_open(draw) - len(desk.called.get(draw.id, ())) for draw in desk.draws.values())
    return Recorded(new, len(desk.fresh) - new, desk.known, tuple(widened), ready)


def record_call(
    store: Store,
    campaign: Campaign,
    where: str,
    values: Mapping[str, str],
    who: str,
    correct: str = "",
    now: datetime.datetime | None = None,
) -> Recorded:
    """Keep what one call came to; `values` by column as a table of results has them, `where` names it in problems."""
    problems: list[Problem] = []
    row = read_result(Row(where, 1, values, {}), list_question_codes(campaign), problems)
    return record_calls(store, campaign, [row] if row else [], problems, who, correct, now)


def _keep(conn: Connection, desk: _Desk, who: str, correct: str, now: datetime.datetime | None) -> list[str]:
    agencies = {draw.id: draw for draw in desk.draws.values()}
    widened: list[str] = []
    for call, place in desk.fresh:
        draw = agencies[call.draw]
        why = correct if call.version > 1 else None
        add_call(conn, replace(call, who=who, why=why), place.sheet, now)
        name = show_call(draw.agency, call.place)
        record_event(conn, who, "recheck.record", name, f"{call.outcome}; {why or ''}".rstrip("; "), now)
        if call.outcome == "forged" and not draw.widened and draw.agency not in widened:
            widen(conn, draw.id, who, now)
            record_event(conn, who, "recheck.widen", draw.agency, f"frame={draw.frame}", now)
            widened.append(draw.agency)
    return widened


def _split(call: str) -> tuple[str, int]:
    agency, _, place = call.rpartition("-")
    return agency, int(place) if place.isdecimal() else 0


@dataclass
class _Desk:
    """The rows so far, held against the draws and against one another."""

    campaign: Campaign
    draws: Mapping[str, RecheckDraw]
    before: dict[tuple[int, int], Call]
    printed: Mapping[int, frozenset[tuple[str, str]]]
    may_correct: bool
    own: str  # where the person works
    fresh: list[tuple[Call, RecheckPlace]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: int = 0
    called: dict[int, dict[int, Outcome]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (draw, place), call in self.before.items():
            self.called.setdefault(draw, {})[place] = call.outcome

    def take(self, row: CallRow) -> None:
        """Add a row, or what is wrong with it."""
        agency, number = _split(row.call)
        draw = self.draws.get(agency)
        if draw is None or not 1 <= number <= draw.frame:
            self._wrong(row, "call_unknown", call=row.call)
            return
        place, earlier = draw.places[number - 1], self.before.get((draw.id, number))
        if self.own and self.own in (draw.agency, place.party):
            self._wrong(row, "own_workplace")
        if earlier is None and number > self.count_open(draw):
            self._wrong(row, "not_open", call=row.call)
        if row.outcome == "unreachable" and row.attempts < draw.attempts:
            self._wrong(row, "attempts_few", attempts=draw.attempts)
        facts = (row.took_part, row.filled_self, row.right_procedure, row.note, self._opinions(row, place))
        call = Call(draw.id, number, row.outcome, row.attempts, row.caller, row.day, *facts)
        if earlier == call:
            self.known += 1
            return
        if earlier is not None and not self.may_correct:
            self._wrong(row, "recorded_otherwise", call=row.call, outcome=_say(earlier.outcome))
        call = replace(call, version=earlier.version + 1 if earlier else 1)
        self.fresh.append((call, place))
        self.before[draw.id, number] = call
        self.called.setdefault(draw.id, {})[number] = call.outcome

    def count_open(self, draw: RecheckDraw) -> int:
        """How many places of a draw are open, the rows so far counted in."""
        called = self.called.get(draw.id, {})
        return count_open(draw.size, draw.frame, called, draw.widened or "forged" in called.values())

    def _opinions(self, row: CallRow, place: RecheckPlace) -> dict[str, str]:
        asked = self.campaign.get_questionnaire(place.group)
        ones = {question.code: question for question in asked.questions() if question.kind == "one"}
        found = {}
        for code, written in row.answers.items():
            if place.sheet is None or code not in ones or asked.block is not None:
                self._wrong(row, "not_asked", question=code)
                continue
            levels = [one for one in asked.levels(ones[code]) if (code, one.code) in self.printed[place.sheet]]
            chosen = [one.code for one in levels if fold(written) in (fold(one.code), fold(one.label))]
            if not chosen:
                known = ", ".join(level.code for level in levels)
                self._wrong(row, "option_unknown", question=code, given=written, known=known)
            found[code] = chosen[0] if chosen else ""
        return found

    def _wrong(self, row: CallRow, key: str, **fields: object) -> None:
        self.problems.append(Problem(row.where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields)))


def _say(outcome: Outcome) -> str:
    return text(f"recheck.outcome_{outcome}").split(" | ")[0]
