"""A session's page in every state, and the door."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.followups.models import Checklist, Item, Owed
from seminars.followups.reports.saving import save_report
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions import moving
from seminars.sessions.models import Session
from seminars.sessions.state import State
from seminars.web.looks import LOOKS
from tests.factories import NOW, make_community, make_material, make_person, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
WALL = datetime(2026, 11, 16, 14, 0)  # NOW in Johannesburg


def at(delta: timedelta, **fields: Any) -> Session:
    """A session of a series that owes a recording, so far from now."""
    community = make_community()
    series = make_series(
        community, room="Room 4", dial_in="+1 202 555 0100", view_url="https://view.example.org/"
    )
    Owed.objects.create(series=series, kind="recording", days=2)
    given = {"room": series.room, "dial_in": series.dial_in, "view_url": series.view_url}
    published = {"published_at": NOW - timedelta(days=90)}
    return make_session(series, wall=WALL + delta, **given | published | fields)


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == set(State)


@pytest.mark.parametrize(
    ("delta", "fields", "badge", "button", "leads"),
    [
        (timedelta(days=5), {}, "Upcoming", "Register", "/sessions/{slug}/register/"),
        (
            timedelta(days=5),
            {"title": {}},
            "Save the date",
            "Add to calendar",
            "/sessions/{slug}/session.ics",
        ),
        (timedelta(hours=5), {}, "Soon", "Get the join link", "/sessions/{slug}/join"),
        (
            timedelta(hours=5),
            {"form": "in-person"},
            "Soon",
            "Add to calendar",
            "/sessions/{slug}/session.ics",
        ),
        (timedelta(minutes=14), {}, "Doors open", "Join", "/sessions/{slug}/join"),
        (timedelta(minutes=-5), {}, "Live now", "Join", "/sessions/{slug}/join"),
        (timedelta(hours=-5), {}, "Just ended", "Ask a question", "/sessions/{slug}/questions/"),
        (
            timedelta(days=-3),
            {},
            "Recording coming",
            "Tell me when it is ready",
            "/sessions/{slug}/mails/",
        ),
        (timedelta(days=-3), {"report_only": True}, "Report only", "See other sessions", "/series/{series}/"),
        (
            timedelta(days=5),
            {"cancelled_at": NOW, "reason": "Ill."},
            "Cancelled",
            "See other sessions",
            "/series/{series}/",
        ),
        (
            timedelta(days=5),
            {"postponed_at": NOW, "reason": "Moved out."},
            "Postponed",
            "Tell me the new date",
            "/sessions/{slug}/mails/",
        ),
        (
            timedelta(days=5),
            {"moved_from": {"date": "2026-11-20", "time": "14:00", "fold": 0, "zone": "Africa/Johannesburg"}},
            "New time",
            "Add the new time",
            "/sessions/{slug}/session.ics",
        ),
    ],
)
def test_each_state_has_its_badge_and_one_main_button(
    as_nobody: Client, delta: timedelta, fields: dict[str, Any], badge: str, button: str, leads: str
) -> None:
    session = at(delta, **fields)
    answer = as_nobody.get(f"/sessions/{session.slug}/")
    page = answer.content.decode()
    assert f"</svg>{badge}</span>" in page
    assert page.count('class="button primary') == 1
    found = answer.context["button"]
    href = leads.format(slug=session.slug, series=session.series.slug)
    assert (str(found.words), found.href) == (button, href)
    if session.reason:
        assert session.reason in page


def test_a_single_event_leads_on_to_its_community(as_nobody: Client) -> None:
    session = at(timedelta(days=5), cancelled_at=NOW, reason="Ill.")
    Series.objects.filter(pk=session.series_id).update(rrule="")
    answer = as_nobody.get(f"/sessions/{session.slug}/")
    assert answer.context["button"].href == f"/communities/{session.series.community.slug}/"


def test_a_sign_in_the_series_name_is_escaped_once(as_nobody: Client) -> None:
    series = make_series(title={"en": "R&D hour"}, rrule="FREQ=MONTHLY")
    session = make_session(series, title={}, number=5)
    for language in ("en", "sv"):
        page = as_nobody.get(
            f"/sessions/{session.slug}/", headers={"accept-language": language}
        ).content.decode()
        assert "<title>R&amp;D hour 5 – " in page


def test_no_calendar_file_is_offered_before_there_is_a_date(as_nobody: Client) -> None:
    undated = {"local_date": None, "local_time": None, "starts_at": None, "ends_at": None}
    session = at(timedelta(days=5), precision="none", **undated)
    answer = as_nobody.get(f"/sessions/{session.slug}/")
    assert answer.context["button"].href == f"/series/{session.series.slug}/subscribe/"
    assert "session.ics" not in answer.content.decode()


def test_the_promise_is_told_before_and_after(as_nobody: Client) -> None:
    ahead = at(timedelta(days=5))
    assert (
        "The recording follows by Mon 23 Nov 2026."
        in as_nobody.get(f"/sessions/{ahead.slug}/").content.decode()
    )
    behind = at(timedelta(days=-3))
    Checklist.objects.create(session=behind, opened_at=NOW)
    due = {"due_at": NOW + timedelta(days=2), "first_due_at": NOW, "opened_at": NOW, "moves": 1}
    Item.objects.create(session=behind, kind="recording", **due)
    page = as_nobody.get(f"/sessions/{behind.slug}/").content.decode()
    assert "The recording is promised for Wed 18 Nov 2026. (moved 1 time)" in page


def test_afterwards_the_page_is_the_archive_item(as_nobody: Client) -> None:
    session = at(timedelta(days=-9))
    make_material(session, "recording", media_type="video/mp4", size=48_000_000, seconds=3480.0)
    make_material(session, "slides", size=1_240_000)
    answer = as_nobody.get(f"/sessions/{session.slug}/")
    assert str(answer.context["button"].words) == "Watch the recording"
    assert "1.2" in answer.content.decode()
    listed = as_nobody.get(f"/series/{session.series.slug}/").content.decode()
    assert "Slides (PDF, 1.2 MB, English)" in listed
    assert "Recording (MP4, 58 min, 48 MB, English)" in listed


def test_lists_open_the_player_and_offer_no_captions_to_open(as_nobody: Client) -> None:
    session = at(timedelta(days=-9))
    video = make_material(session, "recording", media_type="video/mp4")
    captions = make_material(session, "captions", media_type="text/vtt")
    slides = make_material(session, "slides")
    for page in ("/", f"/series/{session.series.slug}/", f"/l/series/{session.series.slug}/"):
        listed = as_nobody.get(page).content.decode()
        assert f"/sessions/{session.slug}/#player" in listed
        assert slides.path in listed
        assert video.path not in listed
        assert captions.path not in listed


def test_slides_before_the_start_are_there_for_who_calls_in(as_nobody: Client) -> None:
    session = at(timedelta(hours=5))
    make_material(session, "slides", size=1_240_000)
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert "Before the session" in page
    assert "Slides (PDF, 1.2 MB, English)" in page
    assert "Listen by phone: +1 202 555 0100" in page
    assert f"/sessions/{session.slug}/view" in page  # ours, so that it can change late


def test_what_was_withdrawn_is_a_tombstone(as_nobody: Client) -> None:
    session = at(
        timedelta(days=-9), withdrawn_at=NOW, reason="A speaker asked for it.", abstract={"en": "Secret."}
    )
    answer = as_nobody.get(f"/sessions/{session.slug}/")
    assert answer.status_code == 410
    assert "A speaker asked for it." in answer.content.decode()
    assert "Secret." not in answer.content.decode()
    make_material(session)
    for address in ("/", f"/series/{session.series.slug}/", f"/communities/{session.series.community.slug}/"):
        assert session.slug not in as_nobody.get(address).content.decode()


def test_other_people_s_events_have_a_source_and_no_promise(as_nobody: Client) -> None:
    series = make_series(external=True, rrule="", join_url="")
    Owed.objects.create(series=series, kind="recording", days=2)
    session = make_session(series, wall=WALL + timedelta(days=9), source_url="https://www.waves.example.org/")
    answer = as_nobody.get(f"/sessions/{session.slug}/")
    assert answer.context["button"].href == "https://www.waves.example.org/"
    assert answer.context["line"] == ""
    assert "waves.example.org</a>" in answer.content.decode()


def test_the_report_is_shown_on_its_form(as_nobody: Client, administrator: Any) -> None:
    session = at(timedelta(days=-9), report_only=True)
    answers = {"title": "Mindset & more", "participants": "10", "quotes": "One.\nTwo.", "who": "Lund\nGent"}
    save_report(session=session, answers=answers, now=NOW, actor_id=administrator.pk)
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert 'id="report"' in page
    assert "Mindset &amp; more" in page
    assert page.count("<blockquote>") == 2
    assert "<li>Gent</li>" in page
    assert as_nobody.get(f"/sessions/{session.slug}/").context["button"].href.endswith("/report/")


def test_speakers_and_their_parts(as_nobody: Client) -> None:
    session = at(timedelta(days=5))
    session.speakers.create(person=make_person(name="Amina <b>"), role="moderator", affiliation="Field team")
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert "Amina &lt;b&gt;" in page
    assert "moderator, Field team" in page


def test_very_many_speakers_are_folded_after_the_first(as_nobody: Client) -> None:
    """All are in the page, so it can be searched and printed; a phone does not scroll through them all."""
    session = at(timedelta(days=5))
    for number in range(20):
        session.speakers.create(person=make_person(name=f"Nr {number:02}"))
    assert "<details><summary>and" not in as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    session.speakers.create(person=make_person(name="Nr 20"))
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    shown, folded = page[page.index('id="speakers"') :].split("<details><summary>and 1 more</summary>")
    assert re.findall(r"Nr \d\d", shown) == [f"Nr {number:02}" for number in range(20)]
    assert re.findall(r"Nr \d\d", folded.split("</details>")[0]) == ["Nr 20"]


def test_linked_data_cannot_leave_its_script(as_nobody: Client) -> None:
    session = at(timedelta(days=5), title={"en": "</script><script>alert(1)</script>"})
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    text = page.split('type="application/ld+json"')[1].split(">", 1)[1].split("</script>")[0]
    data = json.loads(text)
    assert data["name"] == "</script><script>alert(1)</script>"
    assert data["startDate"] == "2026-11-21T12:00:00+00:00"
    assert "<script>alert(1)" not in page


def test_an_abstract_is_text_not_markup(as_nobody: Client) -> None:
    session = at(timedelta(days=5), abstract={"en": "One <i>x</i>.\n\nTwo,\nthree."})
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert "<p>One &lt;i&gt;x&lt;/i&gt;.</p>" in page
    assert "<p>Two,<br>three.</p>" in page


@pytest.mark.parametrize(
    ("delta", "fields", "status", "words"),
    [
        (timedelta(minutes=16), {}, 200, "The doors are still closed"),
        (timedelta(minutes=15), {}, 302, ""),
        (timedelta(minutes=-30), {}, 302, ""),
        (timedelta(minutes=-90), {}, 302, ""),  # running over
        (timedelta(minutes=-90), {"closed_at": NOW - timedelta(minutes=1)}, 200, "This session is over"),
        (timedelta(minutes=-121), {}, 200, "This session is over"),
        (timedelta(minutes=10), {"join_url": ""}, 200, "There is nothing to join online"),
        (timedelta(minutes=10), {"form": "in-person"}, 200, "takes place in a room"),
        (timedelta(minutes=10), {"cancelled_at": NOW, "reason": "Ill."}, 200, "This session is cancelled"),
        (timedelta(minutes=10), {"postponed_at": NOW}, 200, "This session is postponed"),
    ],
)
def test_the_door(
    as_nobody: Client, delta: timedelta, fields: dict[str, Any], status: int, words: str
) -> None:
    session = at(delta, **fields)
    answer = as_nobody.get(f"/sessions/{session.slug}/join")
    assert answer.status_code == status
    assert "no-store" in answer.headers["Cache-Control"]
    if status == 302:
        assert answer.headers["Location"] == "https://meet.example.org/room"
    else:
        assert words in answer.content.decode()
        assert "meet.example.org" not in answer.content.decode()


def test_hybrid_sessions_name_room_and_phone(as_nobody: Client, community: Community) -> None:
    session = at(timedelta(days=2), form="hybrid")
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert "Room 4" in page
    assert "+1 202 555 0100" in page


def test_an_undated_session_does_not_ask_to_save_a_date(as_nobody: Client) -> None:
    undated = {"local_date": None, "local_time": None, "starts_at": None, "ends_at": None}
    session = at(timedelta(days=5), precision="none", state="announced", **undated)
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert "Date to follow" in page
    assert "Save the date" not in page


def test_the_way_in_of_a_withdrawn_session_tells_nothing_of_it(as_nobody: Client) -> None:
    session = at(timedelta(minutes=5), dial_in="+27 10 123 4567")
    moving.withdraw(session=session, reason="The court said so.", now=NOW, actor_id=None)
    answer = as_nobody.get(f"/sessions/{session.slug}/join")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sessions/{session.slug}/"


def test_nobody_is_asked_to_call_a_cancelled_session(as_nobody: Client) -> None:
    session = at(timedelta(minutes=5), dial_in="+27 10 123 4567", cancelled_at=NOW, state="cancelled")
    assert "+27 10" not in as_nobody.get(f"/sessions/{session.slug}/join").content.decode()


def test_machines_are_told_of_the_old_time(as_nobody: Client) -> None:
    was = {"date": "2026-11-20", "time": "09:00:00", "fold": 0, "zone": "Africa/Johannesburg"}
    session = at(timedelta(days=5), moved_from=was)
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert '"eventStatus": "https://schema.org/EventRescheduled"' in page
    assert '"previousStartDate": "2026-11-20T07:00:00+00:00"' in page
