"""`phieu backup` and `phieu restore`: a campaign in one file while the server runs, and a campaign of it again."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.sheets import OUT_FILE
from collector.cli.terminal import FOLDER, INPUT_WRONG, WORK_FAILED, account_names, example, leave, progress, say
from forms.words import text

_MIB = 1 << 20
_KEY_WORDS = {"contacts": "people", "receipts": "receipts", "accounts": "factors", "web": "web", "mail": "mail"}


@click.command("backup", help=text("backup.help"), epilog=example("phieu backup khao-sat --out sao-luu.zip"))
@click.argument("folder", metavar="[DIR]", type=FOLDER, required=False)
@click.option("--out", type=OUT_FILE, metavar="FILE", help=text("backup.help_out"))
@click.option("--keys", "keys_out", type=OUT_FILE, metavar="FILE", help=text("backup.help_keys"))
@click.option("--with-keys", is_flag=True, help=text("backup.help_with_keys"))
@click.option("--verify", type=OUT_FILE, metavar="FILE", help=text("backup.help_verify"))
@click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))
def backup_command(
    folder: Path | None, out: Path | None, keys_out: Path | None, with_keys: bool, verify: Path | None, who: str
) -> None:
    """Write a backup, or read one as restoring would."""
    if (out is None) == (verify is None) or (out is not None and folder is None):
        say(text("backup.one_of"))
        leave(INPUT_WRONG)
    if verify is not None:
        _verify(verify)
    elif out is not None and folder is not None:
        _make(folder, out, who, with_keys, keys_out)


def _verify(path: Path) -> None:
    from collector.backup.restoring import check_backup
    from collector.files import find_abandoned

    for left in find_abandoned(path):
        say(text("backup.half", file=left))
    with progress(text("backup.checking")) as report:
        found = check_backup(path, lambda done, total: report(done // _MIB, total // _MIB))
    said = found.manifest
    click.echo(text("backup.holds", files=len(found.files), made=said["made_at"], digest=found.digest))
    say(text("log.head_now", head=said["log_head"]))
    if said["missing"]:
        say(text("backup.missing", count=len(said["missing"])))


def _make(folder: Path, out: Path, who: str, with_keys: bool, keys_out: Path | None) -> None:
    from collector.backup.making import make_backup
    from collector.settings import keys_folder
    from collector.store import open_store
    from forms.folder import load_campaign

    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    with progress(text("backup.making")) as report:
        done = make_backup(
            store, campaign, out, who, with_keys, keys_out, lambda had, total: report(had // _MIB, total // _MIB)
        )
    click.echo(text("backup.done", out=out, files=len(done.archive.files), digest=done.archive.digest))
    say(text("log.head_now", head=done.archive.manifest["log_head"]))
    for left in done.removed:
        say(text("backup.half_removed", file=left))
    if with_keys:
        say(text("backup.keys_inside", out=out))
    elif done.keys is not None:
        say(text("backup.keys_apart", keys=done.keys.path, out=out))
    else:
        say(text("backup.keys_left", folder=keys_folder(campaign.settings.id)))
    say(text("backup.left_out"))
    links = done.archive.manifest["links"]
    if links["count"] and not links["key"]:
        say(text("backup.links_gone", count=links["count"]))
    if done.missing:
        say(text("backup.missing", count=len(done.missing)))
        for name in done.missing:
            say(f"  {store.scan_path(name)}")
        leave(WORK_FAILED)


@click.command("restore", help=text("backup.help_restore"), epilog=example("phieu restore sao-luu.zip khao-sat"))
@click.argument("path", metavar="FILE", type=OUT_FILE)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--keys", "keys_file", type=OUT_FILE, metavar="FILE", help=text("backup.help_keys_back"))
@click.option("--without-links", is_flag=True, help=text("backup.help_without_links"))
@click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))
def restore_command(path: Path, folder: Path, keys_file: Path | None, without_links: bool, who: str) -> None:
    """Make a campaign folder of a backup, and say what is not as it was."""
    from collector.backup.restoring import restore_backup
    from collector.settings import keys_folder

    with progress(text("backup.restoring")) as report:
        done = restore_backup(
            path, folder, who, keys_file, without_links, lambda had, total: report(had // _MIB, total // _MIB)
        )
    said = done.archive.manifest
    click.echo(text("backup.restored", folder=folder, **said["counts"], made=said["made_at"]))
    say(text("backup.log_before", head=said["log_head"]))
    place = keys_folder(str(said["campaign"]))
    for name in (*done.lost, *done.other):
        what = text("backup.key_lost" if name in done.lost else "backup.key_changed", file=name, folder=place)
        kind = _KEY_WORDS.get(name.partition("-")[0], "other")
        say(f"{what} {text(f'backup.without_{kind}')}")
    if said["engine"] == "postgresql":
        say(text("backup.was_postgresql"))
    if done.waiting:
        say(text("backup.letters_waiting", count=done.waiting, folder=folder))
    if said["missing"]:
        say(text("backup.missing", count=len(said["missing"])))
    say(text("backup.since", folder=folder))
