"""The accounting of sheets in the console."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from flask import Flask
from PIL import Image

from collector.store import Store
from collector.store.quota import QuotaRow, quota_rows
from collector.store.sheets import list_sheets
from collector.web.app import LARGEST_PICTURE_BYTES, LARGEST_POST_BYTES
from forms.code import make_code, qr_matrix

BASE = "/quan-ly/giao-nhan"
OUT = {"day": "20/3/2014", "letter": "12/BB"}


def cell(store: Store, agency: str = "HL", group: str = "CD") -> QuotaRow:
    with store.read() as conn:
        return next(row for row in quota_rows(conn) if (row.agency, row.group) == (agency, group))


@pytest.mark.parametrize("page", ["", "/giao", "/thu-ve", "/du-phong", "/huy", "/dinh-chinh", "/con-thieu", "/nhat-ky"])
def test_nobody_sees_it_without_logging_in(web: Any, page: str) -> None:
    assert web.get(BASE + page).status_code == 303


@pytest.mark.parametrize(
    ("page", "tick"), [("giao", "đánh dấu “Cả ô chỉ tiêu”"), ("du-phong", "đánh dấu “Cả ô chỉ tiêu”"), ("huy", "")]
)
def test_a_form_without_sheets_says_what_this_form_takes(staff: Any, page: str, tick: str) -> None:
    reply = staff.post(f"{BASE}/{page}", {"agency": "HL", "group": "CD", "day": "2014-03-20", "note": "x"})
    assert reply.status_code == 422
    assert "chưa nêu phiếu nào" in reply.text
    assert tick in reply.text
    assert "cả ô chỉ tiêu thì nêu cơ quan" not in reply.text


def test_several_sheets_are_voided_only_by_whoever_counted_them(staff: Any, store: Store) -> None:
    form = {"names": "HL-CD-001..HL-CD-003", "note": "in lệch"}
    for count in ("", "2", "30"):
        reply = staff.post(f"{BASE}/huy", {**form, "count": count})
        assert reply.status_code == 422
        assert "các số ghi ở trên là 3 phiếu" in reply.text
    assert cell(store).void == 0
    assert staff.post(f"{BASE}/huy", {**form, "count": "3"}).status_code == 303
    assert cell(store).void == 3
    assert staff.post(f"{BASE}/huy", {"names": "HL-CC-001", "note": "rách"}).status_code == 303  # one is what is typed


def test_a_hand_over_shows_in_the_table_the_list_and_the_log(staff: Any, store: Store, parse: Any) -> None:
    reply = staff.post(f"{BASE}/giao", {"names": "HL-CD-001..HL-CD-003", "to": "STC", **OUT})
    assert reply.status_code == 303
    assert cell(store).outstanding == 3
    assert "HL-CD-001..HL-CD-003" in staff.get(reply.location).text
    for page in ("/con-thieu", "/nhat-ky"):
        shown = parse(staff.get(BASE + page).text).words
        assert "HL-CD-001..HL-CD-003" in shown
        assert "Sở Tài chính" in shown
        assert "12/BB" in shown
    table = staff.get(f"{BASE}/con-thieu.csv")
    assert table.mimetype == "text/csv"
    assert "HL-CD-001..HL-CD-003" in table.text


def test_a_letter_that_begins_a_formula_is_a_text_in_the_table(staff: Any) -> None:
    staff.post(f"{BASE}/giao", {"names": "HL-CD-001", **OUT, "letter": "=1+1"})
    assert ",'=1+1," in staff.get(f"{BASE}/con-thieu.csv").text


def test_a_double_click_records_once_and_says_so(staff: Any, store: Store) -> None:
    for _ in range(2):
        reply = staff.post(f"{BASE}/giao", {"names": "HL-CD-001\nHL-CD-002", **OUT})
        assert reply.status_code == 303
    assert "2 phiếu đã được ghi nhận như vậy" in staff.get(reply.location).text
    assert cell(store).outstanding == 2


def test_serials_from_a_hand_scanner_name_sheets(staff: Any, store: Store, desk: Any) -> None:
    serials = desk.serials()[:2]
    staff.post(f"{BASE}/giao", {"names": "".join(f"{serial}-1\r\n" for serial in serials), **OUT})
    assert cell(store).outstanding == 2


def stack_of(serials: list[str]) -> bytes:
    """A picture of so many codes side by side."""
    codes = [np.kron(qr_matrix(make_code("", serial, 1)), np.ones((6, 6))) for serial in serials]
    row = np.concatenate([np.pad(code, 40) for code in codes], axis=1)
    picture = io.BytesIO()
    Image.fromarray(np.where(row, 20, 235).astype(np.uint8)).save(picture, "PNG")
    return picture.getvalue()


def test_a_picture_of_a_stack_fills_the_form_and_records_nothing(
    staff: Any, store: Store, desk: Any, parse: Any
) -> None:
    serials = desk.serials()[:3]
    with store.read() as conn:
        numbers = [sheet.number for sheet in list_sheets(conn) if sheet.serial in serials]
    form = {"names": "HL-CD-020", "picture": (io.BytesIO(stack_of(serials)), "xap.png"), **OUT}
    reply = staff.post(f"{BASE}/giao/anh", form)
    assert reply.status_code == 200
    assert "3 phiếu trong ảnh" in parse(reply.text).words
    for name in ("HL-CD-020", *numbers):
        assert name in reply.text
    assert cell(store).outstanding == 0


def test_a_picture_without_a_code_is_said_and_what_was_typed_stays(staff: Any) -> None:
    for content in (b"no picture", b""):
        form = {"names": "HL-CD-020", "picture": (io.BytesIO(content), "xap.png"), **OUT}
        reply = staff.post(f"{BASE}/giao/anh", form)
        assert reply.status_code == 422
        assert "HL-CD-020" in reply.text


def test_only_staff_may_send_a_picture_of_some_size(web: Any, staff: Any) -> None:
    large = {"picture": (io.BytesIO(bytes(LARGEST_POST_BYTES + 1)), "xap.png")}
    assert web.post(f"{BASE}/giao/anh", data=large).status_code == 413
    large = {"picture": (io.BytesIO(bytes(LARGEST_POST_BYTES + 1)), "xap.png")}
    assert staff.post(f"{BASE}/giao/anh", large).status_code == 422
    large = {"picture": (io.BytesIO(bytes(LARGEST_PICTURE_BYTES + 1)), "xap.png")}
    assert staff.post(f"{BASE}/giao/anh", large).status_code == 413


def test_every_problem_is_shown_at_once_and_what_was_typed_stays(staff: Any, store: Store, parse: Any) -> None:
    typed = "HL-CD-001\nHL-CD-099\nxyz"
    reply = staff.post(f"{BASE}/giao", {"names": typed, **OUT})
    assert reply.status_code == 422
    shown = parse(reply.text)
    assert "HL-CD-099" in shown.words
    assert typed in shown.words
    assert shown.all("input", name="letter", value="12/BB")
    assert cell(store).outstanding == 0


def test_whole_cells_must_be_meant(staff: Any, store: Store) -> None:
    chosen = {"agency": "HL", "group": "CD", **OUT}
    assert staff.post(f"{BASE}/giao", chosen).status_code == 422
    assert staff.post(f"{BASE}/giao", {**chosen, "names": "1", "whole": "1"}).status_code == 422
    assert staff.post(f"{BASE}/giao", {**chosen, "whole": "1"}).status_code == 303
    assert cell(store).outstanding == 3
    assert staff.post(f"{BASE}/thu-ve", {**chosen, "whole": "1", "state": "lost"}).status_code == 303
    assert staff.post(f"{BASE}/du-phong", {"agency": "HL", "whole": "1"}).status_code == 303
    assert cell(store).lost == 3
    with store.read() as conn:
        assert list_sheets(conn, "HL", "CD")[3].state == "printed"
    assert staff.post(f"{BASE}/giao", {"names": "HL-CD-004", **OUT}).status_code == 303


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("thu-ve", {"names": "HL-CD-001"}),
        ("thu-ve", {"names": "HL-CD-001", "state": "gone"}),
        ("dinh-chinh", {"names": "HL-CD-001", "note": "nhầm"}),
        ("huy", {"names": "HL-CD-001"}),
        ("huy", {"agency": "HL", "whole": "1", "note": "hết"}),
        ("giao", {"names": "HL-CD-002", "day": "mai"}),
        ("giao", {"names": "HL-CD-002", "to": "XYZ"}),
    ],
)
def test_what_is_not_said_is_asked_for(staff: Any, store: Store, page: str, typed: dict[str, str]) -> None:
    staff.post(f"{BASE}/giao", {"names": "HL-CD-001", **OUT})
    before = cell(store)
    assert staff.post(f"{BASE}/{page}", typed).status_code == 422
    assert cell(store) == before


def test_nobody_judges_the_sheets_of_their_own_agency(app: Flask, log_in: Any, store: Store) -> None:
    own = log_in(app, workplace="HL")
    assert own.post(f"{BASE}/giao", {"names": "HL-CD-001", **OUT}).status_code == 303
    back = {"names": "HL-CD-001", "state": "lost", "day": "2014-03-28"}
    assert own.post(f"{BASE}/thu-ve", back).status_code == 303
    for page, more in (("huy", {}), ("dinh-chinh", {"what": "return"}), ("du-phong", {})):
        reply = own.post(f"{BASE}/{page}", {"names": "HL-CD-001", "note": "vì sao", **more})
        assert reply.status_code == 422
        assert "nơi Ông/Bà công tác" in reply.text
    assert log_in(app).post(f"{BASE}/huy", {"names": "HL-CD-001", "note": "rách"}).status_code == 303
    assert cell(store).void == 1


def test_the_table_adds_up_and_is_filtered_by_agency(staff: Any, desk: Any, parse: Any) -> None:
    desk.post(desk.serials()[0], q1="1")
    whole, one = (parse(staff.get(BASE + query).text).words for query in ("/", "/?agency=HL"))
    assert "Sở Nội vụ" in whole
    assert "Thành phố Hạ Long" in one
    rows = staff.get(f"{BASE}/?agency=HL").text
    assert rows.count('role="rowheader"') == 3


def test_a_post_without_the_forms_token_is_refused(staff: Any, store: Store) -> None:
    assert staff.client.post(f"{BASE}/giao", data={"names": "HL-CD-001", **OUT}).status_code == 400
    assert cell(store).outstanding == 0


def look(staff: Any, code: str, word: str = "giao", **more: str) -> dict[str, str]:
    reply = staff.post(f"{BASE}/{word}/to", {"code": code, **more})
    assert reply.status_code == 200
    return dict(reply.json)


def test_a_scanned_code_is_looked_up_and_nothing_is_recorded(staff: Any, store: Store, desk: Any) -> None:
    serial = desk.serials()[0]
    found = look(staff, f"HTTPS://X.VN/P/{serial}-1")
    assert (found["number"], found["cell"], found["why"]) == ("HL-CD-001", "HL-CD", "")
    assert "chưa giao cho ai" in look(staff, serial, "thu-ve")["why"]
    assert cell(store).outstanding == 0


def test_a_scanned_sheet_that_cannot_be_recorded_says_why(staff: Any) -> None:
    staff.post(f"{BASE}/giao", {"names": "HL-CD-001..HL-CD-003", **OUT})
    staff.post(f"{BASE}/thu-ve", {"names": "HL-CD-002", "state": "returned", "day": "2014-03-21", "letter": ""})
    assert "đã giao cho HL" in look(staff, "HL-CD-001")["why"]
    assert look(staff, "HL-CD-001", "thu-ve", state="returned")["why"] == ""
    assert "đã ghi là" in look(staff, "HL-CD-002", "thu-ve", state="returned")["why"]
    assert "không phải một tờ phiếu" in look(staff, "HL-CD-001..HL-CD-003")["why"]
    assert "không phải số phiếu" in look(staff, "8934563138165")["why"]


def test_sheets_that_came_in_a_table_have_a_column_of_their_own_where_there_are_any(desk: Any, staff: Any) -> None:
    assert "Nhập từ tệp" not in staff.get(f"{BASE}/").text
    desk.post(desk.serials()[0], "import", q1="1")
    page = staff.get(f"{BASE}/?agency=HL").text
    assert "qua điện thoại + nhập từ tệp + từ chối" in page
    assert "chưa thấy bản giấy" in page
