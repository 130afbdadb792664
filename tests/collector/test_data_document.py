"""docs/data.md names every file that score, index, export and freeze write, and every column of its tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from forms.folder import load_campaign

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs" / "data.md"
_TOLD = re.compile(r"^\| ([^|]+?) \|[^|]*\| ?(.*?) ?\|$", re.MULTILINE)


def run(*args: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(each) for each in args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def described() -> dict[str, list[str]]:
    """Every file of the tables with its columns, [] for one that is none."""
    files: dict[str, list[str]] = {}
    for names, columns in _TOLD.findall(DOCUMENT.read_text(encoding="utf-8")):
        for name in re.findall(r"[\w/-]+\.(?:csv|xlsx|html|pdf|json|docx)", names.partition(", with ")[0]):
            files[name] = re.findall(r"`(\w+)`", columns) if name.endswith(".csv") else []
    return files


def heading(content: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def undescribed(folder: Path, files: dict[str, list[str]]) -> list[str]:
    """What stands in a folder and not in the document, or otherwise than there."""
    wrong = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        name = re.sub(r"^agencies/[A-Z0-9_-]+\.", "agencies/CODE.", name)
        if name not in files:
            wrong.append(name)
        elif name.endswith(".csv") and heading(path.read_bytes()) != files[name]:
            wrong.append(f"{name}: {heading(path.read_bytes())}")
    return wrong


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of the index with some answers: everything that the commands write has a row."""
    folder = tmp_path_factory.mktemp("data-document") / "khao-sat"
    run("init", folder, "--example", "quang-ninh-2017")
    asked = load_campaign(folder).get_questionnaire("TC")
    scored = [one for one in asked.questions() if one.criterion is not None]
    lines = ["agency,group," + ",".join(one.code for one in scored)]
    for place in range(12):
        said = [asked.levels(one)[(place + at) % 4].code for at, one in enumerate(scored)]
        lines.append(",".join([("SXD", "SNV")[place % 2], "TC", *said]))
    table = folder.parent / "nhap.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("import", folder, table)
    external = folder / "external.csv"  # these two have sheets instead
    kept = [line for line in external.read_text(encoding="utf-8").splitlines() if line[:4] not in ("SXD,", "SNV,")]
    external.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


def test_every_file_and_column_of_a_score_is_described(folder: Path, tmp_path: Path) -> None:
    run("score", folder, "--out", tmp_path / "first", "--no-pages")
    before = tmp_path / "first" / "estimates.csv"
    run("score", folder, "--out", tmp_path / "out", "--before", before, "--agency", "SXD", "--word")
    assert (tmp_path / "out" / "change.csv").is_file()
    assert not undescribed(tmp_path / "out", described())


def test_every_file_and_column_of_an_index_and_its_editions_is_described(folder: Path, tmp_path: Path) -> None:
    for edition in ("du-kien", "sau-kien-nghi"):
        run("index", folder, "--out", tmp_path / edition, "--edition", edition, "--word")
    assert (tmp_path / "sau-kien-nghi" / "changes.csv").is_file()
    assert not undescribed(tmp_path / "sau-kien-nghi", described())


def test_every_column_of_an_export_is_described(folder: Path, tmp_path: Path) -> None:
    run("export", folder, "--out", tmp_path)
    told = DOCUMENT.read_text(encoding="utf-8").split("\n## answers.csv, words.csv and as_above.csv\n")[1]
    first, words, as_above = re.split(r"\n(?:words|as_above)\.csv: ", told.split("\n## ")[0])
    for name, said in (("answers.csv", first), ("words.csv", words), ("as_above.csv", as_above)):
        named = set(re.findall(r"`([a-z_]+)`", said))
        assert set(heading((tmp_path / name).read_bytes())) <= named, name
    assert {path.name for path in tmp_path.iterdir()} == {"answers.csv", "words.csv", "as_above.csv"}


def test_every_file_of_a_frozen_edition_is_described(folder: Path, tmp_path: Path) -> None:
    run("freeze", folder, "--out", tmp_path / "e.zip", "--provisional")
    files, told = described(), DOCUMENT.read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "e.zip") as edition:
        for name in edition.namelist():
            top, _, rest = name.partition("/")
            assert f"`{top}/`" in told if rest else f"`{top}`" in told, name
            if top in ("results", "reports"):
                assert rest in files, name
                if rest.endswith(".csv"):
                    assert heading(edition.read(name)) == files[rest]
        said = told[told.index("`phieu freeze --out") :].split("\n\n")[0]
        columns = said.split("`answers.csv` (")[1].split(")")[0]
        assert heading(edition.read("answers.csv")) == re.findall(r"`(\w+)`", columns.split(";")[0])


def test_a_column_that_is_not_described_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("agency,block,luck\r\n", encoding="utf-8")
    (tmp_path / "luck.csv").write_text("agency\r\n", encoding="utf-8")
    assert undescribed(tmp_path, described()) == ["index.csv: ['agency', 'block', 'luck']", "luck.csv"]
