"""From where a request comes, as the records say it."""

from flask import has_request_context, request


def origin() -> str:
    """The address of the browser that asks now."""
    return f"browser at {request.remote_addr}" if has_request_context() else ""
