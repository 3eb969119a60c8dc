"""What people say of themselves: how they read, and who they are."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import raise_if
from seminars.people.models import Person, User

LONGEST_ABOUT = 2000
MOST_LANGUAGES = 20


def set_profile(
    *, user: User, language: str, zone: str, saves_data: bool | None = None, now: datetime
) -> None:
    """Store the language (a tag, "" for the browser's), the zone (IANA name or "") and whether bytes are dear.

    now: aware UTC. Their own calendar follows, so it is a change. Raises ValidationError for a zone that is none.
    """
    thrifty = user.saves_data if saves_data is None else saves_data
    before = {"language": user.language, "zone": user.zone, "saves_data": user.saves_data}
    after = {"language": language, "zone": zone, "saves_data": thrifty}
    if before == after:
        return
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**after)
        _tell(user, before, after, now)
    user.language, user.zone, user.saves_data = language, zone, thrifty


def describe(
    *,
    person: Person,
    name: str,
    affiliation: str,
    country: str,
    languages: Iterable[str],
    about: str,
    about_language: str,
) -> bool:
    """Store who somebody is, and return whether calendars say something of it (their name, their affiliation).

    country: ISO 3166 or "". languages: tags they speak besides that of pages. about: in `about_language`; what they
    said in other languages stays. Where it returns True the caller tells calendars, in the same transaction
    (`sessions.rewording.follow_person`). Raises UserError by field.
    """
    name, affiliation, about = name.strip(), affiliation.strip(), about.strip()
    spoken = list(dict.fromkeys(each for each in languages if each))
    wrong = {}
    if not name or len(name) > 200 or any(ord(each) < 32 for each in name):
        wrong["name"] = _("Give a name of at most 200 characters.")
    if len(affiliation) > 200:
        wrong["affiliation"] = _("Use at most 200 characters.")
    if len(about) > LONGEST_ABOUT:
        wrong["about"] = _("Use at most %(most)d characters.") % {"most": LONGEST_ABOUT}
    if len(spoken) > MOST_LANGUAGES:
        wrong["languages"] = _("Choose at most %(most)d languages.") % {"most": MOST_LANGUAGES}
    raise_if(wrong)
    told = (person.name, person.affiliation) != (name, affiliation)
    words = {tag: text for tag, text in person.about.items() if tag != about_language}
    person.name, person.affiliation, person.country = name, affiliation, country
    person.languages, person.about = spoken, words | ({about_language: about} if about else {})
    person.save(update_fields=["name", "affiliation", "country", "languages", "about"])
    return told


def set_language(*, user: User, language: str, now: datetime) -> None:
    """Store the language of pages, calendar and mail that somebody chose on a page. now: aware UTC."""
    set_profile(user=user, language=language, zone=user.zone, now=now)


def zone_of(person: Person, zone: str) -> None:
    """Keep the person's own zone beside the account's: mails and the directory read it. "" or an IANA name."""
    person.zone = clock.canonical(zone) if zone else ""
    person.save(update_fields=["zone"])


def _tell(user: User, before: dict[str, object], after: dict[str, object], now: datetime) -> None:
    subject = f"user:{user.pk}"
    record(
        kind="profile",
        subject=subject,
        scopes=[subject],
        now=now,
        actor_id=user.pk,
        before=before,
        after=after,
    )
