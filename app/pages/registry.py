"""The pages, in the order of the navigation. A new one is an import and an entry here."""

from app.pages import (
    account,
    accounts,
    alarm_health,
    alarms,
    api,
    audit,
    change,
    changes,
    corrections,
    levels,
    my_account,
    overview,
    propose,
    roles,
    room,
    rooms,
    system,
    trends,
)
from app.pages.page import Page

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    rooms.PAGE,
    room.PAGE,
    trends.PAGE,
    levels.PAGE,
    alarms.PAGE,
    alarm_health.PAGE,
    corrections.PAGE,
    changes.PAGE,
    change.PAGE,
    propose.PAGE,
    my_account.PAGE,
    audit.PAGE,
    system.PAGE,
    accounts.PAGE,
    account.PAGE,
    roles.PAGE,
    api.PAGE,
)
