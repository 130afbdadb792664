"""The index of a print run, for the person at the printer: which files, printed how, how many pages, for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import Flowable

from forms.drawing import plain
from forms.pack.content import Office, Pack
from forms.pack.paper import Cell, bold_row, gap, official_head, paper_title, ruled_table, say, write_paper
from forms.words import text

_KINDS_MM = (44.0, 64.0, 41.0, 16.0)
_FILES_SHOWN = 6  # the covers name them all
_PACKS_MM = (11.0, 38.0, 23.0, 14.0, 14.0, 15.0, 15.0, 35.0)


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper in every pack: its file, what it is called and how it is printed (keys of the catalogue)."""

    file: str
    name: str
    how: str


def write_index(
    path: Path,
    office: Office,
    folder: str,
    packs: Sequence[tuple[Pack, Mapping[str, int]]],
    kinds: Sequence[PaperKind],
    shared: Sequence[tuple[PaperKind, int]],
) -> int:
    """Write the index; gives its pages.

    `packs` come with the pages of each of their files; `kinds` lie in every pack's folder below `folder`, `shared` in
    `folder` itself, once for all, with their pages.
    """
    lang = office.lang
    title = text("pack.index_short", lang)
    flow = [
        *official_head(office.superior, office.body, lang),
        *paper_title(text("pack.index", lang), "", office.name),
        say(text("pack.index_intro", lang, folder=folder), align="justify"),
        _kinds_table(lang, folder, packs, kinds, shared),
        gap(6),
        _packs_table(lang, packs),
    ]
    return write_paper(path, title, f"{title} – {office.name}", lang, flow)


def _kinds_table(
    lang: str,
    folder: str,
    packs: Sequence[tuple[Pack, Mapping[str, int]]],
    kinds: Sequence[PaperKind],
    shared: Sequence[tuple[PaperKind, int]],
) -> Flowable:
    """What is printed how, and how many pages of each kind there are over all receivers."""
    head = [text(f"pack.{name}", lang) for name in ("index_kind", "index_file", "index_how", "index_pages")]
    pages = sum(pack.pages for pack, _ in packs)
    sheets, code = text("pack.index_sheets", lang), text("pack.index_code", lang)
    rows: list[list[Cell]] = [[sheets, f"<{code}>/*.pdf", text("pack.index_two_sided", lang), str(pages)]]
    for kind in kinds:
        count = sum(files[kind.file] for _, files in packs)
        pages += count
        rows.append([_named(kind, lang), f"{folder}/<{code}>/{kind.file}", text(f"pack.{kind.how}", lang), str(count)])
    for kind, count in shared:
        pages += count
        rows.append([_named(kind, lang), f"{folder}/{kind.file}", text(f"pack.{kind.how}", lang), str(count)])
    rows.append(bold_row(text("pack.index_total", lang), "", "", str(pages)))
    return ruled_table([head], rows, _KINDS_MM, centred=(3,))


def _sheet_files(pack: Pack, lang: str) -> Flowable:
    files = [file for share in pack.shares for file in share.files]
    many = text("pack.index_many_files", lang, count=len(files))
    return say(plain(", ".join(files) if len(files) <= _FILES_SHOWN else many), 9, after_mm=0)


def _named(kind: PaperKind, lang: str) -> str:
    return text(f"pack.{kind.name}", lang)


def _packs_table(lang: str, packs: Sequence[tuple[Pack, Mapping[str, int]]]) -> Flowable:
    columns = (
        "row",
        "index_receiver",
        "index_folder",
        "count",
        "index_reserves",
        "index_sheet_pages",
        "index_paper_pages",
        "index_sheet_files",
    )
    head = [text(f"pack.{name}", lang) for name in columns]
    rows: list[list[Cell]] = []
    totals = [0, 0, 0, 0]
    for place, (pack, files) in enumerate(packs, 1):
        counts = [pack.originals, pack.reserves, pack.pages, sum(files.values())]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        rows.append([str(place), pack.name, pack.receiver, *map(str, counts), _sheet_files(pack, lang)])
    rows.append(bold_row("", text("pack.index_total", lang), "", *map(str, totals), ""))
    return ruled_table([head], rows, _PACKS_MM, centred=(0, 3, 4, 5, 6))
