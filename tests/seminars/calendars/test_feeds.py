"""Feeds when things go wrong: the last good bytes are served, and never ones from before them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client

from seminars.calendars import editions, entries, feeds, packing, scopes, shelf, stored, tokens
from seminars.calendars.models import Feed
from seminars.calendars.scopes import Kind, Missing, Revoked, Scope
from seminars.people.models import Community, Joining, User
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from tests.factories import NOW, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db
SERIES = Scope(Kind.SERIES, "talks")
PATH = "/series/talks/calendar.ics"


@pytest.fixture
def session(community: Community) -> Session:
    """The first session of a public series."""
    return make_session(make_series(community, slug="talks"))


def body_of(scope: Scope = SERIES, now: datetime = NOW) -> bytes:
    """Return the bytes that a poll gets."""
    return feeds.read(feeds.answer(scope, now=now), compressed=False)[0]


def title_of(body: bytes) -> str:
    """Return the title of the only entry."""
    [event] = entries_of(body)
    return str(event["SUMMARY"])


def rename(session: Session, title: str) -> None:
    """Change the session as people do."""
    revise(Session.objects.get(pk=session.pk), kind="edit", now=NOW, title={"en": title})


def failing(error: Exception) -> Callable[..., Any]:
    """Return a function that fails."""

    def fail(*_given: Any, **_named: Any) -> Any:
        raise error

    return fail


class TestLastGood:
    @pytest.mark.parametrize("part", ["scopes.look", "stored.rows"])
    @pytest.mark.parametrize("error", [OperationalError("database is locked"), RuntimeError("a bug")])
    def test_when_the_database_or_the_code_fails(
        self, session: Session, monkeypatch: pytest.MonkeyPatch, part: str, error: Exception, caplog: Any
    ) -> None:
        good = Client().get(PATH)
        rename(session, "Unseen")
        monkeypatch.setattr(f"seminars.calendars.{part}", failing(error))
        response = Client().get(PATH)
        assert (response.status_code, response.content) == (200, good.content)
        assert response.headers["ETag"] == good.headers["ETag"]
        assert response.headers["Last-Modified"] == good.headers["Last-Modified"]
        assert Client().get(PATH, headers={"If-None-Match": good.headers["ETag"]}).status_code == 304
        assert "series|talks" in caplog.text

    def test_a_new_edition_that_cannot_be_written_down(
        self, session: Session, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
    ) -> None:
        body_of()
        settings.MERIDIAN_URL = "https://other.example.org"
        monkeypatch.setattr(editions, "note", failing(OperationalError("disk is full")))
        assert b"https://other.example.org/sessions/talks-1/" in body_of()
        assert "cannot be written down" in caplog.text

    def test_when_entries_cannot_be_rendered_at_all(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good = body_of()
        rename(session, "Unseen")
        monkeypatch.setattr(entries, "_render", failing(RuntimeError("a bug")))
        assert body_of() == good

    def test_and_all_is_well_again_afterwards(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body_of()
        rename(session, "Seen")
        with monkeypatch.context() as patch:
            patch.setattr(stored, "rows", failing(DatabaseError("away")))
            assert title_of(body_of()) != "Seen"
        assert title_of(body_of()) == "Seen"

    def test_a_first_failure_is_told(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scopes, "look", failing(OperationalError("away")))
        with pytest.raises(OperationalError):
            body_of()

    def test_a_full_disk_costs_only_the_keeping(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shelf, "write", failing(OSError(28, "No space left on device")))
        assert title_of(body_of()) == "Session 1 of talks"
        assert not Feed.objects.exists()
        response = Client().get(PATH, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200

    def test_a_row_that_cannot_be_written_costs_only_the_keeping(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body_of()
        rename(session, "Seen")
        monkeypatch.setattr(
            feeds, "_store", failing(OperationalError("attempt to write a readonly database"))
        )
        assert title_of(body_of()) == "Seen"

    def test_entries_that_cannot_be_kept_are_served(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entries, "_upsert", failing(OperationalError("read-only")))
        assert title_of(body_of()) == "Session 1 of talks"

    def test_files_that_are_gone_are_made_again(self, session: Session, data: Path) -> None:
        good = body_of()
        for path in data.glob("feeds/*/*/*.ics*"):
            path.unlink()
        assert body_of() == good


class TestTwoBuilders:
    def test_the_older_does_not_overwrite_the_newer(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While one is still writing what it saw, the session changes and another poll keeps the news."""
        body_of()
        rename(session, "Second")
        compose, seen = feeds._compose, list[Any]()

        def slowly(*given: Any) -> feeds.Made:
            made = compose(*given)
            if not seen:
                seen.append(title_of(made.packed.plain))
                rename(session, "Third")
                seen.append(title_of(body_of()))
            return made

        monkeypatch.setattr(feeds, "_compose", slowly)
        assert title_of(body_of()) == "Third"
        assert seen == ["Second", "Third"]
        monkeypatch.undo()
        monkeypatch.setattr(feeds, "_compose", failing(AssertionError("it was kept")))
        assert title_of(body_of()) == "Third"

    def test_two_first_ones(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        compose, seen = feeds._compose, list[Any]()

        def slowly(*given: Any) -> feeds.Made:
            made = compose(*given)
            if not seen:
                seen.append(True)
                rename(session, "Second")
                assert title_of(body_of()) == "Second"
            return made

        monkeypatch.setattr(feeds, "_compose", slowly)
        assert title_of(body_of()) == "Second"
        assert Feed.objects.count() == 1

    def test_what_closes_while_it_is_written_is_not_kept(
        self, session: Session, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compose = feeds._compose

        def closing(*given: Any) -> feeds.Made:
            made = compose(*given)
            Community.objects.update(joining=Joining.CLOSED)
            return made

        monkeypatch.setattr(feeds, "_compose", closing)
        with pytest.raises(Missing):
            body_of()
        assert list(data.glob("feeds/*/*/*")) == []

    def test_what_is_revoked_while_it_is_written_is_not_kept(
        self, session: Session, member: User, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = tokens.make(user=member, now=NOW).token
        compose = feeds._compose

        def resetting(*given: Any) -> feeds.Made:
            made = compose(*given)
            tokens.reset(user=member, now=NOW)
            return made

        monkeypatch.setattr(feeds, "_compose", resetting)
        with pytest.raises(Revoked):
            body_of(Scope(Kind.PERSONAL, token))
        assert list(data.glob("feeds/*/*/*")) == []


class TestTime:
    def test_a_cancelled_session_leaves_after_sixty_days(self, session: Session) -> None:
        revise(session, kind="cancel", now=NOW, state="cancelled", cancelled_at=NOW)
        assert session.ends_at is not None
        leaves = session.ends_at + timedelta(days=60)
        assert len(entries_of(body_of(now=leaves - timedelta(seconds=1)))) == 1
        assert entries_of(body_of(now=leaves)) == []

    def test_nothing_else_changes_with_time(self, session: Session) -> None:
        first = feeds.answer(SERIES, now=NOW)
        assert feeds.answer(SERIES, now=datetime(2046, 1, 1, tzinfo=UTC)) == first


def test_old_files_are_removed(session: Session, data: Path) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    for number in range(4):
        rename(session, f"Title {number}")
        body_of(now=later)
    assert len(list(data.glob("feeds/*/*/*.ics.gz"))) == 2


def test_the_newest_file_is_found_without_the_database(data: Path) -> None:
    for version in ("9.1", "10.0", "9.12"):
        shelf.write("key", version, packing.packed(version.encode()), NOW)
    newest = shelf.latest("key")
    assert newest is not None
    assert shelf.read("key", newest[0]) == b"10.0"
    assert newest[1] == NOW
