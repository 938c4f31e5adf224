"""Other people's units and ours."""

import pytest

from facility import units


@pytest.mark.parametrize(("pascals", "inches"), [(10, 0.0401), (12.5, 0.0502), (15, 0.0602)])
def test_e52_pascals_to_inches_of_water(pascals: float, inches: float) -> None:
    assert round(units.inches_of_water(pascals), 4) == inches


@pytest.mark.parametrize(("inches", "pascals"), [(0.020, 4.9818), (0.05, 12.4544)])
def test_e52_inches_of_water_to_pascals(inches: float, pascals: float) -> None:
    assert round(units.pascals(inches), 4) == pascals


def test_e53_90_feet_a_minute_in_metres_a_second() -> None:
    assert round(units.metres_per_second(90), 4) == 0.4572


def test_a_cubic_metre_is_35_3147_cubic_feet() -> None:
    assert round(units.CUBIC_METRE / units.CUBIC_FOOT, 4) == 35.3147
    assert pytest.approx(304.8**3 / 1e6, rel=1e-12) == units.CUBIC_FOOT
