"""The trail as files: five tables, and one HTML file a criterion that holds its pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

from aggregation.csv_files import csv_bytes, plain_text
from aggregation.tables import COMBINED
from aggregation.trail import AgencyTrail, CriterionTrail, GroupTrail, OptionCount, QuestionTrail
from aggregation.trail_page import AnswerView, GroupPage, PageHead, QuestionPage, trail_html
from collector.files import write_whole
from collector.store import Store
from collector.store.edits import Edit
from collector.store.trail import CountedPage
from collector.trail.loading import Said, SheetTrail, Trail
from collector.trail.pictures import Pictures, Report, cut_pictures
from collector.trail.words import say_edit, say_place, say_said
from forms.campaign import Campaign
from forms.words import text


def write_trail(store: Store, campaign: Campaign, trail: Trail, out: Path, report: Report | None = None) -> list[str]:
    """Write the tables and pages; the names of the files, those of pages first."""
    points = trail.points
    tables = {
        f"{points.agency}-points.csv": points_csv(points),
        f"{points.agency}-counts.csv": counts_csv(points),
        f"{points.agency}-sheets.csv": sheets_csv(trail),
        f"{points.agency}-edits.csv": edits_csv(trail),
        f"{points.agency}-left-out.csv": left_out_csv(trail),
    }
    for name, content in tables.items():
        write_whole(out / name, content)
    pages = []
    for criterion in points.criteria:
        asked = [(group.group, one.question) for group in criterion.groups for one in group.questions]
        pictures = cut_pictures(store, trail, asked, report)
        name = f"{points.agency}-{criterion.criterion}.html"
        write_whole(out / name, _page(campaign, trail, criterion, pictures))
        pages.append(name)
    return [*pages, *tables]


def points_csv(points: AgencyTrail) -> bytes:
    """The agency's rows of scores.csv, with each group's weight behind them."""
    rows: list[tuple[object, ...]] = []
    for one in points.criteria:
        place = points.agency, points.block, one.criterion
        for group in one.groups:
            mean, own = (None if value is None else float(value) for value in (group.mean_percent, group.points))
            rows.append((*place, group.group, group.n_valid, group.n_blank, mean, own, float(group.weight)))
        whole = _whole(one)
        rows.append((*place, COMBINED, one.n_valid, one.n_blank, *whole, None))
    names = ("agency", "block", "criterion", "group", "n_valid", "n_blank", "mean_percent", "points", "weight")
    return csv_bytes(names, rows)


def _whole(one: CriterionTrail) -> tuple[float | None, float | None]:
    mean = one.mean_percent
    return None if mean is None else float(mean), None if one.points is None else float(one.points)


def counts_csv(points: AgencyTrail) -> bytes:
    """How often each option was counted; option "" for blanks; percent empty where an option is no answer."""
    names = ("agency", "criterion", "group", "question", "option", "label", "percent", "n")
    return csv_bytes(names, _count_rows(points))


def _count_rows(points: AgencyTrail) -> Iterator[tuple[object, ...]]:
    for one in points.criteria:
        for group in one.groups:
            for asked in group.questions:
                place = points.agency, one.criterion, group.group, asked.question
                for option in asked.options:
                    percent = None if option.percent is None else float(option.percent)
                    yield (*place, option.option, plain_text(option.label), percent, option.n)
                yield (*place, "", "", None, asked.n_blank)


def sheets_csv(trail: Trail) -> bytes:
    """One row a sheet and question: what it says, whether it counts, and where the paper lies."""
    names = (
        *("sheet", "agency", "group", "channel", "question", "options", "state", "counted"),
        *("box", "stack", "file", "image"),
    )
    return csv_bytes(names, _sheet_rows(trail))


def _sheet_rows(trail: Trail) -> Iterator[tuple[object, ...]]:
    wanted = trail.asked()
    for one in (*trail.sheets, *trail.short):
        layout, _ = trail.printed[one.sheet.layout]
        for group, question in wanted:
            if group != one.sheet.group or question not in one.said:
                continue
            said = one.said[question]
            page = one.find_page(layout, question, trail.row_of(one.sheet))
            counted = "yes" if one.sheet.id in trail.points.valid_sheets and said.is_counted else "no"
            lies = _place(page) if page else (None, None, None, None)
            own = one.sheet.agency, group, one.sheet.channel
            yield (one.name, *own, question, " ".join(said.options), said.state, counted, *lies)


def _place(page: CountedPage) -> tuple[str, str | None, str, int]:
    return plain_text(page.box), page.stack, plain_text(page.file_name), page.image


def edits_csv(trail: Trail) -> bytes:
    """Who did what to the answers of these sheets, when and why."""
    names = ("sheet", "question", "row", "kind", "before", "after", "who", "at", "why")
    rows = ((one.name, *map(plain_text, _edit_fields(edit))) for one, edit in _edits(trail))
    return csv_bytes(names, rows)


def _edit_fields(edit: Edit) -> tuple[str, ...]:
    return edit.question, edit.row, edit.kind, edit.before, edit.after, edit.who, edit.at, edit.why


def _edits(trail: Trail) -> Iterable[tuple[SheetTrail, Edit]]:
    wanted = {"", *(question for _, question in trail.asked())}
    return ((one, edit) for one in (*trail.sheets, *trail.short) for edit in one.edits if edit.question in wanted)


def left_out_csv(trail: Trail) -> bytes:
    """Sheets of which an answer came in that does not count, and why."""
    names = ("number", "agency", "group", "state", "who", "day", "why")
    rows = (
        (one.number, one.agency, one.group, one.state, plain_text(one.who), one.day, plain_text(one.why))
        for one in trail.left_out
    )
    return csv_bytes(names, rows)


def _page(campaign: Campaign, trail: Trail, criterion: CriterionTrail, pictures: Pictures) -> bytes:
    settings = campaign.settings
    head = PageHead(settings.issuer.superior, settings.issuer.body, settings.name, settings.assessed_year)
    groups = [_group_page(campaign, trail, group, pictures) for group in criterion.groups]
    return trail_html(head, trail.points, criterion, groups)


def _group_page(campaign: Campaign, trail: Trail, group: GroupTrail, pictures: Pictures) -> GroupPage:
    name = campaign.get_group(group.group).name
    asked = campaign.get_questionnaire(group.group)
    pages = []
    for question in group.questions:
        answers = []
        for one in trail.of_group(group.group):
            said = one.said.get(question.question)
            if said is not None:
                answers.append(_answer_view(trail, one, question, said, pictures))
        pages.append(QuestionPage(question, asked.get_question(question.question).text, tuple(answers)))
    return GroupPage(group, name, tuple(pages))


def _answer_view(trail: Trail, one: SheetTrail, question: QuestionTrail, said: Said, pictures: Pictures) -> AnswerView:
    layout, _ = trail.printed[one.sheet.layout]
    page = one.find_page(layout, question.question, trail.row_of(one.sheet))
    edits = tuple(say_edit(edit) for edit in one.edits if edit.question in ("", question.question))
    picture = pictures.get((one.sheet.id, question.question))
    shown = None if picture is None else "data:image/png;base64," + base64.b64encode(picture).decode()
    labels: dict[str, OptionCount] = {option.option: option for option in question.options}
    told = say_said(said, {code: option.label for code, option in labels.items()})
    place = say_place(page) if page else text(f"trail.channel_{one.sheet.channel}")
    return AnswerView(one.name, told, said.is_counted, place, edits, shown)
