"""`phieu invite DIR VERB`: personal links for the people who were drawn, from the first check to the last slip."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from collector.cli.terminal import example, progress, say
from collector.cli.verbs import agencies_option, folder_group, groups_option, who_option
from forms.errors import WorkFailed
from forms.words import text

_SIGNS = {True: "+", False: "!", None: "?"}
_COLUMNS = (
    "invited",
    "by_hand",
    "waiting",
    "sent",
    "failed",
    "bounced",
    "unsure",
    "reminded",
    "opted_out",
    "void",
    "answered",
)

invite_command = folder_group("invite", text("invite.cli"), "phieu invite khao-sat prepare")


@invite_command.command(
    "check", help=text("invite.cli_check"), epilog=example("phieu invite khao-sat check --to toi@vi-du.vn")
)
@click.option("--to", "send_to", default="", metavar="ADDRESS", help=text("invite.cli_to"))
@click.pass_obj
def check_command(folder: Path, send_to: str) -> None:
    """Look at settings and server; exit status 1 where something is wrong."""
    from collector.letters.checking import check_sending

    campaign, _ = _open(folder)
    findings = check_sending(campaign, send_to.strip())
    for finding in findings:
        click.echo(f"{_SIGNS[finding.good]} {finding.line}")
    if any(finding.good is False for finding in findings):
        raise WorkFailed(text("invite.not_ready"))


@invite_command.command(
    "prepare",
    help=text("invite.cli_prepare"),
    epilog=example("phieu invite khao-sat prepare --agency SXD --group CC"),
)
@agencies_option
@groups_option
@click.option("--reserves", type=click.IntRange(min=0), default=0, metavar="N", help=text("invite.cli_reserves"))
@click.option("--few", is_flag=True, help=text("invite.cli_few"))
@who_option
@click.pass_obj
def prepare_command(
    folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], reserves: int, few: bool, who: str
) -> None:
    """Bind people to sheets and queue their letters."""
    from collector.letters.inviting import prepare_invitations
    from collector.printing.issue import choose_quotas

    campaign, store = _open(folder)
    done = prepare_invitations(store, campaign, choose_quotas(campaign, agencies, groups), who, reserves, few)
    fresh, mail = sum(one.fresh for one in done), sum(one.by_mail for one in done)
    before = sum(one.before for one in done)
    click.echo(text("invite.prepared", people=fresh, mail=mail, hand=fresh - mail, before=before))


@invite_command.command("send", help=text("invite.cli_send"), epilog=example("phieu invite khao-sat send --limit 20"))
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help=text("invite.cli_limit"))
@click.option("--again-unsure", is_flag=True, help=text("invite.cli_again"))
@who_option
@click.pass_obj
def send_command(folder: Path, limit: int | None, again_unsure: bool, who: str) -> None:
    """Send what is due."""
    from collector.letters.sending import send_letters
    from collector.store.clock import VIET_NAM

    campaign, store = _open(folder)
    with progress(text("invite.sending")) as report:
        done = send_letters(store, campaign, who, limit, again_unsure, report)
    click.echo(text("invite.sent", sent=done.sent, later=done.later, failed=done.failed))
    if done.unsure:
        say(text("invite.unsure", letters=done.unsure))
    if done.capped:
        say(text("invite.capped"))
    if done.again is not None:
        moment = done.again.replace(tzinfo=datetime.UTC).astimezone(VIET_NAM)
        say(text("invite.later", time=f"{moment:%H:%M %d/%m/%Y}"))


@invite_command.command("remind", help=text("invite.cli_remind"), epilog=example("phieu invite khao-sat remind"))
@agencies_option
@groups_option
@who_option
@click.pass_obj
def remind_command(folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], who: str) -> None:
    """Queue the reminders whose days have come."""
    from collector.letters.reminding import queue_reminders
    from collector.printing.issue import choose_quotas

    campaign, store = _open(folder)
    cells = None
    if agencies or groups:
        cells = {(quota.agency, quota.group) for quota in choose_quotas(campaign, agencies, groups)}
    queued = queue_reminders(store, campaign, who, cells)
    click.echo(text("invite.reminded", people=sum(queued.values())))


@invite_command.command("status", help=text("invite.cli_status"), epilog=example("phieu invite khao-sat status"))
@click.pass_obj
def status_command(folder: Path) -> None:
    """How far every cell is; no name."""
    from collector.cli.recipients import show_table
    from collector.store.letters import count_cells

    _, store = _open(folder)
    with store.read() as conn:
        counts = count_cells(conn)
    headings = [text("recipients.column_cell"), *(text(f"invite.column_{name}") for name in _COLUMNS)]
    rows = [[f"{one.agency} {one.group}", *(str(getattr(one, name)) for name in _COLUMNS)] for one in counts]
    show_table(headings, rows)


@invite_command.command(
    "bounces", help=text("invite.cli_bounces"), epilog=example("phieu invite khao-sat bounces ~/Maildir")
)
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@who_option
@click.pass_obj
def bounces_command(folder: Path, paths: tuple[Path, ...], who: str) -> None:
    """Note which letters came back."""
    from collector.letters.bounces import take_bounces

    campaign, store = _open(folder)
    done = take_bounces(store, campaign, list(paths), who)
    fields = {"bounced": done.bounced, "known": done.known, "delayed": done.delayed, "foreign": done.foreign}
    click.echo(text("invite.bounced", messages=done.messages, **fields))


@invite_command.command(
    "opt-out", help=text("invite.cli_opt_out"), epilog=example("phieu invite khao-sat opt-out ten@vi-du.gov.vn")
)
@click.argument("address", metavar="ADDRESS")
@who_option
@click.pass_obj
def opt_out_command(folder: Path, address: str, who: str) -> None:
    """Send an address no more letters."""
    from collector.letters.opting_out import opt_out_address

    campaign, store = _open(folder)
    people = opt_out_address(store, campaign, address, who)
    click.echo(text("invite.opted_out" if people else "invite.opted_out_before"))


@invite_command.command(
    "slips", help=text("invite.cli_slips"), epilog=example("phieu invite khao-sat slips --agency SXD --group CC")
)
@agencies_option
@groups_option
@click.option("--everybody", is_flag=True, help=text("invite.cli_everybody"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=text("invite.cli_out"))
@who_option
@click.pass_obj
def slips_command(
    folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], everybody: bool, out: Path | None, who: str
) -> None:
    """Slips to cut apart, a PDF a cell."""
    from collector.letters.by_hand import write_slip_files

    campaign, store, people = _find_by_hand(folder, agencies, groups, who, everybody)
    _say_files(write_slip_files(campaign, people, _folder(store, out)), people, out)


@invite_command.command(
    "merge", help=text("invite.cli_merge"), epilog=example("phieu invite khao-sat merge --format csv")
)
@agencies_option
@groups_option
@click.option("--everybody", is_flag=True, help=text("invite.cli_everybody"))
@click.option("--format", "kind", type=click.Choice(["xlsx", "csv"]), default="xlsx", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=text("invite.cli_out"))
@who_option
@click.pass_obj
def merge_command(
    folder: Path,
    agencies: tuple[str, ...],
    groups: tuple[str, ...],
    everybody: bool,
    kind: str,
    out: Path | None,
    who: str,
) -> None:
    """Names and links for messages, a table a cell."""
    from collector.letters.by_hand import write_merge_files

    campaign, store, people = _find_by_hand(folder, agencies, groups, who, everybody)
    _say_files(write_merge_files(campaign, people, _folder(store, out), f".{kind}"), people, out)
    if any(campaign.get_group(group).privacy == "unlinked" for _, group in people):
        say(text("invite.merge_unlinked"))


def _find_by_hand(
    folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], who: str, everybody: bool
) -> tuple[Any, Any, Any]:
    from collector.letters.by_hand import find_by_hand
    from collector.printing.issue import choose_quotas

    campaign, store = _open(folder)
    cells = [(quota.agency, quota.group) for quota in choose_quotas(campaign, agencies, groups)]
    return campaign, store, find_by_hand(store, campaign, cells, who, everybody)


def _folder(store: Any, out: Path | None) -> Path:
    from collector.people.erasure import personal_folder

    return personal_folder(store) if out is None else out


def _say_files(paths: list[Path], people: Any, out: Path | None) -> None:
    for path in paths:
        click.echo(path)
    say(text("invite.files", people=sum(map(len, people.values()))))
    say(text("invite.files_kept" if out is None else "invite.files_elsewhere"))


def _open(folder: Path) -> tuple[Any, Any]:
    """The campaign and its store; says so when the people are due to be erased."""
    from collector.opening import open_campaign
    from collector.people.erasure import find_due

    campaign, store = open_campaign(folder)
    due = find_due(store, campaign.settings)
    if due:
        say(due)
    return campaign, store
