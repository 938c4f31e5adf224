"""What the gate before every request costs: a request of somebody who is signed in, with and without it.

Without it the person is known beforehand; all else is the same. The records are asked who it is once a second, as in
the running app; what asking costs stands beside.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flask import g
from flask.testing import FlaskClient

from app import asking
from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from app.sign_in import session_cookie
from app.sign_in.desk import Desk
from app.sign_in.let_in import TRUSTED_SECONDS, SignedIn
from facility.instants import system_clock
from storage.records.database import Records
from tests.app.parts import NoSamples, site
from tests.people import MOREAU
from tests.postgres import running_postgres
from tests.signing_in import RULES, make_account, session_cookie_for

REQUESTS = 1_000
REQUEST = "/live/history"
"""The lightest that needs a right: without points nothing is read."""


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        measured = _measured("Page guard, records in SQLite", Path(folder) / "records.sqlite")
    with running_postgres(durable=True) as server:
        server.create_database("bench")
        return [*measured, *_measured("Page guard, records in PostgreSQL", server.url("bench"))]


def _measured(where: str, place: str | Path) -> list[tuple[str, str, str]]:
    records, suite = Records.open(place, system_clock), site()
    context = AppContext(
        lambda: suite,
        NoSamples(),
        records,
        Hub(lambda: suite, system_clock),
        lambda: asking.person(context),
        system_clock,
        desk=Desk(RULES, TRUSTED_SECONDS),
    )
    make_account(records, system_clock, MOREAU)
    name, cookie = session_cookie_for(records, system_clock, MOREAU.account)
    server = create_app(context).server
    client = server.test_client()
    client.set_cookie(name, cookie)
    guarded = _milliseconds(lambda: _get(client))
    with server.test_request_context(headers={"Cookie": f"{name}={cookie}"}):
        known = session_cookie.present(context)
    if known is None:
        raise RuntimeError("the session is not found")
    asked = _milliseconds(lambda: _ask(context, known))

    def let_through() -> None:
        g.signed_in = known

    server.before_request_funcs[None][0] = let_through
    free = _milliseconds(lambda: _get(client))
    records.close()
    return [
        (f"{where}: a request takes longer by", f"{guarded - free:.2f} ms (of {guarded:.2f} ms)", "1 ms"),
        (f"{where}: asking the records who it is, once a second", f"{asked:.2f} ms", ""),
    ]


def _get(client: FlaskClient) -> None:
    if client.get(REQUEST).status_code != 200:
        raise RuntimeError("the request was refused")


def _ask(context: AppContext, known: SignedIn) -> None:
    if session_cookie.again(context, known) is None:
        raise RuntimeError("the session is over")


def _milliseconds(work: Callable[[], None]) -> float:
    """The median time."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken) * 1e3
