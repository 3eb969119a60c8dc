"""Make a mail's words from the facts: subject, plain text and simple HTML, in the reader's language and time."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from seminars.notifications.models import Message

SIGNATURE = "-- "  # what follows is small print, and left out of answers
MOST_BYTES = 15 * 1024
LONGEST_SUBJECT = 180
Context = Mapping[str, Any]


class Pointless(Exception):
    """There is nothing to tell any more. `reason` is kept with the mail: marked for translation, not translated."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Told:
    """What one mail of many says. shared: the same object for all that differ in `own` only; nothing of one reader.

    own: what is this reader's alone, by name: addresses and other texts that templates only print (no `{% if %}`, no
    filter). Then the words are made once for all and these are put in.
    """

    shared: Context
    own: Mapping[str, str]

    @property
    def whole(self) -> Context:
        """Return both as one context."""
        return {**self.shared, **self.own}


@dataclass(frozen=True)
class Kind:
    """One kind of mail; its words are `templates/emails/<name>/`.

    title: what administrators call it. facts: what the templates say, at a moment (aware UTC), or raises Pointless; it
    is called in the reader's language. sample: the same from whatever the site has, for a reader in a zone; None where
    it has nothing. told: what to remember of a mail that leaves. A context with `stop`, an address, makes it the mail
    of a list. many: `facts` for mails of one subject at once, by primary key, a Pointless in place of what it would
    raise; for kinds that go to hundreds, in a number of queries that they do not raise. It is not called in the
    readers' languages.
    """

    name: str
    title: str | Promise
    facts: Callable[[Message, datetime], Context]
    sample: Callable[[datetime, str], Context | None]
    told: Callable[[Message, Context], Mapping[str, Any]] = lambda message, context: message.facts
    many: Callable[[Sequence[Message], datetime], Mapping[int, Told | Pointless]] | None = None


@dataclass(frozen=True)
class Written:
    """A mail's words. headers: those beside the usual ones. calendar: an invitation (RFC 6047) of `method`."""

    subject: str
    text: str
    html: str
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    calendar: str = ""
    method: str = ""

    @property
    def size(self) -> int:
        """Bytes of text and HTML together."""
        return len(self.text.encode()) + len(self.html.encode())


def write(name: str, context: Context, *, language: str, zone: str, now: datetime) -> Written:
    """Return the words of the kind `name`. language: of the site. zone: IANA, "" for the event's. now: aware UTC."""
    whole = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.MERIDIAN_URL,
        "language": language,
        "mail_zone": zone,
        "now": now,
        **context,
    }
    with translation.override(language):
        subject = render_to_string(f"emails/{name}/subject.txt", whole)
        text = render_to_string(f"emails/{name}/body.txt", whole)
        html = render_to_string(f"emails/{name}/body.html", whole)
    words = one_line(subject), _tidy(text), html.strip() + "\n"
    community = context.get("community")
    reply_to = str(context.get("reply_to") or getattr(community, "contact", ""))
    carried = context.get("calendar", ""), context.get("method", "")
    return Written(*words, reply_to, _listed(name, context), *carried)


def _listed(name: str, context: Context) -> dict[str, str]:
    """The headers by which mail programs sort (RFC 2919) and end (RFC 8058) what comes from a community."""
    community, stop = context.get("community"), context.get("stop", "")
    slug = getattr(community, "slug", "")
    listed = context.get("list_name") or (f"{name}.{slug}" if slug else "")
    host = urlsplit(settings.MERIDIAN_URL).hostname or "localhost"
    headers = {"List-Id": f"<{one_line(listed).replace(' ', '-')}.{host}>"} if listed else {}
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def one_line(text: str) -> str:
    """Return `text` as a header can hold it: no line break, no control or direction character, not too long."""
    kept = "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in text)
    kept = "".join(each for each in kept if unicodedata.category(each) not in {"Cs", "Co", "Cn"})
    words = " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", kept).split())
    return words if len(words) <= LONGEST_SUBJECT else words[: LONGEST_SUBJECT - 1].rstrip() + "…"


def mail_of(message: Message, written: Written) -> EmailMultiAlternatives:
    """Return the mail as it goes out. Every value of a header is ours or one line."""
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **written.headers,
    }
    mail = EmailMultiAlternatives(
        written.subject,
        written.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.email],
        reply_to=[written.reply_to] if written.reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(written.html, "text/html")
    if (
        written.calendar
    ):  # RFC 6047 §2.4: mail programs act on the part; the file is for who has another calendar
        part = f"text/calendar; method={written.method}; component=VEVENT"
        mail.attach_alternative(written.calendar, part)
        mail.attach("invite.ics", written.calendar.encode(), "application/ics")
    return mail


def _tidy(text: str) -> str:
    """Lines without blanks at their ends, but for the one that mail programs know; never two empty ones together."""
    lines = "\n".join(SIGNATURE if line == SIGNATURE else line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
