"""One click ends mails of one kind about one community (RFC 8058), whatever brought them; another begins them again."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from seminars.notifications import wishes
from seminars.notifications.readers.following import reader_of
from seminars.notifications.readers.models import SITE, Reader, Subscription, SubscriptionQuerySet, scope_of
from seminars.people.models import Community, Person

MOVES, READY, NEWSLETTER = "moves", "ready", "newsletter"
FOLLOWED = (MOVES, READY, NEWSLETTER)
ASKED = "asked"  # how a session was
REQUESTS = "requests"  # people ask to join: to organisers
KINDS = (*FOLLOWED, ASKED, REQUESTS)
_SALT = "seminars.notifications.readers"


class UnknownStop(ObjectDoesNotExist):
    """The address is not one of ours, or the community is gone."""


@dataclass(frozen=True)
class Stop:
    """What a link ends: mails of `kind` (of `KINDS`) about a community (None: the whole site) to an address."""

    email: str
    person: Person | None
    kind: str
    community: Community | None


def stop_address(*, email: str, person_id: int | None, kind: str, community: Community | None) -> str:
    """Return the whole address of the link that ends these mails: good for ever. Its page shows first, POST acts."""
    values = [email, person_id, kind, community.pk if community else None]
    token = signing.dumps(values, salt=_SALT, compress=True)
    return settings.MERIDIAN_URL + reverse("stop_mails", args=[token])


def opened(token: str) -> Stop:
    """Return what a token ends; those of mails from before readers were are understood. Raises UnknownStop."""
    try:
        email, person_id, kind, community_id = signing.loads(token, salt=_SALT)
        community = Community.objects.get(pk=community_id) if community_id else None
    except (signing.BadSignature, Community.DoesNotExist, TypeError, ValueError):
        return _from_before(token)
    person = Person.objects.select_related("user").filter(pk=person_id).first() if person_id else None
    return Stop(email, person, kind, community)


def comes(stop: Stop) -> bool:
    """Return whether these mails come now."""
    if stop.kind == ASKED:
        return not Reader.objects.filter(_whose(stop), asked=False).exists()
    if stop.kind == REQUESTS:
        return bool(stop.person and stop.community and wishes.gets_requests(stop.person, stop.community))
    if stop.kind == MOVES and _wished(stop):
        return True
    if stop.kind == READY and not Reader.objects.filter(_whose(stop), ready=False).exists():
        return True
    if stop.kind == NEWSLETTER and _gets_letter(stop):
        return True
    return _mine(stop).filter(**{stop.kind: True}).exists()


def end(stop: Stop, *, now: datetime) -> str:
    """Stop these mails; return what `begin` takes to undo just that. Twice is once. now: aware UTC."""
    if stop.kind not in FOLLOWED:
        _switch(stop, False, now)
        return ""
    with transaction.atomic():
        rows = _mine(stop).filter(**{stop.kind: True})
        ended = sorted(rows.values_list("pk", flat=True))
        Subscription.objects.filter(pk__in=ended).update(**{stop.kind: False})
        wished = _gets_letter(stop) if stop.kind == NEWSLETTER else stop.kind == MOVES and _wished(stop)
        if wished and stop.kind == NEWSLETTER:
            _choose_letter(stop, wanted=False)
        if stop.kind == MOVES and stop.person and stop.community:
            wishes.choose(person=stop.person, community=stop.community, moves=False, now=now)
        if stop.kind == READY:
            _set(stop, READY, False, now)
    return signing.dumps([ended, wished], salt=_SALT, compress=True)


def begin(stop: Stop, undo: str, *, now: datetime) -> None:
    """Let the mails come again that `end` stopped. undo: what it returned; "" for who came by an old page."""
    if stop.kind not in FOLLOWED:
        _switch(stop, True, now)
        return
    try:
        ended, wished = signing.loads(undo, salt=_SALT) if undo else ([], True)
    except (signing.BadSignature, TypeError, ValueError):
        return
    with transaction.atomic():
        _mine(stop).filter(pk__in=ended).update(**{stop.kind: True})
        if stop.kind == MOVES and wished and stop.person and stop.community:
            wishes.choose(person=stop.person, community=stop.community, moves=True, now=now)
        if stop.kind == NEWSLETTER and wished:
            _choose_letter(stop, wanted=True)
        if stop.kind == READY:
            _set(stop, READY, True, now)


def _from_before(token: str) -> Stop:
    try:
        person, community = wishes.stopped_by(token)
    except wishes.UnknownStop as wrong:
        raise UnknownStop from wrong
    return Stop(person.email.lower(), person, MOVES, community)


def _whose(stop: Stop, before: str = "") -> Q:
    mine = Q(**{f"{before}email": stop.email})
    return mine | Q(**{f"{before}person": stop.person}) if stop.person else mine


def _mine(stop: Stop) -> SubscriptionQuerySet:
    """Confirmed subscriptions of the address from which such a mail may come."""
    rows = Subscription.objects.confirmed().filter(_whose(stop, "reader__"))
    if stop.community is None:
        return rows.filter(scope=SITE)
    if stop.kind == NEWSLETTER:  # each community's letter is one, the site's is another
        return rows.filter(scope=scope_of(stop.community))
    theirs = Q(community=stop.community) | Q(series__community=stop.community)
    return rows.filter(Q(scope=SITE) | theirs | Q(session__series__community=stop.community))


def _wished(stop: Stop) -> bool:
    """Whether mails of what moves come by membership, an invitation or a part as a speaker."""
    if stop.person is None or stop.community is None:
        return False
    return wishes.is_told(stop.person, stop.community)


def _gets_letter(stop: Stop) -> bool:
    """Whether the newsletter comes by membership."""
    if stop.person is None or stop.community is None:
        return False
    return wishes.gets_letter(stop.person, stop.community)


def _choose_letter(stop: Stop, *, wanted: bool) -> None:
    if stop.person and stop.community:
        wishes.choose_letter(person=stop.person, community=stop.community, wanted=wanted)


def _switch(stop: Stop, wanted: bool, now: datetime) -> None:
    """Keep a wish that has no subscription beside it."""
    if stop.kind == ASKED:
        with transaction.atomic():
            _set(stop, ASKED, wanted, now)
    elif stop.kind == REQUESTS and stop.person and stop.community:
        wishes.choose_requests(person=stop.person, community=stop.community, wanted=wanted)


def _set(stop: Stop, column: str, wanted: bool, now: datetime) -> None:
    """The wishes for mails about sessions for which they registered are for the whole site."""
    if not wanted or Reader.objects.filter(_whose(stop)).exists():
        language = stop.community.language if stop.community else settings.LANGUAGE_CODE
        reader = reader_of(email=stop.email, language=language, now=now)
        Reader.objects.filter(Q(pk=reader.pk) | _whose(stop)).update(**{column: wanted})
