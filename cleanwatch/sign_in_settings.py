"""The rules for signing in that the settings name, and otherwise the usual ones."""

from app.sign_in.rules import SignInRules
from cleanwatch.settings import Settings
from facility.instants import DAY, HOUR, MINUTE


def sign_in_rules(settings: Settings) -> SignInRules:
    """Those that hold here."""
    return SignInRules(
        idle=settings.idle_minutes * MINUTE,
        longest_session=settings.session_hours * HOUR,
        password_age=settings.password_days * DAY or None,
        second_factor=settings.second_factor_roles,
        note=settings.sign_in_note,
    )
