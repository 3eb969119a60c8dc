"""A date poll from its proposal to the session it becomes."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions import drafting, moving, planning
from seminars.sessions.models import Session
from seminars.sessions.polls.models import DatePoll, PollAnswer, PollSlot, Suits, Voice

FEWEST, MOST = 2, 30
VOICES = 500
LONGEST_NOTE = 2000


class PollClosed(Exception):
    """The poll takes no more answers. Nothing was written."""


@dataclass
class Tally:
    """What was said to one hour: how many of each, and each voice's word."""

    slot: PollSlot
    yes: int = 0
    maybe: int = 0
    no: int = 0
    said: dict[int, str] = field(default_factory=dict)
    best: bool = False


def open_poll(
    *,
    community: Community,
    series: Series | None,
    title: str,
    note: str = "",
    zone: str,
    minutes: int,
    walls: Iterable[datetime],
    closes_at: datetime | None = None,
    now: datetime,
    actor_id: int | None,
) -> DatePoll:
    """Return a new poll. walls: naive, in `zone`. series: where the session will be; None for a draft of its own.

    closes_at, now: aware UTC. Raises UserError by field; of the walls `wall<n>`, counted from 0, and `walls`.
    """
    proposed = list(walls)
    wrong = _wrong(title, note, zone, minutes, closes_at, now)
    if not wrong.get("zone"):
        wrong |= _wrong_walls(proposed, zone, now)
    raise_if(wrong)
    instants = {clock.to_instant(wall, zone): wall for wall in proposed}
    if closes_at and closes_at > min(instants):
        raise UserError({"closes": _("Close the poll before the first of its hours.")})
    with transaction.atomic():
        poll = DatePoll.objects.create(
            community=community,
            series=series,
            title=title.strip(),
            note=note.strip(),
            language=series.language if series else community.language,
            zone=clock.canonical(zone),
            minutes=minutes,
            token=secrets.token_urlsafe(18),
            closes_at=closes_at,
            made_at=now,
            made_by_id=actor_id,
        )
        PollSlot.objects.bulk_create(
            PollSlot(poll=poll, local_date=wall.date(), local_time=wall.time(), starts_at=starts_at)
            for starts_at, wall in sorted(instants.items())
        )
    return poll


def answer(
    *, poll: DatePoll, voice: Voice | None, name: str, zone: str, said: Mapping[int, str], now: datetime
) -> Voice:
    """Return the voice with these answers. voice: None for somebody new; one answer for each name.

    zone: IANA name or "". said: a `Suits` by the id of each slot. now: aware UTC. Raises PollClosed or UserError.
    """
    if not poll.is_open(now):
        raise PollClosed
    name = " ".join(name.split())
    slots = set(poll.slots.values_list("pk", flat=True))
    wrong = {}
    if not name or len(name) > 100:
        wrong["name"] = _("Give your name, in at most 100 characters.")
    if not said or not said.keys() <= slots or not set(said.values()) <= set(Suits.values):
        wrong[""] = _("Say of at least one hour whether it suits you.")
    if voice is None and poll.voices.count() >= VOICES:
        wrong[""] = _("This poll has too many answers. Write to the organisers.")
    raise_if(wrong)
    zone = clock.canonical(zone) if clock.is_zone(zone) else ""
    try:
        with transaction.atomic():
            # A poll that is closed at this very moment waits for us, or we see that it is.
            if not DatePoll.objects.select_for_update().get(pk=poll.pk).is_open(now):
                raise PollClosed
            voice = _keep(poll, voice, name, zone, now)
            voice.answers.all().delete()
            PollAnswer.objects.bulk_create(
                PollAnswer(voice=voice, slot_id=slot, suits=suits) for slot, suits in said.items()
            )
    except IntegrityError as taken:
        message = _(
            "Somebody has answered under this name. If it was you, open the link you were given then."
        )
        raise UserError({"name": message}) from taken
    return voice


def set_open(*, poll: DatePoll, is_open: bool, now: datetime) -> DatePoll:
    """Return the poll, closed now (aware UTC), or open again for as long as it takes."""
    if poll.session_id:
        raise UserError({"": _("This poll has become a session.")})
    poll.closed_at = None if is_open else poll.closed_at or now
    if is_open and poll.closes_at and poll.closes_at <= now:
        poll.closes_at = None
    poll.save(update_fields=["closed_at", "closes_at"])
    return poll


