"""How numbers and dates are written in the language that is spoken.

1,234.5 and 17 Nov 2026, or 1.234,5 and 17. Nov. 2026: separators, names and order are those of CLDR, through Babel.
The minus is a true one, clocks go to 24.
"""

from datetime import date
from functools import cache, lru_cache

from babel import Locale

from facility.language import ENGLISH, language

MINUS = "\u2212"
_BRITISH = "en_GB"
"""Of the kinds of English the one that writes the day before the month."""


def decimal(value: float, decimals: int) -> str:
    """A finite number with so many decimals: 1,234.5."""
    return _written(f"{abs(value):,.{decimals}f}", value)


def significant(value: float, digits: int) -> str:
    """A finite number with so many digits at most, and none that say nothing: 1,234.5."""
    return _written(f"{abs(value):,.{digits}g}", value)


def dated(moment: date, shape: str) -> str:
    """A date with the parts that a CLDR skeleton names: "yMMMd" for 17 Nov 2026, "MMMEd" for Tue 17 Nov.

    Abbreviated week days have no comma behind them: assets/formats.js writes them the same way.
    """
    return _dated(moment.toordinal(), shape, language())


def weekday(moment: date) -> str:
    """Monday"""
    return str(_locale(language()).days["format"]["wide"][moment.weekday()])


def _written(english: str, value: float) -> str:
    text = english.translate(_separators(language()))
    return MINUS + text if value < 0 and any(digit in text for digit in "123456789") else text


@lru_cache(maxsize=4096)
def _dated(day: int, shape: str, code: str) -> str:
    """Lists and trends name the same few days thousands of times."""
    locale = _locale(code)
    return str(locale.datetime_skeletons[shape].apply(date.fromordinal(day), locale)).replace(",", "")


@cache
def _separators(code: str) -> dict[int, str]:
    symbols = _locale(code).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_BRITISH if code == ENGLISH else code)
