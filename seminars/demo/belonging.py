"""Who belongs in the demo: organisations with representatives, a request that waits, a course for its cohort alone."""

import secrets
from datetime import datetime, timedelta

from seminars.people.membership.models import Cohort, CohortMember, JoinRequest, Organisation, Standing
from seminars.people.models import Community, Membership
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session

ORGANISATIONS = {
    "office@karoo.example": ("Karoo Advisors (Example)", "business advice"),
    "desk@limpopo.example": ("Limpopo Enterprise Desk (Example)", "enterprise support"),
}


def show_belonging(*, now: datetime) -> None:
    """Fill in who belongs, after the communities are there. now: aware UTC."""
    if seta := Community.objects.filter(slug="services-seta").first():
        _organisations(seta, now)
    if course := Community.objects.filter(slug="sei-cohort").first():
        _cohort(course, now)


def _organisations(community: Community, now: datetime) -> None:
    for email, (name, sector) in ORGANISATIONS.items():
        there = Organisation.objects.create(
            community=community, name=name, country="ZA", sector=sector, made_at=now
        )
        Membership.objects.filter(community=community, person__email=email).update(organisation=there)
    JoinRequest.objects.create(
        community=community,
        email="team@overberg.example",
        name="Lindiwe Example",
        language="en",
        zone="Africa/Johannesburg",
        organisation={
            "name": "Overberg Advice Network (Example)",
            "country": "ZA",
            "sector": "business advice",
        },
        answers=[["How many advisors do you manage?", "Eleven, in three towns."]],
        token=secrets.token_urlsafe(24),
        standing=Standing.WAITING,
        made_at=now - timedelta(days=1),
        asked_at=now - timedelta(days=1),
    )


def _cohort(community: Community, now: datetime) -> None:
    series = Series.objects.get(slug="sei-course")
    first = series.first_date
    cohort = Cohort.objects.create(
        community=community,
        name={"en": f"Course of {first:%Y}"},
        starts_on=first,
        ends_on=first + timedelta(weeks=3),
        made_at=now,
    )
    CohortMember.objects.bulk_create(
        CohortMember(cohort=cohort, membership=each, since=now)
        for each in community.memberships.order_by("pk")
    )
    Series.objects.filter(pk=series.pk).update(audience=Audience.COHORT, cohort=cohort)
    Session.objects.filter(series=series).update(audience=Audience.COHORT)
