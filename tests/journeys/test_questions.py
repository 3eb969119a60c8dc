"""A question by phone and one by link: put before the end, answered afterwards by the speaker, and kept for ever."""

from datetime import timedelta

import pytest
from time_machine import Traveller

from seminars.people.models import Community, User
from seminars.sessions.models import Speaker
from seminars.sessions.speaking.asking import make_link
from tests.conftest import signed_in
from tests.factories import make_person, make_series, make_session
from tests.journeys.founding import mailed
from tests.journeys.hand import Hand

pytestmark = pytest.mark.django_db


def test_asked_by_phone_and_by_link_answered_by_the_speaker_and_kept(
    community: Community, organiser: User, stopped: Traveller
) -> None:
    session = make_session(make_series(community, slug="after-hours"), title={"en": "Who keeps the books?"})
    ana = make_person(name="Ana Ruiz", email="ana@example.org")
    Speaker.objects.create(session=session, person=ana)
    assert session.starts_at
    stopped.move_to(session.starts_at)
    asker = asks_by_link()
    host = Hand(signed_in(organiser))
    host.open("/organise/sessions/after-hours-1/asked/").sees("Can we see the books?")
    host.press("Show").misses("Waiting for approval Can we")
    host.press("Add the question", text="Who pays the lock?", name="Zola").sees(
        "Who pays the lock?", "by phone"
    )
    host.press("Show among the others")
    assert session.ends_at
    stopped.move_to(session.ends_at + timedelta(hours=1))
    link = make_link(session=session, person=ana, now=session.ends_at, actor_id=organiser.pk)
    speaker = Hand().open(f"/speak/{link.token}/").sees("Can we see the books?", "Who pays the lock?")
    speaker.press("Save the answer", which=0, text="Every member can, at each meeting.").sees(
        "The answer is out."
    )
    speaker.press("Save the answer", which=1, text="The group, from its fund.")
    stopped.move_to(session.ends_at + timedelta(hours=2))
    assert mailed("ben@example.org", "/questions/") == asker
    everybody = Hand().open("/sessions/after-hours-1/").sees("Questions and answers")
    everybody.sees("Can we see the books?", "Every member can, at each meeting.", "Ana Ruiz")
    everybody.sees("Who pays the lock?", "a participant, by phone", "The group, from its fund.")
    stopped.move_to(session.ends_at + timedelta(days=400))
    Hand().open("/sessions/after-hours-1/").sees("The group, from its fund.").misses("Ask a question")


def asks_by_link() -> str:
    """Somebody without an account asks, and confirms by one mail: the address of their own page."""
    hand = Hand().open("/sessions/after-hours-1/").follow("Ask a question")
    hand.press("Ask", text="Can we see the books?", name="Ben", email="ben@example.org").sees(
        "Look into your mail"
    )
    own = mailed("ben@example.org", "/questions/")
    Hand().open(own).sees("Did you ask this?", "Can we see the books?").press("Yes, ask it").sees(
        "moderators"
    )
    return own
