"""A text to send on: what, when in the series' cities, and the page with each reader's own hour; in each language."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.models import Session
from tests.factories import make_member, make_series, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def session(community: Community) -> Session:
    Community.objects.filter(pk=community.pk).update(language="sv")
    series = make_series(community, title={"en": "Talks", "sv": "Samtal"})
    for number in range(3):
        make_member(community, make_user(f"m{number}@example.org", zone="Asia/Kolkata"))
    return make_session(series, title={"en": "Savings & phones", "sv": "Spara & ringa"})


def notes(response: Any) -> dict[str, str]:
    page = response.content.decode()
    found = re.findall(r'<textarea id="note-(\w+)"[^>]*>(.*?)</textarea>', page, re.S)
    return {tag: unescape(words) for tag, words in found}


def test_of_a_session_in_the_readers_and_the_communitys_language(session: Session) -> None:
    answer = Client().get(f"/sessions/{session.slug}/share/")
    found = notes(answer)
    assert found["en"].splitlines() == [
        "Savings & phones",
        "Tue 1 Dec 2026, 15:00 (Johannesburg)",
        "Tue 1 Dec 2026, 18:30 (Kolkata)",
        f"In your own time: http://127.0.0.1:8000/sessions/{session.slug}/",
    ]
    assert list(found) == ["en", "sv"]
    assert found["sv"].startswith("Spara & ringa\n")
    page = answer.content.decode()
    whatsapp = re.search(r'href="https://wa\.me/\?text=([^"]+)"', page)
    sms = re.search(r'href="sms:\?&amp;body=([^"]+)"', page)
    assert whatsapp is not None
    assert sms is not None
    assert unquote(whatsapp[1]) == unquote(sms[1]) == found["en"]
    assert (
        f'href="/sessions/{session.slug}/share/"'
        in Client().get(f"/sessions/{session.slug}/").content.decode()
    )


def test_of_a_series_with_what_comes_next(session: Session) -> None:
    found = notes(Client().get(f"/series/{session.series.slug}/share/"))["en"].splitlines()
    assert found[0] == "Talks"
    assert "Next: Savings & phones" in found
    assert found[-1] == f"All sessions in your own time: http://127.0.0.1:8000/series/{session.series.slug}/"


def test_what_is_off_says_so_and_whole_days_have_no_hour(session: Session, now: datetime) -> None:
    days = make_session(session.series, all_day=True, days=2, wall=datetime(2026, 12, 8))
    assert "Tue 8" in notes(Client().get(f"/sessions/{days.slug}/share/"))["en"].replace("Tuesday", "Tue")
    Session.objects.filter(pk=session.pk).update(cancelled_at=now)
    assert notes(Client().get(f"/sessions/{session.slug}/share/"))["en"].splitlines()[1] == "Cancelled"


def test_organisers_have_it_at_hand_and_strangers_not(
    session: Session, as_organiser: Client, as_stranger: Client, closed_community: Community
) -> None:
    for path in (f"/organise/sessions/{session.slug}/", f"/organise/series/{session.series.slug}/"):
        assert "/share/" in as_organiser.get(path).content.decode()
    hidden = make_session(make_series(closed_community))
    assert as_stranger.get(f"/sessions/{hidden.slug}/share/").status_code == 404
    assert as_stranger.get(f"/series/{hidden.series.slug}/share/").status_code == 404
