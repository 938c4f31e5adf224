"""The routes of the API: made from the table of operations, which says what each needs, is asked and answers."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from app.api import problems
from app.api.openapi import is_list, openapi, parameters_in
from app.api.operation import Operation
from app.api.problems import ApiError, Fault
from app.api.table import OPERATIONS
from app.context import AppContext
from app.csrf import API
from app.guard import Access, NotAllowedError, requires
from storage.records.errors import RecordsAwayError
from storage.samples.store import HistoryAwayError

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
Model = TypeVar("Model")

LARGEST_BODY = 64 * 1024
"""Bytes; what is sent to the API are a few words."""


@cache
def _description() -> bytes:
    """As JSON, made when it is first asked for: it takes as long as everything else that an app does at its start."""
    return msgspec.json.encode(openapi(OPERATIONS))


def routes(context: AppContext) -> Blueprint:
    """Every operation, and their description at `openapi.json`."""
    api = Blueprint("api", __name__, url_prefix=API.rstrip("/"))

    @api.get("/openapi.json")
    @requires(Access.SIGNED_IN)
    def describe() -> Response:
        return Response(_description(), mimetype="application/json")

    for operation in OPERATIONS:
        view = _view(operation, context)
        api.add_url_rule(
            _rule(operation.path),
            operation.name,
            view,
            methods=[operation.method],
            provide_automatic_options=False,
        )
    for path in {operation.path for operation in OPERATIONS}:
        known = {operation.method for operation in OPERATIONS if operation.path == path}
        allowed = sorted(known | ({"HEAD"} if "GET" in known else set()) | {"OPTIONS"})
        others = METHODS - set(allowed) | {"OPTIONS"}
        api.add_url_rule(_rule(path), f"other methods of {path}", _other_methods(allowed), methods=sorted(others))

    @api.route("/<path:unknown>", methods=sorted(METHODS))
    @requires(Access.SIGNED_IN)
    def nothing(unknown: str) -> Response:
        return problems.answer(HTTPStatus.NOT_FOUND, f"The API has no {unknown}; see {API}openapi.json.")

    @api.before_request
    def bound() -> None:
        request.max_content_length = LARGEST_BODY

    @api.errorhandler(ApiError)
    def say(error: ApiError) -> Response:
        return problems.answer(error.status, str(error), error.errors)

    @api.errorhandler(HTTPException)
    def say_as_it_is(error: HTTPException) -> Response:
        return problems.answer(error.code or HTTPStatus.INTERNAL_SERVER_ERROR, error.description or error.name)

    @api.errorhandler(NotAllowedError)
    def refuse(error: NotAllowedError) -> Response:
        return problems.answer(HTTPStatus.FORBIDDEN, str(error))

    @api.errorhandler(RecordsAwayError)
    @api.errorhandler(HistoryAwayError)
    def away(error: Exception) -> Response:
        return problems.answer(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    return api


def _rule(path: str) -> str:
    return re.sub("{(.*?)}", r"<\1>", path)


def _other_methods(allowed: list[str]) -> Callable[..., Response]:
    @requires(Access.SIGNED_IN)
    def view(**_path: str) -> Response:
        words = f"{request.method} means nothing here: {', '.join(allowed)} do."
        answer = problems.answer(HTTPStatus.METHOD_NOT_ALLOWED, words)
        if request.method == "OPTIONS":
            answer = Response(status=HTTPStatus.NO_CONTENT)
        answer.headers["Allow"] = ", ".join(allowed)
        return answer

    return view


def _view(operation: Operation, context: AppContext) -> Callable[..., Response]:
    @requires(operation.need)
    def view(**path: str) -> Response:
        asked = _understood(lambda: operation.asked.model_validate(_asked(operation, path)))
        body = None
        if (model := operation.body) is not None:
            sent = _json()
            body = _understood(lambda: model.model_validate_json(sent, strict=True))
        answer = operation.call(context, asked, body)
        return Response(
            answer.model_dump_json(by_alias=True), mimetype="application/json", headers={"Cache-Control": "no-store"}
        )

    return view


def _asked(operation: Operation, path: Mapping[str, str]) -> dict[str, Any]:
    """What stands in path and query. Raises ApiError where one that can stand only once does so twice."""
    asked: dict[str, Any] = dict(path)
    in_path = parameters_in(operation.path)
    for name, values in request.args.lists():
        if is_list(operation.asked, name):
            asked[name] = values
        elif len(values) > 1 or name in in_path:
            raise ApiError(HTTPStatus.BAD_REQUEST, f"{name} is given more than once.", [_twice(name)])
        else:
            asked[name] = values[0]
    return asked


def _twice(name: str) -> Fault:
    return Fault(where=name, what="it is given more than once")


def _json() -> bytes:
    if request.mimetype != "application/json":
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send it as application/json.")
    return request.get_data()


def _understood(parse: Callable[[], Model]) -> Model:
    try:
        return parse()
    except ValidationError as error:
        faults = problems.faults_of(error)
        words = "; ".join(f"{fault.where}: {fault.what}" for fault in faults)
        raise ApiError(HTTPStatus.BAD_REQUEST, f"This is not understood: {words}", faults) from error
