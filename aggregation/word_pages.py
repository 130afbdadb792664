"""One page an agency, in one Word file to be parted: its result, and its fields beside the mean of its block.

A page goes to the agency that it is about. So it tells no group and no answer; its fields are left out where sheets are
few, and a field that all answered alike, with another one, for a single gap could be worked out from the total.
"""

from __future__ import annotations

from aggregation.findings import Findings, RankedAgency, find_findings
from aggregation.report import About, date_line
from aggregation.rounding import show_number
from aggregation.scores import Scores
from aggregation.tables import ScoringTables
from aggregation.word_paper import WordPaper
from aggregation.wording import field_mean, show_exact
from forms.words import text

FEWEST_SHEETS = 10  # fewer valid sheets: the page tells no field
_ALIKE = (0.0, 100.0)  # per cents that only unanimous answers give


def agency_pages_docx(scores: Scores, tables: ScoringTables, about: About, lang: str = "vi") -> bytes:
    """A page for every agency that has points, in the order of the campaign's blocks and of ranks."""
    paper = WordPaper(text("word.page", lang), lang)
    found = [(block, one) for block in find_findings(scores, tables) for one in block.ranked]
    for place, (block, one) in enumerate(found):
        if place:
            paper.new_page()
        _add_page(paper, block, one, about, scores.rules.rounding.places, lang)
    return paper.content()


def shown_fields(one: RankedAgency) -> list[str]:
    """The fields that an agency's page may tell."""
    if one.n_valid < FEWEST_SHEETS:
        return []
    hidden = {code for code, percent in one.fields.items() if round(percent, 9) in _ALIKE}
    left = [code for code in one.fields if code not in hidden]
    if len(hidden) == 1 and left:
        hidden.add(max(left, key=lambda code: abs(one.fields[code] - 50)))
    return [code for code in one.fields if code not in hidden]


def _add_page(paper: WordPaper, block: Findings, one: RankedAgency, about: About, places: int, lang: str) -> None:
    paper.head(about.superior, about.body, date_line(about, lang))
    paper.title(text("word.page", lang), one.name, about.campaign)
    maximum, points = show_exact(block.maximum, lang), show_number(one.points, places, lang)
    percent = show_number(100 * (one.points or 0) / float(block.maximum), 1, lang) if block.maximum else "–"
    fields = {"points": points, "maximum": maximum, "percent": percent, "rank": one.rank, "size": len(block.ranked)}
    paper.say(text("word.page_result", lang, **fields, block=block.name))
    if one.grade:
        paper.say(text("word.page_grade", lang, grade=one.grade))
    shown = shown_fields(one)
    if shown:
        paper.heading(text("report.fields", lang))
        heads = [text(f"word.{name}", lang) for name in ("field", "own_percent", "block_percent")]
        rows = [(name, *_percents(block, one, code, code in shown, lang)) for code, name in block.fields.items()]
        paper.table(heads, rows, (95, 35, 35), left=0)
    if len(shown) < len(block.fields):
        paper.say(text("word.page_hidden", lang), italic=True)


def _percents(block: Findings, one: RankedAgency, code: str, is_shown: bool, lang: str) -> tuple[str, str]:
    own = show_number(one.fields.get(code), 1, lang) if is_shown else "–"
    return own, show_number(field_mean(block, code), 1, lang)
