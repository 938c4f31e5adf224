"""Puts the site's own drawing of an area into the text of a site file, and changes nothing else in it."""

from dataclasses import replace

from facility.drawing import Drawing
from facility.site import Site
from facility.site_file import parse_site
from facility.yaml_edit import delete_key, quoted, set_key

NAME = "the changed site file"
INDENT = "    "


def set_drawing(text: str, area: str, own: Drawing | None) -> str:
    """The text with this drawing of an area, or with none. It stands at the end, under `drawings`.

    KeyError for an area that the site does not have, SiteFileError for a text that is not right, or gets too long.
    """
    before = parse_site(text, NAME)
    drawings = {known.id: known.drawing for known in before.areas if known.drawing is not None}
    if area not in {known.id for known in before.areas}:
        raise KeyError(area)
    if drawings:
        text = delete_key(text, (), "drawings")
    drawings = {id: known for id, known in drawings.items() if id != area} | ({} if own is None else {area: own})
    if drawings:
        text = set_key(
            text, (), "drawings", "".join(f"\n  {id}: {_written(known)}" for id, known in drawings.items())
        )
    after = parse_site(text, NAME)
    if _but_drawings(after) != _but_drawings(before):
        raise AssertionError("a drawing changes nothing else in a site file")
    return text


def _written(own: Drawing) -> str:
    """Line by line as it is; in quotes where YAML would not keep a character of it."""
    if own.markup.replace("\n", "").replace("\t", "").isprintable():
        return "|-\n" + "\n".join(INDENT + line if line else "" for line in own.markup.split("\n"))
    return quoted(own.markup)


def _but_drawings(site: Site) -> Site:
    return replace(site, areas=tuple(replace(area, drawing=None) for area in site.areas))
