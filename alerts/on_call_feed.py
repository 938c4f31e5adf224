"""The calendars of rotas: fetched on a schedule, the last good copy kept in the records."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import requests

from alerts.on_call_calendar import CalendarError, check, planned
from facility.instants import DAY, HOUR, MINUTE, Clock, Instant, Span
from facility.language import N_, _, retold
from facility.on_call import Calendar, Rota
from facility.site import Site
from facility.site_words import duration
from storage.records import on_call
from storage.records.database import Records
from storage.records.on_call import CalendarCopy

EVERY: Span = 15 * MINUTE
AGAIN: Span = 2 * MINUTE
"""After a failure."""
STALE: Span = 6 * HOUR
"""A copy so old is told: swaps of today are not in it."""
AHEAD: Span = 14 * DAY
"""So far ahead names without an account are looked for."""
ANSWER_SECONDS = 10
LARGEST = 5_000_000
"""Bytes of a calendar; many years of a rota take some 100,000."""


class FeedError(Exception):
    """The calendar could not be fetched; the message says why."""


Fetch = Callable[[str], str]
"""The text at an address. Raises FeedError."""


WORDS = "alerts/on_call"
"""Where the words are that are kept in English with a copy."""


def fetch(address: str) -> str:
    """The text of a calendar at an https address or in a file. Raises FeedError."""
    return _from_the_net(address) if "://" in address else _from_a_file(Path(address))


@dataclass(frozen=True, slots=True)
class Calendars:
    """Keeps the calendars of a site's rotas. Where there are several stations the first one does it."""

    records: Records
    site: Callable[[], Site]
    clock: Clock
    fetch: Fetch = fetch

    def step(self) -> None:
        """Fetch those that are to be fetched now. Raises RecordsAwayError."""
        site = self.site()
        if not site.share.leads:
            return
        with self.records.reading() as connection:
            copies = on_call.calendars(connection)
        for rota in with_calendars(site):
            copy, now = copies.get(rota.id), self.clock()
            if is_due(rota, copy, now):
                found = self._fetched(rota, copy, now)
                with self.records.transaction() as connection:
                    on_call.keep_calendar(connection, found)

    def _fetched(self, rota: Rota, before: CalendarCopy | None, now: Instant) -> CalendarCopy:
        assert isinstance(rota.plan, Calendar)
        address = rota.plan.address
        kept = before if before is not None and before.address == address else None
        kept = kept or CalendarCopy(rota.id, address, "", None, now, "")
        try:
            text = self.fetch(address)
            check(text)
        except FeedError as error:
            return replace(kept, tried=now, problem=str(error))
        except CalendarError as error:
            return replace(
                kept,
                tried=now,
                problem=N_("what is at {address} {error}").format(address=shown(address), error=error),
            )
        return CalendarCopy(rota.id, address, text, now, now, "")


def with_calendars(site: Site) -> list[Rota]:
    """The rotas that follow a calendar."""
    return [rota for rota in site.on_call.rotas.values() if isinstance(rota.plan, Calendar)]


def is_due(rota: Rota, copy: CalendarCopy | None, now: Instant) -> bool:
    """Is the calendar to be fetched now?"""
    assert isinstance(rota.plan, Calendar)
    if copy is None or copy.address != rota.plan.address:
        return True
    return not 0 <= now - copy.tried < (AGAIN if copy.problem else EVERY)


def troubles(rota: Rota, copy: CalendarCopy | None, now: Instant) -> Iterator[str]:
    """What is wrong with a rota's calendar, in words."""
    assert isinstance(rota.plan, Calendar)
    if copy is None or copy.address != rota.plan.address or copy.fetched is None:
        if copy is not None and copy.problem:
            yield _(
                "the calendar of rota {rota} could not be read: {problem}; by it nobody is on call",
                rota=rota.name,
                problem=retold(copy.problem, WORDS),
            )
        else:
            yield _("the calendar of rota {rota} could not be read yet; by it nobody is on call", rota=rota.name)
        return
    age = now - copy.fetched
    if age >= STALE:
        yield _(
            "the calendar of rota {rota} was read {span} ago, and not since: {problem}; what it said then holds",
            rota=rota.name,
            span=duration(age - age % HOUR),
            problem=retold(copy.problem, WORDS) or _("it is tried again"),
        )
    try:
        unknown = planned(rota, copy.text, now, now + AHEAD).unknown
    except CalendarError as error:
        problem = retold(str(error), WORDS)
        yield _("the calendar of rota {rota} {problem}", rota=rota.name, problem=problem)
        return
    if unknown:
        yield _(
            "the calendar of rota {rota} names {people}, for whom the site file has no account",
            rota=rota.name,
            people=", ".join(unknown),
        )


def shown(address: str) -> str:
    """An address without what may be secret in it: calendars are often shared by a token in the path."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…" if parts.scheme else address


def _from_a_file(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise FeedError(N_("{file} is larger than {most} bytes").format(file=path, most=f"{LARGEST:,}"))
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FeedError(N_("{file} cannot be read: {why}").format(file=path, why=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise FeedError(N_("{file} is no UTF-8 text").format(file=path)) from error


def _from_the_net(address: str) -> str:
    """Without following it elsewhere: a feed that has moved is named anew in the site file."""
    try:
        with closing(requests.get(address, timeout=ANSWER_SECONDS, stream=True, allow_redirects=False)) as answer:
            if answer.status_code != requests.codes.ok:
                said = f"{answer.status_code} {answer.reason}"
                raise FeedError(N_("{address} answers {said}").format(address=shown(address), said=said))
            content = b""
            for part in answer.iter_content(65_536):
                content += part
                if len(content) > LARGEST:
                    much = N_("{address} sends more than {most} bytes")
                    raise FeedError(much.format(address=shown(address), most=f"{LARGEST:,}"))
    except requests.RequestException as error:
        silent = N_("{address} does not answer: {error}")
        raise FeedError(silent.format(address=shown(address), error=type(error).__name__)) from error
    return content.decode("utf-8", "replace")
