"""What was printed under a layout, as the phone form asks it; it never changes, so it is read from the store once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from collector.store.layouts import get_head, get_snapshot
from collector.web.answers import FormField, form_fields
from forms.campaign import Head
from forms.layout import Layout
from forms.questionnaire import Questionnaire


@dataclass(frozen=True)
class Printed:
    """Layout, questionnaire and head as printed; `fields`: what the form asks for, in printed order."""

    head: Head
    layout: Layout
    questionnaire: Questionnaire
    fields: tuple[FormField, ...]

    def count_rows(self) -> int:
        """How many agencies a matrix sheet asks about, 0 where it is no matrix."""
        return len({one.row for one in self.fields} - {None})


def load_printed(conn: Connection, layout: str) -> Printed:
    """What was printed under the id of a layout; NotFound."""
    drawn, asked = get_snapshot(conn, layout)
    return Printed(get_head(conn, layout), drawn, asked, form_fields(drawn, asked))
