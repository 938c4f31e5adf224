"""The addresses of the live stream: /live for the stream itself, /live/full for everything once, /live/history."""

from collections.abc import Iterator
from contextlib import suppress

import msgspec
from flask import Blueprint, Response, request

from app.context import AppContext
from app.guard import requires
from app.live.hub import TooManyViewersError
from app.sign_in.presence import while_signed_in
from facility.instants import HOUR
from facility.roles import Right
from storage.samples.store import HistoryAwayError

RETRY = b"retry: 2000\n\n"
HISTORY_BUCKETS = 60

FULL = "X-Cleanwatch-Full"
"""A header by which the page knows this refusal from that of a proxy whose app is away."""


def routes(context: AppContext) -> Blueprint:
    """What a browser asks for to show live values."""
    live = Blueprint("live", __name__)

    @live.get("/live")
    @requires(Right.LOOK)
    def stream() -> Response:
        place = context.hub.place(context.areas)
        try:
            events = place.__enter__()
        except TooManyViewersError as error:
            headers = {"Retry-After": "15", "Cache-Control": "no-store", FULL: "yes"}
            return Response(str(error), 503, headers, mimetype="text/plain")

        still = while_signed_in(context, events)

        def body() -> Iterator[bytes]:
            yield RETRY
            yield from still

        response = Response(body(), mimetype="text/event-stream")
        response.call_on_close(lambda: place.__exit__(None, None, None))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @live.get("/live/full")
    @requires(Right.LOOK)
    def full() -> Response:
        return _json(context.hub.everything(context.areas))

    @live.get("/live/history")
    @requires(Right.LOOK)
    def history() -> Response:
        """The last hour of the points asked for: per minute [start, lowest, highest], for sparklines."""
        known = context.site().points
        points = [point for point in request.args.get("points", "").split(",") if point in known]
        now = context.clock()
        minutes: dict[str, list[tuple[int, float, float]]] = {point: [] for point in points}
        if points:
            with suppress(HistoryAwayError):  # the line begins with what comes in from now on
                frame = context.samples.envelope(points, now - HOUR, now, HISTORY_BUCKETS)
                drawn = frame.dropna(subset=["min", "max"])[["point", "start", "min", "max"]]
                for point, start, low, high in drawn.itertuples(index=False):
                    minutes[point].append((int(start), float(low), float(high)))
        return _json(msgspec.json.encode(minutes))

    return live


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})
