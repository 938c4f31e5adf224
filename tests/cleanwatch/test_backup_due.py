"""When a backup of embedded data is a task for somebody."""

from cleanwatch.backup_due import BackedUp, backup_due
from facility.instants import DAY

NOW = 20_000 * DAY


def texts(last: int | None, since: int) -> list[str]:
    return [finding.text for finding in backup_due(BackedUp(last, since), NOW) if finding.advisory]


def test_a_backup_a_week_is_enough() -> None:
    assert texts(NOW - 7 * DAY, NOW - 300 * DAY) == []


def test_a_week_without_one_is_told_with_the_day_of_the_last() -> None:
    (text,) = texts(NOW - 8 * DAY, NOW - 300 * DAY)
    assert "the last known is of 2024-09-26" in text


def test_a_new_site_has_a_week_for_its_first() -> None:
    assert texts(None, NOW - 7 * DAY) == []
    (text,) = texts(None, NOW - 8 * DAY)
    assert "none is known" in text
