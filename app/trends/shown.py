"""What a view means here and now: which of its points there are, and from when to when."""

from contextlib import suppress

from app.context import AppContext
from app.trends.belonging import with_what_belongs
from app.trends.view import ALL, MOST_POINTS, View
from facility.instants import Instant
from facility.site import Site
from storage.samples.store import HistoryAwayError


def meant(context: AppContext, view: View) -> View:
    """The view with its points and range, also where the address names an alarm or an excursion instead."""
    if view.points or not (view.alarm or view.excursion):
        return view
    with context.records.reading() as connection:
        return with_what_belongs(context, connection, view)


def known(site: Site, view: View) -> list[str]:
    """The points of the view that are in the site, as many as are drawn."""
    return [point for point in view.points if point in site.points][:MOST_POINTS]


def window(context: AppContext, view: View) -> tuple[Instant, Instant]:
    """From when to when the view reaches now."""
    extent = None
    if view.range == ALL:
        with suppress(HistoryAwayError):  # the picture's place says so
            extent = context.samples.extent(known(context.site(), view))
    return view.window(context.clock(), extent)
