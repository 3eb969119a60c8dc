"""What the templates of mails say beside what pages say: times by the reader's clock, and colours that can be read."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from seminars import clock
from seminars.followups.models import Item
from seminars.notifications.bounces.noting import reason_of, troubled
from seminars.people.models import Community
from seminars.sessions.models import Material, Session
from seminars.sessions.polls.models import PollSlot
from seminars.templatetags.meridian import material_words
from seminars.web.accents import accent_of
from seminars.web.hours import time_of
from seminars.web.laws import place_of
from seminars.web.times import (
    Reader,
    When,
    city,
    day_words,
    days_words,
    hour_words,
    locale_of,
    moment_words,
    shifted_words,
    span_words,
    when_of,
)

register = template.Library()


def reader_in(context: Context) -> Reader:
    """Return who reads the mail: in its language, by their clock, or the event's while theirs is not known."""
    zone = str(context.get("mail_zone") or "")
    return Reader(zone, "profile" if zone else "", locale_of(get_language() or "en"))


@register.simple_tag(takes_context=True)
def mail_when(context: Context, session: Session) -> When:
    """Return the time of a session as it is now."""
    return when_of(session, reader_in(context), context["now"])


@register.simple_tag(takes_context=True)
def mail_slot(context: Context, slot: PollSlot) -> str:
    """Say one proposed hour, and where it is that hour."""
    when = time_of(slot, reader_in(context))
    return f"{when.short} ({when.whose})" if when.whose and reader_in(context).zone else when.short


@register.simple_tag(takes_context=True)
def mail_due(context: Context, item: Item) -> str:
    """Say until when something owed is to be done, by the reader's clock."""
    return moment_words(item.due_at, item.session, reader_in(context))


@register.simple_tag(takes_context=True)
def mail_city(context: Context, session: Session) -> str:
    """Say by whose clock a mail tells the time of a session: a city."""
    reader = reader_in(context)
    return city(reader.zone or session.zone, reader.locale)


@register.simple_tag(takes_context=True)
def mail_seen(context: Context, seen: Any, *, short: bool = False) -> str:
    """Say what the reader saw of a session: its span in words, or that it had no date. seen: `seeing.Seen`."""
    locale = reader_in(context).locale
    if not seen.first:
        return _("no date yet")
    if not seen.timed:
        first, last = date.fromisoformat(seen.first), date.fromisoformat(seen.last)
        return days_words(first, (last - first).days + 1, locale, short=short)
    first, last = datetime.fromisoformat(seen.first), datetime.fromisoformat(seen.last)
    return span_words(first, last, locale, short=short)


@register.simple_tag(takes_context=True)
def mail_day(context: Context, seen: Any) -> str:
    """Return "today" or "tomorrow" where the reader's calendar says so of what they see; else ""."""
    session: Session = context["session"]
    today = clock.to_wall(context["now"], reader_in(context).zone or session.zone).date()
    apart = (datetime.fromisoformat(seen.first).date() - today).days
    return {0: "today", 1: "tomorrow"}.get(apart, "")


@register.simple_tag(takes_context=True)
def mail_hour(context: Context, seen: Any) -> str:
    """Say at which hour what the reader sees begins; "" of whole days."""
    first = datetime.fromisoformat(seen.first)
    return hour_words(first, reader_in(context).locale) if seen.timed else ""


@register.simple_tag(takes_context=True)
def mail_moment(context: Context, at: datetime) -> str:
    """Say a moment (aware UTC) by the reader's clock: day, hour, and the city whose clock that is."""
    return moment_words(at, context["session"], reader_in(context))


@register.simple_tag(takes_context=True)
def mail_date(context: Context, at: datetime) -> str:
    """Say the day of a moment (aware UTC) by the reader's clock, by UTC while theirs is not known."""
    reader = reader_in(context)
    return day_words(clock.to_wall(at, reader.zone or "UTC").date(), reader.locale)


@register.simple_tag(takes_context=True)
def mail_shifted(context: Context, session: Session, last: datetime | None) -> str:
    """Say that clocks have changed since the series met at `last` (aware UTC, None for never), so that the hour did."""
    return shifted_words(session, reader_in(context), last, context["now"]) if last else ""


@register.simple_tag(takes_context=True)
def mail_law(context: Context, zone: str) -> str:
    """Say where a law of the clocks changed."""
    return place_of(zone, reader_in(context).locale)


@register.simple_tag
def mail_files(materials: Iterable[Material]) -> list[dict[str, str]]:
    """Say materials with what each costs, and their whole addresses."""
    found = [material_words(each) for each in materials]
    return [
        each
        | {"path": settings.MERIDIAN_URL + each["path"] if each["path"].startswith("/") else each["path"]}
        for each in found
    ]


@register.simple_tag
def mail_stopped(rows: Iterable[Any]) -> str:
    """Note on each row as `mail_stopped` why its address gets no mails; one query. rows: with `email` or a `person`."""
    by_email = [((getattr(each, "email", "") or each.person.email).lower(), each) for each in rows]
    stopped = troubled(email for email, _each in by_email)
    for email, each in by_email:
        if address := stopped.get(email):
            each.mail_stopped = " ".join((gettext(reason_of(address)), address.reason)).strip()
    return ""


@register.simple_tag
def mail_accent(community: Community | None) -> str:
    """Return the community's colour, or the site's own, dark enough for white words on it."""
    own = str(Community._meta.get_field("accent").get_default())
    return accent_of(community.accent if community else own).light
