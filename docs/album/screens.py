"""Which screens are pictured: a name, whose screen it is, where it is."""

from __future__ import annotations

from dataclasses import dataclass

from forms.account_rules import Role

WIDE, NARROW = (1180, 800), (390, 800)
PATHS_OF_STAFF = "/quan-ly/"


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
