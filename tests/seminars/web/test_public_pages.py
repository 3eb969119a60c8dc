"""Home, communities, series and sessions: who sees what, and how many questions that costs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.followups.models import Owed
from seminars.people.models import Community
from seminars.series.models import Audience
from seminars.templatetags.meridian import say
from tests.factories import NOW, make_community, make_material, make_person, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
WALL = datetime(2026, 11, 16, 14, 0)  # NOW in Johannesburg


@pytest.fixture
def browsers(request: pytest.FixtureRequest) -> Callable[[str], Client]:
    """The browser of one of the cast, by name."""
    return lambda name: request.getfixturevalue(f"as_{name}")


def closed_things(community: Community) -> dict[str, str]:
    """Addresses of a closed community's things, with a word that must not leak."""
    series = make_series(community, slug="inner", title={"en": "Whispered series"})
    make_session(series, wall=WALL + timedelta(days=1), title={"en": "Whispered session"})
    ended = make_session(series, wall=WALL - timedelta(days=9), title={"en": "Whispered recording"})
    make_material(ended)
    return {
        f"/communities/{community.slug}/": "The cohort",
        "/series/inner/": "Whispered",
        "/sessions/inner-1/": "Whispered",
        "/sessions/inner-2/": "Whispered",
        "/sessions/inner-1/join": "Whispered",
    }


@pytest.mark.parametrize(
    ("name", "status"), [("nobody", 404), ("stranger", 404), ("member", 200), ("organiser", 200)]
)
def test_closed_things_are_there_for_members_only(
    browsers: Any, closed_community: Community, name: str, status: int
) -> None:
    client = browsers(name)
    for address, word in closed_things(closed_community).items():
        answer = client.get(address)
        assert answer.status_code == status, address
        assert (word in answer.content.decode()) == (status == 200), address


@pytest.mark.parametrize(
    ("name", "seen"), [("nobody", False), ("stranger", False), ("member", True), ("organiser", True)]
)
def test_home_tells_nobody_of_closed_things(
    browsers: Any, closed_community: Community, name: str, seen: bool
) -> None:
    closed_things(closed_community)
    assert ("Whispered" in browsers(name).get("/").content.decode()) == seen


@pytest.mark.parametrize(
    ("name", "status"), [("nobody", 404), ("stranger", 404), ("member", 404), ("organiser", 200)]
)
def test_drafts_are_seen_by_organisers(browsers: Any, community: Community, name: str, status: int) -> None:
    series = make_series(community, slug="draft", published_at=None)
    make_session(series, published=False)
    client = browsers(name)
    assert [client.get(each).status_code for each in ("/series/draft/", "/sessions/draft-1/")] == [status] * 2


def test_a_session_may_be_narrower_than_its_community(community: Community, as_member: Client) -> None:
    narrow = make_session(make_series(community, slug="assist"), audience=Audience.NAMED)
    assert as_member.get(f"/sessions/{narrow.slug}/").status_code == 404
    assert narrow.slug not in as_member.get("/").content.decode()


def test_missing_and_hidden_look_the_same(closed_community: Community, as_nobody: Client) -> None:
    hidden = as_nobody.get(f"/communities/{closed_community.slug}/").content.decode()
    missing = as_nobody.get("/communities/missing/").content.decode()
    assert hidden.replace(closed_community.slug, "") == missing.replace("missing", "")


def test_an_empty_site_has_words(as_nobody: Client, db: None) -> None:
    page = as_nobody.get("/").content.decode()
    assert "Nothing is planned at the moment" in page
    assert "after the first sessions" in page


def test_the_icon_answers_where_browsers_ask_for_it_unasked(as_nobody: Client) -> None:
    answer = as_nobody.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"] in as_nobody.get("/").content.decode()
    assert "max-age" in answer["Cache-Control"]
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies


def fill(community: Community, count: int) -> None:
    """`count` series, each with sessions ahead and behind, materials and speakers."""
    for _ in range(count):
        series = make_series(community, form="hybrid")
        Owed.objects.create(series=series, kind="recording", days=2)
        for days in (-9, -2, 1, 30):
            session = make_session(series, wall=WALL + timedelta(days=days))
            session.speakers.create(person=make_person())
            if days < 0:
                make_material(session)
                make_material(session, "recording", media_type="video/mp4")


