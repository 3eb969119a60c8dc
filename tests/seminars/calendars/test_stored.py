"""Joining a calendar from stored entries: what each shortcut must not get wrong."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from seminars.calendars import contents, editions, entries, feeds, ical, memory, stored, tokens
from seminars.calendars.models import Entry
from seminars.calendars.scopes import Kind, Options, Scope
from seminars.people.models import Community, User
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session, Speaker
from seminars.sessions.revising import revise
from seminars.sessions.state import State
from tests.factories import NOW, make_material, make_person, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db
SERIES = Scope(Kind.SERIES, "talks")


@pytest.fixture
def sessions(community: Community) -> list[Session]:
    """Three sessions of a public series."""
    series = make_series(community, slug="talks")
    return [make_session(series, title={"en": f"Title {number}"}) for number in range(3)]


def shown(scope: Scope = SERIES) -> list[str]:
    """Return the titles of a calendar, in its order."""
    body, _compressed = feeds.read(feeds.answer(scope, now=NOW), compressed=False)
    return [str(event["SUMMARY"]) for event in entries_of(body)]


def rendered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that fills with how many entries are rendered at a time."""
    found: list[int] = []
    render = entries._render

    def counting(given: list[Session], **more: Any) -> dict[int, entries.Made]:
        found.append(len(given))
        return render(given, **more)

    monkeypatch.setattr(entries, "_render", counting)
    return found


def test_after_an_edit_only_that_entry_is_rendered(sessions: list[Session], monkeypatch: Any) -> None:
    shown()
    count = rendered(monkeypatch)
    revise(sessions[1], kind="edit", now=NOW, title={"en": "Changed"})
    assert shown() == ["Title 0", "Changed", "Title 2"]
    assert count == [1]


def test_an_entry_of_another_stamp_is_not_trusted(sessions: list[Session], monkeypatch: Any) -> None:
    shown()
    Entry.objects.filter(session=sessions[0]).update(stamp="another", text="BEGIN:VEVENT\r\nEND:VEVENT\r\n")
    revise(sessions[2], kind="edit", now=NOW, title={"en": "Changed"})
    count = rendered(monkeypatch)
    memory.forget()
    assert shown() == ["Title 0", "Title 1", "Changed"]
    assert count == [2]


def test_a_state_stored_without_a_revision_shows_at_the_next_change(sessions: list[Session]) -> None:
    shown()
    Session.objects.filter(pk=sessions[0].pk).update(state=State.POSTPONED)
    revise(sessions[2], kind="edit", now=NOW, title={"en": "Changed"})
    assert shown()[0] == "[Postponed] Title 0"


def test_a_withdrawn_session_tells_nothing_and_leaves_in_time(sessions: list[Session]) -> None:
    revise(sessions[0], kind="withdraw", now=NOW, state=State.WITHDRAWN, withdrawn_at=NOW)
    assert "Title 0" not in "".join(shown())
    assert len(shown()) == 3
    found = feeds.answer(SERIES, now=timezone.now() + timedelta(days=4000))
    assert len(entries_of(feeds.read(found, compressed=False)[0])) == 2


