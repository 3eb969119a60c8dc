"""The page of new laws: what changed in words, the answer for a series, and who is told of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from seminars import clock
from seminars.people.models import Community, User
from seminars.sessions.clocks import recompute
from seminars.sessions.keeping import decide
from seminars.sessions.models import ClockLaw, Keeping, LawChange, Session
from seminars.web.laws import law_words, line_for, place_of
from seminars.web.times import Reader
from tests.factories import NOW, make_community, make_series, make_session
from tests.seminars.sessions.test_clocks import HOUR, behind, kept, member_in

pytestmark = pytest.mark.usefixtures("stopped")
PAGE = "/organise/clocks/"
ANSWER = "/organise/series/after-hours/clocks/"


@pytest.fixture
def moved(session: Session) -> Session:
    """The session of 1 December: Johannesburg's new law has brought it from 14:00 to 13:00 UTC. A member in Lisbon."""
    member_in(session.series.community, "Europe/Lisbon")
    kept(NOW, "Africa/Johannesburg", hours=-1)
    behind(session, by=HOUR)
    recompute(now=NOW)
    session.refresh_from_db()
    return session


def text(client: Client, address: str) -> str:
    """A page without its markup's line breaks."""
    return " ".join(client.get(address).content.decode().split())


def test_the_page_says_what_changed_and_what_it_means(as_organiser: Client, moved: Session) -> None:
    page = text(as_organiser, PAGE)
    assert "South Africa sets its clocks 1 h forward from what they would have been." in page
    said = "1 session stays at 15:00 in Johannesburg and comes 1 h earlier for members in Lisbon."
    assert said in page
    assert "15:00, as announced" in page
    assert "Lisbon <del>14:00</del> <strong>13:00</strong>" in page
    assert "16:00 there would keep the moment" in page
    assert f"release {clock.release()}" in page


def test_links_are_there_only_when_there_is_something(
    as_organiser: Client, organiser: User, session: Session
) -> None:
    places = ["/organise/", "/organise/series/after-hours/", "/organise/sessions/after-hours-1/"]
    assert [PAGE in text(as_organiser, place) for place in places] == [False] * 3
    assert "No new law moves your sessions." in text(as_organiser, PAGE)
    behind(session, by=HOUR)
    recompute(now=NOW)
    assert [PAGE in text(as_organiser, place) for place in places] == [True] * 3
    as_organiser.post(ANSWER, {"keep": "local", "upto": LawChange.objects.get().pk})
    assert [PAGE in text(as_organiser, place) for place in places] == [False] * 3


def test_the_moment_is_kept_by_one_button(as_organiser: Client, organiser: User, moved: Session) -> None:
    given = {"keep": "instant", "upto": LawChange.objects.get().pk}
    answer = as_organiser.post(ANSWER, given, follow=True)
    assert "1 session is back at the moment that was announced." in answer.content.decode()
    moved.refresh_from_db()
    assert moved.starts_at == LawChange.objects.get().starts_before
    assert str(moved.local_time) == "16:00:00"
    page = text(as_organiser, "/organise/sessions/after-hours-1/")
    assert "gave it a new time" in page
    assert "worked out its instants anew" in page
    answer = as_organiser.post(ANSWER, given, follow=True)
    assert "There was nothing left to answer." in answer.content.decode()


def test_the_local_time_is_kept_by_the_other(as_organiser: Client, moved: Session) -> None:
    answer = as_organiser.post(ANSWER, {"keep": "local", "upto": LawChange.objects.get().pk}, follow=True)
    assert "1 session keeps its local time." in answer.content.decode()
    assert "kept its local time under the new law" in text(as_organiser, "/organise/sessions/after-hours-1/")
    assert "No new law moves your sessions." in text(as_organiser, PAGE)


@pytest.mark.parametrize("given", [{}, {"keep": "all", "upto": 1}, {"keep": "local", "upto": "x"}])
def test_a_broken_answer_changes_nothing(as_organiser: Client, moved: Session, given: dict[str, Any]) -> None:
    answer = as_organiser.post(ANSWER, given, follow=True)
    assert "Choose what stays" in answer.content.decode()
    assert LawChange.objects.get().decided_at is None


