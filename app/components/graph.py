"""Every plotly graph is made here, so that none offers to send its data to another host."""

from dash import dcc
from dash.development.base_component import Component


def graph(id: str) -> Component:
    """An empty graph that fills its container. Only zooming and moving are offered beside it."""
    return dcc.Graph(
        id=id,
        responsive=True,
        config={
            "showSendToCloud": False,
            "displaylogo": False,
            "displayModeBar": "hover",
            "modeBarButtons": [["zoom2d", "pan2d"]],
            "doubleClick": "autosize",
            "doubleClickDelay": 500,
            "scrollZoom": False,
            "showTips": False,
        },
        style={"display": "none"},
    )
