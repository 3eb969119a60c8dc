"""A report's own page: who sees it, in which language, and where it is listed."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seminars.followups.reports.saving import save_report
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_series, make_session

pytestmark = [pytest.mark.usefixtures("stopped"), pytest.mark.django_db]


@pytest.fixture
def session(db: None) -> Session:
    """A past session with a report in Swedish."""
    session = make_session(
        slug="mentors", wall=datetime(2026, 11, 10, 13, 0), title={"sv": "Mentorer"}, language="sv"
    )
    answers = {"results": "Tre verktyg", "quotes": "“Vi vet.”"}
    save_report(session=session, answers=answers, language="sv", now=NOW, actor_id=None)
    return session


def test_it_speaks_the_language_of_the_report(as_nobody: Client, session: Session) -> None:
    page = as_nobody.get("/sessions/mentors/report/").content.decode()
    assert '<article lang="sv"' in page
    for words in ("Tre verktyg", "<blockquote>", "Resultat"):
        assert words in page
    assert "Main arguments" not in page


def test_it_is_listed_on_the_page_of_its_session(as_nobody: Client, session: Session) -> None:
    page = as_nobody.get("/sessions/mentors/").content.decode()
    assert 'href="/sessions/mentors/report/"' in page
    material = as_nobody.get("/api/sessions/mentors/").json()["materials"][0]
    assert material["address"].endswith("/sessions/mentors/report/")


def test_the_api_gives_it_field_by_field(as_nobody: Client, session: Session) -> None:
    told = as_nobody.get("/api/sessions/mentors/report/").json()
    assert told["language"] == "sv"
    assert told["answers"][0] | {"label": ""} == {
        "name": "results",
        "label": "",
        "kind": "text",
        "text": "Tre verktyg",
    }
    other = make_session(slug="none", wall=datetime(2026, 11, 10, 13, 0))
    assert as_nobody.get(f"/api/sessions/{other.slug}/report/").status_code == 404


def test_who_may_not_see_the_session_sees_no_report(
    as_nobody: Client, as_stranger: Client, django_assert_max_num_queries: Any
) -> None:
    closed = make_series(make_community(joining="closed"))
    session = make_session(closed, slug="closed", wall=datetime(2026, 11, 10, 13, 0))
    save_report(session=session, answers={"results": "Secret"}, now=NOW, actor_id=None)
    for client in (as_nobody, as_stranger):
        for address in (
            "/sessions/closed/report/",
            "/sessions/closed/report.pdf",
            "/api/sessions/closed/report/",
        ):
            assert client.get(address).status_code == 404
