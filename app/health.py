"""For whoever watches the watcher: /healthz says that the server answers, /readyz that it shows fresh data."""

from flask import Blueprint, Response

from app.context import AppContext
from app.formats import age
from app.guard import Access, requires
from app.live.look import Look
from app.stations import SystemHealth
from facility.instants import SECOND, Instant, Span

SILENT_AFTER: Span = 5 * SECOND
"""The station beats once a second."""


def routes(context: AppContext) -> Blueprint:
    """Both addresses answer in plain text, 200 or 503."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @requires(Access.ANYBODY)
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @health.get("/readyz")
    @requires(Access.MACHINES)
    def readyz() -> Response:
        problem = not_ready(context.hub.look(), context.clock()) or not_reporting(context.stations.now())
        return Response(f"{problem or 'ready'}\n", 503 if problem else 200, mimetype="text/plain")

    return health


def not_ready(look: Look, now: Instant) -> str | None:
    """Why the pages do not show fresh data, in words; None where they do."""
    if look.station is None:
        return "the station has not been heard yet"
    if not look.station.alive:
        return "the station has stopped"
    if now - look.station.at > SILENT_AFTER:
        return f"the station is silent for {age(now - look.station.at)}"
    if look.site is None or look.site.newest is None:
        return "no reading has arrived yet"
    return None


def not_reporting(health: SystemHealth) -> str | None:
    """Which station does not run, by its report; that holds also where clocks were set."""
    states = {station.report.station: station.state for station in health.stations}
    return next((f"station {name}: {state}" for name, state in states.items() if state != "running"), None)
