"""Print packs beside the sheets they go with: 150 receivers, 45 sheets and 5 reserves each. Seconds, and their ratio.

    .venv/bin/python benchmarks/packs.py [--json] [RECEIVERS]

One process. The campaign is the first example with made-up agencies and quotas.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
import time
from pathlib import Path

from collector.example import examples_folder
from collector.printing.issue import print_sheets, reserve_run
from collector.printing.packs import FOLDER, write_packs
from collector.store import open_store
from forms.campaign import Agency, Campaign, Quota
from forms.checkup import check_folder

CELLS = (("CC", 15, 0), ("CD", 30, 5))


def large(receivers: int) -> Campaign:
    campaign = check_folder(examples_folder() / "quang-ninh-2013")
    named = [agency.name for agency in campaign.agencies]
    agencies = tuple(Agency(f"X{at:03d}", named[at % len(named)], "HU") for at in range(receivers))
    quotas = tuple(Quota(agency.code, group, target, more) for agency in agencies for group, target, more in CELLS)
    return dataclasses.replace(campaign, agencies=agencies, quotas=quotas)


def measure(receivers: int) -> dict[str, float]:
    campaign = large(receivers)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        store = open_store(Path(scratch), campaign.settings, f"sqlite:///{scratch}/packs.sqlite")
        reserve_run(store, campaign, campaign.quotas)
        started = time.process_time()
        printed = print_sheets(store, campaign, out, campaign.quotas)
        between = time.process_time()
        packed = write_packs(campaign, out)
        ended = time.process_time()
        store.close()
        size = sum(path.stat().st_size for path in (out / FOLDER).rglob("*.pdf"))
        return {
            "receivers": packed.receivers,
            "sheets": printed.sheets,
            "sheet_pages": printed.pages,
            "pack_pages": packed.pages,
            "pack_files": packed.files,
            "printing_cpu_s": between - started,
            "packing_cpu_s": ended - between,
            "packing_to_printing": (ended - between) / (between - started),
            "kilobytes_a_receiver": size / 1e3 / packed.receivers,
        }


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    figures = measure(numbers[0] if numbers else 150)
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=1))
    else:
        for name, figure in figures.items():
            print(f"{name:>22}  {figure:,.2f}")
