"""The random draw from the list of people: a cell at a time, by a published seed, kept and never silently repeated."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from collector.people.contact_keys import ContactKeys
from collector.people.sealed import find_keys, unseal_person
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.clock import day_of
from collector.store.draws import Draw, add_draw, last_draws, last_import
from collector.store.events import record_event
from collector.store.recipients import Cell, SealedPerson, hold_recipients, list_frame, list_people
from forms.campaign import Campaign, Quota
from forms.days import show_day
from forms.draw import SIPAS_MARGIN, clean_seed, draw_order, frame_digest, show_id, sipas_size
from forms.errors import InputWrong, NotFound, Problem
from forms.pack.drawn_list import DrawnPerson
from forms.words import text


@dataclass(frozen=True)
class SizeRule:
    """How many to draw: `size` people, or by the formula of SIPAS at `margin`, or else the target of the quota.

    `reserve`: how many reserves behind them; None takes the quota's.
    """

    size: int | None = None
    margin: Decimal | None = None
    reserve: int | None = None

    def of(self, quota: Quota, population: int) -> tuple[int, int]:
        """Drawn and reserves of a cell, never more than there are people."""
        wanted = quota.target if self.size is None else self.size
        if self.margin is not None:
            wanted = sipas_size(population, self.margin)
        drawn = min(wanted, population)
        return drawn, min(quota.reserve if self.reserve is None else self.reserve, population - drawn)


@dataclass(frozen=True)
class CellSize:
    """A cell of the quotas: people on the list, what the quota and the formula say, and how many were drawn last."""

    agency: str
    group: str
    people: int
    target: int
    reserve: int
    sipas: int
    drawn: int


@dataclass(frozen=True)
class Drawing:
    """The draw that holds in a cell, and whether it was made just now."""

    draw: Draw
    is_new: bool


def draw_people(
    store: Store,
    campaign: Campaign,
    quotas: Collection[Quota],
    seed: str,
    rule: SizeRule,
    who: str,
    again: str = "",
    now: datetime.datetime | None = None,
) -> list[Drawing]:
    """Draw in every given cell that has people, all or none; the same draw once more changes nothing.

    Where everybody of every cell is wanted there is nothing to choose, and no seed is needed. InputWrong where one is,
    where a cell was drawn otherwise before and no reason (`again`) is given, or where nobody is there.
    """
    seed = clean_seed(seed)
    moment = now or datetime.datetime.now(datetime.UTC)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        hold_recipients(conn)
        frame, before = list_frame(conn), last_draws(conn)
        cells = [quota for quota in quotas if frame.get((quota.agency, quota.group))]
        planned = [_plan(quota, frame[quota.agency, quota.group], seed, rule) for quota in cells]
        problems = _problems(planned, before, bool(again))
        if problems:
            raise InputWrong(problems)
        imported = last_import(conn)
        made = {plan.cell: _keep(conn, plan, before.get(plan.cell), imported, who, again, moment) for plan in planned}
        after = last_draws(conn)
        return [Drawing(after[cell], is_new) for cell, is_new in made.items()]


@dataclass(frozen=True)
class _Plan:
    cell: Cell
    seed: str
    order: list[int]
    size: int
    frame: int
    digest: str

    def equals(self, draw: Draw) -> bool:
        """Whether the draw of a cell is this very one."""
        return (draw.seed, draw.digest, draw.size, draw.people) == (
            self.seed,
            self.digest,
            self.size,
            tuple(self.order),
        )


def _plan(quota: Quota, people: Collection[int], seed: str, rule: SizeRule) -> _Plan:
    shown = {show_id(person): person for person in people}
    size, reserve = rule.of(quota, len(shown))
    order = draw_order(seed, quota.agency, quota.group, shown)[: size + reserve]
    drawn = [shown[name] for name in order]
    return _Plan((quota.agency, quota.group), seed, drawn, size, len(shown), frame_digest(shown))


def _problems(planned: Collection[_Plan], before: dict[Cell, Draw], again: bool) -> list[Problem]:
    if not planned:
        return [Problem("recipients", text("recipients.nobody_there"), text("recipients.nobody_there_fix"))]
    problems = []
    if any(not plan.seed and plan.size < plan.frame for plan in planned):
        problems.append(Problem("--seed", text("recipients.no_seed"), text("recipients.no_seed_fix")))
    for plan in planned:
        cell, earlier = " ".join(plan.cell), before.get(plan.cell)
        if not plan.order:
            problems.append(Problem(cell, text("recipients.size_zero"), text("recipients.size_zero_fix")))
        elif earlier is not None and not again and not plan.equals(earlier):
            what = text("recipients.drawn_before", day=show_drawn_day(earlier), round=earlier.round, seed=earlier.seed)
            problems.append(Problem(cell, what, text("recipients.drawn_before_fix")))
    return problems


def _keep(
    conn: Connection, plan: _Plan, earlier: Draw | None, imported: int, who: str, again: str, now: datetime.datetime
) -> bool:
    """False where this very draw is there already."""
    if earlier is not None and plan.equals(earlier):
        return False
    number, why = (1, None) if earlier is None else (earlier.round + 1, again)
    made = {"round": number, "seed": plan.seed, "frame": plan.frame, "digest": plan.digest}
    made |= {"recipient_import": imported, "who": who, "why": why}
    add_draw(conn, plan.cell, plan.order, plan.size, made, now)
    record_event(conn, who, "recipients.draw", "/".join(plan.cell), f"round={number}; {why or ''}".rstrip("; "), now)
    return True


def list_sizes(store: Store, quotas: Collection[Quota], margin: Decimal = SIPAS_MARGIN) -> list[CellSize]:
    """Every given cell of the quotas, with the formula of SIPAS beside its target."""
    with store.read() as conn:
        frame, draws = list_frame(conn), last_draws(conn)
    sizes = []
    for quota in quotas:
        cell = (quota.agency, quota.group)
        people = len(frame.get(cell, ()))
        drawn = draws[cell].size if cell in draws else 0
        sizes.append(CellSize(*cell, people, quota.target, quota.reserve, sipas_size(people, margin), drawn))
    return sizes


def drawn_cells(store: Store, quotas: Collection[Quota]) -> list[Cell]:
    """Which of the given cells have been drawn."""
    with store.read() as conn:
        draws = last_draws(conn)
    return [cell for quota in quotas if (cell := (quota.agency, quota.group)) in draws]


def list_drawn(
    store: Store, campaign: Campaign, cells: Collection[Cell], who: str
) -> list[tuple[Draw, list[DrawnPerson]]]:
    """The people of the draws that hold in some cells, in the order drawn; whoever asks is noted in the log.

    NotFound where nothing was drawn in one of them or its people have been erased.
    """
    with store.write() as conn:
        draws, keys = last_draws(conn), find_keys(conn, campaign.settings.id)
        kept = {row.id: row for row in list_people(conn, cells)}
        for cell in cells:
            draw = draws.get(cell)
            if draw is None or keys is None or not set(draw.people) <= kept.keys():
                key = "not_drawn" if draw is None else "erased"
                raise NotFound(text(f"recipients.{key}", agency=cell[0], group=cell[1]))
            record_event(conn, who, "recipients.list", "/".join(cell), f"round={draw.round}")
    return [
        (draws[cell], [_person(keys, draws[cell], kept, place) for place in range(len(draws[cell].people))])
        for cell in cells
        if keys is not None
    ]


def _person(keys: ContactKeys, draw: Draw, kept: dict[int, SealedPerson], place: int) -> DrawnPerson:
    found, is_reserve = unseal_person(keys, kept[draw.people[place]]), place >= draw.size
    order = place - draw.size + 1 if is_reserve else place + 1
    return DrawnPerson(order, found.name, found.phone, found.email, found.procedure, found.file_code, is_reserve)


def show_drawn_day(draw: Draw) -> str:
    """The day in Viet Nam of a draw."""
    return show_day(day_of(draw.at.replace(tzinfo=datetime.UTC)))
