"""/api/sessions/<slug>/report/: what came of a session, field by field."""

from datetime import datetime

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from seminars.access import lean_session_or_404
from seminars.api.problems import Problem
from seminars.api.sessions import withdrawn
from seminars.calendars.wording import address
from seminars.followups.reports.issuing import path_of
from seminars.followups.reports.models import Report as Written
from seminars.followups.reports.reading import parts_of
from seminars.web.visitors import visitor_of

router = Router(tags=["sessions"])


class Answer(Schema):
    """One field that was answered."""

    name: str
    label: str = Field(description="In the language of the report, where the site speaks it.")
    kind: str = Field(description="line, number, text (paragraphs), list or quotes (one on each line).")
    text: str


class Report(Schema):
    """The report of a session, the fields in the order of its form."""

    language: str
    published_at: datetime | None
    answers: list[Answer]
    page: str


@router.get(
    "/sessions/{slug:slug}/report/",
    url_name="api_report",
    operation_id="read_report",
    response={200: Report, frozenset({404, 410, 500}): Problem},
)
def report(request: HttpRequest, slug: str) -> Report:
    """The report of a session that you may see; 410 with the reason where one was withdrawn."""
    session = lean_session_or_404(slug, visitor_of(request))
    if session.withdrawn_at:
        raise withdrawn(session.reason)
    found = Written.objects.select_related("form").filter(session=session, published_at__isnull=False).first()
    if found is None:
        raise Http404("There is no report.")
    if not found.is_out:
        raise withdrawn(found.reason)
    answers = [
        Answer(name=each.name, label=each.label, kind=each.kind, text=each.text) for each in parts_of(found)
    ]
    return Report(
        language=found.language,
        published_at=found.published_at,
        answers=answers,
        page=address(path_of(session)),
    )
