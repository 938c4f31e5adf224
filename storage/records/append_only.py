"""Which tables may only grow, in which rows may change but stay, and the triggers that hold it, in both databases.

They refuse DELETE and, where a table may only grow, UPDATE; in SQLite also REPLACE, which deletes without firing a
DELETE trigger, and in PostgreSQL also TRUNCATE, under every replication role. Alembic's batch mode drops triggers
without a word, so `missing_triggers` is asked at every start. Whoever owns the database can drop them too: then
`audit.verify` tells.
"""

from collections.abc import Iterator
from typing import TypeAlias

from sqlalchemy import Connection, text

Keys: TypeAlias = tuple[tuple[str, ...], ...]
Events: TypeAlias = tuple[str, ...]
GROWS, STAYS = ("UPDATE", "DELETE"), ("DELETE",)
"""What is refused in a table that may only grow, and in one whose rows stay."""

APPEND_ONLY: dict[str, Keys] = {
    "audit": (("seq",), ("hash",)),
    "acknowledgements": (("alarm", "number"),),
    "alarm_steps": (("number",),),
    "engine_journal": (("id",),),
    "commands": (("id",),),
    "command_outcomes": (("command",),),
    "room_states": (("id",), ("room", "time", "state", "by")),
    "batch_events": (("id",), ("batch", "room", "kind", "time", "by")),
    "revisions": (("number",),),
    "changes": (("number",),),
    "change_steps": (("change", "number"), ("revision",)),
    "day_digests": (("station", "day", "part"),),
    "anchors": (("number",),),
    "trail_reviews": (("number",),),
    "signatures": (("object", "number"), ("audit",)),
    "annotations": (("id",),),
    "refusals": (("annotation",),),
    "excursion_moves": (("alarm", "number"),),
    "rota_overrides": (("number",),),
    "withdrawn_overrides": (("override",),),
    "escalation_calls": (("number",),),
    "assessments": (("excursion", "number"),),
    "closings": (("excursion", "number"),),
    "identifications": (("point", "time", "number"),),
}
"""Every append-only table with all its unique keys, for only over one of these can a row be replaced."""

KEPT: dict[str, Keys] = {
    "accounts": (("account",),),
    "sessions": (("id",), ("token_hash",)),
    "device_tokens": (("id",), ("digest",)),
    "links": (("digest",),),
    "holds": (("id",),),
    "excursions": (("number",), ("id",)),
    "api_tokens": (("id",), ("digest",)),
    "channels": (("id",), ("name",)),
    "notifications": (("id",),),
    "escalations": (("number",),),
}
"""Tables whose rows change and are never deleted, likewise: a person retires, a session ends, a token is revoked."""


def protect(connection: Connection, table: str, keys: Keys) -> None:
    """Make a table append-only; called by the migration that creates it, or that had to create it anew."""
    _protect(connection, table, keys, GROWS)


def keep(connection: Connection, table: str, keys: Keys) -> None:
    """Let no row of a table be deleted; called like `protect`."""
    _protect(connection, table, keys, STAYS)


def _protect(connection: Connection, table: str, keys: Keys, refused: Events) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL_FUNCTION)
        statements = _postgresql_statements(table, refused)
    else:
        statements = [sql for _, sql in _sqlite_triggers(table, keys, refused)]
    for statement in statements:
        connection.exec_driver_sql(statement)


def missing_triggers(connection: Connection) -> list[str]:
    """The names of triggers that should protect these tables but are gone, disabled or changed."""
    if connection.dialect.name == "postgresql":
        return _missing_in_postgresql(connection)
    rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
    texts = {row.sql for row in rows}
    return [
        name
        for table, keys, refused in _protected()
        for name, sql in _sqlite_triggers(table, keys, refused)
        if sql not in texts
    ]


def _protected() -> Iterator[tuple[str, Keys, Events]]:
    yield from ((table, keys, GROWS) for table, keys in APPEND_ONLY.items())
    yield from ((table, keys, STAYS) for table, keys in KEPT.items())


def _sqlite_triggers(table: str, keys: Keys, refused: Events) -> Iterator[tuple[str, str]]:
    for event in refused:
        name = f"{table}_no_{event.lower()}"
        yield name, f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN {_sqlite_refusal(table, event)} END"
    name = f"{table}_no_replace"
    same = " OR ".join("(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")" for key in keys)
    yield (
        name,
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "  # noqa: S608 (our own names)
        f"BEGIN {_sqlite_refusal(table, 'REPLACE')} END",
    )


def _sqlite_refusal(table: str, event: str) -> str:
    return f"SELECT RAISE(ABORT, '{table} is append-only ({event} refused)');"


_POSTGRESQL_BODY = """
BEGIN
  RAISE EXCEPTION USING
    MESSAGE = TG_TABLE_NAME || ' is append-only (' || TG_OP || ' refused)', ERRCODE = 'insufficient_privilege';
END
"""
_POSTGRESQL_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${_POSTGRESQL_BODY}$$"
)


_SOUND_TRIGGERS = text("""
SELECT relname, tgname, tgtype
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE pg_table_is_visible(tgrelid) AND tgenabled = 'A' AND tgqual IS NULL AND tgattr = '' AND prosrc = :function
""")
_EACH_ROW, _BEFORE, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 8, 16, 32
"""Bits of tgtype (PostgreSQL's catalog/pg_trigger.h)."""


def _missing_in_postgresql(connection: Connection) -> list[str]:
    rows = connection.execute(_SOUND_TRIGGERS, {"function": _POSTGRESQL_BODY})
    present = {(row.relname, row.tgname, row.tgtype) for row in rows}
    events = {GROWS: _DELETE | _UPDATE, STAYS: _DELETE}
    return [
        name
        for table, _, refused in _protected()
        for name, kind in zip(
            _postgresql_triggers(table, refused),
            (_EACH_ROW | _BEFORE | events[refused], _BEFORE | _TRUNCATE),
            strict=True,
        )
        if (table, name, kind) not in present
    ]


def _postgresql_triggers(table: str, refused: Events) -> tuple[str, str]:
    return f"{table}_no_{'change' if refused == GROWS else 'delete'}", f"{table}_no_truncate"


def _postgresql_statements(table: str, refused: Events) -> list[str]:
    change, truncate = _postgresql_triggers(table, refused)
    events = " OR ".join(refused)
    return [
        f"CREATE TRIGGER {change} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}",
    ]
