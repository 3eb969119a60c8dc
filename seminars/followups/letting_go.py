"""What was taken out of the archive by decision is owed no more; brought back, it is owed, or done, as before.

Without it a session whose recording was withdrawn would promise it again, and somebody would be reminded of it.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from seminars.followups.checklist import telling
from seminars.followups.models import Item, ItemQuerySet, ItemState
from seminars.followups.ticking import Turn, standing, turn_all
from seminars.sessions.facts import settled_by, shown_kinds
from seminars.sessions.models import Session


def let_go(
    *,
    session: Session,
    kinds: Collection[str],
    reason: str,
    instead_of: str = "",
    now: datetime,
    actor_id: int | None,
) -> list[Item]:
    """Return the items of these kinds, waived now, done ones too. reason: shown to everybody. now: aware UTC.

    instead_of: the reason for which some were let go before, and which this one replaces; "" for none. Call it
    before their materials go, in that transaction: so the session never says that something is still to come.
    """
    with telling(session, now=now, actor_id=actor_id):
        again = Q(state=ItemState.WAIVED, reason=instead_of) if instead_of else Q(pk=None)
        items = _held(session).filter(again | Q(kind__in=kinds) & ~Q(state=ItemState.WAIVED))
        return turn_all([Turn(each, ItemState.WAIVED, reason) for each in items], now=now, actor_id=actor_id)


def ask_again(*, session: Session, reason: str, now: datetime, actor_id: int | None) -> list[Item]:
    """Return the items that were let go for `reason`: done where their material is out again, else owed by their time.

    now: aware UTC. Call it after the materials are out.
    """
    with telling(session, now=now, actor_id=actor_id):
        there = settled_by(shown_kinds(Session.objects.get(pk=session.pk)))
        items = _held(session).filter(state=ItemState.WAIVED, reason=reason)
        turns = [
            Turn(each, ItemState.DONE if each.kind in there else standing(each.due_at, now), "")
            for each in items
        ]
        return turn_all(turns, now=now, actor_id=actor_id)


def owed(kinds: Collection[str]) -> ItemQuerySet:
    """Return what is still owed of these kinds, of any session."""
    return Item.objects.filter(kind__in=kinds, state__in=ItemState.open())


def _held(session: Session) -> ItemQuerySet:
    """The session's items, held: before any version, as everywhere."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("session__series")
    return rows.filter(session=session).order_by("pk")
