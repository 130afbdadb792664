"""The settings that people change every year, as fields of a form: each one value of campaign.yaml.

Everything else in the file, comments too, stays as it is (forms.yaml_edit).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.folder_swap import Swap
from collector.prepare.checking import check_swap
from collector.prepare.labels import name_fields
from collector.prepare.replacing import ONE_AT_A_TIME, take_swap
from collector.prepare.shelf import SETTINGS
from collector.store import Store
from forms.campaign import Campaign, Settings
from forms.days import find_day, show_day, show_written, write_day
from forms.errors import InputWrong, Problem
from forms.source import Path
from forms.words import text
from forms.yaml_edit import set_values

LONGEST = 300
_MAY_BE_NULL = ("public_address", "date", "reach", "security_contact")
_MAIL = "mailto:"
_EXAMPLE = datetime.date(2014, 3, 18)


@dataclass(frozen=True)
class YearlyField:
    """One value: `label` is its entry in the catalogue's topic `prepare`, `phase` the name of the phase it is of."""

    path: Path
    value: str
    label: str
    kind: Literal["text", "date", "number"] = "text"
    phase: str = ""

    @property
    def name(self) -> str:
        """The name under which a browser sends it."""
        return ".".join(map(str, self.path))

    @property
    def shown(self) -> str:
        """The value as people read and write it."""
        return show_written(self.value) if self.kind == "date" else self.value.removeprefix(_MAIL)

    def read(self, typed: str) -> str:
        """What was typed as the file has it; as it is where it cannot be that."""
        if self.kind == "date":
            return write_day(typed)
        if self.path[-1] == "reach":
            return typed.removesuffix("%").rstrip()
        is_address = self.path[-1] == "security_contact" and "@" in typed and ":" not in typed
        return f"{_MAIL}{typed}" if is_address else typed

    @property
    def called(self) -> str:
        """What the form calls it."""
        label = text(f"prepare.{self.label}")
        return f"{label} ({self.phase})" if self.phase else label


def list_fields(settings: Settings) -> Iterator[YearlyField]:
    """The fields with what they are now, in the order of the form."""
    issuer = settings.issuer
    yield YearlyField(("name",), settings.name, "field_name")
    yield YearlyField(("assessed_year",), str(settings.assessed_year), "field_year", "number")
    yield YearlyField(("issuer", "superior"), issuer.superior, "field_superior")
    yield YearlyField(("issuer", "body"), issuer.body, "field_body")
    yield YearlyField(("issuer", "document"), issuer.document, "field_document")
    yield YearlyField(("issuer", "place"), issuer.place, "field_place")
    yield YearlyField(("issuer", "date"), issuer.date.isoformat() if issuer.date else "", "field_date", "date")
    yield YearlyField(("public_address",), settings.public_address or "", "field_address")
    yield YearlyField(("security_contact",), settings.security_contact or "", "field_security")
    for place, phase in enumerate(settings.phases):
        yield YearlyField(("phases", place, "name"), phase.name, "field_phase", phase=phase.name)
        yield YearlyField(("phases", place, "from"), phase.first.isoformat(), "field_from", "date", phase.name)
        yield YearlyField(("phases", place, "to"), phase.last.isoformat(), "field_to", "date", phase.name)
        reach = "" if phase.reach is None else str(phase.reach)
        yield YearlyField(("phases", place, "reach"), reach, "field_reach", "number", phase.name)


def change_settings(store: Store, settings: Settings, typed: Mapping[str, str], who: str) -> Campaign | None:
    """Put what was typed into campaign.yaml, checked with the whole folder; None where nothing differs. InputWrong."""
    changes: dict[Path, str | None] = {}
    no_days: list[Problem] = []
    for field in list_fields(settings):
        given = " ".join(typed.get(field.name, field.value).split())[:LONGEST]
        if field.kind == "date" and (given or field.path[-1] not in _MAY_BE_NULL) and find_day(given) is None:
            no_days.append(_no_day(field, given))
            continue
        given = field.read(given)
        if given != field.value:
            changes[field.path] = None if not given and field.path[-1] in _MAY_BE_NULL else given
    if not changes and not no_days:
        return None
    with ONE_AT_A_TIME:
        edited = _edit(store, changes)
        try:
            if no_days:
                raise InputWrong(_find_others(store, settings, Swap({SETTINGS: edited})))
            return take_swap(store, settings, Swap({SETTINGS: edited}), who)
        except InputWrong as wrong:
            labels = {field.path: field.called for field in list_fields(settings)}
            raise InputWrong([*no_days, *name_fields(wrong.problems, edited, labels)]) from None


def _no_day(field: YearlyField, given: str) -> Problem:
    """Said of the field as the form has it: the check of the folder would ask for a day as the file has it."""
    example = show_day(_EXAMPLE)
    what = text("prepare.no_day", given=given) if given else text("prepare.day_empty")
    return Problem(field.called, what, text("prepare.no_day_fix", example=example))


def _edit(store: Store, changes: Mapping[Path, str | None]) -> bytes:
    content = (store.folder / SETTINGS).read_bytes().decode("utf-8-sig")
    try:
        return set_values(content, changes).encode()
    except KeyError as error:
        raise InputWrong([Problem(SETTINGS, text("prepare.by_hand"), text("prepare.by_hand_fix"))]) from error


def _find_others(store: Store, settings: Settings, swap: Swap) -> Sequence[Problem]:
    """What else is wrong with what was typed, so that all is told at once."""
    try:
        check_swap(store, settings, swap)
    except InputWrong as wrong:
        return wrong.problems
    return ()


def quota_totals(campaign: Campaign) -> list[tuple[str, int, int]]:
    """By group its name, its sheets to be accepted and its reserve sheets."""
    return [
        (
            group.name,
            sum(quota.target for quota in campaign.quotas if quota.group == group.code),
            sum(quota.reserve for quota in campaign.quotas if quota.group == group.code),
        )
        for group in campaign.settings.groups
    ]
