"""What participants see of an event's programme, of a part, and of a topic at two hours."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from seminars.people.models import Community
from seminars.sessions.echoes import add_relay, add_twin
from seminars.sessions.models import Session
from seminars.sessions.moving import cancel
from seminars.sessions.programme.parts import add_part
from tests.factories import NOW, make_material, make_person, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
DAY = datetime(2027, 5, 8)


@pytest.fixture
def event(community: Community) -> Session:
    series = make_series(community, slug="meeting", rrule="", local_time=None, days=2)
    return make_session(series, wall=DAY, all_day=True, days=2, title={"en": "Course meeting"})


def part_of(event: Session, hour: int, room: str = "", title: str = "") -> Session:
    wall = DAY.replace(hour=hour)
    given = {"minutes": 60, "room": room, "now": NOW, "actor_id": None}
    return add_part(event=event, title=title or f"Part at {hour}", wall=wall, **given)  # type: ignore[arg-type]


def page(client: Client, session: Session) -> str:
    return client.get(f"/sessions/{session.slug}/").content.decode()


def test_the_timetable_has_a_column_for_each_room_and_leads_to_each_part(
    as_nobody: Client, event: Session
) -> None:
    parts = [part_of(event, 9, "1.205"), part_of(event, 9, "1.206"), part_of(event, 11, "1.205")]
    shown = page(as_nobody, event)
    assert '<th scope="col">1.205</th><th scope="col">1.206</th>' in shown
    assert all(f'href="/sessions/{part.slug}/"' in shown for part in parts)
    assert "Hours in Johannesburg." in shown


def test_hours_are_the_visitor_s_with_those_of_the_event_beside_them(
    as_nobody: Client, event: Session
) -> None:
    part_of(event, 23, "1.205")
    as_nobody.cookies["meridian_zone"] = "Asia/Kolkata"
    shown = page(as_nobody, event)
    assert "Hours in Kolkata; below them those of the event, in Johannesburg." in shown
    assert "Sunday 9 May 2027" in shown  # 02:30 there
    assert "02:30–03:30" in shown
    assert "23:00–00:00" in shown
    assert "23:00 Sat" in shown


def test_an_event_without_parts_has_no_timetable(as_nobody: Client, event: Session) -> None:
    assert "timetable" not in page(as_nobody, event)


def test_a_part_leads_back_and_to_what_runs_beside_it(as_nobody: Client, event: Session) -> None:
    one, beside, _later = part_of(event, 9, "A"), part_of(event, 9, "B", "Beside"), part_of(event, 11, "A")
    shown = page(as_nobody, one)
    assert "Part of" in shown
    assert f'href="/sessions/{event.slug}/#programme"' in shown
    assert "At the same time" in shown
    assert f'href="/sessions/{beside.slug}/"' in shown
    assert "Part at 11" not in shown


def test_draft_and_withdrawn_parts_are_named_nowhere(as_nobody: Client, event: Session) -> None:
    draft, gone = part_of(event, 9, title="Draft-Heron"), part_of(event, 11, title="Gone-Heron")
    Session.objects.filter(pk=draft.pk).update(published_at=None)
    Session.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    assert "Heron" not in page(as_nobody, event)


def test_a_part_for_the_invited_is_seen_by_nobody_else(as_nobody: Client, event: Session) -> None:
    part = part_of(event, 9, title="Secret-Heron")
    Session.objects.filter(pk=part.pk).update(audience="named")
    other = part_of(event, 9, "B")
    assert "Secret-Heron" not in page(as_nobody, event)
    assert "Secret-Heron" not in page(as_nobody, other)


def test_a_cancelled_part_stays_in_the_timetable_marked(as_nobody: Client, event: Session) -> None:
    cancel(session=part_of(event, 9), reason="Ill", now=NOW, actor_id=None)
    shown = page(as_nobody, event)
    assert 'class="part off"' in shown
    assert "Cancelled" in shown


def test_the_queries_of_a_timetable_do_not_grow_with_its_parts(as_nobody: Client, event: Session) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(as_nobody, event)
        return len(queries)

    for hour, room in ((9, "A"), (9, "B")):
        make_material(part_of(event, hour, room))
    few = count()
    for hour in range(10, 20):
        part = part_of(event, hour, "A")
        part.speakers.create(person=make_person())
        make_material(part)
    assert count() == few


def test_lists_show_the_event_and_not_each_part(as_nobody: Client, event: Session) -> None:
    part = part_of(event, 9, title="Opening-Heron")
    for address in ("/", f"/series/{event.series.slug}/", f"/communities/{event.series.community.slug}/"):
        shown = as_nobody.get(address).content.decode()
        assert "Course meeting" in shown
        assert part.slug + "/" not in shown


def test_a_recording_of_a_part_is_new_in_the_archive_by_its_own_name(
    as_nobody: Client, event: Session, stopped: Traveller
) -> None:
    make_material(part_of(event, 9, title="Opening-Heron"), "recording")
    stopped.move_to(datetime(2027, 6, 1, tzinfo=NOW.tzinfo))
    assert "Opening-Heron" in as_nobody.get("/").content.decode()


# One topic at two hours.


@pytest.fixture
def lead(community: Community) -> Session:
    """1 December 2026, 13:00 to 14:00 UTC."""
    return make_session(make_series(community, slug="talks"), title={"en": "Savings"})


@pytest.fixture
def twin(lead: Session) -> Session:
    return add_twin(session=lead, wall=datetime(2026, 12, 2, 9), zone="Asia/Manila", now=NOW, actor_id=None)


@pytest.fixture
def relay(lead: Session) -> Session:
    given = {"wall": datetime(2026, 12, 3, 9), "zone": "Asia/Manila", "now": NOW, "actor_id": None}
    return add_relay(session=lead, host=make_person(name="Ana Example"), **given)  # type: ignore[arg-type]


def test_both_hours_stand_on_one_page_each_with_its_entry(
    as_nobody: Client, lead: Session, twin: Session, relay: Session
) -> None:
    shown = page(as_nobody, lead)
    assert "Held at several hours" in shown
    assert "Live again: a twin session" in shown
    assert "The recording, with Ana Example present" in shown
    for each in (lead, twin, relay):
        assert f'href="/sessions/{each.slug}/session.ics"' in shown
    assert shown.count("<h1") == 1


def test_a_twin_takes_questions_of_its_own_and_its_page_leads_there(
    as_nobody: Client, lead: Session, twin: Session
) -> None:
    here = f'href="/sessions/{twin.slug}/questions/"'
    assert here not in as_nobody.get(f"/sessions/{lead.slug}/").content.decode(), "it is too early"
    assert twin.starts_at
    with time_machine.travel(twin.starts_at - timedelta(hours=1), tick=False):
        assert here in as_nobody.get(f"/sessions/{lead.slug}/").content.decode()
        assert as_nobody.get(f"/sessions/{twin.slug}/questions/").status_code == 200


def test_the_address_of_an_echo_leads_to_its_page(as_nobody: Client, lead: Session, twin: Session) -> None:
    answer = as_nobody.get(f"/sessions/{twin.slug}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sessions/{lead.slug}/")
    assert as_nobody.get(f"/sessions/{twin.slug}/session.ics").status_code == 200


def test_an_echo_whose_lead_is_withdrawn_has_its_own_page(
    as_nobody: Client, lead: Session, twin: Session
) -> None:
    Session.objects.filter(pk=lead.pk).update(withdrawn_at=NOW)
    assert "Savings" in page(as_nobody, twin)
    Session.objects.filter(pk=twin.pk).update(withdrawn_at=NOW)
    assert as_nobody.get(f"/sessions/{twin.slug}/").status_code == 410


def test_a_stranger_learns_nothing_of_the_echo_of_a_closed_session(
    as_stranger: Client, closed_community: Community
) -> None:
    lead = make_session(make_series(closed_community))
    twin = add_twin(session=lead, wall=datetime(2026, 12, 2, 9), zone="UTC", now=NOW, actor_id=None)
    assert as_stranger.get(f"/sessions/{twin.slug}/").status_code == 404


def test_the_state_is_that_of_the_hour_that_is_next_and_files_are_shown_once(
    as_nobody: Client, lead: Session, twin: Session, stopped: Traveller
) -> None:
    make_material(lead, "slides", path="/the-slides")
    stopped.move_to(datetime(2026, 12, 1, 20, tzinfo=NOW.tzinfo))
    shown = page(as_nobody, lead)
    hero = shown[shown.index('class="hero"') : shown.index('class="sides"')]
    assert "Get the join link" in hero  # the twin is at 01:00 UTC
    assert '<h2 id="materials">Files</h2>' in shown
    assert shown.count('href="/the-slides"') == 1


def test_when_the_lead_is_cancelled_and_the_twin_stays_the_page_is_the_twin_s(
    as_nobody: Client, lead: Session, twin: Session
) -> None:
    cancel(
        session=Session.objects.select_related("series").get(pk=lead.pk),
        reason="Ill",
        echoes=False,
        now=NOW,
        actor_id=None,
    )
    shown = page(as_nobody, lead)
    hero = shown[shown.index('class="hero"') : shown.index('class="sides"')]
    assert "Cancelled" not in hero
    assert "Ill" in shown
