"""The mail of an issue: the same words for all who read it in one language and zone, with each reader's own stop link.

It holds as much as 15 KB carry: the longest sections are cut first, then the introduction; the web has the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext_noop

from seminars.notifications.letters import MOST_BYTES, Context, Pointless, Told, write
from seminars.notifications.models import LetterOff, Message
from seminars.notifications.newsletter import editing
from seminars.notifications.newsletter.going import KIND
from seminars.notifications.newsletter.items import Item, Section, in_sections
from seminars.notifications.newsletter.models import Issue
from seminars.notifications.posting import Letter, post, recipient_of
from seminars.notifications.readers.models import Subscription
from seminars.notifications.readers.stopping import NEWSLETTER, stop_address
from seminars.people.models import Community, Joining, Membership, Person
from seminars.sessions.models import Session
from seminars.words import say

TRIAL = "newsletter-trial"  # the subject of a mail to the editor alone
GONE = gettext_noop("The newsletter is gone.")
UNWANTED = gettext_noop("The person does not want these mails any more.")
SPARE = 700  # bytes that words in another zone, and a reader's own link, may take more
STEPS = ((12, 0), (8, 0), (6, 0), (4, 0), (4, 1200), (3, 800), (2, 400), (1, 200))
"""(items of a section, characters of the introduction; 0: all), the fullest first."""


@dataclass(frozen=True)
class Shown:
    """What a mail or page says of an issue. introduction: by language, perhaps cut (`cut`)."""

    heading: str
    introduction: Mapping[str, str]
    cut: bool
    sections: Sequence[Section]
    address: str


def page_of(issue: Issue) -> str:
    """Return the path of an issue's page; of a draft that of the place where it will be listed."""
    slug = [issue.community.slug] if issue.community else []
    name = "community_letter" if issue.community else "site_letter"
    if issue.number is None:
        return reverse(f"{name}s", args=slug)
    return reverse(name, args=[*slug, issue.number])


def subject_of(issue: Issue, items: Sequence[Item]) -> str:
    """Return the editor's subject in the language of now; "" where they gave none, and the template has its own."""
    return " ".join(say(issue.subject, get_language() or settings.LANGUAGE_CODE).split())


def facts(message: Message, now: datetime) -> Context:
    """Return what one mail says. Raises Pointless."""
    about, _colon, key = message.subject.partition(":")
    issue = Issue.objects.filter(uuid=key).select_related("community").first()
    if issue is None:
        raise Pointless(GONE)
    items = unwithdrawn(editing.items_of(issue, now=now))
    if about == TRIAL:
        return {**_shared(issue, items, True, now), "stop": "", "trial": True}
    return _told(message, issue, items, _allowed([message], issue), {}, now).whole


def facts_of_many(messages: Sequence[Message], now: datetime) -> Mapping[int, Told | Pointless]:
    """Return the same for mails of one issue, in a number of queries that they do not raise."""
    about, _colon, key = messages[0].subject.partition(":")
    issue = Issue.objects.filter(uuid=key).select_related("community").first()
    if issue is None or about == TRIAL:
        return {}
    items, shared = unwithdrawn(editing.items_of(issue, now=now)), dict[tuple[str, bool], Context]()
    allowed, found = _allowed(messages, issue), dict[int, Told | Pointless]()
    for message in messages:
        try:
            found[message.pk] = _told(message, issue, items, allowed, shared, now)
        except Pointless as none:
            found[message.pk] = none
    return found


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the latest issue, else for what a first one could say; None where there is nothing."""
    issue = Issue.objects.out().select_related("community").first()
    if issue is None:
        community = Community.objects.filter(series__published_at__isnull=False).order_by("pk").first()
        issue = Issue(community=community, since=now - editing.FIRST, made_at=now)
    items = editing.items_of(issue, now=now)
    if not items or issue.community is None:
        return None
    stop = settings.MERIDIAN_URL + reverse("stop_mails", args=["example"])
    return {**_shared(issue, unwithdrawn(items), True, now), "stop": stop}


def draft_context(issue: Issue, *, now: datetime) -> Context:
    """Return what a draft's mail would say to a member, in the language of now, at `now` (aware UTC)."""
    items = unwithdrawn(editing.items_of(issue, now=now))
    stop = settings.MERIDIAN_URL + reverse("stop_mails", args=["example"])
    return {**_shared(issue, items, True, now), "stop": stop}


def try_out(*, issue: Issue, person: Person, now: datetime) -> bool:
    """Return whether a mail with the draft as it is goes to `person` (with `user`) alone. Call it inside `atomic`."""
    to = recipient_of(person)
    if to is None:
        return False
    subject = f"{TRIAL}:{issue.uuid}"
    last = Message.objects.filter(kind=KIND, subject=subject, email=to.email).order_by("-revision").first()
    revision = last.revision + 1 if last else 1
    made = post(
        kind=KIND,
        subject=subject,
        revision=revision,
        letters=[Letter(to)],
        due_at=now,
        now=now,
        community_id=issue.community_id,
    )
    return bool(made)


