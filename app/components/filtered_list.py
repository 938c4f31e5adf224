"""A list whose filter lives in the address, to be shared: fields write it, and it fills the fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from dash import Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app.components.basics import tagged
from app.context import AppContext
from app.guard import requires
from app.pages.page import query_of
from facility.language import _
from facility.roles import Right

Children = Component | str | Sequence[Component | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A filter, and which page of what it finds, from 1 on."""

    page: int = 1

    def search(self) -> str:
        """Its query string, with the question mark; empty where nothing is filtered."""
        raise NotImplementedError


Query = TypeVar("Query", bound=ListQuery)


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter finds, drawn: the children of each part of the page, and how many pages there are."""

    parts: Mapping[str, Children]
    pages: int


@dataclass(frozen=True, slots=True)
class FilteredList(Generic[Query]):
    """Ids begin with `name`: `<name>-url`, `<name>-page`, `<name>-<field>`, `<name>-<part>`."""

    name: str
    fields: Sequence[str]
    parts: Sequence[str]
    query: Callable[[Mapping[str, Sequence[str]]], Query]
    """The filter that a query string means."""
    values: Callable[[Query], dict[str, Any]]
    """What each field shows for a filter."""
    chosen: Callable[[dict[str, Any]], Query]
    """The filter that the fields mean."""
    find: Callable[[AppContext, Query], Found]

    def id(self, part: str) -> str:
        """The id of a field or a part."""
        return f"{self.name}-{part}"

    def address(self) -> Component:
        """Where the filter lives. The shell's own address would ask for fields on every page."""
        return dcc.Location(id=self.id("url"), refresh="callback-nav")

    def pages(self, found: Found, query: Query) -> Component:
        """The way through the pages."""
        return tagged(html.Nav(_ways(found, query), id=self.id("page"), className="pages"), aria_label=_("Pages"))

    def register(self, app: Dash, context: AppContext, *events: Input) -> None:
        """Fields write the address, the address fills the fields, and the list is drawn anew at these events."""
        ids = {field: self.id(field) for field in self.fields}

        @app.callback(
            output={
                "search": Output(self.id("url"), "search"),
                "fields": {name: Output(id, "value") for name, id in ids.items()},
                "pages": Output(self.id("page"), "children"),
                "parts": {part: Output(self.id(part), "children") for part in self.parts},
            },
            inputs={
                "search": Input(self.id("url"), "search"),
                "fields": {name: Input(id, "value") for name, id in ids.items()},
                "events": list(events),
            },
            prevent_initial_call=True,
        )
        @requires(Right.LOOK)
        def look(search: str | None, fields: dict[str, Any], events: Sequence[object]) -> dict[str, Any]:
            del events  # what matters is that they came
            asked = self.query(query_of(search))
            present = self.chosen(fields) if ctx.triggered_id in ids.values() else asked
            found = self.find(context, present)
            from_address = ctx.triggered_id == self.id("url")
            return {
                "search": no_update if present == asked else present.search(),
                "fields": self.values(present) if from_address else dict.fromkeys(ids, no_update),
                "pages": _ways(found, present),
                "parts": dict(found.parts),
            }


def _ways(found: Found, query: ListQuery) -> list[Component]:
    """To the page before and the one after, as links: a page has an address like everything that is filtered."""
    if found.pages <= 1:
        return []
    here = _("Page {n} of {pages}", n=query.page, pages=found.pages)
    before = _way(query, query.page - 1, _("Previous")) if query.page > 1 else None
    after = _way(query, query.page + 1, _("Next")) if query.page < found.pages else None
    return [part for part in (before, html.Span(here, className="num"), after) if part is not None]


def _way(query: ListQuery, page: int, words: str) -> Component:
    return html.A(words, href=replace(query, page=page).search() or "?", className="btn s")
