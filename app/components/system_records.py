"""What the system page shows out of the records: gaps in what sources number, the last backup, what is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component
from sqlalchemy import Connection

from app import formats
from app.components.basics import since, tagged
from facility.instants import Instant
from storage.records import archived, backups, seals, source_gaps
from storage.records.archived import Archive, LastChecked
from storage.records.backups import Made
from storage.records.seals import SealedDay
from storage.records.source_gaps import SourceGap

MOST_OPEN, MOST_CLOSED = 20, 5
AWAY = "Cannot be read while the records are away."
NO_BACKUP = (
    "None known. One is made while everything runs, with: cleanwatch backup FILE. "
    "docs/operations.md says how often, and how to try it out."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one station the newest day that is sealed, the newest archive, and the last check of one."""

    sealed: SealedDay | None
    archive: Archive | None
    checked: LastChecked | None


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The newest gaps, open ones first, and of each station its last backup."""

    gaps: Sequence[SourceGap]
    more: bool
    """Are there more open ones?"""
    backups: Mapping[str, Made | None]
    kept: Mapping[str, Kept]


def read(connection: Connection, stations: Sequence[str]) -> OnRecord:
    """What the records say now."""
    still = source_gaps.newest(connection, MOST_OPEN + 1, closed=False)
    closed = source_gaps.newest(connection, MOST_CLOSED, closed=True)
    last = {station: backups.newest(connection, station) for station in stations}
    kept = {station: _kept(connection, station) for station in stations}
    return OnRecord([*still[:MOST_OPEN], *closed], len(still) > MOST_OPEN, last, kept)


def _kept(connection: Connection, station: str) -> Kept:
    archive = next(iter(archived.made(connection, station, limit=1)), None)
    return Kept(seals.newest(connection, station), archive, archived.last_checked(connection, station))


def gap_table(known: OnRecord | None, several: bool, zone: str, now: Instant) -> Component:
    """Each gap with its numbers, when it came about, and whether what was missing has come."""
    if known is None:
        return html.P(AWAY, className="quiet")
    if not known.gaps:
        words = "None on record: every message of the sources that number theirs has come."
        return html.P(words, className="quiet")
    heads = ["Source", "Numbers", "Went missing", "Now"]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(head) for head in heads])),
            html.Tbody([_gap(gap, several, zone, now) for gap in known.gaps]),
        ],
        className="gaps",
    )
    more = html.P("Older ones are open, too: cleanwatch source list", className="quiet") if known.more else None
    return html.Div(
        [tagged(html.Div(table, className="scroll", tabIndex="0", role="region"), aria_label="Gaps"), more]
    )


def _gap(gap: SourceGap, several: bool, zone: str, now: Instant) -> Component:
    count = gap.last - gap.first + 1
    numbers = f"{gap.first:,}" if count == 1 else f"{gap.first:,} to {gap.last:,}"
    source = gap.source + (f", station {gap.station}" if several else "")
    if gap.after is None:
        when = f"before {formats.exactly(gap.before, zone, now)}"
    else:
        when = f"{formats.exactly(gap.after, zone, now)} to {formats.with_seconds(gap.before, zone)}"
    state: list[str | Component]
    if gap.closed is None:
        state = [html.B("missing"), " for ", since(gap.before)]
    else:
        state = [f"all have come, {formats.moment(gap.closed, zone, now)}"]
    words = [
        html.Span(numbers, className="num b"),
        html.Span(f" {_messages(count)}, epoch {gap.epoch}", className="muted"),
    ]
    return html.Tr([html.Th(source, scope="row"), html.Td(words), html.Td(when, className="num"), html.Td(state)])


def _messages(count: int) -> str:
    return "one message" if count == 1 else f"{count:,} messages"


def backup_part(known: OnRecord | None, station: str, embedded: bool, zone: str, now: Instant) -> Component:
    """When the last backup of a station was made, by whom, where it is, and how to know it again."""
    if known is None:
        return html.P(AWAY, className="quiet")
    apart = "The records are in PostgreSQL, which is backed up its own way: nothing is known of that here."
    also = None if embedded else html.P(apart, className="quiet")
    made = known.backups.get(station)
    if made is None:
        return html.Div([html.P(NO_BACKUP, className="quiet"), also])
    backup = made.backup
    rows: list[tuple[str, str | Component | list[str | Component]]] = [
        (
            "Last backup",
            [formats.moment(made.at, zone, now), html.Span([", ", since(made.at), " ago"], className="muted")],
        ),
        ("By", made.actor),
        ("Holds", f"{backup.readings:,} readings{' and all records' if backup.records else ''}"),
        ("File", backup.file),
        ("SHA-256", html.Span(backup.sha256, className="mono")),
    ]
    facts = html.Dl([part for name, words in rows for part in (html.Dt(name), html.Dd(words))], className="facts")
    return html.Div([facts, also])


def kept_part(known: OnRecord | None, station: str, zone: str, now: Instant) -> Component:
    """Up to which day a later change of readings would show, what is archived, and when that was last checked."""
    if known is None:
        return html.P(AWAY, className="quiet")
    kept = known.kept[station]
    if kept.sealed is None:
        words = "No day is sealed yet. Two hours after its end (UTC), a digest of its readings goes on record."
        return html.P(words, className="quiet")
    day, digest = seals.date_of(kept.sealed.day), html.Span(kept.sealed.sha256, className="mono")
    rows: list[tuple[str, str | Component]] = [
        ("Sealed up to", f"{day} (UTC), {kept.sealed.readings:,} readings that day"),
        ("SHA-256", digest),
        ("To verify", html.Span("cleanwatch audit verify --readings", className="mono")),
        ("Last archive", _archive(kept.archive)),
        ("Last check of one", _last_check(kept.checked, zone, now)),
    ]
    return html.Dl([part for name, words in rows for part in (html.Dt(name), html.Dd(words))], className="facts")


def _archive(archive: Archive | None) -> str:
    if archive is None:
        return "none yet: cleanwatch archive make"
    return f"{archive.first} to {archive.last}, {archive.readings:,} readings, {archive.file}"


def _last_check(checked: LastChecked | None, zone: str, now: Instant) -> str:
    if checked is None:
        return "never: cleanwatch archive check"
    found = "found whole" if checked.problems == 0 else f"{formats.count(checked.problems, 'problem')} found"
    return f"{formats.moment(checked.at, zone, now)}, {found}, {checked.file}"
