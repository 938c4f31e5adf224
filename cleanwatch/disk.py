"""How full the disk of the data folder is, and how large the files in it are."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from cleanwatch.problems import Finding
from facility.language import N_
from storage.records.station_report import DiskReport, FileReport

MB, GB = 1_000_000, 1_000_000_000
SOON_FULL, NEARLY_FULL = (10 * GB, 0.1), (GB, 0.02)
"""Less free than both these bytes and this part of the disk: the first is a task, the second a problem."""
WORDS = (
    ("10 GB", 10 * GB),
    ("5 GB", 5 * GB),
    ("2 GB", 2 * GB),
    ("1 GB", GB),
    ("100 MB", 100 * MB),
    ("10 MB", 10 * MB),
)
WRITE_AHEAD_LOGS = ("-wal", "-shm")


def disk(folder: Path) -> DiskReport:
    """How it is now. Raises OSError."""
    usage = shutil.disk_usage(folder)
    files = sorted(path for path in folder.iterdir() if path.suffix == ".db")
    return DiskReport(
        str(folder.resolve()), usage.free, usage.total, tuple(FileReport(path.name, _size(path)) for path in files)
    )


def room_left(report: DiskReport) -> Iterator[Finding]:
    """What there is to say about the room that is left; nothing while there is enough."""
    if not _below(report, *SOON_FULL):
        return
    free = next((name for name, limit in reversed(WORDS) if report.free < limit), N_("a tenth"))
    text = N_(
        "the disk of {folder} is nearly full: less than {free} free. Make room before it is full: then nothing is "
        "lost, but readings wait at the broker and no alarm is raised"
    )
    yield Finding("disk", text.format(folder=report.folder, free=free), advisory=not _below(report, *NEARLY_FULL))


def _below(report: DiskReport, bytes: int, part: float) -> bool:
    return report.free < min(bytes, part * report.total)


def _size(path: Path) -> int:
    parts = [path, *(path.with_name(path.name + ending) for ending in WRITE_AHEAD_LOGS)]
    return sum(part.stat().st_size for part in parts if part.exists())
