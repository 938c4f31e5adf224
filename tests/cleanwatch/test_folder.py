import os
from pathlib import Path

import pytest

from cleanwatch.folder import FolderInUseError, claimed


def test_a_second_station_on_one_folder_is_refused_and_told_which_process_has_it(tmp_path: Path) -> None:
    with (
        claimed(tmp_path, "station"),
        pytest.raises(FolderInUseError, match=f"process {os.getpid()}"),
        claimed(tmp_path, "station"),
    ):
        pass


def test_a_folder_is_free_again_when_its_station_has_ended(tmp_path: Path) -> None:
    with claimed(tmp_path, "station"):
        pass
    with claimed(tmp_path, "station"):
        pass
