"""Everything that a verification looks at beside the chain, by the settings of this installation."""

from functools import partial

from cleanwatch import time_stamps
from cleanwatch.settings import Settings
from storage.records import seals
from storage.records.trail import verification
from storage.records.trail.verification import Check


def checks(settings: Settings) -> tuple[tuple[str, Check], ...]:
    """Each check, and in words what it looks at."""
    stamps = partial(time_stamps.check, ca_file=settings.timestamp_ca_file)
    return (*verification.CHECKS, ("time-stamps", stamps), ("digests of readings", seals.problems))
