"""Readings as InfluxDB's line protocol, timestamps in milliseconds.

Tags are those of the site in force when a line is written. A point that has moved to another room goes on as a second
series; whatever is read by point finds both.
"""

from collections.abc import Iterable, Sequence
from itertools import repeat

from facility.reading import Reading, Validity, validity_of
from facility.site import Site
from storage.samples.columns import NO_NUMBER, Array, Columns
from storage.samples.influx.schema import HOURLY, RETIRED, size_text

_ESCAPED = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ "})


class Lines:
    """Makes lines of the readings of one site, as the site is at present."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._series: dict[str, str] = {}

    def of_columns(self, point: str, columns: Columns) -> list[bytes]:
        """One line for each reading of a point."""
        series = self.series(point)
        if columns.valid.all():
            said = [f'value={value!r},validity="valid",' for value in columns.value.tolist()]
        else:
            said = list(map(_said, columns.value.tolist(), columns.reasons.tolist()))
        return [
            f"{series} {begin}{count}{volume}{sequence}received={received}i {time}".encode()
            for begin, count, volume, sequence, received, time in zip(
                said,
                _fields("count", columns.count, columns.count != NO_NUMBER, "i"),
                _fields("volume", columns.volume, columns.volume == columns.volume, ""),
                _fields("sequence", columns.sequence, columns.sequence != NO_NUMBER, "i"),
                columns.received.tolist(),
                columns.time.tolist(),
                strict=False,
            )
        ]

    def of_readings(self, readings: Iterable[Reading]) -> list[bytes]:
        """One line for each reading, of any points."""
        return [
            (
                f"{self._series.get(r.point) or self.series(r.point)} {_said(r.value, r.reasons)}"
                f"{'' if r.count is None else f'count={r.count}i,'}"
                f"{'' if r.volume is None or r.volume != r.volume else f'volume={r.volume!r},'}"
                f"{'' if r.sequence is None else f'sequence={r.sequence}i,'}"
                f"received={r.received}i {r.time}"
            ).encode()
            for r in readings
        ]

    def series(self, point: str) -> str:
        """Measurement and tags of a point's readings, as lines begin with them."""
        if point not in self._series:
            self._series[point] = self._made(point, "")
        return self._series[point]

    def hourly_series(self, point: str, revision: int) -> str:
        """Measurement and tags of a revision of the roll-ups of a point."""
        return self._made(point, HOURLY, revision=str(revision))

    def _made(self, point: str, suffix: str, **more: str) -> str:
        known = self._site.points.get(point)
        tags = {"point": point, "site": self._site.id, **more}
        if known is not None:
            tags["room"] = known.room
            if known.size is not None:
                tags["size"] = size_text(known.size)
        measurement = RETIRED if known is None else known.quantity.value
        return ",".join([f"{measurement}{suffix}", *(f"{name}={escaped(tags[name])}" for name in sorted(tags))])


def escaped(tag: str) -> str:
    """The value of a tag. Ids hold nothing that needs more than this: no line ends, no backslash at the end."""
    return tag.translate(_ESCAPED)


def _said(value: float, reasons: int) -> str:
    """What a reading says, up to its number: judged numbers and others in fields of their own."""
    validity = validity_of(reasons)
    if value != value:
        return f'validity="{validity.name.lower()}",reasons={reasons}i,'
    if validity is Validity.VALID:
        return f'value={value!r},validity="valid",'
    if validity is Validity.SUSPECT:
        return f'value={value!r},validity="suspect",reasons={reasons}i,'
    return f'invalid_value={value!r},validity="invalid",reasons={reasons}i,'


def _fields(name: str, numbers: Array, there: Array, suffix: str) -> Sequence[str] | Iterable[str]:
    """A field of each reading, or nothing where a reading does not have it."""
    if not there.any():
        return repeat("")
    written: list[str] = [f"{name}={number!r}{suffix}," for number in numbers.tolist()]
    if there.all():
        return written
    return [field if has else "" for field, has in zip(written, there.tolist(), strict=True)]
