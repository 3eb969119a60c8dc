"""Enter the directory, change what it says, leave; and who in it may want to meet."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import raise_if
from seminars.people.directory.matching import Match, Says, in_order, match, words_of
from seminars.people.directory.models import LONGEST, DirectoryEntry
from seminars.people.models import Community, Membership, Person
from seminars.words import alphabet

COLUMNS = ("name", "zone", "country", "sector", "languages", "offers", "seeks", "writable", "introducible")
MOST_CANDIDATES, MOST_LANGUAGES = 1000, 12
AWAKE_FROM, AWAKE_TO = 7, 22  # by their own clock
OFFICE_FROM, OFFICE_TO = 8, 18


def membership_of(person: Person | None, community: Community) -> Membership | None:
    """Return how the person belongs to the community; None if they do not."""
    if person is None:
        return None
    return Membership.objects.filter(person=person, community=community).first()


def fresh(membership: Membership) -> dict[str, Any]:
    """Return what an entry could begin with: what the profile says. Load `person__user` with it."""
    person = membership.person
    zone = person.zone or (person.user.zone if person.user else "")
    return {"name": person.name, "zone": zone, "country": person.country, "languages": list(person.languages)}


def enter(*, membership: Membership, now: datetime, **columns: Any) -> DirectoryEntry:
    """Return the entry of the membership with these `COLUMNS`, made if need be. languages: a list of tags.

    now: aware UTC. Raises UserError by field, TypeError for another column.
    """
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"an entry has no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        found = DirectoryEntry.objects.select_for_update(of=("self",)).filter(membership=membership).first()
        asked = _filled(found or DirectoryEntry(membership=membership, made_at=now), columns)
        asked.changed_at = now
        asked.save()
    return asked


def leave(*, membership: Membership) -> bool:
    """Return whether there was an entry; there is none from now on, and nothing of it is kept."""
    return bool(DirectoryEntry.objects.filter(membership=membership).delete()[0])


def sectors_of(community: Community) -> list[str]:
    """Return the sectors that entries name, in the alphabet of the page's language."""
    rows = DirectoryEntry.objects.filter(membership__community=community).exclude(sector="")
    language = get_language() or "en"
    return sorted(set(rows.values_list("sector", flat=True)), key=lambda each: alphabet(each, language))


def languages_of(community: Community) -> list[str]:
    """Return the tags of the languages that entries name."""
    rows = DirectoryEntry.objects.filter(membership__community=community).exclude(languages="")
    return sorted(
        {tag for said in rows.values_list("languages", flat=True).distinct() for tag in said.split()}
    )


def zones_of(community: Community) -> list[str]:
    """Return the zones that entries name."""
    rows = DirectoryEntry.objects.filter(membership__community=community).exclude(zone="")
    return sorted(set(rows.values_list("zone", flat=True)))


def awake_in(zones: Iterable[str], now: datetime) -> list[str]:
    """Return those of `zones` where clocks show a waking hour, 7 to 22, at `now` (aware UTC)."""
    return [zone for zone in zones if AWAKE_FROM <= clock.to_wall(now, zone).hour < AWAKE_TO]


def shared_hours(mine: str, theirs: str, now: datetime) -> int:
    """Return how many full office hours (8 to 18) two zones share on a day about `now` (aware UTC)."""
    apart = abs(clock.offset(now, mine) - clock.offset(now, theirs)) % timedelta(days=1)
    apart = min(apart, timedelta(days=1) - apart)
    return int(max(timedelta(), timedelta(hours=OFFICE_TO - OFFICE_FROM) - apart) // timedelta(hours=1))


def to_meet(entry: DirectoryEntry, *, most: int = 6) -> list[tuple[DirectoryEntry, Match]]:
    """Return who of the same community may want to meet the owner of `entry`, with the reason. Two questions.

    Load `membership` with it. Of more than a thousand whose words meet, those who entered first are looked at.
    """
    mine = _says(entry)
    others = DirectoryEntry.objects.filter(membership__community_id=entry.membership.community_id)
    others = others.exclude(pk=entry.pk)
    offering = others.with_any("offer_words", mine.seeks)
    meeting = offering | others.with_any("seek_words", mine.offers)
    columns = ("pk", "offer_words", "seek_words", "zone", "sector", "languages")
    rows = meeting.order_by("pk").only(*columns)[:MOST_CANDIDATES]
    found = [(each.pk, why) for each in rows if (why := match(mine, _says(each)))]
    best = in_order(found)[:most]
    whole = DirectoryEntry.objects.select_related("membership__person").in_bulk([pk for pk, _why in best])
    return [(whole[pk], why) for pk, why in best if pk in whole]


# Below: how it is done.


def _says(entry: DirectoryEntry) -> Says:
    return Says(
        offers=frozenset(entry.offer_words.split()),
        seeks=frozenset(entry.seek_words.split()),
        zone=entry.zone,
        sector=entry.sector,
        languages=frozenset(entry.tags),
    )


def _filled(entry: DirectoryEntry, columns: dict[str, Any]) -> DirectoryEntry:
    """A copy with these columns, and the words by which it is found. Raises UserError."""
    asked, wrong = copy(entry), dict[str, str]()
    tags = columns.get("languages", entry.tags)
    for name, value in columns.items():
        setattr(asked, name, value.replace("\x00", "").strip() if isinstance(value, str) else value)
    for name in ("name", "sector"):
        setattr(asked, name, " ".join(getattr(asked, name).split()))
    for name in ("offers", "seeks"):
        if len(getattr(asked, name)) > LONGEST:
            wrong[name] = _("Shorten this to %(most)d characters.") % {"most": LONGEST}
    if len(tags) > MOST_LANGUAGES:
        wrong["languages"] = _("Name at most %(most)d languages.") % {"most": MOST_LANGUAGES}
    asked.languages = f" {' '.join(tags)} " if tags else ""
    if asked.zone and not clock.is_zone(asked.zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    elif asked.zone:
        asked.zone = clock.canonical(asked.zone)
    asked.offer_words, asked.seek_words = _between_blanks(asked.offers), _between_blanks(asked.seeks)
    said = (asked.name, asked.sector, asked.offers, asked.seeks)
    asked.text = "\n".join(said).casefold()
    try:
        asked.clean_fields(exclude={"membership", "made_at", "changed_at", "zone"})
    except ValidationError as error:
        wrong |= {name: " ".join(words) for name, words in error.message_dict.items()}
    raise_if(wrong)
    return asked


def _between_blanks(text: str) -> str:
    words = words_of(text)
    return f" {' '.join(words)} " if words else ""
