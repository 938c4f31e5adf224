"""What people read of a page: opened as Dash's renderer does it, with the callbacks that run by themselves."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from typing_extensions import override

from facility.language import ENGLISH

ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-filter", "data-words", "data-title"}
"""Of markup; those of data are shown by our scripts."""
PROPERTIES = ATTRIBUTES | {"children", "label", "description", "error", "nothingFoundMessage", "group"}
"""Of components and of what is chosen from."""
DRAWN = {"text", "hovertext", "hovertemplate", "ticktext", "customdata"}
"""Of the traces, labels and axes of a graph. It has no legend, which would show names."""
ROUNDS = 8
"""A page whose callbacks have not come to rest then never does."""


class Browser:
    """One that keeps what every component has, and runs callbacks as soon as what they listen to is another."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._callbacks = [one for one in client.get("/_dash-dependencies").json or [] if _runs_on_the_server(one)]
        self._known: dict[str, Any] = {}
        self._heard: dict[str, list[Any]] = {}

    def open(self, address: str) -> set[str]:
        """All that is read at an address; every kind of button that asks through a store is pressed once."""
        path, _mark, query = address.partition("?")
        here = {"pathname": path, "search": f"?{query}" if query else "", "href": f"http://localhost{address}"}
        self._known, self._heard = {}, {}
        drawn = [self._client.get("/_dash-layout").json]
        self._keep(drawn[0], here)
        drawn += self._come_to_rest(here)
        for store, what in {store: what for answer in drawn for store, what in _asking(answer)}.items():
            self._known[f"{store}.data"] = {**what, "presses": 1}
            drawn += self._come_to_rest(here)
        return {text for answer in drawn for text in texts_of(answer)}

    def _come_to_rest(self, here: dict[str, str]) -> list[Any]:
        answers: list[Any] = []
        for _round in range(ROUNDS):
            due = [one for one in self._callbacks if self._is_due(one)]
            if not due:
                return answers
            answers += [answer for one in due if (answer := self._answer(one, here)) is not None]
        raise AssertionError(f"callbacks run for ever: {[one['output'] for one in due]}")

    def _is_due(self, callback: dict[str, Any]) -> bool:
        if not all(_name(one) in self._known or one["id"] in self._known for one in callback["inputs"]):
            return False
        values = [self._known.get(_name(one)) for one in callback["inputs"]]
        first = callback["output"] not in self._heard
        is_due = not callback["prevent_initial_call"] if first else self._heard[callback["output"]] != values
        self._heard[callback["output"]] = values
        return is_due

    def _answer(self, callback: dict[str, Any], here: dict[str, str]) -> Any:
        several = callback["output"].startswith("..")
        names = [part.split("@")[0].rsplit(".", 1) for part in callback["output"].strip(".").split("...")]
        outputs = [{"id": id, "property": name} for id, name in names]
        values = {
            kind: [{**one, "value": self._known.get(_name(one))} for one in callback[kind]]
            for kind in ("inputs", "state")
        }
        answer = self._client.post(
            "/_dash-update-component",
            json={
                "output": callback["output"],
                "outputs": outputs if several else outputs[0],
                "changedPropIds": [_name(one) for one in callback["inputs"]],
                **values,
            },
        )
        if answer.status_code == 204:
            return None
        assert answer.status_code == 200, f"{callback['output']}: {answer.text}"
        response = json.loads(answer.text)
        found = {**response.get("sideUpdate", {}), **response["response"]}
        for id, properties in found.items():
            self._known.update({f"{id}.{name}": value for name, value in properties.items()})
            self._keep(list(properties.values()), here)
        return [{"props": properties} for properties in found.values()]

    def _keep(self, part: Any, here: dict[str, str]) -> None:
        """The properties of all components in it. A location is where the browser is."""
        for component in _components(part):
            properties = component["props"]
            if isinstance(id := properties.get("id"), str):
                self._known[id] = True
                self._known.update({f"{id}.{name}": value for name, value in properties.items()})
                if component["type"] == "Location":
                    self._known.update({f"{id}.{name}": value for name, value in here.items()})


def texts_of(part: Any) -> Iterator[str]:
    """What is read of components as Dash sends them, but for parts that say of themselves that they are English."""
    if isinstance(part, list):
        for one in part:
            yield from texts_of(one)
    elif isinstance(part, dict):
        if "layout" in part and "data" in part:
            yield from _texts_of_figure(part)
        if part.get("props", part).get("lang") == ENGLISH:
            return
        for name, value in part.items():
            if name == "data-svg":
                yield from texts_of_markup(value)
            elif isinstance(value, str) and name in PROPERTIES:
                yield value
            elif name == "children" and isinstance(value, list):
                yield from (one for one in value if isinstance(one, str))
            if isinstance(value, dict | list):
                yield from texts_of(value)


def texts_of_markup(markup: str) -> list[str]:
    """What is read of HTML or SVG."""
    reader = _Markup()
    reader.feed(markup)
    return reader.found


def _texts_of_figure(part: Any, name: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _texts_of_figure(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from _texts_of_figure(value, name)
    elif isinstance(part, str) and name in DRAWN:
        yield " ".join(texts_of_markup(part))


def _components(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "props" in part and "type" in part:
            yield part
        for value in part.values():
            yield from _components(value)
    elif isinstance(part, list):
        for value in part:
            yield from _components(value)


def _asking(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The stores through which buttons ask (app/components/asking.py), with what they ask for."""
    for component in _components(part):
        properties = component["props"]
        if "data-asks" in properties:
            yield properties["data-asks"], json.loads(properties["data-what"])
        if "data-svg" in properties:
            reader = _Markup()
            reader.feed(properties["data-svg"])
            yield from reader.asking


class _Markup(HTMLParser):
    """Text and attributes that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.asking: list[tuple[str, dict[str, Any]]] = []
        self._unread = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread = tag in ("script", "style")
        self.found += [value for name, value in attrs if value and name in ATTRIBUTES]
        given = dict(attrs)
        if store := given.get("data-asks"):
            self.asking.append((store, json.loads(given.get("data-what") or "{}")))

    @override
    def handle_endtag(self, tag: str) -> None:
        self._unread = False

    @override
    def handle_data(self, data: str) -> None:
        if not self._unread and data.strip():
            self.found.append(data.strip())


def _name(one: dict[str, Any]) -> str:
    return f"{one['id']}.{one['property']}"


def _runs_on_the_server(callback: dict[str, Any]) -> bool:
    """Those that listen to many components at once are for buttons that nobody presses here."""
    patterns = any(str(one["id"]).startswith("{") for one in (*callback["inputs"], *callback["state"]))
    return callback["clientside_function"] is None and not patterns
