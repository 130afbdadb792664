"""What has happened in the rounds that are photographed: decisions, calls, petitions, lists, letters."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from collector.accounts.passwords import hash_password, make_password
from collector.beside import answers
from collector.beside import people as list_of_people
from collector.beside.upload import keep_upload
from collector.beside.work import Kind, Work, keep_work, run_work
from collector.editions.index import write_index
from collector.editions.petitions import decide_petition, get_petition, take_petition
from collector.example import examples_folder
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.letters.inviting import prepare_invitations
from collector.people.drawing import SizeRule, draw_people
from collector.people.recipients import import_recipients
from collector.printing.issue import reserve_run
from collector.recheck.calling import note_attempt
from collector.recheck.contacts import import_contacts
from collector.recheck.drawing import commit, draw_rechecks
from collector.recheck.recording import record_call
from collector.review.deciding import list_doubts, settle_doubt
from collector.review.second_look import look_again
from collector.settings import sqlite_url
from collector.store import Store, open_store
from collector.store.accounts import add_account
from collector.store.clock import day_of, store_time
from collector.store.editions import Petition
from collector.store.looks import load_seen
from collector.store.recheck_decisions import list_counted
from collector.store.scans import UNREAD, list_pages
from collector.store.schema import drawn_answer
from collector.store.sheets import list_sheets
from collector.web.unread import PICTURELESS
from docs.album.screens import PEOPLE
from forms.campaign import Campaign
from forms.folder import load_campaign
from forms.index_points import load_index
from forms.letters import LetterRules
from forms.recheck import make_seed
from forms.rules import BackupRules
from forms.words import text

PETITIONS = (
    ("CPH", "TC7.2", "31/UBND-NV", "demo.petition_explain"),
    ("HLO", "TC4.1", "45/UBND-NV", "demo.petition_look"),
)
INVITED_AT = ("SNV", "STP", "STC")  # of tra-vinh-2023
CALLED_AT = ("HLO", "CPH")  # agencies of the demo with more sheets than others


def make_accounts(store: Store, seen: str = "HLO") -> str:
    """One account a role, all with one password, which is the result."""
    password = make_password()
    with store.write() as conn:
        for role, name in PEOPLE.items():
            shown = text(f"account.role_{role}")
            agency = seen if role == "viewer" else None
            add_account(conn, name, shown, frozenset({role}), hash_password(password), must_change=False, agency=agency)
    return password


def invite_officials(folder: Path) -> tuple[Store, Campaign]:
    """A round whose officials get their links by letter, and which has reserve sheets: nothing is sent."""
    shutil.copytree(examples_folder() / "tra-vinh-2023", folder)
    campaign = read_all_twice(load_campaign(folder))
    quotas = [one for one in campaign.quotas if one.agency in INVITED_AT]
    store, who = open_store(folder, campaign.settings, sqlite_url(folder)), text("account.role_manager")
    reserve_run(store, campaign, quotas)
    path = folder / "people.csv"
    rows = "".join(f"{code},LD,A B {n},ab{n}@{code}.invalid\n" for code in INVITED_AT for n in range(10, 25))
    path.write_text(f"agency,group,name,email\n{rows}", encoding="utf-8")
    import_recipients(store, campaign, path, who)
    invited = [one for one in quotas if one.group == "LD"]
    draw_people(store, campaign, invited, "XSMB 28/09/2023: 48291", SizeRule(), who)
    prepare_invitations(store, campaign, invited, who)
    return store, campaign


def draw_calls(store: Store, campaign: Campaign, scratch: Path) -> None:
    """A recheck under way: made-up telephones of sheets that were answered, the draw, one call in vain."""
    seed, linked = make_seed(), {group.code for group in campaign.settings.groups if group.privacy == "linked"}
    who, why = text("account.role_manager"), text("demo.recheck_late")
    commit(store, seed, "", who, why)
    with store.read() as conn:
        given = {one.number for one in list_counted(conn) if one.agency in CALLED_AT}
        numbers = [one.number for one in list_sheets(conn) if one.group in linked and one.number in given]
    path = scratch / "stubs.csv"
    names = [text("demo.respondent", place=place) for place in range(1, len(numbers) + 1)]
    # No telephone begins with 050
    rows = (f"{number},0500{place:06d},{names[place - 1]}" for place, number in enumerate(numbers, 1))
    path.write_text("\n".join(("sheet,phone,name", *rows)) + "\n", encoding="utf-8")
    import_contacts(store, campaign, path, who)
    draw_rechecks(store, campaign, seed, who)
    caller = text("account.role_rechecker")
    note_attempt(store, "HLO-01", caller)
    told = {"call": "CPH-01", "caller": caller, "day": f"{day_of():%d/%m/%Y}", "took_part": "no", "outcome": "forged"}
    record_call(store, campaign, "CPH-01", told | {"note": text("demo.recheck_forged")}, caller)


def ask_for_points(store: Store) -> None:
    """The provisional edition, two letters about it, and one of them decided."""
    campaign, points = load_index(store.folder)
    who = text("account.role_manager")
    write_index(store, campaign, points, None, "du-kien", who)
    for agency, criterion, letter, asks in PETITIONS:
        take_petition(store, campaign, Petition(0, agency, criterion, letter, day_of(), text(asks), who=who))
    refused = replace(
        get_petition(store, 1), decision="refused", reply="52/SNV-CCHC", why=text("demo.petition_why"), who=who
    )
    decide_petition(store, campaign, points, refused)


def read_all_twice(campaign: Campaign) -> Campaign:
    """The campaign with every decided doubt for a second reader, who writes letters, and no word of backups."""
    reading = campaign.settings.reading.model_copy(update={"second_reader": Decimal(1)})
    letters = LetterRules.model_validate({"from": f"{campaign.settings.issuer.body} <khaosat@tinh.invalid>"})
    changed = {"reading": reading, "backup": BackupRules(warn_after_days=0), "letters": letters}
    return replace(campaign, settings=campaign.settings.model_copy(update=changed))


def decide_doubts(store: Store) -> None:
    """Some doubts decided as the reader guessed them, by somebody else than who is photographed as second reader."""
    with store.read() as conn:
        known = [one for one in list_doubts(conn, limit=60) if one.guess]
    for one in known[::3]:
        settle_doubt(store, one.id, one.guess[:1], text("account.role_manager"))


def hand_tables_in(store: Store) -> None:
    """A list and a table that were looked at and wait for the second click, and files to take away."""
    with store.read() as conn:
        numbers = [one.number for one in list_sheets(conn, "HLO", "CD")[-8:]]
    people = "".join(f"{agency},CC,A B {n},ab{n}@{agency}.invalid\n" for agency in CALLED_AT for n in range(10, 22))
    asked: dict[Kind, dict[str, Any]] = {
        "people": list_of_people.ask("check", "can-bo.csv", False),
        "answers": answers.ask("check", "nhap-tay.csv"),
        "export": {"format": "results"},
    }
    keep_upload(store.folder, "people", "can-bo.csv", f"agency,group,name,email\n{people}".encode())
    rows = "".join(f"{number},HLO,CD,1,5\n" for number in numbers)
    keep_upload(store.folder, "answers", "nhap-tay.csv", f"serial,agency,group,q1,q2\n{rows}".encode())
    for kind, wanted in asked.items():
        keep_work(store.folder, Work(kind, text("account.role_manager"), store_time().isoformat(), wanted))
        run_work(store.folder, kind)


def table_under_way() -> Work:
    """A table of answers of which some are taken in."""
    asked = answers.ask("take", "nhap-tay.csv")
    return Work("answers", text("account.role_manager"), store_time().isoformat(), asked, "working", 1200, 3000)


def ask_to_sign(store: Store, campaign: Campaign) -> None:
    """A sheet about who runs the survey that shall be void: it waits for a second signature."""
    with store.read() as conn:
        number = list_sheets(conn, campaign.settings.accounts.runs, "CC")[-1].number
    void_sheets(store, campaign, Named((number,)), Note(text("account.role_manager"), day_of(), "", text("demo.torn")))


def look_twice(store: Store) -> None:
    """Some of the drawn answers looked at by somebody who saw what was read."""
    with store.read() as conn:
        drawn = conn.execute(select(drawn_answer.c.id, drawn_answer.c.read).order_by(drawn_answer.c.id)).all()
    for one in drawn[::3]:
        look_again(store, one.id, load_seen(one.read), text("account.role_manager"))


def take_people_in(store: Store, campaign: Campaign, scratch: Path) -> None:
    """A list of people who are to be invited, in the store."""
    path = scratch / "people.csv"
    rows = "".join(f"{agency},CC,C D {n},cd{n}@{agency}.invalid\n" for agency in CALLED_AT for n in range(30, 60))
    path.write_text(f"agency,group,name,email\n{rows}", encoding="utf-8")
    import_recipients(store, campaign, path, text("account.role_manager"))


def find_paper(store: Store) -> int:
    """The key of a page that could not be read and has a picture."""
    with store.read() as conn:
        unread = (page for status in UNREAD for page in list_pages(conn, status=status))
        return next(page.id for page in unread if page.reason not in PICTURELESS)
