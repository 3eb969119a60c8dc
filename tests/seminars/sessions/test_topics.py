"""Topics of sessions and series: given, taken, renamed; and which counters rise."""

import pytest

from seminars.changes.models import Change, Version
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Audience, Series
from seminars.series.topics.models import TopicSlug
from seminars.series.topics.naming import make
from seminars.sessions import materials
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale, revise
from seminars.sessions.speakers import set_speakers
from seminars.sessions.topics import (
    about,
    rename_topic,
    set_series_topics,
    set_session_topics,
    topics_seen_by,
)
from tests.factories import NOW, make_person, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(community: Community) -> Series:
    return make_series(community, slug="talks")


@pytest.fixture
def session(series: Series) -> Session:
    return make_session(series)


def numbers() -> dict[str, int]:
    """Return every counter."""
    return dict(Version.objects.values_list("scope", "number"))


def rises(before: dict[str, int]) -> set[str]:
    """Return the areas and names of counters that rose."""
    return {scope for scope, number in numbers().items() if number > before.get(scope, 0)}


def give(session: Session, *names: str) -> Session:
    return set_session_topics(session=Session.objects.get(pk=session.pk), names=names, now=NOW, actor_id=None)


class TestGiving:
    def test_a_session_is_told_anew_and_the_same_again_writes_nothing(self, session: Session) -> None:
        give(session, "Savings", "Gender")
        after = Session.objects.get(pk=session.pk)
        assert (after.revision, after.sequence) == (2, 1)
        assert [topic.slug for topic in after.topics.all()] == ["gender", "savings"]
        assert Change.objects.filter(kind="topics").get().note == "savings, gender"
        before = numbers()
        give(session, "gender", "savings")
        assert rises(before) == set()
        assert Session.objects.get(pk=session.pk).revision == 2

    def test_the_topic_that_is_left_is_counted_too(self, session: Session) -> None:
        give(session, "Savings")
        left = TopicSlug.objects.get(slug="savings").topic_id
        before = numbers()
        give(session, "Gender")
        entered = TopicSlug.objects.get(slug="gender").topic_id
        assert {f"topic:{left}", f"topic:{entered}", f"series:{session.series_id}"} <= rises(before)

    def test_a_series_gives_to_all_its_sessions(self, series: Series, session: Session) -> None:
        other = make_session(make_series(series.community))
        set_series_topics(series=series, names=["Savings"], now=NOW, actor_id=None)
        topic = series.topics.get()
        assert list(Session.objects.filter(about([topic.pk]))) == [session]
        assert Session.objects.get(pk=session.pk).revision == 2
        assert Session.objects.get(pk=other.pk).revision == 1
        before = numbers()
        set_series_topics(series=series, names=[], now=NOW, actor_id=None)
        assert f"topic:{topic.pk}" in rises(before)
        assert Session.objects.get(pk=session.pk).revision == 3

    def test_a_stale_form_is_told(self, session: Session) -> None:
        with pytest.raises(Stale):
            set_session_topics(session=session, names=["x1"], now=NOW, actor_id=None, seen=7)
        assert not session.topics.exists()


class TestRenaming:
    def test_the_old_address_leads_on_and_calendars_are_told(self, session: Session) -> None:
        give(session, "Savings")
        topic = session.topics.get()
        before = numbers()
        rename_topic(topic=topic, name={"en": "Saving together"}, slug="saving", now=NOW, actor_id=None)
        assert {each.slug for each in topic.slugs.all()} == {"savings", "saving"}
        assert Session.objects.get(pk=session.pk).revision == 3
        assert f"topic:{topic.pk}" in rises(before)
        # The former name stays taken, so that nobody's subscription is filled with something else.
        assert make(name="Savings!", language="en", now=NOW).slug == "savings-2"

    @pytest.mark.parametrize(
        ("name", "slug", "field"),
        [({}, "x", "name"), ({"en": " "}, "x", "name"), ({"en": "x" * 61}, "x", "name"),
         ({"en": "A"}, "Not a slug", "slug"), ({"en": "A"}, "gender", "slug"), ({"en": "A"}, "x" * 51, "slug")],
    )  # fmt: skip
    def test_what_cannot_be(self, name: dict[str, str], slug: str, field: str) -> None:
        topic = make(name="Savings", language="en", now=NOW)
        make(name="Gender", language="en", now=NOW)
        with pytest.raises(UserError) as refused:
            rename_topic(topic=topic, name=name, slug=slug, now=NOW, actor_id=None)
        assert list(refused.value.fields) == [field]
        topic.refresh_from_db()
        assert (topic.slug, topic.name) == ("savings", {"en": "Savings"})


