"""How a questionnaire flows over pages: blocks one under the other, a question never split, table heads repeated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from forms import blocks, front, matrix
from forms.blocks import Block
from forms.campaign import Campaign, Head
from forms.drawing import Drawn, Prose, Watermark, plain
from forms.errors import InputWrong, Problem
from forms.fonts import Typeface, get_typeface, setting_in
from forms.geometry import BODY_BOTTOM_MM, BODY_TOP_MM, Rect
from forms.layout import Area, Box, DigitBox, Layout, PageLayout, layout_id, preferred_number
from forms.look import LARGE, LOOKS, Look
from forms.promises import make_head
from forms.questionnaire import Level, Question, Questionnaire, Section
from forms.words import text

BODY_H_MM = BODY_BOTTOM_MM - BODY_TOP_MM
KEEP = 2  # rows of a table that never stand with fewer on a page
WATERMARK_CLEAR_MM = 3.9  # as far around a box as the reader looks, and a little more


@dataclass(frozen=True)
class PagePlan:
    """One page: what every sheet of the layout draws alike, and where its answers stand."""

    drawn: tuple[Drawn, ...]
    layout: PageLayout


@dataclass(frozen=True)
class Plan:
    """A composed questionnaire; `agency_y_mm` is where the rated agency's name goes on page 1.

    `asking`: how many pages hold something; a last one may only fill up the sheet of paper.
    """

    pages: tuple[PagePlan, ...]
    agency_y_mm: float
    face: Typeface
    asking: int
    agency_pt: float = front.AGENCY_PT


@dataclass
class _Flow:
    """Blocks and how far down each stands; they are moved there once a look is chosen, as most are tried in vain."""

    pages: list[list[tuple[Block, float]]] = field(default_factory=lambda: [[]])
    y_mm: float = BODY_TOP_MM
    repeat: tuple[Block, ...] = ()
    agency_y_mm: float = 0.0
    asking: int = 0

    def add(self, *together: Block) -> None:
        """Add blocks that stay on one page; on a new page what is to be repeated comes first."""
        height = sum(block.height for block in together)
        if self.y_mm + height > BODY_BOTTOM_MM:
            self.pages.append([])
            self.y_mm = BODY_TOP_MM
            height += sum(block.height for block in self.repeat)
            if height > BODY_H_MM:
                raise InputWrong([Problem("questionnaires", text("problem.too_tall"), text("problem.too_tall_fix"))])
            self._place(self.repeat)
        self._place(together)

    def _place(self, placed: tuple[Block, ...]) -> None:
        for block in placed:
            self.pages[-1].append((block, self.y_mm))
            self.y_mm += block.height


def compose(head: Head, asked: Questionnaire, fonts: tuple[Path, ...] = ()) -> Plan:
    """The pages of a questionnaire, an even number of them, as roomy as costs no more paper than the tightest look.

    `fonts`: folders in which typefaces are looked for first. InputWrong where one question is taller than a page, or
    where this machine lacks the typeface.
    """
    face = get_typeface(head.typeface, fonts)
    *roomier, tightest = _looks(head, asked)
    with setting_in(face):
        least = _flow(head, asked, tightest)
        for look in (*roomier, tightest):
            with suppress(InputWrong):  # too tall for this look alone
                flow = _flow(head, asked, look, keep=KEEP)
                if len(flow.pages) <= len(least.pages):
                    return _plan(flow, head, look, face)
        return _plan(least, head, tightest, face)


def count_pages(head: Head, asked: Questionnaire, fonts: tuple[Path, ...] = ()) -> int:
    """How many pages compose gives, without drawing one; InputWrong as there."""
    with setting_in(get_typeface(head.typeface, fonts)):
        return len(_flow(head, asked, _looks(head, asked)[-1]).pages)


def _looks(head: Head, asked: Questionnaire) -> tuple[Look, ...]:
    if asked.block is not None and not head.rated:
        raise ValueError(f"no rated agencies for {asked.code}")  # forms/versions knows them
    return LARGE if head.large else LOOKS


def _flow(head: Head, asked: Questionnaire, look: Look, keep: int = 1) -> _Flow:
    """The pages in one look; a table leaves at least `keep` rows on each of its pages, and where one may be alone, the
    thanks at the end may be left out too.
    """
    lang = head.tongue
    numbers = {question.code: number for number, question in enumerate(asked.questions(), 1)}
    flow = _Flow()
    flow.add(front.head_block(head))
    flow.add(front.title_block(asked.title, look))
    flow.agency_y_mm = flow.y_mm + front.agency_name_mm(look)
    flow.add(front.agency_block(text("matrix.workplace" if head.rated else "sheet.rated_agency", lang), look))
    if asked.intro:
        flow.add(front.intro_block(asked.intro, look))
    flow.add(front.guide_block(head, look))
    if head.rated:
        matrix.add_matrix(flow, head, asked, numbers, look)
    else:
        for section in asked.sections:
            _add_section(flow, asked, section, numbers, lang, look, keep)
    flow.repeat = ()
    end = blocks.prose_block(Prose(f"<i>{plain(text('sheet.end', lang))}</i>", look.text_pt, align="centre"), 3.0)
    if keep > 1 or flow.y_mm + end.height <= BODY_BOTTOM_MM:
        flow.add(end)
    flow.asking = len(flow.pages)
    if flow.asking % 2:
        empty = Prose(plain(text("sheet.empty_page", lang)), look.text_pt, align="centre")
        flow.pages.append([(blocks.prose_block(empty, 3.0), BODY_TOP_MM)])
    return flow


def _plan(flow: _Flow, head: Head, look: Look, face: Typeface) -> Plan:
    placed = ([block.moved(y_mm) for block, y_mm in page] for page in flow.pages)
    pages = tuple(_page(number, page) for number, page in enumerate(placed, 1))
    if head.training:
        pages = tuple(_mark_training(page, text("sheet.training_mark", head.tongue), face) for page in pages)
    return Plan(pages, flow.agency_y_mm, face, flow.asking, front.agency_pt(look))


def _add_section(
    flow: _Flow, asked: Questionnaire, section: Section, numbers: dict[str, int], lang: str, look: Look, keep: int
) -> None:
    title = section.title
    goes_on = text("sheet.section_goes_on", lang, title=title)
    for levels, questions in _tables(asked, section, look):
        waiting = _heading(levels, title, look)
        flow.repeat = ()
        make = blocks.table_row_block if levels else _single
        rows = [make(asked, question, numbers, lang, look) for question in questions]
        for together in _kept(rows, keep if levels else 1):
            flow.add(*waiting, *together)
            waiting, flow.repeat = (), _heading(levels, goes_on, look)
        title = ""


def _kept(rows: list[Block], keep: int) -> list[list[Block]]:
    """Rows that stay on one page: the first so many of a table, and the last."""
    if len(rows) < 2 * keep:
        return [rows]
    return [rows[:keep], *([row] for row in rows[keep:-keep]), rows[-keep:]]


def _heading(levels: tuple[Level, ...], title: str, look: Look) -> tuple[Block, ...]:
    if levels:
        return (blocks.table_head_block(levels, title, look),)
    return (blocks.section_block(title, look),) if title else ()


def _tables(asked: Questionnaire, section: Section, look: Look) -> Iterator[tuple[tuple[Level, ...], list[Question]]]:
    """Runs of questions with the same levels, which share a table; single questions come with no levels."""

    def shared(question: Question) -> tuple[Level, ...]:
        levels = asked.levels(question)
        return levels if question.kind == "one" and blocks.fits_table(levels, look) else ()

    for levels, questions in groupby(section.questions, shared):
        yield levels, list(questions)


def _single(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str, look: Look) -> Block:
    make = {"number": blocks.number_block, "text": blocks.text_block}.get(question.kind, blocks.list_block)
    return make(asked, question, numbers, lang, look)


def _page(number: int, placed: list[Block]) -> PagePlan:
    layout = PageLayout(
        number,
        tuple(box for block in placed for box in block.boxes),
        tuple(digit for block in placed for digit in block.digits),
        tuple(region for block in placed for region in block.texts),
        areas=tuple(_areas(placed)),
    )
    return PagePlan(tuple(drawn for block in placed for drawn in block.drawn), layout)


def _areas(placed: list[Block]) -> Iterator[Area]:
    """Every question's own areas; the head of a table belongs to each row below it."""
    head: tuple[Area, ...] = ()
    for block in placed:
        if block.part == "head":
            head = block.areas
            continue
        yield from block.areas
        if block.part == "row":
            yield from (replace(area, question=block.boxes[0].question) for area in head)
        else:
            head = ()


