"""What the system page shows out of the records: gaps in what sources number, the last backup, what is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component
from sqlalchemy import Connection

from app import formats
from app.components.basics import since, tagged
from facility.instants import Instant
from facility.language import N_, _, _n
from storage.records import archived, backups, seals, source_gaps
from storage.records.archived import Archive, LastChecked
from storage.records.backups import Made
from storage.records.seals import SealedDay
from storage.records.source_gaps import SourceGap

MOST_OPEN, MOST_CLOSED = 20, 5
AWAY = N_("Cannot be read while the records are away.")
NO_BACKUP = N_(
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
        return html.P(_(AWAY), className="quiet")
    if not known.gaps:
        words = _("None on record: every message of the sources that number theirs has come.")
        return html.P(words, className="quiet")
    heads = [_("Source"), _("Numbers"), _("Went missing"), _("Now")]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(head) for head in heads])),
            html.Tbody([_gap(gap, several, zone, now) for gap in known.gaps]),
        ],
        className="gaps",
    )
    more = html.P(_("Older ones are open, too: cleanwatch source list"), className="quiet") if known.more else None
    return html.Div(
        [tagged(html.Div(table, className="scroll", tabIndex="0", role="region"), aria_label=_("Gaps")), more]
    )


def _gap(gap: SourceGap, several: bool, zone: str, now: Instant) -> Component:
    count = gap.last - gap.first + 1
    first, last = formats.decimal(gap.first, 0), formats.decimal(gap.last, 0)
    numbers = first if count == 1 else _("{first} to {last}", first=first, last=last)
    source = gap.source + (", " + _("station {station}", station=gap.station) if several else "")
    if gap.after is None:
        when = _("before {time}", time=formats.exactly(gap.before, zone, now))
    else:
        begin, end = formats.exactly(gap.after, zone, now), formats.with_seconds(gap.before, zone)
        when = _("{start} to {end}", start=begin, end=end)
    state: list[str | Component]
    if gap.closed is None:
        state = [html.B(_("missing")), ", ", since(gap.before)]
    else:
        state = [_("all have come, {time}", time=formats.moment(gap.closed, zone, now))]
    words: list[str | Component] = [
        html.Span(numbers, className="num b"),
        " ",
        html.Span(_("{messages}, epoch {epoch}", messages=_messages(count), epoch=gap.epoch), className="muted"),
    ]
    return html.Tr([html.Th(source, scope="row"), html.Td(words), html.Td(when, className="num"), html.Td(state)])


def _messages(count: int) -> str:
    return _n("one message", "{n} messages", count, n=formats.decimal(count, 0))


def backup_part(known: OnRecord | None, station: str, embedded: bool, zone: str, now: Instant) -> Component:
    """When the last backup of a station was made, by whom, where it is, and how to know it again."""
    if known is None:
        return html.P(_(AWAY), className="quiet")
    apart = _("The records are in PostgreSQL, which is backed up its own way: nothing is known of that here.")
    also = None if embedded else html.P(apart, className="quiet")
    made = known.backups.get(station)
    if made is None:
        return html.Div([html.P(_(NO_BACKUP), className="quiet"), also])
    backup = made.backup
    before, after = _("{span} ago").split("{span}")
    ago = html.Span([", ", before, since(made.at), after], className="muted")
    rows: list[tuple[str, str | Component | list[str | Component]]] = [
        (_("Last backup"), [formats.moment(made.at, zone, now), ago]),
        (_("By"), made.actor),
        (
            _("Holds"),
            _("{n} readings and all records", n=formats.decimal(backup.readings, 0))
            if backup.records
            else _("{n} readings", n=formats.decimal(backup.readings, 0)),
        ),
        (_("File"), backup.file),
        ("SHA-256", html.Span(backup.sha256, className="mono")),
    ]
    facts = html.Dl([part for name, words in rows for part in (html.Dt(name), html.Dd(words))], className="facts")
    return html.Div([facts, also])


def kept_part(known: OnRecord | None, station: str, zone: str, now: Instant) -> Component:
    """Up to which day a later change of readings would show, what is archived, and when that was last checked."""
    if known is None:
        return html.P(_(AWAY), className="quiet")
    kept = known.kept[station]
    if kept.sealed is None:
        words = _("No day is sealed yet. Two hours after its end (UTC), a digest of its readings goes on record.")
        return html.P(words, className="quiet")
    day, digest = seals.date_of(kept.sealed.day), html.Span(kept.sealed.sha256, className="mono")
    rows: list[tuple[str, str | Component]] = [
        (
            _("Sealed up to"),
            _(
                "{day} (UTC), {readings} readings that day",
                day=day,
                readings=formats.decimal(kept.sealed.readings, 0),
            ),
        ),
        ("SHA-256", digest),
        (_("To verify"), html.Span("cleanwatch audit verify --readings", className="mono")),
        (_("Last archive"), _archive(kept.archive)),
        (_("Last check of one"), _last_check(kept.checked, zone, now)),
    ]
    return html.Dl([part for name, words in rows for part in (html.Dt(name), html.Dd(words))], className="facts")


def _archive(archive: Archive | None) -> str:
    if archive is None:
        return _("none yet: cleanwatch archive make")
    return _(
        "{first} to {last}, {readings} readings, {file}",
        first=archive.first,
        last=archive.last,
        readings=formats.decimal(archive.readings, 0),
        file=archive.file,
    )


def _last_check(checked: LastChecked | None, zone: str, now: Instant) -> str:
    if checked is None:
        return _("never: cleanwatch archive check")
    found = (
        _("found whole")
        if checked.problems == 0
        else _n("{n} problem found", "{n} problems found", checked.problems, n=formats.words(checked.problems))
    )
    return f"{formats.moment(checked.at, zone, now)}, {found}, {checked.file}"
