"""How many honest cells each sign of quality flags, beside how many chance is said to: made-up honest campaigns.

    python -m benchmarks.scoring.false_alarms --agencies 40 --sheets 30 --draws 60 [--content 0.2] [--first 3000000]

A person's mood carries half of what answers vary by, agencies differ by 0.3 of its spread; `--content`: that share of
agencies is one level more content throughout. Seeds count up from `--first`; nothing was tuned on those from 3,000,000.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import pandas as pd

from aggregation.quality import FACTS, find_signs
from aggregation.quality_labels import ALARM
from aggregation.quality_sheets import GroupSheets
from aggregation.sheet_indices import Levels

CUTS = (-2.0, -1.3, -0.4, 0.7)  # about 2, 7, 24, 42 and 25 per cent of answers at the five levels


def draw_levels(seed: int, agencies: int, sheets: int, questions: int, content: float) -> Levels:
    """[agency, sheet, question] of one honest group."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(rng.normal(0, 0.3, (agencies, 1)), 1.0, (agencies, sheets))[:, :, None]
    latent = np.sqrt(0.5) * mood + np.sqrt(0.5) * rng.normal(0, 1, (agencies, sheets, questions))
    levels = np.digitize(latent + rng.normal(0, 0.15, questions), CUTS) + 1
    raised = rng.random(agencies) < content
    levels[raised] = np.minimum(levels[raised] + 1, 5)
    return levels.astype(np.int8)


def make_sheets(levels: Levels) -> GroupSheets:
    """The sheets as signs look at them: one stack an agency, on paper."""
    agency, sheet = (each.ravel() for each in np.indices(levels.shape[:2]))
    rows = levels.reshape(-1, levels.shape[2])
    journey = {"file": agency, "image": 2 * sheet + 1, "received_day": 12.0 + (sheet * 7 + agency) % 4}
    journey |= {"handed_day": 10.0, "unreleased": False, "seconds": np.nan, "as_above": np.nan}
    return GroupSheets(0, False, agency, rows, (rows - 1.0).mean(axis=1) * 25, pd.DataFrame(journey))


def main() -> None:
    """Print a row a sign: cells looked at, flags said and found a campaign, and the error of what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("agencies", 40), ("sheets", 30), ("questions", 20), ("draws", 60), ("first", 3_000_000)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--content", type=float, default=0.0)
    options = parser.parse_args()
    cells, said, found = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(options.first, options.first + options.draws):
        levels = draw_levels(seed, options.agencies, options.sheets, options.questions, options.content)
        blocks = np.zeros(options.agencies, dtype=np.int64)
        for sign in find_signs(make_sheets(levels), blocks, np.random.default_rng(seed)):
            if sign.name not in FACTS:
                cells[sign.name] += len(sign.p)
                said[sign.name] += float(sign.chance.sum())  # type: ignore[assignment]  # a Counter of shares
                found[sign.name] += int((sign.p <= ALARM).sum())
    for name, looked in cells.items():
        each = said[name] / options.draws, found[name] / options.draws, found[name] ** 0.5 / options.draws
        print(f"{name:14s} {looked:7,} cells, a campaign: said {each[0]:.3f}, found {each[1]:.3f} ± {each[2]:.3f}")


if __name__ == "__main__":
    main()
