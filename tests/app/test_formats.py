from datetime import UTC, datetime

import pytest

from app import formats
from facility.instants import instant_of
from facility.limit import Side
from facility.quantities import Quantity
from tests.app.ages import AGES


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (611_400.0, Quantity.PARTICLES, "611,400"),
        (44.14, Quantity.PRESSURE, "44.1"),
        (-81.0, Quantity.TEMPERATURE, "−81.0"),
        (-0.04, Quantity.PRESSURE, "0.0"),
        (0.444, Quantity.AIR_VELOCITY, "0.44"),
        (2.0, Quantity.VIABLE_AIR, "2"),
        (None, Quantity.PRESSURE, "?"),
        (float("nan"), Quantity.PRESSURE, "?"),
    ],
)
def test_a_value_has_the_digits_of_its_quantity_and_a_true_minus(
    value: float | None, quantity: Quantity, text: str
) -> None:
    assert formats.number(value, quantity) == text


def test_a_narrow_space_that_does_not_break_stands_before_a_unit() -> None:
    assert formats.with_unit(3.1, Quantity.CO2) == "3.1\u202f%"


@pytest.mark.parametrize(("span", "text"), AGES)
def test_an_age_has_one_unit_that_suits_it(span: int, text: str) -> None:
    assert formats.age(span) == text


def test_particles_are_so_many_times_over_their_limit() -> None:
    assert formats.beyond(611_400, 352_000, Side.HIGH, Quantity.PARTICLES) == "1.7 times the limit of 352,000"


def test_other_quantities_are_so_much_over_or_under_their_limit() -> None:
    assert formats.beyond(3.1, 4.0, Side.LOW, Quantity.CO2) == "0.9 under the limit of 4.0\u202f%"


def test_times_are_shown_in_the_zone_of_the_site() -> None:
    instant = instant_of(datetime(2026, 11, 17, 23, 18, 42, tzinfo=UTC))
    assert formats.with_seconds(instant, "Europe/Zurich") == "00:18:42"
    assert formats.date(instant, "Europe/Zurich") == "18 Nov 2026"
    assert formats.offset(instant, "Asia/Kolkata") == "UTC+5:30"


def test_a_moment_of_another_day_names_its_day() -> None:
    now = instant_of(datetime(2026, 11, 17, 10, 0, tzinfo=UTC))
    assert formats.moment(now - 3_600_000, "UTC", now) == "09:00"
    assert formats.moment(now - 86_400_000, "UTC", now) == "16 Nov 2026 10:00"


def test_instants_within_a_text_are_shown_in_the_zone_of_the_site() -> None:
    now = instant_of(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    text = "set back from 2026-11-21T12:00:00.250Z to 2026-11-22T11:00:05.250Z. Find out what set it"
    shown = "set back from 21 Nov 2026 13:00:00 to 12:00:05. Find out what set it"
    assert formats.in_site_time(text, "Europe/Zurich", now) == shown
