"""Whatever goes wrong with a request of the API is told in one shape (RFC 9457), in words."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.csrf import API

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is not right about what was sent, and where."""

    model_config = ConfigDict(frozen=True)

    where: str
    what: str


class Problem(BaseModel):
    """Why an answer is not what was asked for: in words, and with the places where something is to be put right."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...] = ()


class ApiError(Exception):
    """A request that is answered with a problem."""

    def __init__(self, status: HTTPStatus, detail: str, errors: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.errors = tuple(errors)


def answer(status: int, detail: str, errors: Sequence[Fault] = ()) -> Response:
    """A problem, as it goes out."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=tuple(errors))
    return Response(problem.model_dump_json(), status, mimetype=MEDIA_TYPE)


def faults_of(error: ValidationError) -> list[Fault]:
    """What pydantic found, in its words."""
    return [
        Fault(where=".".join(map(str, detail["loc"])) or "body", what=detail["msg"].removeprefix("Value error, "))
        for detail in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def one_shape(server: Flask) -> None:
    """Give that shape also to what gates before the API refuse: the guard, the limits, Flask itself."""

    @server.after_request
    def shape(response: Response) -> Response:
        if response.status_code < 400 or not request.path.startswith(API) or response.mimetype == MEDIA_TYPE:
            return response
        words = response.get_data(as_text=True).strip() if response.mimetype == "text/plain" else ""
        shaped = answer(response.status_code, words or HTTPStatus(response.status_code).description)
        response.set_data(shaped.get_data())
        response.mimetype = MEDIA_TYPE
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Bearer realm="Cleanwatch"'
        return response
