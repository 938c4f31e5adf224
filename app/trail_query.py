"""Which rows of the audit trail are shown: from the address of the page, and back into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from facility.instants import Instant, instant_of
from facility.language import N_
from storage.records.trail.audit import AuditFilter

LOOKED_THROUGH = 100_000
"""So many rows are looked through at a time for what has no index: a text, a kind of object."""

EYES: Mapping[str, tuple[str, ...]] = {
    "changes": (
        N_("change drafted"),
        N_("change put in force"),
        N_("change refused"),
        N_("site revision added"),
        N_("correction added"),
        N_("readings added to a sealed day"),
    ),
    "people": (
        "sign-in failed",
        N_("account locked"),
        N_("account unlocked"),
        N_("account made"),
        N_("account changed"),
        N_("account retired"),
        N_("one-time password set"),
        N_("authenticator switched off"),
        N_("signature refused"),
        N_("refused"),
        N_("link refused"),
    ),
    "alarms": (
        N_("alarm acknowledged"),
        N_("alarm reset"),
        N_("shelved"),
        N_("shelving approved"),
        N_("taken out of service"),
        N_("put back in service"),
        N_("source retired"),
        N_("room state set"),
        N_("rota override made"),
        N_("rota override withdrawn"),
        N_("escalation exhausted"),
        N_("channel changed"),
        N_("channel retired"),
        N_("contact set"),
    ),
    "clocks": (N_("server clock set"), N_("nothing watched"), N_("system started"), N_("messages missing")),
    "trail": (
        N_("trail found broken"),
        N_("audit trail exported"),
        N_("backup restored"),
        N_("schema migrated"),
        N_("audit key made"),
    ),
}
"""What a reviewer of the trail looks at above all, in groups."""

EYES_WORDS: Mapping[str, str] = {
    "changes": N_("Limits, site and corrections"),
    "people": N_("Accounts, refused and failed sign-ins"),
    "alarms": N_("Alarms answered, silenced, room states"),
    "clocks": N_("Clocks, starts, gaps"),
    "trail": N_("The trail itself"),
}


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What is looked for. Empty does not restrict; `first` and `last` are days in the site's zone, `before` a row."""

    who: str = ""
    action: str = ""
    object: str = ""
    kind: str = ""
    eyes: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None

    @property
    def address(self) -> str:
        """The page with this query."""
        pairs = [
            *((name, value) for name in _TEXTS if (value := getattr(self, name))),
            *((name, day.isoformat()) for name, day in (("from", self.first), ("to", self.last)) if day),
            *([("before", str(self.before))] if self.before is not None else []),
        ]
        return f"/audit?{urlencode(pairs)}" if pairs else "/audit"

    @property
    def search(self) -> str:
        """The address's query string, with its question mark."""
        return self.address.removeprefix("/audit")

    def from_row(self, before: int | None) -> "TrailQuery":
        """The same, from the rows before this one on."""
        return replace(self, before=before)

    def period(self, timezone: str) -> tuple[Instant | None, Instant | None]:
        """From when to when, without the end."""
        return midnight(self.first, timezone), midnight(self.last and self.last + timedelta(days=1), timezone)

    def filter(self, timezone: str, newest: int) -> AuditFilter:
        """What the records are asked for; `newest` is the number of the newest row."""
        start, end = self.period(timezone)
        from_here = newest + 1 if self.before is None else min(self.before, newest + 1)
        return AuditFilter(
            actor=self.who or None,
            action=self.action or None,
            object=self.object or None,
            start=start,
            end=end,
            kind=self.kind,
            text=self.text,
            actions=EYES.get(self.eyes, ()),
            before=self.before,
            after=from_here - LOOKED_THROUGH - 1 if self.text or self.kind else None,
        )


_TEXTS = ("who", "action", "object", "kind", "eyes", "text")


def trail_query(query: Mapping[str, Sequence[str]]) -> TrailQuery:
    """What a query string asks for; what it does not know it leaves out."""
    found = {name: next(iter(query.get(name, ())), "") for name in (*_TEXTS, "from", "to", "before")}
    return TrailQuery(
        **{name: found[name].replace("\0", "") for name in _TEXTS},
        first=day(found["from"]),
        last=day(found["to"]),
        before=_number(found["before"]),
    )


def day(text: str | None) -> date | None:
    """A day as an address or a field has it; None where it is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def midnight(day: date | None, timezone: str) -> Instant | None:
    """When a day begins at the site."""
    return None if day is None else instant_of(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
