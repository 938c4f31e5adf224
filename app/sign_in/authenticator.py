"""Switching an authenticator on and off: a secret that is shown once, and confirmed by a code before it counts."""

import io

import segno
from markupsafe import Markup

from app.context import AppContext
from app.sign_in import codes, proof
from app.sign_in.let_in import SignedIn
from app.sign_in.origin import origin
from facility.language import N_, _
from facility.people import Actor
from storage.records.people import credentials
from storage.records.people.sessions import Stage

WRONG = N_(
    "That is not the code that the authenticator shows now. Look whether its clock is right, and type the next one."
)


def propose(context: AppContext, signed_in: SignedIn) -> str:
    """A new secret, which waits to be confirmed: whoever has seen an earlier one has seen nothing."""
    secret = codes.new_secret()
    with context.records.transaction() as connection:
        credentials.propose_totp(connection, signed_in.account.account, secret)
    return secret


def picture(context: AppContext, signed_in: SignedIn, secret: str) -> Markup:
    """The secret as a picture for the authenticator to take: a QR code, as SVG in the page."""
    address = codes.address(secret, signed_in.account.account, f"Cleanwatch {context.whole().name}")
    drawn = io.BytesIO()
    segno.make(address, micro=False).save(
        drawn, kind="svg", scale=5, border=0, xmldecl=False, svgns=False, omitsize=False, title=_("QR code")
    )
    return Markup(drawn.getvalue().decode())


def switch_on(context: AppContext, signed_in: SignedIn, password: str, code: str) -> list[str] | str:
    """Switch it on where this is its code; the recovery codes, or in words why not.

    Who is signed in proves the password anew: at a browser that was left open nobody else can lock the person out.
    Who is only about to sign in has just proven it.
    """
    account, now = signed_in.account, context.clock()
    if signed_in.session.stage is Stage.SIGNED_IN:
        known = proof.know(context, account.account, password, to="switch the authenticator on")
        if isinstance(known, str):
            return known
        proof.accept(context, known)
    with context.records.transaction() as connection:
        credential = credentials.of(connection, account.account)
        if credential is None or credential.totp_secret is None or credential.totp_since is not None:
            return _(WRONG)
        step = codes.step_of(credential.totp_secret, code, now)
        if step is None:
            return _(WRONG)
        recovery = codes.new_recovery_codes()
        hashes = [codes.recovery_hash(one) for one in recovery]
        credentials.confirm_totp(connection, now, _by(signed_in), account.account, step, hashes)
    return recovery


def switch_off(context: AppContext, signed_in: SignedIn, password: str, code: str) -> str | None:
    """Switch it off; None when that is done, else in words why not."""
    account = signed_in.account
    if account.role in context.desk.rules.second_factor:
        return _("With the role {role} nobody can do without one here.", role=_(account.role.value))
    refused = proof.prove(context, account.account, password, code, to="switch the authenticator off")
    if refused is None:
        with context.records.transaction() as connection:
            credentials.drop_totp(connection, context.clock(), _by(signed_in), account.account, "by the person")
    return refused


def _by(signed_in: SignedIn) -> Actor:
    return Actor(signed_in.account.account, signed_in.account.role.value, origin())
