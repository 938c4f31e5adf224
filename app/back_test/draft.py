"""From a back-test to the draft of the change that it speaks for, with its result attached."""

from app.back_test.answer import Answer, attachment
from app.changes import of_whole_site
from app.context import AppContext
from app.guard import needs
from app.proposal import propose, typed
from facility.roles import Right
from storage.records import changes, revisions
from storage.records.changes import ChangeRefusedError


def draft(context: AppContext, found: Answer, why: str, reason: str) -> str | int:
    """Make the other limits a draft: its number, or in words why it cannot be."""
    person = needs(context, Right.DRAFT)
    of_whole_site(context)
    site = context.site()
    with context.records.reading() as connection:
        newest = revisions.newest(connection)
    assert newest is not None  # the app is not served before the first
    text = newest.text
    for point in found.question.changed.values():
        for limit in point.limits:
            if limit in site.points[point.id].limits:
                continue
            fields = typed(limit)
            proposal = propose(text, point.id, fields | {"rationale": why.strip() or fields["rationale"]})
            if proposal.problems:
                name, words = next(iter(proposal.problems.items()))
                return f"{point.id}{f', {name}' if name else ''}: {words}".replace("_", " ")
            text = proposal.text
    try:
        with context.records.transaction() as connection:
            change = changes.draft(
                connection,
                context.clock(),
                person,
                text,
                reason,
                why.strip(),
                attachment(site, found),
                base=newest.number,
            )
    except ChangeRefusedError as error:
        return str(error)
    return change.number
