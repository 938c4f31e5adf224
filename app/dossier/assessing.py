"""Saving what a person judges of an excursion."""

from app.context import AppContext
from app.excursions import admitted_to_whole
from app.guard import needs
from facility.language import _
from facility.roles import Right
from storage.records import assessments
from storage.records.assessments import Assessed, AssessmentError
from storage.records.errors import RecordsAwayError


def save(context: AppContext, number: str, assessed: Assessed, *, after: int, reason: str) -> str | None:
    """Put it on record; None when that is done, else in words why not. Raises NotAllowedError.

    `after` is the number of the version that the person has seen.
    """
    person = needs(context, Right.ASSESS)
    try:
        with context.records.transaction() as connection:
            excursion = admitted_to_whole(context, connection, number)
            if excursion.merged_into is not None:
                return _("It was merged into another excursion: assess that one.")
            assessments.assess(connection, context.clock(), person, number, assessed, after=after, reason=reason)
    except AssessmentError as error:
        return str(error)
    except RecordsAwayError as error:
        return f"{error} {_('It is not known whether this is on record: look before you save it again.')}"
    return None
