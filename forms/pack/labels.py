"""Labels on sheets of 2 x 7 (99.1 x 38.1 mm, sold everywhere): for parcels, and for what respondents send back.

A return label is the same on every envelope of a campaign: no number, no agency, no group, nothing that tells people
apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from forms.drawing import plain
from forms.geometry import PAGE_H_MM, PAGE_W_MM, PT_PER_MM, Rect
from forms.pack.content import Office, Pack, Share
from forms.pack.paper import height_of, put, say
from forms.pack.ranges import show_numbers
from forms.pack.wording import share_name
from forms.words import text

COLUMNS, ROWS = 2, 7
LABEL_W_MM, LABEL_H_MM, GAP_MM = 99.1, 38.1, 2.5
LABELS_A_PAGE = COLUMNS * ROWS
_LEFT_MM = (PAGE_W_MM - COLUMNS * LABEL_W_MM - GAP_MM) / 2
_TOP_MM = (PAGE_H_MM - ROWS * LABEL_H_MM) / 2
_INSET_X_MM, _INSET_Y_MM = 5.0, 3.5  # printers shift by a millimetre or two
_SMALLEST = 0.5
_PARCEL_LABELS = 2
_RETURN = "return"


@dataclass(frozen=True)
class Label:
    """The lines of a label from top to bottom: markup, size in pt, whether bold."""

    lines: tuple[tuple[str, float, bool], ...]


def count_return_labels(pack: Pack) -> int:
    """How many return labels a pack has: whole pages, at least one label a sheet."""
    return -(-pack.sheets // LABELS_A_PAGE) * LABELS_A_PAGE


def label_rects() -> list[Rect]:
    """Where the labels of a page lie, row by row."""
    return [
        Rect(_LEFT_MM + column * (LABEL_W_MM + GAP_MM), _TOP_MM + row * LABEL_H_MM, LABEL_W_MM, LABEL_H_MM)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def write_labels(path: Path, office: Office, pack: Pack) -> int:
    """Write a pack's labels: parcels, sealed envelopes and the list first, then the return labels; gives the pages."""
    size = (PAGE_W_MM * PT_PER_MM, PAGE_H_MM * PT_PER_MM)
    canvas = Canvas(str(path), pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(text("pack.labels_short", office.lang))
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.beginForm(_RETURN)
    _draw_label(canvas, _return_label(office), label_rects()[0])
    canvas.endForm()
    parcels = _parcel_labels(office, pack)
    of_parcels, of_returns = -(-len(parcels) // LABELS_A_PAGE), count_return_labels(pack) // LABELS_A_PAGE
    pages = of_parcels + of_returns
    for page in range(1, pages + 1):
        top = text("pack.labels_top", office.lang, receiver=plain(pack.name), page=page, pages=pages)
        put(canvas, say(top, 7.5, "centre"), 20, 7, PAGE_W_MM - 40)
        if page <= of_parcels:
            some = parcels[(page - 1) * LABELS_A_PAGE : page * LABELS_A_PAGE]
            for label, rect in zip(some, label_rects(), strict=False):
                _draw_label(canvas, label, rect)
        else:
            _repeat_return_label(canvas)
        canvas.showPage()
    canvas.save()
    return pages


def _repeat_return_label(canvas: Canvas) -> None:
    first = label_rects()[0]
    for rect in label_rects():
        canvas.saveState()
        canvas.translate((rect.x - first.x) * PT_PER_MM, (first.y - rect.y) * PT_PER_MM)
        canvas.doForm(_RETURN)
        canvas.restoreState()


def _draw_label(canvas: Canvas, label: Label, rect: Rect) -> None:
    """Draw a label in the middle of its height, as large as it fits."""
    width, scale = rect.w - 2 * _INSET_X_MM, 1.0
    while True:
        lines = [say(markup, size * scale, face="bold" if bold else "") for markup, size, bold in label.lines]
        height = sum(height_of(line, width) for line in lines)
        if height <= rect.h - 2 * _INSET_Y_MM or scale <= _SMALLEST:
            break
        scale -= 0.05
    y = rect.y + max(_INSET_Y_MM, (rect.h - height) / 2)
    for line in lines:
        y = put(canvas, line, rect.x + _INSET_X_MM, y, width)


def _addressed(office: Office) -> list[tuple[str, float, bool]]:
    """To the issuer: name, superior body, address."""
    lines = [(text("pack.to", office.lang, name=plain(office.body)), 13.0, False)]
    lines += [(plain(line), 10.0, False) for line in (office.superior, office.address) if line]
    return lines


def _return_label(office: Office) -> Label:
    lang = office.lang
    closing = [(text("pack.label_return", lang), 12.5, True), (text("pack.label_unnamed", lang), 9.0, False)]
    return Label((*_addressed(office), *closing))


def _parcel_labels(office: Office, pack: Pack) -> list[Label]:
    lang = office.lang
    sender, box = (
        (text("pack.from", lang, name=plain(office.named)), 9.5, False),
        (text("pack.label_box", lang), 11.0, False),
    )
    if pack.reserves:
        holds = text("pack.label_parcel_reserve", lang, count=pack.originals, reserves=pack.reserves)
    else:
        holds = text("pack.label_parcel", lang, count=pack.originals)
    there = Label((sender, (text("pack.to", lang, name=plain(pack.name)), 13.0, False), (holds, 10.0, False), box))
    sender = (text("pack.from", lang, name=plain(pack.name)), 9.5, False)
    back = Label((sender, *_addressed(office), (text("pack.label_back", lang), 11.0, True), box))
    rule = (text("pack.label_list_rule", lang), 9.5, False)
    apart = Label((sender, *_addressed(office), (text("pack.label_list", lang), 11.0, True), rule))
    sealed = [_reserve_label(office, pack, share) for share in pack.shares if share.reserves]
    return [*[there] * _PARCEL_LABELS, *[back] * _PARCEL_LABELS, apart, *sealed]


def _reserve_label(office: Office, pack: Pack, share: Share) -> Label:
    lang = office.lang
    numbers = f"{show_numbers(share.prefix, share.reserves)} ({len(share.reserves)})"
    return Label(
        (
            (plain(pack.name), 9.5, False),
            (text("pack.label_reserve", lang), 13.0, True),
            (plain(share_name(share, pack, lang)), 10.5, False),
            (plain(numbers), 11.5, True),
            (text("pack.label_reserve_rule", lang, body=plain(office.named)), 9.5, False),
        )
    )
