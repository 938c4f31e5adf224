"""Nobody else on the machine reads our secrets or changes our files, and it is said where somebody could."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanwatch.dashboard import run_app
from cleanwatch.file_permissions import NotPrivateError, check, fault_of_data, fault_of_secret, keep_files_private
from cleanwatch.settings import Settings
from cleanwatch.station import run_station

FILE = Path("/run/secrets/broker")


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o640])
def test_a_secret_that_its_owner_and_a_group_read_is_right(mode: int) -> None:
    assert fault_of_secret("X", FILE, mode) is None


@pytest.mark.parametrize(
    ("mode", "wrong"),
    [(0o644, "everybody on this machine can read it (644)"), (0o660, "others can change it (660)")],
)
def test_a_secret_that_is_open_is_told_with_what_would_be_right(mode: int, wrong: str) -> None:
    assert fault_of_secret("CLEANWATCH_BROKER_PASSWORD_FILE", FILE, mode) == (
        "/run/secrets/broker, which CLEANWATCH_BROKER_PASSWORD_FILE names, holds a secret, but "
        f"{wrong}. Put it right: chmod 600 /run/secrets/broker"
    )


def test_a_folder_that_nobody_else_enters_keeps_whatever_is_in_it() -> None:
    assert fault_of_data(Path("data"), 0o700, {"records.db": 0o666}) is None


def test_files_that_others_read_are_told_by_name() -> None:
    files = {"records.db": 0o644, "samples.db": 0o600, "station.lock": 0o600}
    assert fault_of_data(Path("data"), 0o755, files) == (
        "others on this machine can get at what is in data: records.db. Put it right: chmod -R go-rwx data"
    )
    assert fault_of_data(Path("data"), 0o755, {"records.db": 0o600}) is None


def test_a_folder_in_which_others_write_is_told() -> None:
    words = fault_of_data(Path("data"), 0o777, {})
    assert words == "others can put files into data and take them away (777). Put it right: chmod 700 data"


@pytest.mark.parametrize(
    "setting", [name for name in Settings.model_fields if name.endswith(("_password_file", "_token_file"))]
)
def test_neither_station_nor_app_starts_with_an_open_secret(tmp_path: Path, setting: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    secret.chmod(0o644)
    settings = Settings.model_validate({"data": tmp_path / "data", setting: secret})
    for run in (run_station, run_app):
        with pytest.raises(NotPrivateError, match=f"CLEANWATCH_{setting.upper()} names") as caught:
            run(settings, threading.Event())
        assert "geheim" not in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_what_is_in_an_open_data_folder_is_told_and_no_reason_to_stop(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "samples.db").touch(0o644)
    words = check(Settings(data=tmp_path))
    assert words is not None
    assert "samples.db" in words


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_file_that_we_make_is_private(tmp_path: Path) -> None:
    keep_files_private()
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_every_command_makes_private_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cleanwatch", "records", "migrate"]
    environment = {**os.environ, "CLEANWATCH_DATA": str(tmp_path / "data")}
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=60, umask=0o022)
    made = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    assert (tmp_path / "data" / "records.db") in made
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
