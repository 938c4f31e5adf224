"""A copy: what a page shows as facts and tables, before it becomes a file of some format.

Every format has the same facts and the same tables, and carries the SHA-256 of them: copies with the same hash say
the same. The same copy gives the same bytes in every format.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from importlib.metadata import version
from typing import TypeAlias

from app import formats
from facility.instants import Instant, text_of
from facility.language import _
from facility.people import Person
from facility.site import Site
from storage.records.signatures import content_hash
from storage.records.trail.audit import JSON

Cell: TypeAlias = str | float | int | None
Row: TypeAlias = tuple[Cell, ...]


class TooLongError(Exception):
    """So much cannot be copied at once; the message says what would be right."""


class Kind(Enum):
    """What is in a column. Times are instants."""

    TEXT = auto()
    NUMBER = auto()
    WHOLE = auto()
    TIME = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    """In English, for programs; a PDF heads the column with it in the language that is spoken."""
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the copy. An empty one is shown, too: that nothing was there is a fact."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture (SVG), and what it shows in words."""

    svg: str
    words: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of what a page shows. `facts` say what was asked for: points, filter; `remarks` what is to be known."""

    subject: str
    """One word or two that name the kind of copy: `trend`, `alarms`."""
    title: str
    site: str
    zone: str
    made_by: str
    made_at: Instant
    tables: tuple[Table, ...]
    period: tuple[Instant, Instant] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = field(default=(), compare=False)

    @property
    def head(self) -> list[tuple[str, str]]:
        """What stands at the top of every format: what, where, when, by whom."""
        period = (
            []
            if self.period is None
            else [
                (_("Period"), _("{start} to {end}", start=self.time(self.period[0]), end=self.time(self.period[1])))
            ]
        )
        return [
            (_("Copy of"), self.title),
            (_("Site"), self.site),
            *period,
            *self.facts,
            (
                _("Time zone"),
                _(
                    "{zone}, {offset} when this copy was made",
                    zone=self.zone,
                    offset=formats.offset(self.made_at, self.zone),
                ),
            ),
            (_("Made by"), self.made_by),
            (_("Made at"), f"{self.time(self.made_at)} ({text_of(self.made_at)})"),
            (_("Made with"), f"Cleanwatch {version('cleanwatch')}"),
            *((_("Remark"), remark) for remark in self.remarks),
            (_("SHA-256 of the content"), self.hash),
        ]

    @property
    def content(self) -> JSON:
        """All that the copy says, and who made it when."""
        return {
            "title": self.title,
            "site": self.site,
            "zone": self.zone,
            "made by": self.made_by,
            "made at": text_of(self.made_at),
            "period": None if self.period is None else [text_of(at) for at in self.period],
            "facts": [list(fact) for fact in self.facts],
            "remarks": list(self.remarks),
            "tables": [
                {
                    "title": table.title,
                    "columns": [c.name for c in table.columns],
                    "rows": [list(r) for r in table.rows],
                }
                for table in self.tables
            ],
        }

    @property
    def hash(self) -> str:
        """The SHA-256 of the content."""
        return content_hash(self.content)

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(len(table.rows) for table in self.tables)

    def time(self, at: Instant) -> str:
        """A moment as the copy prints it: 22 Nov 2026 14:05:12 CET."""
        return (
            f"{formats.date(at, self.zone)} {formats.with_seconds(at, self.zone)} {formats.zone_name(at, self.zone)}"
        )


def made_by(person: Person) -> str:
    """As a copy names who made it: Maria Keller (QA), account m.keller."""
    return _("{name} ({role}), account {account}", name=person.name, role=_(person.role), account=person.account)


def simulated(site: Site) -> tuple[str, ...]:
    """What a copy of simulated data has to say."""
    return (_("The data are simulated."),) if site.simulated else ()
