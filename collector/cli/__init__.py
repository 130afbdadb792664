"""The command line: `phieu`. Each command is thin; errors become lines on stderr and exit codes only here."""

from __future__ import annotations

import click

from collector.cli import sheet_lists  # noqa: F401 it adds its verbs to `phieu sheets`
from collector.cli.answer_import import import_command
from collector.cli.backup import backup_command, restore_command
from collector.cli.explain import explain_command
from collector.cli.folder import check_command, init_command
from collector.cli.freeze import freeze_command
from collector.cli.index import index_command
from collector.cli.invite import invite_command
from collector.cli.log import log_command
from collector.cli.paper import print_command, read_command
from collector.cli.petitions import petitions_command
from collector.cli.recheck import recheck_command
from collector.cli.recipients import recipients_command
from collector.cli.results import export_command, quota_command, score_command
from collector.cli.scanning import scan_command
from collector.cli.sheets import sheets_command
from collector.cli.show import demo_command, receipt_command, serve_command
from collector.cli.terminal import PhieuGroup
from collector.cli.trace import trace_command
from collector.cli.trial import trial_command
from collector.cli.user import user_command
from forms.words import text


@click.group(cls=PhieuGroup, help=text("cli.phieu"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="phieu", message="%(prog)s %(version)s")
def main() -> None:
    """Run one command."""


for command in (
    demo_command,
    init_command,
    check_command,
    print_command,
    read_command,
    scan_command,
    trial_command,
    sheets_command,
    quota_command,
    recipients_command,
    invite_command,
    recheck_command,
    score_command,
    index_command,
    petitions_command,
    trace_command,
    explain_command,
    freeze_command,
    export_command,
    import_command,
    user_command,
    log_command,
    serve_command,
    receipt_command,
    backup_command,
    restore_command,
):
    main.add_command(command)
