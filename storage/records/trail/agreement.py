"""Whether what is on record beside the trail is what the trail says of it.

The chain shows whether the trail was changed. An acknowledgement, a room state or a site file stands in a table of
its own: whoever has the file can take the triggers away and edit it there. Its audit row tells the same, so here each
row is compared with the one that was written with it. Of signatures, anchors and digests of readings, which are bound
to more than that, their own checks tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from storage.records.schema import audit as trail
from storage.records.trail.audit import JSON
from storage.records.trail.kept import KEPT, Kept

AT_ONCE = 1_000
"""Rows that are taken from the database at a time."""


def check(connection: Connection, tables: Sequence[Kept] = KEPT) -> Iterator[str]:
    """What stands in a table otherwise than the trail says, was put in, or is gone; each names its row."""
    for kept in tables:
        yield from _compared(connection, kept)


def _compared(connection: Connection, kept: Kept) -> Iterator[str]:
    stored = connection.execute(select(kept.table), execution_options={"yield_per": AT_ONCE})
    found: dict[bytes, list[tuple[str, Mapping[str, JSON]]]] = {}
    names: tuple[str, ...] = ()
    for row in stored:
        fields = _fields(kept, row)
        names = max(names, tuple(fields), key=len)  # of one that cannot be read there is only its key
        found.setdefault(_text(fields), []).append((_name(kept.table, row), fields))
    told = _told(connection, kept, names)
    for text in list(told.keys() & found.keys()):
        both = min(len(told[text]), len(found[text]))
        del told[text][:both], found[text][:both]
    otherwise: dict[bytes, list[tuple[int, Mapping[str, JSON]]]] = {}
    for seq, said in sorted((one for some in told.values() for one in some), key=lambda one: one[0]):
        otherwise.setdefault(_key(kept, said), []).append((seq, said))
    for name, fields in (one for some in found.values() for one in some):
        said_of_it = otherwise.get(_key(kept, fields))
        if not said_of_it:
            yield f"{name} was put in: no audit row tells of it"
            continue
        seq, said = said_of_it.pop(0)
        other = ", ".join(field for field in fields if fields[field] != said.get(field))
        yield f"{name} was altered: audit row {seq} says another {other}"
    for seq, _ in sorted((one for some in otherwise.values() for one in some), key=lambda one: one[0]):
        yield f"a row of {kept.table.name} is missing or altered: audit row {seq} tells of it"


def _told(
    connection: Connection, kept: Kept, names: tuple[str, ...]
) -> dict[bytes, list[tuple[int, Mapping[str, JSON]]]]:
    """What the trail says, by its text, with the numbers of the rows."""
    query = select(trail).where(trail.c.action.in_(kept.actions)).order_by(trail.c.seq)
    told: dict[bytes, list[tuple[int, Mapping[str, JSON]]]] = {}
    newest: dict[bytes, tuple[int, Mapping[str, JSON]]] = {}
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        known = _known(row)
        said: Mapping[str, JSON] = {name: known.get(name) for name in names or (kept.key,)}
        if kept.told_by == "its own":
            told.setdefault(_text(said), []).append((row.seq, said))
            continue
        key = _key(kept, said)
        if kept.told_by == "all" and key in newest:
            said = {name: known.get(name, before) for name, before in newest[key][1].items()}
        newest[key] = row.seq, said
    for seq, said in newest.values():
        told.setdefault(_text(said), []).append((seq, said))
    return told


def _known(row: Any) -> Mapping[str, JSON]:
    """Everything that an audit row says, by its name."""
    try:
        data = msgspec.json.decode(row.data, type=dict[str, Any])
    except (msgspec.DecodeError, TypeError):  # the row was altered: the chain tells so, and this says nothing
        data = {}
    changes = msgspec.convert(data.get("changes", {}), dict[str, tuple[Any, Any]])
    return {
        **data,
        **{name: new for name, (_, new) in changes.items()},
        **{f"old {name}": old for name, (old, _) in changes.items()},
        **{name: getattr(row, name) for name in ("at", "actor", "action", "object")},
    }


def _fields(kept: Kept, row: Any) -> Mapping[str, JSON]:
    try:
        return kept.fields(row)
    except (ValueError, TypeError):  # what cannot even be read is not what was written
        return {kept.key: None}


def _key(kept: Kept, fields: Mapping[str, JSON]) -> bytes:
    return msgspec.json.encode(fields[kept.key])


def _text(fields: Mapping[str, JSON]) -> bytes:
    # A limit of 10.0 may stand as 10 in one of the two, and SQLite keeps -0.0 as 0.0.
    values = {name: value + 0.0 if isinstance(value, int | float) else value for name, value in fields.items()}
    return msgspec.json.encode(values, order="deterministic")


def _name(table: Table, row: Any) -> str:
    keys = ", ".join(f"{column.name} {row._mapping[column]}" for column in table.primary_key)
    return f"the row of {table.name} with {keys}"
