"""/api/communities/: who meets here."""

from django.http import HttpRequest
from ninja import Router

from seminars.access import community_or_404
from seminars.api import schemas
from seminars.api.problems import Problem
from seminars.api.telling import community_facts, series_name
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.web.visitors import visitor_of

router = Router(tags=["communities"])


@router.get(
    "/communities/",
    url_name="api_communities",
    operation_id="list_communities",
    response={200: schemas.Communities, 500: Problem},
)
def communities(request: HttpRequest) -> schemas.Communities:
    """The communities that you may see, by their short names."""
    found = Community.objects.visible_to(visitor_of(request)).order_by("slug")
    return schemas.Communities(communities=[community_facts(each) for each in found])


@router.get(
    "/communities/{slug:slug}/",
    url_name="api_community",
    operation_id="read_community",
    response={200: schemas.CommunityWithSeries, frozenset({404, 500}): Problem},
)
def community(request: HttpRequest, slug: str) -> schemas.CommunityWithSeries:
    """A community with its series."""
    found = community_or_404(slug, visitor_of(request))
    series = Series.objects.visible_to(visitor_of(request)).published().filter(community=found)
    return schemas.CommunityWithSeries(
        **community_facts(found).model_dump(), series=[series_name(each) for each in series.order_by("slug")]
    )
