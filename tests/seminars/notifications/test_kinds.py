"""Each kind of mail in each language: whole, small, without pictures, the text alike; nothing injected."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from seminars.followups.papers import reviewing
from seminars.followups.papers.outline import Headings, Source
from seminars.followups.papers.publishing import publish
from seminars.followups.papers.writing import begin
from seminars.notifications.kinds import KINDS
from seminars.notifications.letters import MOST_BYTES, Written, write
from seminars.people.models import Community
from seminars.sessions.models import Session, Speaker
from tests.factories import make_person, make_series, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
OF_ACCOUNTS = {"damaged-files", "erasure"}
"""They name nothing that somebody wrote."""
NASTY = "<b>Fish & “chips”</b>\r\nBcc: victim@example.org"


@pytest.fixture
def site(community: Community, now: datetime) -> None:
    """A series with a session to come and its speaker, with words that are no friends of markup."""
    name = {"en": NASTY, "sv": NASTY}
    Community.objects.filter(pk=community.pk).update(contact="us@example.org", name=name)
    series = make_series(community, title={"en": NASTY})
    session = make_session(series, title={"en": NASTY})
    Speaker.objects.create(session=session, person=make_person(name=NASTY))
    _write_paper(session, now)
    make_user()


def _write_paper(session: Session, now: datetime) -> None:
    """One that is out."""
    words = Headings("a", "b", "c", "d", "e")
    given: dict[str, Any] = {"now": now, "actor_id": None}
    sources = [Source(NASTY)]
    paper = begin(
        community=session.series.community,
        sessions=[session],
        sources=sources,
        title=NASTY,
        language="en",
        words=words,
        **given,
    )
    reviewing.approve(paper=paper, seen=1, **given)
    publish(paper=paper, seen=1, **given)


def sample(kind: str, language: str, now: datetime) -> Written:
    with translation.override(language):
        context = KINDS[kind].sample(now, "Asia/Kolkata")
    assert context is not None
    return write(kind, context, language=language, zone="Asia/Kolkata", now=now)


LINK = re.compile(r'href="(https?://[^"]+)"')
BARE = re.compile(r"https?://\S+")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", BARE.sub("", text)))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.one_database
def test_each_mail_is_whole_small_and_without_pictures(
    site: None, kind: str, language: str, now: datetime
) -> None:
    told = sample(kind, language, now)
    assert told.subject
    assert len(told.subject.splitlines()) == 1
    assert told.size <= MOST_BYTES
    assert f'lang="{language}"' in told.html
    assert not re.search(r"<img|<script|<link|<style|url\(|@import|\bsrc=", told.html)
    assert "<b>" not in told.html
    assert kind in OF_ACCOUNTS or "<b>Fish & “chips”</b>" in told.text + told.subject
    assert "&amp;" not in told.text + told.subject
    assert "{" not in told.text + told.html.replace("{}", "")
    links = {unescape(each) for each in LINK.findall(told.html)}
    assert links == set(BARE.findall(told.text))
    plain = unescape(re.sub(r"<[^>]+>", " ", told.html.partition("<body")[2]))
    missing = words(told.text) - words(plain)
    assert len(missing) <= 0.1 * len(words(told.text)), missing


def test_a_site_with_nothing_has_nothing_to_show(db: Any, now: datetime) -> None:
    assert {kind.sample(now, "") for kind in KINDS.values()} == {None}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_three_templates(kind: str) -> None:
    folder = settings.BASE_DIR / "templates" / "emails" / kind
    assert {"subject.txt", "body.txt", "body.html"} <= {each.name for each in folder.iterdir()}
