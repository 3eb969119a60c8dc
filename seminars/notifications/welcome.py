"""The welcome of a new member: organisers' words, the next session by the reader's clock, calendar, directory."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, post, recipient_of
from seminars.people.models import Community, Membership
from seminars.people.visitors import Visitor
from seminars.people.welcoming import welcoming
from seminars.people.welcoming.models import Welcome
from seminars.sessions.models import Session
from seminars.words import say

KIND = "welcome"
MOST = 200
GONE = gettext_noop("The person is no member any more.")


def look(*, now: datetime) -> int:
    """Return how many welcomes are written down now, one for each membership ever. One query while nobody is new."""
    made = 0
    for each in welcoming.due(now=now, most=MOST):
        with transaction.atomic():
            if not welcoming.claim(each, now=now):
                continue
            to = recipient_of(each.person, language=each.community.language)
            if to is not None:
                made += post(
                    kind=KIND,
                    subject=f"membership:{each.pk}",
                    revision=1,
                    letters=[Letter(to)],
                    due_at=now,
                    now=now,
                    community_id=each.community_id,
                )
    return made


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for who has left."""
    number = message.subject.partition(":")[2]
    rows = Membership.objects.select_related("community__welcome", "person")
    found = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise Pointless(GONE)
    return context_of(welcoming.welcome_of(found.community), now, Visitor(found.person.user_id))


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the first community of the site; None where there is none."""
    rows = Community.objects.order_by("pk")
    community = rows.filter(series__sessions__starts_at__gt=now).first() or rows.first()
    return context_of(welcoming.welcome_of(community), now) if community else None


def is_ours(language: str) -> bool:
    """Return whether mails go out in this language."""
    return language in dict(settings.LANGUAGES)


def context_of(welcome: Welcome, now: datetime, visitor: Visitor | None = None) -> dict[str, object]:
    """Return what the mail says in the active language. visitor: whose next session it names; None for any member."""
    community = welcome.community
    rows = Session.objects.published().filter(series__community=community, withdrawn_at=None, within=None)
    rows = rows.filter(cancelled_at=None, postponed_at=None)
    if visitor and visitor.user_id:
        rows = rows.filter(pk__in=Session.objects.visible_to(visitor).values("pk"))
    else:
        rows = rows.exclude(audience="named")
    coming = rows.upcoming(now=now).select_related("series__community").first()
    language = get_language() or "en"
    return {
        "community": community,
        "words": say(welcome.words, language) or usual(community),
        "session": coming,
        "address": settings.MERIDIAN_URL + reverse("community", args=[community.slug]),
        "subscribe": settings.MERIDIAN_URL + reverse("subscribe_community", args=[community.slug]),
        "directory": settings.MERIDIAN_URL + reverse("directory", args=[community.slug]),
        "reply_to": community.contact,
    }


def usual(community: Community) -> str:
    """Return the words of who wrote none of their own, in the active language."""
    said = _(
        "It is good to have you here. Come to the next session as you are: you can listen, ask, or only watch. Put"
        " our calendar into yours once, and every session is there at your own hour."
    )
    return str(said)
