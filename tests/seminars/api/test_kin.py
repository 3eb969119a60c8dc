"""What the API says of events and their parts, of twins and relays."""

from datetime import datetime

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.echoes import add_twin
from seminars.sessions.models import Session
from seminars.sessions.programme.parts import add_part
from tests.factories import NOW, make_series, make_session
from tests.seminars.api.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def test_an_event_names_its_parts_and_a_part_its_event(as_nobody: Client, community: Community) -> None:
    event = make_session(make_series(community, slug="meeting"), wall=datetime(2027, 5, 8, 9), minutes=480)
    given = {"minutes": 60, "now": NOW, "actor_id": None}
    later = add_part(event=event, title="B", wall=datetime(2027, 5, 8, 11), **given)
    first = add_part(event=event, title="A", wall=datetime(2027, 5, 8, 9), **given)
    secret = add_part(event=event, title="C", wall=datetime(2027, 5, 8, 13), **given)
    Session.objects.filter(pk=secret.pk).update(audience="named")
    said = read(as_nobody, f"/api/sessions/{event.slug}/")
    assert (said["parts"], said["within"], said["lead"], said["echo"]) == (
        [first.slug, later.slug],
        None,
        None,
        None,
    )
    listed = {each["slug"]: each for each in read(as_nobody, "/api/sessions/")["sessions"]}
    assert listed[first.slug]["within"] == event.slug
    assert listed[event.slug]["parts"] == [first.slug, later.slug]


def test_a_twin_names_its_lead(as_nobody: Client, community: Community) -> None:
    lead = make_session(make_series(community, slug="talks"))
    twin = add_twin(session=lead, wall=datetime(2026, 12, 2, 9), zone="UTC", now=NOW, actor_id=None)
    said = read(as_nobody, f"/api/sessions/{twin.slug}/")
    assert (said["lead"], said["echo"]) == (lead.slug, "twin")
    Session.objects.filter(pk=lead.pk).update(audience="named")
    assert read(as_nobody, f"/api/sessions/{twin.slug}/")["lead"] is None
