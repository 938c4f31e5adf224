"""How long readings and what is on record about them are kept: by age, and longer where a batch was made then.

Nothing is ever deleted by this. It says from when on a day may be archived away. What the law asks for: batch
documents one year after the batch expires or five years after its certification, whichever is longer (EU GMP
chapter 4, 4.11); one year after expiry (21 CFR 211.180(a)). Certification and expiry are not known here, so a site's
rule counts from the end of the batch, and must be long enough for both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from typing_extensions import override

FEWEST_BATCH_YEARS = 5
"""EU GMP chapter 4, 4.11: at least five years after certification, which is after the end."""


@dataclass(frozen=True, slots=True)
class Retention:
    """A site's rule: whole years after the day itself, and after the end of each batch that was made that day."""

    years: int
    batch_years: int
    why: str

    @override
    def __str__(self) -> str:
        return f"{self.years} years, {self.batch_years} after the last linked batch, because {self.why}"

    def kept_until(self, day: date, batch_ends: Iterable[date | None]) -> date | None:
        """The first day on which a day's readings need not be kept any more.

        `batch_ends` are the ends of the batches that were made that day; None, for one that is still being made,
        means that there is no such day yet.
        """
        until = _years_after(day, self.years)
        for end in batch_ends:
            if end is None:
                return None
            until = max(until, _years_after(end, self.batch_years))
        return until


def _years_after(day: date, years: int) -> date:
    """The day after so many whole years have passed; 29 February counts as the 28th."""
    leap_day = (day.month, day.day) == (2, 29)
    last = day.replace(year=day.year + years, day=28 if leap_day else day.day)
    return last + timedelta(days=1)
