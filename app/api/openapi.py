"""The description of the API (OpenAPI 3.1), made from the table of operations and its models."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.operation import Operation
from app.api.problems import MEDIA_TYPE, Problem
from app.csrf import API, COOKIE, HEADER
from app.guard import Access

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"

REFUSALS: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "What was asked is not understood; it is said where and what would be right.",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in, or the token does not hold.",
    HTTPStatus.FORBIDDEN: "You may not do this.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; Retry-After says after how many seconds to try again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The records or the stored readings are away.",
}
"""What every operation may answer in place of what was asked."""
NOT_FOUND = "There is no such thing, or none that you may see."
WITH_BODY = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "What was sent is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "What was sent is not application/json.",
}


def openapi(operations: Sequence[Operation]) -> Schema:
    """The whole document."""
    answers = {operation.answer for operation in operations} | {Problem}
    bodies = {operation.body for operation in operations if operation.body is not None}
    asked = {operation.asked for operation in operations}
    models = [
        *((model, "serialization") for model in sorted(answers, key=_name)),
        *((model, "validation") for model in sorted(bodies | asked, key=_name)),
    ]
    references, definitions = models_json_schema(models, ref_template=REF)  # type: ignore[arg-type]  # Literal, widened
    schemas: Schema = definitions["$defs"]
    names = {key: reference["$ref"].rpartition("/")[2] for key, reference in references.items()}
    parameters = {model: schemas.pop(names[model, "validation"]) for model in asked}
    paths: Schema = {}
    for operation in operations:
        place = paths.setdefault(operation.path, {})
        place[operation.method.lower()] = _described(operation, parameters[operation.asked], names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cleanwatch",
            "version": version("cleanwatch"),
            "description": "Readings, alarms, room states and records of a monitored cleanroom suite, in UTC.",
        },
        "servers": [{"url": API.rstrip("/")}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token from your account's page."},
                "session": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Cookie",
                    "description": f"As signed in at a browser; what changes something needs the value of the "
                    f"cookie {COOKIE} as {HEADER} as well.",
                },
            },
        },
    }


def parameters_in(path: str) -> list[str]:
    """The parameters that a path names, in its order."""
    return re.findall("{(.*?)}", path)


def is_list(model: type[BaseModel], name: str) -> bool:
    """May this field be given several times?"""
    field = model.model_fields.get(name)
    return field is not None and get_origin(field.annotation) is list


def _described(operation: Operation, asked: Schema, names: Mapping[Any, str]) -> Schema:
    in_path = parameters_in(operation.path)
    refusals = {
        **REFUSALS,
        **({HTTPStatus.NOT_FOUND: NOT_FOUND} if in_path or operation.asked.model_fields else {}),
        **(WITH_BODY if operation.body is not None else {}),
        **dict(operation.refused),
    }
    answer = {"$ref": REF.format(model=names[operation.answer, "serialization"])}
    problem = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}}
    described: Schema = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Needs: {needs_in_words(operation)}.",
        "parameters": [_parameter(name, asked, name in in_path) for name in operation.asked.model_fields],
        "responses": {
            "200": {"description": operation.summary, "content": {"application/json": {"schema": answer}}},
            **{
                str(int(status)): {"description": words, "content": problem}
                for status, words in sorted(refusals.items())
            },
        },
    }
    if operation.body is not None:
        sent = {"$ref": REF.format(model=names[operation.body, "validation"])}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": sent}}}
    return described


def needs_in_words(operation: Operation) -> str:
    """The right that an operation needs, as the table of roles says it."""
    return "to be signed in" if isinstance(operation.need, Access) else f"the right to {operation.need.value}"


def _parameter(name: str, asked: Schema, in_path: bool) -> Schema:
    schema = dict(asked["properties"][name])
    description = schema.pop("description", "")
    schema.pop("title", None)
    if "anyOf" in schema:  # that it may be left out is said by "required"
        (alternative,) = [part for part in schema.pop("anyOf") if part != {"type": "null"}]
        schema = {**alternative, **{key: value for key, value in schema.items() if value is not None}}
    return {
        "name": name,
        "in": "path" if in_path else "query",
        "required": name in asked.get("required", ()),
        "schema": schema,
        **({"description": description} if description else {}),
    }


def _name(model: type[BaseModel]) -> str:
    return model.__name__
