"""Gathering gives what `prefetch_related` gives, in the same order."""

import pytest
from django.db import connection
from django.db.models import prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from seminars.calendars import prepared
from seminars.calendars.gathering import gather
from seminars.followups.models import Checklist, Owed
from seminars.people.models import Community
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session, Speaker
from tests.factories import NOW, make_material, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
NAMES = (
    *("series__community", "series__topics", "series__owed", "place", "within", "lead__materials", "topics"),
    *("speakers__person", "materials", "checklist", "items"),
)


def contents(session: Session) -> list[object]:
    """Return all that hangs on a session."""
    return [
        [(each.pk, each.person.name, each.session is session) for each in session.speakers.all()],
        [(each.pk, each.session is session) for each in session.materials.all()],
        [each.pk for each in session.items.all()],
        [each.pk for each in session.topics.all()],
        [each.slug for each in session.topics.all()],
        [each.slug for each in session.series.topics.all()],
        [(each.pk, each.kind) for each in session.series.owed.all()],
        [(each.pk, each.starts_at, each.uid) for each in (session.lead, session.within) if each],
        [each.path for each in session.lead.materials.all()] if session.lead else [],
        [session.series.community.name, session.series.title, session.made_at, session.state],
        [getattr(session, "checklist", None)],
    ]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_it_is_the_same_and_asks_no_more(community: Community, number: int) -> None:
    both = [make_series(community, title={"en": title}) for title in ("One", "Two")]
    made = [make_session(both[place % 2]) for place in range(number)]
    for place, name in enumerate(("Zoe", "Ana", "Mia")):
        Speaker.objects.create(session=made[0], person=make_person(name=name))
        make_material(made[-1], path=f"/m/{place}/")
    topics = [Topic.objects.create(slug=slug, name={"en": slug}, made_at=NOW) for slug in ("c", "a", "b")]
    made[0].topics.add(*topics)
    made[-1].topics.add(topics[0])
    both[0].topics.add(*topics[:2])
    Owed.objects.create(series=both[0], kind="recording", days=7)
    Checklist.objects.create(session=made[0], opened_at=NOW)
    Session.objects.filter(pk=made[0].pk).update(lead=made[-1], echo="twin", within=made[-1])
    mine, theirs = (list(Session.objects.order_by("pk")) for _twice in range(2))
    prefetch_related_objects(theirs, *NAMES)
    gather(mine, *NAMES)
    with CaptureQueriesContext(connection) as asked:
        assert [contents(each) for each in mine] == [contents(each) for each in theirs]
    assert len(asked) == 0


def test_rows_read_by_prepared_sql_are_what_django_reads(community: Community) -> None:
    made = [make_session(make_series(community)) for _each in range(3)]
    found = prepared.objects(Session, "pk", [each.pk for each in made])
    for mine, theirs in zip(found, Session.objects.all(), strict=True):
        names = [field.attname for field in Session._meta.concrete_fields]
        assert {name: getattr(mine, name) for name in names} == {
            name: getattr(theirs, name) for name in names
        }
        assert not mine._state.adding
        assert mine == theirs
    assert prepared.objects(Session, "pk", []) == []
    assert len(prepared.objects(Session, "series", [each.series_id for each in made])) == 3


def test_nobody_has_a_place(community: Community) -> None:
    """Where nobody has one, nothing is asked."""
    session = make_session(make_series(community))
    with CaptureQueriesContext(connection) as asked:
        gather([Session.objects.get(pk=session.pk)], "place", "within", "lead__materials")
        gather([], "materials")
    assert len(asked) == 1
