"""Many components as one: written out as markup that the browser mounts.

Dash's renderer looks at every mounted component whenever any of them changes: a list of a thousand costs it seconds.
What has no callbacks of its own is baked: a tree of components where it is written, and one to the browser.
"""

from xml.sax.saxutils import escape, quoteattr

from dash.development.base_component import Component

from app.components.basics import drawing

HTML = "dash_html_components"
XHTML = "http://www.w3.org/1999/xhtml"
NAMES = {"className": "class", "colSpan": "colspan"}


def baked(component: Component, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
    """A tree of html components as one drawing. Live values in it are painted as everywhere."""
    return drawing(markup(component).replace(">", f' xmlns="{XHTML}">', 1), className)


def markup(part: object) -> str:
    """A component, text or number, or a list of them, as XHTML."""
    if part is None:
        return ""
    if isinstance(part, (list, tuple)):
        return "".join(map(markup, part))
    if not isinstance(part, Component):
        return escape(str(part))
    written = part.to_plotly_json()  # type: ignore[no-untyped-call]  # Dash leaves it without types
    if written["namespace"] != HTML:
        raise TypeError(f"only html components can be baked, not {written['type']}")
    properties, tag = written["props"], written["type"].lower()
    attributes = "".join(
        f" {NAMES.get(name, name)}={quoteattr(_written(value))}"
        for name, value in properties.items()
        if name != "children" and value is not None and value is not False
    )
    return f"<{tag}{attributes}>{markup(properties.get('children'))}</{tag}>"


def _written(value: object) -> str:
    if isinstance(value, dict):  # a style, whose keys are words of one part in what is baked
        return ";".join(f"{name}:{one}" for name, one in value.items())
    return "" if value is True else str(value)
