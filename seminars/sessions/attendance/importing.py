"""Take in the list of a meeting program: say who is who, show what is in doubt, apply it whole, take it back."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.sessions.attendance.knowing import Known, Universe
from seminars.sessions.attendance.merging import Trace, merged
from seminars.sessions.attendance.models import Attendance, Intake, Way
from seminars.sessions.attendance.names import is_machine, is_phone
from seminars.sessions.attendance.noting import add_trace
from seminars.sessions.attendance.reading.people import NoPeople, Reading, Somebody, read
from seminars.sessions.attendance.reading.sheets import MOST_BYTES, MOST_LINES, TooMuch, Unreadable
from seminars.sessions.models import Session
from seminars.sessions.revising import locked, subject_of

NEW, NOBODY, IGNORE = "new", "nobody", "ignore"
MAIL, NAME, DOUBT, FRESH = "mail", "name", "doubt", "fresh"
BATCH = 500


@dataclass(frozen=True)
class Line:
    """One person of the file. how: `MAIL`, `NAME`, `DOUBT`, or `FRESH` for a new one. choice: what becomes of them.

    choice: the key of somebody known, `NEW`, `NOBODY` (not a person) or `IGNORE`.
    """

    who: Somebody
    how: str
    choice: str
    proposals: Sequence[Known] = ()


@dataclass(frozen=True)
class Plan:
    """What becomes of a file if it is applied now."""

    reading: Reading
    lines: Sequence[Line]
    universe: Universe

    def of(self, *how: str) -> list[Line]:
        """Return the lines of these kinds."""
        return [line for line in self.lines if line.how in how]


def keep(
    *, session: Session, content: bytes, filename: str, zone: str, now: datetime, actor_id: int | None
) -> Intake:
    """Return the file, kept to be looked through; one that was taken in already is returned as it is.

    zone: whose clock its hours are of. Raises UserError for what is no list of people.
    """
    if len(content) > MOST_BYTES:
        raise UserError({"file": _("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2}})
    digest = hashlib.sha256(content).hexdigest()
    if known := session.intakes.standing().filter(digest=digest).first():
        return known
    reading = _read(content, session, zone)
    session.intakes.filter(digest=digest, applied_at=None).delete()  # the same file, chosen once more
    return Intake.objects.create(
        session=session,
        filename=filename[:200],
        digest=digest,
        content=zlib.compress(content),
        zone=clock.canonical(zone),
        program=reading.program,
        made_at=now,
        made_by_id=actor_id,
    )


def plan(intake: Intake, *, decisions: Mapping[int, str] | None = None) -> Plan:
    """Return what becomes of a file that waits. decisions: choices by the number of the line. Raises UserError."""
    content = zlib.decompressobj().decompress(bytes(intake.content), MOST_BYTES + 1)
    reading, universe = _read(content, intake.session, intake.zone), Universe(intake.session)
    return Plan(reading, [_line(who, universe, decisions or {}) for who in reading.people], universe)


def apply(
    *, intake: Intake, decisions: Mapping[int, str], without_bad: bool, now: datetime, actor_id: int | None
) -> Plan:
    """Return what was done: the whole file is taken in, in one transaction, or nothing of it.

    decisions: as `plan`. without_bad: the organiser says that lines that cannot be read are left out. Raises UserError.
    """
    with transaction.atomic():
        locked(intake.session_id)
        if not Intake.objects.filter(pk=intake.pk, applied_at=None).update(applied_at=now):
            raise UserError({"": _("This file was taken in already.")})
        if intake.session.intakes.standing().filter(digest=intake.digest).exclude(pk=intake.pk).exists():
            raise UserError({"": _("This file was taken in already.")})
        _hold(intake)
        done = plan(intake, decisions=decisions)
        if done.reading.wrong and not without_bad:
            raise UserError({"without_bad": _("Some lines cannot be read. Say that they are left out.")})
        rows = _rows(intake, done, now)
        Intake.objects.filter(pk=intake.pk).update(content=b"", people=len(rows))
        _store(rows)
        record(
            kind="attendance-taken-in",
            subject=subject_of(intake.session),
            scopes=(),
            now=now,
            actor_id=actor_id,
            after={"file": intake.filename, "people": len(rows)},
        )
    return done


def take_back(*, intake: Intake, now: datetime, actor_id: int | None) -> int:
    """Return how many people a file no longer counts; who is known by nothing else leaves the list. Twice is once."""
    with transaction.atomic():
        locked(intake.session_id)
        if not Intake.objects.standing().filter(pk=intake.pk).update(taken_back_at=now):
            return 0
        _hold(intake)
        rows = list(intake.session.attendances.filter(traces__has_key=intake.key))
        stay, go = [], []
        for row in rows:
            del row.traces[intake.key]
            if not row.traces and row.struck_at is None:
                go.append(row.pk)
                continue
            for column, value in (merged(row.traces).columns() if row.traces else {}).items():
                setattr(row, column, value)
            stay.append(row)
        Attendance.objects.filter(pk__in=go).delete()
        Attendance.objects.bulk_update(stay, _COLUMNS, batch_size=BATCH)
        subject, after = subject_of(intake.session), {"file": intake.filename, "people": len(rows)}
        record(
            kind="attendance-taken-back", subject=subject, scopes=(), now=now, actor_id=actor_id, after=after
        )
    return len(rows)


def forget(*, before: datetime) -> int:
    """Return how many files from before `before` (aware UTC) that nobody took in are gone now."""
    return int(Intake.objects.filter(made_at__lt=before, applied_at=None).delete()[0])


# Below: how it is done.

_COLUMNS = ["registration", "person", "email", "name", "zone", "country", "traces"]
_COLUMNS += ["way", "first_at", "last_at", "seconds", "source"]


def _hold(intake: Intake) -> None:
    """Keep who is on the list as they are: somebody taps at the door, or joins, while traces are put together here."""
    list(intake.session.attendances.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _read(content: bytes, session: Session, zone: str) -> Reading:
    near = clock.to_wall(session.starts_at, zone).replace(tzinfo=None) if session.starts_at else None
    try:
        return read(content, zone=zone, near=near)
    except TooMuch as wrong:
        raise UserError({"file": _("The file has more than %(n)d lines.") % {"n": MOST_LINES}}) from wrong
    except NoPeople as wrong:
        words = _(
            "This file has no heading for names. Take the participants' report as the meeting program gives it."
        )
        raise UserError({"file": words}) from wrong
    except Unreadable as wrong:
        words = _("This file cannot be read as a table. Save it as CSV, and choose it again.")
        raise UserError({"file": words}) from wrong


def _line(who: Somebody, universe: Universe, decisions: Mapping[int, str]) -> Line:
    found = _proposed(who, universe)
    choice = decisions.get(who.number, "")
    if choice in (NEW, NOBODY, IGNORE) or choice in universe.known:
        return Line(who, found.how, choice, found.proposals)
    return found


def _proposed(who: Somebody, universe: Universe) -> Line:
    if who.email and (known := universe.with_email(who.email)):
        return Line(who, MAIL, known.key)
    exact = universe.index.exact(who.name) or (universe.index.exact(who.aside) if who.aside else [])
    if len(exact) == 1:
        return Line(who, NAME, exact[0])
    if exact:
        return Line(who, DOUBT, exact[0], [universe.known[key] for key in exact[:5]])
    if is_machine(who.name) and not who.email:
        like = list(universe.index.like(who.aside)) if who.aside else []
        return Line(who, DOUBT, like[0] if like else NOBODY, [universe.known[key] for key in like])
    like = list(universe.index.like(who.name)) or (list(universe.index.like(who.aside)) if who.aside else [])
    if like:
        return Line(who, DOUBT, NEW if who.email else like[0], [universe.known[key] for key in like])
    return Line(who, FRESH if who.email or is_phone(who.name) else DOUBT, NEW)


def _rows(intake: Intake, done: Plan, now: datetime) -> list[Attendance]:
    """The rows as they are to be, new and changed ones, each once."""
    rows: dict[str, Attendance] = {}
    for line in done.lines:
        if line.choice in (NOBODY, IGNORE):
            continue
        who = line.who
        known = done.universe.known.get(line.choice)
        key = known.key if known else f"new:{who.key}"
        if key not in rows:
            rows[key] = (known and known.attendance) or _fresh(intake.session, known, who, now)
            if known and known.registration:
                rows[key].registration = known.registration
        way = Way.PHONE if is_phone(who.name) and not who.email else Way.IMPORT
        label = intake.program or "list"
        add_trace(rows[key], intake.key, Trace(way, label, tuple(who.spans), who.seconds))
    return list(rows.values())


def _fresh(session: Session, known: Known | None, who: Somebody, now: datetime) -> Attendance:
    row = Attendance(session=session, name=who.name, email=who.email, traces={}, made_at=now)
    if known is None:
        return row
    row.name, row.registration, row.person = known.name, known.registration, known.person
    row.email = known.registration.email if known.registration else min(known.emails, default="")
    row.zone, row.country = known.zone, known.country
    return row


def _store(rows: Sequence[Attendance]) -> None:
    known = [
        row for row in rows if row.pk is not None
    ]  # asked first: whoever is new has a key as well afterwards
    try:
        with transaction.atomic():
            Attendance.objects.bulk_create([row for row in rows if row.pk is None], batch_size=BATCH)
    except IntegrityError as taken:  # one of them came in at this moment
        raise UserError({"": _("That did not work. Try once more.")}) from taken
    Attendance.objects.bulk_update(known, _COLUMNS, batch_size=BATCH)
