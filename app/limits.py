"""How often something may be asked for: so that guessing is slow and one program does not take everybody's turn.

Each who asks has a bucket of tries for each kind of request, which fills up again evenly. Live streams, pages and
what they are drawn with are never limited: a wall display must not go blind because somebody reloads it.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from dash import Dash
from flask import Flask, Response, jsonify, request

from app.context import AppContext
from app.csrf import API, SAFE
from app.guard import CALLBACKS, Access, needed
from facility.instants import MINUTE, SECOND, Instant, Span
from facility.language import _
from facility.roles import Right


class Kind(StrEnum):
    """What is counted together."""

    WAY_IN = "ways in"
    """Signing in, invitations, new passwords: by the address they come from. Accounts have their own lockout."""
    API = "API"
    COPIES = "copies"
    """Files that take long to make."""
    CALLBACKS = "callbacks"
    """What people do on pages, signing among it."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and so many a minute from then on."""

    burst: int
    a_minute: int


ALLOWANCES: Mapping[Kind, Allowance] = {
    Kind.WAY_IN: Allowance(60, 60),
    Kind.API: Allowance(300, 600),
    Kind.COPIES: Allowance(20, 20),
    Kind.CALLBACKS: Allowance(600, 1200),
}
"""Ways in: a shift that comes to work behind one address signs in within a minute."""


@dataclass(frozen=True, slots=True)
class Level:
    """How many tries were left in a bucket at a moment."""

    left: float
    at: Instant


def take(allowance: Allowance, level: Level | None, now: Instant) -> tuple[Level, Span]:
    """One try out of a bucket: what is left, and how long to wait where there was none (then nothing is taken)."""
    if level is None:
        return Level(allowance.burst - 1, now), 0
    left = min(allowance.burst, level.left + max(0, now - level.at) * allowance.a_minute / MINUTE)
    if left < 1:
        return Level(left, now), math.ceil((1 - left) * MINUTE / allowance.a_minute)
    return Level(left - 1, now), 0


class Buckets:
    """The buckets of everybody, up to `most`: then the one that was used longest ago is forgotten, and so is full."""

    def __init__(self, allowances: Mapping[Kind, Allowance] = ALLOWANCES, most: int = 10_000) -> None:
        self._allowances = allowances
        self._most = most
        self._levels: OrderedDict[tuple[Kind, str], Level] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, kind: Kind, who: str, now: Instant) -> Span:
        """How long to wait; 0 where it may be now."""
        with self._lock:
            level, wait = take(self._allowances[kind], self._levels.pop((kind, who), None), now)
            self._levels[kind, who] = level
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._levels)


def limit(app: Dash, context: AppContext, buckets: Buckets) -> None:
    """Refuse what is too much, in words. To be called after the guard is put up: it knows who asks."""

    server: Flask = app.server

    @server.before_request
    def count() -> Response | None:
        kind = _kind(app)
        if kind is None:
            return None
        person = None if kind is Kind.WAY_IN else context.person()
        who = f"account {person.account}" if person else f"address {request.remote_addr}"
        wait = buckets.take(kind, who, context.clock())
        return _refuse(wait) if wait else None


def _kind(app: Dash) -> Kind | None:
    if request.path.startswith(API):
        return Kind.API
    need = needed(app)
    if need is Access.ANYBODY and request.method not in SAFE:
        return Kind.WAY_IN
    if need is Right.EXPORT:
        return Kind.COPIES
    return Kind.CALLBACKS if request.endpoint == CALLBACKS else None


def _refuse(wait: Span) -> Response:
    seconds = math.ceil(wait / SECOND)
    words = _("Too much was asked for at once. Try again in {seconds} s.", seconds=seconds)
    answer = (
        jsonify(problem=words) if request.endpoint == CALLBACKS else Response(f"{words}\n", mimetype="text/plain")
    )
    answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
    answer.headers["Retry-After"] = str(seconds)
    return answer
