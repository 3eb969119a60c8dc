"""A date poll as people answer it: in their own time, without an account, to be changed later, not after it closed."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.polls import polling
from seminars.sessions.polls.models import DatePoll, PollAnswer, Voice
from tests.seminars.sessions.polls.test_polling import make_poll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def poll(closed_community: Community, now: datetime) -> DatePoll:
    Community.objects.update(contact="desk@example.org")
    return make_poll(Community.objects.get(pk=closed_community.pk), now)


def text(response: Any) -> str:
    return str(response.content.decode())


def fields(poll: DatePoll, words: str, name: str = "Ana") -> dict[str, str]:
    slots = poll.slots.all()
    said = {f"slot{slot.pk}": suits for slot, suits in zip(slots, words.split(), strict=False)}
    return said | {"name": name}


def test_hours_are_in_ones_own_time(as_nobody: Client, as_member: Client, poll: DatePoll) -> None:
    address = f"/poll/{poll.token}/"
    assert "Tue 1 Dec 2026, 15:00–16:30 in Johannesburg" in text(as_nobody.get(address))
    assert "Tue 1 Dec 2026, 18:30–20:00" in text(as_member.get(address))
    assert as_nobody.get(address)["X-Robots-Tag"] == "noindex"


def test_an_answer_has_its_own_link_and_is_changed_there(as_member: Client, poll: DatePoll) -> None:
    response: Any = as_member.post(f"/poll/{poll.token}/", fields(poll, "yes maybe no"))
    voice = Voice.objects.get()
    assert response.url == f"/poll/{poll.token}/{voice.key}/"
    assert voice.zone == "Asia/Kolkata"
    said = text(as_member.get(response.url))
    assert 'value="Ana"' in said
    assert said.count("checked") == 3
    as_member.post(response.url, fields(poll, "no"))
    assert [each.suits for each in PollAnswer.objects.all()] == ["no"]


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("yes", "", "Give your name."),
        ("", "Ana", "Say of at least one hour"),
        ("perhaps", "Ana", "perhaps is not one of the available choices"),
    ],
)
def test_mistakes_are_marked(as_nobody: Client, poll: DatePoll, words: str, name: str, said: str) -> None:
    response = as_nobody.post(f"/poll/{poll.token}/", fields(poll, words, name))
    assert (response.status_code, said in text(response)) == (422, True)
    assert not Voice.objects.exists()


def test_a_name_that_answered_is_told(as_nobody: Client, poll: DatePoll) -> None:
    as_nobody.post(f"/poll/{poll.token}/", fields(poll, "yes"))
    response = as_nobody.post(f"/poll/{poll.token}/", fields(poll, "no"))
    assert (response.status_code, "answered under this name" in text(response)) == (422, True)


@pytest.mark.parametrize("own", [False, True])
def test_too_late_an_answer_is_not_lost(as_nobody: Client, poll: DatePoll, now: datetime, own: bool) -> None:
    address = f"/poll/{poll.token}/"
    if own:
        address = as_nobody.post(address, fields(poll, "no"))["Location"]
    polling.set_open(poll=poll, is_open=False, now=now)
    assert "This poll is closed." in text(as_nobody.get(address))
    response = as_nobody.post(address, fields(poll, "yes maybe"))
    said = text(response)
    assert response.status_code == 409
    assert "your answer came too late to be counted" in said
    assert "Tue 1 Dec 2026, 15:00–16:30 in Johannesburg: yes" in said
    assert "Wed 2 Dec 2026, 9:00" in said or "Wed 2 Dec 2026, 09:00" in said
    assert "mailto:desk@example.org?subject=Peer%20assist&amp;body=Ana%0A" in said
    assert not PollAnswer.objects.filter(suits="yes").exists()


def test_who_answers_does_not_see_the_others(as_nobody: Client, poll: DatePoll) -> None:
    as_nobody.post(f"/poll/{poll.token}/", fields(poll, "yes", "Quiet Heron"))
    said = text(Client().get(f"/poll/{poll.token}/"))
    assert "Quiet Heron" not in said
    assert "One person has answered." in said


def test_unknown_addresses_are_not_there(as_nobody: Client, poll: DatePoll) -> None:
    for method in ("get", "post"):
        assert getattr(as_nobody, method)("/poll/unknown/").status_code == 404
        assert getattr(as_nobody, method)(f"/poll/{poll.token}/unknown/").status_code == 404


def test_a_draft_it_became_is_not_shown(as_nobody: Client, poll: DatePoll, now: datetime) -> None:
    session = polling.choose(poll=poll, slot=poll.slots.all()[0], now=now, actor_id=None)
    said = text(as_nobody.get(f"/poll/{poll.token}/"))
    assert "This poll is closed." in said
    assert session.slug not in said
