"""Newsletters on the web: who may read, who may write, what is for members only, and in how many queries."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.notifications.newsletter import editing, going
from seminars.notifications.newsletter.models import Issue, IssueState
from seminars.people.models import Community, User
from seminars.series.resources.models import Resource
from seminars.sessions.models import Session
from tests.conftest import signed_in
from tests.factories import NOW, make_series, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def letter(community: Community | None, number: int = 1, **columns: Any) -> Issue:
    """An issue that went, with what there was."""
    given = {"scope": f"community:{community.pk}" if community else "site", "community": community}
    issue = Issue(since=NOW - timedelta(days=31), made_at=NOW, **given)
    items = [each.kept() for each in editing.items_of(issue, now=NOW)]
    whole = {
        "state": "sent",
        "number": number,
        "went_at": NOW,
        "items": items,
        "subject": {"en": f"News {number}"},
    }
    return Issue.objects.create(**given, since=NOW, made_at=NOW, **whole | columns)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_closed_communitys_issues_are_for_members(
    closed_community: Community, as_member: Client, as_nobody: Client
) -> None:
    letter(closed_community)
    base = "/communities/cohort/newsletter/"
    for path in (base, f"{base}1/"):
        assert as_nobody.get(path).status_code == 404
        assert "News 1" in page(as_member, path)
    assert as_nobody.get(f"{base}changes.atom").status_code == 404
    assert "cohort" not in as_nobody.get("/newsletter/changes.atom").content.decode()


def test_what_is_for_members_only_is_said_but_not_shown(
    community: Community, as_member: Client, as_nobody: Client
) -> None:
    Community.objects.filter(pk=community.pk).update(joining="request")
    community.refresh_from_db()
    Resource.objects.create(
        community=community,
        title="A grant of ours",
        url="https://x.example/",
        state="published",
        posted_at=NOW,
        changed_at=NOW,
        published_at=NOW,
    )
    make_session(make_series(community), title={"en": "For all"})
    letter(community)
    assert "A grant of ours" in page(as_member, "/communities/savings/newsletter/1/")
    seen = page(as_nobody, "/communities/savings/newsletter/1/")
    assert "A grant of ours" not in seen
    assert "1 thing more is for members only." in seen
    assert "For all" in seen
    assert "A grant" not in as_nobody.get("/communities/savings/newsletter/changes.atom").content.decode()


def test_a_withdrawn_session_leaves_the_page(community: Community, as_nobody: Client) -> None:
    session = make_session(make_series(community), title={"en": "Taken back"})
    letter(community)
    letter(None)
    for path in ("/communities/savings/newsletter/1/", "/newsletter/1/"):
        assert "Taken back" in page(as_nobody, path)
    Session.objects.filter(pk=session.pk).update(withdrawn_at=NOW)
    for path in ("/communities/savings/newsletter/1/", "/newsletter/1/"):
        assert "Taken back" not in page(as_nobody, path)


def test_the_sites_letter_is_written_by_administrators(organiser: User, administrator: User) -> None:
    for path in ("/organise/newsletter/", "/organise/newsletter/draft/"):
        assert signed_in(organiser).get(path).status_code == 404
    admin = signed_in(administrator)
    assert "Begin the next issue" in page(admin, "/organise/newsletter/")
    assert admin.post("/organise/newsletter/begin/", follow=True).status_code == 200
    assert "Newsletter of" in page(admin, "/organise/")


def test_the_plan_is_kept_and_bad_input_is_said(community: Community, organiser: User) -> None:
    client, base = signed_in(organiser), "/organise/communities/savings/newsletter/"
    good = {"every": "month", "weekday": "0", "day": "1", "hour": "9"}
    assert client.post(base, good | {"hour": "25"}).status_code == 422
    assert client.post(base, good).status_code == 302
    assert "It goes out on 1 December 2026, 07:00 UTC" in page(client, base)
    assert "It comes every month." in page(client, "/communities/savings/newsletter/")


def test_an_editor_orders_and_adds_what_they_may(community: Community, organiser: User) -> None:
    series = make_series(community)
    first, second = (make_session(series, title={"en": name}) for name in ("Alpha", "Beta"))
    old = make_session(series, wall=datetime(2020, 1, 7, 15), title={"en": "From long ago"})
    foreign = make_session(make_series(), wall=datetime(2020, 1, 7, 15))
    client, path = signed_in(organiser), "/organise/communities/savings/newsletter/draft/"
    assert client.get(path).status_code == 404
    client.post("/organise/communities/savings/newsletter/begin/")
    refs = [f"session:{each.uid}" for each in (first, second)]
    ticked = {"listed": refs, **{f"in-{each}": "on" for each in refs}}
    client.post(path, ticked | {"version": "1", "do": f"down:{refs[0]}"})
    seen = page(client, path)
    assert seen.index("Beta") < seen.index("Alpha")
    wrong = client.post(path, ticked | {"version": "2", "add": f"https://x.example/sessions/{foreign.slug}/"})
    assert "This is not the address of a session" in wrong.content.decode()
    client.post(path, ticked | {"version": "2", "add": f"https://x.example/sessions/{old.slug}/"})
    assert "From long ago" in page(client, path)
    client.post("/organise/communities/savings/newsletter/end/", {"do": "leave-out"})
    assert Issue.objects.get().state == IssueState.LEFT_OUT
    assert "The editor left it out." in page(client, "/organise/communities/savings/newsletter/")


def test_lists_and_pages_take_as_many_queries_as_ever(
    community: Community, as_nobody: Client, organiser: User
) -> None:
    client, counts = signed_in(organiser), []
    series = make_series(community)
    paths = ("/communities/savings/newsletter/", "/communities/savings/newsletter/changes.atom")
    desk = "/organise/communities/savings/newsletter/"
    editing.begin(community=community, due_at=None, now=NOW)
    for number in (1, 2, 20):
        for each in range(max(1, number // 3)):
            make_session(series, title={"en": f"Session {number} {each}"})
        letter(community, number)
        asked = []
        for who, path in [*((as_nobody, each) for each in paths), (client, desk), (client, f"{desk}draft/")]:
            with CaptureQueriesContext(connection) as queries:
                page(who, path)
            asked.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            page(as_nobody, f"/communities/savings/newsletter/{number}/")
        counts.append([*asked, len(queries)])
    assert counts[1] == counts[2]


def test_a_member_switches_it_off_among_their_mails(community: Community, as_member: Client) -> None:
    person = make_user("x@example.org")
    assert person
    name = f"newsletter-{community.pk}"
    assert f'name="{name}" checked' in page(as_member, "/me/mails/")
    as_member.post("/me/mails/", {"own": ""})
    assert f'name="{name}" checked' not in page(as_member, "/me/mails/")
    Issue.objects.create(
        scope=f"community:{community.pk}",
        community=community,
        since=NOW,
        due_at=NOW,
        made_at=NOW,
        introduction={"en": "Hello"},
    )
    assert going.look(now=NOW) == 0
