"""The journey on which every picture is taken: the demo's round, and one whose officials are invited by letter."""

from __future__ import annotations

import shutil
from pathlib import Path

from collector.demo.folders import DemoFolders
from collector.demo.phone import local_server
from collector.settings import sqlite_url
from collector.store import Store, open_store
from collector.store.clock import day_of
from docs.album import desks
from docs.album.camera import Album, browser
from docs.album.papers import photograph_papers, photograph_report, photograph_sheet
from docs.album.phones import photograph_opt_out, photograph_phones
from docs.album.rounds import (
    ask_for_points,
    ask_to_sign,
    decide_doubts,
    draw_calls,
    find_paper,
    hand_tables_in,
    invite_officials,
    look_twice,
    make_accounts,
    read_all_twice,
    take_people_in,
)
from docs.album.screens import INVITING, PEOPLE, SCREENS
from forms.campaign import Campaign
from forms.folder import load_campaign

_OF_THE_README = {"quota": "tong-quan", "review": "can-xem-lai"}


def make_album(folders: DemoFolders, scratch: Path, album: Album) -> None:
    """Take every picture of README and handbook, of a demo's folders, which it changes; NotShown where one fails."""
    photograph_sheet(folders, album)
    photograph_papers(folders, album)
    _photograph_demo(folders, album)
    _photograph_inviting(scratch, album)


def _photograph_demo(folders: DemoFolders, album: Album) -> None:
    campaign = read_all_twice(load_campaign(folders.campaign))
    store = open_store(folders.campaign, campaign.settings, sqlite_url(folders.campaign))
    with local_server(store, campaign) as address, browser() as chromium:
        desks.photograph_door(album, chromium, address)
        _let_happen(store, campaign, folders)
        keys = {"paper": find_paper(store), "day": day_of().isoformat()}
        password = make_accounts(store)
        seated = {role: desks.open_desk(album, chromium, address, role, password) for role in PEOPLE}
        for role, desk in seated.items():
            desks.photograph_desk(album, desk, address, SCREENS, role, **keys)
        desks.photograph_preview_phone(album, seated["manager"], address)
        desks.photograph_first_password(album, seated["manager"], address)
        desks.photograph_table_under_way(album, seated["manager"], address, store)
        photograph_phones(album, chromium, address, store)
        desks.photograph_second_factor(album, chromium, address, store, campaign, seated["viewer"])
        photograph_report(folders, album, chromium)
        desks.photograph_scan_under_way(album, seated["verifier"], address, folders)
    for name, source in _OF_THE_README.items():
        shutil.copyfile(album.handbook / f"{source}.png", album.readme / f"{name}.png")
    store.close()


def _let_happen(store: Store, campaign: Campaign, folders: DemoFolders) -> None:
    """All that people of a round do before it is photographed."""
    draw_calls(store, campaign, folders.out)
    ask_for_points(store)
    decide_doubts(store)
    hand_tables_in(store)
    look_twice(store)
    take_people_in(store, campaign, folders.out)
    ask_to_sign(store, campaign)


def _photograph_inviting(scratch: Path, album: Album) -> None:
    """Letters, their opt-out, reserve sheets, a print run, and the seed of a recheck as it is shown once."""
    store, campaign = invite_officials(scratch / "tra-vinh")
    with local_server(store, campaign) as address, browser() as chromium:
        password = make_accounts(store, "SNV")
        manager = desks.open_desk(album, chromium, address, "manager", password)
        clerk = desks.open_desk(album, chromium, address, "clerk", password)
        desks.photograph_desk(album, manager, address, INVITING, "manager")
        desks.photograph_desk(album, clerk, address, INVITING, "clerk")
        desks.photograph_press(album, clerk, address)
        desks.photograph_seed(album, manager, address)
        photograph_opt_out(album, chromium, address, store)
    store.close()
