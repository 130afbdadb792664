"""Parts of a trail in words: what a sheet says, where it lies, what somebody did to it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from collector.store.edits import Edit
from collector.store.trail import CountedPage, LeftOut
from collector.trail.loading import Said
from forms.days import show_day
from forms.words import catalogue, text


def say_said(said: Said, labels: Mapping[str, str], lang: str | None = None) -> str:
    """An answer in words; what is skipped or in doubt is named as such."""
    if not said.is_counted:
        return text(f"trail.state_{said.state}", lang)
    return ", ".join(labels.get(code, code) for code in said.options) or text("trail.blank", lang)


def say_place(page: CountedPage, lang: str | None = None) -> str:
    """Box, stack, file and image of a page."""
    key = "trail.place_box" if page.box else "trail.place_stack" if page.stack else "trail.place_file"
    return text(key, lang, box=page.box, stack=page.stack, file=page.file_name, image=page.image)


def say_edit(edit: Edit, lang: str | None = None, question: str = "", labels: Mapping[str, str] | None = None) -> str:
    """One act: when, who, what, why; `question`: what people call it, `labels`: the words of its levels."""
    before, after = (_say_side(edit, side, labels or {}, lang) for side in (edit.before, edit.after))
    what = text(f"trail.edit_{edit.kind}", lang, question=question or edit.question, before=before, after=after)
    signed = ", ".join(part for part in (_say_when(edit.at), edit.who) if part)
    return f"{signed}: {what}" + (f" ({edit.why})" if edit.why else "")


def _say_side(edit: Edit, said: str, labels: Mapping[str, str], lang: str | None) -> str:
    if edit.kind == "paper":
        return text(f"sheets.kind_{said}", lang) if f"sheets.kind_{said}" in catalogue() else said
    if edit.kind == "conflict":
        keys = ["trail.edit_neither" if one == "neither" else f"console.channel_{one}" for one in said.split("/")]
        return " / ".join(text(key, lang) for key in keys)
    return ", ".join(labels.get(code, code) for code in said.split(" "))


def _say_when(at: str) -> str:
    """A day of the store, or a moment, as offices write it; "" where none is told."""
    day, _, time = at.partition(" ")
    return f"{time} {show_day(datetime.date.fromisoformat(day))}".strip() if day else ""


def say_left_out(one: LeftOut, lang: str | None = None) -> str:
    """A sheet that does not count, and why."""
    state = text(f"trail.left_{one.state}", lang)
    told = ", ".join(part for part in (_say_when(one.day), one.who, one.why) if part)
    return f"{one.number}: {state}" + (f" ({told})" if told else "")
