"""The disk: warned of before it is full."""

from pathlib import Path

import pytest

from cleanwatch.disk import disk, room_left
from storage.records.station_report import DiskReport

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("free", "total", "kind"),
    [
        (11 * GB, 1000 * GB, None),
        (9 * GB, 1000 * GB, "advisory"),
        (GB - 1, 1000 * GB, "problem"),
        (3 * GB, 20 * GB, None),
        (2 * GB - 1, 20 * GB, "advisory"),
        (GB // 3, 20 * GB, "problem"),
        (0, 20 * GB, "problem"),
    ],
)
def test_it_is_warned_of_a_disk_that_is_nearly_full(free: int, total: int, kind: str | None) -> None:
    found = list(room_left(DiskReport("/data", free, total)))
    assert [("advisory" if one.advisory else "problem") for one in found] == ([kind] if kind else [])


def test_the_words_stay_the_same_while_the_disk_fills_a_little() -> None:
    texts = {
        one.text for free in (400, 300, 200) for one in room_left(DiskReport("/data", free * 1_000_000, 500 * GB))
    }
    assert len(texts) == 1
    assert "less than 1 GB free" in texts.pop()


def test_files_are_told_with_their_write_ahead_logs(tmp_path: Path) -> None:
    (tmp_path / "samples.db").write_bytes(b"x" * 10)
    (tmp_path / "samples.db-wal").write_bytes(b"x" * 5)
    (tmp_path / "station.lock").write_bytes(b"1")
    report = disk(tmp_path)
    assert [(file.name, file.bytes) for file in report.files] == [("samples.db", 15)]
    assert 0 < report.free < report.total
