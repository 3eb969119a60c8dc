"""Two mails with a link to answer by: a speaker's own page, and a date poll."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message, MessageState
from seminars.notifications.posting import Letter, Recipient, language_of, post, recipient_of
from seminars.people.models import Community, Person
from seminars.series.models import Series
from seminars.sessions.models import Session, Speaker
from seminars.sessions.polls.models import DatePoll, PollSlot
from seminars.sessions.speaking.models import SpeakerLink

SPEAKER, POLL = "speaker-link", "poll"
EXAMPLE = "example"  # stands for the secret in a preview
NO_LINK = gettext_noop("The link has ended.")
NO_POLL = gettext_noop("The poll is closed.")


def speaker_subject(link: SpeakerLink) -> str:
    """Return what the mails with a speaker's link are about."""
    return f"speaker-link:{link.pk}"


def poll_subject(poll: DatePoll) -> str:
    """Return what a poll's mails are about."""
    return f"poll:{poll.pk}"


def mail_speaker_link(link: SpeakerLink, *, now: datetime) -> bool:
    """Return whether a mail with the link is written down; not while one waits. Call it inside `atomic`.

    Load the engagement with its session and its person's account. now: aware UTC.
    """
    engagement = link.engagement
    to = recipient_of(engagement.person, language=engagement.session.language)
    if to is None:
        return False
    community_id = engagement.session.series.community_id
    return bool(_post_again(SPEAKER, speaker_subject(link), [to], now, community_id))


def mail_poll(poll: DatePoll, emails: Iterable[str], *, now: datetime) -> int:
    """Return how many mails with the poll's link are written down; where one waits, none is added. now: aware UTC."""
    wanted = dict.fromkeys(each.strip().lower() for each in emails)
    people = Person.objects.filter(Q(email__in=wanted) | Q(user__email__in=wanted)).select_related("user")
    known = {to.email: to for each in people if (to := recipient_of(each, language=poll.language))}
    plain = language_of(poll.language)
    found = [known.get(email) or Recipient(email, language=plain) for email in wanted]
    return _post_again(POLL, poll_subject(poll), found, now, poll.community_id)


def letter_of(session: Session, person: Person, link: SpeakerLink) -> Context:
    """Return what the mail to a speaker says."""
    return {
        "session": session,
        "person": person,
        "community": session.series.community,
        "address": settings.MERIDIAN_URL + reverse("speak", args=[link.token]),
        "reply_to": session.series.community.contact,
    }


def speaker_facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for a link that has ended."""
    rows = SpeakerLink.objects.select_related(
        "engagement__session__series__community", "engagement__person__user"
    )
    link = rows.filter(pk=_number(message), revoked_at=None).first()
    if link is None or now >= link.works_until or link.engagement.session.withdrawn_at:
        raise Pointless(NO_LINK)
    return letter_of(link.engagement.session, link.engagement.person, link)


def speaker_sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site that has a speaker; None where there is none."""
    speakers = Speaker.objects.select_related("person", "session__series__community")
    ahead = speakers.filter(session__starts_at__gt=now).order_by("session__starts_at", "pk")
    found = ahead.first() or speakers.order_by("pk").first()
    return letter_of(found.session, found.person, SpeakerLink(token=EXAMPLE)) if found else None


def poll_facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for a poll that takes no more answers."""
    poll = DatePoll.objects.select_related("community", "series").filter(pk=_number(message)).first()
    if poll is None or not poll.is_open(now):
        raise Pointless(NO_POLL)
    return _poll(poll, list(poll.slots.select_related("poll")))


def poll_sample(now: datetime, zone: str) -> Context | None:
    """Return the same for a poll of the site, or for one as it could be; None where there is no community."""
    poll = DatePoll.objects.select_related("community", "series").order_by("-pk").first()
    if poll:
        return _poll(poll, list(poll.slots.select_related("poll")))
    series = Series.objects.published().select_related("community").order_by("pk").first()
    community = series.community if series else Community.objects.order_by("pk").first()
    if community is None:
        return None
    ahead = (
        Session.objects.filter(starts_at__gt=now)
        .order_by("starts_at", "pk")
        .values_list("starts_at", flat=True)
    )
    made = DatePoll(
        community=community, series=series, title="…", zone=community.home_zone, minutes=60, token=EXAMPLE
    )
    made.title = str((series.title if series else community.name).get("en", "…"))
    hours = [each for each in ahead[:3] if each] or [now]
    return _poll(made, [_slot(made, each) for each in hours])


def _poll(poll: DatePoll, slots: list[PollSlot]) -> Context:
    return {
        "poll": poll,
        "slots": slots,
        "community": poll.community,
        "address": settings.MERIDIAN_URL + reverse("poll", args=[poll.token]),
        "reply_to": poll.community.contact,
    }


def _slot(poll: DatePoll, starts_at: datetime) -> PollSlot:
    wall = clock.to_wall(starts_at, poll.zone)
    return PollSlot(poll=poll, starts_at=starts_at, local_date=wall.date(), local_time=wall.time())


def _number(message: Message) -> int:
    number = message.subject.partition(":")[2]
    return int(number) if number.isdecimal() else 0


def _post_again(kind: str, subject: str, to: list[Recipient], now: datetime, community_id: int) -> int:
    """A person pressed the button: one more mail to each, unless theirs is still on its way."""
    known = Message.objects.filter(kind=kind, subject=subject, email__in=[each.email for each in to])
    last = dict(known.order_by("revision").values_list("email", "revision"))
    way = [*MessageState.unsent(), MessageState.SENDING]
    on_its_way = set(known.filter(state__in=way).values_list("email", flat=True))
    by_revision = defaultdict[int, list[Letter]](list)
    for each in to:
        if each.email not in on_its_way:
            by_revision[last.get(each.email, 0) + 1].append(Letter(each))
    return sum(
        post(
            kind=kind,
            subject=subject,
            revision=revision,
            letters=letters,
            due_at=now,
            now=now,
            community_id=community_id,
        )
        for revision, letters in sorted(by_revision.items())
    )
