"""`phieu freeze`: an immutable, hashed edition of rules, inputs and results; and whether one still holds."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.sheets import OUT_FILE
from collector.cli.terminal import FOLDER, INPUT_WRONG, WORK_FAILED, example, leave, progress, say
from collector.cli.verbs import who_option
from forms.words import text


@click.command("freeze", help=text("freeze.help"), epilog=example("phieu freeze khao-sat --out chinh-thuc.zip"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", type=OUT_FILE, help=text("freeze.help_out"))
@click.option("--verify", type=OUT_FILE, metavar="FILE", help=text("freeze.help_verify"))
@click.option("--provisional", is_flag=True, help=text("freeze.help_provisional"))
@who_option
def freeze_command(folder: Path, out: Path | None, verify: Path | None, provisional: bool, who: str) -> None:
    """Write an edition and its hash, or check one."""
    from collector.editions.freezing import check_frozen, freeze_campaign
    from collector.editions.frozen_results import has_index
    from collector.store import open_store
    from collector.store.events import get_head
    from forms.folder import load_campaign

    if (out is None) == (verify is None):
        say(text("freeze.one_of"))
        leave(INPUT_WRONG)
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    if verify is not None:
        frozen, known = check_frozen(store, verify)
        click.echo(text("freeze.holds", digest=frozen.digest, files=len(frozen.files)))
        if not known:
            say(text("freeze.unknown"))
            leave(WORK_FAILED)
    elif out is not None:
        with progress(text("freeze.freezing")) as report:
            frozen = freeze_campaign(store, campaign, out, who, provisional, report=report)
        click.echo(text("freeze.done", out=out, digest=frozen.digest))
        if has_index(frozen.files) and "results/index.csv" not in frozen.files:
            say(text("freeze.without_index"))
        with store.read() as conn:  # whoever writes it down sees later whether the log was cut
            say(text("log.head_now", head=get_head(conn)))
        if provisional:
            say(text("freeze.provisional"))
