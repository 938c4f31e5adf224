"""Everything that a trend shows, gathered and decided, before it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.bands import BandRow
from app.trends.outside import Peak
from app.trends.series import Series
from app.trends.steps import LimitLine, LimitStep
from facility.instants import Instant, Span
from facility.site import Point
from storage.records.annotations import Annotation
from storage.samples.columns import Array


@dataclass(frozen=True, slots=True, eq=False)
class PointHistory:
    """One point over the range of the trend: its limits then. `interval` is how often it should send."""

    point: Point
    interval: Span
    steps: tuple[LimitStep, ...]

    @property
    def start(self) -> Instant:
        return self.steps[0].start

    @property
    def end(self) -> Instant:
        return self.steps[-1].end


@dataclass(frozen=True, slots=True, eq=False)
class PointPicture(PointHistory):
    """One point over the range of the trend, with all that is drawn of it."""

    series: Series
    lines: tuple[LimitLine, ...]
    changes: tuple[tuple[Instant, int, str], ...]
    gaps: tuple[tuple[Instant, Instant], ...]
    incomplete: Array
    peaks: tuple[Peak, ...]
    said: tuple[Annotation, ...] = ()
    """Comments and corrections about this point in this time."""
    beside: "PointPicture | None" = None
    """What it is compared with: the same point at another time, or the same quantity of another room."""
    shift: Span = 0
    """How much later than it was measured it is drawn, as what another time is compared with."""

    @property
    def both(self) -> tuple["PointPicture", ...]:
        """The point, and what it is compared with."""
        return (self,) if self.beside is None else (self, self.beside)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A whole trend, from `start` to `end`."""

    start: Instant
    end: Instant
    timezone: str
    points: tuple[PointPicture, ...]
    rows: tuple[BandRow, ...]

    @property
    def everything(self) -> list[PointPicture]:
        """The points, each followed by what it is compared with."""
        return [one for point in self.points for one in point.both]

    def plots(self, together: bool) -> list[Sequence[PointPicture]]:
        """The points of each plot, and what they are compared with: one point each, or all of one quantity."""
        if not together:
            return [point.both for point in self.points]
        quantities = dict.fromkeys(picture.point.quantity for picture in self.points)
        return [[p for p in self.everything if p.point.quantity is quantity] for quantity in quantities]
