"""The mail with the secret link of a reader: to confirm, to see what the address follows, or to stop it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Recipient, post_link
from seminars.notifications.readers.models import Reader, Subscription
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.words import say

KIND = "reader-link"
EXAMPLE = "example"  # stands for the secret in a preview
GONE = gettext_noop("The address follows nothing any more.")
MOST = 20  # things that one mail lists


@dataclass(frozen=True)
class Line:
    """One thing that is followed: its name, its page, and the kinds of mail that are wanted of it."""

    subscription: Subscription
    name: str
    address: str
    wanted: list[str]


def mail_link(reader: Reader, *, now: datetime) -> bool:
    """Return whether a mail with the link is written down; not while one waits, nor within ten minutes of the last.

    Call it inside `atomic`. now: aware UTC.
    """
    to = Recipient(reader.email, reader.person_id, reader.language, reader.zone)
    return post_link(kind=KIND, subject=f"reader:{reader.pk}", to=to, now=now)


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says: what waits for its confirmation, else that the link is the same. Raises Pointless."""
    number = message.subject.partition(":")[2]
    reader = Reader.objects.filter(pk=int(number) if number.isdecimal() else 0).first()
    if reader is None:
        raise Pointless(GONE)
    return _context(reader.token, [each for each in lines_of(reader) if not each.subscription.confirmed_at])


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the first series of the site; None where there is none."""
    series = Series.objects.published().select_related("community").order_by("pk").first()
    if series is None:
        return None
    return _context(EXAMPLE, [line_of(Subscription(series=series, moves=True, ready=True))])


def lines_of(reader: Reader) -> list[Line]:
    """Return what a reader follows, in the language of now, what waits first; things without a wish are left out."""
    rows = reader.subscriptions.select_related("community", "series__community", "session__series__community")
    found = [line_of(each) for each in rows.order_by("pk")]
    return sorted(
        (each for each in found if each.wanted), key=lambda each: bool(each.subscription.confirmed_at)
    )


def line_of(subscription: Subscription) -> Line:
    """Return how one thing is said. Load `community`, `series` and `session__series` with it."""
    found: Community | Series | Session | None = (
        subscription.session or subscription.series or subscription.community
    )
    words = {"moves": _("what moves"), "ready": _("recordings"), "newsletter": _("the newsletter")}
    wanted = [str(words[each]) for each in words if getattr(subscription, each)]
    return Line(subscription, name_of(found), settings.MERIDIAN_URL + page_of(found), wanted)


def name_of(found: Community | Series | Session | None) -> str:
    """Return what a followed thing is called, in the language of now."""
    language = get_language() or settings.LANGUAGE_CODE
    if found is None:
        return str(settings.SITE_NAME)
    if isinstance(found, Community):
        return say(found.name, language)
    if isinstance(found, Series):
        return say(found.title, language)
    return say(found.title, language) or say(found.series.title, language)


def page_of(found: Community | Series | Session | None) -> str:
    """Return the path of its page."""
    return "/" if found is None else reverse(type(found).__name__.lower(), args=[found.slug])


def _context(token: str, lines: list[Line]) -> Context:
    one = lines[0] if len(lines) == 1 else None
    found = one.subscription if one else None
    community = None
    if found:
        series = found.session.series if found.session else found.series
        community = found.community or (series.community if series else None)
    return {
        "lines": lines[:MOST],
        "one": one,
        "community": community,
        "address": settings.MERIDIAN_URL + reverse("reader", args=[token]),
        "reply_to": community.contact if community else "",
    }
