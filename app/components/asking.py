"""Buttons that stand in the rows of long lists: what one asks for comes through one store for all of them.

Dash's renderer looks at every button with an id of its own whenever anything changes: a list of thirty alarms stood
still for seconds each time one was added.
"""

import json
from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from app.components.basics import tagged


def asking(children: str | Sequence[str | Component], store: str, className: str, **what: object) -> html.Button:  # noqa: N803  # as Dash spells it
    """A button whose press puts `what` into a store (assets/asks.js). It can be baked."""
    return tagged(html.Button(children, className=className), data_asks=store, data_what=json.dumps(what))


def asked(store: str) -> dcc.Store:
    """The store: a callback with it as input runs at each press, with what the button asks for."""
    return dcc.Store(id=store)
