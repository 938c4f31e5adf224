"""What the leading station does for the audit trail every night: verify it, and tell its head outside.

What is due is read off the records, so a restart repeats nothing and forgets nothing. What cannot be done is told in
words and tried again.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cleanwatch.anchor_key import KeyNotUsableError, key_on_record
from cleanwatch.anchor_mail import NotSentError, Post, send
from cleanwatch.problems import Finding, Problems
from cleanwatch.settings import Settings
from cleanwatch.time_stamps import NoTimeStampError, time_stamp
from cleanwatch.trail_checks import checks
from facility.instants import DAY, Clock, Instant, datetime_of, instant_of
from facility.people import CLEANWATCH
from facility.site import Site
from storage.records.database import Records
from storage.records.trail import anchors, audit, trail_reviews, verification
from storage.records.trail.anchors import Kind
from storage.records.trail.audit import AuditFilter
from storage.records.trail.chain import BEGINNING, Mark
from storage.records.trail.verification import Result

PART = "audit trail"
NIGHTLY = time(3)
"""In the site's zone."""
FULL_AFTER = 7 * DAY
"""A verification of every row is due again; those between go on from the one before."""
RESULTS = 30
"""So many results on record are looked at for the last full one."""


class EndingError(Exception):
    """The station ends while the trail is verified; that begins anew next time."""


class TrailKeeper:
    """Call it every minute or so, from one thread. Only the leading station of a site does anything."""

    def __init__(
        self,
        settings: Settings,
        records: Records,
        site: Callable[[], Site],
        clock: Clock,
        problems: Problems,
        stopping: threading.Event,
    ) -> None:
        self._settings = settings
        self._records = records
        self._site = site
        self._clock = clock
        self._problems = problems
        self._stopping = stopping

    def __call__(self) -> None:
        if not self._site().share.leads:
            return
        try:
            self._problems.tell_all(PART, list(self._findings()))
        except EndingError:
            return

    def _findings(self) -> Iterator[Finding]:
        """Do what is due; what is wrong then."""
        yield from self._verified()
        for kind, due in ((Kind.MAIL, self._settings.post), (Kind.TIME_STAMP, self._settings.timestamp_url)):
            if due:
                yield from self._anchored(kind)
        if self._site().simulated:
            return
        if self._settings.post is None and not self._settings.timestamp_url:
            text = (
                "the head of the audit trail is told nobody outside, so a trail written anew would not show. "
                "Set CLEANWATCH_MAIL_HOST or CLEANWATCH_TIMESTAMP_URL (docs/audit-trail.md)"
            )
            yield Finding(PART, text, key="anchors", advisory=True)
        yield from self._review()

    def _verified(self) -> Iterator[Finding]:
        with self._records.reading() as connection:
            results = verification.newest(connection, RESULTS)
        if not results or results[0].at < self._night():
            verified = verification.verify(
                self._records, verify_after(results, self._clock()), processes=1, progress=self._go_on
            )
            found = list(verified.problems)
            for _, check in checks(self._settings):
                with self._records.reading() as connection:  # one for each: none is held for long
                    found += check(connection)
            verified = replace(verified, problems=tuple(found))
            with self._records.transaction() as connection:
                verification.on_record(connection, self._clock(), CLEANWATCH, verified)
                results = verification.newest(connection)
        if results[0].count:
            yield Finding(PART, broken_words(results[0]), key="broken")

    def _anchored(self, kind: Kind) -> Iterator[Finding]:
        with self._records.reading() as connection:
            before = anchors.newest(connection, kind)
        if before is not None and before.at >= self._night():
            return
        try:
            if kind is Kind.MAIL:
                assert self._settings.post is not None
                self._mail(self._settings.post, before.mark if before else BEGINNING)
            else:
                self._time_stamp(self._settings.timestamp_url)
        except (NotSentError, NoTimeStampError, KeyNotUsableError) as error:
            last = (
                f"The last one is of {datetime_of(before.at):%Y-%m-%d %H:%M} UTC."
                if before
                else "There was none yet."
            )
            yield Finding(PART, f"{error}. {last} It is tried again every few minutes", key=kind.value)

    def _mail(self, post: Post, since: Mark) -> None:
        key = key_on_record(self._settings.data, self._records, self._clock)
        now, site = self._clock(), self._site().id
        with self._records.reading() as connection:
            mark = audit.head(connection)
            counts = audit.counts(connection, AuditFilter(after=since.seq))
            results = verification.newest(connection)
        told = anchors.statement(site, now, mark)
        signature = key.sign(told.encode())
        state = result_words(results[0]) if results else "The trail was not verified yet."
        send(post, site, told, signature, state, counts)
        with self._records.transaction() as connection:
            anchors.add(connection, now, Kind.MAIL, mark, ", ".join(post.recipients), told, signature)

    def _time_stamp(self, url: str) -> None:
        now = self._clock()
        with self._records.reading() as connection:
            mark = audit.head(connection)
        told = anchors.statement(self._site().id, now, mark)
        token = time_stamp(url, told.encode(), self._settings.timestamp_ca_file)
        with self._records.transaction() as connection:
            anchors.add(connection, now, Kind.TIME_STAMP, mark, url, told, token)

    def _review(self) -> Iterator[Finding]:
        days = self._settings.trail_review_days
        with self._records.reading() as connection:
            waiting = trail_reviews.unreviewed(connection)
        if days and waiting and self._clock() - waiting[0].start > days * DAY:
            text = (
                f"rows of the audit trail from {datetime_of(waiting[0].start):%Y-%m-%d} on wait for a review "
                f"for more than {days} days. Who may review it does so on the page Audit trail"
            )
            yield Finding(PART, text, key="review", advisory=True)

    def _night(self) -> Instant:
        return last_night(self._clock(), self._site().timezone)

    def _go_on(self, _done: int, _rows: int) -> None:
        if self._stopping.is_set():
            raise EndingError


def last_night(now: Instant, zone: str) -> Instant:
    """When it was last `NIGHTLY` in a time zone."""
    local = datetime_of(now).astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), NIGHTLY, ZoneInfo(zone))
    return instant_of(
        today if today <= local else datetime.combine(local.date() - timedelta(days=1), NIGHTLY, ZoneInfo(zone))
    )


def verify_after(results: list[Result], now: Instant) -> Mark:
    """Where the next verification begins, by the last ones, newest first: a full one a week, and after trouble."""
    full = next((result for result in results if result.full), None)
    if full is None or results[0].count or now - full.at >= FULL_AFTER:
        return BEGINNING
    return results[0].last


def result_words(result: Result) -> str:
    """What a verification found, in a sentence or some."""
    when = f"{datetime_of(result.at):%Y-%m-%d %H:%M} UTC"
    rows = f"rows {result.after + 1:,} to {result.last.seq:,}" if result.after else f"all {result.last.seq:,} rows"
    if not result.count:
        return f"Verified {when}, {rows}: whole."
    return f"NOT WHOLE. {broken_words(result)}"


def broken_words(result: Result) -> str:
    """What is wrong with the trail, and what to do."""
    first = "; ".join(result.problems[:3])
    more = f"; and {result.count - 3} more" if result.count > 3 else ""
    return (
        f"the audit trail is not what was written: {first}{more}. Somebody has changed the records' database. "
        "Find out who; an older export, mail or backup tells what it was. See all with: cleanwatch audit verify"
    )
