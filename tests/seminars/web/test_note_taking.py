"""A note-taker writes the report by their secret link; a speaker's link does not open it."""

from datetime import datetime

import pytest
from django.test import Client

from seminars.followups.reports.models import Report, Writing
from seminars.people.models import Community
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link, revoke_link
from seminars.web import note_taking
from tests.factories import NOW, make_person, make_series, make_session

pytestmark = [pytest.mark.usefixtures("stopped"), pytest.mark.django_db]


@pytest.fixture
def session(community: Community) -> Session:
    """A past session."""
    return make_session(make_series(community), slug="mentors", wall=datetime(2026, 11, 10, 13, 0))


def link(session: Session, role: str) -> str:
    """The address of the report for somebody with this role."""
    person = make_person(name="Ana Note")
    Speaker.objects.create(session=session, person=person, role=role)
    return f"/speak/{make_link(session=session, person=person, now=NOW, actor_id=None).token}/report/"


def test_a_note_taker_writes_and_puts_out_without_an_account(as_nobody: Client, session: Session) -> None:
    here = link(session, "note-taker")
    page = as_nobody.get(here)
    assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex")
    assert page.context["form"]["documented_by"].value() == "Ana Note"
    assert "/organise/" not in page.content.decode()
    sent = {"hand": "page-1", "a-results": "We agreed.", "seen-results": "0"}
    assert as_nobody.post(f"{here}autosave/", sent).json()["fields"]["results"] == ["We agreed.", 1]
    assert Writing.objects.get(field="results").person.name == "Ana Note"
    assert "Ana Note" in as_nobody.get(f"{here}history/").content.decode()
    assert as_nobody.post(f"{here}publish/", sent)["Location"] == here
    assert "We agreed." in as_nobody.get("/sessions/mentors/report/").content.decode()


def test_other_links_open_no_report(as_nobody: Client, session: Session) -> None:
    here = link(session, "speaker")
    for address in (here, f"{here}report.md", f"{here}history/", here.replace("/speak/", "/speak/x")):
        assert as_nobody.get(address).status_code == 404
    assert as_nobody.post(f"{here}autosave/", {"a-results": "x"}).status_code == 404
    assert not Report.objects.exists()


def test_a_link_that_ended_says_so(as_nobody: Client, session: Session) -> None:
    here = link(session, "note-taker")
    revoke_link(session=session, person=Speaker.objects.get().person, now=NOW, actor_id=None)
    assert as_nobody.get(here).status_code == 410


def test_too_much_at_once_is_said(
    as_nobody: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(note_taking, "MOST_AN_HOUR", 1)
    here = link(session, "note-taker")
    assert as_nobody.post(here, {"a-results": "One", "hand": "page-1"}).status_code == 302
    assert as_nobody.post(here, {"a-results": "Two", "hand": "page-1"}).status_code == 429
