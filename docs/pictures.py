"""The pictures of the README and of the handbook, made by the program itself: papers, screens, the report.

    make pictures [ARGS=demo]      (a folder of an earlier `phieu demo` is photographed instead of a new one)

Runs a small demo in a scratch folder, renders a printed page, and photographs the pages in a headless Chromium, each
screen as the role sees it that works there.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from collector.accounts.passwords import hash_password, make_password
from collector.accounts.second_factor import seal_secret
from collector.beside import answers
from collector.beside import people as list_of_people
from collector.beside.upload import keep_upload
from collector.beside.work import Kind, Work, keep_work, run_work
from collector.demo import run_demo
from collector.demo.folders import DemoFolders
from collector.demo.phone import local_server
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
from collector.printing.packs import FOLDER
from collector.recheck.calling import note_attempt
from collector.recheck.contacts import import_contacts
from collector.recheck.drawing import commit, draw_rechecks
from collector.recheck.recording import record_call
from collector.review.deciding import list_doubts, settle_doubt
from collector.review.second_look import look_again
from collector.settings import sqlite_url
from collector.store import Store, open_store
from collector.store.accounts import add_account, change_account
from collector.store.clock import day_of, store_time
from collector.store.editions import Petition
from collector.store.invitations import list_invitations
from collector.store.looks import load_seen
from collector.store.recheck_decisions import list_counted
from collector.store.scans import UNREAD, list_pages
from collector.store.schema import drawn_answer
from collector.store.sheets import list_sheets
from collector.web.unread import PICTURELESS
from forms.account_rules import Role
from forms.campaign import Campaign
from forms.code import code_address
from forms.compose import make_layout
from forms.folder import load_campaign
from forms.index_points import load_index
from forms.letters import LetterRules
from forms.pdf import PrintedSheet, SheetWriter
from forms.recheck import make_seed
from forms.rules import BackupRules
from forms.serial import make_serial
from forms.versions import plan_versions
from forms.words import text

PICTURES = Path(__file__).parent / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SHEETS = 200
HANDBOOK = Path(__file__).parent / "handbook" / "pictures"
PATIENCE_MS = 180_000  # the first picture of a row is cut while a busy machine waits
COLOURS = (64, 32, 16, 8)  # the most that fit; our screens need few, and a third of the size
LARGEST_BYTES = 100_000
WIDE, NARROW = (1180, 800), (390, 800)


@dataclass(frozen=True)
class Screen:
    """A picture of the handbook: its name, whose screen it is, and where; `size` in CSS pixels."""

    name: str
    role: Role
    path: str
    size: tuple[int, int] = WIDE


# Login names; what a screen calls them is their role, so that a picture says whose it is.
PEOPLE: dict[Role, str] = {
    "manager": "hoa.lt",
    "clerk": "nam.tv",
    "verifier": "ha.pt",
    "rechecker": "duc.vm",
    "viewer": "anh.bd",
    "auditor": "lan.dt",
}
SCREENS = (
    Screen("tong-quan", "manager", "", (WIDE[0], 1350)),
    Screen("tong-quan-dien-thoai", "manager", "", NARROW),
    Screen("nguoi-dung", "manager", "nguoi-dung/"),
    Screen("them-nguoi-dung", "manager", "nguoi-dung/them"),
    Screen("diem", "manager", "diem/"),
    Screen("diem-co-quan", "manager", "diem/HLO/"),
    Screen("diem-tieu-chi", "manager", "diem/HLO/TC4.1", (WIDE[0], 1250)),
    Screen("dau-hieu", "manager", "diem/dau-hieu"),
    Screen("chuan-bi", "manager", "chuan-bi/"),
    Screen("xem-truoc", "manager", "chuan-bi/xem-truoc", (WIDE[0], 1250)),
    Screen("thong-tin-dot", "manager", "chuan-bi/thong-tin", (WIDE[0], 900)),
    Screen("in-phieu", "manager", "chuan-bi/in", (WIDE[0], 900)),
    Screen("dot-sau", "manager", "chuan-bi/dot-sau", (WIDE[0], 700)),
    Screen("rut-va-moi", "manager", "rut-va-moi/", (WIDE[0], 1000)),
    Screen("nguoi-gui", "manager", "thu-moi/nguoi-gui", (WIDE[0], 1100)),
    Screen("ghi-kien-nghi", "manager", "kien-nghi/ghi-nhan", (WIDE[0], 700)),
    Screen("so-sanh-ban-chi-so", "manager", "ban-chi-so/so-sanh", (WIDE[0], 900)),
    Screen("mot-ban-chi-so", "manager", "ban-chi-so/du-kien", (WIDE[0], 900)),
    Screen("mot-tai-khoan", "manager", "nguoi-dung/tai-khoan/nam.tv", (WIDE[0], 900)),
    Screen("phuc-tra-ket-qua", "manager", "phuc-tra/ket-qua", (WIDE[0], 900)),
    Screen("phuc-tra-xu-ly", "manager", "phuc-tra/xu-ly", (WIDE[0], 700)),
    Screen("doi-mat-khau", "clerk", "tai-khoan/mat-khau", (WIDE[0], 560)),
    Screen("hai-lop", "clerk", "tai-khoan/xac-thuc", (WIDE[0], 800)),
    Screen("huy", "clerk", "giao-nhan/huy", (WIDE[0], 700)),
    Screen("dinh-chinh", "clerk", "giao-nhan/dinh-chinh", (WIDE[0], 700)),
    Screen("mot-lo-quet", "verifier", "lo-quet/{day}", (WIDE[0], 900)),
    Screen("chu-ky", "verifier", "chu-ky/", (WIDE[0], 600)),
    Screen("ket-qua-may-doc", "auditor", "kiem-tra-may-doc/ket-qua", (WIDE[0], 1100)),
    Screen("kiem-tra-chuoi", "auditor", "nhat-ky/kiem-tra", (WIDE[0], 560)),
    Screen("giao-nhan", "clerk", "giao-nhan/"),
    Screen("giao", "clerk", "giao-nhan/giao"),
    Screen("thu-ve", "clerk", "giao-nhan/thu-ve"),
    Screen("con-thieu", "clerk", "giao-nhan/con-thieu"),
    Screen("lo-quet", "verifier", "lo-quet/"),
    Screen("can-xem-lai", "verifier", "can-xem-lai/"),
    Screen("kiem-tra-may-doc", "verifier", "kiem-tra-may-doc/"),
    Screen("nguoi-doc-thu-hai", "verifier", "nguoi-doc-thu-hai/"),
    Screen("phieu-trung", "verifier", "phieu-trung/"),
    Screen("khong-doc-duoc", "verifier", "khong-doc-duoc/"),
    Screen("nhap-tay", "verifier", "nhap-tay/?page={paper}", (WIDE[0], 600)),
    Screen("nhap-tay-cau", "verifier", "nhap-tay/1"),
    Screen("kien-nghi", "manager", "kien-nghi/"),
    Screen("quyet-dinh-kien-nghi", "manager", "kien-nghi/2", (WIDE[0], 1250)),
    Screen("ban-chi-so", "manager", "ban-chi-so/"),
    Screen("phuc-tra-chuan-bi", "manager", "phuc-tra/chuan-bi", (WIDE[0], 1250)),
    Screen("danh-sach-nguoi", "manager", "danh-sach-nguoi/", (WIDE[0], 900)),
    Screen("nhan-bang", "manager", "nhan-bang/", (WIDE[0], 900)),
    Screen("tai-du-lieu", "manager", "tai-du-lieu/", (WIDE[0], 900)),
    Screen("tra-bien-nhan", "clerk", "bien-nhan/", (WIDE[0], 560)),
    Screen("phuc-tra", "rechecker", "phuc-tra/"),
    Screen("phuc-tra-goi", "rechecker", "phuc-tra/goi/HLO-02", (WIDE[0], 1250)),
    Screen("tien-do", "viewer", ""),
    Screen("tien-do-dien-thoai", "viewer", "", NARROW),
    Screen("nhat-ky", "auditor", "giao-nhan/nhat-ky"),
    Screen("nhat-ky-chung", "auditor", "nhat-ky/"),
    Screen("rut-phieu", "auditor", "diem/HLO/rut?seed=12+34&n=5"),
)

# Of a round with reserve sheets, officials who are invited by letter, and a recheck that is not yet begun.
INVITING = (
    Screen("thu-moi", "manager", "thu-moi/", (WIDE[0], 900)),
    Screen("phieu-du-phong", "clerk", "giao-nhan/du-phong", (WIDE[0], 800)),
)

PETITIONS = (
    ("CPH", "TC7.2", "31/UBND-NV", "demo.petition_explain"),
    ("HLO", "TC4.1", "45/UBND-NV", "demo.petition_look"),
)
INVITED_AT = ("SNV", "STP", "STC")  # of tra-vinh-2023
CALLED_AT = ("HLO", "CPH")  # agencies of the demo with more sheets than others


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def photograph_sheet(folders: DemoFolders) -> None:
    document = pypdfium2.PdfDocument(str(folders.printed / "HLO" / "CD.pdf"))
    document[0].render(scale=100 / 72).to_pil().save(PICTURES / "sheet.png", optimize=True)


def photograph_papers(folders: DemoFolders) -> None:
    """A matrix sheet of today's province, and the hand-over record of the demo's print pack."""
    campaign = load_campaign(examples_folder() / "hai-cap-2025")
    asked = campaign.questionnaires["danh-gia-so"]
    layout, plan = make_layout(campaign, asked, plan_versions(campaign, asked).head(0))
    path = folders.out / "matrix.pdf"
    writer = SheetWriter(path, plan, code_address(campaign.settings.public_address))
    writer.add(PrintedSheet(make_serial(layout.number), "ANSINH-LX-001", campaign.get_agency("ANSINH").name))
    writer.close()
    record = folders.printed / FOLDER / "HLO" / "bien-ban-giao-nhan.pdf"
    for name, pdf in (("matrix", path), ("record", record)):
        page = pypdfium2.PdfDocument(str(pdf))[0]
        page.render(scale=100 / 72).to_pil().convert("L").save(PICTURES / f"{name}.png", optimize=True)


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
    said = {"decision": "refused", "reply": "52/SNV-CCHC", "why": text("demo.petition_why"), "who": who}
    decide_petition(store, campaign, points, replace(get_petition(store, 1), **said))


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
        unread = (page for status in UNREAD for page in list_pages(conn, status=status, limit=10))
        return next(page.id for page in unread if page.reason not in PICTURELESS)


def enter_console(page: Page, address: str, name: str, password: str) -> None:
    """Through the door."""
    page.goto(f"{address}/quan-ly")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url("**/quan-ly/")


def photograph(page: Page, path: Path, size: tuple[int, int] | None = None) -> None:
    """The page as it stands once its pictures are there, in few colours."""
    if size is not None:
        page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator("#waiting").wait_for(state="detached")  # a preview that is drawn first
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in COLOURS:
        shot.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return


def photograph_screens(folders: DemoFolders) -> None:
    campaign = read_all_twice(load_campaign(folders.campaign))
    store = open_store(folders.campaign, campaign.settings, sqlite_url(folders.campaign))
    with local_server(store, campaign) as address, browser() as chromium:
        door = chromium.new_page(locale="vi-VN")
        door.goto(f"{address}/quan-ly")
        photograph(door, HANDBOOK / "dang-nhap.png", (WIDE[0], 460))
        draw_calls(store, campaign, folders.out)
        ask_for_points(store)
        decide_doubts(store)
        hand_tables_in(store)
        look_twice(store)
        take_people_in(store, campaign, folders.out)
        ask_to_sign(store, campaign)
        password, paper, day = make_accounts(store), find_paper(store), day_of().isoformat()
        for role, name in PEOPLE.items():
            desk = chromium.new_context(locale="vi-VN").new_page()
            desk.set_default_timeout(PATIENCE_MS)
            enter_console(desk, address, name, password)
            for screen in SCREENS:
                if screen.role == role:
                    desk.goto(f"{address}/quan-ly/{screen.path.format(paper=paper, day=day)}")
                    photograph(desk, HANDBOOK / f"{screen.name}.png", screen.size)
            desk.context.close()
        photograph_phone(chromium, address, store)
        photograph_code(chromium, address, store, campaign)
        report = chromium.new_page()
        report.goto((folders.results / "report.html").resolve().as_uri())
        photograph(report, PICTURES / "report.png", (1200, 1700))
    for name, source in (("quota", "tong-quan"), ("review", "can-xem-lai")):
        shutil.copyfile(HANDBOOK / f"{source}.png", PICTURES / f"{name}.png")
    store.close()


def photograph_phone(chromium: Browser, address: str, store: Store) -> None:
    """A sheet on a phone that nobody has answered, and its receipt."""
    with store.read() as conn:
        *_, other, fresh = (one.serial for one in list_sheets(conn, "HLO", "CD"))
    phone = chromium.new_context(locale="vi-VN").new_page()
    phone.goto(f"{address}/P")
    photograph(phone, HANDBOOK / "go-ma.png", (NARROW[0], 560))
    phone.goto(f"{address}/P/{fresh}")
    photograph(phone, HANDBOOK / "dien-thoai.png", NARROW)
    phone.locator("input[type=radio]").first.check(force=True)
    phone.get_by_role("button", name=text("phone.send")).click()
    phone.get_by_role("heading", name=text("phone.receipt_title")).wait_for()
    photograph(phone, HANDBOOK / "bien-nhan.png", NARROW)
    photograph_differing(chromium, address, other)


def photograph_differing(chromium: Browser, address: str, serial: str) -> None:
    """A sheet that two phones answer otherwise, and its link when somebody opens it again."""
    phones = [chromium.new_context(locale="vi-VN").new_page() for _ in range(2)]
    for phone in phones:
        phone.goto(f"{address}/P/{serial}")
    for place, phone in enumerate(phones):
        phone.locator("input[type=radio]").nth(place).check(force=True)
        phone.get_by_role("button", name=text("phone.send")).click()
        phone.get_by_role("heading", name=text(("phone.receipt_title", "phone.conflict_title")[place])).wait_for()
    photograph(phones[1], HANDBOOK / "dien-thoai-khac.png", (NARROW[0], 700))
    other = chromium.new_context(locale="vi-VN").new_page()
    other.goto(f"{address}/P/{serial}")
    photograph(other, HANDBOOK / "dien-thoai-da-tra-loi.png", (NARROW[0], 560))


def photograph_code(chromium: Browser, address: str, store: Store, campaign: Campaign) -> None:
    """The door's second half, for an account whose second factor is set up."""
    password = make_password()
    with store.write() as conn:
        name, shown = "minh.tt", text("account.role_observer")
        key = add_account(conn, name, shown, {"observer"}, hash_password(password), must_change=False)
        change_account(conn, key, {"totp_sealed": seal_secret(campaign.settings.id, key, "A" * 32)})
    door = chromium.new_context(locale="vi-VN").new_page()
    door.goto(f"{address}/quan-ly")
    door.fill("#name", name)
    door.fill("#password", password)
    door.click("main button")
    door.wait_for_url("**/ma-xac-thuc*")
    photograph(door, HANDBOOK / "ma-xac-thuc.png", (WIDE[0], 460))


