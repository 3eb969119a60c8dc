"""Somebody who read or heard a page of the archive says what is wrong there: its organisers get it by mail."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post, recipient_of
from seminars.people.models import Membership, Role, User
from seminars.sessions.models import Session

KIND = "correction"
GONE = gettext_noop("The session is gone.")
NO_PLANNER = gettext_noop("The person plans for the community no more.")


def tell(*, session: Session | None, page: str, title: str, text: str, at: str, now: datetime) -> int:
    """Return to how many people a mail is written down. Call it inside `atomic`.

    They are who plans for the community; of what was never a session, the site's administrators. page: whole address.
    title: of the page. text: what is wrong. at: the place, in the reader's words. now: aware UTC. Load
    `series__community` with the session.
    """
    said = {"text": text, "at": at, "page": page, "title": title, "session": session.pk if session else None}
    return post(
        kind=KIND,
        subject=f"correction:{uuid4()}",
        revision=1,
        letters=[Letter(each, said) for each in _readers(session)],
        due_at=now,
        now=now,
        community_id=session.series.community_id if session else None,
    )


def _readers(session: Session | None) -> list[Recipient]:
    if session is None:
        users = User.objects.filter(is_superuser=True, is_active=True).select_related("person")
        return [Recipient(each.email, None, language_of(each.language)) for each in users]
    community = session.series.community
    planners = Membership.objects.filter(community=community, role__in=Role.organising()).order_by("pk")
    people = planners.select_related("person__user")
    found = [recipient_of(each.person, language=community.language) for each in people]
    return [each for each in found if each]


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless where the reader plans no more, or the session is gone."""
    said = message.facts
    if said.get("session") is None:
        return _said(None, said)
    session = Session.objects.select_related("series__community").filter(pk=said["session"]).first()
    if session is None:
        raise Pointless(GONE)
    planners = Membership.objects.filter(community=session.series.community, role__in=Role.organising())
    if not planners.filter(person=message.person_id or 0).exists():
        raise Pointless(NO_PLANNER)
    return _said(session, said)


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for any session; None where there is none."""
    session = Session.objects.select_related("series__community").order_by("pk").first()
    if session is None:
        return None
    page = settings.MERIDIAN_URL + reverse("session", args=[session.slug])
    title = next(iter(session.heading.values()), session.slug)
    return _said(session, {"text": "Amina’s name is Diallo.", "at": "1:23", "page": page, "title": title})


def _said(session: Session | None, said: Any) -> Context:
    names = ("text", "at", "page", "title")
    return {
        "session": session,
        "community": session.series.community if session else None,
        **{name: said.get(name, "") for name in names},
        "address": said.get("page", ""),
    }
