"""Makes rows for tests: plain functions, every column can be given by keyword.

They skip the verbs on purpose: a test of a verb makes its surroundings here and calls the verb itself.
"""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress

from recordings.assets import store
from recordings.catalogue.models import Original, OriginalKind, Recording
from seminars import clock
from seminars.people.models import Community, Membership, Person, Role, User
from seminars.series.models import Series
from seminars.sessions.models import Material, MaterialKind, Session

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
ZONE = "Africa/Johannesburg"
_numbers = itertools.count(1)


def make_community(**fields: Any) -> Community:
    """Return a stored community, open to all, at home in Johannesburg."""
    number = next(_numbers)
    given = {"slug": f"community-{number}", "name": {"en": f"Community {number}"}, "home_zone": ZONE}
    return Community.objects.create(**given | {"made_at": NOW} | fields)


def make_person(**fields: Any) -> Person:
    """Return a stored person without an account."""
    return Person.objects.create(**{"name": f"Person {next(_numbers)}"} | fields)


def make_user(email: str = "", *, name: str = "", **fields: Any) -> User:
    """Return a stored account with a confirmed address and its person."""
    email = email or f"user{next(_numbers)}@example.org"
    user = User.objects.create_user(email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    make_person(user=user, name=name or email.split("@")[0].title(), email=email, zone=user.zone)
    return user


def make_member(community: Community, user: User | None = None, **fields: Any) -> Membership:
    """Return a stored membership of `user` (a new one if none is given), as a plain member."""
    person = fields.pop("person", None) or Person.objects.get(user=user or make_user())
    given = {"person": person, "community": community, "role": Role.MEMBER, "since": NOW}
    return Membership.objects.create(**given | fields)


def make_series(community: Community | None = None, **fields: Any) -> Series:
    """Return a stored and published series: the first Tuesday of each month, 15:00 in its community's zone."""
    number = next(_numbers)
    community = community or make_community()
    given = {
        "slug": f"series-{number}",
        "community": community,
        "title": {"en": f"Series {number}"},
        "zone": community.home_zone,
        "first_date": date(2026, 12, 1),
        "rrule": "FREQ=MONTHLY;BYDAY=1TU",
        "local_time": time(15, 0),
        "join_url": "https://meet.example.org/room",
        "published_at": NOW,
        "made_at": NOW,
    }
    return Series.objects.create(**given | fields)


def make_session(
    series: Series | None = None,
    *,
    wall: datetime | None = None,
    zone: str = "",
    published: bool = True,
    **fields: Any,
) -> Session:
    """Return a stored session that starts when a clock in `zone` (or the series') shows the naive `wall`.

    Without `wall` it takes place on 1 December 2026 at 15:00, a day later for each session the series has.
    `all_day=True` keeps the date of `wall` and lasts `days` days. Instants follow the rules of `seminars.clock`.
    """
    series = series or make_series()
    number = fields.get("number", series.next_number)
    wall = wall or datetime(2026, 12, 1, 15, 0) + timedelta(days=number - 1)
    given: dict[str, Any] = {
        "series": series,
        "number": number,
        "slug": f"{series.slug}-{number}",
        "title": {"en": f"Session {number} of {series.slug}"},
        "zone": zone or series.zone,
        "minutes": series.minutes,
        "form": series.form,
        "join_url": series.join_url,
        "language": series.language,
        "audience": series.audience,
        "published_at": NOW if published else None,
        "made_at": NOW,
        "changed_at": NOW,
    }
    given |= when(wall, given["zone"], fields.get("minutes", series.minutes), fields)
    session = Session.objects.create(**given | fields)
    Series.objects.filter(pk=series.pk).update(next_number=number + 1)
    series.next_number = number + 1
    return session


def when(wall: datetime, zone: str, minutes: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that say when a session is; takes `all_day` out of `fields`."""
    if fields.pop("all_day", False):
        midnight = datetime.combine(wall.date(), time())
        starts_at = clock.to_instant(midnight, zone)
        ends_at = clock.to_instant(midnight + timedelta(days=fields.get("days", 1)), zone)
        local_time = None
    else:
        starts_at = clock.to_instant(wall, zone)
        ends_at = starts_at + timedelta(minutes=minutes)
        local_time = wall.time()
    return {
        "original_date": wall.date(),
        "original_time": local_time,
        "local_date": wall.date(),
        "local_time": local_time,
        "fold": wall.fold,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "tzdata_release": clock.release(),
    }


def make_material(session: Session, kind: str = MaterialKind.SLIDES, **fields: Any) -> Material:
    """Return a stored and published material of `session`."""
    given = {
        "source": uuid4(),
        "session": session,
        "kind": kind,
        "title": {"en": str(MaterialKind(kind).label)},
        "language": session.language,
        "media_type": "application/pdf",
        "size": 120_000,
        "path": f"/archive/{session.slug}/files/{uuid4()}/file",
        "published_at": NOW,
    }
    return Material.objects.create(**given | fields)


def make_recording(session: Session | None = None, **fields: Any) -> Recording:
    """Return a stored recording of `session` that is out; without a session, one that never was one."""
    slug = session.slug if session else f"recording-{next(_numbers)}"
    given = {"slug": slug, "session": session, "published_at": NOW, "made_at": NOW}
    return Recording.objects.create(**given | fields)


def make_original(recording: Recording, content: bytes | Path, **fields: Any) -> Original:
    """Return a stored original whose bytes really are in the store: captions in English unless said otherwise.

    media_type and probe: of its asset.
    """
    media_type, probe = fields.pop("media_type", "text/vtt"), fields.pop("probe", {})
    with store.staging(content if isinstance(content, Path) else [content]) as staged:
        asset = store.keep(staged, media_type=media_type, probe=probe, now=NOW)
    given = {"kind": OriginalKind.CAPTIONS, "language": "en", "filename": "captions.vtt", "added_at": NOW}
    return Original.objects.create(**{"recording": recording, "asset": asset} | given | fields)