def test_laws_of_other_communities_are_not_there(
    as_organiser: Client, as_member: Client, moved: Session
) -> None:
    elsewhere = make_series(make_community(), title={"en": "Quiet-Heron"}, slug="heron")
    behind(make_session(elsewhere))
    recompute(now=NOW + HOUR)
    other = LawChange.objects.get(session__series=elsewhere)
    assert "Quiet-Heron" not in text(as_organiser, PAGE)
    given = {"keep": "local", "upto": other.pk}
    assert as_organiser.post("/organise/series/heron/clocks/", given).status_code == 404
    assert as_member.get(PAGE).status_code == 404
    assert as_member.post(ANSWER, given).status_code == 404
    assert LawChange.objects.filter(decided_at=None).count() == 2


def test_members_elsewhere_are_told_of_as_such(as_organiser: Client, session: Session) -> None:
    member_in(session.series.community, "America/Asuncion")
    kept(NOW, "America/Asuncion", hours=-1)
    recompute(now=NOW)
    page = text(as_organiser, PAGE)
    said = "1 session stays at its hour in Johannesburg and comes 1 h later for members in Paraguay."
    assert said in page
    assert "Keep the moment" not in page
    assert "Leave it so" in page


def test_questions_do_not_grow_with_sessions(
    as_organiser: Client, moved: Session, django_assert_max_num_queries: Any
) -> None:
    for _more in range(5):
        behind(make_session(moved.series))
        behind(make_session(make_series(moved.series.community)))
    recompute(now=NOW + HOUR)
    with django_assert_max_num_queries(9):
        assert len(as_organiser.get(PAGE).context["affected"]) == 6


def test_the_law_is_named_by_what_it_does(moved: Session) -> None:
    finding = LawChange.objects.get()
    finding.zone = "America/Asuncion"
    old, new = clock_law(finding.release_from), clock_law(finding.release_to)
    new["America/Asuncion"] = [[0, -3 * 3600]]
    at = [int((NOW + timedelta(days=days)).timestamp()) for days in (100, 300, 465, 665)]
    old["America/Asuncion"] = [[0, -3 * 3600], *([when, (-4 + n % 2) * 3600] for n, when in enumerate(at))]
    laws = {finding.release_from: old, finding.release_to: new}
    assert law_words(finding, laws, "en_GB") == "Paraguay keeps summer time all year."
    old["America/Asuncion"], new["America/Asuncion"] = new["America/Asuncion"], old["America/Asuncion"]
    assert law_words(finding, laws, "en_GB") == "Paraguay has summer time now."
    with translation.override("en"):
        assert place_of("America/Mexico_City", "en_GB") == "Mexico City"
        assert place_of("Asia/Beirut", "sv") == "Libanon"


def clock_law(release: str) -> dict[str, Any]:
    """The law that was kept of a release."""
    return dict(ClockLaw.objects.get(release=release).zones)


def test_who_sees_another_hour_reads_a_line_on_the_page(moved: Session, organiser: User) -> None:
    said = "13:00 for you now, no longer 14:00: the law of the clocks has changed in South Africa."
    assert line_for(moved, Reader(zone="Europe/Lisbon"), NOW) == said
    assert line_for(moved, Reader(zone="Africa/Johannesburg"), NOW) == ""
    assert line_for(moved, Reader(), NOW) == ""
    assert line_for(moved, Reader(zone="Europe/Lisbon"), NOW + timedelta(days=60)) == ""
    decide(series=moved.series, keep=Keeping.INSTANT, upto=10**9, now=NOW, actor_id=organiser.pk)
    moved.refresh_from_db()
    assert line_for(moved, Reader(zone="Europe/Lisbon"), NOW) == ""


def test_members_where_the_law_changed_read_it_too(
    as_member: Client, member: User, community: Community
) -> None:
    session = make_session(make_series(community), wall=datetime(2026, 12, 1, 20, 0))
    kept(NOW, "Asia/Kolkata", hours=1)
    recompute(now=NOW)
    said = "23:30 for you now, no longer Wed 00:30: the law of the clocks has changed in India."
    assert said in text(as_member, f"/sessions/{session.slug}/")
    assert LawChange.objects.count() == 1