def test_a_calendar_too_large_loses_html_first_then_the_oldest_and_says_so(
    sessions: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown()
    texts = list(Entry.objects.order_by("session").values_list("text", flat=True))
    plain = [len(ical.without_html(text).encode()) for text in texts]
    assert sum(plain) < sum(len(text.encode()) for text in texts)
    monkeypatch.setattr(contents, "MAX_BYTES", sum(plain))
    revise(sessions[2], kind="edit", now=NOW, title={"en": "Title 2"})
    assert shown() == ["Title 0", "Title 1", "Title 2"]
    monkeypatch.setattr(contents.fit, "__defaults__", (sum(plain) - 1,))
    monkeypatch.setattr(contents, "MAX_BYTES", sum(plain) - 1)
    revise(sessions[2], kind="edit", now=NOW, title={"en": "Title 2"})
    found = feeds.answer(SERIES, now=NOW)
    body, _compressed = feeds.read(found, compressed=False)
    assert len(entries_of(body)) == 2
    assert b"past=all" in body
    assert b"ALTREP" not in body
    assert len(shown(Scope(Kind.SERIES, "talks", Options(everything=True)))) == 3


def test_another_colour_of_the_community_shows_at_the_next_change(sessions: list[Session]) -> None:
    shown()
    Community.objects.update(accent="#ff0000")
    revise(sessions[2], kind="edit", now=NOW, title={"en": "Title 2"})
    body, _compressed = feeds.read(feeds.answer(SERIES, now=NOW), compressed=False)
    assert {str(event["COLOR"]) for event in entries_of(body)} == {"red"}


def test_topics_of_the_session_and_its_series_are_categories_each_once(sessions: list[Session]) -> None:
    health = Topic.objects.create(slug="health", name={"en": "Health"}, made_at=NOW)
    money = Topic.objects.create(slug="money", name={"en": "Money, credit"}, made_at=NOW)
    sessions[0].topics.add(money, health)
    sessions[0].series.topics.add(health)
    body, _compressed = feeds.read(feeds.answer(SERIES, now=NOW), compressed=False)
    first, second, _third = entries_of(body)
    assert {"Health", "Money, credit"} <= set(first.categories)
    assert first.categories.count("Health") == 1
    assert "Money, credit" not in set(second.categories)


def test_html_while_it_is_ahead_and_plain_once_it_is_over(sessions: list[Session]) -> None:
    Session.objects.filter(pk=sessions[0].pk).update(state=State.ENDED)
    body, _compressed = feeds.read(feeds.answer(SERIES, now=NOW), compressed=False)
    assert ["ALTREP" in event["DESCRIPTION"].params for event in entries_of(body)] == [False, True, True]


def test_who_appears_is_busy_and_who_follows_is_free(sessions: list[Session], member: User) -> None:
    person = member.person if hasattr(member, "person") else make_person(user=member)
    Speaker.objects.create(session=sessions[1], person=person)
    token = tokens.make(user=member, now=NOW).token
    body, _compressed = feeds.read(feeds.answer(Scope(Kind.PERSONAL, token), now=NOW), compressed=False)
    found = {str(event["SUMMARY"]): str(event["TRANSP"]) for event in entries_of(body)}
    assert found["Title 1"] == "OPAQUE"
    assert set(found.values()) - {"OPAQUE"} <= {"TRANSPARENT"}


def test_materials_show_in_the_next_answer(sessions: list[Session]) -> None:
    shown()
    make_material(sessions[0], "slides")
    revise(sessions[0], kind="material", now=NOW, state=State.ARCHIVED)
    assert shown()[0] == "[Slides] Title 0"


def test_a_logo_does_not_make_every_entry_anew(sessions: list[Session], monkeypatch: Any) -> None:
    Community.objects.update(logo="0123456789abcdef.png")
    shown()
    memory.forget()
    count = rendered(monkeypatch)
    revise(sessions[1], kind="edit", now=NOW, title={"en": "Changed"})
    assert shown() == ["Title 0", "Changed", "Title 2"]
    assert count == [1]


def test_a_choice_is_made_anew_when_a_session_moves_or_time_changes_it(
    sessions: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit of a large calendar mostly moves nothing: what was chosen before then holds."""
    made: list[datetime] = []
    choose = contents.choose

    def counting(*given: Any) -> contents.Chosen:
        made.append(given[1])
        return choose(*given)

    monkeypatch.setattr(contents, "choose", counting)

    def rows() -> list[stored.Row]:
        return stored.rows(Session.objects.all, language="en", utc=False, edition=editions.FIRST)

    first = stored.choose(rows(), NOW)
    revise(sessions[0], kind="edit", now=NOW, title={"en": "Changed"})
    assert stored.choose(rows(), NOW + timedelta(minutes=1)) is first
    assert stored.choose(rows(), NOW - timedelta(minutes=1)) == first
    assert len(made) == 2
    assert first.ranked_until is not None
    later = stored.choose(rows(), first.ranked_until)
    assert later.ranked_until is None or later.ranked_until > first.ranked_until
    moved = sessions[1].starts_at
    assert moved is not None
    Session.objects.filter(pk=sessions[1].pk).update(starts_at=moved - timedelta(minutes=5))
    assert stored.choose(rows(), NOW) != first
    assert len(made) == 4
