"""/api/sessions/: what takes place, took place, and what there is of it."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from seminars.access import session_or_404
from seminars.api import schemas
from seminars.api.cursors import CursorError, cursor_of, in_order
from seminars.api.moments import Moment
from seminars.api.problems import ADVICE, Problem, Refusal, known_only, unfit
from seminars.api.telling import at, session_facts, with_kin
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.state import State
from seminars.web.listing import rows_of, with_series
from seminars.web.visitors import visitor_of

router = Router(tags=["sessions"])


class Asked(Schema):
    """What one may ask of the list."""

    after: Moment | None = Field(None, description=f"Those that end later. {ADVICE['after']}")
    before: Moment | None = Field(None, description=f"Those that start earlier. {ADVICE['before']}")
    community: str | None = Field(None, pattern=schemas.SLUG, max_length=50, description=ADVICE["community"])
    series: str | None = Field(None, pattern=schemas.SLUG, max_length=50, description=ADVICE["series"])
    cursor: str | None = Field(None, max_length=100, description=ADVICE["cursor"])
    limit: int = Field(50, ge=1, le=100, description=f"How many at once. {ADVICE['limit']}")


@router.get(
    "/sessions/",
    url_name="api_sessions",
    operation_id="list_sessions",
    response={200: schemas.Sessions, frozenset({400, 422, 500}): Problem},
)
def sessions(request: HttpRequest, asked: Query[Asked]) -> schemas.Sessions:
    """The sessions that you may see, the earliest first, the undated last. `next` leads to the next part."""
    known_only(request, Asked)
    visible = with_series(Session.objects.visible_to(visitor_of(request)).published())
    try:
        found = list(in_order(narrowed(visible, asked), asked.cursor)[: asked.limit + 1])
    except CursorError as wrong:
        raise unfit("cursor") from wrong
    shown = found[: asked.limit]
    more = None
    if len(found) > asked.limit:
        kept = {name: value for name, value in request.GET.items() if name != "cursor"}
        more = at("api_sessions") + "?" + urlencode(kept | {"cursor": cursor_of(shown[-1])})
    return schemas.Sessions(
        sessions=[
            session_facts(row) for row in rows_of(with_kin(shown, visitor_of(request)), timezone.now())
        ],
        next=more,
    )


def narrowed(sessions: SessionQuerySet, asked: Asked) -> SessionQuerySet:
    """Return those that are asked for. Raises Refusal where nothing could ever be between `after` and `before`."""
    if asked.after and asked.before and asked.before <= asked.after:
        words = _("Give a moment later than that of “after”.")
        raise Refusal(422, f"before: {words}", {"before": words})
    if asked.after:
        sessions = sessions.filter(ends_at__gt=asked.after)
    if asked.before:
        sessions = sessions.filter(starts_at__lt=asked.before)
    if asked.community:
        sessions = sessions.filter(series__community__slug=asked.community)
    if asked.series:
        sessions = sessions.filter(series__slug=asked.series)
    return sessions


@router.get(
    "/sessions/{slug:slug}/",
    url_name="api_session",
    operation_id="read_session",
    response={200: schemas.Session, frozenset({404, 410, 500}): Problem},
)
def session(request: HttpRequest, slug: str) -> schemas.Session:
    """A session as it is now, with its materials; 410 with the reason for one that was withdrawn."""
    visitor = visitor_of(request)
    row = rows_of(with_kin([session_or_404(slug, visitor)], visitor), timezone.now())[0]
    if row.state == State.WITHDRAWN:
        raise withdrawn(row.session.reason)
    return session_facts(row)


def withdrawn(reason: str) -> Refusal:
    """Return the refusal that says why something will not come back."""
    return Refusal(410, " ".join([_("This was withdrawn and will not come back."), reason]).strip())
