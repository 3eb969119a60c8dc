"""A session to which files are sent, and a speaker's link to it."""

from datetime import datetime

import pytest

from seminars.people.models import Community
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link
from seminars.sessions.speaking.models import SpeakerLink
from tests.factories import make_person, make_series, make_session


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


@pytest.fixture
def link(session: Session, now: datetime) -> SpeakerLink:
    person = make_person(name="Ana Ruiz")
    Speaker.objects.create(session=session, person=person)
    return make_link(session=session, person=person, now=now, actor_id=None)
