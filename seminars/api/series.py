"""/api/series/<slug>/: what a series promises."""

from django.http import HttpRequest
from ninja import Router

from seminars.access import series_or_404
from seminars.api import schemas
from seminars.api.problems import Problem
from seminars.api.telling import series_facts
from seminars.web.visitors import visitor_of

router = Router(tags=["series"])


@router.get(
    "/series/{slug:slug}/",
    url_name="api_one_series",
    operation_id="read_series",
    response={200: schemas.Series, frozenset({404, 500}): Problem},
)
def one_series(request: HttpRequest, slug: str) -> schemas.Series:
    """A series with its rhythm; `sessions` leads to its sessions."""
    return series_facts(series_or_404(slug, visitor_of(request)))
