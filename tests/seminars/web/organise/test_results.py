"""The pages of results: figures with how they were counted, tables, the report, and what organisers say beside it."""

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Community
from seminars.results.models import ReportWords
from seminars.sessions.models import Session
from tests.factories import make_series, make_session
from tests.seminars.results.cast import come, record, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
BASE = "/organise/communities/savings/results"


@pytest.fixture
def session(community: Community) -> Session:
    """A session of September to which five came, and one of June to which three did."""
    series = make_series(community, slug="after-hours")
    before = make_session(series, wall=datetime(2026, 6, 2, 15, 0))
    found = make_session(series, wall=datetime(2026, 9, 1, 15, 0), title={"en": "=Savings <b>and</b> loans"})
    register(before, 4)
    come(before, 3)
    register(found, 8)
    come(found, 5)
    record(found, 2.5)
    return found


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "base",
    [BASE, "/organise/series/after-hours/results", "/organise/sessions/after-hours-2/results"],
)
def test_every_scope_has_its_pages(session: Session, as_organiser: Client, base: str) -> None:
    page = as_organiser.get(f"{base}/")
    assert page.status_code == 200
    said = page.content.decode()
    assert "Different e-mail addresses among confirmed registrations" in said
    assert "<b>and</b>" not in said
    assert as_organiser.get(f"{base}/report/").status_code == 200
    assert as_organiser.get(f"{base}/report.pdf").content.startswith(b"%PDF")
    assert len(table(as_organiser.get(f"{base}/sessions.csv"))) == 1


def test_the_quarter_of_the_last_session_stands_beside_the_one_before(
    session: Session, as_organiser: Client
) -> None:
    rows = {row["Figure"]: row for row in table(as_organiser.get(f"{BASE}/figures.csv"))}
    live = rows["Took part live"]
    assert (live["2026-Q3"], live["April to June 2026"]) == ("5", "3")
    assert rows["Days to the archive"]["2026-Q3"] == "2.50"
    assert all(row["How it was counted"] for row in rows.values())
    assert "+2" in as_organiser.get(f"{BASE}/").content.decode()


def test_a_year_and_all_the_time(session: Session, as_organiser: Client) -> None:
    for period in ("2026", "all"):
        rows = {row["Figure"]: row for row in table(as_organiser.get(f"{BASE}/figures.csv?period={period}"))}
        assert rows["Sessions held"][period] == "2"
        assert rows["Took part live"][period] == "8"


def test_a_formula_stays_a_text_in_the_table(session: Session, as_organiser: Client) -> None:
    assert table(as_organiser.get(f"{BASE}/sessions.csv"))[0]["Title"].startswith("'=")


@pytest.mark.parametrize("period", ["2026-Q9", "x", "0"])
def test_what_is_no_period_is_not_there(session: Session, as_organiser: Client, period: str) -> None:
    assert as_organiser.get(f"{BASE}/?period={period}").status_code == 404


def test_a_community_without_sessions_says_so(community: Community, as_organiser: Client) -> None:
    assert "No session took place in this time." in as_organiser.get(f"{BASE}/").content.decode()


def test_words_are_kept_for_their_quarter_and_printed(session: Session, as_organiser: Client) -> None:
    answer = as_organiser.post(f"{BASE}/?period=2026-Q3", {"words": "Two <i>pilots</i> began."})
    assert answer.status_code == 302
    assert "Two &lt;i&gt;pilots" in as_organiser.get(f"{BASE}/report/?period=2026-Q3").content.decode()
    assert "pilots" not in as_organiser.get(f"{BASE}/report/?period=2026-Q2").content.decode()
    as_organiser.post(f"{BASE}/?period=2026-Q3", {"words": " "})
    assert not ReportWords.objects.exists()


def test_words_that_are_too_long_are_refused(session: Session, as_organiser: Client) -> None:
    answer = as_organiser.post(f"{BASE}/?period=2026-Q3", {"words": "x" * 5001})
    assert answer.status_code == 400
    assert not ReportWords.objects.exists()


def test_plots_say_what_they_show(session: Session, as_organiser: Client) -> None:
    said = as_organiser.get(f"{BASE}/?period=2026").content.decode()
    assert 'role="img" aria-labelledby="plot-time-title plot-time-about"' in said
    assert "12 registrations and 8 who took part live in 2 sessions." in said
    assert "Kenya" in said


def test_questions_do_not_grow(community: Community, session: Session, as_organiser: Client) -> None:
    numbers = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert as_organiser.get(f"{BASE}/?period=2026-Q3").status_code == 200
        numbers.append(len(asked))
        for day in range(8):
            more = make_session(session.series, wall=datetime(2026, 9, 3 + day + 8 * turn, 15, 0))
            register(more, 20)
            come(more, 9)
    assert numbers[0] == numbers[1] <= 46


def test_nobody_else_sees_them(session: Session, as_member: Client, as_nobody: Client) -> None:
    for page in ("", "figures.csv", "sessions.csv", "report/", "report.pdf"):
        assert as_member.get(f"{BASE}/{page}").status_code == 404
        assert as_nobody.get(f"{BASE}/{page}").status_code == 302
