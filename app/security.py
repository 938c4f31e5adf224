"""What the browser may do with our pages: nothing but talk to this server."""

from dash import Dash
from flask import Flask, Response, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
ONE_YEAR = 365 * 24 * 3600
UNCHANGING = (
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "_dash_assets.static",
    "static",
)
"""Views of files that are the same for everybody. Whatever else is answered is for one person, and kept nowhere."""


def content_security_policy(script_hashes: list[str]) -> str:
    """Scripts of this server only, none inline but Dash's own by hash, no eval, no other host.

    Style sheets may be inline: Dash's components write theirs so.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(script_hashes)}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def guard(app: Dash, server: Flask) -> None:
    """Put the headers on every answer. To be called when all callbacks are registered: their scripts are hashed."""
    policy = content_security_policy(list(app.csp_hashes()))

    @server.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy
        if request.endpoint not in UNCHANGING:
            response.headers["Cache-Control"] = "no-store"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        return response
