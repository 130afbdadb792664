"""Khmer: shaped on paper, supplied by the campaign, and named where it is missing.

The sentences here are dictionary words that stand for any text; they show shaping and translate nothing.
"""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import yaml

from forms.checkup import check_folder
from forms.compose import make_layout
from forms.errors import InputWrong
from forms.fonts import REGULAR, get_typeface, setting_in, split_runs, text_width_mm
from forms.pdf import PrintedSheet, SheetWriter
from forms.promises import make_head
from forms.serial import make_serial
from forms.words import Tongue, catalogue, text
from tests.forms.conftest import MATRIX

COUNTRY, YES, NO, VERY_GOOD = "កម្ពុជា", "បាទ", "ទេ", "ល្អណាស់"
PRINTED = ("sheet.", "promise.", "phone.")


def supplied() -> dict[str, str]:
    """A sample for every key: one word, and the fields of the sentence."""
    words = {}
    for key, said in catalogue().items():
        if key.startswith(PRINTED) and not key.startswith("phone.language_"):
            fields = [name for _, name, _, _ in string.Formatter().parse(said["vi"]) if name is not None]
            words[key] = " ".join([VERY_GOOD, *(f"{{{name}}}" for name in fields)])
    words["sheet.country"] = COUNTRY
    return words


@pytest.fixture
def khmer_folder(folder: Path) -> Path:
    path = folder / "campaign.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("languages: [vi]", "languages: [km]"), encoding="utf-8")
    asked = folder / "questionnaires" / "doanh-nghiep.yaml"
    asked.write_text(
        asked.read_text(encoding="utf-8").replace("label: Rất hài lòng", f"label: {VERY_GOOD}"), encoding="utf-8"
    )
    return folder


def write_words(folder: Path, words: dict[str, str]) -> None:
    (folder / "words.km.yaml").write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")


def dark_rows(path: Path) -> dict[str, np.ndarray]:
    page = pypdfium2.PdfDocument(str(path))[0].render(scale=6, grayscale=True).to_numpy()
    return np.asarray(page).reshape(page.shape[:2]) < 128


def test_every_missing_sentence_is_named(khmer_folder: Path) -> None:
    words = supplied()
    del words["sheet.page"], words["promise.name"]
    write_words(khmer_folder, words | {"sheet.motto_of_nobody": YES, "sheet.reserve": f"{NO} {{count}}"})
    with pytest.raises(InputWrong) as wrong:
        check_folder(khmer_folder)
    told = " ".join(str(problem) for problem in wrong.value.problems)
    for key in ("sheet.page", "promise.name", "sheet.motto_of_nobody", "sheet.reserve"):
        assert key in told
    assert len(wrong.value.problems) == 4


def test_without_the_file_every_key_is_missing(khmer_folder: Path) -> None:
    with pytest.raises(InputWrong) as wrong:
        check_folder(khmer_folder)
    assert len(wrong.value.problems) == len(supplied())


def test_words_of_a_matrix_are_asked_for_where_there_is_one(khmer_folder: Path) -> None:
    asked = khmer_folder / "questionnaires" / "lanh-dao.yaml"
    asked.write_text(yaml.safe_dump(MATRIX, allow_unicode=True), encoding="utf-8")
    settings = (khmer_folder / "campaign.yaml").read_text(encoding="utf-8")
    leaders = "groups:\n  - {code: LD, name: Lãnh đạo, questionnaire: lanh-dao, privacy: unlinked}\n"
    (khmer_folder / "campaign.yaml").write_text(settings.replace("groups:\n", leaders), encoding="utf-8")
    write_words(khmer_folder, supplied())
    with pytest.raises(InputWrong) as wrong:
        check_folder(khmer_folder)
    told = " ".join(str(problem) for problem in wrong.value.problems)
    for name in ("workplace", "agencies", "legend", "subset", "own_left_out", "how"):
        assert f"matrix.{name}" in told
    assert "matrix.kind" not in told, "what is wrong with a matrix is told to who prepares the survey"


def test_a_sheet_in_khmer_composes_with_its_words_in_the_head(khmer_folder: Path, tmp_path: Path) -> None:
    write_words(khmer_folder, supplied())
    campaign = check_folder(khmer_folder)
    asked = campaign.questionnaires["doanh-nghiep"]
    layout, plan = make_layout(campaign, asked)
    head = make_head(campaign, asked)
    assert text("sheet.country", head.tongue) == COUNTRY
    writer = SheetWriter(tmp_path / "sheet.pdf", plan, "", head.tongue)
    writer.add(PrintedSheet(make_serial(layout.number), "VPUB-DN-001", "Văn phòng UBND tỉnh"))
    writer.close()
    assert len(pypdfium2.PdfDocument(str(tmp_path / "sheet.pdf"))) == len(layout.pages)


def test_what_is_supplied_comes_before_the_catalogue_and_nothing_is_made_up() -> None:
    tongue = Tongue("km", {"sheet.page": VERY_GOOD + " {page}/{pages}"})
    assert text("sheet.page", tongue, page=1, pages=2) == VERY_GOOD + " 1/2"
    with pytest.raises(KeyError):
        text("sheet.end", tongue)


def test_shaping_joins_letters() -> None:
    face = get_typeface("IBM Plex Serif")
    assert [khmer for _, khmer in split_runs(f"Có {YES} / {NO}", 12)] == [False, True, False, True]
    with setting_in(face):
        assert 0 < text_width_mm(COUNTRY, REGULAR, 12) < sum(text_width_mm(sign, REGULAR, 12) for sign in COUNTRY)
    assert face.missing(f"Tốt {COUNTRY} {VERY_GOOD}") == set()


def test_what_follows_a_letter_below_the_line_stands_on_the_line_again(khmer_folder: Path, tmp_path: Path) -> None:
    write_words(khmer_folder, supplied())
    campaign = check_folder(khmer_folder)
    _, plan = make_layout(campaign, campaign.questionnaires["doanh-nghiep"])
    bottoms = []
    for name, words in (("whole", COUNTRY), ("end", COUNTRY[-2:])):
        writer = SheetWriter(tmp_path / f"{name}.pdf", plan, "")
        writer._say(words, 150, 20, 40, REGULAR, "right")
        writer._canvas.showPage()
        writer.close()
        rows, columns = np.nonzero(dark_rows(tmp_path / f"{name}.pdf"))
        with setting_in(plan.face):
            left_px = (150 - text_width_mm(COUNTRY[-2:], REGULAR, 40)) * 72 / 25.4 * 6
        bottoms.append(rows[columns > left_px].max())
    assert abs(int(bottoms[0]) - int(bottoms[1])) <= 2
