"""What of a change is shown everywhere: its state, its differences, the signatures under it."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.changes import Book, revision_object
from app.components.signing import signature_lines
from facility.change_states import ChangeState
from facility.language import ENGLISH, N_, _
from facility.limit import EXEMPT
from facility.site import Site
from storage.records import change_steps
from storage.records.changes import Change, revision_state
from storage.records.revisions import Revision, stretch_of
from storage.records.signatures import Meaning

WORDS = {
    ChangeState.DRAFT: N_("Draft"),
    ChangeState.REVIEWED: N_("Reviewed"),
    ChangeState.APPROVED: N_("Approved, to take force"),
    ChangeState.IN_FORCE: N_("In force"),
    ChangeState.RETIRED: N_("Retired"),
    ChangeState.WITHDRAWN: N_("Withdrawn"),
    ChangeState.REFUSED: N_("Refused"),
}
MOST_LINES = 8


def state_chip(state: ChangeState) -> Component:
    """The state in a small box; what holds now is the darkest."""
    return html.Span(_(WORDS[state]), className="chip now" if state is ChangeState.IN_FORCE else "chip quiet")


def difference_list(lines: Sequence[str], *, whole: bool = False) -> Component:
    """The differences in words, a line each; of many the first, and the others behind a word."""
    shown = lines if whole or len(lines) <= MOST_LINES else lines[:MOST_LINES]
    rest = lines[len(shown) :]
    more = html.Details([html.Summary(_("{n} more", n=len(rest))), _list(rest)]) if rest else None
    return html.Div([_list(shown), more], className="differences")


def _list(lines: Sequence[str]) -> Component:
    return html.Ul([html.Li(_marked(line)) for line in lines], lang=ENGLISH)


def _marked(line: str) -> str | list[str | Component]:
    """A line about a limit that is looser than the standard's says so in bold."""
    before, mark, after = line.partition(EXEMPT)
    return [before, html.B(mark), after] if mark else line


def change_signatures(book: Book, change: Change) -> Component | None:
    """The signatures under a change."""
    return signature_lines(book.signatures.get(change.object, ()), change.content)


def revision_signatures(book: Book, revision: Revision) -> Component | None:
    """The signatures under a revision: those of the change that it was, or QA's afterwards."""
    change = book.change_of(revision)
    if change is not None:
        return change_signatures(book, change) if change.revision == revision.number else None
    signed = book.signatures.get(revision_object(revision.number), ())
    return signature_lines(signed, change_steps.revision_content(revision))


def basis_words(book: Book, revision: Revision, site: Site) -> str:
    """By what right a revision took force; empty where signatures say so."""
    change = book.change_of(revision)
    if change is not None and change.revision != revision.number:
        return _("As it was before: a change was taken back before it took force.")
    if change is not None and not change.controlled:
        return _("No signature needed: it decides about no alarm.")
    if change is not None:
        signed = any(s.meaning is Meaning.APPROVAL for s in book.signatures.get(change.object, ()))
        return "" if signed else _("No approval is on record, and there should be one.")
    if revision.number == 1:
        return _("First revision, in force without review.")
    return _("Simulated site: in force without review.") if site.simulated else _("In force without review.")


def held_words(book: Book, revision: Revision, site: Site) -> str:
    """From when until when a revision held, holds, or is to hold."""
    stretch = stretch_of(revision, book.revisions)
    if stretch is None:
        return _("never: a newer one took its place before")
    start, end = stretch
    zone, now = site.timezone, book.now
    begin = _("the beginning") if start == change_steps.BEGINNING else formats.moment(start, zone, now)
    if end is None:
        return _("from {begin}", begin=begin)
    return _("from {begin} to {end}", begin=begin, end=formats.moment(end, zone, now))


def state_of(book: Book, revision: Revision) -> ChangeState:
    """Approved, in force, or retired."""
    return revision_state(revision, book.revisions, book.now)
