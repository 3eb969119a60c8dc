"""Who wants a mail when something moves: what each person chose, and the usual where they chose nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet

from seminars.changes.recording import note
from seminars.notifications.models import LetterOff, RequestsOff, Wish
from seminars.people.membership.models import CohortMember
from seminars.people.models import Community, Joining, Person, Role
from seminars.series.models import Audience
from seminars.sessions.models import Session

_SALT = "seminars.notifications.wishes"


class UnknownStop(Exception):
    """The address is not one of ours, or the person or the community is gone."""


def usual(community: Community, *, close: bool = False) -> bool:
    """Return what counts for who chose nothing: yes for the invited and speakers (`close`), and where one was taken in.

    Who belongs to an open community may never have asked to be written to.
    """
    return close or community.joining != Joining.OPEN


def wants(person: Person, community: Community, *, close: bool = False) -> bool:
    """Return whether the person wants a mail when something of the community moves."""
    wish = Wish.objects.filter(person=person, community=community).first()
    return wish.moves if wish else usual(community, close=close)


def choose(*, person: Person, community: Community, moves: bool, now: datetime) -> None:
    """Keep what the person wants. now: aware UTC. The same again writes nothing."""
    with transaction.atomic():
        wish, made = Wish.objects.get_or_create(person=person, community=community, defaults={"moves": moves})
        if not made and wish.moves == moves:
            return
        Wish.objects.filter(pk=wish.pk).update(moves=moves)
        note(kind="wish", subject=f"person:{person.uuid}", now=now, after={"moves": moves})


def gets_letter(person: Person, community: Community) -> bool:
    """Return whether the newsletter of a community comes by membership: it does until somebody says no."""
    off = LetterOff.objects.filter(person=person, community=community).exists()
    return not off and person.memberships.filter(community=community).exists()


def choose_letter(*, person: Person, community: Community, wanted: bool) -> None:
    """Keep whether the newsletter of a community comes by membership."""
    rows = LetterOff.objects.filter(person=person, community=community)
    if wanted:
        rows.delete()
    else:
        LetterOff.objects.bulk_create([LetterOff(person=person, community=community)], ignore_conflicts=True)


def is_organiser(person: Person, community: Community) -> bool:
    """Return whether the person plans for the community, so that mails to organisers come."""
    return person.memberships.filter(community=community, role__in=Role.organising()).exists()


def gets_requests(person: Person, community: Community) -> bool:
    """Return whether a mail comes when people ask to join: to organisers, until they say no."""
    off = RequestsOff.objects.filter(person=person, community=community).exists()
    return not off and is_organiser(person, community)


def choose_requests(*, person: Person, community: Community, wanted: bool) -> None:
    """Keep whether a mail comes when people ask to join the community."""
    rows = RequestsOff.objects.filter(person=person, community=community)
    if wanted:
        rows.delete()
    else:
        RequestsOff.objects.bulk_create(
            [RequestsOff(person=person, community=community)], ignore_conflicts=True
        )


def stop_token(person: Person, community: Community) -> str:
    """Return the token of the link in each mail that ends these mails, or begins them again: good for ever."""
    return signing.dumps([person.pk, community.pk], salt=_SALT, compress=True)


def stopped_by(token: str) -> tuple[Person, Community]:
    """Return whose mails about which community a token names. Raises UnknownStop."""
    try:
        person_id, community_id = signing.loads(token, salt=_SALT)
        return Person.objects.get(pk=person_id), Community.objects.get(pk=community_id)
    except (
        signing.BadSignature,
        Person.DoesNotExist,
        Community.DoesNotExist,
        TypeError,
        ValueError,
    ) as wrong:
        raise UnknownStop from wrong


def readers_of(session: Session, members: Iterable[Person], wished: dict[int, bool]) -> dict[int, Person]:
    """Return who is told when `session` moves, by id: members, invited people and speakers who want it.

    members: of its community. wished: what each chose, by person. Load `named` and `speakers__person` with it.
    """
    community, found = session.series.community, {}
    if session.audience != Audience.NAMED:
        found = {each.pk: each for each in members if wished.get(each.pk, usual(community))}
    if session.audience == Audience.COHORT:  # one query for each such session that moved
        inside = set(_cohort(session).values_list("membership__person_id", flat=True))
        found = {pk: each for pk, each in found.items() if pk in inside}
    close = [*session.named.all(), *(each.person for each in session.speakers.all())]
    return found | {each.pk: each for each in close if wished.get(each.pk, usual(community, close=True))}


def is_told(person: Person, community: Community) -> bool:
    """Return whether the person is told what moves there as a member, an invited person or a speaker."""
    near = Q(named=person) | Q(speakers__person=person)
    close = Session.objects.published().filter(near, series__community=community).exists()
    member = person.memberships.filter(community=community).exists()
    return (close or member) and wants(person, community, close=close)


def still_reads(person: Person, sessions: Iterable[Session], community: Community) -> bool:
    """Return whether the person is still one of those who are told about any of `sessions`."""
    told = list(sessions)
    keys = [each.pk for each in told]
    close = Session.objects.filter(Q(named=person) | Q(speakers__person=person), pk__in=keys).exists()
    member = person.memberships.filter(community=community).exists() and any(
        each.audience != Audience.COHORT or _cohort(each).filter(membership__person=person).exists()
        for each in told
    )
    return (close or member) and wants(person, community, close=close)


def _cohort(session: Session) -> QuerySet[CohortMember]:
    """Who is in the cohort that the session's series is for."""
    return CohortMember.objects.filter(cohort_id=session.series.cohort_id or 0)
