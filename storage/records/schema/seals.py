"""What the sample store held: a digest of each day, and of what came in later for it."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from storage.records.plain_text import Text
from storage.records.schema.base import metadata

day_digests = Table(
    "day_digests",
    metadata,
    Column("station", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("readings", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Part 0 is the day when it was sealed, further parts are readings that came in for it later. `upto` is the newest
commit of the station's store that is in it, `body` the deflated digests of the hours (`storage/samples/digest.py`),
`sha256` that of what was deflated."""