def tallies(poll: DatePoll) -> list[Tally]:
    """Return what was said to each hour, in their order; best are those with the most yes, then the fewest no."""
    found = {slot.pk: Tally(slot) for slot in poll.slots.select_related("poll")}
    for voice_id, slot_id, suits in PollAnswer.objects.filter(slot__poll=poll).values_list(
        "voice_id", "slot_id", "suits"
    ):
        tally = found[slot_id]
        tally.said[voice_id] = suits
        setattr(tally, suits, getattr(tally, suits) + 1)
    rows = list(found.values())
    top = max(((row.yes, -row.no) for row in rows if row.said), default=None)
    for row in rows:
        row.best = (row.yes, -row.no) == top and bool(row.said)
    return rows


def choose(*, poll: DatePoll, slot: PollSlot, now: datetime, actor_id: int | None) -> Session:
    """Return the session at that hour: in the poll's series, or as a draft series of one. Twice gives the same.

    The poll is closed by it. Raises UserError where the hour has passed.
    """
    with transaction.atomic():
        poll = (
            DatePoll.objects.select_for_update(of=("self",))
            .select_related("community", "series")
            .get(pk=poll.pk)
        )
        if poll.session:
            return poll.session
        if slot.starts_at <= now:
            raise UserError({"": _("This hour has passed. Choose a later one.")})
        session = _added(poll, slot, now, actor_id) if poll.series else _drafted(poll, slot, now, actor_id)
        poll.session, poll.closed_at = session, poll.closed_at or now
        poll.save(update_fields=["session", "closed_at"])
    return session


# Below: how it is done.


def _wrong(
    title: str, note: str, zone: str, minutes: int, closes_at: datetime | None, now: datetime
) -> dict[str, str]:
    wrong = {}
    if not title.strip() or len(title) > 200:
        wrong["title"] = _("Give a title, in at most 200 characters.")
    if len(note) > LONGEST_NOTE:
        wrong["note"] = _("Use at most %(most)d characters.") % {"most": LONGEST_NOTE}
    if not clock.is_zone(zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    if not 1 <= minutes <= 14 * 1440:
        wrong["minutes"] = _("The end must be after the start, and at most 14 days later.")
    if closes_at and closes_at <= now:
        wrong["closes"] = _("This day has passed. Choose a later one.")
    return wrong


def _wrong_walls(walls: list[datetime], zone: str, now: datetime) -> dict[str, str]:
    if not FEWEST <= len(set(walls)) <= MOST:
        words = _("Propose %(fewest)d to %(most)d different hours.")
        return {"walls": words % {"fewest": FEWEST, "most": MOST}}
    wrong = {}
    for number, wall in enumerate(walls):
        if wall.year > 2199:
            wrong[f"wall{number}"] = _("Choose a year from 1900 to 2199.")
            continue
        reading = clock.inspect(wall, zone)
        if reading.kind == clock.Kind.GAP:
            wrong[f"wall{number}"] = _("Clocks go forward then: this time does not exist.")
        elif reading.kind == clock.Kind.FOLD:
            wrong[f"wall{number}"] = _("Clocks go back then: this time comes twice. Choose another one.")
        elif clock.to_instant(wall, zone) <= now:
            wrong[f"wall{number}"] = _("This time has passed. Choose a later one.")
    return wrong


def _keep(poll: DatePoll, voice: Voice | None, name: str, zone: str, now: datetime) -> Voice:
    if voice is None:
        key = secrets.token_urlsafe(18)
        return Voice.objects.create(poll=poll, name=name, zone=zone, key=key, made_at=now, changed_at=now)
    voice.name, voice.zone, voice.changed_at = name, zone or voice.zone, now
    voice.save(update_fields=["name", "zone", "changed_at"])
    return voice


def _added(poll: DatePoll, slot: PollSlot, now: datetime, actor_id: int | None) -> Session:
    assert poll.series is not None
    wall = clock.to_wall(slot.starts_at, poll.series.zone)
    return moving.add_session(
        series=poll.series,
        wall=wall.replace(tzinfo=None),
        fold=wall.fold,
        minutes=poll.minutes,
        days=1,
        all_day=False,
        title=poll.title,
        abstract=poll.note,
        now=now,
        actor_id=actor_id,
    )


def _drafted(poll: DatePoll, slot: PollSlot, now: datetime, actor_id: int | None) -> Session:
    series = drafting.draft_series(
        community=poll.community,
        title=poll.title,
        abstract=poll.note,
        zone=poll.zone,
        first_date=slot.local_date,
        local_time=slot.local_time,
        minutes=poll.minutes,
        language=poll.language,
        form=poll.community.form,
        form_key=f"poll-{poll.pk}",
        now=now,
        actor_id=actor_id,
    )
    planning.fill(series=series, now=now, actor_id=actor_id)
    return series.sessions.select_related("series").get()
