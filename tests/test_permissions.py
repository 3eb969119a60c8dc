"""Who may do what: every address, asked as every role, answers as one table says (`tests.matrix`)."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver

from seminars.notifications.readers.models import Reader
from seminars.people.membership.leaving import leave
from seminars.people.membership.models import Cohort, CohortMember
from seminars.people.models import Community, Joining, User
from seminars.series.models import Audience, Series, SeriesRole
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from tests.conftest import signed_in
from tests.factories import NOW, make_community, make_member, make_series, make_session, make_user
from tests.matrix import ROLES, by_thing, table
from tests.world import SECRET, World, addresses, make_world, said

THERE, ELSE, SIGN_IN, NOTHING, LEAK = "+", "o", "s", ".", "!"
# Own pages and what every visitor may set; what stands behind a secret link has rows of its own.
BY_SECRET = re.compile(
    r"^/(?:here|mailbox|setup|speak|poll|group|accounts|invitations|membership|mails/stop"
    r"|mails/owed|mails/in|mails/reports|reader"
    r"|registration|series-registration|suggestions|introductions|questions|certificates|reviews|providers)/<|^/me/stay/"
    r"|^/me/calendar/<|^/me/archive/<|^/me/certificates/<|^/me/tasks/<|^/mailbox/|^/setup/|^/accounts/|^/language/|^/zone/"
)


@dataclass
class Stage:
    """A community of one way of joining, with everything, and the browser of one role."""

    world: World
    extra: dict[str, str]
    browser: Client


def make_stage(joining: str, role: str) -> Stage:
    """Build it. extra: sessions and series of other standing, by what they are."""
    community = make_community(slug=f"c-{joining}", joining=joining)
    world = make_world(community)
    series = Series.objects.get(slug=world.slugs["series"])
    cohort = Cohort.objects.create(community=community, name={"en": "2027"}, made_at=NOW)
    course = make_series(community, title={"en": SECRET}, audience=Audience.COHORT, cohort=cohort)
    named = make_session(series, title={"en": SECRET}, audience=Audience.NAMED)
    extra = {
        "a cohort's series": f"/series/{course.slug}/",
        "a cohort's session": f"/sessions/{make_session(course, title={'en': SECRET}).slug}/",
        "a session of named people": f"/sessions/{named.slug}/",
        "a draft": f"/sessions/{make_session(series, published=False, title={'en': SECRET}).slug}/",
        "a withdrawn session": f"/sessions/{make_session(series, withdrawn_at=NOW, title={'en': SECRET}).slug}/",
        "a registration": f"/registration/{Registration.objects.get(session__series=series).token}/",
        "a reader's mails": f"/reader/{_reader(community).token}/",
        "a wrong link": "/registration/wrong/",
    }
    browser = _browser(role, community, series, cohort, named, extra)
    browser.raise_request_exception = False  # a page that breaks is a mark of its own
    return Stage(world, extra, browser)


def _reader(community: Community) -> Reader:
    return Reader.objects.create(
        email=f"{community.slug}@example.org", token=f"reads-{community.slug}", language="en", made_at=NOW,
        confirmed_at=NOW,
    )  # fmt: skip


def _browser(
    role: str, community: Community, series: Series, cohort: Cohort, named: Session, extra: dict[str, str]
) -> Client:
    """The browser of one role; who holds a link has opened it."""
    links = {"registrant by link": "a registration", "reader by link": "a reader's mails"}
    if role == "nobody" or role in links:
        client = Client()
        if role in links:
            assert client.get(extra[links[role]]).status_code == 200
        return client
    admin = role == "administrator"
    user = make_user(f"{role.replace(' ', '-')}@{community.slug}.example", is_staff=admin, is_superuser=admin)
    _give(role, user, community, series, cohort, named)
    return signed_in(user)


def _give(
    role: str, user: User, community: Community, series: Series, cohort: Cohort, named: Session
) -> None:
    """Make the account what its role says."""
    parts = {
        "note-taker": "note-taker",
        "host": "host",
        "series organiser": "organiser",
        "series owner": "owner",
    }
    if role in {"member", "cohort member", "former member", "organiser", "manager"}:
        of = role if role in {"organiser", "manager"} else "member"
        mine = make_member(community, user, role=of)
        if role == "cohort member":
            CohortMember.objects.create(cohort=cohort, membership=mine, since=NOW)
        if role == "former member":
            leave(membership=mine, now=NOW, actor_id=user.pk)
    elif role in parts:
        SeriesRole.objects.create(series=series, person=user.person, role=parts[role], since=NOW)
    elif role == "named guest":
        named.named.add(user.person)


def mark_of(answer: HttpResponseBase, *, names: bool) -> str:
    """What an answer means. names: whether the address names the thing, so that any page of it is the thing."""
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return SIGN_IN
    if answer.status_code == 404:
        return LEAK if SECRET in said(answer) else NOTHING
    if answer.status_code == 500:
        return LEAK
    return THERE if names or SECRET in said(answer) else ELSE


def asked(client: Client, path: str, *, names: bool) -> tuple[str, str]:
    """Return the method and the mark: what cannot be read is sent as an empty form, and taken back."""
    answer: Any = client.get(path)
    if answer.status_code != 405:
        return "see", mark_of(answer, names=names)
    with transaction.atomic():
        mark = mark_of(client.post(path), names=True)
        transaction.set_rollback(True)
    return "do", mark


def column_of(stage: Stage, *, everything: bool) -> dict[str, str]:
    """Return the mark of each row, `action address`, for the role whose stage it is."""
    rows: dict[str, str] = {}
    for route, names in sorted(dict(addresses(get_resolver())).items()):
        if not BY_SECRET.search(route) and (everything or not route.startswith(("/organise/", "/me/"))):
            action, mark = asked(stage.browser, stage.world.path(route), names=bool(names))
            rows[f"{action} {plain(route)}"] = mark
    for what, path in stage.extra.items():
        action, mark = asked(stage.browser, path, names=True)
        rows[f"{action} {what}"] = mark
        if everything and path.startswith(("/series/", "/sessions/")):
            rows[f"plan {what}"] = asked(stage.browser, f"/organise{path}", names=True)[1]
    return rows


def plain(route: str) -> str:
    """An address as people read it: `/series/…/edit/`."""
    return re.sub(r"<[^>]*>", "…", route)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("joining", Joining.values)
def test_each_role_may_what_the_table_says(joining: str, role: str) -> None:
    found = column_of(make_stage(joining, role), everything=joining == Joining.CLOSED)
    if folder := os.environ.get("MERIDIAN_FOUND"):
        Path(folder, f"{joining}-{role}.json").write_text(json.dumps(found))
    expected = {row: marks[ROLES.index(role)] for row, marks in table().get(joining, {}).items()}
    if set(expected.values()) <= {"?"}:
        pytest.skip("the table does not say it yet: see tests/matrix.py")
    assert by_thing(found) == by_thing(expected)


OUTSIDE = [ROLES.index(role) for role in ROLES[:5]]
OWN_LINKS = {"see a registration", "see a reader's mails"}


def test_the_table_opens_nothing_closed_to_outsiders_and_no_planning_to_members() -> None:
    """What the table says is right, whoever wrote it down."""
    for joining, rows in table().items():
        for row, marks in rows.items():
            assert "!" not in marks, row
            plans = "/organise/" in row or row.startswith("plan ")
            if row not in OWN_LINKS and "/me/" not in row and (plans or joining == Joining.CLOSED):
                assert not {marks[at] for at in OUTSIDE} & {"+"}, row
            if plans:
                assert marks[ROLES.index("member")] != "+", row
                assert marks[ROLES.index("cohort member")] != "+", row
