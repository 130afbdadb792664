"""`phieu trace`: from a score down to the sheets, the marks, who changed them, and where the paper lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.terminal import FOLDER, example, progress, say
from forms.errors import InputWrong, Problem
from forms.words import language, text

if TYPE_CHECKING:
    from aggregation.trail import CriterionTrail, GroupTrail
    from collector.trail.loading import SheetTrail, Trail
    from forms.campaign import Campaign


@click.command("trace", help=text("trail.help"), epilog=example("phieu trace khao-sat SXD TC1 --out giai-trinh"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("agency")
@click.argument("criterion", required=False)
@click.option("--out", type=FOLDER, help=text("trail.help_out"))
@click.option("--draw", "size", type=click.IntRange(min=1), metavar="N", help=text("trail.help_draw"))
@click.option("--seed", default="", metavar="SEED", help=text("trail.help_seed"))
def trace_command(
    folder: Path, agency: str, criterion: str | None, out: Path | None, size: int | None, seed: str
) -> None:
    """The account on stdout; tables and pages with pictures into --out. With --draw the drawn sheets on stdout."""
    _check_options(out, size, seed)
    from collector.store import open_store
    from collector.trail.loading import load_trail
    from forms.folder import load_campaign

    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    trail = load_trail(store, campaign, agency, criterion)
    say(text("trail.staff_only"))
    for problem in trail.problems:  # people go on filling the table in: the rest of the trail stands
        say(str(problem))
    if size is not None:
        from collector.trail.draw import draw_csv

        click.echo(draw_csv(trail, seed, size).decode("utf-8-sig"), nl=False)
        return
    if out is not None:  # before stdout, which whoever reads it may close: `| head`
        from collector.trail.files import write_trail

        with progress(text("trail.cutting")) as report:
            files = write_trail(store, campaign, trail, out, report)
        say(text("trail.written", out=out, files=", ".join(files)))
    for line in account_lines(campaign, trail):
        click.echo(line)


def _check_options(out: Path | None, size: int | None, seed: str) -> None:
    """InputWrong for options that say nothing together: a draw goes to stdout and has a seed, nothing else does."""
    problems = []
    for where, is_wrong, key in (
        ("--seed", bool(seed) and size is None, "seed_alone"),
        ("--seed", size is not None and not seed.strip(), "no_seed"),
        ("--out", out is not None and size is not None, "draw_out"),
    ):
        if is_wrong:
            problems.append(Problem(where, text(f"trail.{key}"), text(f"trail.{key}_fix")))
    if problems:
        raise InputWrong(problems)


def account_lines(campaign: Campaign, trail: Trail) -> Iterator[str]:
    """The account: agency, criteria, groups, questions with their counts, then sheet by sheet."""
    from aggregation.trail_page import show_exact_number as number
    from collector.trail.words import say_left_out

    points, lang = trail.points, language()
    yield f"{text('trail.title')}: {points.name} ({points.agency}, {points.block})"
    if points.published is None:
        yield text("trail.agency_none")
    else:
        shown = number(points.published, lang=lang), number(points.maximum, lang=lang)
        yield text("trail.agency_points", points=shown[0], maximum=shown[1])
    for one in points.criteria:
        yield from _criterion_lines(campaign, one, points.why_left_out, lang)
    for key, sheets in (("trail.line_sheets", trail.sheets), ("trail.line_short", trail.short)):
        if sheets:
            yield text(key, count=len(sheets))
            for sheet in sheets:
                yield from _sheet_lines(trail, sheet)
    if trail.left_out:
        yield text("trail.line_left_out", count=len(trail.left_out))
        yield from (f"  {say_left_out(left)}" for left in trail.left_out)


def _criterion_lines(campaign: Campaign, one: CriterionTrail, why_left_out: str, lang: str) -> Iterator[str]:
    from aggregation.trail_page import show_exact_number as number

    fields = {"code": one.criterion, "name": one.name, "maximum": number(one.maximum, lang=lang)}
    if one.points is None:
        yield f"{one.criterion} {one.name}: {text(why_left_out)}"
    else:
        shown = {"points": number(one.points, lang=lang), "percent": number(one.mean_percent, lang=lang)}
        yield text("trail.line_criterion", **fields, **shown)
    for group in one.groups:
        yield from _group_lines(campaign, group, lang)


def _group_lines(campaign: Campaign, group: GroupTrail, lang: str) -> Iterator[str]:
    from aggregation.trail_page import show_exact_number as number

    shown = {name: number(getattr(group, name), lang=lang) for name in ("points", "weight")}
    yield text(
        "trail.line_group",
        code=group.group,
        name=campaign.get_group(group.group).name,
        valid=group.n_valid,
        blank=group.n_blank,
        mean=number(group.mean_percent, lang=lang),
        **shown,
    )
    for asked in group.questions:
        counts = ", ".join(f"{one.label} {one.n}" for one in asked.options)
        mean = number(asked.mean_percent, lang=lang)
        yield text("trail.line_question", code=asked.question, counts=counts, blank=asked.n_blank, mean=mean)


def _sheet_lines(trail: Trail, one: SheetTrail) -> Iterator[str]:
    """A sheet's answers to what is shown, where its pages lie, and what was done to it."""
    from collector.trail.words import say_edit, say_place

    asked = [
        question.question
        for criterion in trail.points.criteria
        for group in criterion.groups
        if group.group == one.sheet.group
        for question in group.questions
        if question.question in one.said
    ]
    if not asked:
        return
    layout, _ = trail.printed[one.sheet.layout]
    said = " ".join(f"{code}={' '.join(one.said[code].options) or '-'}" for code in asked)
    pages = {one.find_page(layout, code, trail.row_of(one.sheet)) for code in asked} - {None}
    places = [say_place(page) for page in sorted(filter(None, pages), key=lambda page: page.sheet_page)]
    yield f"  {one.name}: {said} | {'; '.join(places) or text(f'trail.channel_{one.sheet.channel}')}"
    yield from (f"    {say_edit(edit)}" for edit in one.edits if edit.question in ("", *asked))
