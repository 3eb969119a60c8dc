"""Open what is owed: before the session what is wanted by then, and when it ends its checklist, once; in numbers."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from seminars.changes.models import Change
from seminars.changes.recording import SITE, raise_versions
from seminars.followups.dating import counted_from, due_at
from seminars.followups.kinds import is_by_hand
from seminars.followups.models import Checklist, Item, ItemState, Owed
from seminars.followups.owners import LOADED, owner_of, zone_of
from seminars.followups.ticking import Turn, settle_all, standing, turn_all
from seminars.sessions.facts import NOT_RECORDED, settled_by, shown_kinds, shown_of_lead
from seminars.sessions.models import Echo, Precision, Session, SessionQuerySet
from seminars.sessions.revising import subject_of

SOME = 50
"""Sessions that one transaction opens."""
AHEAD = timedelta(days=14)
"""What is wanted before a session is on the list at least so long before it begins…"""
NOTICE = timedelta(days=7)
"""…and so long before it is due; a template that came later, or a late session, leaves a day."""
LATE = timedelta(days=1)


def open_due(*, now: datetime) -> int:
    """Return how many checklists were opened: once for each published session that has ended (now: aware UTC).

    None for sessions that were over when they were published, that did not take place, that are other people's or
    relays of a recording, or whose series owes nothing.
    """
    over = Q(ends_at__lte=now) | Q(closed_at__lte=now)
    ended = _taking_place().filter(over, checklist=None)
    return _in_pieces(ended.order_by("ends_at", "id"), lambda some: _close(some, now))


def is_to_open(session: Session) -> bool:
    """Whether a session that has ended still gets its checklist: `open_due` comes round every minute or two."""
    return _taking_place().filter(pk=session.pk, checklist=None).exists()


def open_ahead(*, now: datetime) -> int:
    """Return how many things were put on the lists of sessions that are still to come (now: aware UTC).

    Each line of a template once for each session, whoever asks how often: `AHEAD` of the start, or earlier where it
    is due earlier.
    """
    owed = Owed.objects.filter(days__lte=0)
    near = Q(pk=None)
    for days in owed.order_by("days").values_list("days", flat=True).distinct():
        there = Item.objects.filter(session=OuterRef(OuterRef("pk")), kind=OuterRef("kind"))
        lines = owed.filter(series=OuterRef("series"), days=days).exclude(Exists(there))
        near |= Q(Exists(lines), starts_at__lte=now + _ahead(days))
    coming = _taking_place().filter(near, starts_at__gt=now, closed_at=None, checklist=None)
    return _in_pieces(coming.order_by("starts_at", "id"), lambda some: _announce(some, now))


# Below: how it is done.


def _taking_place() -> SessionQuerySet:
    """Published sessions of ours that owe something and are not called off."""
    rows = Session.objects.published().filter(ends_at__gt=F("published_at"), series__external=False)
    rows = rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, precision=Precision.DAY)
    return rows.filter(Exists(Owed.objects.filter(series=OuterRef("series")))).exclude(echo=Echo.RELAY)


def _ahead(days: int) -> timedelta:
    """How long before the start a thing is put on the list that is due `days` (0 or fewer) from its day."""
    return max(AHEAD, timedelta(days=1 - days) + NOTICE)


def _in_pieces(sessions: SessionQuerySet, verb: Callable[[SessionQuerySet], int]) -> int:
    """Hand some of `sessions` at a time to `verb`, held, each in a transaction of its own.

    They are looked for again once they are held, so that of two workers one finds nothing left to do.
    """
    keys, done = list(sessions.values_list("pk", flat=True)), 0
    for first in range(0, len(keys), SOME):
        some = keys[first : first + SOME]
        with transaction.atomic():
            list(Session.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk"))
            done += verb(sessions.filter(pk__in=some))
    return done


def _loaded(sessions: SessionQuerySet) -> list[Session]:
    rows = sessions.with_facts().select_related("series__made_by__person__user", "lead")
    return list(rows.prefetch_related(*LOADED))


def _close(sessions: SessionQuerySet, now: datetime) -> int:
    """Open the checklists of sessions that have ended."""
    ended = _loaded(sessions)
    made = [Checklist(session=session, opened_at=now) for session in ended]
    Checklist.objects.bulk_create(made)
    turn_all(_moot(ended), now=now)  # items that are there before any version, as everywhere
    _write(ended, now, {session.pk: _lines_after(session) for session in ended}, kind="checklist")
    settle_all([each.pk for each in ended], now=now)
    return len(ended)


def _announce(sessions: SessionQuerySet, now: datetime) -> int:
    """Put on the list what is wanted before sessions that are still to come."""
    coming = _loaded(sessions)
    lines = {session.pk: _lines_before(session, now) for session in coming}
    _write([session for session in coming if lines[session.pk]], now, lines, kind="tasks")
    return sum(map(len, lines.values()))


def _lines_after(session: Session) -> list[Owed]:
    """What is on the list from the end on: all that comes after, and files that were wanted before."""
    return [each for each in _lines(session) if each.days > 0 or not is_by_hand(each.kind)]


def _lines_before(session: Session, now: datetime) -> list[Owed]:
    assert session.starts_at is not None  # only those are looked for
    left = session.starts_at - now
    return [each for each in _lines(session) if each.days <= 0 and left <= _ahead(each.days)]


def _lines(session: Session) -> list[Owed]:
    """The template's lines that are not on the list yet, that its lead has not settled, and that can come at all."""
    there = {item.kind for item in session.items.all()} | shown_of_lead(session)
    lines = [each for each in session.series.owed.all() if each.kind not in there]
    return [each for each in lines if not (session.report_only and each.kind in NOT_RECORDED)]


def _moot(ended: Iterable[Session]) -> Iterator[Turn]:
    """Tasks that were to be done before these sessions, and were not, are let go."""
    rows = Item.objects.filter(session__in=[each.pk for each in ended], days__lte=0)
    found = rows.filter(state__in=ItemState.open()).select_related("session").order_by("pk")
    for item in found:
        if item.is_by_hand:
            with override(item.session.language):  # it is stored, so in the session's language
                yield Turn(item, ItemState.WAIVED, _("The session is over."))


def _write(sessions: list[Session], now: datetime, lines: dict[int, list[Owed]], *, kind: str) -> None:
    """Store items and what happened, all at once."""
    items = [_item(session, each, now) for session in sessions for each in lines[session.pk]]
    Item.objects.bulk_create(items, ignore_conflicts=True)
    raise_versions({SITE, *(f"tasks:{session.series_id}" for session in sessions)})
    Change.objects.bulk_create(
        Change(
            at=now,
            kind=kind,
            subject=subject_of(session),
            before={},
            after={"items": [each.kind for each in lines[session.pk]]},
        )
        for session in sessions
    )


def _item(session: Session, line: Owed, now: datetime) -> Item:
    owner = owner_of(session, line.kind)
    zone = zone_of(owner) if line.days else ""
    due = due_at(session, line.days, zone)
    if due <= now and session.starts_at and session.starts_at > now:
        due = min(now + LATE, session.starts_at)
    done = line.kind in settled_by(shown_kinds(session))
    return Item(
        session=session,
        kind=line.kind,
        words=line.words,
        state=ItemState.DONE if done else standing(due, now),
        done_at=now if done else None,
        person=owner,
        zone=zone,
        due_at=due,
        first_due_at=due,
        days=line.days,
        counted_from=counted_from(session, line.days),
        opened_at=now,
    )
