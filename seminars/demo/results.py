"""Who came to past sessions and used the archive since, made up so that results have something to show.

No names and no addresses of anybody: people are rows without a name, as they are once their names are taken out.
"""

import random
from datetime import datetime, timedelta

from seminars.results.models import ReportWords, Use, UseKind
from seminars.results.periods import quarter_at
from seminars.sessions.attendance.models import Attendance, Headcount, Way
from seminars.sessions.feedback.models import Feedback
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Coming, Registration

SESSIONS = 14
# Zone, country, and how many of a hundred.
WHENCE = (
    ("Africa/Johannesburg", "ZA", 24),
    ("Africa/Nairobi", "KE", 14),
    ("Africa/Lagos", "NG", 10),
    ("Africa/Maputo", "MZ", 8),
    ("Asia/Kolkata", "IN", 12),
    ("America/New_York", "US", 12),
    ("Europe/Stockholm", "SE", 6),
    ("America/Mexico_City", "MX", 6),
    ("Africa/Cairo", "EG", 4),
    ("Asia/Manila", "PH", 4),
)
# Edition, what is done with it, uses in all, megabytes.
LATER = (
    ("video", UseKind.VIEW, 70, 48),
    ("voice", UseKind.LISTEN, 160, 7),
    ("slides", UseKind.DOWNLOAD, 90, 1),
    ("captions", UseKind.DOWNLOAD, 12, 0),
    ("page", UseKind.PAGE, 410, 0),
)
WORDS = (
    "This is an example. Members in nine countries compared how savings groups use mobile money. Two of them have"
    " begun a pilot together since, and wrote the discussion paper that the third session asked for."
)


def show_results(*, now: datetime) -> None:
    """Give the latest sessions that are over people who came, what they said, and later use. now: aware UTC."""
    dice = random.Random(44)  # noqa: S311  # an example, the same each time
    held = (
        Session.objects.published()
        .past(now=now)
        .filter(series__external=False, cancelled_at=None, within=None)
    )
    for session in held.filter(attendances=None, local_time__isnull=False).select_related("series")[
        :SESSIONS
    ]:
        _came(session, dice, now)
        _used(session, dice, now)
    last = held.select_related("series__community").filter(uses__isnull=False).first()
    if last and last.local_date:
        ReportWords.objects.create(
            community=last.series.community,
            period=quarter_at(last.local_date).key,
            words=WORDS,
            changed_at=now,
        )


def _came(session: Session, dice: random.Random, now: datetime) -> None:
    zones = dice.choices(WHENCE, [share for _zone, _country, share in WHENCE], k=dice.randint(28, 64))
    in_rooms = session.form != "virtual"
    registered, came = [], []
    for at, (zone, country, _share) in enumerate(zones):
        room = in_rooms and at % 5 == 0
        registered.append(
            Registration(
                session=session,
                email=f"person{at}.{session.pk}@demo.example",
                name="Example",
                language="en",
                zone=zone,
                token=f"demo-{session.pk}-{at}",
                made_at=session.made_at,
                confirmed_at=session.made_at,
                coming=Coming.ROOM if room else Coming.ONLINE,
                told_sequence=session.sequence,
                reminders=False,
                wants_invitation=False,
            )
        )
        if dice.random() < 0.55:
            way = Way.ROOM if room else Way.JOIN
            came.append(
                Attendance(session=session, zone=zone, country=country, way=way, made_at=now, traces={})
            )
    if not session.materials.exists():  # else all of them would be mailed that its materials are ready
        Registration.objects.bulk_create(registered)
    Attendance.objects.bulk_create(came)
    Headcount.objects.get_or_create(session=session, defaults={"joins": dice.randint(2, 9)})
    Feedback.objects.bulk_create(
        Feedback(
            session=session, voice=f"demo-{at}", answers={"useful": dice.choice([3, 4, 4, 5, 5]), "pace": 1}
        )
        for at in range(dice.randint(4, 9))
    )


def _used(session: Session, dice: random.Random, now: datetime) -> None:
    assert session.ends_at is not None
    heard = set(session.materials.values_list("kind", flat=True)) & {"recording", "voice"}
    day, rows = session.ends_at.date() + timedelta(days=3), []
    span = max(1, min(60, (now.date() - day).days))
    for edition, kind, uses, megabytes in LATER:
        if (not heard and edition != "page") or now.date() <= day:
            continue
        number = round(uses * dice.uniform(0.5, 1.1))
        big = 48 if edition == "voice" else megabytes
        rows.append(
            Use(
                session=session,
                day=day + timedelta(days=dice.randrange(span)),
                edition=edition,
                kind=kind,
                number=number,
                first=round(number * 0.7),
                size=number * megabytes * 1_000_000,
                big=number * big * 1_000_000,
            )
        )
    Use.objects.bulk_create(rows)
