"""The rule of a limit as a site file and people write it: 3 in a row, 3 of 5, rolling 1 m3, dose 600."""

import re
from typing import assert_never

from facility.language import _
from facility.limit import Consecutive, Dose, Each, MOfN, RollingVolume, Rule
from facility.site_errors import quoted
from facility.units import CUBIC_METRE

MOST_READINGS = 100
"""So many readings a rule may count."""

_IN_A_ROW = re.compile(r"(\d{1,3}) in a row")
_OF = re.compile(r"(\d{1,3}) of (\d{1,3})")
_ROLLING = re.compile(r"rolling (\d{1,4}(?:\.\d{1,6})?) m[3³]")
_DOSE = re.compile(r"dose (\d{1,9}(?:\.\d{1,6})?)")


def rule_of(text: object) -> Rule:
    """The rule that is written; ValueError, in words, for what is none."""
    written = text.strip() if isinstance(text, str) else ""
    if found := _IN_A_ROW.fullmatch(written):
        return Consecutive(_counted(int(found[1]))) if int(found[1]) > 1 else Each()
    if found := _OF.fullmatch(written):
        return _m_of_n(int(found[1]), int(found[2]))
    if (found := _ROLLING.fullmatch(written)) and float(found[1]) > 0:
        return RollingVolume(float(found[1]) * CUBIC_METRE)
    if (found := _DOSE.fullmatch(written)) and float(found[1]) > 0:
        return Dose(float(found[1]))
    raise ValueError(
        _(
            "{written} is no rule; write 3 in a row, 3 of 5, rolling 1 m3, or dose and the depth times seconds, like "
            "dose 600",
            written=quoted(text),
        )
    )


def rule_words(rule: Rule) -> str:
    """As `rule_of` reads it; empty where each reading counts by itself."""
    match rule:
        case Each():
            return ""
        case Consecutive(n):
            return f"{n} in a row"
        case MOfN(m, n):
            return f"{m} of {n}"
        case RollingVolume(litres):
            return f"rolling {litres / CUBIC_METRE:.6g} m3"
        case Dose(amount):
            return f"dose {amount:.12g}"
        case _:
            assert_never(rule)


def _m_of_n(m: int, n: int) -> Rule:
    if not 1 <= m <= _counted(n):
        raise ValueError(_("'{m} of {n}' cannot be; write the smaller number first, like 3 of 5", m=m, n=n))
    if n == 1:
        return Each()
    return Consecutive(n) if m == n else MOfN(m, n)


def _counted(readings: int) -> int:
    if not 1 <= readings <= MOST_READINGS:
        raise ValueError(
            _("{n} readings are too many or none; a rule counts 1 to {most}", n=readings, most=MOST_READINGS)
        )
    return readings
