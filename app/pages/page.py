"""What a page is: an address, a title, a layout, and the callbacks that belong to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from dash import Dash
from dash.development.base_component import Component
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from app.context import AppContext
from app.copies.copy import Copy
from app.signing import Signable
from facility.people import Person
from facility.roles import Right


@dataclass(frozen=True, slots=True)
class Address:
    """Where the browser is: the path, what the page's pattern found in it, and the query."""

    path: str
    parts: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]

    def first(self, name: str, otherwise: str = "") -> str:
        """The first value of a query parameter."""
        return next(iter(self.query.get(name, ())), otherwise)


def query_of(search: str | None) -> dict[str, tuple[str, ...]]:
    """The parameters of a query string, with or without its question mark; all of their values."""
    return {name: tuple(values) for name, values in parse_qs((search or "").removeprefix("?")).items()}


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `path` is a pattern like `/rooms/<room>`; with an `icon` the page is in the navigation.

    `layout` draws the page for an address; it is called when the path changes, not when only the query does.
    What depends on the query listens to a `dcc.Location` of the page's own, in a callback that `register` adds.
    """

    path: str
    title: str
    layout: Callable[[AppContext, Address], Component]
    register: Callable[[Dash, AppContext], None] | None = None
    icon: str | None = None
    right: Right = Right.LOOK
    """What whoever opens it needs; who does not have it does not see it in the navigation either."""
    signs: tuple[Signable, ...] = ()
    """What can be signed from this page."""
    copy: Callable[[AppContext, Person, Address], Copy] | None = None
    """What a copy of it says (`components/copy_menu.py` offers it); None where there is nothing to copy."""


def route(pages: Sequence[Page], path: str | None, search: str | None) -> tuple[Page, Address] | None:
    """The page at a path and its address there; None where no page is."""
    rules = Map([Rule(page.path, endpoint=page) for page in pages], strict_slashes=False)
    try:
        page, parts = rules.bind("").match(path or "/")
    except HTTPException:
        return None
    return page, Address(path or "/", parts, query_of(search))
