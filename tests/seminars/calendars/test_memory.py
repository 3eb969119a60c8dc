"""The memory of texts: bounded, and never believed against the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.calendars import memory, stored
from seminars.calendars.models import Entry
from seminars.people.models import Community
from seminars.sessions.models import Session
from tests.factories import make_series, make_session
from tests.seminars.calendars.test_stored import SERIES, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions(community: Community) -> list[Session]:
    """Three sessions of a public series, shown once."""
    memory.forget()
    series = make_series(community, slug="talks")
    made = [make_session(series, title={"en": f"Title {number}"}) for number in range(3)]
    shown(SERIES)
    return made


def texts() -> list[str]:
    """Return the texts of all sessions as a calendar reads them."""
    return [row.text or "" for row in stored.rows(Session.objects.all(), language="en", utc=False)]


def test_what_is_remembered_is_not_read_again(sessions: list[Session]) -> None:
    with CaptureQueriesContext(connection) as asked:
        first = texts()
    assert len(asked) == 1
    memory.forget()
    with CaptureQueriesContext(connection) as asked:
        assert texts() == first
    assert len(asked) == 2


def test_another_process_that_rendered_it_anew_is_believed(sessions: list[Session]) -> None:
    texts()
    Entry.objects.filter(session=sessions[0]).update(revision=99, text="of revision 99")
    Entry.objects.filter(session=sessions[1]).update(stamp="another", text="of another stamp")
    assert texts()[:2] == ["of revision 99", "of another stamp"]


def test_it_is_bounded_and_forgets_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.forget()
    monkeypatch.setattr(memory, "MOST", 25)
    keys: list[memory.Key] = [(number, "en", False, 1, "stamp") for number in range(3)]
    memory.remember({keys[0]: "a" * 10, keys[1]: "b" * 10})
    memory.known([keys[0]])
    memory.remember({keys[2]: "c" * 10})
    assert set(memory.known(keys)) == {keys[0], keys[2]}
    memory.remember({keys[0]: "d" * 5})
    assert memory.known(keys[:1]) == {keys[0]: "d" * 5}
    memory.forget()
