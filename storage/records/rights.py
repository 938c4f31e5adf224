"""Two roles in PostgreSQL: one owns and migrates the tables, the other runs the program and cannot change a record.

The owner of a table can drop its triggers. Whoever runs as another role, with no more than these rights, cannot.
SQLite knows no roles: whoever has the file can do everything to it.
"""

from sqlalchemy import Connection, text

from storage.records.append_only import APPEND_ONLY, KEPT
from storage.records.schema import metadata

VERSIONS = "alembic_version"


def needed() -> dict[str, tuple[str, ...]]:
    """The rights at each table that running needs."""
    growing = dict.fromkeys(APPEND_ONLY, ("SELECT", "INSERT"))
    kept = dict.fromkeys(KEPT, ("SELECT", "INSERT", "UPDATE"))
    everything = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return {
        VERSIONS: ("SELECT",),
        **{table: growing.get(table) or kept.get(table) or everything for table in metadata.tables},
    }


def grant(connection: Connection, role: str) -> None:
    """Give a role the rights that running needs, and no other: run by the owner of the tables."""
    name = connection.dialect.identifier_preparer.quote(role)
    for table, rights in needed().items():
        connection.exec_driver_sql(f"REVOKE ALL ON {table} FROM {name}")
        connection.exec_driver_sql(f"GRANT {', '.join(rights)} ON {table} TO {name}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_schema(connection)} TO {name}")


def missing(connection: Connection) -> list[str]:
    """What the present role may not do and has to: `INSERT on audit`."""
    if connection.dialect.name != "postgresql":
        return []
    lacking = text(
        'SELECT "right" || \' on \' || "table" '
        'FROM unnest(CAST(:tables AS text[]), CAST(:rights AS text[])) AS needed ("table", "right") '
        'WHERE NOT has_table_privilege("table", "right")'
    )
    pairs = [(table, right) for table, rights in needed().items() for right in rights]
    tables, rights = zip(*pairs, strict=True)
    return list(connection.execute(lacking, {"tables": list(tables), "rights": list(rights)}).scalars())


def too_many(connection: Connection) -> bool:
    """May the present role drop the triggers of the append-only tables, as their owner or as a superuser?"""
    if connection.dialect.name != "postgresql":
        return False
    owns = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('audit')")
    return bool(connection.execute(owns).scalar_one())


def _schema(connection: Connection) -> str:
    schema: str = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    return schema
