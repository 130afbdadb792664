"""Layouts and questionnaires as printed: snapshots that no later edit changes."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import Connection, insert, literal, select

from collector.store.schema import agency as agencies
from collector.store.schema import (
    cell,
    layout_row,
    meta,
    option,
    print_run,
    question,
    respondent_group,
    sheet,
    skip_rule,
)
from collector.store.schema import layout as layouts
from collector.store.schema import questionnaire as questionnaires
from forms.campaign import Head
from forms.errors import NotFound, WorkFailed
from forms.layout import Layout, LayoutBook, dump_layout, layout_from_json, preferred_number
from forms.questionnaire import Questionnaire
from forms.serial import LAYOUT_NUMBERS, layout_number
from forms.words import text


def save_layout(conn: Connection, campaign_id: str, layout: Layout, questionnaire: Questionnaire, head: Head) -> Layout:
    """Keep a layout, its questionnaire and its head; the same layout, with the number that this campaign gave it.

    The number is forms.layout.preferred_number or the next free one. Saving the same id again changes nothing.
    WorkFailed where all 1,024 numbers are taken, NotFound where a rated agency never went through sync_campaign.
    """
    conn.execute(select(meta.c.value).where(meta.c.key == "campaign").with_for_update())  # one at a time
    kept = conn.scalar(select(layouts.c.content).where(layouts.c.code == layout.id))
    if kept is not None:
        return layout_from_json(layout.id, json.loads(kept))
    rated = {box.row for page in layout.pages for box in page.boxes if box.row is not None}
    strangers = rated.difference(conn.scalars(select(agencies.c.code)))
    if strangers:
        raise NotFound(text("store.no_agency", agency=", ".join(sorted(strangers))))
    numbered = replace(layout, number=_free_number(conn, campaign_id, layout.id))
    values = insert(layouts).values(
        code=numbered.id,
        number=numbered.number,
        questionnaire=_save_questionnaire(conn, questionnaire),
        content=dump_layout(numbered),
        head=head.model_dump_json(),
        training=numbered.training,
    )
    key = conn.execute(values.returning(layouts.c.id)).scalar_one()
    if rated:
        own = select(literal(key), agencies.c.id).where(agencies.c.code.in_(rated))
        conn.execute(insert(layout_row).from_select(["layout", "agency"], own))
    return numbered


def _free_number(conn: Connection, campaign_id: str, layout_id: str) -> int:
    taken = set(conn.scalars(select(layouts.c.number)))
    first = preferred_number(campaign_id, layout_id)
    for step in range(LAYOUT_NUMBERS):
        number = (first + step) % LAYOUT_NUMBERS
        if number not in taken:
            return number
    raise WorkFailed(text("store.no_layout_number", count=LAYOUT_NUMBERS))


def _save_questionnaire(conn: Connection, questionnaire: Questionnaire) -> int:
    digest = questionnaire.printed_digest()
    kept = conn.scalar(select(questionnaires.c.id).where(questionnaires.c.digest == digest))
    if kept is not None:
        return int(kept)
    content = questionnaire.model_dump_json(by_alias=True)
    values = {"code": questionnaire.code, "digest": digest, "content": content}
    key: int = conn.execute(insert(questionnaires).values(values).returning(questionnaires.c.id)).scalar_one()
    for position, asked in enumerate(questionnaire.questions()):
        fresh = {"questionnaire": key, "code": asked.code, "kind": asked.kind, "position": position}
        asked_key = conn.execute(insert(question).values(fresh).returning(question.c.id)).scalar_one()
        options = [
            {"question": asked_key, "code": level.code, "position": place}
            for place, level in enumerate(questionnaire.levels(asked))
        ]
        if options:
            conn.execute(insert(option), options)
    _save_skips(conn, key, questionnaire)
    return key


def _save_skips(conn: Connection, key: int, questionnaire: Questionnaire) -> None:
    """Write down which option leads past which question, so that the database can hold answers against it."""
    asked = {row.code: row.id for row in conn.execute(select(question).where(question.c.questionnaire == key))}
    of_these = select(option, question.c.code.label("asked")).join_from(option, question)
    rows = conn.execute(of_these.where(question.c.questionnaire == key))
    options = {(row.asked, row.code): row.id for row in rows}
    order = [one.code for one in questionnaire.questions()]
    rules = [(one.code, one.skip) for one in questionnaire.questions() if one.skip is not None]
    pairs = {
        (asked[past], options[rule.question, chosen])
        for code, rule in rules
        for past in order[order.index(code) + 1 : order.index(rule.to)]
        for chosen in rule.options
    }
    if pairs:
        conn.execute(insert(skip_rule), [{"question": past, "option": by} for past, by in sorted(pairs)])


def get_book(conn: Connection, campaign_id: str, address: str) -> LayoutBook:
    """Every layout ever saved and every address ever printed; `address`: today's, as forms.code.code_address gives it.

    The address of today comes first.
    """
    kept = conn.execute(select(layouts.c.code, layouts.c.content).order_by(layouts.c.id))
    earlier = set(conn.scalars(select(print_run.c.address))) - {address}
    return LayoutBook(
        campaign_id,
        (address, *sorted(earlier)),
        {row.code: layout_from_json(row.code, json.loads(row.content)) for row in kept},
    )


def get_snapshot(conn: Connection, layout_id: str) -> tuple[Layout, Questionnaire]:
    """A layout and the questionnaire as printed with it; NotFound."""
    kept = conn.execute(
        select(layouts.c.content, questionnaires.c.content.label("asked"))
        .join_from(layouts, questionnaires)
        .where(layouts.c.code == layout_id)
    ).one_or_none()
    if kept is None:
        raise NotFound(text("store.no_layout", layout=layout_id))
    return layout_from_json(layout_id, json.loads(kept.content)), Questionnaire.model_validate_json(kept.asked)


def list_printed_questionnaires(conn: Connection) -> list[tuple[str, Questionnaire]]:
    """Every questionnaire that sheets were made with, by the code of their group, in the order of making."""
    made = (
        select(respondent_group.c.code, layouts.c.questionnaire)
        .join_from(sheet, layouts, layouts.c.id == sheet.c.layout)
        .join(cell, cell.c.id == sheet.c.cell)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .distinct()
        .subquery()
    )
    query = select(made.c.code, questionnaires.c.content).join_from(made, questionnaires)
    kept = conn.execute(query.order_by(questionnaires.c.id, made.c.code))
    return [(row.code, Questionnaire.model_validate_json(row.content)) for row in kept]


def find_printed_family(conn: Connection) -> str | None:
    """The family of the typeface that the campaign was first printed in; None before that."""
    kept = conn.scalar(select(layouts.c.head).order_by(layouts.c.id).limit(1))
    return None if kept is None else Head.model_validate_json(kept).typeface


def find_training_layout(conn: Connection, serial: str) -> str | None:
    """The id of the training layout that a proved serial names; None where it names none, or an ordinary one."""
    named = layouts.c.training, layouts.c.number == layout_number(serial)
    code: str | None = conn.scalar(select(layouts.c.code).where(*named))
    return code


def get_head(conn: Connection, layout_id: str) -> Head:
    """What sheets of a layout show of the campaign, as printed; NotFound."""
    kept = conn.scalar(select(layouts.c.head).where(layouts.c.code == layout_id))
    if kept is None:
        raise NotFound(text("store.no_layout", layout=layout_id))
    return Head.model_validate_json(kept)
