"""What the alert engine remembers of each point between transactions, and how far it has judged."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from storage.records.schema import engine_checkpoint, engine_memory
from storage.records.upsert import upsert


def load(connection: Connection) -> dict[str, bytes]:
    """What was last saved of every point."""
    return {row.point: row.memory for row in connection.execute(select(engine_memory))}


def save(connection: Connection, memories: Mapping[str, bytes]) -> None:
    """Replace what is remembered of these points; the others keep theirs."""
    upsert(connection, engine_memory, [{"point": point, "memory": memory} for point, memory in memories.items()])


def checkpoint(connection: Connection) -> int:
    """The number of the newest commit that has been judged; 0 before the first."""
    number: int = connection.execute(select(engine_checkpoint.c.number)).scalar_one()
    return number


def set_checkpoint(connection: Connection, number: int) -> None:
    """Remember that all commits up to this one have been judged."""
    upsert(connection, engine_checkpoint, [{"id": 1, "number": number}])