class TestCounters:
    """Each write raises the counters of every feed that may show the session before or after it; and no others."""

    def test_all_that_a_feed_may_choose_by(self, session: Session, series: Series) -> None:
        person = make_person()
        set_speakers(session=session, speakers=[(person, "speaker", "")], now=NOW, actor_id=None)
        give(session, "Savings")
        set_series_topics(series=series, names=["Gender"], now=NOW, actor_id=None)
        make_session(make_series(series.community))
        topics = {f"topic:{each.pk}" for each in [*session.topics.all(), *series.topics.all()]}
        before = numbers()
        revise(Session.objects.get(pk=session.pk), kind="edited", now=NOW, title={"en": "New"})
        assert rises(before) == topics | {
            "site", f"series:{series.pk}", f"community:{series.community_id}", "language:en", f"speaker:{person.pk}",
        }  # fmt: skip

    def test_a_speaker_who_leaves(self, session: Session) -> None:
        first, second = make_person(), make_person()
        set_speakers(session=session, speakers=[(first, "speaker", "")], now=NOW, actor_id=None)
        before = numbers()
        session.refresh_from_db()
        set_speakers(session=session, speakers=[(second, "speaker", "")], now=NOW, actor_id=None)
        assert {f"speaker:{first.pk}", f"speaker:{second.pk}"} <= rises(before)

    def test_another_language_is_left_and_entered(self, session: Session) -> None:
        before = numbers()
        revise(session, kind="edited", now=NOW, language="fr")
        assert {"language:en", "language:fr"} <= rises(before)

    def test_the_archive_and_other_peoples_events(self, session: Session, community: Community) -> None:
        before = numbers()
        source = make_person().uuid
        materials.publish(
            source=source, session=session, kind="recording", title={"en": "R"}, path="/x", now=NOW
        )
        assert "only:archive" in rises(before)
        before = numbers()
        materials.withdraw(source=source, now=NOW)
        assert "only:archive" in rises(before)
        foreign = make_session(make_series(community, external=True))
        before = numbers()
        revise(foreign, kind="edited", now=NOW, title={"en": "New"})
        assert {"only:external", "only:archive"} & rises(before) == {"only:external"}


class TestWhoSeesATopic:
    def test_only_with_something_to_see(self, community: Community, closed_community: Community) -> None:
        """A closed community's topic, one of a draft, of the invited only, of a withdrawn session, of nothing."""
        secret = make_series(closed_community)
        open_series, draft = make_series(community), make_series(community, published_at=None)
        give(make_session(secret), "Closed")
        give(make_session(open_series, audience=Audience.NAMED), "Named")
        give(make_session(open_series, audience=Audience.MEMBERS), "Members")
        give(make_session(open_series, published=False), "Draft session")
        give(make_session(open_series, withdrawn_at=NOW), "Withdrawn")
        set_series_topics(series=draft, names=["Draft"], now=NOW, actor_id=None)
        set_series_topics(series=secret, names=["Closed series"], now=NOW, actor_id=None)
        make(name="Nothing", language="en", now=NOW)
        give(make_session(open_series), "Open")
        set_series_topics(series=open_series, names=["Open series"], now=NOW, actor_id=None)
        names = dict(TopicSlug.objects.values_list("topic_id", "slug"))
        assert sorted(names[pk] for pk in topics_seen_by(NOBODY)) == ["open", "open-series"]
        everything = topics_seen_by(Visitor(1, is_admin=True))
        assert sorted(names[pk] for pk in everything) == [
            "closed", "closed-series", "members", "named", "open", "open-series",
        ]  # fmt: skip
