"""Backups of a running station: whole, of one moment, and good to go on with."""

import errno
import getpass
import hashlib
import resource
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch import backup, backup_file
from cleanwatch.backup import Found, back_up, restore
from cleanwatch.backup_file import BackupError
from cleanwatch.command import cleanwatch
from cleanwatch.folder import claimed
from facility.instants import HOUR, SECOND
from facility.reading import Reading
from storage.records import backups
from storage.records.trail import audit
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.acceptance.story import MIDNIGHT, Story
from tests.alerts.examples import ALERT, low, point
from tests.postgres import OWNER, PASSWORD, PostgresUnderTest
from tests.records import open_records
from tests.waiting import wait_until

PRESSURE = point(low(10, ALERT), silent_after=None)


def unheard(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody looks at."""


def found(data: Path) -> Found:
    return Found(data / "samples.db", data / "records.db")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a station that has raised an alarm and ended."""
    folder = tmp_path / "data"
    folder.mkdir()
    story = Story(folder, PRESSURE)
    story.at("00:01").reads(8.0).at("00:05").reads(12.0).at("00:09")
    story.close()
    (folder / "store.db").rename(folder / "samples.db")
    return folder


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    file = tmp_path / "a backup.zip"
    back_up(found(data), file, lambda: MIDNIGHT, unheard)
    return file


class Living:
    """A station under load: readings in and out of their limit arrive, are judged and sealed, without a pause."""

    def __init__(self, folder: Path) -> None:
        self.story = Story(folder, PRESSURE)
        self.error: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def _live(self) -> None:
        try:
            while not self._stop.is_set():
                self.story.now += SECOND
                moments = range(self.story.now - 50, self.story.now)
                readings = [Reading(PRESSURE.id, m, float(m // 5000 % 2 * 9 + 6), 0, self.story.now) for m in moments]
                self.story.store.append([Intake("test", readings)])
                self.story.engine.step(0)
                if self.story.now // SECOND % 5 == 0:
                    self.story.store.seal(self.story.now - 3 * SECOND)
        except BaseException as error:
            self.error = error

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.story.close()
        assert self.error is None


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    folder = tmp_path / "living"
    folder.mkdir()
    living = Living(folder)
    yield living
    living.stop()


def test_a_backup_under_load_is_restored_and_goes_on(living: Living, tmp_path: Path) -> None:
    live = Found(tmp_path / "living" / "store.db", tmp_path / "living" / "records.db")
    wait_until(lambda: living.story.store.newest()[0] > 50)
    for number in range(3):
        before, judged = living.story.store.newest()[0], living.story.engine.judged
        file, data = tmp_path / f"{number}.zip", tmp_path / f"restored {number}"
        data.mkdir()
        written = back_up(live, file, lambda: MIDNIGHT, unheard)
        assert restore(file, data, unheard) == written
        assert written.records is not None
        assert written.samples.commits >= before
        assert written.records.judged >= judged
        goes_on(data, written.samples.commits)


def goes_on(data: Path, commits: int) -> None:
    """A station starts on it, judges what was not judged yet, and takes new readings; everything adds up."""
    (data / "samples.db").rename(data / "store.db")
    story = Story(data, PRESSURE)
    assert story.engine.judged == commits == story.store.newest()[0]
    story.now += HOUR
    story.reads(12.0).at("01:30:00")
    assert story.engine.judged == commits + 1
    (balance,) = [balance for balance in story.store.balance() if balance.source == "test"]
    assert balance.received == balance.stored == len(story.store.columns(PRESSURE.id, 0, 1 << 62).time)
    story.audit()
    story.close()


def test_what_is_judged_later_than_it_was_sealed_is_copied_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seal that comes between both copies: the records, as they were before it, would ask for what is sealed."""
    story = Story(data, PRESSURE, store=data / "samples.db")
    story.now += HOUR
    copy, copied = backup._copy, []

    def copying(source: object, target: Path, progress: backup_file.Progress) -> None:
        copy(source, target, progress)
        copied.append(target.name)
        if len(copied) == 1:
            story.reads(9.0)
            story.now += SECOND
            story.engine.step(0)
            story.store.seal(story.now)

    monkeypatch.setattr(backup, "_copy", copying)
    written = back_up(found(data), tmp_path / "b.zip", lambda: MIDNIGHT, unheard)
    story.close()
    assert copied == ["records.db", "records.db", "samples.db"]
    assert written.records is not None
    assert written.samples.sealed <= written.records.judged <= written.samples.commits


def test_a_local_store_older_than_the_records_in_postgresql_goes_on_behind_them(
    tmp_path: Path, postgres: PostgresUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk of the station is lost, PostgreSQL is not: no record may be given up for that."""
    postgres.create_database("outlives")
    live, new = tmp_path / "live", tmp_path / "new"
    live.mkdir()
    story = Story(live, PRESSURE, records=postgres.url("outlives"))
    story.at("00:01").reads(8.0).at("00:05")
    back_up(Found(live / "store.db", None), tmp_path / "b.zip", lambda: MIDNIGHT, unheard)
    story.at("00:07").reads(12.0).at("00:10").reads(11.0).at("00:15")
    known, trail, judged = story.alarms(), story.audit(), story.engine.judged
    story.close()
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("CLEANWATCH_RECORDS_URL", f"postgresql://{OWNER}@127.0.0.1:{postgres.port}/outlives")
    monkeypatch.setenv("CLEANWATCH_RECORDS_PASSWORD_FILE", str(password))
    told = run("restore", str(tmp_path / "b.zip"), "--data", str(new))
    assert told.exit_code == 0, told.output
    assert "2 commits came after the backup" in told.output
    (new / "samples.db").rename(new / "store.db")
    story = Story(new, PRESSURE, records=postgres.url("outlives"))
    story.now += HOUR
    *before, restored = story.audit()
    assert (story.alarms(), before, restored.action) == (known, trail, "backup restored")
    story.reads(7.0)
    assert story.engine.judged == judged + 1
    story.close()
    postgres.drop_database("outlives")


def test_nothing_is_overwritten(made: Path, data: Path) -> None:
    with pytest.raises(BackupError, match=r"a backup.zip exists already"):
        back_up(found(data), made, lambda: MIDNIGHT, unheard)
    with pytest.raises(BackupError, match=r"samples.db exists, and nothing is overwritten"):
        restore(made, data, unheard)


def test_a_folder_that_a_station_has_is_left_alone(made: Path, tmp_path: Path) -> None:
    with claimed(tmp_path, "station"):
        answer = CliRunner().invoke(cleanwatch, ["restore", str(made), "--data", str(tmp_path)])
    assert "a station is already running" in answer.output


def damaged(made: Path, name: str, content: bytes | None) -> Path:
    """The same archive with another content of a part, or without it."""
    file = made.with_name("damaged.zip")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
            elif content is not None:
                new.writestr(part, content)
    return file


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("samples.db", b"something else", "samples.db in it is damaged: its SHA-256"),
        ("records.db", None, "records.db in it is missing or damaged"),
        ("manifest.json", None, "no backup of Cleanwatch: it has no manifest"),
        ("manifest.json", b'{"format": 2}', "its manifest is not one that this Cleanwatch knows"),
    ],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    made: Path, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    data = tmp_path / "new"
    data.mkdir()
    with pytest.raises(BackupError, match=words):
        restore(damaged(made, name, content), data, unheard)
    assert [path.name for path in data.iterdir()] == ["station.lock"]


def test_half_a_backup_is_refused(made: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(made.read_bytes()[:-100])
    with pytest.raises(BackupError, match="no backup of Cleanwatch, or only a part of one"):
        restore(half, tmp_path, unheard)


def test_records_that_were_altered_are_not_backed_up_as_if_they_were_whole(data: Path, tmp_path: Path) -> None:
    connection = sqlite.connect(data / "records.db")
    (trigger,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_no_update'").fetchone()
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET actor = 'Eve' WHERE seq = 2")
    connection.execute(trigger)
    connection.commit()
    connection.close()
    with pytest.raises(BackupError, match="the audit trail of the records was altered: row 2"):
        back_up(found(data), tmp_path / "b.zip", lambda: MIDNIGHT, unheard)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """For the block, no file may grow beyond so many bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_where_no_more_can_be_written_nothing_is_left_behind(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    with pytest.raises(BackupError) as caught, no_file_beyond(30_000):
        back_up(found(data), folder / "b.zip", lambda: MIDNIGHT, unheard)
    assert f"nothing was written to {folder}" in str(caught.value)
    assert "MB are free" in str(caught.value)
    assert list(folder.iterdir()) == []


def test_an_archive_that_was_written_by_half_is_not_left_behind(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "small"
    folder.mkdir()

    def add(packed: zipfile.ZipFile, path: Path, progress: backup_file.Progress) -> backup_file.Part:
        if path.name == "samples.db":
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(packed, path, progress)

    whole = backup_file._add
    monkeypatch.setattr(backup_file, "_add", add)
    with pytest.raises(BackupError, match=r"nothing was written to .*small: .*No space left on device"):
        back_up(found(data), folder / "b.zip", lambda: MIDNIGHT, unheard)
    assert list(folder.iterdir()) == []


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cleanwatch, arguments)


def test_the_commands_say_what_they_have_done(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWATCH_DATA", str(data))
    told = run("backup", str(tmp_path / "b.zip"))
    assert told.exit_code == 0, told.output
    assert "2 readings up to commit" in told.output
    records = open_records(data / "records.db", lambda: MIDNIGHT)
    with records.reading() as connection:
        (row,), last = audit.rows(connection, limit=1), backups.newest(connection, "main")
    records.close()
    assert (row.actor, row.action) == (getpass.getuser(), "backup made")
    assert last is not None
    assert last.backup.file == str(tmp_path / "b.zip")
    assert last.backup.sha256 == hashlib.sha256((tmp_path / "b.zip").read_bytes()).hexdigest()
    assert last.backup.sha256 in told.output
    new = tmp_path / "new"
    told = run("restore", str(tmp_path / "b.zip"), "--data", str(new))
    assert told.exit_code == 0, told.output
    records = open_records(new / "records.db", lambda: MIDNIGHT)
    with records.reading() as connection:
        restored, before = audit.rows(connection, limit=2)
    records.close()
    assert before.hash in told.output
    assert (restored.action, restored.object) == ("backup restored", "backup main")
    LocalStore.open(new / "samples.db", lambda: MIDNIGHT, read_only=True).close()
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path / "nowhere"))
    assert "there is nothing to back up" in run("backup", str(tmp_path / "c.zip")).output
