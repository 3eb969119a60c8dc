"""The monthly mail to community managers: who was not seen at the last sessions, and whether the hour may be why."""

from datetime import datetime

from babel.dates import get_timezone_location
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Heard, Message
from seminars.notifications.posting import Letter, post, recipient_of
from seminars.people.models import Community, Role
from seminars.sessions.models import Session
from seminars.sessions.silence import measuring
from seminars.sessions.silence.measuring import Group, Silence

KIND = "silence"
ALL_SEEN = gettext_noop("Everybody was seen.")
SWITCHED_OFF = gettext_noop("This mail is switched off.")
HOUR = 6  # UTC, on the first day of the month
"""From when on the day."""


def look(*, now: datetime) -> int:
    """Return how many mails are written down now: once a month for each community. now: aware UTC.

    One query while the month was looked at already.
    """
    month = f"{now:%Y-%m}"
    whole = f"silence:{month}"
    if (now.day == 1 and now.hour < HOUR) or Heard.objects.filter(fact=whole).exists():
        return 0
    made = 0
    rows = Community.objects.filter(memberships__role=Role.MANAGER).exclude(silence_rule__mails=False)
    for community in rows.distinct().order_by("pk"):
        fact = f"silence:{month}:{community.pk}"
        with transaction.atomic():
            if Heard.objects.filter(fact=fact).exists():
                continue
            Heard.objects.bulk_create([Heard(fact=fact, at=now)], ignore_conflicts=True)
            found = _measured(community, now)
            if found and found.people:
                made += _post(community, month, now)
    Heard.objects.bulk_create([Heard(fact=whole, at=now)], ignore_conflicts=True)
    return made


def _post(community: Community, month: str, now: datetime) -> int:
    managers = community.memberships.filter(role=Role.MANAGER).select_related("person__user")
    found = [recipient_of(each.person, language=community.language) for each in managers.order_by("pk")]
    return post(
        kind=KIND,
        subject=f"silence:{community.pk}:{month}",
        revision=1,
        letters=[Letter(each) for each in found if each],
        due_at=now,
        now=now,
        community_id=community.pk,
    )


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says now. Raises Pointless where nobody is missed any more, or it was switched off."""
    number = message.subject.split(":")[1]
    community = Community.objects.filter(pk=int(number) if number.isdecimal() else 0).first()
    if community is None or not measuring.rule_of(community).mails:
        raise Pointless(SWITCHED_OFF)
    found = _measured(community, now)
    if found is None or not found.people:
        raise Pointless(ALL_SEEN)
    return _context(community, found)


def sample(now: datetime, zone: str) -> Context | None:
    """Return what such a mail could say of a session of the site; None where there is none."""
    session = Session.objects.published().select_related("series__community").order_by("pk").first()
    if session is None or session.starts_at is None:
        return None
    group = Group(zone or session.zone, members=4, silent=4)
    group.hours = [measuring.Hour(session, 23 * 60 + 30)] * 3
    found = Silence([session], 12, [], [group], [], [])
    return _context(session.series.community, found, silent=4)


def city_of(zone: str, language: str) -> str:
    """Return the place that stands for a zone, in a language of the site."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    place = str(get_timezone_location(zone, locale=language.replace("-", "_"), return_city=True))
    return place.rpartition("/")[2].replace("_", " ")


def zone_words(group: Group, place: str) -> str:
    """Say what clocks of a zone showed: "23:30 in Manila for the last four"; "" where the hours were fine."""
    hard = group.hard
    if not hard:
        return ""
    spoken = ", ".join(dict.fromkeys(hour_of(each.minutes) for each in hard))
    if len(hard) == 1:
        return _("%(hours)s in %(place)s for one of them") % {"hours": spoken, "place": place}
    if len(hard) == len(group.hours):
        return _("%(hours)s in %(place)s for the last %(n)d") % {
            "hours": spoken,
            "place": place,
            "n": len(hard),
        }
    given = {"hours": spoken, "place": place, "n": len(hard), "all": len(group.hours)}
    return _("%(hours)s in %(place)s for %(n)d of the last %(all)d") % given


def hour_of(minutes: int) -> str:
    """Return minutes after midnight as a clock shows them."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _measured(community: Community, now: datetime) -> Silence | None:
    rule = measuring.rule_of(community)
    return measuring.measure(community=community, sessions=rule.sessions, now=now)


def _context(community: Community, found: Silence, *, silent: int = 0) -> dict[str, object]:
    language = get_language() or "en"
    count = silent or len(found.people)
    zones = [each for each in found.zones if each.silent]
    lines = []
    for each in zones[:12]:
        place = city_of(each.key, language)
        words = ngettext("%(n)d of %(all)d member", "%(n)d of %(all)d members", each.members)
        said = f"{place}: " + words % {"n": each.silent, "all": each.members}
        lines.append(f"{said} · {cause}" if (cause := zone_words(each, place)) else said)
    return {
        "community": community,
        "count": count,
        "members": found.members,
        "sessions": found.sessions,
        "lines": lines,
        "by_hour": bool(found.by_hour),
        "address": settings.MERIDIAN_URL + reverse("silence", args=[community.slug]),
        "slots": settings.MERIDIAN_URL + reverse("slots", args=[community.slug]),
    }
