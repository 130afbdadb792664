"""The whole way of paper: `phieu print`, the pretend pen and scanner, `phieu scan`, `phieu quota` and `phieu score`.

    .venv/bin/python -m benchmarks.scanning [--sheets 2220] [--jobs 2] [--keep DIR] [--json]

The campaign is the example with its quotas scaled to so many two-page sheets, the scans are files of fifty sheets as
the demo makes them. `phieu read` and the bare decode of the same files are measured beside `phieu scan`: what is more
is the store's. Wall times mean something on an idle machine only; processor times are those of all processes of a
command, `parent` those of the process that writes. Peaks are VmHWM of the parent and of its largest worker (Linux).
--keep: the scans are made once below DIR and used again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2

from benchmarks.printing import scaled_example
from collector.demo.opinions import make_opinion
from collector.demo.scans import FilledSheet, write_scans
from collector.example import examples_folder
from collector.printing.folder import load_sheet_list
from forms.layout import load_layouts
from ocr.files import BadImage, load_images
from ocr.pretend.settings import PretendSettings

PHIEU = Path(sys.executable).with_name("phieu")
EXAMPLE = "quang-ninh-2013"
LOOK_S = 0.05
TICKS_S = 100  # of /proc/PID/stat


@dataclass
class Spent:
    """What a command took: seconds of wall and processor time, MB at the peak, and the last line it printed."""

    wall_s: float
    cpu_s: float
    parent_cpu_s: float
    parent_mb: float
    worker_mb: float
    workers: int
    said: str


def run(*words: str | Path, out: Path | None = None) -> Spent:
    """One command of ours, watched from outside; its output goes to `out` where given."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    target = (out or Path(tempfile.mkstemp()[1])).open("w+", encoding="utf-8")
    with target, subprocess.Popen([PHIEU, *words], stdout=target, stderr=subprocess.DEVNULL) as process:
        peaks, parent_s = {}, 0.0
        while process.poll() is None:
            parent_s = max(parent_s, _cpu_s(process.pid))
            for pid in (process.pid, *_children(process.pid)):
                peaks[pid] = max(peaks.get(pid, 0.0), _peak_mb(pid))
            time.sleep(LOOK_S)
        target.seek(0)
        said = target.read().strip().splitlines()[-1:] if out is None else [""]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 2) or (out is None and not said):  # what is refused says so elsewhere
        raise SystemExit(f"phieu {words[0]} failed")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    workers = [peak for pid, peak in peaks.items() if pid != process.pid]
    wall_s = time.perf_counter() - started
    return Spent(
        wall_s, cpu_s, parent_s, peaks.get(process.pid, 0), max(workers, default=0), len(workers), "".join(said)
    )


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _peak_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def make_campaign(folder: Path, sheets: int) -> Path:
    """The example with its quotas scaled; its folder."""
    campaign = folder / "campaign"
    shutil.copytree(examples_folder() / EXAMPLE, campaign)
    rows = [f"{quota.agency},{quota.group},{quota.target},0" for quota in scaled_example(sheets).quotas]
    (campaign / "quotas.csv").write_text("\n".join(["agency,group,target,reserve", *rows, ""]), encoding="utf-8")
    return campaign


def fill_and_scan(campaign: Path, printed: Path, scans: Path, jobs: int) -> None:
    """Every printed sheet filled by the pretend pen and scanned by the pretend scanner."""
    from forms.checkup import check_folder

    asked, layouts = check_folder(campaign), load_layouts((printed / "layout.json").read_text(encoding="utf-8")).layouts
    filled = [
        FilledSheet(
            index,
            row["serial"],
            printed / row["file"],
            int(row["first_page"]),
            layouts[row["layout"]],
            make_opinion(asked.get_questionnaire(row["group"]), row["agency"], row["serial"]),
        )
        for index, row in enumerate(load_sheet_list(printed))
    ]
    write_scans(filled, scans, PretendSettings(), jobs, lambda *_: None)


def decode_all(scans: Path) -> tuple[int, float]:
    """Pages of the scan files, and the processor time of decoding them in this process, seconds."""
    cv2.setNumThreads(1)
    started, pages = time.process_time(), 0
    for path in sorted(scans.iterdir()):
        pages += sum(not isinstance(image, BadImage) for image in load_images(path))
    return pages, time.process_time() - started


def measure(folder: Path, sheets: int, jobs: int) -> dict[str, object]:
    """All figures of one walk; campaign and scans of an earlier walk in the folder are used again."""
    campaign, printed, scans = folder / "campaign", folder / "printed", folder / "scans"
    found: dict[str, object] = {"sheets": sheets, "jobs": jobs}
    os.environ["PHIEU_KEYS"] = str(folder / "keys")  # the example's own may serve another database on this machine
    if not (folder / "made").exists():
        for old in (campaign, printed, scans):
            shutil.rmtree(old, ignore_errors=True)
        make_campaign(folder, sheets)
        found["print"] = asdict(run("print", campaign, "--out", printed))
        fill_and_scan(campaign, printed, scans, jobs)
        (folder / "made").touch()
        shutil.copytree(campaign, folder / "unscanned")
    shutil.rmtree(campaign)
    shutil.copytree(folder / "unscanned", campaign)
    found["scan_files_mb"] = sum(path.stat().st_size for path in scans.iterdir()) / 1e6
    found["pages"], found["decode_cpu_s"] = decode_all(scans)
    files = sorted(scans.iterdir())
    layout = ("--layout", printed / "layout.json")
    found["read"] = asdict(run("read", *files, *layout, out=folder / "readings.jsonl"))
    found["scan"] = asdict(run("scan", campaign, scans, "--jobs", str(jobs)))
    data = campaign / "data"
    found["database_mb"] = sum(path.stat().st_size for path in data.glob("*.sqlite*")) / 1e6
    found["data_mb"] = sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) / 1e6
    found["quota"] = asdict(run("quota", campaign))
    found["score"] = asdict(run("score", campaign, "--out", folder / "scores"))
    return found


def show(found: dict[str, object]) -> None:
    pages = int(str(found["pages"]))
    print(f"{found['sheets']} sheets, {pages} pages, {found['scan_files_mb']:.0f} MB of scans, {found['jobs']} jobs")
    print(f"{'':10}{'pages/s':>9}{'wall s':>9}{'CPU ms/page':>13}{'parent':>8}{'parent MB':>11}{'worker MB':>11}")
    print(f"{'decode':10}{'':18}{float(str(found['decode_cpu_s'])) / pages * 1000:13.2f}")
    for name in ("print", "read", "scan", "quota", "score"):
        if isinstance(spent := found.get(name), dict):
            ms = (spent[key] / pages * 1000 for key in ("cpu_s", "parent_cpu_s"))
            print(f"{name:10}{pages / spent['wall_s']:9.0f}{spent['wall_s']:9.1f}", end="")
            print("{:13.2f}{:8.2f}".format(*ms), f"{spent['parent_mb']:10.0f}{spent['worker_mb']:11.0f}")
    print(f"database {found['database_mb']:.1f} MB, data/ {found['data_mb']:.0f} MB, originals among it")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sheets", type=int, default=2220)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(folder, asked.sheets, asked.jobs)
    if asked.json:
        print(json.dumps(found))
    else:
        show(found)


if __name__ == "__main__":
    main()
