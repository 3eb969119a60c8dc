"""What pages and mails say of the items of an issue: times by the reader's clock, deadlines, and what files cost."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seminars import clock
from seminars.notifications.newsletter.items import SECTIONS, Item
from seminars.sessions.models import Material, Precision
from seminars.templatetags import mails, meridian
from seminars.web.times import Reader, city, day_words, days_words, hour_words, span_words, week_span_words

register = template.Library()


def _reader(context: Context) -> Reader:
    """Who reads: the page's visitor, or who gets the mail."""
    return meridian.reader_in(context) if "request" in context else mails.reader_in(context)


@register.simple_tag
def item_title(item: Item) -> SafeString | str:
    """Say the title in the language of now, marked where it is in another."""
    return meridian.say(item.title)


@register.simple_tag
def item_title_plain(item: Item) -> str:
    """Say the title without markup, for plain text."""
    return meridian.say_plain(item.title)


@register.simple_tag(takes_context=True)
def item_when(context: Context, item: Item, *, before: bool = False) -> str:
    """Say when a session is, or was to be, by the reader's clock; by its own, with the city, where that is unknown."""
    reader = _reader(context)
    seen = item.seen(reader.zone, before=before)
    if seen is None:
        return ""
    columns = item.was if before else item.when
    if seen.first and columns.get("precision") == Precision.WEEK:
        return week_span_words(datetime.fromisoformat(seen.first).date(), reader.locale)
    if not seen.first:
        return _("no date yet")
    first, last = datetime.fromisoformat(seen.first), datetime.fromisoformat(seen.last)
    if not seen.timed:
        return days_words(first.date(), (last - first).days + 1, reader.locale, short=True)
    said = span_words(first, last, reader.locale, short=True)
    said = said if reader.zone else f"{said} ({city(item.zone, reader.locale)})"
    if "request" not in context:
        return said
    # The script of pages rewrites it by the browser's clock.
    starts, ends = (_instant(columns[name]) for name in ("starts_at", "ends_at"))
    return format_html('<time datetime="{}" data-end="{}" data-style="short">{}</time>', starts, ends, said)


@register.simple_tag(takes_context=True)
def item_change(context: Context, item: Item) -> str:
    """Say what became of a session that moved: cancelled, postponed, or its new time; and what it was."""
    seen = item.seen("")
    was = item_when(context, item, before=True)
    if seen is None:
        return ""
    if seen.state == "cancelled":
        return _with(_("Cancelled. It was to be on %(when)s"), when=was)
    if seen.state == "postponed":
        return _with(_("Postponed. It was to be on %(when)s"), when=was)
    return _with(_("New time: %(when)s. Was %(was)s"), when=item_when(context, item), was=was)


def _with(words: str, **times: str) -> str:
    """Put times into a sentence: markup where they are, plain text where they are not."""
    if any(isinstance(each, SafeString) for each in times.values()):
        safe = {name: conditional_escape(each) for name, each in times.items()}
        return mark_safe(escape(words) % safe)  # noqa: S308  # each part was escaped
    return words % times


def _instant(text: str) -> str:
    """An instant as pages write it."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag(takes_context=True)
def item_due(context: Context, item: Item) -> str:
    """Say a deadline by the reader's clock: day, hour and city."""
    if not item.due:
        return ""
    reader = _reader(context)
    zone = reader.zone or item.zone
    wall = clock.to_wall(datetime.fromisoformat(item.due), zone)
    day = day_words(wall.date(), reader.locale, short=True)
    given = {"day": f"{day}, {hour_words(wall, reader.locale)}", "city": city(zone, reader.locale)}
    return _("Deadline: %(day)s (%(city)s)") % given


@register.simple_tag
def item_votes(item: Item) -> str:
    """Say how many want a topic."""
    return ngettext("%(n)d vote", "%(n)d votes", item.votes) % {"n": item.votes} if item.votes else ""


@register.simple_tag
def item_files(item: Item) -> list[dict[str, str]]:
    """Say what is out of a session, with what each costs."""
    return [meridian.material_words(Material(**each)) for each in item.files]


@register.filter
def whole_address(path: str) -> str:
    """Return the whole address of a path below the site."""
    return settings.MERIDIAN_URL + path if path.startswith("/") else path


@register.simple_tag(takes_context=True)
def letter_clock(context: Context) -> str:
    """Say by whose clock the times are; "" where each says it."""
    reader: Any = _reader(context)
    return (
        _("Times by the clock in %(city)s.") % {"city": city(reader.zone, reader.locale)}
        if reader.zone
        else ""
    )


@register.simple_tag
def letter_section(item: Item) -> str:
    """Say the heading under which an item stands."""
    return str(SECTIONS[item.section])
