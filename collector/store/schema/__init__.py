"""The tables. What must never happen is forbidden here, by UNIQUE and CHECK; the migrations make exactly these.

Triggers, which the migrations alone hold, refuse what would lose something: the logs are never changed, a line of the
event log continues its chain, sheets, responses, conflicts, doubts, pages and scan files never deleted, a decided
conflict and answers that were not read off paper stay; nothing counts on a void sheet or on one whose place a reserve
sheet took; a sheet is what the last line of its log says, and that line follows what the sheet was; no response, sheet,
cell or printed layout becomes another; and a response is linked as its group is, which stays so once it answered.
Editions of the index come in their order, with no petition open but for the first, and nothing is asked or decided
after the last.

Answers are narrow rows of integer keys. A rated agency of 0 is none (a sheet about one agency), an option of 0 is none
(nothing was chosen, or it is a number or a text). Keys of responses and conflicts are random: no key, no column tells
who answered before whom. Storage still hints at it (where a row lies in its page; on PostgreSQL also ctid and xmin)
until collector.store.order.forget_order writes it anew.
"""

from __future__ import annotations

from collector.store.schema.accounts import account, account_recovery, account_session
from collector.store.schema.again import doubt_reading, reading_undone
from collector.store.schema.as_above import answer_as_above
from collector.store.schema.cells import agency, cell, meta, respondent_group
from collector.store.schema.columns import RandomKey, metadata
from collector.store.schema.doubts import conflict, doubt, settlement
from collector.store.schema.editions import edition, edition_point, edition_total, petition, petition_decision
from collector.store.schema.events import event
from collector.store.schema.imports import answer_import, staged_sheet
from collector.store.schema.letters import invitation, invitation_sheet, letter
from collector.store.schema.looks import drawn_answer, look_undone, second_look
from collector.store.schema.pages import page, page_answer, page_choice, page_value, scan_file
from collector.store.schema.questionnaires import (
    layout,
    layout_row,
    option,
    print_run,
    question,
    questionnaire,
    skip_rule,
)
from collector.store.schema.rechecks import (
    recheck_attempt,
    recheck_call,
    recheck_contact,
    recheck_decision,
    recheck_draw,
    recheck_opinion,
    recheck_place,
    recheck_seed,
    recheck_struck,
    recheck_widening,
)
from collector.store.schema.recipients import (
    recipient,
    recipient_draw,
    recipient_drawn,
    recipient_import,
    recipient_mark,
)
from collector.store.schema.responses import answer, answer_value, import_row, imported_answer, response
from collector.store.schema.sheets import MOVES, extension, movement, sheet, sheet_step
from collector.store.schema.signing import pending_act
from collector.store.schema.typed import typed_entry
from collector.store.schema.uploads import upload

__all__ = [
    "MOVES",
    "REVISION",
    "RandomKey",
    "account",
    "account_recovery",
    "account_session",
    "agency",
    "answer",
    "answer_as_above",
    "answer_import",
    "answer_value",
    "cell",
    "conflict",
    "doubt",
    "doubt_reading",
    "drawn_answer",
    "edition",
    "edition_point",
    "edition_total",
    "event",
    "extension",
    "import_row",
    "imported_answer",
    "invitation",
    "invitation_sheet",
    "layout",
    "layout_row",
    "letter",
    "look_undone",
    "meta",
    "metadata",
    "movement",
    "option",
    "page",
    "page_answer",
    "page_choice",
    "page_value",
    "pending_act",
    "petition",
    "petition_decision",
    "print_run",
    "question",
    "questionnaire",
    "reading_undone",
    "recheck_attempt",
    "recheck_call",
    "recheck_contact",
    "recheck_decision",
    "recheck_draw",
    "recheck_opinion",
    "recheck_place",
    "recheck_seed",
    "recheck_struck",
    "recheck_widening",
    "recipient",
    "recipient_draw",
    "recipient_drawn",
    "recipient_import",
    "recipient_mark",
    "respondent_group",
    "response",
    "scan_file",
    "second_look",
    "settlement",
    "sheet",
    "sheet_step",
    "skip_rule",
    "staged_sheet",
    "typed_entry",
    "upload",
]

REVISION = "0001"