def photograph_inviting(scratch: Path) -> None:
    """Letters, their opt-out, reserve sheets, and the seed of a recheck as it is shown once."""
    store, campaign = invite_officials(scratch / "tra-vinh")
    with local_server(store, campaign) as address, browser() as chromium:
        password = make_accounts(store, "SNV")
        for role in ("manager", "clerk"):
            desk = chromium.new_context(locale="vi-VN").new_page()
            enter_console(desk, address, PEOPLE[role], password)
            for screen in INVITING:
                if screen.role == role:
                    desk.goto(f"{address}/quan-ly/{screen.path}")
                    photograph(desk, HANDBOOK / f"{screen.name}.png", screen.size)
            if role == "manager":
                desk.goto(f"{address}/quan-ly/phuc-tra/chuan-bi")
                desk.get_by_role("button", name=text("recheck.plan_commit_press")).click()
                desk.get_by_role("heading", name=text("recheck.plan_seed_title")).wait_for()
                photograph(desk, HANDBOOK / "chuoi-phuc-tra.png", (WIDE[0], 560))
        with store.read() as conn:
            token = list_invitations(conn)[0].token
        phone = chromium.new_context(locale="vi-VN").new_page()
        phone.goto(f"{address}/T/{token}")
        photograph(phone, HANDBOOK / "thoi-nhan-thu.png", (NARROW[0], 640))
    store.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    HANDBOOK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = DemoFolders(Path(scratch) / "demo")
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], folders.out)
        else:
            run_demo(folders.out, SHEETS, quiet_progress, print)
        photograph_sheet(folders)
        photograph_papers(folders)
        photograph_screens(folders)
        photograph_inviting(Path(scratch))


@contextmanager
def quiet_progress(_: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda *_: None


if __name__ == "__main__":
    main()
