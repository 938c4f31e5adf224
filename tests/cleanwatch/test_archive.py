"""Archives are made from what is as on record, verify themselves without this program, and can be brought back."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch.archive_file import MANIFEST
from cleanwatch.command import cleanwatch
from facility.instants import DAY, HOUR
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from storage.records import archived, batches, revisions, room_states, seals
from tests.cleanwatch.sealed_house import SEALED, House, every_minute, reading
from tests.facility.sites import SMALL
from tests.people import ANN
from tests.storage.sample_store_contract import MIDNIGHT

DAYS = ("--from", "2026-11-22", "--to", "2026-11-22")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A station with a sealed day, a late reading of it, a batch and a room state."""
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    house = House(tmp_path / "data")
    with house.records.transaction() as connection:
        revisions.add(connection, MIDNIGHT, in_force_from=0, author=ANN, reason="first", text=SMALL, differences=[])
        room_states.record(connection, RoomStateSet("N1", RoomState.CLEANING, MIDNIGHT - DAY, "BMS"), MIDNIGHT)
        batches.record(connection, BatchStarted("P-1", "N1", MIDNIGHT - HOUR, "MES"), MIDNIGHT)
        batches.record(connection, BatchStarted("P-0", "N1", MIDNIGHT - 9 * HOUR, "MES"), MIDNIGHT)
        batches.record(connection, BatchEnded("P-0", "N1", MIDNIGHT - 8 * HOUR, "MES"), MIDNIGHT)
    house.append(*every_minute(90), *every_minute(90, point="PC1"))
    house.at(SEALED)
    house.append(reading(MIDNIGHT + 30))
    house.gathered()
    yield house
    house.close()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cleanwatch, ["archive", *map(str, arguments)])


@pytest.fixture
def file(house: House, tmp_path: Path) -> Path:
    file = tmp_path / "november.zip"
    result = run("make", file, *DAYS)
    assert result.exit_code == 0, result.output
    return file


def changed(file: Path, name: str, content: bytes | None) -> Path:
    """The same archive with another content of one file in it."""
    other = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for one in source.namelist():
            if one != name:
                target.writestr(one, source.read(one))
            elif content is not None:
                target.writestr(one, content)
    return other


def test_an_archive_is_whole_readable_and_as_on_record_and_its_check_is_on_record(house: House, file: Path) -> None:
    result = run("check", file)
    assert result.exit_code == 0, result.output
    assert "is whole, readable and as on record: 181 readings from 2026-11-22 to 2026-11-22" in result.output
    with house.records.reading() as connection:
        checked = archived.last_checked(connection, "main")
        (made,) = archived.made(connection, "main")
    assert checked is not None and checked.problems == 0
    assert (made.station, made.readings) == ("main", 181)


def test_it_has_what_is_on_record_of_the_time(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        rows = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("records/")}
    assert "P-1" in rows["records/batch_events.jsonl"]
    assert "P-0" not in rows["records/batch_events.jsonl"]
    assert "cleaning" in rows["records/room_states.jsonl"]
    assert "north" in rows["records/revisions.jsonl"]


def test_scripts_in_it_verify_it_without_this_program(file: Path, tmp_path: Path) -> None:
    def verified(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", script], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
        )

    zipfile.ZipFile(file).extractall(tmp_path / "out")
    zipfile.ZipFile(tmp_path / "out" / "audit.zip").extractall(tmp_path / "audit")
    assert "whole" in verified("audit/verify_audit.py").stdout
    readings = verified("out/verify_readings.py")
    assert (readings.returncode, readings.stdout) == (0, "181 readings: as on record\n"), readings.stderr
    digest = tmp_path / "out" / "digests" / "2026-11-22.0.json"
    digest.write_bytes(digest.read_bytes().replace(b"PC1", b"PC2"))
    wrong = verified("out/verify_readings.py")
    assert wrong.returncode == 1
    assert "2026-11-22.0.json is in no audit row\nPC1, hour 0 of 2026-11-22 is not as on record" in wrong.stdout


