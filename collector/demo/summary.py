"""The demo's last words: what was printed and came in, what was read right, doubtful, wrong, where to look next."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from aggregation.rounding import show_number
from collector.demo.folders import DemoFolders
from collector.demo.verdict import Verdict
from collector.printing.issue import PrintSummary
from collector.reports.scores import ScoreSummary
from collector.scans.jobs import ScanSummary
from forms.words import language, text

_ACCEPTED = (200, 201)


def _show(number: Fraction | int, places: int = 0) -> str:
    return show_number(number, places, language())


def summarise(
    folders: DemoFolders,
    printed: PrintSummary,
    statuses: Counter[int],
    taken: ScanSummary,
    again: ScanSummary,
    scored: ScoreSummary,
    verdict: Verdict,
) -> list[str]:
    """The lines, in the order of the work."""
    answers = verdict.answers
    phone = {"sent": statuses.total(), "accepted": sum(statuses[status] for status in _ACCEPTED)}
    pages = {
        "read": verdict.pages_read,
        "caught": verdict.bad_pages_caught,
        "unread": verdict.pages_unread,
        "serials": verdict.wrong_serials,
    }
    counts = {name: answers[name] for name in ("right", "doubtful", "wrong")}
    total = max(1, answers.total())
    marks = {name: _show(count) for name, count in counts.items()}
    shares = {f"{name}_share": _show(Fraction(100 * count, total), 2) for name, count in counts.items()}
    return [
        "",
        text("demo.title"),
        text("demo.made_up"),
        text("demo.printed", sheets=_show(printed.sheets), pages=_show(printed.pages), files=printed.files),
        text("demo.by_phone", **phone),
        text("demo.by_paper", account=taken.account()),
        *(f"    {note}" for note in taken.notes),
        text("demo.again", known=again.known_files),
        text("demo.pages", **pages),
        text("demo.marks", total=_show(answers.total()), **marks, **shares),
        *(f"    {wrong}" for wrong in verdict.wrong),
        text("demo.scored", valid=scored.scores.valid_sheets, sheets=scored.sheets, doubts=scored.open_doubts),
        "",
        text("demo.report", path=folders.results / "report.html"),
        text("demo.sheets", path=folders.printed),
        text("demo.settings", path=folders.out / "demo.json"),
        text("demo.console", folder=folders.campaign),
    ]
