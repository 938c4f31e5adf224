"""The heartbeat of each app, by which the stations notice that nobody shows anything any more."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from facility.instants import Instant
from storage.records.schema import app_beats
from storage.records.upsert import upsert


@dataclass(frozen=True, slots=True)
class AppBeat:
    """When an app was last there; `ended` says that it was ended as one ends a program, and is not missed."""

    app: str
    at: Instant
    ended: bool = False


def beat(connection: Connection, newest: AppBeat) -> None:
    """It is there, or it ends."""
    upsert(connection, app_beats, [{"app": newest.app, "at": newest.at, "ended": newest.ended}])


def all(connection: Connection) -> list[AppBeat]:
    """The newest of each app, by name."""
    rows = connection.execute(select(app_beats).order_by(app_beats.c.app))
    return [AppBeat(row.app, row.at, row.ended) for row in rows]
