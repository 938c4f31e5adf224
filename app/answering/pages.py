"""The page that the link in a message opens: the alarms in a few words, and one button; plain HTML for a phone.

Nobody has to sign in for it, and a mail program that follows the link does nothing: the token stands behind the #,
and only a form carries it. Whoever answers proves with the password to be the one whom the message was for, unless
already signed in as that person here.
"""

from collections.abc import Collection
from http import HTTPStatus

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from alerts.notifications.answer_links import PATH
from app import formats
from app.answering.told import Told, acknowledge, told
from app.components.acknowledge import PHRASES
from app.components.alarm_words import limit_words, point_words, room_words, value_words
from app.context import AppContext
from app.guard import Access, NotAllowedError, requires
from app.sign_in import pages, proof
from app.sign_in.session_cookie import present
from facility.alarm import Alarm
from facility.language import N_, _, _n
from facility.limit import Severity
from facility.site import Site
from storage.records.alarms import standing

LOOK, SEND = f"{PATH}/look", f"{PATH}/send"
TITLE = N_("Acknowledge")
TO_ANSWER = "acknowledge by a link"
NOT_HELD = N_(
    "This link holds no longer: it was used, is older than a day, or a newer message has another one. What stands "
    "now is in the list of alarms."
)
UNFOLDED = 4
"""Alarms of many that a phone shows above the answer; the others are a touch away."""
TO_ALARMS = ("/alarms", N_("To the alarms"))


def routes(context: AppContext) -> Blueprint:
    """Opening the link, looking at what it is about, answering."""
    answering = Blueprint("answering", __name__, template_folder="templates")

    @answering.get(PATH)
    @requires(Access.ANYBODY)
    def opened() -> AnyResponse:
        return pages.page(context, "answer-opened.html", _(TITLE), action=LOOK)

    @answering.post(LOOK)
    @requires(Access.ANYBODY)
    def look() -> AnyResponse:
        found = _found(context)
        return _not_held(context) if found is None else _alarms(context, found, None)

    @answering.post(SEND)
    @requires(Access.ANYBODY)
    def send() -> AnyResponse:
        form, found = request.form, _found(context)
        if found is None:
            return _not_held(context)
        if not found.waiting:
            return _alarms(context, found, None)
        if not _is_here(context, found):
            words = proof.prove(
                context, found.person.account, form.get("password", ""), form.get("code", ""), to=TO_ANSWER
            )
            if words is not None:
                return _alarms(context, found, words)
        comment = form.get("comment", "").strip() or form.get("phrase", "")
        try:
            words = acknowledge(context, found, _seen(found), comment, form.get("link", ""))
        except NotAllowedError as refusal:
            words = str(refusal)
        return _alarms(context, found, words) if words is not None else _done(context, found, _seen(found))

    return answering


def _found(context: AppContext) -> Told | None:
    with context.records.reading() as connection:
        return told(connection, context.whole(), context.clock(), request.form.get("link", ""))


def _is_here(context: AppContext, found: Told) -> bool:
    """Is the person signed in at this browser?"""
    here = present(context)
    person = here.person() if here is not None else None
    return person is not None and person.account == found.person.account


def _seen(found: Told) -> dict[str, Severity]:
    """How severe each alarm was on the page that was sent."""
    names = {severity.name.lower(): severity for severity in Severity}
    pairs = ((alarm.id, request.form.get(f"seen {alarm.id}", "")) for alarm in found.waiting)
    return {id: names[name] for id, name in pairs if name in names}


def _alarms(context: AppContext, found: Told, problem: str | None) -> Response:
    site, now = context.whole(), context.clock()
    return pages.page(
        context,
        "answer.html",
        _(TITLE) if found.waiting else _("Answered already"),
        problem,
        action=SEND,
        link=request.form.get("link", ""),
        name=found.person.name,
        account=found.person.account,
        alarms=[_words(site, alarm, now) for alarm in found.alarms],
        unfolded=UNFOLDED,
        waiting=bool(found.waiting),
        phrases=[_(phrase) for phrase in PHRASES],
        phrase=request.form.get("phrase", ""),
        comment=request.form.get("comment", ""),
        proven=_is_here(context, found),
    )


def _words(site: Site, alarm: Alarm, now: int) -> dict[str, object]:
    """One alarm as the page tells it."""
    answer = alarm.acknowledgements[-1] if alarm.acknowledgements else None
    since = formats.moment(alarm.onset, site.timezone, now)
    span = formats.age(now - alarm.onset)
    told = _("since {time}, {span} ago", time=since, span=span)
    if alarm.returned is not None:
        back = formats.moment(alarm.returned, site.timezone, now)
        told = _("since {time}, {span} ago, back {back}", time=since, span=span, back=back)
    return {
        "id": alarm.id,
        "severity": _(alarm.severity.name.lower()).upper(),
        "mark": alarm.severity.name.lower(),
        "room": room_words(site, alarm.room),
        "what": f"{point_words(site, alarm.point)} {_(alarm.condition)}",
        "value": value_words(site, alarm.point, alarm.worst if alarm.worst is not None else alarm.value),
        "limit": limit_words(site, alarm),
        "since": told,
        "answered": f"{answer.by}: {answer.comment}" if answer else "",
    }


def _done(context: AppContext, found: Told, answered: Collection[str]) -> Response:
    with context.records.reading() as connection:
        left = [alarm for alarm in standing(connection) if alarm.id in answered]
    stands = sum(alarm.returned is None for alarm in left)
    words = _(
        "{alarms} acknowledged as {name}.",
        alarms=formats.sentence(_n("{n} alarm", "{n} alarms", len(answered), n=formats.words(len(answered)))),
        name=found.person.name,
    )
    if stands:
        words += " " + _("Still outside: {n}.", n=stands)
    joined = len(found.waiting) - len(answered)
    if joined:
        words += " " + _("Come since you looked, and not acknowledged: {n}.", n=joined)
    return pages.told(context, _("Acknowledged"), words, onward=TO_ALARMS)


def _not_held(context: AppContext) -> Response:
    return pages.told(context, _("Link not valid"), _(NOT_HELD), onward=TO_ALARMS, status=HTTPStatus.GONE)
