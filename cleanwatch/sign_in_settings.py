"""What the settings say about signing in: the rules, and a provider of single sign-on."""

from app.sign_in.breached import BreachedPasswords, NotAListError
from app.sign_in.provider import Provider
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


def breached(settings: Settings) -> BreachedPasswords | None:
    """The site's own list of breached passwords, if it names one. Raises SystemExit in words where it is none."""
    if settings.breached_passwords_file is None:
        return None
    try:
        return BreachedPasswords(settings.breached_passwords_file)
    except NotAListError as error:
        raise SystemExit(f"CLEANWATCH_BREACHED_PASSWORDS_FILE: {error}") from None


def provider(settings: Settings) -> Provider | None:
    """The provider that people may sign in by, if there is one. Raises SystemExit in words where it has no secret."""
    if not settings.oidc_issuer:
        return None
    if settings.oidc_secret_file is None:
        raise SystemExit(
            "CLEANWATCH_OIDC_ISSUER is set, but not CLEANWATCH_OIDC_SECRET_FILE: name the file that holds the secret "
            "which the provider gave to Cleanwatch."
        )
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_secret_file.read_text().strip(),
        settings.oidc_name,
        settings.oidc_ca_file,
    )
