"""What it costs to sign in, and to prove who one is for a signature, with the hashes of production."""

import tempfile
from pathlib import Path

from flask import Flask

from app.context import AppContext
from app.live.hub import Hub
from app.sign_in import entering, proof
from app.sign_in.desk import Desk
from app.sign_in.rules import SignInRules
from bench.asking import milliseconds
from facility.instants import system_clock
from storage.records.database import Records
from tests.app.parts import NoSamples, site
from tests.people import MOREAU
from tests.postgres import running_postgres
from tests.signing_in import PASSWORD, make_account

TIMES = 21


def run() -> list[tuple[str, str, str]]:
    """Until everything is on record, in SQLite and PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        rows = _rows("SQLite", str(Path(folder) / "records.db"))
    with running_postgres(durable=True) as server:
        server.create_database("bench")
        return [*rows, *_rows("PostgreSQL", server.url("bench"))]


def _rows(where: str, url: str) -> list[tuple[str, str, str]]:
    suite, desk, records = site(), Desk(SignInRules()), Records.open(url, system_clock)
    hub = Hub(lambda: suite, system_clock)
    context = AppContext(lambda: suite, NoSamples(), records, hub, lambda: None, system_clock, desk=desk)
    make_account(records, system_clock, MOREAU, desk=desk)

    def sign_in() -> None:
        known = proof.know(context, MOREAU.account, PASSWORD)
        assert isinstance(known, proof.Known)
        entering.enter(context, known)

    def prove() -> None:
        assert proof.prove(context, MOREAU.account, PASSWORD) is None

    with Flask("bench").test_request_context("/"):
        rows = [
            (f"Sign-in, records in {where}", f"{milliseconds(sign_in, TIMES):.0f} ms", ""),
            (f"Proof for a signature, records in {where}", f"{milliseconds(prove, TIMES):.0f} ms", ""),
        ]
    records.close()
    return rows
