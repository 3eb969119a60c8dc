"""The demo says what the five organisations say of themselves, and what it invents it calls an example."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import TestCase

from recordings.assets.models import Asset
from recordings.catalogue.models import Recording
from recordings.demo.loading import add_media
from recordings.search.models import SearchDocument
from seminars.demo import imported
from seminars.demo.loading import load, sign_in_addresses
from seminars.people.models import Community, Membership, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series
from seminars.sessions.attendance.models import Intake
from seminars.sessions.certificates import certifying
from seminars.sessions.feedback import asking
from seminars.sessions.feedback.counting import results
from seminars.sessions.models import Precision, Session
from seminars.sessions.questions.models import Question
from seminars.sessions.state import State
from seminars.words import say
from tests.factories import NOW


class TestDemo(TestCase):
    """One load for all that only look."""

    stems: ClassVar[dict[str, str]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stems = {session.slug: stem for session, stem in load(now=NOW)}

    def test_the_services_seta_meets_as_published(self) -> None:
        found = Session.objects.filter(series__community__slug="services-seta", starts_at__year=2020)
        assert {(each.series.slug, each.starts_at, each.ends_at) for each in found} == {
            (slug, datetime(2020, 9, day, 7, tzinfo=UTC), datetime(2020, 9, day, 9, tzinfo=UTC))
            for slug, day in (("eno", 8), ("rme", 15), ("bas", 22))
        }
        assert {each.zone for each in found} == {"Africa/Johannesburg"}
        assert self.stems["bas-1"] == "seta-bas-webinar"

    def test_other_peoples_events_are_imported_from_a_file_and_again_changes_nothing(self) -> None:
        community = Community.objects.get(slug="glokala")
        series = Series.objects.get(community=community, external=True, title__sv=imported.TITLE)
        found = series.sessions.order_by("starts_at")
        ahead = [each for each in found if each.starts_at and each.starts_at > NOW]
        assert series.published_at
        assert {say(each.title, "sv").startswith("Exempel: ") for each in found} == {True}
        assert len(ahead) >= 5
        assert any(each.local_time is None and each.days == 2 for each in ahead)
        before = list(found.values_list("uid", "revision", "starts_at"))
        for _twice in range(2):
            assert imported.import_events(community=community, now=NOW, actor_id=None) == series
        assert list(found.values_list("uid", "revision", "starts_at")) == before
        assert Series.objects.filter(community=community, external=True).count() == 2

    def test_one_code_is_enough_for_everybody(self) -> None:
        for user in User.objects.all():
            self.client.logout()
            self.client.post("/accounts/login/", {"login": user.email})
            code = mail.outbox[-1].subject.removeprefix("Your code: ")
            answer = self.client.post("/accounts/login/code/confirm/", {"code": code})
            assert answer.wsgi_request.user == user

    def test_a_quarterly_community_goes_on_and_calls_it_an_example(self) -> None:
        for slug in ("eno", "rme", "bas"):
            recent = Session.objects.filter(series__slug=slug, starts_at__year__gt=2020)
            days = list(recent.dates("starts_at", "day"))
            assert all(
                timedelta(weeks=12) <= b - a <= timedelta(weeks=14) for a, b in itertools.pairwise(days)
            )
            assert recent.filter(starts_at__gt=NOW).count() >= 4
            assert all(say(each.title, "en").startswith("Example: ") for each in recent if each.title)

    def test_microlinks_is_hybrid_with_a_room_and_a_call_in(self) -> None:
        coming = Session.objects.filter(series__slug="after-hours", starts_at__gt=NOW).first()
        assert coming is not None
        assert (coming.form, bool(coming.room), bool(coming.dial_in), bool(coming.join_url)) == (
            "hybrid",
            True,
            True,
            True,
        )
        conference = Session.objects.get(series__slug="learning-conference", within=None)
        assert (conference.precision, conference.local_date) == (Precision.MONTH, date(2006, 6, 1))
        at_once = conference.parts.filter(local_time=time(10, 30), local_date=date(2006, 6, 12))
        assert set(at_once.values_list("room", flat=True)) == {"Room 1", "Room 2", "Room 3"}
        corner = Session.objects.filter(series__slug="speakers-corner")
        assert all(each.all_day and each.days == 3 for each in corner)

    def test_a_peer_assist_is_seen_by_the_invited_only(self) -> None:
        def sees(email: str) -> bool:
            visitor = Visitor(user_id=User.objects.get(email=email).pk) if email else NOBODY
            return Session.objects.visible_to(visitor).filter(series__slug="peer-assist").exists()

        answers = {email: sees(email) for email in ("", "sipho@seta.example", "grace@microlinks.example")}
        assert answers == {"": False, "sipho@seta.example": False, "grace@microlinks.example": True}

    def test_the_cohort_is_closed_and_spans_four_zones(self) -> None:
        cohort = Community.objects.get(slug="sei-cohort")
        zones = set(
            Membership.objects.filter(community=cohort, role="member").values_list("person__zone", flat=True)
        )
        assert zones == {"America/Mexico_City", "Africa/Maputo", "Africa/Cairo", "Asia/Kolkata"}
        assert not Session.objects.visible_to(NOBODY).filter(series__community=cohort).exists()
        assert Session.objects.filter(series__community=cohort).count() == 4

    def test_the_swedish_course_has_weeks_days_and_events_of_others(self) -> None:
        plan = Session.objects.filter(series__slug="kursplan").order_by("local_date")
        assert [
            (each.precision, each.local_date and each.local_date.isocalendar().week) for each in plan
        ] == [
            ("week", 16),
            ("week", 17),
            ("week", 20),
        ]
        meeting = Session.objects.get(series__slug="kursmote", within=None)
        rooms = set(meeting.parts.values_list("room", flat=True))
        assert {"1.205", "1.206"} <= rooms
        assert {each.local_date for each in meeting.parts.all()} == {date(2023, 5, 8), date(2023, 5, 9)}
        assert all(say(each.title, "en").startswith("Example: ") for each in meeting.parts.all())
        assert (meeting.local_date, meeting.days, meeting.all_day) == (date(2023, 5, 8), 2, True)
        others = {say(each.title, "en"): each for each in Session.objects.filter(series__external=True)}
        assert (others["Catalysing Change Week"].local_date, others["Catalysing Change Week"].days) == (
            date(2023, 5, 1),
            5,
        )
        assert (others["ChangeNOW Summit"].local_date, others["ChangeNOW Summit"].days) == (
            date(2023, 5, 25),
            3,
        )
        assert others["SOCAP"].starts_at is None
        assert all(each.source_url.startswith("https://") for name, each in others.items() if name != "Waves")

    def test_memores_discussion_has_its_report(self) -> None:
        session = Session.objects.get(series__slug="partner-meetings", room="1.205")
        assert session.within
        assert session.within.parts.filter(starts_at=session.starts_at).count() == 2
        assert session.state == State.REPORT_ONLY
        assert session.report.answers["participants"] == "10"
        assert session.materials.get().kind == "report"

    def test_a_seminar_is_relayed_where_it_is_night_and_an_exchange_has_its_twin(self) -> None:
        relay = Session.objects.get(echo="relay")
        assert relay.lead
        assert (relay.lead.series.slug, relay.zone) == ("after-hours", "Asia/Manila")
        assert [(each.person.name, each.role) for each in relay.speakers.all()] == [("Ana Example", "host")]
        twin = Session.objects.get(echo="twin")
        assert twin.series.slug == "sei-exchange"
        assert twin.published_at
        assert relay.published_at

    def test_something_is_live_at_the_first_start(self) -> None:
        assert Session.objects.get(series__slug="open-hour").state == State.LIVE

    def test_a_past_session_has_who_came_a_rule_and_what_they_said(self) -> None:
        session = Intake.objects.standing().select_related("session__series").get().session
        rule = certifying.rule_of(session.series)
        names = [each.name for each in certifying.earners(session, rule)]
        assert ("Grace Example" in names, "Ana Example" in names) == (True, False)  # 88 and 31 of 90 minutes
        number, found = results(session, asking.usual())
        assert (number, [each.hidden for each in found[:3]]) == (5, [False, False, False])

    def test_addresses_name_the_administrator_first(self) -> None:
        addresses = sign_in_addresses()
        assert addresses[0] == ("admin@demo.example", "administrator")
        assert len({address for address, _role in addresses}) == len(addresses)
        assert dict(addresses)["erin@sei.example"].count("community manager") == 2


@pytest.mark.django_db
def test_media_are_stored_shown_and_found(now: datetime, data: Path) -> None:
    add_media(load(now=now), now=now)
    assert Recording.objects.published().count() == 5
    kinds = set(Session.objects.get(slug="bas-1").materials.values_list("kind", flat=True))
    assert kinds == {"recording", "slides", "captions"}
    assert SearchDocument.objects.filter(field="caption", text__contains="load shedding").exists()
    heard = Question.objects.get(live_second__isnull=False)
    film = Asset.objects.get(originals__recording__session=heard.session, media_type="video/mp4")
    assert heard.live_second < film.probe["seconds"]  # "Hear the answer at" leads into the recording


@pytest.mark.django_db
def test_a_meridian_in_use_is_left_alone(organiser: Any) -> None:
    with pytest.raises(CommandError, match="in use"):
        call_command("demo")
