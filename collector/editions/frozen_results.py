"""From the frozen inputs to their results, with nothing else at hand: the same bytes on every machine."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import numpy as np
import pandas as pd

from aggregation.csv_files import csv_bytes
from aggregation.index import make_index
from aggregation.index_survey import survey_points
from aggregation.public import find_public
from aggregation.scores import score
from collector.editions.index import make_index_tables
from collector.editions.petitions import apply_decisions
from collector.reports.scores import make_figures, make_tables_of
from collector.store.answer_columns import ScoringColumns
from collector.store.editions import Edition, Petition
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.index_points import load_index

ANSWERS, PETITIONS, EDITIONS, FOLDER = "answers.csv", "petitions.json", "editions.json", "folder/"
_COLUMNS = ("sheet", "agency", "group", "question", "option", "state", "own")
_SHEETS = 5_000  # written at once
_GIVEN = ("appraised", "external")  # tables without which a campaign has scores and no index


def make_results(inputs: Mapping[str, bytes], answers: IO[bytes]) -> dict[str, bytes]:
    """The figures of scoring, and the tables of the index where the inputs hold all that it needs.

    `answers`: answers.csv, read as it comes; it need not be among the inputs.
    """
    with TemporaryDirectory(prefix="phieu-") as made:
        folder = Path(made)
        unpack_folder(inputs, folder)
        campaign = load_campaign(folder)
        tables = make_tables_of(campaign, load_answers(answers))
        scores = score(tables, campaign.settings.scoring)
        results = make_figures(scores, find_public(scores))
        if not has_index(inputs):
            return results
        try:
            campaign, points = load_index(folder)
            decided = apply_decisions(campaign, points, load_petitions(inputs[PETITIONS]))
            index = make_index(campaign, survey_points(tables, campaign.settings.scoring), decided)
        except InputWrong:  # points are missing still: the survey can be frozen, the index cannot
            return results
    return results | make_index_tables(index, campaign)


def unpack_folder(inputs: Mapping[str, bytes], folder: Path) -> None:
    """Write the campaign folder's files among the inputs below a folder."""
    for name in inputs:
        parts = Path(name).parts
        if name.startswith(FOLDER) and ".." not in parts:
            path = folder.joinpath(*parts[1:])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(inputs[name])


def has_index(inputs: Iterable[str]) -> bool:
    """Whether the names of the inputs hold points that no survey gives."""
    return any(Path(name).stem in _GIVEN and name.startswith(FOLDER) for name in inputs)


def dump_answers(columns: ScoringColumns) -> Iterator[bytes]:
    """answers.csv part by part: sheets in the order of what they say, without serial or number."""
    names = columns.names
    codes = [names.agencies, names.groups, names.questions, names.options, names.states, ("", "yes")]
    ranks = [np.argsort(np.argsort(np.array(each, dtype=object))) for each in codes]
    sizes = tuple(map(len, codes))
    sheets: list[bytes] = []  # numbers in the order of the codes, so that comparing bytes compares what sheets say
    for part in columns:
        numbers = (part.agency, part.group, part.question, part.option, part.state, part.is_own.astype(np.int64))
        said = np.ravel_multi_index([rank[one] for rank, one in zip(ranks, numbers, strict=True)], sizes)
        order = np.lexsort((said, part.sheet))
        content = said[order].astype(">i8").tobytes()
        ends = [*(np.flatnonzero(np.diff(part.sheet[order])) + 1).tolist(), len(order)]
        sheets += [content[8 * start : 8 * end] for start, end in pairwise([0, *ends])] if len(order) else []
    sheets.sort()
    ordered = [[_quoted(code) for code in sorted(each)] for each in codes]
    yield csv_bytes(_COLUMNS, ())
    for start in range(0, len(sheets), _SHEETS):
        yield _lines(sheets[start : start + _SHEETS], start, ordered).encode()


def _lines(sheets: Sequence[bytes], start: int, codes: Sequence[Sequence[str]]) -> str:
    """Lines of answers.csv: of every answer that sheets give, the same text behind their number."""
    said = np.frombuffer(b"".join(sheets), dtype=">i8").astype(np.int64)
    every, place = np.unique(said, return_inverse=True)
    agency, group, question, option, state, own = codes
    rows = zip(*(each.tolist() for each in np.unravel_index(every, tuple(map(len, codes)))), strict=True)
    tails = [f"{agency[a]},{group[g]},{question[q]},{option[o]},{state[s]},{own[w]}\r\n" for a, g, q, o, s, w in rows]
    numbers = np.repeat(np.arange(start + 1, start + 1 + len(sheets)), [len(one) // 8 for one in sheets])
    return "".join([f"{number},{tails[one]}" for number, one in zip(numbers.tolist(), place.tolist(), strict=True)])


def _quoted(code: str) -> str:
    return csv_bytes([code, ""], ()).decode("utf-8-sig").removesuffix(",\r\n")


def load_answers(content: IO[bytes]) -> pd.DataFrame:
    """answers.csv, which may be a stream, as a table of texts, narrow in memory, `own` a boolean."""
    kinds: dict[str, str] = {"sheet": "int64", **dict.fromkeys(_COLUMNS[1:], "category")}
    table = pd.read_csv(content, encoding="utf-8-sig", dtype=kinds, keep_default_na=False)
    return table.assign(own=(table["own"] == "yes").to_numpy(bool))


def dump_petitions(petitions: Sequence[Petition]) -> bytes:
    """petitions.json: every petition with its decision."""
    return _json([asdict(one) for one in petitions])


def load_petitions(content: bytes) -> list[Petition]:
    """The petitions of petitions.json."""
    return [_petition(row) for row in json.loads(content)]


def _petition(row: Mapping[str, object]) -> Petition:
    said = {one.name: row[one.name] for one in fields(Petition)}
    said["day"] = datetime.date.fromisoformat(str(said["day"]))
    at = said["at"]
    said["at"] = None if at is None else datetime.datetime.fromisoformat(str(at))
    said |= {name: None if said[name] is None else Decimal(str(said[name])) for name in ("before", "after")}
    return Petition(**said)  # type: ignore[arg-type]  # as dump_petitions wrote them


def dump_editions(editions: Sequence[Edition]) -> bytes:
    """editions.json: every edition of the index with its totals, ranks, grades and points."""
    return _json(
        [
            {
                "code": one.code,
                "digest": one.digest,
                "totals": [asdict(total) for total in one.totals],
                "points": [[*key, points, key in one.made_up] for key, points in one.points.items()],
            }
            for one in editions
        ]
    )


def _json(content: object) -> bytes:
    shown = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=_plain)
    return (shown + "\n").encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else f"{value:f}" if isinstance(value, Decimal) else ""
