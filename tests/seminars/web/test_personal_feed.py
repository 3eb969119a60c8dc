"""A person's own calendar, by its secret address."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from seminars.calendars import shelf, tokens
from seminars.calendars.models import FeedToken
from seminars.changes.recording import record
from seminars.people.models import Community, User
from seminars.people.profile import set_profile
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session
from tests.factories import NOW, make_person, make_series, make_session
from tests.seminars.web.test_feeds import change, fetch, series, session, titles

__all__ = ["series", "session"]
pytestmark = pytest.mark.django_db


class TestPersonal:
    @pytest.fixture
    def token(self, member: User) -> str:
        """The secret of the member's calendar."""
        return tokens.make(user=member, now=NOW).token

    def test_it_holds_what_its_person_may_see(
        self, token: str, member: User, session: Session, series: Series, closed_community: Community
    ) -> None:
        make_session(make_series(closed_community, slug="secret"), title={"en": "Closed"})
        make_session(series, audience=Audience.MEMBERS, title={"en": "Members"})
        make_session(series, audience=Audience.NAMED, title={"en": "Hidden"})
        make_session(series, published=False, title={"en": "Draft"})
        elsewhere = make_series(slug="elsewhere")
        make_session(elsewhere, title={"en": "Others"})
        invited = make_session(elsewhere, audience=Audience.NAMED, title={"en": "Invited"})
        invited.named.add(member.person)
        invited.named.add(make_person())
        response = fetch(f"/me/calendar/{token}.ics")
        assert sorted(titles(response)) == ["Closed", "Invited", "Members", "Session 1 of talks"]
        assert response.headers["Cache-Control"] == "private, max-age=300"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert token not in response.content.decode().replace("\r\n ", "")

    def test_leaving_takes_effect_at_once(self, token: str, member: User, session: Session) -> None:
        assert titles(fetch(f"/me/calendar/{token}.ics")) == ["Session 1 of talks"]
        with transaction.atomic():
            member.person.memberships.all().delete()
            record(kind="left", subject="user", scopes=[f"user:{member.pk}"], now=NOW)
        assert titles(fetch(f"/me/calendar/{token}.ics")) == []

    def test_it_follows_the_person_s_language(self, token: str, member: User, session: Session) -> None:
        change(session, title={"en": "Lions", "sv": "Lejon"})
        fetch(f"/me/calendar/{token}.ics")
        set_profile(user=member, language="sv", zone="", now=NOW)
        assert titles(fetch(f"/me/calendar/{token}.ics")) == ["Lejon"]

    def test_unknown_is_404_and_replaced_is_410(
        self, token: str, member: User, data: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        assert fetch(f"/me/calendar/{token}.ics").status_code == 200
        assert len(list(data.glob("feeds/*/*/*.ics.gz"))) == 1
        with django_capture_on_commit_callbacks(execute=True):
            new = tokens.reset(user=member, now=NOW).token
        assert list(data.glob("feeds/*/*/*.ics*")) == []
        assert fetch(f"/me/calendar/{token}.ics").status_code == 410
        assert fetch("/me/calendar/never-was-one.ics").status_code == 404
        assert fetch(f"/me/calendar/{new}.ics").status_code == 200
        assert FeedToken.objects.filter(user=member, revoked_at__isnull=True).count() == 1

    def test_when_it_was_last_fetched(self, token: str, member: User, stopped: Any) -> None:
        known = FeedToken.objects.get(token=token)
        assert tokens.used_at(known) is None
        etag = fetch(f"/me/calendar/{token}.ics").headers["ETag"]
        assert tokens.used_at(known) == NOW
        stopped.move_to(NOW + timedelta(minutes=59))
        fetch(f"/me/calendar/{token}.ics")
        assert tokens.used_at(known) == NOW
        stopped.move_to(NOW + timedelta(hours=2))
        with CaptureQueriesContext(connection) as queries:
            assert fetch(f"/me/calendar/{token}.ics", If_None_Match=etag).status_code == 304
        assert len(queries) == 1
        assert tokens.used_at(known) == NOW + timedelta(hours=2)

    def test_it_comes_even_where_nothing_can_be_written(
        self, token: str, session: Session, monkeypatch: Any
    ) -> None:
        def full(*given: Any, **named: Any) -> None:
            raise OSError(28, "No space left on device")

        for name in ("write", "touch"):
            monkeypatch.setattr(shelf, name, full)
        assert fetch(f"/me/calendar/{token}.ics").status_code == 200

    def test_a_closed_account_has_no_calendar(self, token: str, member: User) -> None:
        User.objects.filter(pk=member.pk).update(is_active=False)
        assert fetch(f"/me/calendar/{token}.ics").status_code == 404
