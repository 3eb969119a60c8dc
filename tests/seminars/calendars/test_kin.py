"""Entries of parts, twins and relays: to what they belong, and the other hour in words."""

from datetime import datetime, timedelta

import pytest

from seminars.people.models import Community
from seminars.sessions import moving
from seminars.sessions.echoes import add_relay, add_twin
from seminars.sessions.models import Session
from seminars.sessions.programme.parts import add_part
from tests.factories import NOW, make_person, make_series, make_session
from tests.seminars.calendars.reading import ensure

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def entry(session: Session) -> str:
    rows = Session.objects.select_related("series__community").filter(pk=session.pk)
    [kept] = ensure(rows, language="en")
    return kept.text.replace("\r\n ", "").replace("\\,", ",")


def test_a_part_belongs_to_its_event_and_its_series(community: Community) -> None:
    series = make_series(community, slug="meeting")
    event = make_session(series, wall=datetime(2027, 5, 8, 9), minutes=480)
    part = add_part(
        event=event, title="Opening", wall=datetime(2027, 5, 8, 10), minutes=60, now=NOW, actor_id=None
    )
    lines = [line for line in entry(part).splitlines() if line.startswith("RELATED-TO")]
    assert lines == [f"RELATED-TO;RELTYPE=PARENT:{event.uid}", f"RELATED-TO;RELTYPE=PARENT:{series.uuid}"]
    assert f"Part of this event: http://127.0.0.1:8000/sessions/{event.slug}/" in entry(part)
    assert entry(event).count("RELATED-TO") == 1


def test_an_echo_says_the_other_hour_and_says_it_anew_when_that_moves(community: Community) -> None:
    lead = make_session(make_series(community))
    given = {"zone": "Asia/Manila", "now": NOW, "actor_id": None}
    twin = add_twin(session=lead, wall=datetime(2026, 12, 2, 9), **given)
    relay = add_relay(
        session=lead, wall=datetime(2026, 12, 3, 9), host=make_person(name="Ana Example"), **given
    )
    assert f"RELATED-TO;RELTYPE=SIBLING:{lead.uid}" in entry(twin)
    assert "Also live at: Tuesday 1 December 2026, 15:00–16:00 in Johannesburg" in entry(twin)
    assert "The recording is shown, with Ana Example present." in entry(relay)
    assert "Live at: Tuesday 1 December 2026, 15:00–16:00 in Johannesburg" in entry(relay)
    fresh = Session.objects.select_related("series").get(pk=lead.pk)
    moving.reschedule(session=fresh, wall=datetime(2026, 12, 1, 16), echoes=False, now=LATER, actor_id=None)
    assert "Also live at: Tuesday 1 December 2026, 16:00–17:00" in entry(twin)
    moving.cancel(session=fresh, reason="Ill", echoes=False, now=LATER, actor_id=None)
    assert "Also live" not in entry(twin)
