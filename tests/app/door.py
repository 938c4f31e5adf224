"""An app whose people sign in: rules and clock as a test sets them, and browsers at the door."""

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from app.sign_in import session_cookie
from app.sign_in.desk import Desk
from app.sign_in.rules import SignInRules
from facility.people import Actor, Person
from facility.roles import Role
from storage.records.trail import audit
from storage.records.trail.audit import AuditRow
from tests.app.parts import NoSamples, Time, site
from tests.browsing import BrowserLikeClient
from tests.people import MOREAU
from tests.records import open_records
from tests.signing_in import PASSWORD, RULES, make_account

ADMIN = Actor("a.dahl", "administrator", "test")
NEW = "twelve silent filters"
DAHL = Person("a.dahl", "Anna Dahl", Role.ADMINISTRATOR, "test")


class Door:
    """An app whose rules and clock a test sets, and browsers at it."""

    def __init__(self, folder: Path, rules: SignInRules = RULES) -> None:
        self.time = Time()
        self.records = open_records(folder / "records.db", self.time)
        self.desk = Desk(rules)
        suite = site()
        hub = Hub(lambda: suite, self.time)
        self.context = AppContext(
            lambda: suite,
            NoSamples(),
            self.records,
            hub,
            lambda: session_cookie.person(self.context),
            self.time,
            desk=self.desk,
        )
        self.server = create_app(self.context).server

    def browser(self) -> FlaskClient:
        return BrowserLikeClient(self.server)

    def account(self, person: Person = MOREAU, *, one_time: bool = False) -> None:
        make_account(self.records, self.time, person, one_time=one_time)

    def trail(self, *actions: str) -> list[AuditRow]:
        with self.records.reading() as connection:
            return [row for row in audit.rows(connection) if row.action in actions]


def sign_in(browser: FlaskClient, account: str = "j.moreau", password: str = PASSWORD, to: str = "") -> Any:
    return browser.post("/sign-in", data={"account": account, "password": password, "to": to})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200
