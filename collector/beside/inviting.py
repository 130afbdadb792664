"""People drawn, invited and reached by hand: by the functions of `phieu recipients draw` and `phieu invite`.

Nothing here names anybody in what it is asked or gives: counts alone. Files that name people or hold links go into one
parcel (collector.beside.parcel).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

from collector.beside.parcel import Paper, keep_parcel, making_folder
from collector.beside.work import Report, Work
from collector.letters.by_hand import find_by_hand, write_merge_files, write_slip_files
from collector.letters.checking import check_sending
from collector.letters.inviting import prepare_invitations
from collector.opening import open_campaign
from collector.people.drawing import SizeRule, draw_people, drawn_cells, list_drawn
from collector.people.drawn_files import write_list
from collector.printing.issue import choose_quotas
from collector.store import Store
from collector.store.recipients import Cell
from forms.campaign import Campaign, Quota
from forms.errors import InputWrong, NotFound, Problem
from forms.words import keep_words, text

Step = Literal["draw", "invite", "files", "check"]
SIZES = ("quota", "size", "margin")  # how many are drawn: the quota's target, so many, or by the formula of SIPAS
_MERGE_ENDINGS = {"merge": ".xlsx", "merge_csv": ".csv"}


def ask(step: Step, agency: str, group: str, **more: str | bool) -> dict[str, Any]:
    """What the work is asked; `agency` and `group` are codes, "" for all. `more`: as typed, checked by the work."""
    return {"step": step, "agency": agency, "group": group, **more}


def do(folder: Path, work: Work, _report: Report) -> dict[str, Any]:
    """Gives how many cells, people, files it came to."""
    campaign, store = open_campaign(folder)
    try:
        asked = work.asked
        chosen = [[asked[name]] if asked[name] else [] for name in ("agency", "group")]
        quotas = choose_quotas(campaign, *chosen)
        return _STEPS[asked["step"]](store, campaign, quotas, work)
    except NotFound as nobody:
        raise InputWrong([Problem("", nobody.args[0], "")]) from nobody
    finally:
        store.close()


def _draw(store: Store, campaign: Campaign, quotas: Collection[Quota], work: Work) -> dict[str, Any]:
    asked = work.asked
    rule = read_rule(asked["rule"], asked["amount"], asked["reserve"])
    drawings = draw_people(store, campaign, quotas, asked["seed"], rule, work.who, asked["again"])
    drawn = sum(one.draw.size for one in drawings)
    return {"cells": len(drawings), "new": sum(one.is_new for one in drawings), "people": drawn}


def read_rule(rule: str, amount: str, reserve: str) -> SizeRule:
    """How many to draw, as typed on the page; InputWrong with all that is wrong."""
    size, margin, problems = None, None, []
    if rule == "size":
        size = _read_count(amount, least=1)
        problems += [] if size else [_wrong("amount_wrong")]
    elif rule == "margin":
        margin = _read_margin(amount)
        problems += [] if margin else [_wrong("margin_wrong")]
    reserves = _read_count(reserve) if reserve else None
    if reserve and reserves is None:
        problems.append(_wrong("reserve_wrong"))
    if problems:
        raise InputWrong(problems)
    return SizeRule(size, margin, reserves)


def _read_count(typed: str, least: int = 0) -> int | None:
    is_count = typed.isascii() and typed.isdigit() and len(typed) <= 6
    return int(typed) if is_count and int(typed) >= least else None


def _read_margin(typed: str) -> Decimal | None:
    """A share as 0,05 or as 5 %."""
    try:
        margin = Decimal(typed.replace("%", "").strip().replace(",", ".")) / (100 if "%" in typed else 1)
        return margin if 0 < margin < 1 else None
    except InvalidOperation:  # letters, or NaN
        return None


def _wrong(key: str) -> Problem:
    return Problem("", text(f"inviting.{key}"), text(f"inviting.{key}_fix"))


def _invite(store: Store, campaign: Campaign, quotas: list[Quota], work: Work) -> dict[str, Any]:
    reserves = _read_count(work.asked["reserves"] or "0")
    if reserves is None:
        raise InputWrong([_wrong("reserve_wrong")])
    done = prepare_invitations(store, campaign, quotas, work.who, reserves, work.asked["few"])
    fresh, mail = sum(one.fresh for one in done), sum(one.by_mail for one in done)
    return {"people": fresh, "mail": mail, "hand": fresh - mail, "before": sum(one.before for one in done)}


def _write(store: Store, campaign: Campaign, quotas: Collection[Quota], work: Work) -> dict[str, Any]:
    paper: Paper = work.asked["paper"]
    with making_folder(store.folder) as made:
        if paper == "list":
            people = _write_lists(store, campaign, drawn_cells(store, quotas), work.who, made)
        else:
            people = _write_links(store, campaign, quotas, work, made)
        return {"people": people, "name": keep_parcel(store, paper, sorted(made.iterdir()))}


def _write_lists(store: Store, campaign: Campaign, cells: Collection[Cell], who: str, out: Path) -> int:
    if not cells:
        raise NotFound(text("inviting.none_drawn"))
    drawn = list_drawn(store, campaign, cells, who)
    for draw, people in drawn:
        write_list(store, campaign, draw, people, out / f"{draw.agency}-{draw.group}.list.pdf")
    return sum(len(people) for _, people in drawn)


def _write_links(store: Store, campaign: Campaign, quotas: Collection[Quota], work: Work, out: Path) -> int:
    """`apart`: whoever asks may read answers, so no file joins people and sheets of an unlinked group for them."""
    cells = [(quota.agency, quota.group) for quota in quotas]
    ending = _MERGE_ENDINGS.get(work.asked["paper"])
    if ending is not None and work.asked["apart"]:
        cells = [named for named in cells if campaign.get_group(named[1]).privacy == "linked"]
        if not cells:
            raise InputWrong([_wrong("apart")])
    people = find_by_hand(store, campaign, cells, work.who, work.asked["everybody"])
    if ending is None:
        write_slip_files(campaign, people, out)
    else:
        write_merge_files(campaign, people, out, ending)
    return sum(map(len, people.values()))


def _check(_store: Store, campaign: Campaign, _quotas: Collection[Quota], work: Work) -> dict[str, Any]:
    return {"findings": [(one.good, keep_words(one.line)) for one in check_sending(campaign, work.asked["to"])]}


_STEPS = {"draw": _draw, "invite": _invite, "files": _write, "check": _check}
