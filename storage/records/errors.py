"""What goes wrong with the records; every message says what, where, and what would be right."""


class RecordsError(Exception):
    """The database is not one that this program may work with; the message says why and what to do."""


class RecordsAwayError(RecordsError):
    """The database does not do its work just now: it may do so later, without anything being changed here."""
