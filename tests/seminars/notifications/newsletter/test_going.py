"""A letter goes at its hour, once to each address, of what is new; and where nothing is, not at all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.notifications import outbox, wishes
from seminars.notifications.letters import MOST_BYTES
from seminars.notifications.models import Message, MessageState
from seminars.notifications.newsletter import editing, going, saying
from seminars.notifications.newsletter.items import Choices
from seminars.notifications.newsletter.models import Issue, IssueState
from seminars.notifications.readers import following, stopping
from seminars.notifications.readers.models import Reader, Subscription
from seminars.people.models import Community, Person
from seminars.sessions import moving
from seminars.sessions.models import MaterialKind, Session
from tests.factories import make_material, make_member, make_series, make_session, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HI = {"en": "Hello to all of you."}


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), title={"en": "Savings by phone"})


def reads(email: str, followed: Any, now: datetime, **more: Any) -> Reader:
    given = {"language": "en", "zone": "Africa/Maputo"} | more
    reader = following.follow(email=email, followed=followed, wanted=("newsletter",), now=now, **given)
    following.confirm(reader=reader, now=now)
    return reader


def started(community: Community | None, now: datetime, introduction: dict[str, str] | None = None) -> Issue:
    """A draft that goes at `now`."""
    issue = editing.begin(community=community, due_at=now, now=now)
    words = HI if introduction is None else introduction
    editing.keep(issue=issue, version=issue.version, subject={}, introduction=words, choices=Choices())
    return issue


def sent(at: datetime) -> list[str]:
    """Look and send; the addresses to which something left."""
    mail.outbox.clear()
    going.look(now=at)
    outbox.deliver(clock=lambda: at)
    return sorted(each.to[0] for each in mail.outbox)


def test_a_letter_reaches_members_and_readers_once(session: Session, now: datetime) -> None:
    community = session.series.community
    make_member(community, make_user("both@example.org"))
    make_member(community, make_user("off@example.org"))
    make_member(community, person=Person.objects.create(name="No account", email="None@example.org"))
    wishes.choose_letter(
        person=Person.objects.get(email="off@example.org"), community=community, wanted=False
    )
    reads("both@example.org", community, now)
    reads("reader@example.org", community, now)
    reads("site@example.org", None, now)
    following.follow(
        email="unsure@example.org", followed=community, wanted=("newsletter",), language="en", now=now
    )
    issue = started(community, now)
    assert sent(now) == ["both@example.org", "none@example.org", "reader@example.org"]
    issue.refresh_from_db()
    assert (issue.state, issue.number, issue.mails) == (IssueState.SENT, 1, 3)
    assert sent(now + HOUR) == []


def test_the_sites_letter_is_another_one(session: Session, now: datetime) -> None:
    make_member(session.series.community, make_user("member@example.org"))
    reads("community@example.org", session.series.community, now)
    reads("site@example.org", None, now)
    started(None, now)
    assert sent(now) == ["site@example.org"]
    assert mail.outbox[0].extra_headers["List-Id"].startswith("<newsletter.")


def test_the_words_of_the_mail(session: Session, now: datetime) -> None:
    make_material(
        make_session(session.series, wall=datetime(2026, 11, 10, 15)), MaterialKind.SLIDES, published_at=now
    )
    reads("reader@example.org", session.series.community, now)
    started(session.series.community, now + HOUR)
    sent(now + HOUR)
    told = mail.outbox[0]
    body = str(told.body)
    assert told.subject == "What is new in Savings groups"
    for each in (
        "Hello to all of you.",
        "Times by the clock in Maputo.",
        "Savings by phone",
        "Slides (PDF, 120 kB, English)",
    ):
        assert each in body
    assert "Tue 1 Dec 2026, 15:00–16:00" in body
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/communities/savings/newsletter/1/" in body


def test_nothing_new_goes_nowhere_and_says_so(session: Session, now: datetime) -> None:
    reads("reader@example.org", session.series.community, now)
    started(session.series.community, now, introduction={})
    assert sent(now) == ["reader@example.org"]  # a session to come
    started(session.series.community, now + DAY, introduction={})
    assert sent(now + DAY) == []
    last = Issue.objects.latest("pk")
    assert (last.state, last.reason_words) == (
        IssueState.LEFT_OUT,
        "Nothing was new, and there was no introduction.",
    )
    started(session.series.community, now + 2 * DAY)
    assert sent(now + 2 * DAY) == ["reader@example.org"]
    assert Issue.objects.latest("pk").number == 2


def test_a_killed_worker_loses_nobody_and_doubles_nobody(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(going, "CHUNK", 2)
    for number in range(5):
        make_member(session.series.community, make_user(f"member{number}@example.org"))
        reads(f"reader{number}@example.org", session.series.community, now)
    issue = started(session.series.community, now)
    made, post = 0, going.post

    def dies(**given: Any) -> int:
        nonlocal made
        made += 1
        if made % 2:
            raise KeyboardInterrupt
        return post(**given)

    monkeypatch.setattr(going, "post", dies)
    for _each in range(12):
        try:
            going.look(now=now)
        except KeyboardInterrupt:
            continue
    issue.refresh_from_db()
    assert issue.state == IssueState.SENT
    assert issue.mails == Message.objects.count() == 10
    assert Message.objects.values("email").distinct().count() == 10


def test_another_worker_that_took_the_piece_is_let_go_on(session: Session, now: datetime) -> None:
    make_member(session.series.community, make_user("member@example.org"))
    issue = started(session.series.community, now)
    issue.refresh_from_db()
    assert going.go(issue, now=now)
    assert not going.go(issue, now=now)
    Issue.objects.filter(pk=issue.pk).update(stage="readers", cursor=0)
    stale = Issue.objects.get(pk=issue.pk)
    assert going.write_some(stale, now=now) is None  # the last piece
    assert Issue.objects.get(pk=issue.pk).state == IssueState.SENT


def test_who_stopped_before_it_left_gets_none(session: Session, now: datetime) -> None:
    community = session.series.community
    member = make_member(community, make_user("member@example.org")).person
    reads("reader@example.org", community, now)
    reads("reader@example.org", None, now)
    started(community, now)
    going.look(now=now)
    for email, person in (("reader@example.org", None), ("member@example.org", member)):
        stop = stopping.Stop(email, person, stopping.NEWSLETTER, community)
        assert stopping.comes(stop)
        undo = stopping.end(stop, now=now)
        assert not stopping.comes(stop)
        stopping.begin(stop, undo, now=now)
        assert stopping.comes(stop)
        stopping.end(stop, now=now)
    assert sent(now) == []
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.DROPPED}
    assert Subscription.objects.filter(scope="site", newsletter=True).count() == 1  # another letter


def test_a_closed_communitys_letter_is_for_its_members(closed_community: Community, now: datetime) -> None:
    make_session(make_series(closed_community))
    make_member(closed_community, make_user("in@example.org"))
    row = Subscription(reader=reads("out@example.org", None, now), scope=f"community:{closed_community.pk}")
    row.community, row.newsletter, row.made_at, row.confirmed_at = closed_community, True, now, now
    row.save()
    started(closed_community, now)
    assert sent(now) == ["in@example.org"]


def test_it_comes_by_day(session: Session, now: datetime) -> None:
    reads("reader@example.org", session.series.community, now, zone="Pacific/Auckland")  # 01:00 there
    started(session.series.community, now)
    assert sent(now) == []
    assert sent(datetime(2026, 11, 16, 19, 0, tzinfo=UTC)) == ["reader@example.org"]


def test_what_moved_is_told_with_what_it_was(session: Session, now: datetime) -> None:
    reads("reader@example.org", session.series.community, now)
    started(session.series.community, now)
    sent(now)
    held = Session.objects.select_related("series__community").get(pk=session.pk)
    moving.reschedule(session=held, wall=datetime(2026, 12, 2, 17), now=now + HOUR, actor_id=None)
    started(session.series.community, now + DAY, introduction={})
    assert sent(now + DAY) == ["reader@example.org"]
    assert "New time: Wed 2 Dec 2026, 17:00–18:00. Was Tue 1 Dec 2026, 15:00–16:00" in str(
        mail.outbox[0].body
    )
    moving.cancel(
        session=Session.objects.get(pk=session.pk), reason="Ill", now=now + DAY + HOUR, actor_id=None
    )
    started(session.series.community, now + 2 * DAY, introduction={})
    sent(now + 2 * DAY)
    assert "Cancelled. It was to be on Wed 2 Dec 2026, 17:00–18:00" in str(mail.outbox[0].body)


def test_a_big_letter_stays_small(session: Session, now: datetime) -> None:
    for number in range(39):
        make_session(session.series, title={"en": f"A rather long title of the session number {number} " * 3})
    reads("reader@example.org", session.series.community, now)
    started(session.series.community, now, introduction={"en": "Words for you. " * 390})
    sent(now)
    told = mail.outbox[0]
    html = told.alternatives[0][0]
    assert len(str(told.body).encode()) + len(str(html).encode()) <= MOST_BYTES
    assert "more on the web" in str(told.body)
    assert "The whole introduction is on the web." in str(told.body)


def test_thousands_are_written_in_a_bounded_number_of_queries(session: Session, now: datetime) -> None:
    count = 5800
    readers = Reader.objects.bulk_create(
        Reader(
            email=f"reader{n}@example.org", token=f"t{n}", language="en", zone="Africa/Maputo", made_at=now
        )
        for n in range(count)
    )
    Subscription.objects.bulk_create(
        Subscription(
            reader=each,
            scope=f"community:{session.series.community_id}",
            newsletter=True,
            community=session.series.community,
            made_at=now,
            confirmed_at=now,
        )
        for each in readers
    )
    started(session.series.community, now)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert going.look(now=now) == count
    assert len(asked) <= 20 + 25 * (count // going.CHUNK + 2)
    assert Issue.objects.get().state == IssueState.SENT
    some = list(Message.objects.order_by("pk").select_related("person")[:100])
    many = list(Message.objects.order_by("pk").select_related("person")[:300])
    saying.facts_of_many(some, now)
    with CaptureQueriesContext(connection) as few:
        saying.facts_of_many(some, now)
    with CaptureQueriesContext(connection) as more:
        saying.facts_of_many(many, now)
    assert len(few) == len(more) <= 8
