"""Wherever people meet a session whose recording was withdrawn they read it, and are led to what stands there now."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Recording
from recordings.publishing import releasing, returning
from seminars.followups import opening
from seminars.followups.reports.saving import save_report
from seminars.people.models import Community
from seminars.sessions import speakers
from seminars.sessions.models import Session
from tests.factories import make_material, make_person, make_series, make_session
from tests.recordings.cast import take
from tests.seminars.followups.papers.test_papers import begun, out

pytestmark = pytest.mark.django_db
WHY = "The <b>speaker</b> asked for it."
LINE = "The recording was withdrawn on 16 November 2026. The &lt;b&gt;speaker&lt;/b&gt; asked for it."
WAY = '<a href="/archive/rain/">What was here</a>'


@pytest.fixture
def session(community: Community, now: datetime) -> Session:
    """A session that is over, whose series owes a recording and a report; the recording went again."""
    series = make_series(community, slug="talks")
    for kind in ("recording", "report"):
        series.owed.create(kind=kind, days=1)
    wall, published_at = datetime(2026, 11, 3, 15, 0), now - timedelta(days=60)
    session = make_session(series, slug="rain", wall=wall, published_at=published_at)
    take(session, "silent.mp4", "video", now)
    opening.open_due(now=now)
    releasing.withdraw(recording=Recording.objects.get(), reason=WHY, now=now, actor_id=None)
    return session


def test_the_page_of_the_session_says_it(session: Session, as_nobody: Client, now: datetime) -> None:
    page = as_nobody.get("/sessions/rain/").content.decode()
    assert (LINE in page, WAY in page) == (True, True)
    assert "Tell me when it is ready" not in page
    assert as_nobody.get("/archive/rain/").status_code == 410
    make_material(session, "report", path="/sessions/rain/report/")
    page = as_nobody.get("/sessions/rain/").content.decode()
    assert (page.count(LINE), page.count(WAY)) == (1, 1)
    returning.bring_back(recording=Recording.objects.get(), now=now, actor_id=None)
    assert "was withdrawn" not in as_nobody.get("/sessions/rain/").content.decode()


def test_its_report_and_paper_stand_and_all_ways_lead_there(
    session: Session, as_nobody: Client, now: datetime
) -> None:
    """They are out by themselves: only the archive, which is of recordings, does not find them any more."""
    save_report(session=session, answers={"results": "Rain came late."}, now=now, actor_id=None)
    paper = out(begun([session])).paper
    speaker = make_person(name="Amina Diallo")
    session.refresh_from_db()
    speakers.set_speakers(session=session, speakers=[(speaker, "speaker", "")], now=now, actor_id=None)
    ends = {"/sessions/rain/report/": "Rain came late.", f"/papers/{paper.slug}/": "Mentors"}
    ways = {
        "/sessions/rain/": list(ends),
        "/series/talks/": list(ends),
        f"/speakers/{speaker.uuid}/": list(ends),
        "/archive/rain/": ["/sessions/rain/"],
    }
    for address, links in ways.items():
        page = as_nobody.get(address).content.decode()
        assert [link for link in links if f'href="{link}"' not in page] == [], address
    for address, words in ends.items():
        answer = as_nobody.get(address)
        assert (answer.status_code, words in answer.content.decode()) == (200, True), address


def test_who_may_not_see_the_session_reads_nothing(session: Session, as_nobody: Client) -> None:
    Session.objects.update(published_at=None)
    assert as_nobody.get("/sessions/rain/").status_code == 404
    assert as_nobody.get("/archive/rain/").status_code == 404


def test_calendars_neither_promise_it_nor_lead_to_it(session: Session, as_nobody: Client) -> None:
    said = as_nobody.get("/series/talks/calendar.ics").content.decode().replace("\r\n ", "")
    entry = said[said.index("BEGIN:VEVENT") : said.index("END:VEVENT")]
    assert "The recording is no longer here." in entry
    assert "Page of this session: " in entry
    assert "/archive/" not in entry
    assert "Recording by" not in entry
    assert "[Recording" not in entry


def test_its_organisers_read_it_beside_what_is_owed(session: Session, as_organiser: Client) -> None:
    page = as_organiser.get("/organise/sessions/rain/").content.decode()
    assert (LINE in page, WAY in page) == (True, True)
    owed = as_organiser.get("/organise/follow-ups/").content.decode()
    assert (owed.count('name="item"'), owed.count(LINE), owed.count(WAY)) == (1, 1, 1)


def test_the_list_of_what_is_owed_asks_once(session: Session, as_organiser: Client, now: datetime) -> None:
    def asked() -> tuple[int, int]:
        """How often the line stands there, and how many questions that took."""
        with CaptureQueriesContext(connection) as caught:
            page = as_organiser.get("/organise/follow-ups/").content.decode()
        return page.count(LINE), len(caught)

    one = asked()
    for hour in (8, 10):
        given = {"wall": datetime(2026, 11, 4, hour, 0), "published_at": session.published_at}
        other = make_session(session.series, slug=f"maize-{hour}", **given)
        recording = take(other, "silent.mp4", "video", now).recording
        releasing.withdraw(recording=recording, reason=WHY, now=now, actor_id=None)
    opening.open_due(now=now)
    assert asked() == (5, one[1])  # of those two also the recording, until the next sweep
