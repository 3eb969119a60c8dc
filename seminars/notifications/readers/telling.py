"""Which readers are told a fact, how to write to them, and whether they still want it when the mail leaves."""

from collections.abc import Iterable

from django.db.models import Q

from seminars.notifications.models import Message
from seminars.notifications.posting import Recipient, recipient_of
from seminars.notifications.readers.models import Reader, Subscription, SubscriptionQuerySet, scopes_of
from seminars.people.models import Joining, Membership
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Audience
from seminars.sessions.models import Session, Speaker


def told(sessions: Iterable[Session], wish: str) -> dict[int, list[Subscription]]:
    """Return by session who wants mails of the kind `wish` about it: one question for all of them.

    Where not everybody may see a session, only readers with an account remain who belong to it. Whether each of those
    may see it now is asked when the mail leaves (`still`). Load `series__community` with the sessions.
    """
    found: dict[int, list[Subscription]] = {each.pk: [] for each in sessions}
    by_scope: dict[str, list[Subscription]] = {}
    wanted = {scope for each in sessions for scope in scopes_of(each)}
    for row in Subscription.objects.wanting(wish).of(sorted(wanted)).order_by("pk"):
        by_scope.setdefault(row.scope, []).append(row)
    for session in sessions:
        rows = [row for scope in reversed(scopes_of(session)) for row in by_scope.get(scope, ())]
        if rows and not is_public(session):
            inside = _inside(session)
            rows = [row for row in rows if row.reader.person_id in inside]
        found[session.pk] = rows
    return found


def recipient(reader: Reader) -> Recipient | None:
    """Return how to write to a reader: as the account says once they moved into it, else as the address said."""
    if reader.person is not None and reader.person.user_id is not None:
        return recipient_of(reader.person, language=reader.language)
    return Recipient(reader.email, None, reader.language, reader.zone)


def whose(message: Message, before: str = "") -> Q:
    """Return the condition that a reader, or what is `before` it ("reader__"), is the one of `message`."""
    mine = Q(**{f"{before}email": message.email})
    return mine | Q(**{f"{before}person": message.person_id}) if message.person_id else mine


def still(message: Message, sessions: Iterable[Session], wish: str) -> list[Session]:
    """Return those of `sessions` that the reader of `message` follows for this kind of mail, and may see now."""
    rows: SubscriptionQuerySet = Subscription.objects.wanting(wish).filter(whose(message, "reader__"))
    followed = set(rows.values_list("scope", flat=True))
    kept = [each for each in sessions if followed.intersection(scopes_of(each))]
    return [each for each in kept if may_see(message, each)]


def may_see(message: Message, session: Session) -> bool:
    """Return whether who reads `message` may see the session: what is public, or what their account is let into."""
    if session.withdrawn_at or is_public(session):
        return session.published_at is not None
    user_id = message.person.user_id if message.person else None
    visitor = Visitor(user_id) if user_id else NOBODY
    return Session.objects.visible_to(visitor).published().filter(pk=session.pk).exists()


def is_public(session: Session) -> bool:
    """Return whether everybody may see the session, published as it is."""
    return session.audience == Audience.EVERYONE and session.series.community.joining != Joining.CLOSED


def _inside(session: Session) -> set[int]:
    """Persons who belong to a session that not everybody may see."""
    close = set(session.named.values_list("pk", flat=True))
    close |= set(Speaker.objects.filter(session=session).values_list("person_id", flat=True))
    if session.audience == Audience.NAMED:
        return close
    members = Membership.objects.filter(community=session.series.community_id)
    return close | set(members.values_list("person_id", flat=True))