def shown(
    issue: Issue, items: Sequence[Item], *, inside: bool, most: int | None = None, letters: int = 0
) -> Shown:
    """Return what a page says, or a mail: at most `most` items of a section, `letters` of the introduction (0: all)."""
    words = {tag: text.strip() for tag, text in issue.introduction.items() if text.strip()}
    short = {tag: _short(text, letters) for tag, text in words.items()} if letters else words
    address = settings.MERIDIAN_URL + page_of(issue)
    return Shown(
        subject_of(issue, items), short, short != words, in_sections(items, inside=inside, most=most), address
    )


def unwithdrawn(items: Sequence[Item]) -> list[Item]:
    """Return the items without sessions that were withdrawn since, as law or safety asked. One query."""
    refs = withdrawn(items)
    return [each for each in items if each.ref not in refs]


def withdrawn(items: Iterable[Item]) -> set[str]:
    """Return the refs of sessions that were withdrawn since. One query."""
    uids = {each.ref.partition(":")[2] for each in items if each.ref.startswith("session:")}
    gone = Session.objects.filter(uid__in=uids).exclude(withdrawn_at=None).values_list("uid", flat=True)
    return {f"session:{uid}" for uid in gone}


# Below: how it is done.


@dataclass(frozen=True)
class _Allowed:
    """Who of a batch still gets it: persons who belong and want it; addresses and persons who asked for it."""

    members: set[int]
    inside: set[int]
    emails: set[str]
    persons: set[int]


def _allowed(messages: Sequence[Message], issue: Issue) -> _Allowed:
    persons = {each.person_id for each in messages if each.person_id}
    emails = {each.email for each in messages}
    inside, off = set[int](), set[int]()
    if issue.community:
        rows = Membership.objects.filter(community=issue.community, person__in=persons)
        inside = set(rows.values_list("person_id", flat=True))
        rows_off = LetterOff.objects.filter(community=issue.community, person__in=persons)
        off = set(rows_off.values_list("person_id", flat=True))
    asked = Subscription.objects.wanting("newsletter").filter(scope=issue.scope)
    by_email = set(asked.filter(reader__email__in=emails).values_list("reader__email", flat=True))
    by_person = set(asked.filter(reader__person__in=persons).values_list("reader__person_id", flat=True))
    return _Allowed(inside - off, inside, by_email, {each for each in by_person if each})


def _told(
    message: Message,
    issue: Issue,
    items: Sequence[Item],
    allowed: _Allowed,
    shared: dict[tuple[str, bool], Context],
    now: datetime,
) -> Told:
    """One mail. Raises Pointless where the reader does not want it any more, or may not read it."""
    person = message.person_id or 0
    inside = person in allowed.inside
    wanted = person in allowed.members or message.email in allowed.emails or person in allowed.persons
    closed = issue.community is not None and issue.community.joining == Joining.CLOSED
    if not wanted or (closed and not inside):
        raise Pointless(UNWANTED)
    key = (message.language, inside)
    if key not in shared:
        with translation.override(message.language):
            shared[key] = _shared(issue, items, inside, now)
    stop = stop_address(
        email=message.email, person_id=message.person_id, kind=NEWSLETTER, community=issue.community
    )
    return Told(shared[key], {"stop": stop})


def _shared(issue: Issue, items: Sequence[Item], inside: bool, now: datetime) -> Context:
    """What all say who read in the language of now: as much as fits."""
    language = get_language() or settings.LANGUAGE_CODE
    key = f"letter-fits:{issue.uuid}:{language}:{inside}:{len(items)}:{issue.version}"
    step = cache.get(key) if issue.number else None
    if step is None:
        step = _fitting(issue, items, inside, language, now)
        if issue.number:
            cache.set(key, step, 3600)
    return _context(issue, items, inside, step)


def _fitting(issue: Issue, items: Sequence[Item], inside: bool, language: str, now: datetime) -> int:
    """The fullest step whose mail is small enough; the last where none is."""
    longest = settings.MERIDIAN_URL + "/" + "x" * 250  # as a reader's own link
    for step in range(len(STEPS) - 1):
        context = _context(issue, items, inside, step) | {"stop": longest}
        if write(KIND, context, language=language, zone="", now=now).size <= MOST_BYTES - SPARE:
            return step
    return len(STEPS) - 1


def _context(issue: Issue, items: Sequence[Item], inside: bool, step: int) -> dict[str, Any]:
    most, letters = STEPS[step]
    community = issue.community
    return {
        "letter": shown(issue, items, inside=inside, most=most, letters=letters),
        "community": community,
        "member": inside,
        "at": issue.went_at,
        "list_name": f"newsletter.{community.slug}" if community else "newsletter",
        "reply_to": community.contact if community else "",
    }


def _short(text: str, letters: int) -> str:
    """The beginning of a text, up to a word's end."""
    return text if len(text) <= letters else text[:letters].rsplit(maxsplit=1)[0] + " …"