def _mark_training(page: PagePlan, words: str, face: Typeface) -> PagePlan:
    """The page with a watermark, which keeps clear of whatever is read."""
    read: tuple[Box | DigitBox, ...] = (*page.layout.boxes, *page.layout.digits)
    mm = WATERMARK_CLEAR_MM
    clear = [Rect(box.x - mm, box.y - mm, box.w + 2 * mm, box.h + 2 * mm) for box in read]
    clear += [Rect(region.x, region.y, region.w, region.h) for region in page.layout.texts]
    return replace(page, drawn=(Watermark(words, face, tuple(clear)), *page.drawn))


def make_layout(campaign: Campaign, asked: Questionnaire, head: Head | None = None) -> tuple[Layout, Plan]:
    """The layout of a questionnaire, with the number a campaign prefers for it, and how it is drawn.

    `head`: the one of forms.promises.make_head unless another is given, as each version of a matrix has its own.
    """
    head = head or make_head(campaign, asked)
    plan = compose(head, asked, campaign.fonts)
    code = plan_id(plan, head, asked)
    pages = tuple(page.layout for page in plan.pages)
    kinds = {question.code: question.kind for question in asked.questions()}
    return Layout(code, preferred_number(campaign.settings.id, code), asked.code, kinds, pages, head.training), plan


def plan_id(plan: Plan, head: Head, asked: Questionnaire) -> str:
    """The layout's id of a composed questionnaire; the head belongs to it, as every word on the sheet does."""
    kinds = {question.code: question.kind for question in asked.questions()}
    pages = tuple(page.layout for page in plan.pages)
    return layout_id(pages, kinds, asked.printed_digest() + head.model_dump_json(exclude_defaults=True))