@pytest.mark.parametrize("name", ["nobody", "organiser"])
@pytest.mark.parametrize(
    "kind",
    ["/", "/communities/{community}/", "/series/{series}/", "/sessions/{series}-1/", "/sessions/{series}-3/"],
)
def test_questions_do_not_grow_with_rows(browsers: Any, community: Community, name: str, kind: str) -> None:
    client = browsers(name)
    first = make_series(community, slug="counted")
    make_material(make_session(first, wall=WALL - timedelta(days=3)))
    make_session(first, wall=WALL + timedelta(days=3))
    make_session(first, wall=WALL + timedelta(days=4))
    address = kind.format(community=community.slug, series=first.slug)
    few = queries(client, address)
    fill(community, 4)
    for days in range(10, 20):
        each = make_session(first, wall=WALL + timedelta(days=days))
        each.speakers.create(person=make_person())
        make_material(make_session(first, wall=WALL - timedelta(days=days)))
    many = queries(client, address)
    # Django asks nothing for relations of no rows, so a page with speakers may ask once more than one without.
    assert few <= many <= few + 1
    # Of these, four are for who is signed in: the account, and what they plan and are registered for.
    assert many <= (18 if name != "nobody" else 15 if "/sessions/" in kind else 14)
    fill(community, 3)
    assert queries(client, address) == many


def queries(client: Client, address: str) -> int:
    """How many questions a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(asked)


def test_static_addresses_ask_nothing(as_nobody: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        robots = as_nobody.get("/robots.txt").content.decode()
        assert "Disallow: /me/" in robots
        assert "Allow: /me/calendar/" in robots  # Google's calendar asks this file before it reads a feed
        assert as_nobody.get("/zone/").status_code == 200
        assert as_nobody.get("/no/such/page/").status_code == 404


def test_headers_keep_others_out(as_nobody: Client, db: None) -> None:
    answer = as_nobody.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert " style=" not in answer.content.decode()


def test_the_accent_is_the_community_s(community: Community, as_nobody: Client) -> None:
    Community.objects.filter(pk=community.pk).update(accent="#f2c200")
    answer = as_nobody.get(f"/communities/{community.slug}/")
    nonce = answer.content.decode().split('<style nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert "--accent:#f2c200" in answer.content.decode()  # in the dark it can be read as it is


def test_language_can_be_switched(as_nobody: Client, community: Community) -> None:
    answer = as_nobody.post(
        "/language/", {"language": "sv", "next": f"/communities/{community.slug}/"}, follow=True
    )
    page = answer.content.decode()
    assert '<html lang="sv">' in page
    assert "Spargrupper" in page


def test_words_in_another_language_say_so(as_nobody: Client, community: Community) -> None:
    series = make_series(community, slug="svensk", title={"sv": "Kursträff"})
    assert '<span lang="sv">Kursträff</span>' in as_nobody.get(f"/series/{series.slug}/").content.decode()


def test_words_that_run_the_other_way_say_so(as_nobody: Client, community: Community) -> None:
    given = {"title": {"ar": "التمويل (2026)"}, "abstract": {"ar": "ندوة من مصر والمغرب."}}
    session = make_session(make_series(community), **given)
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert '<span lang="ar" dir="rtl">التمويل (2026)</span>' in page
    assert '<p lang="ar" dir="rtl">ندوة من مصر والمغرب.</p>' in page
    assert '<span lang="x-own">Ours</span>' in say({"x-own": "Ours"}), "nobody knows which way this one runs"


def test_organisers_are_led_to_their_pages(as_organiser: Client, as_member: Client) -> None:
    assert 'href="/organise/"' in as_organiser.get("/").content.decode()
    assert 'href="/organise/"' not in as_member.get("/").content.decode()


def test_past_sessions_can_all_be_listed(as_nobody: Client, community: Community) -> None:
    series = make_series(community, slug="long")
    for days in range(1, 20):
        make_session(series, wall=WALL - timedelta(days=days))
    assert as_nobody.get("/series/long/").content.decode().count("/sessions/long-") == 12
    assert as_nobody.get("/series/long/?past=all").content.decode().count("/sessions/long-") == 19
    assert NOW


def test_communities_stand_by_the_names_that_are_read_not_by_their_addresses(as_nobody: Client) -> None:
    make_community(slug="aa", name={"en": "Zinc traders"})
    make_community(slug="zz", name={"en": "apple growers"})
    named = [each.name["en"] for each in as_nobody.get("/").context["communities"]]
    assert named == sorted(named, key=str.casefold)
    assert {"Zinc traders", "apple growers"} <= set(named)


def test_who_is_signed_in_is_not_sent_to_sign_in(as_nobody: Client, as_member: Client) -> None:
    assert "/accounts/login/?next=/nothing/" in as_nobody.get("/nothing/").content.decode()
    assert "/accounts/login/" not in as_member.get("/nothing/").content.decode()
