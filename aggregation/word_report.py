"""The Word papers of a scoring: the public annex, the internal report, one page an agency.

The annex gives one rank and one grade an agency, nothing that tells groups apart, and no points of an agency with so
few sheets that they would tell what a person said; people edit it in Word and hang it on their submission.
The internal report adds intervals, fields and quotas.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from aggregation.findings import Findings, RankedAgency, find_findings
from aggregation.report import About, date_line, full_method, sheets_sentence
from aggregation.rounding import show_exact, show_number
from aggregation.scores import Scores
from aggregation.tables import ScoringTables
from aggregation.word_paper import WordPaper
from aggregation.wording import field_mean, note_sentences, summary_sentences
from forms.words import text

NONE = "–"
_MOST_FIELDS = 10  # columns of a table that stay legible across a page


def annex_docx(scores: Scores, tables: ScoringTables, about: About, lang: str = "vi") -> bytes:
    """The public annex: rank, agency, points and grade, block by block."""
    paper = WordPaper(text("word.annex", lang), lang)
    paper.head(about.superior, about.body, date_line(about, lang))
    attached = (
        text("word.attached", lang, document=about.document) if about.document else text("word.attached_to", lang)
    )
    paper.title(text("word.annex", lang), about.campaign, text("word.assessed", lang, year=about.year), attached)
    places, least = scores.rules.rounding.places, max(scores.rules.show_from, scores.rules.rank_from.n_valid)
    for block in find_findings(scores, tables, lang):
        few = {one.code for one in block.agencies if one.points is not None and one.n_valid < least}
        paper.heading(block.name)
        paper.say(text("word.of_points", lang, maximum=show_exact(block.maximum, lang)), italic=True)
        heads = [text(f"report.head_{name}", lang) for name in ("rank", "agency", "points", "grade")]
        shown = [replace(one, points=None) if one.code in few else one for one in block.agencies]
        rows = [(*_place(one, places, lang), one.grade or NONE) for one in shown]
        paper.table(heads, rows, (18, 92, 25, 30))
        if any(one.points is None for one in block.agencies):
            paper.say(text("word.unranked", lang), italic=True)
        if few:
            names = "; ".join(one.name for one in block.agencies if one.code in few)
            paper.say(text("word.too_few", lang, n=least, agencies=names), italic=True)
    return paper.content()


def report_docx(scores: Scores, tables: ScoringTables, about: About, lang: str = "vi") -> bytes:
    """The internal report in Word; it shows small groups, like report.html."""
    paper = WordPaper(text("report.title", lang), lang)
    paper.head(about.superior, about.body, date_line(about, lang))
    paper.title(text("report.title", lang), about.campaign, text("word.assessed", lang, year=about.year))
    paper.say(f"{text('report.internal', lang)}. {text('report.internal_why', lang)}", italic=True)
    findings, places = find_findings(scores, tables, lang), scores.rules.rounding.places
    paper.heading(text("report.summary", lang))
    paper.say(sheets_sentence(scores, tables, about, lang))
    for block in findings:
        paper.say(f"{block.name}: {' '.join(summary_sentences(block, places, lang))}")
    counted = {"conflicts": about.conflicts, "over_quota": about.over_quota, "unissued": about.unissued}
    paper.heading(text("report.notes", lang))
    for sentence in note_sentences(scores, tables, counted, lang):
        paper.say(sentence, bullet=True)
    for block in findings:
        _add_block(paper, block, tables, about, places, lang)
    paper.heading(text("report.method", lang))
    for sentence in full_method(scores, tables, about, lang):
        paper.say(sentence, bullet=True)
    return paper.content()


def _place(one: RankedAgency, places: int, lang: str) -> tuple[str, str, str]:
    rank = NONE if one.rank is None else str(one.rank)
    return rank, one.name, show_number(one.points, places, lang)


def _add_block(paper: WordPaper, block: Findings, tables: ScoringTables, about: About, places: int, lang: str) -> None:
    number = partial(show_number, lang=lang)
    paper.heading(f"{block.name}: {text('report.ranking', lang)}")
    paper.say(text("word.of_points", lang, maximum=show_exact(block.maximum, lang)), italic=True)
    names = ("rank", "agency", "points", "half_width", "rank_set", "grade", "sheets")
    rows = []
    for one in block.agencies:
        ranks = NONE if one.rank_low is None else f"{one.rank_low}–{one.rank_high}"
        rest = (number(one.half_width, places), ranks, one.grade or NONE, number(one.n_valid, 0))
        rows.append((*_place(one, places, lang), *rest))
    paper.table([text(f"report.head_{name}", lang) for name in names], rows, (18, 48, 17, 15, 23, 28, 16))
    paper.say(text("report.ranking_note", lang), italic=True)
    if block.ranked:
        _add_fields(paper, block, lang)
    _add_quota(paper, block, tables, about, lang)


def _add_fields(paper: WordPaper, block: Findings, lang: str) -> None:
    """Per cents by field; many fields become several tables below one another."""
    paper.heading(f"{block.name}: {text('report.fields', lang)} (%)")
    codes = list(block.fields)
    for start in range(0, len(codes), _MOST_FIELDS):
        part = codes[start : start + _MOST_FIELDS]
        means = [show_number(field_mean(block, code), 1, lang) for code in part]
        rows = [(text("report.fields_mean", lang), *means)]
        rows += [(one.name, *(show_number(one.fields.get(code), 1, lang) for code in part)) for one in block.ranked]
        paper.table([text("report.head_agency", lang), *part], rows, (60, *(105 / len(part) for _ in part)), left=0)
    paper.say("; ".join(f"{code}: {name}" for code, name in block.fields.items()) + ".", italic=True)


def _add_quota(paper: WordPaper, block: Findings, tables: ScoringTables, about: About, lang: str) -> None:
    agencies = tables.agencies[tables.agencies["block"] == block.code]
    columns = ["agency", "group", "accepted", "target"]
    cells = {
        (agency, group): (got, target) for agency, group, got, target in about.quota[columns].itertuples(index=False)
    }
    inside = set(agencies["agency"])
    used = {group for agency, group in cells if agency in inside}
    groups = [(code, name) for code, name in tables.groups[["group", "name"]].itertuples(index=False) if code in used]
    if not groups:
        return
    paper.heading(f"{block.name}: {text('report.quota', lang)}")
    rows = []
    for agency, name in agencies[["agency", "name"]].itertuples(index=False):
        found = [cells.get((agency, code)) for code, _ in groups]
        rows.append((name, *(NONE if one is None else f"{one[0]}/{one[1]}" for one in found)))
    heads = [text("report.head_agency", lang), *(name for _, name in groups)]
    paper.table(heads, rows, (75, *(90 / len(groups) for _ in groups)), left=0)
