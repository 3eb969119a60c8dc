"""Speakers for organisers: each one's stage, the link to send, its end."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking import answering
from seminars.sessions.speaking.models import Engagement, SpeakerLink
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def speaker(session: Session) -> Speaker:
    person = make_person(name="Ana Ruiz", email="ana@example.org", zone="Asia/Kolkata")
    return Speaker.objects.create(session=session, person=person)


def text(response: Any) -> str:
    return str(response.content.decode())


def base(session: Session, speaker: Speaker) -> str:
    return f"/organise/sessions/{session.slug}/speakers/{speaker.pk}/"


def test_the_link_is_made_shown_and_ended(
    as_organiser: Client, session: Session, speaker: Speaker, community: Community
) -> None:
    assert "Not asked yet" in text(as_organiser.get(base(session, speaker)))
    as_organiser.post(f"{base(session, speaker)}link/")
    token = SpeakerLink.objects.get().token
    said = text(as_organiser.get(base(session, speaker)))
    assert f"/speak/{token}/" in said
    assert "mailto:ana%40example.org?subject=Your%20session" in said
    assert "Dear Ana Ruiz," in said
    assert "18:30–19:30" in said  # by the speaker's clock
    as_organiser.post(f"{base(session, speaker)}link/end/")
    assert token not in text(as_organiser.get(base(session, speaker)))
    assert SpeakerLink.objects.get().revoked_at is not None


def test_an_address_without_mail_is_said(as_organiser: Client, session: Session, speaker: Speaker) -> None:
    speaker.person.email = ""
    speaker.person.save()
    as_organiser.post(f"{base(session, speaker)}link/")
    assert "We do not know their e-mail address" in text(as_organiser.get(base(session, speaker)))


def test_the_sessions_page_shows_each_stage(
    as_organiser: Client, session: Session, speaker: Speaker, now: datetime
) -> None:
    page = f"/organise/sessions/{session.slug}/"
    assert "Ask by a link" in text(as_organiser.get(page))
    as_organiser.post(f"{base(session, speaker)}link/")
    assert "waits for: an answer" in text(as_organiser.get(page))
    engagement = Engagement.objects.get()
    answering.answer(engagement=engagement, comes=True, words="Gladly", now=now)
    answering.consent(engagement=engagement, may_record=True, may_publish=False, licence="", now=now)
    said = text(as_organiser.get(page))
    assert "waits for: title and abstract" in said
    assert "Ana Ruiz does not want a recording of this session published" in said
    assert "<strong>Ana Ruiz</strong> said that they come" in said
    assert "Gladly" in text(as_organiser.get(base(session, speaker)))
    answering.answer(engagement=engagement, comes=False, words="", now=now)
    assert "does not come" in text(as_organiser.get(page))
