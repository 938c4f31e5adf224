"""Signing out: a plain form, so that it works whatever else does not."""

from dash import dcc, html
from dash.development.base_component import Component

from app import csrf
from facility.language import _


def sign_out_form(className: str = "btn") -> Component:  # noqa: N803  # as Dash spells it
    """The button. To be made in a request: the token against forgery is its session's."""
    return html.Form(
        [
            dcc.Input(type="hidden", name=csrf.FIELD, value=csrf.token()),
            html.Button(_("Sign out"), className=className),
        ],
        action="/sign-out",
        method="post",
    )
