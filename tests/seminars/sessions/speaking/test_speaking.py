"""Those who appear at a session: their link, their answers, how far they are."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community, Person
from seminars.sessions import moving
from seminars.sessions.models import Session, Speaker
from seminars.sessions.revising import Stale
from seminars.sessions.speakers import set_speakers
from seminars.sessions.speaking import answering
from seminars.sessions.speaking.asking import (
    LinkEnded,
    UnknownLink,
    link_of,
    make_link,
    opened,
    revoke_link,
)
from seminars.sessions.speaking.models import Engagement, SpeakerLink
from seminars.sessions.speaking.stages import refusing, stages_of
from tests.factories import make_material, make_person, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    return make_person(name="Ana Ruiz", zone="America/Mexico_City")


@pytest.fixture
def session(community: Community, ana: Person) -> Session:
    """A session of 1 December 2026, 13:00 UTC, without words, at which Ana speaks."""
    found = make_session(make_series(community), title={}, abstract={})
    Speaker.objects.create(session=found, person=ana)
    return found


@pytest.fixture
def link(session: Session, ana: Person, now: datetime) -> SpeakerLink:
    return make_link(session=session, person=ana, now=now, actor_id=None)


def step(session: Session) -> list[str]:
    """The steps that are done by the first who appears."""
    session = Session.objects.get(pk=session.pk)
    return [each.name for each in stages_of(session, session.speakers.all())[0].steps if each.done]


def test_a_link_asked_for_twice_is_the_same(link: SpeakerLink, session: Session, ana: Person) -> None:
    again = make_link(session=session, person=ana, now=link.made_at, actor_id=None)
    assert again == link
    assert Change.objects.filter(kind="speaker-asked").count() == 1


def test_only_who_appears_is_asked(session: Session, now: datetime) -> None:
    with pytest.raises(UserError, match="Add this person"):
        make_link(session=session, person=make_person(), now=now, actor_id=None)
    assert not SpeakerLink.objects.exists()


def test_each_step_is_done_by_fact(link: SpeakerLink, session: Session, now: datetime) -> None:
    engagement = link.engagement
    assert step(session) == ["asked"]
    answering.answer(engagement=engagement, comes=True, words="", now=now)
    assert step(session) == ["asked", "confirmed"]
    answering.write(engagement=engagement, title="Savings", abstract="By phone", seen=None, now=now)
    assert step(session) == ["asked", "confirmed", "words"]
    answering.consent(engagement=engagement, may_record=True, may_publish=True, licence="cc-by-4.0", now=now)
    make_material(session, "slides")
    assert step(session) == ["asked", "confirmed", "words", "consent", "slides"]


def test_a_moderator_owes_no_words_and_no_slides(session: Session, ana: Person) -> None:
    Speaker.objects.update(role="moderator")
    steps = stages_of(session, session.speakers.all())[0].steps
    assert [each.name for each in steps] == ["asked", "confirmed", "consent"]


def test_words_go_into_the_session_with_their_change(link: SpeakerLink, now: datetime) -> None:
    answering.write(engagement=link.engagement, title=" Savings ", abstract="", seen=None, now=now)
    session = Session.objects.get()
    assert (session.title, session.revision) == ({"en": "Savings"}, 2)
    assert set(
        Change.objects.filter(kind__in=["edited", "speaker-wrote"]).values_list("kind", flat=True)
    ) == {
        "edited",
        "speaker-wrote",
    }
    answering.write(engagement=link.engagement, title="Savings", abstract="", seen=None, now=now)
    assert Change.objects.filter(kind="speaker-wrote").count() == 1


def test_words_in_other_languages_stay(link: SpeakerLink, session: Session, now: datetime) -> None:
    moving.edit(session=session, title={"sv": "Spargrupper", "en": "Old"}, now=now, actor_id=None)
    engagement = Engagement.objects.get()
    answering.write(engagement=engagement, title="New", abstract="", seen=None, now=now)
    assert Session.objects.get().title == {"sv": "Spargrupper", "en": "New"}


def test_words_over_another_version_are_refused(link: SpeakerLink, session: Session, now: datetime) -> None:
    moving.edit(session=session, title="Theirs", now=now, actor_id=None)
    with pytest.raises(Stale):
        answering.write(engagement=link.engagement, title="Mine", abstract="", seen=1, now=now)
    assert Session.objects.get().title == {"en": "Theirs"}
    assert not Change.objects.filter(kind="speaker-wrote").exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"may_record": True, "may_publish": True, "licence": "cc-by-4.0"}, (True, True, "cc-by-4.0")),
        ({"may_record": True, "may_publish": False, "licence": "cc-by-4.0"}, (True, False, "")),
        ({"may_record": False, "may_publish": True, "licence": ""}, (False, False, "")),
    ],
)
def test_consent_is_kept_with_its_day(
    link: SpeakerLink, session: Session, now: datetime, given: dict[str, Any], kept: tuple[object, ...]
) -> None:
    answering.consent(engagement=link.engagement, now=now, **given)
    found = Engagement.objects.get()
    assert (found.may_record, found.may_publish, found.licence) == kept
    assert found.consented_at == now
    assert refusing(session) == ([] if kept[1] else ["Ana Ruiz"])


def test_publishing_needs_its_terms(link: SpeakerLink, now: datetime) -> None:
    with pytest.raises(UserError) as refused:
        answering.consent(engagement=link.engagement, may_record=True, may_publish=True, licence="", now=now)
    assert set(refused.value.fields) == {"licence"}
    assert Engagement.objects.get().consented_at is None


def test_the_same_answer_again_writes_nothing(link: SpeakerLink, now: datetime) -> None:
    for _time in range(2):
        answering.answer(engagement=link.engagement, comes=False, words="Ill", now=now)
    assert Change.objects.filter(kind="speaker-declined").count() == 1


def test_a_link_works_until_well_after_its_session(link: SpeakerLink, session: Session) -> None:
    assert session.ends_at
    Session.objects.update(ends_at=session.ends_at + timedelta(days=200))
    late = session.ends_at + timedelta(days=229)
    assert opened(link.token, now=late).pk == link.pk
    with pytest.raises(LinkEnded, match="too old"):
        opened(link.token, now=late + timedelta(days=2))


def test_an_old_link_gives_way_to_a_new_one(link: SpeakerLink, session: Session, ana: Person) -> None:
    answering.answer(engagement=link.engagement, comes=True, words="", now=link.made_at)
    new = make_link(session=session, person=ana, now=link.made_at + timedelta(days=120), actor_id=None)
    assert new.token != link.token
    assert new.engagement.answer == "confirmed"


def test_ended_links_say_why(link: SpeakerLink, session: Session, ana: Person, now: datetime) -> None:
    with pytest.raises(UnknownLink):
        opened("never-made", now=now)
    set_speakers(session=session, speakers=[], now=now, actor_id=None)
    with pytest.raises(LinkEnded, match="no longer on the list"):
        opened(link.token, now=now)
    set_speakers(session=session, speakers=[(ana, "host", "")], now=now, actor_id=None)
    assert opened(link.token, now=now).opened_at == now
    assert revoke_link(session=session, person=ana, now=now, actor_id=None)
    assert not revoke_link(session=session, person=ana, now=now, actor_id=None)
    assert link_of(session, ana) is None
    with pytest.raises(LinkEnded, match="ended this link"):
        opened(link.token, now=now)
    moving.withdraw(session=session, reason="Law", now=now, actor_id=None)
    with pytest.raises(LinkEnded, match="withdrawn"):
        opened(link.token, now=now)


def test_a_zone_is_checked(ana: Person) -> None:
    with pytest.raises(UserError):
        answering.set_zone(person=ana, zone="Moon/Base")
    assert answering.set_zone(person=ana, zone="Asia/Calcutta").zone == "Asia/Kolkata"
