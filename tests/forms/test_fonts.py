"""Typefaces: the office's where it is, ours elsewhere, and no glyph missing in any face."""

from __future__ import annotations

import dataclasses
import shutil
import struct
from pathlib import Path

import fontpkg
import pytest

from forms.campaign import Campaign
from forms.checkup import check_folder
from forms.compose import compose, make_layout, plan_id
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.fonts import BOLD, OURS, REGULAR, choose_family, find_typeface, get_typeface, setting_in, text_width_mm
from forms.promises import make_head
from forms.words import catalogue

EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/campaign.yaml"))
PRINTED = ("sheet.", "promise.")


def renamed(file: Path, family: str) -> bytes:
    """A font file whose family is called otherwise: the name table is given anew, the rest stays."""
    data = bytearray(file.read_bytes())
    (count,) = struct.unpack_from(">H", data, 4)
    for entry in range(12, 12 + 16 * count, 16):
        if data[entry : entry + 4] == b"name":
            (start, length) = struct.unpack_from(">LL", data, entry + 8)
            old, new = ("IBM Plex Serif".encode("utf-16-be"), family.encode("utf-16-be"))
            assert len(old) == len(new)
            data[start : start + length] = data[start : start + length].replace(old, new)
    return bytes(data)


@pytest.fixture
def office_folder(folder: Path) -> Path:
    """A campaign folder with a typeface of its own, three faces."""
    (folder / "fonts").mkdir()
    for name, weight, style in (("", 400, "normal"), ("-Bold", 700, "normal"), ("-Italic", 400, "italic")):
        file = Path(fontpkg.path(OURS, weight=weight, style=style))
        (folder / "fonts" / f"Office{name}.ttf").write_bytes(renamed(file, "Office Serif X"))
    return folder


def name_typeface(folder: Path, family: str) -> None:
    path = folder / "campaign.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"\ntypeface: {family}\n", encoding="utf-8")


@pytest.mark.parametrize("example_folder", EXAMPLES, ids=lambda path: path.name)
def test_no_example_asks_for_a_letter_that_a_face_lacks(example_folder: Path) -> None:
    campaign = load_campaign(example_folder)
    face = get_typeface(make_head(campaign, next(iter(campaign.questionnaires.values()))).typeface, campaign.fonts)
    for asked in campaign.questionnaires.values():
        assert face.missing(asked.model_dump_json()) == set()
    assert face.missing("".join(agency.name for agency in campaign.agencies)) == set()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_word_printed_on_sheets_lacks_a_letter(lang: str) -> None:
    words = [said[lang] for key, said in catalogue().items() if key.startswith(PRINTED)]
    assert len(words) > 20
    assert get_typeface(OURS).missing("".join(words) + "→“”·–") == set()


def test_a_letter_that_is_not_there_is_told() -> None:
    assert get_typeface(OURS).missing("Tốt \N{BALLOT BOX}") == {"\N{BALLOT BOX}"}


def test_the_campaigns_own_typeface_is_found_by_the_name_inside_its_files(office_folder: Path) -> None:
    face = find_typeface("Office Serif X", (office_folder / "fonts",))
    assert face is not None
    with setting_in(face):
        assert text_width_mm("Hạ Long", BOLD, 10) > text_width_mm("Hạ Long", REGULAR, 10) > 0


def test_a_typeface_without_its_italic_is_none(office_folder: Path) -> None:
    (office_folder / "fonts" / "Office-Italic.ttf").unlink()
    copied = Path(shutil.copytree(office_folder / "fonts", office_folder / "two"))
    assert find_typeface("Office Serif X", (copied,)) is None


def test_a_named_typeface_is_used_and_kept_in_the_head(office_folder: Path) -> None:
    name_typeface(office_folder, "Office Serif X")
    campaign = check_folder(office_folder)
    asked = campaign.questionnaires["cong-chuc"]
    head = make_head(campaign, asked)
    layout, plan = make_layout(campaign, asked)
    assert (head.typeface, plan.face.family) == ("Office Serif X", "Office Serif X")
    ours = dataclasses.replace(campaign, settings=campaign.settings.model_copy(update={"typeface": OURS}))
    assert make_layout(ours, asked)[0].id != layout.id
    assert plan_id(compose(head, asked, campaign.fonts), head, asked) == layout.id


def test_a_typeface_that_this_machine_lacks_is_one_clear_problem(folder: Path) -> None:
    name_typeface(folder, "No Such Serif")
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    (problem,) = wrong.value.problems
    assert problem.where.startswith("campaign.yaml:")
    assert "No Such Serif" in problem.what
    assert OURS in problem.fix


def test_a_sheet_printed_elsewhere_says_which_typeface_it_needs(example: Campaign) -> None:
    asked = example.questionnaires["cong-chuc"]
    head = make_head(example, asked, family="No Such Serif")
    with pytest.raises(InputWrong, match="No Such Serif"):
        compose(head, asked)


def test_without_the_offices_typeface_ours_is_taken() -> None:
    assert choose_family("Office Serif X") == "Office Serif X"
    assert choose_family(None) in ("Times New Roman", OURS)
