"""How a questionnaire flows over pages: blocks one under the other, a question never split, table heads repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from forms import blocks, matrix
from forms.blocks import Block
from forms.campaign import Campaign, Head
from forms.drawing import Drawn, Prose, plain
from forms.errors import InputWrong, Problem
from forms.geometry import BODY_BOTTOM_MM, BODY_TOP_MM
from forms.layout import Layout, PageLayout, layout_id, preferred_number
from forms.questionnaire import Level, Question, Questionnaire, Section
from forms.words import text

BODY_H_MM = BODY_BOTTOM_MM - BODY_TOP_MM


@dataclass(frozen=True)
class PagePlan:
    """One page: what every sheet of the layout draws alike, and where its answers stand."""

    drawn: tuple[Drawn, ...]
    layout: PageLayout


@dataclass(frozen=True)
class Plan:
    """A composed questionnaire; `agency_y_mm` is where the rated agency's name goes on page 1."""

    pages: tuple[PagePlan, ...]
    agency_y_mm: float


@dataclass
class _Flow:
    pages: list[list[Block]] = field(default_factory=lambda: [[]])
    y_mm: float = BODY_TOP_MM
    repeat: tuple[Block, ...] = ()

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
            self.pages[-1].append(block.moved(self.y_mm))
            self.y_mm += block.height


def compose(head: Head, asked: Questionnaire) -> Plan:
    """The pages of a questionnaire, an even number of them; InputWrong where one question is taller than a page."""
    lang = head.lang
    numbers = {question.code: number for number, question in enumerate(asked.questions(), 1)}
    flow = _Flow()
    flow.add(blocks.head_block(head))
    flow.add(blocks.prose_block(Prose(plain(asked.title).upper(), 12.5, bold=True, align="centre"), 1.0, 1.5))
    agency_y_mm = flow.y_mm + blocks.AGENCY_NAME_MM
    flow.add(matrix.workplace_block(lang) if head.rated else blocks.agency_block(lang))
    if asked.intro:
        flow.add(blocks.prose_block(Prose(plain(asked.intro), 10.0, align="justify"), 0.0, 1.0))
    flow.add(blocks.marking_block(lang, by_phone=head.by_phone))
    if head.rated:
        matrix.add_matrix(flow, head, asked, numbers)
    else:
        for section in asked.sections:
            _add_section(flow, asked, section, numbers, lang)
    flow.repeat = ()
    end = blocks.prose_block(Prose(plain(text("sheet.end", lang)), 10.0, align="centre"), 3.0)
    if flow.y_mm + end.height <= BODY_BOTTOM_MM:
        flow.add(end)
    if len(flow.pages) % 2:
        empty = Prose(plain(text("sheet.empty_page", lang)), 10.0, align="centre")
        flow.pages.append([blocks.prose_block(empty, 3.0).moved(BODY_TOP_MM)])
    return Plan(tuple(_page(number, page) for number, page in enumerate(flow.pages, 1)), agency_y_mm)


def _add_section(flow: _Flow, asked: Questionnaire, section: Section, numbers: dict[str, int], lang: str) -> None:
    title = section.title
    goes_on = text("sheet.section_goes_on", lang, title=title)
    for levels, questions in _tables(asked, section):
        waiting = _heading(levels, title)
        flow.repeat = ()
        for question in questions:
            row = blocks.table_row_block if levels else _single
            flow.add(*waiting, row(asked, question, numbers, lang))
            waiting, flow.repeat = (), _heading(levels, goes_on)
        title = ""


def _heading(levels: tuple[Level, ...], title: str) -> tuple[Block, ...]:
    if levels:
        return (blocks.table_head_block(levels, title),)
    prose = Prose(plain(title), blocks.TITLE_PT, bold=True)
    return (blocks.prose_block(prose, blocks.TITLE_GAP_MM, 0.3),) if title else ()


def _tables(asked: Questionnaire, section: Section) -> Iterator[tuple[tuple[Level, ...], list[Question]]]:
    """Runs of questions with the same levels, which share a table; single questions come with no levels."""

    def shared(question: Question) -> tuple[Level, ...]:
        levels = asked.levels(question)
        return levels if question.kind == "one" and blocks.fits_table(levels) else ()

    for levels, questions in groupby(section.questions, shared):
        yield levels, list(questions)


def _single(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str) -> Block:
    make = {"number": blocks.number_block, "text": blocks.text_block}.get(question.kind, blocks.list_block)
    return make(asked, question, numbers, lang)


def _page(number: int, placed: list[Block]) -> PagePlan:
    layout = PageLayout(
        number,
        tuple(box for block in placed for box in block.boxes),
        tuple(digit for block in placed for digit in block.digits),
        tuple(region for block in placed for region in block.texts),
    )
    return PagePlan(tuple(drawn for block in placed for drawn in block.drawn), layout)


def make_layout(campaign: Campaign, asked: Questionnaire, head: Head | None = None) -> tuple[Layout, Plan]:
    """The layout of a questionnaire, with the number a campaign prefers for it, and how it is drawn.

    `head`: the campaign's own, or that of one version of a matrix (forms/versions).
    """
    head = head or campaign.settings.head()
    plan = compose(head, asked)
    code = plan_id(plan, head, asked)
    pages = tuple(page.layout for page in plan.pages)
    kinds = {question.code: question.kind for question in asked.questions()}
    return Layout(code, preferred_number(campaign.settings.id, code), asked.code, kinds, pages), plan


def plan_id(plan: Plan, head: Head, asked: Questionnaire) -> str:
    """The layout's id of a composed questionnaire; the head belongs to it, as every word on the sheet does."""
    kinds = {question.code: question.kind for question in asked.questions()}
    pages = tuple(page.layout for page in plan.pages)
    return layout_id(pages, kinds, asked.printed_digest() + head.model_dump_json(exclude_defaults=True))


def with_number(layout: Layout, number: int) -> Layout:
    """The same layout under the number that the campaign gave it."""
    return replace(layout, number=number)
