"""/api/sessions/<slug>/questions/: what was asked at a session, and what was answered."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from seminars.access import lean_session_or_404
from seminars.api.problems import ADVICE, Problem, known_only
from seminars.api.sessions import withdrawn
from seminars.calendars.wording import address
from seminars.sessions.questions.answering import with_answers
from seminars.sessions.questions.models import Question as Asked
from seminars.web.visitors import visitor_of

router = Router(tags=["sessions"])


class Answer(Schema):
    """An answer in writing. name: null where the organisers answer together."""

    text: str
    name: str | None
    made_at: datetime
    changed_at: datetime


class Question(Schema):
    """A question that is shown. text: as it is shown. as_asked: where a moderator has shortened it, the whole of it."""

    uid: UUID
    text: str
    as_asked: str | None
    language: str | None
    name: str | None = Field(description="Of who asks, if they want it shown.")
    by_phone: bool
    votes: int
    made_at: datetime
    answered_live: bool
    second: int | None = Field(description="Of the recording, where the answer begins.")
    answers: list[Answer]
    page: str


class Questions(Schema):
    """Questions, the most wanted first. next: the `page` of the next part, null at the end."""

    questions: list[Question]
    next: int | None


class Part(Schema):
    """Which of them."""

    page: int = Field(1, ge=1, le=100_000, description=f"Which part. {ADVICE['page']}")
    limit: int = Field(50, ge=1, le=100, description=f"How many at once. {ADVICE['limit']}")


@router.get(
    "/sessions/{slug:slug}/questions/",
    url_name="api_questions",
    operation_id="list_questions",
    response={200: Questions, frozenset({400, 404, 410, 422, 500}): Problem},
)
def questions(request: HttpRequest, slug: str, asked: Query[Part]) -> Questions:
    """The questions of a session that you may see, with their answers; 410 where it was withdrawn."""
    known_only(request, Part)
    session = lean_session_or_404(slug, visitor_of(request))
    if session.withdrawn_at:
        raise withdrawn(session.reason)
    rows = with_answers(Asked.objects.filter(session=session).shown().by_votes())
    first = (asked.page - 1) * asked.limit
    found = list(rows[first : first + asked.limit + 1])
    more = asked.page + 1 if len(found) > asked.limit else None
    page = address(f"/sessions/{session.slug}/questions/")
    return Questions(questions=[_said(each, page) for each in found[: asked.limit]], next=more)


def _said(each: Asked, page: str) -> Question:
    return Question(
        uid=each.uuid,
        text=each.words,
        as_asked=each.text if each.shortened else None,
        language=each.language or None,
        name=each.name or None,
        by_phone=each.phone_id is not None,
        votes=each.votes,
        made_at=each.made_at,
        answered_live=each.live_at is not None,
        second=each.live_second,
        answers=[
            Answer(
                text=answer.text,
                name=answer.name or None,
                made_at=answer.made_at,
                changed_at=answer.changed_at,
            )
            for answer in each.answers.all()
        ],
        page=f"{page}#question-{each.uuid}",
    )
