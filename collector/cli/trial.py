"""`phieu trial`: write the trial sheet, or read its scan and say which setting is to mend. Needs no campaign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.terminal import WORK_FAILED, example, leave
from forms.errors import InputWrong, Problem
from forms.words import language, text

if TYPE_CHECKING:
    from ocr.files import BadImage, PageImage
    from ocr.reading import AnswerReading
    from ocr.trial import Finding, MarkFinding, TrialPage, TrialVerdict


@click.command(
    "trial",
    help=text("trial.help"),
    epilog=example("phieu trial --out phieu-thu-may.pdf\n    phieu trial --check quet.pdf"),
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=text("trial.help_out"))
@click.option("--check", is_flag=True, help=text("trial.help_check"))
@click.argument("scans", metavar="[SCAN...]", nargs=-1, type=click.Path(path_type=Path))
def trial_command(out: Path | None, check: bool, scans: tuple[Path, ...]) -> None:
    """One of two forms: --out FILE, or --check SCAN..."""
    if (out is not None) == check or check != bool(scans):
        raise InputWrong([Problem("phieu trial", text("trial.one_form"))])
    if out is not None:
        _write(out)
        return
    verdict = _check(scans)
    for line in _say(verdict):
        click.echo(line)
    if not verdict.passes:
        leave(WORK_FAILED)


def _write(out: Path) -> None:
    from collector.files import unfinished_file
    from forms.trial import write_trial_sheet

    with unfinished_file(out) as unfinished:
        write_trial_sheet(unfinished, language())
    click.echo(text("trial.written", out=out))


def _check(scans: tuple[Path, ...]) -> TrialVerdict:
    from collector.scans.folder import list_files, show_name
    from ocr.files import load_images
    from ocr.trial import check_trial

    files, problems = list_files(scans)
    if problems:
        raise InputWrong(problems)

    def images() -> Iterator[PageImage | BadImage]:
        for file in files:
            yield from load_images(file, show_name(file))

    return check_trial(images())


def _say(verdict: TrialVerdict) -> Iterator[str]:
    """What the person at the terminal reads: the verdict, what to mend and where, and what was measured."""
    count = len(verdict.findings) + len(verdict.marks)
    yield text("trial.passes") if verdict.passes else text("trial.fails", count=count)
    for number, finding in enumerate(verdict.findings, 1):
        yield f"{number}. {_tell(finding)}"
        yield "   → " + text(f"trial.mend_{finding.code}")
    for number, mark in enumerate(verdict.marks, len(verdict.findings) + 1):
        yield f"{number}. {_tell_mark(mark)}"
    if verdict.marks:
        yield "   → " + text("trial.mend_mark")
    yield from map(_measured, verdict.pages)


def _tell(finding: Finding) -> str:
    fields = {name: _number(value) for name, value in finding.fields.items()}
    if finding.code == "cut":
        fields["side"] = text(f"trial.side_{finding.fields['side']}")
    if finding.code == "marker":
        fields["side"] = text(f"trial.corner_{finding.fields['side']}")
    if finding.code == "unreadable":
        fields["reason"] = text(f"reading.reason_{finding.fields['reason']}")
    return text(f"trial.found_{finding.code}", **fields)


def _tell_mark(mark: MarkFinding) -> str:
    return text(
        "trial.found_mark",
        number=mark.task.question,
        task=mark.task.asked(),
        read=_read_as(mark.answer),
        file=mark.file,
        image=mark.image,
        x=round(mark.x_mm),
        y=round(mark.y_mm),
    )


def _read_as(answer: AnswerReading) -> str:
    options = ", ".join(answer.chosen)
    if answer.state == "blank":
        return text("trial.read_blank")
    if answer.state == "clear":
        return text("trial.read_marks", options=options) if options else text("trial.read_written")
    reason = text(f"reading.reason_{answer.reason}").partition(";")[0]
    if options:
        return text("trial.read_unsure_marks", options=options, reason=reason)
    return text("trial.read_unsure", reason=reason)


def _measured(page: TrialPage) -> str:
    picture = page.picture
    return text(
        "trial.measured",
        page=page.page,
        scale=text("trial.scale_unknown") if picture.scale is None else _number(100 * picture.scale),
        dpi=round(picture.dpi),
        skew=_number(abs(picture.skew_deg)),
        right=page.right,
        tasks=page.tasks,
    )


def _number(value: object) -> object:
    """One decimal, with the comma where the language has it."""
    if not isinstance(value, float):
        return value
    return f"{value:.1f}".replace(".", "," if language() == "vi" else ".")
