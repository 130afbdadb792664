"""`phieu user DIR ...`: the console's accounts. No password ever stands on the command line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.cli.terminal import example
from collector.cli.verbs import folder_group, who_option
from forms.account_rules import HELD, ROLES, Role
from forms.errors import InputWrong
from forms.words import text

if TYPE_CHECKING:
    from collector.store import Store

_COLUMNS = ("name", "shown_name", "roles", "agency", "workplace", "totp", "state")


user_command = folder_group("user", text("account.help"), "phieu user khao-sat list")


@user_command.command(
    "add",
    help=text("account.help_add"),
    epilog=example("phieu user khao-sat add hoa.lt --shown-name '...' --role verifier --workplace SXD"),
)
@click.argument("name", metavar="NAME")
@click.option("--shown-name", default="", metavar="TEXT", help=text("account.help_shown"))
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help=text("account.help_role"))
@click.option("--agency", default="", metavar="CODE", help=text("account.help_agency"))
@click.option("--workplace", default=None, metavar="CODE", help=text("account.help_workplace"))
@click.option("--totp", is_flag=True, help=text("account.help_totp"))
@click.option("--ask", is_flag=True, help=text("account.help_ask"))
@who_option
@click.pass_obj
def add_command(folder: Path, /, name: str, shown_name: str, roles: tuple[Role, ...], ask: bool, **more: Any) -> None:
    """Make an account; its one-time password on stdout."""
    from collector.accounts.desk import add
    from collector.accounts.wishes import Wish, clean_shown_name, find_workplace_said
    from collector.opening import open_campaign

    campaign, store = open_campaign(folder)
    shown = clean_shown_name(shown_name or name)
    workplace = find_workplace_said(more["workplace"])
    wish = Wish(name.strip().lower(), shown, frozenset(roles), more["agency"], workplace, more["totp"])
    password = add(store, campaign, wish, more["who"], _ask(wish.name) if ask else "")
    click.echo(text("account.added_asked" if ask else "account.added", name=wish.name, password=password))


@user_command.command(
    "change", help=text("account.help_change"), epilog=example("phieu user khao-sat change quan-ly --workplace SNV")
)
@click.argument("name", metavar="NAME")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help=text("account.help_role"))
@click.option("--agency", metavar="CODE", help=text("account.help_agency"))
@click.option("--workplace", metavar="CODE", help=text("account.help_change_workplace"))
@click.option("--totp/--no-totp", default=None, help=text("account.help_change_totp"))
@who_option
@click.pass_obj
def change_command(folder: Path, /, name: str, roles: tuple[Role, ...], who: str, **more: Any) -> None:
    """Change what was given of an account; whoever gets a role for all agencies is held to none."""
    from collector.accounts.desk import change, get_account
    from collector.accounts.wishes import Wish, find_workplace_known, find_workplace_said
    from collector.opening import open_campaign

    campaign, store = open_campaign(folder)
    found = get_account(store, name)
    given = frozenset(roles) or found.roles
    kept = {"agency": found.agency if given <= set(HELD) else "", "totp": found.wants_totp}
    asked = {**kept, **{field: value for field, value in more.items() if value is not None}}
    said = more["workplace"]
    workplace = find_workplace_known(found) if said is None else find_workplace_said(said) or ""
    wish = Wish(found.name, found.shown_name, given, asked["agency"], workplace, asked["totp"])
    change(store, campaign, wish, who)
    click.echo(text("account.changed", name=found.shown_name))


@user_command.command("list", help=text("account.help_list"), epilog=example("phieu user khao-sat list"))
@click.pass_obj
def list_command(folder: Path) -> None:
    """Every account as CSV on stdout."""
    import datetime

    from collector.opening import open_campaign
    from collector.store.accounts import list_accounts

    _, store = open_campaign(folder)
    now = datetime.datetime.now(datetime.UTC)
    with store.read() as conn:
        accounts = list_accounts(conn)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(_COLUMNS)
    for one in accounts:
        roles = " ".join(role for role in ROLES if role in one.roles)
        state = "disabled" if one.disabled else "locked" if one.is_locked(now) else "new" if one.must_change else "open"
        totp = "on" if one.totp_sealed else "due" if one.wants_totp else ""
        table.writerow((one.name, one.shown_name, roles, one.agency, one.workplace, totp, state))


@user_command.command("disable", help=text("account.help_disable"), epilog=example("phieu user khao-sat disable hoa"))
@click.argument("name", metavar="NAME")
@who_option
@click.pass_obj
def disable_command(folder: Path, name: str, who: str) -> None:
    """Let nobody in under a name."""
    from collector.accounts.desk import disable

    _set_state(disable, "account.disabled", folder, name, who)


@user_command.command("enable", help=text("account.help_enable"), epilog=example("phieu user khao-sat enable hoa.lt"))
@click.argument("name", metavar="NAME")
@who_option
@click.pass_obj
def enable_command(folder: Path, name: str, who: str) -> None:
    """Let an account in again."""
    from collector.accounts.desk import enable

    _set_state(enable, "account.enabled", folder, name, who)


@user_command.command("reset", help=text("account.help_reset"), epilog=example("phieu user khao-sat reset hoa --totp"))
@click.argument("name", metavar="NAME")
@click.option("--totp", is_flag=True, help=text("account.help_reset_totp"))
@click.option("--ask", is_flag=True, help=text("account.help_ask"))
@who_option
@click.pass_obj
def reset_command(folder: Path, name: str, totp: bool, ask: bool, who: str) -> None:
    """Give a new one-time password, on stdout."""
    from collector.accounts.desk import get_account, reset
    from collector.opening import open_campaign

    _, store = open_campaign(folder)
    found = get_account(store, name)
    password = reset(store, found.name, who, totp, _ask(found.name) if ask else "")
    click.echo(text("account.was_reset_asked" if ask else "account.was_reset", name=found.name, password=password))


def _set_state(act: Callable[[Store, str, str], None], done: str, folder: Path, name: str, who: str) -> None:
    from collector.opening import open_campaign

    _, store = open_campaign(folder)
    act(store, name, who)
    click.echo(text(done, name=name))


def _ask(name: str) -> str:
    """A password that the person types twice, unseen; InputWrong where it is too weak."""
    from collector.accounts.passwords import check_password

    given: str = click.prompt(
        text("account.ask_password"), hide_input=True, confirmation_prompt=text("account.ask_again"), err=True
    )
    if problems := check_password(given, name):
        raise InputWrong(problems)
    return given
