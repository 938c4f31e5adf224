"""What the alert engine remembers of each point between transactions, and how far it has judged."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from facility.site import MAIN
from storage.records.schema import engine_checkpoints, engine_memory
from storage.records.upsert import upsert


def load(connection: Connection) -> dict[str, bytes]:
    """What was last saved of every point."""
    return {row.point: row.memory for row in connection.execute(select(engine_memory))}


def save(connection: Connection, memories: Mapping[str, bytes]) -> None:
    """Replace what is remembered of these points; the others keep theirs."""
    upsert(connection, engine_memory, [{"point": point, "memory": memory} for point, memory in memories.items()])


def checkpoint(connection: Connection, station: str = MAIN) -> int:
    """The number of the newest commit in a station's local store that has been judged; 0 before the first."""
    query = select(engine_checkpoints.c.number).where(engine_checkpoints.c.station == station)
    return connection.execute(query).scalar() or 0


def forget_checkpoint(connection: Connection, station: str) -> None:
    """A station has another local store from now on, which numbers its commits anew."""
    connection.execute(delete(engine_checkpoints).where(engine_checkpoints.c.station == station))


def set_checkpoint(connection: Connection, number: int, station: str = MAIN) -> None:
    """Remember that all commits of a station up to this one have been judged."""
    upsert(connection, engine_checkpoints, [{"station": station, "number": number}])
