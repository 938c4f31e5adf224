"""The clocks of this machine, of the instruments and of a time server: how far they are off, and when one was set."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

import msgspec

from app.formats import age
from cleanwatch import ntp
from cleanwatch.problems import Finding
from collectors.codecs.plausibility import TOLERATED_SKEW
from collectors.instrument_clocks import InstrumentClocks
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, Span, instant_of, text_of
from facility.language import N_
from facility.people import CLEANWATCH
from facility.site import Site
from facility.steady_clock import Jump, SteadyClock
from storage.records.database import Records
from storage.records.station_report import ClockJump, ClockReport, InstrumentClock
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter

ACTION = "server clock set"
TELL_FOR: Span = DAY
"""So long a jump is an advisory. It stays in the audit trail for good."""
MOST_JUMPS = 20
STEPS: tuple[Span, ...] = (SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, DAY)
TOLERATED_OFFSET: Span = SECOND
"""A machine whose clock is kept right by a time server is right within some milliseconds."""


class ClockWatch:
    """What a station knows of clocks. `noticed` from any thread, the others from one."""

    def __init__(self, clock: SteadyClock, records: Records, station: str, ntp_server: str) -> None:
        self._clock = clock
        self._records = records
        self._object = f"clock of station {station}"
        self._ntp_server = ntp_server
        self._noticed: deque[Jump] = deque()
        self._jumps = self._on_record()
        self._ahead_of_ntp: float | None = None
        self._ntp_problem: str | None = None

    def noticed(self, jump: Jump) -> None:
        """The machine's clock was set just now."""
        self._noticed.append(jump)

    def record(self) -> None:
        """Write down the jumps that were noticed."""
        while self._noticed:
            jump = self._noticed[0]
            seconds = round(jump.span / 1000, 1)
            data: dict[str, JSON] = {"from": text_of(jump.before), "to": text_of(jump.after), "seconds": seconds}
            with self._records.transaction() as connection:
                audit.append(connection, self._clock(), [AuditEntry(CLEANWATCH, ACTION, self._object, data)])
            self._jumps.append(ClockJump(jump.before, jump.after))
            self._noticed.popleft()

    def ask(self) -> None:
        """Ask the time server, where one is set."""
        if not self._ntp_server:
            return
        try:
            self._ahead_of_ntp = ntp.ask(self._ntp_server)
            self._ntp_problem = None
        except ntp.NoTimeError as error:
            self._ahead_of_ntp = None
            self._ntp_problem = str(error)

    def report(self, site: Site, instruments: InstrumentClocks) -> ClockReport:
        """How all clocks are now."""
        now = self._clock()
        return ClockReport(
            ahead_of_machine=self._clock.ahead,
            ntp_server=self._ntp_server,
            machine_ahead_of_ntp=self._ahead_of_ntp,
            ntp_problem=self._ntp_problem,
            instruments=tuple(_instruments(site, instruments)),
            jumps=tuple(jump for jump in self._jumps if _noticed_at(jump) > now - TELL_FOR)[-MOST_JUMPS:],
        )

    def _on_record(self) -> list[ClockJump]:
        wanted = AuditFilter(action=ACTION, object=self._object, start=self._clock() - TELL_FOR)
        with self._records.reading() as connection:
            rows = audit.rows(connection, wanted, limit=MOST_JUMPS)
        data = [msgspec.json.decode(row.data) for row in reversed(rows)]
        return [ClockJump(_instant(entry["from"]), _instant(entry["to"])) for entry in data]


def findings(clocks: ClockReport) -> Iterator[Finding]:
    """What of the clocks is a task for somebody; none of it stops anything."""
    for jump in clocks.jumps:
        yield Finding("clock", _jump_words(jump), key=f"jump {jump.before}", advisory=True)
    if clocks.ntp_problem:
        text = N_("{problem}. Start it, or name another in CLEANWATCH_NTP_SERVER")
        yield Finding("clock", text.format(problem=clocks.ntp_problem), key="ntp", advisory=True)
    offset = clocks.machine_ahead_of_ntp
    if offset is not None and abs(offset) > TOLERATED_OFFSET:
        text = (
            N_(
                "this machine's clock is more than {span} ahead of time server {server}. Have the machine's "
                "time service look after it (chrony, systemd-timesyncd)"
            )
            if offset > 0
            else N_(
                "this machine's clock is more than {span} behind time server {server}. Have the machine's time "
                "service look after it (chrony, systemd-timesyncd)"
            )
        )
        told = text.format(span=_about(offset), server=clocks.ntp_server)
        yield Finding("clock", told, key="ntp", advisory=True)
    for clock in clocks.instruments:
        if abs(clock.ahead) > TOLERATED_SKEW:
            text = (
                N_(
                    "the clock of instrument {instrument} is more than {span} ahead of the station's. Set it, or "
                    "have it set by the time server"
                )
                if clock.ahead > 0
                else N_(
                    "the clock of instrument {instrument} is more than {span} behind the station's. Set it, or have "
                    "it set by the time server"
                )
            )
            told = text.format(instrument=clock.instrument, span=_about(clock.ahead))
            yield Finding("clock", told, key=clock.instrument, advisory=True)


def _jump_words(jump: ClockJump) -> str:
    span = jump.after - jump.before
    words = (
        N_(
            "this machine's clock was set forward by {span}, from {before} to {after}. A machine that slept or stood "
            "still looks the same. No point was taken for silent because of it. Find out what set it"
        )
        if span > 0
        else N_(
            "this machine's clock was set back by {span}, from {before} to {after}. Times on record do not go back: "
            "until the clock has caught up the station's own runs a tenth slower, and delays last a tenth longer. "
            "Find out what set it"
        )
    )
    return words.format(span=age(abs(span)), before=text_of(jump.before), after=text_of(jump.after))


def _about(ahead: float) -> str:
    """An offset in words, so coarse that they stay the same from one look to the next."""
    return age(max((step for step in STEPS if step < abs(ahead)), default=0))


def _instruments(site: Site, clocks: InstrumentClocks) -> Iterator[InstrumentClock]:
    """The clocks of all instruments that are expected to send all the time; samplers and laboratories are not."""
    for instrument, points in site.points_by_instrument.items():
        known = clocks.ahead(point.id for point in points if point.silent_after is not None)
        if known is not None:
            yield InstrumentClock(instrument, *known)


def _noticed_at(jump: ClockJump) -> Instant:
    return max(jump.before, jump.after)


def _instant(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(text))
