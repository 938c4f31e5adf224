"""What a value in a site file may look like: ids, durations, dates, numbers; and what every group of keys is."""

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel import Locale
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from facility.instants import Span
from facility.language import _, languages
from facility.site_errors import did_you_mean, quoted
from facility.site_words import UNITS

OUTSIDE = "outside"
NEVER = "never"

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|min|h|d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HALF = 0.5


def _duration(text: object) -> Span:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(
            _(
                "{written} is no duration; write a number and ms, s, min, h or d, like 30 s or 10 min",
                written=quoted(text),
            )
        )
    return round(float(found[1]) * UNITS[found[2]])


def _longer_than_nothing(span: Span) -> Span:
    if span <= 0:
        raise ValueError(_("must be longer than nothing, like 60 s"))
    return span


def _silence(text: object) -> Span | None:
    return None if text == NEVER else _longer_than_nothing(_duration(text))


def _date(text: object) -> date:
    try:
        return date.fromisoformat(text if isinstance(text, str) and _DATE.fullmatch(text) else "")
    except ValueError:
        raise ValueError(
            _("{written} is no date; write year-month-day, like 2027-03-14", written=quoted(text))
        ) from None


def _id(text: str) -> str:
    if not _ID.fullmatch(text) or text == OUTSIDE:
        raise ValueError(
            _(
                "{written} is no id; use up to 40 letters, digits, '.', '-' and '_', like B101.DP1",
                written=quoted(text),
            )
        )
    return text


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = did_you_mean(text[:60], available_timezones())
        raise ValueError(
            _("unknown time zone {written}; write one like Europe/Zurich{near}", written=quoted(text), near=near)
        ) from None


def _language(code: str) -> str:
    if code not in languages():
        named = ", ".join(f"{known} ({Locale.parse(known).english_name})" for known in languages())
        near = did_you_mean(code[:60], languages())
        raise ValueError(
            _("there is no language {code}; there are {named}{near}", code=quoted(code), named=named, near=near)
        )
    return code


def _half_steps(number: float) -> float:
    if number % _HALF:
        raise ValueError(_("there is no ISO class {number}; classes go in steps of 0.5", number=f"{number:g}"))
    return number


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Duration = Annotated[int, BeforeValidator(_duration)]
Interval = Annotated[int, BeforeValidator(_duration), AfterValidator(_longer_than_nothing)]
Silence = Annotated[int | None, BeforeValidator(_silence)]
IsoDate = Annotated[date, BeforeValidator(_date)]
Language = Annotated[str, AfterValidator(_language)]
Timezone = Annotated[str, AfterValidator(_timezone)]
IsoNumber = Annotated[float, Field(ge=1, le=9), AfterValidator(_half_steps)]


class Entry(BaseModel):
    """A group of keys; any other key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
