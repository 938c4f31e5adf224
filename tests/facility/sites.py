"""A small site file for tests, and how to change it."""

import pytest

from facility.site_errors import Problem, SiteFileError
from facility.site_file import parse_site

SMALL = """\
id: north
name: North
timezone: Europe/Zurich
areas:
  - {id: N, name: North}
limit_sets:
  climate:
    - {severity: alert, low: 18, high: 23, on_delay: 10 min, deadband: 0.3, rationale: slow}
rooms:
  - id: N1
    name: Filling
    grade: B
    plan: {x: 0, y: 0, width: 10, height: 10}
    instruments:
      - id: N1.PC1
        name: Particle counter
        serial: 0042
        calibration_due: 2030-03-14
        interval: 60 s
        nominal_volume: 28.3
        points:
          - {quantity: particles, size: 0.5}
          - {quantity: particles, size: 5}
      - id: N1.DP1
        name: Pressure to N2
        interval: 5 s
        points:
          - {quantity: differential_pressure, against: N2}
      - id: N1.T1
        name: Temperature
        interval: 60 s
        points:
          - {quantity: temperature, limit_set: climate}
      - id: N1.VA1
        name: Air sampler
        interval: 1 d
        points:
          - {quantity: viable_air}
  - id: N2
    name: Corridor
    grade: C
    plan: {x: 10, y: 0, width: 10, height: 10}
  - id: Z1
    name: Workstation
    grade: A
    inside: N1
    plan: {x: 1, y: 1, width: 3, height: 3}
doors:
  - {between: [N1, N2]}
"""


def changed(*replacements: tuple[str, str]) -> str:
    """The small site file with each old text, which must stand in it once, replaced by the new."""
    text = SMALL
    for old, new in replacements:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
        text = text.replace(old, new)
    return text


def problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with a site file that has mistakes."""
    with pytest.raises(SiteFileError) as caught:
        parse_site(text, "north.yaml")
    return caught.value.problems


def problem_of(text: str) -> str:
    """The one mistake in a site file, as it is printed."""
    (problem,) = problems_of(text)
    return str(problem)
