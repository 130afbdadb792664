"""What a print run of the console wrote, by unit: its sheets and its print pack, found by names of our own alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.prepare.press import print_folder
from collector.printing.folder import load_sheet_list
from collector.printing.packs import FOLDER, INDEX, SCANNING, find_papers, gather_packs
from collector.printing.training import FOLDER as TRAINING
from forms.campaign import Campaign
from forms.errors import NotFound
from forms.pack.index import PaperKind


@dataclass(frozen=True)
class Parcel:
    """All that goes to one unit: paths of its sheets and of its pack's papers, below the print folder.

    `papers` maps each path to what it is called, in the catalogue's topic `pack`.
    """

    code: str
    name: str
    sheets: int
    numbers: int
    files: tuple[str, ...]
    papers: Mapping[str, str]


def list_parcels(campaign: Campaign, folder: Path) -> list[Parcel]:
    """The units in the order of the quotas; only what is there, whole, is named. Empty before the first run."""
    out = print_folder(folder)
    if not (out / "sheets.csv").is_file():
        return []
    parcels = []
    for pack in gather_packs(campaign, load_sheet_list(out)):
        files = tuple(dict.fromkeys(file for share in pack.shares for file in share.files if (out / file).is_file()))
        papers = _name_papers(f"{FOLDER}/{pack.receiver}", find_papers(out / FOLDER / pack.receiver))
        sheets = sum(len(share.originals) + len(share.reserves) for share in pack.shares)
        parcels.append(Parcel(pack.receiver, pack.name, sheets, len(pack.shares), files, papers))
    return parcels


def list_shared(folder: Path) -> Mapping[str, str]:
    """The papers of the whole run, as a parcel has its own: the index for the printer, how to scan."""
    return _name_papers(
        FOLDER, [one for one in (INDEX, SCANNING) if (print_folder(folder) / FOLDER / one.file).is_file()]
    )


def list_training(campaign: Campaign, folder: Path) -> Mapping[str, str]:
    """The files of sheets for practice that are there: path below the print folder -> the questionnaire's title."""
    asked = sorted({group.questionnaire for group in campaign.settings.groups})
    files = {f"{TRAINING}/{code}.pdf": campaign.questionnaires[code].title for code in asked}
    return {path: title for path, title in files.items() if (print_folder(folder) / path).is_file()}


def _name_papers(place: str, papers: Iterable[PaperKind]) -> Mapping[str, str]:
    return {f"{place}/{paper.file}": f"pack.{paper.name}" for paper in papers}


def get_printed_file(campaign: Campaign, folder: Path, name: str) -> Path:
    """The file of a name that list_parcels, list_shared or list_training gave; NotFound for every other."""
    known = {file for parcel in list_parcels(campaign, folder) for file in (*parcel.files, *parcel.papers)}
    if name not in {*known, *list_shared(folder), *list_training(campaign, folder)}:
        raise NotFound(name)
    return print_folder(folder) / name


def get_parcel(campaign: Campaign, folder: Path, code: str) -> Parcel:
    """The parcel of a unit; NotFound."""
    found = next((parcel for parcel in list_parcels(campaign, folder) if parcel.code == code), None)
    if found is None:
        raise NotFound(code)
    return found
