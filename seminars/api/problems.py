"""What went wrong and what to do, as problem documents (RFC 9457). Nothing hidden shows: hidden and missing are one."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Schema
from ninja.errors import ValidationError

MEDIA_TYPE = "application/problem+json"
MOMENT = gettext_noop(
    "Give a moment with Z or an offset, such as 2026-11-16T12:00:00Z, or a day such as 2026-11-16. "
    "In an address, write + as %2B."
)
ADVICE = {
    "after": MOMENT,
    "before": MOMENT,
    "community": gettext_noop("Give the short name of a community, as it stands in its address."),
    "series": gettext_noop("Give the short name of a series, as it stands in its address."),
    "cursor": gettext_noop("Take the whole address from “next”, or leave the cursor out to begin anew."),
    "limit": gettext_noop("Give a whole number from 1 to 100."),
    "q": gettext_noop("Give at least one word to look for, at most 1,000 characters, or leave it out."),
    "page": gettext_noop("Give a whole number from 1 to 100,000."),
}
"""What may be given for each parameter: said in the OpenAPI document, and again to who gave something else."""


class Wrong(Schema):
    """One parameter that cannot be taken, and what to give instead."""

    parameter: str
    detail: str


class Problem(Schema):
    """A problem document (RFC 9457). `detail` says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []


class Refusal(Exception):
    """The request cannot be answered. status: of HTTP. wrong: advice by parameter. facts: what else is told."""

    def __init__(
        self,
        status: int,
        detail: str,
        wrong: dict[str, str] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.wrong, self.facts = status, detail, wrong or {}, facts or {}


def problem(
    status: int, detail: str, wrong: dict[str, str] | None = None, facts: dict[str, Any] | None = None
) -> HttpResponse:
    """Return a problem document. wrong: advice by parameter. facts: further members, by name (§3.2)."""
    said = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=[Wrong(parameter=name, detail=advice) for name, advice in (wrong or {}).items()],
    )
    body = json.dumps(said.model_dump() | (facts or {}), ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE)


def unfit(name: str) -> Refusal:
    """Return the refusal of a value of the parameter `name`, with what to give instead."""
    return unfit_all([name])


def unfit_all(names: list[str]) -> Refusal:
    """Return the refusal of the values of several parameters."""
    advice = {name: _(ADVICE[name]) if name in ADVICE else _("Give another value.") for name in names}
    said = " ".join(f"{name}: {words}" for name, words in advice.items())
    return Refusal(422, said, advice)


def known_only(request: HttpRequest, asked: type[Schema]) -> None:
    """Raise Refusal for a parameter that is not there: a mistyped one would silently answer another question."""
    unknown = [name for name in request.GET if name not in asked.model_fields]
    if unknown:
        words = _("There is no parameter “%(name)s” here. There are: %(names)s.")
        names = ", ".join(asked.model_fields)
        raise Refusal(400, words % {"name": unknown[0][:60], "names": names})


def refused(request: HttpRequest, wrong: Refusal | type[Refusal]) -> HttpResponse:
    """Answer a refusal."""
    assert isinstance(wrong, Refusal)
    return problem(wrong.status, wrong.detail, wrong.wrong, wrong.facts)


def not_valid(request: HttpRequest, wrong: ValidationError | type[ValidationError]) -> HttpResponse:
    """Answer 422 with what each parameter takes."""
    assert isinstance(wrong, ValidationError)
    return refused(request, unfit_all(list(dict.fromkeys(str(each["loc"][-1]) for each in wrong.errors))))


def not_found(request: HttpRequest, wrong: Exception | type[Exception]) -> HttpResponse:
    """Answer 404, the same for what is hidden and what is missing."""
    return problem(
        404, _("There is nothing here, or it is for members only. Sign in if you belong to the community.")
    )


def not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer 405: nothing can be written here."""
    response = problem(405, _("This is to read only. Use GET or HEAD."))
    response.headers["Allow"] = "GET, HEAD"
    return response


def failed(request: HttpRequest, wrong: Exception | type[Exception]) -> HttpResponse:
    """Answer 500 and leave the traceback to the log."""
    response = problem(500, fault_words())
    cause = wrong if isinstance(wrong, Exception) else None
    log_response(
        "Internal Server Error: %s", request.path, response=response, request=request, exception=cause
    )
    return response


def fault_words() -> str:
    """Say that the fault is ours."""
    return _("Something went wrong on our side. Try again later; nothing was changed.")


def refusal_words() -> str:
    """Say that the request as a whole cannot be read."""
    return _("This request cannot be read. Compare its address and headers with what /api/ says.")
