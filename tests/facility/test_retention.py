"""Days are kept by age, and longer where a batch was made."""

from datetime import date

import pytest

from facility.retention import Retention
from facility.site_changes import differences, lines
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from tests.facility.sites import SMALL

RULE = Retention(10, 30, "traceability")
DAY = date(2026, 11, 22)
IN_THE_FILE = "retention: {years: 10, batch_years: 30, why: traceability}\n"


def test_a_day_without_a_batch_is_kept_by_its_age() -> None:
    assert RULE.kept_until(DAY, ()) == date(2036, 11, 23)


def test_a_batch_extends_it_from_its_end() -> None:
    assert RULE.kept_until(DAY, [date(2026, 11, 22), date(2026, 12, 4)]) == date(2056, 12, 5)


def test_a_batch_that_ended_long_ago_shortens_nothing() -> None:
    assert Retention(50, 5, "x").kept_until(DAY, [DAY]) == date(2076, 11, 23)


def test_while_a_batch_runs_there_is_no_end() -> None:
    assert RULE.kept_until(DAY, [None, DAY]) is None


def test_years_are_whole_also_from_a_leap_day_on() -> None:
    assert Retention(1, 5, "x").kept_until(date(2028, 2, 29), ()) == date(2029, 3, 1)
    assert Retention(1, 5, "x").kept_until(date(2028, 2, 28), ()) == date(2029, 3, 1)


def test_a_site_file_says_it_and_a_change_of_it_is_a_change_that_decides() -> None:
    before, after = parse_site(SMALL, "a"), parse_site(SMALL + IN_THE_FILE, "b")
    assert (before.retention, after.retention) == (None, RULE)
    (found,) = differences(before, after)
    assert found.decides
    assert lines([found]) == (
        "site: retention none to 10 years, 30 after the last linked batch, because traceability",
    )


@pytest.mark.parametrize("wrong", [IN_THE_FILE.replace("30", "4"), IN_THE_FILE.replace(", why: traceability", "")])
def test_less_than_the_law_asks_for_or_no_reason_is_refused(wrong: str) -> None:
    with pytest.raises(SiteFileError):
        parse_site(SMALL + wrong, "a")
