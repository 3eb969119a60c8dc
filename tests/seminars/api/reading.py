"""Answers of the API, read as a program that trusts the OpenAPI document reads them."""

import json
import re
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from seminars.config.api import api

ADDRESSES = ["/api/communities/", "/api/sessions/", "/api/archive/"]
SAID_404 = "There is nothing here, or it is for members only."


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as JSON."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return found


def shape_of(path: str, status: int, media_type: str) -> dict[str, Any]:
    """The JSON schema that the document gives for an answer; it must name address, status and media type."""
    for template, methods in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[-\\\\w]+", template), path):
            answer = methods["get"]["responses"][str(status)]
            schema: dict[str, Any] = answer["content"][media_type]["schema"]
            return schema | {"components": document()["components"]}
    raise AssertionError(f"the document does not know {path}")


def hold_to_document(answer: HttpResponse) -> Any:
    """Return the body of an answer after holding it against the OpenAPI document."""
    said = json.loads(answer.content)
    media_type = answer.headers["Content-Type"].split(";")[0]
    path = answer.request["PATH_INFO"]  # type: ignore[attr-defined]  # put there by the test client
    shape = shape_of(path, answer.status_code, media_type)
    Draft202012Validator(shape, format_checker=FormatChecker()).validate(said)
    return said


def read(client: Client, address: str, status: int = 200, **query: object) -> Any:
    """Return what `address` answers, checked against the document."""
    answer = client.get(address, query or None)
    assert answer.status_code == status, answer.content.decode()
    return hold_to_document(answer)
