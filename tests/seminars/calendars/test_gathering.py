"""Gathering gives what `prefetch_related` gives, in the same order."""

import pytest
from django.db import connection
from django.db.models import prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from seminars.calendars.gathering import gather, gather_shared
from seminars.people.models import Community
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session, Speaker
from tests.factories import NOW, make_material, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
NAMES = ("speakers__person", "materials", "items", "series__topics", "lead__materials")


def contents(session: Session) -> list[object]:
    """Return all that hangs on a session."""
    return [
        [(each.pk, each.person.name, each.session is session) for each in session.speakers.all()],
        [(each.pk, each.session is session) for each in session.materials.all()],
        [each.pk for each in session.items.all()],
        [each.pk for each in session.topics.all()],
        [each.pk for each in session.series.topics.all()],
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_it_is_the_same_and_asks_no_more(community: Community, number: int) -> None:
    series = make_series(community)
    made = [make_session(series) for _each in range(number)]
    for place, name in enumerate(("Zoe", "Ana", "Mia")):
        Speaker.objects.create(session=made[0], person=make_person(name=name))
        make_material(made[-1], path=f"/m/{place}/")
    made[0].topics.add(Topic.objects.create(name={"en": "Savings"}, made_at=NOW))
    mine, theirs = (list(Session.objects.order_by("pk")) for _twice in range(2))
    prefetch_related_objects(theirs, *NAMES, "topics")
    gather(mine, *NAMES)
    gather_shared(mine, "topics")
    with CaptureQueriesContext(connection) as asked:
        assert [contents(each) for each in mine] == [contents(each) for each in theirs]
    assert len(asked) == 0
