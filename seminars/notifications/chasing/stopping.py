"""One click ends the daily mail about what somebody owes (RFC 8058); another begins it again."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from seminars.notifications.chasing.models import ChasingOff
from seminars.people.models import Person

_SALT = "seminars.notifications.chasing"


class UnknownStop(ObjectDoesNotExist):
    """The address is not one of ours, or the person is gone."""


def stop_address(person: Person) -> str:
    """Return the whole address of the link that ends these mails: good for ever. Its page shows first, POST acts."""
    token = signing.dumps(person.pk, salt=_SALT, compress=True)
    return settings.MERIDIAN_URL + reverse("stop_chasing", args=[token])


def opened(token: str) -> Person:
    """Return whose mails a token ends. Raises UnknownStop."""
    try:
        return Person.objects.get(pk=signing.loads(token, salt=_SALT))
    except (signing.BadSignature, Person.DoesNotExist, TypeError, ValueError) as wrong:
        raise UnknownStop from wrong


def comes(person: Person) -> bool:
    """Return whether the daily mail comes."""
    return not ChasingOff.objects.filter(person=person).exists()


def choose(*, person: Person, wanted: bool, now: datetime) -> None:
    """Keep whether the daily mail comes. Twice is once. now: aware UTC."""
    if wanted:
        ChasingOff.objects.filter(person=person).delete()
    else:
        ChasingOff.objects.bulk_create([ChasingOff(person=person, since=now)], ignore_conflicts=True)
