"""What a signature costs, with and without the proof of who signs, and what a copy for an inspector costs."""

import tempfile
from functools import partial
from itertools import count
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection

from app.context import AppContext
from app.copies.taking import Format, take
from app.copies.trend import trend_copy
from app.live.hub import Hub
from app.pages.page import Address, query_of
from app.sign_in.desk import Desk
from app.sign_in.rules import SignInRules
from app.signing import Signable, ToSign, Typed, sign
from bench.asking import milliseconds
from facility.instants import system_clock
from facility.people import Person
from facility.roles import Right, Role
from storage.records import signatures
from storage.records.database import Records
from storage.records.signatures import Meaning, content_hash
from tests.app.parts import NoSamples, site
from tests.app.past import NOW, PARTICLES, PRESSURE, write_past
from tests.postgres import running_postgres
from tests.signing_in import PASSWORD, make_account

TIMES = 21
KELLER = Person("m.keller", "Maria Keller", Role.QA, "bench")
CONTENT = {"text": "site file\n" * 2_000}


def run() -> list[tuple[str, str, str]]:
    """Until everything is on record, in SQLite and PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_rows("SQLite", str(Path(folder) / "records.db")), *_copies(Path(folder))]
    with running_postgres(durable=True) as server:
        server.create_database("bench")
        return [*rows, *_rows("PostgreSQL", server.url("bench"))]


def _rows(where: str, url: str) -> list[tuple[str, str, str]]:
    suite, desk, records = site(), Desk(SignInRules()), Records.open(url, system_clock)
    hub = Hub(lambda: suite, system_clock)
    context = AppContext(lambda: suite, NoSamples(), records, hub, lambda: KELLER, system_clock, desk=desk)
    make_account(records, system_clock, KELLER, desk=desk)
    numbers = count(1)

    def prepare(_context: AppContext, _connection: Connection, _person: Person, subject: str) -> ToSign:
        return ToSign(f"change {subject}", Meaning.APPROVAL, CONTENT, "Change", lambda *_: None)

    def proven() -> None:
        typed = Typed(KELLER.account, PASSWORD, "")
        signable = Signable("change", Right.APPROVE, prepare)
        assert sign(context, None, signable, str(next(numbers)), content_hash(CONTENT), typed) is None

    def unproven() -> None:
        with records.transaction() as connection:
            object = f"change {next(numbers)}"
            signatures.sign(connection, system_clock(), KELLER, object, Meaning.APPROVAL, CONTENT)

    with Flask("bench").test_request_context("/"):
        rows = [
            (f"Signature with its proof, records in {where}", f"{milliseconds(proven, TIMES):.0f} ms", ""),
            (f"Signature alone, records in {where}", f"{milliseconds(unproven, TIMES):.1f} ms", "10 ms"),
        ]
    records.close()
    return rows


def _copies(folder: Path) -> list[tuple[str, str, str]]:
    past = write_past(folder)
    hub = Hub(lambda: past.site, lambda: NOW)
    context = AppContext(lambda: past.site, past.samples, past.records, hub, lambda: KELLER, lambda: NOW)
    address = Address("/trends", {}, query_of(f"points={PARTICLES},{PRESSURE}&range=7d"))
    copy = trend_copy(context, KELLER, address)
    rows = [
        (
            f"Copy of a week of two points, {copy.rows:,} rows, as {format}",
            f"{milliseconds(partial(take, context, KELLER, copy, format)):.0f} ms",
            "",
        )
        for format in Format
    ]
    past.samples.close()
    past.records.close()
    return rows
