"""Sessions as entries: kept until they change, in bulk, in two languages; and what an entry says."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from seminars import clock
from seminars.calendars import colours, entries, ical
from seminars.calendars.editions import FIRST
from seminars.calendars.entries import Span, entry_facts, span_of
from seminars.calendars.models import Entry
from seminars.people.models import Community, Form
from seminars.series.rooms.models import Room
from seminars.sessions.models import Precision, Session
from seminars.sessions.revising import revise
from seminars.sessions.state import State
from tests.factories import NOW, make_material, make_series, make_session
from tests.seminars.calendars.reading import ensure

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(community: Community) -> Session:
    """A public session."""
    return make_session(make_series(community, slug="talks"))


def said(session: Session, language: str = "en") -> ical.EntryFacts:
    """Return what the entry says now."""
    with translation.override(language):
        return entry_facts(Session.objects.with_all().get(pk=session.pk), language, edition=FIRST)


def again(session: Session) -> list[Entry]:
    """Return the stored entries of what stands in the database."""
    rows = Session.objects.select_related("series__community").filter(pk=session.pk)
    return ensure(rows, language="en")


class TestKeeping:
    def test_it_is_rendered_once(self, session: Session, monkeypatch: Any) -> None:
        [first] = again(session)
        monkeypatch.setattr(entries, "_render", None)  # calling it would fail
        [second] = again(session)
        assert (second.pk, second.text) == (first.pk, first.text)

    def test_a_change_is_rendered_anew_in_the_same_row(self, session: Session) -> None:
        [first] = again(session)
        revise(session, kind="edit", now=NOW, title={"en": "Changed"})
        [second] = again(session)
        assert Entry.objects.get().text == second.text != first.text

    def test_languages_and_utc_are_apart(self, session: Session) -> None:
        for language, utc in (("en", False), ("sv", False), ("en", True)):
            ensure([session], language=language, utc=utc)
        assert {(entry.language, entry.utc, entry.zone) for entry in Entry.objects.all()} == {
            ("en", False, "Africa/Johannesburg"),
            ("sv", False, "Africa/Johannesburg"),
            ("en", True, ""),
        }

    def test_another_address_or_release_or_serialiser_renders_anew(
        self, session: Session, settings: Any, monkeypatch: Any
    ) -> None:
        stamps = {entries.stamp()}
        settings.MERIDIAN_URL = "https://other.example.org"
        stamps.add(entries.stamp())
        monkeypatch.setattr(clock, "release", lambda: "2099z")
        stamps.add(entries.stamp())
        monkeypatch.setattr(ical, "VERSION", 99)
        stamps.add(entries.stamp())
        assert len(stamps) == 4
        assert {len(stamp) for stamp in stamps} == {16}

    def test_one_that_was_never_good_is_left_out(self, session: Session, caplog: Any) -> None:
        Session.objects.filter(pk=session.pk).update(local_time=None, days=0)
        assert again(session) == []
        assert "talks-1" in caplog.text


class TestWhen:
    def test_a_month(self, session: Session) -> None:
        session.precision, session.local_date = Precision.MONTH, date(2006, 12, 1)
        assert span_of(session) == Span(date(2006, 12, 1), date(2007, 1, 1))

    def test_a_week_stands_on_its_monday(self, session: Session) -> None:
        session.precision, session.local_date = Precision.WEEK, date(2023, 4, 26)
        assert span_of(session) == Span(date(2023, 4, 24), date(2023, 5, 1))

    def test_an_old_name_of_a_zone_is_written_as_the_present_one(self, session: Session) -> None:
        session.zone = "Asia/Calcutta"
        assert span_of(session).zone == "Asia/Kolkata"

    @pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Africa/Cairo", "America/Santiago", "Asia/Jerusalem"])
    def test_zones_that_are_written_in_utc(self, session: Session, zone: str) -> None:
        session.zone = zone
        assert span_of(session) == Span(session.starts_at, session.ends_at)  # type: ignore[arg-type]

    def test_over_the_night_of_a_change_of_clocks(self, session: Session) -> None:
        start = datetime(2026, 10, 24, 20, 0)
        session.zone, session.local_date, session.local_time = "Europe/Stockholm", start.date(), start.time()
        session.starts_at = clock.to_instant(start, session.zone)
        session.ends_at = session.starts_at + timedelta(hours=12)
        assert span_of(session) == Span(start, datetime(2026, 10, 25, 7, 0), "Europe/Stockholm")

    def test_without_a_date_there_is_none(self, session: Session) -> None:
        session.precision = Precision.NONE
        with pytest.raises(ValueError, match="no date"):
            span_of(session)


class TestWords:
    @pytest.mark.parametrize(
        ("state", "title", "status"),
        [
            (State.ANNOUNCED, "Title", "TENTATIVE"),
            (State.UPCOMING, "Title", "CONFIRMED"),
            (State.LIVE, "Title", "CONFIRMED"),
            (State.ENDED, "Title", "CONFIRMED"),
            (State.JUST_ENDED, "[Recording coming] Title", "CONFIRMED"),
            (State.RECORDING_COMING, "[Recording coming] Title", "CONFIRMED"),
            (State.PARTLY_ARCHIVED, "[Slides] Title", "CONFIRMED"),
            (State.ARCHIVED, "[Slides] Title", "CONFIRMED"),
            (State.REPORT_ONLY, "[Report] Title", "CONFIRMED"),
            (State.RESCHEDULED, "[New time] Title", "CONFIRMED"),
            (State.POSTPONED, "[Postponed] Title", "TENTATIVE"),
            (State.CANCELLED, "[Cancelled] Title", "CANCELLED"),
            (State.WITHDRAWN, "[Withdrawn] Talks", "CANCELLED"),
        ],
    )
    def test_the_title_tells_the_stored_state(
        self, community: Community, state: State, title: str, status: str
    ) -> None:
        series = make_series(community, slug="talks", title={"en": "Talks"})
        session = make_session(series, state=state, title={"en": "Title"})
        make_material(session, "slides")
        facts = said(session)
        assert (facts.summary, facts.status) == (title, status)

    def test_a_slot_without_details(self, community: Community) -> None:
        series = make_series(community, slug="talks", title={"en": "Talks"})
        session = make_session(series, state=State.ANNOUNCED, title={})
        assert said(session).summary == "Talks: to be announced"

    def test_the_way_in_is_ours_and_closes_with_the_session(self, session: Session) -> None:
        facts = said(session)
        assert facts.location.endswith("/sessions/talks-1/join")
        assert "meet.example.org" not in repr(facts)
        Session.objects.filter(pk=session.pk).update(state=State.ENDED)
        facts = said(session)
        assert facts.location == facts.url
        assert (facts.conferences, "/join" in facts.description) == ((), False)

    def test_a_room_is_the_place(self, session: Session) -> None:
        Session.objects.filter(pk=session.pk).update(form=Form.HYBRID, room="Room 1")
        facts = said(session)
        assert facts.location == "Room 1"
        assert facts.description.startswith("Join: http://127.0.0.1:8000/sessions/talks-1/join\n")
        Session.objects.filter(pk=session.pk).update(form=Form.IN_PERSON)
        assert said(session).conferences == ()

    def test_withdrawn_materials_and_sessions_are_not_told(self, session: Session) -> None:
        make_material(session, "slides", state="withdrawn")
        make_material(session, "report", state="pending")
        assert (said(session).attachments, said(session).links) == ((), ())
        make_material(session, "recording")
        Session.objects.filter(pk=session.pk).update(state=State.WITHDRAWN, reason="Because.")
        facts = said(session)
        assert (facts.links, facts.location) == ((), "")
        assert facts.description == "This session was withdrawn.\n\nBecause."

    @pytest.mark.parametrize(
        ("dial_in", "uri", "words"),
        [
            ("+1 (202) 555-0100, code 4711#", "tel:+12025550100,,4711%23", "+1 (202) 555-0100, code 4711#"),
            ("Phone 08-123 456 78", "tel:0812345678", "Phone 08-123 456 78"),
            ("+27 11 555 0100 PIN: 12 34 56", "tel:+27115550100,,123456%23", "+27 11 555 0100, code 123456"),
            ("see the mail", "", "see the mail"),
        ],
    )
    def test_a_number_that_telephones_can_dial(
        self, session: Session, dial_in: str, uri: str, words: str
    ) -> None:
        Session.objects.filter(pk=session.pk).update(dial_in=dial_in)
        facts = said(session)
        assert [each.uri for each in facts.conferences[1:]] == ([uri] if uri else [])
        assert f"By phone: {words}\n" in facts.description

    def test_each_country_has_its_number(self, session: Session) -> None:
        Session.objects.filter(pk=session.pk).update(
            dial_in="ZA +27 11 555 0100, code 12#\nSE +46 8 123 456 78"
        )
        facts = said(session)
        assert [(each.uri, each.label) for each in facts.conferences[1:]] == [
            ("tel:+27115550100,,12%23", "By phone: South Africa: +27 11 555 0100, code 12#"),
            ("tel:+46812345678", "By phone: Sweden: +46 8 123 456 78"),
        ]
        assert "By phone: Sweden: +46 8 123 456 78\n" in facts.description

    def test_the_stream_is_reached_through_us(self, session: Session) -> None:
        Session.objects.filter(pk=session.pk).update(view_url="https://view.example.org/")
        assert said(session).conferences[1].uri == "http://127.0.0.1:8000/sessions/talks-1/view"
        assert "view.example.org" not in said(session).description

    def test_a_room_on_the_map_is_a_place_in_the_calendar(self, session: Session) -> None:
        room = Room.objects.create(
            community=session.series.community, name="Hall", latitude=55.9, longitude=13.3
        )
        rows = Session.objects.filter(pk=session.pk)
        rows.update(place=room, room=room.label)
        assert said(session).geo is None  # online: nobody goes there
        rows.update(form=Form.HYBRID)
        assert said(session).geo == (55.9, 13.3)
        rows.update(state=State.WITHDRAWN)
        assert said(session).geo is None


def test_colours_have_names() -> None:
    assert [colours.nearest(each) for each in ("#1f5f8b", "#ff0000", "#777777", "", "#xxxxxx")] == [
        *("steelblue", "red", "gray", "", "")
    ]


class TestPicture:
    """IMAGE (RFC 7986 §5.10): the still picture of the recording, where every program may fetch it."""

    POSTER = "/archive/talks-1/files/5f0c3c9e/talks-1-poster-en.jpg"

    def test_it_comes_with_the_recording(self, session: Session) -> None:
        make_material(session, "recording")
        assert said(session).image is None
        Session.objects.get(pk=session.pk).materials.update(poster=self.POSTER)
        image = said(Session.objects.get(pk=session.pk)).image
        assert image is not None
        assert (image.uri.endswith(self.POSTER), image.uri[:4], image.media_type) == (
            True,
            "http",
            "image/jpeg",
        )

    @pytest.mark.parametrize("away", ["withdrawn", "pending"])
    def test_it_goes_with_the_recording(self, session: Session, away: str) -> None:
        make_material(session, "recording", poster=self.POSTER, state=away)
        assert said(session).image is None

    def test_none_that_asks_for_a_sign_in(self, session: Session) -> None:
        make_material(session, "recording", poster=self.POSTER)
        session.audience = "members"
        Session.objects.update(audience="members")
        assert said(session).image is None
        Session.objects.update(audience="everyone")
        assert said(session).image is not None
        Community.objects.update(joining="closed")
        assert said(session).image is None

    def test_a_type_is_told_where_it_is_known(self) -> None:
        names = ["/a.JPG", "/a.webp", "/a.bmp", "/a"]
        assert [ical.picture_type(name) for name in names] == ["image/jpeg", "image/webp", "", ""]
