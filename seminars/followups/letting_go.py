"""What was taken out of the archive by decision is owed no more; brought back, it is owed, or done, as before.

Without it a session whose recording was withdrawn would promise it again, and somebody would be reminded of it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from seminars.changes.models import Change
from seminars.followups.checklist import telling
from seminars.followups.models import Item, ItemQuerySet, ItemState
from seminars.followups.ticking import Turn, standing, turn_all
from seminars.sessions.facts import settled_by, shown_kinds
from seminars.sessions.models import Session
from seminars.sessions.revising import locked, subject_of


def let_go(
    *,
    session: Session,
    kinds: Collection[str],
    reason: str,
    instead_of: str = "",
    since: datetime,
    now: datetime,
    actor_id: int | None,
) -> list[Item]:
    """Return the items of these kinds, waived now, done ones too. reason: shown to everybody. since, now: aware UTC.

    What a person said to be owed after `since` stays so: they know, and decided otherwise.
    instead_of: the reason for which some were let go, at `since` or later, and which this one replaces; "" for none.
    Call it before their materials go, in that transaction: so the session never says that something is still to come.
    """
    with telling(session, now=now, actor_id=actor_id):
        before = _before(session, instead_of, since) if instead_of else {}
        again = Q(state=ItemState.WAIVED, reason=instead_of, kind__in=before)
        asked = {kind for _subject, kind in _asked_for({subject_of(session): since})}
        more = Q(kind__in=set(kinds) - asked) & ~Q(state=ItemState.WAIVED)
        items = _held(session).filter(again | more)
        return turn_all([Turn(each, ItemState.WAIVED, reason) for each in items], now=now, actor_id=actor_id)


def ask_again(
    *, session: Session, reason: str, since: datetime, now: datetime, actor_id: int | None
) -> list[Item]:
    """Return the items that were let go for `reason`: done where their material is out again, else owed as before.

    since: when that was decided; what a person waived earlier stays so, whatever the reason. since, now: aware UTC.
    Call it after the materials are out.
    """
    with telling(session, now=now, actor_id=actor_id):
        there = settled_by(shown_kinds(Session.objects.get(pk=session.pk)))
        before = _before(session, reason, since)
        turns = []
        for item in _held(session).filter(state=ItemState.WAIVED, reason=reason, kind__in=before):
            state, said = before[item.kind]
            if item.kind in there:
                state, said = ItemState.DONE, ""
            elif state != ItemState.HELD:
                state, said = standing(item.due_at, now), ""
            turns.append(Turn(item, state, said))
        return turn_all(turns, now=now, actor_id=actor_id)


def hold(session_id: int) -> Session:
    """Return the session, held with its items until the transaction ends: call it before what raises a version.

    A sweep that turns them takes items first, then versions: so the two never wait for each other in a ring.
    """
    session = locked(session_id)
    list(_held(session))
    return session


def owed(kinds: Collection[str]) -> ItemQuerySet:
    """Return what is still owed of these kinds, of any session."""
    return Item.objects.filter(kind__in=kinds, state__in=ItemState.open())


def unasked(items: ItemQuerySet, since: Mapping[int, datetime]) -> set[int]:
    """Return the sessions (primary keys) of those items that nobody said to be owed after `since`, by session."""
    found = [(each, subject_of(each.session)) for each in items.select_related("session")]
    asked = _asked_for({subject: since[item.session_id] for item, subject in found})
    return {item.session_id for item, subject in found if (subject, item.kind) not in asked}


def _asked_for(since: Mapping[str, datetime]) -> set[tuple[str, str]]:
    """Return the subject and kind of each item that a person said to be owed after `since`: reopened it, say."""
    said = Change.objects.filter(subject__in=since, kind="item", actor__isnull=False)
    return {
        (subject, after["kind"])
        for subject, at, after in said.values_list("subject", "at", "after")
        if at > since[subject] and after["state"] in ItemState.open()
    }


def _held(session: Session) -> ItemQuerySet:
    """The session's items, held: before any version, as everywhere."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("session__series")
    return rows.filter(session=session).order_by("pk")


def _before(session: Session, reason: str, since: datetime) -> dict[str, tuple[ItemState, str]]:
    """Return how the items stood that were let go for `reason` at `since` or later, by kind: state and its reason."""
    found: dict[str, tuple[ItemState, str]] = {}
    stood: dict[str, tuple[ItemState, str]] = {}
    rows = Change.objects.filter(subject=subject_of(session), kind="item").order_by("pk")
    for at, after, said in rows.values_list("at", "after", "note"):
        kind, state = after["kind"], ItemState(after["state"])
        found.pop(kind, None)
        if state != ItemState.WAIVED:
            stood[kind] = state, said
        elif said == reason and at >= since:
            found[kind] = stood.get(kind, (ItemState.WAITING, ""))
    return found