@pytest.mark.parametrize("name", ["readings/2026-11-22.parquet", "audit.zip", "records/alarms.jsonl"])
def test_a_change_of_any_file_in_it_is_found_and_on_record(house: House, file: Path, name: str) -> None:
    result = run("check", changed(file, name, b"x"))
    assert result.exit_code == 1
    assert f"{name} was altered" in result.output
    with house.records.reading() as connection:
        checked = archived.last_checked(connection, "main")
    assert checked is not None and checked.problems == 2


def test_readings_changed_with_a_right_manifest_are_found_by_point_and_hour(house: House, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        digest = archive.read("digests/2026-11-22.0.json").replace(b'"PC1"', b'"PC2"')
        manifest = archive.read(MANIFEST)
        old = archive.read("digests/2026-11-22.0.json")
    manifest = manifest.replace(hashlib.sha256(old).hexdigest().encode(), hashlib.sha256(digest).hexdigest().encode())
    other = changed(
        changed(file, "digests/2026-11-22.0.json", digest).rename(file.with_name("b.zip")), MANIFEST, manifest
    )
    result = run("check", other)
    assert "PC1, hour from 2026-11-22T00:00Z: 60 readings are more than the 0 on record" in result.output


def test_an_addition_after_the_archive_was_made_is_told(house: House, file: Path) -> None:
    house.append(reading(MIDNIGHT + 31))
    house.gathered()
    assert "the digest of 2026-11-22, part 2, came on record after the archive was made" in run("check", file).output


def test_nothing_is_archived_that_is_not_as_on_record(house: House, tmp_path: Path) -> None:
    house.break_in("UPDATE hot SET value = 1 WHERE time < ?", MIDNIGHT + HOUR)
    result = run("make", tmp_path / "a.zip", *DAYS)
    assert result.exit_code == 1
    assert "no archive was made: PC1, hour from 2026-11-22T00:00Z: in the local store a reading was" in result.output
    assert list(tmp_path.glob("a.zip*")) == []


def test_days_that_are_not_sealed_yet_are_not_archived(house: House, tmp_path: Path) -> None:
    result = run("make", tmp_path / "a.zip", "--from", "2026-11-22", "--to", "2026-11-23")
    assert "no archive was made: days are sealed up to 2026-11-22 only" in result.output


def test_an_archive_is_brought_back_into_a_folder_of_its_own_to_look_at(
    house: House, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "look"
    result = run("restore", file, "--data", folder)
    assert result.exit_code == 0, result.output
    there = House(folder)
    assert len(there.store.columns("T1", MIDNIGHT, MIDNIGHT + DAY)) == 91
    with there.records.reading() as connection:
        assert [run.batch for run in batches.running(connection, MIDNIGHT)] == ["P-1"]
        assert len(seals.load(connection, 0, SEALED)) == 2
    there.close()
    monkeypatch.setenv("CLEANWATCH_DATA", str(folder))
    monkeypatch.setenv("CLEANWATCH_RECORDS_URL", f"sqlite:///{tmp_path / 'data' / 'records.db'}")
    verified = CliRunner().invoke(cleanwatch, ["audit", "verify", "--readings"])
    assert "181 readings from 2026-11-22 to 2026-11-22, all as on record" in verified.output, verified.output


def test_an_archive_fills_up_a_store_that_has_lost_days_and_nothing_goes_on_record_as_added(
    house: House, file: Path, tmp_path: Path
) -> None:
    house.store.seal(SEALED)
    before = house.store.columns("T1", MIDNIGHT, MIDNIGHT + DAY)
    house.break_in("DELETE FROM chunk")
    house.break_in("DELETE FROM rollup")
    assert run("restore", file, "--data", tmp_path / "data").exit_code == 0
    after = house.store.columns("T1", MIDNIGHT, MIDNIGHT + DAY)
    assert all((getattr(before, n) == getattr(after, n)).all() for n in ("time", "value", "received"))
    house.gathered()
    assert [seal.part for seal in house.seals()] == [0, 1]
    assert (
        "181 readings from 2026-11-22 to 2026-11-22, all as on record"
        in CliRunner().invoke(cleanwatch, ["audit", "verify", "--readings"]).output
    )
