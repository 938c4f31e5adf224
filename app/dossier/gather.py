"""Asks the stores for all that a dossier says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.areas import rooms_of
from app.context import AppContext
from app.dossier.before import Abnormal
from app.dossier.content import about, content_of, differences
from app.dossier.events import Event
from app.dossier.measures import Measured
from app.dossier.scope import MOST_POINTS, Scope, kin_of, scope_of
from app.dossier.similar import WITHIN, Similar, similar
from app.dossier.story import story
from app.dossier.worked_out import abnormal_before, measured_of
from app.excursions import made_meanwhile, visible
from app.trends.gather import gather_limits
from app.trends.picture import PointHistory
from facility.excursion import Excursion
from facility.instants import Instant
from facility.people import CLEANWATCH
from facility.site import Site
from storage.records import assessments, closings, excursion_search, excursions, notifications, signatures
from storage.records.assessments import Assessed, Assessment
from storage.records.batches import Run
from storage.records.closings import Closing
from storage.records.excursion_search import ExcursionFilter
from storage.records.excursions import Moved
from storage.records.notifications import Delivery
from storage.records.people import accounts
from storage.records.signatures import Signature
from storage.records.trail import audit
from storage.records.trail.audit import Mark
from storage.samples.store import HistoryAwayError

MOST_EARLIER = 500
"""Excursions of the year before that are looked through for similar ones."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one excursion, as far as the person who asks may see it, at the moment `now`."""

    site: Site
    now: Instant
    excursion: Excursion
    whole: bool
    """Does the person see all of it? Only then it can be judged, closed and compared with what was signed."""
    into: str | None
    """The number of the excursion that it was merged into."""
    numbers: Sequence[str]
    """Its own, and those of what was merged into it: what was said and sent about that belongs to its story."""
    scope: Scope
    runs: Sequence[Run]
    moves: Sequence[Moved]
    histories: Sequence[PointHistory]
    """The points of its alarms that were worked out, with their limits in force then."""
    measured: Sequence[Measured]
    before: Sequence[Abnormal]
    events: Sequence[Event]
    similar: Sequence[Similar]
    messages: Sequence[Delivery]
    assessments: Sequence[Assessment]
    """Every version, the newest first."""
    closings: Sequence[Closing]
    signatures: Sequence[Signature]
    changed: Sequence[str]
    """What is otherwise on record than it was signed, in words; empty where it is not closed."""
    names: Mapping[str, str]
    head: Mark
    """The last row of the audit trail when this was read."""
    away: str = ""
    """Why readings cannot be asked now; empty where they can."""

    @property
    def end(self) -> Instant:
        """When it was over, or now."""
        return self.now if self.excursion.returned is None else self.excursion.returned

    @property
    def moved(self) -> list[Moved]:
        """How its alarms came into it; for who sees all of it also how people moved others out of it."""
        own = self.excursion.alarms
        return [m for m in self.moves if m.move.alarm in own or (self.whole and m.by != CLEANWATCH)]

    @property
    def assessed(self) -> Assessed:
        """What holds; empty before anybody has judged."""
        return self.assessments[0].assessed if self.assessments else Assessed()

    @property
    def closing(self) -> Closing | None:
        """How it was closed, if it is closed now."""
        last = self.closings[-1] if self.closings else None
        return last if last is not None and last.step is closings.Step.CLOSED else None

    @property
    def first_told(self) -> Instant | None:
        """When the first message about it was handed over."""
        return min((one.sent for one in self.messages if one.sent is not None), default=None)

    @property
    def first_answer(self) -> Instant | None:
        """When the first of its alarms was acknowledged."""
        answers = (answer.at for alarm in self.excursion.alarms.values() for answer in alarm.acknowledgements)
        return min(answers, default=None)


def gather(context: AppContext, number: str) -> Dossier | None:
    """The dossier of an excursion; None where there is none that the person may see."""
    site, now = context.site(), context.clock()
    with context.records.reading() as connection:
        full = excursions.find(connection, number)
        excursion = None if full is None else visible(context, full)
        if full is None or excursion is None:
            return None
        scope = scope_of(site, excursion)
        versions, closed = assessments.of(connection, number), closings.of(connection, number)
        numbers = excursions.numbers_in(connection, number) if full == excursion else [number]
        deliveries = [one for event in numbers for one in notifications.of_event(connection, event)]
        names, runs = accounts.names(connection), made_meanwhile(connection, site, excursion, now)
        into = None if excursion.merged_into is None else excursions.number_of(connection, excursion.merged_into)
        moves, head = excursions.moves(connection, number), audit.head(connection)
        signed = signatures.of(connection, about(number))
        alike = _similar(context, connection, excursion, versions[0].assessed.cause if versions else "")
    end = now if excursion.returned is None else excursion.returned
    histories = gather_limits(site, context.records, scope.points[:MOST_POINTS], excursion.onset, end + 1)
    measured: list[Measured] = []
    before: list[Abnormal] = []
    changed: list[str] = []
    away = ""
    try:
        measured = measured_of(context.samples, histories, excursion.onset, end + 1)
        before = abnormal_before(context, excursion, scope)
        if full == excursion and closed and closed[-1].step is closings.Step.CLOSED and versions:
            changed = changes_since(context, full, closed[-1], versions[0])
    except HistoryAwayError as error:
        away = str(error)
    with context.records.reading() as connection:
        told = story(
            context, connection, excursion, numbers, scope, measured, runs, deliveries, versions, closed, end
        )
    return Dossier(
        site=site,
        now=now,
        excursion=excursion,
        whole=full == excursion,
        into=into,
        numbers=numbers,
        scope=scope,
        runs=runs,
        moves=moves,
        histories=histories,
        measured=measured,
        before=before,
        events=told,
        similar=alike,
        messages=deliveries,
        assessments=versions,
        closings=closed,
        signatures=signed,
        changed=changed,
        names=names,
        head=head,
        away=away,
    )


def changes_since(context: AppContext, excursion: Excursion, closing: Closing, assessment: Assessment) -> list[str]:
    """What is otherwise on record than it was signed. Raises HistoryAwayError."""
    rooms = closing.content.get("rooms")
    known = [str(room) for room in rooms] if isinstance(rooms, list) else []
    with context.records.reading() as connection:
        present = content_of(
            connection, context.samples, excursion, known, assessment, closing.number, upto=closing.at
        )
    return differences(closing.content, present)


def present_content(
    context: AppContext, connection: Connection, excursion: Excursion, assessment: Assessment
) -> dict[str, audit.JSON]:
    """What a signature that closes it now is bound to. Raises HistoryAwayError."""
    rooms = kin_of(context.whole(), excursion.rooms)
    number = closings.next_number(connection, excursion.number)
    return content_of(connection, context.samples, excursion, rooms, assessment, number)


def _similar(context: AppContext, connection: Connection, excursion: Excursion, cause: str) -> list[Similar]:
    wanted = ExcursionFilter(start=excursion.onset - WITHIN, end=excursion.onset, within=rooms_of(context))
    listed = excursion_search.history(connection, wanted, MOST_EARLIER)
    earlier = [seen for one in listed if (seen := visible(context, one)) is not None]
    judged = assessments.newest_of(connection, [one.number for one in earlier])
    return similar(excursion, cause, earlier, judged)
