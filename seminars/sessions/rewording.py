"""Other words, links or rooms for a whole series, carried to those of its sessions that were not changed by hand.

Also other words of a community and of a person who speaks: every entry that says them is told to calendars anew.
"""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import plain, raise_versions, record
from seminars.changes.refusing import raise_if
from seminars.people import founding
from seminars.people.models import Community, Person
from seminars.series.models import Audience, Series
from seminars.sessions.checking import as_words, wrong_cohort, wrong_columns, wrong_links, wrong_words
from seminars.sessions.facts import with_state
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.registration.models import Registration
from seminars.sessions.revising import revise, scopes_of_all
from seminars.sessions.seating import seated

WORDS = ("title", "abstract")
CARRIED = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "source_url", "language")
"""What sessions still to come take over. The audience goes to past ones too: a secret does not end with the meeting."""
OWN = ("invites", "reminders", "cohort_id")
"""What is of the series alone."""
TOLD = ("name", "accent", "logo")
"""What calendars say of a community, in each of its entries."""


class SeriesStale(Exception):
    """Somebody else changed the series since the form was opened; `current` is what is there now."""

    def __init__(self, current: Series) -> None:
        super().__init__(f"{current.slug} is at revision {current.revision}")
        self.current = current


def edit_series(
    *, series: Series, now: datetime, actor_id: int | None, seen: int | None = None, **fields: Any
) -> Series:
    """Return the series with other fields (`WORDS`, audience, `OWN`, `CARRIED`), its sessions following.

    A session follows where it still has what the series had; a title reaches all that have none of their own. seen: the
    series' revision that the person looked at. Raises UserError by field, SeriesStale, TypeError for another field.
    """
    if unknown := fields.keys() - {*WORDS, *CARRIED, *OWN, "audience"}:
        raise TypeError(f"edit_series() changes no {', '.join(sorted(unknown))}")
    for name in fields.keys() & set(WORDS):
        fields[name] = as_words(fields[name], fields.get("language", series.language))
    with transaction.atomic():
        current = Series.objects.select_for_update().get(pk=series.pk)
        if current.revision != (series.revision if seen is None else seen):
            raise SeriesStale(current)
        fields = seated(fields, current, community_id=current.community_id)
        changed = {name: value for name, value in fields.items() if value != getattr(current, name)}
        if not changed:
            return series
        raise_if(_wrong(current, changed))
        before = {name: getattr(current, name) for name in changed}
        values = changed | {"revision": current.revision + 1}
        sessions = _held(Session.objects.filter(series_id=series.pk))
        Series.objects.filter(pk=current.pk).update(**values)
        for name, value in values.items():
            setattr(series, name, value)
        record(
            kind="edited",
            subject=f"series:{series.uuid}",
            scopes=[f"series:{series.pk}", f"community:{series.community_id}"],
            now=now,
            actor_id=actor_id,
            before={name: plain(value) for name, value in before.items()},
            after={name: plain(value) for name, value in changed.items()},
        )
        if changed.get("invites"):  # those who registered meanwhile are invited now
            Registration.objects.filter(session__series_id=series.pk).update(told_sequence=None)
        for session in sessions:
            for name, value in changed.items():
                setattr(session.series, name, value)
            _follow(session, before, changed, now=now, actor_id=actor_id)
    return series


def edit_community(*, community: Community, now: datetime, actor_id: int | None, **columns: Any) -> Community:
    """Return the community with other details, its sessions following where calendars say them.

    Nothing different writes nothing. Raises UserError by field.
    """
    seen = {name: getattr(community, name) for name in TOLD}
    with transaction.atomic():
        sessions = []
        if any(columns.get(name, value) != value for name, value in seen.items()):
            sessions = _held(Session.objects.filter(series__community=community))
        joining = community.joining
        founding.edit_community(community=community, now=now, actor_id=actor_id, **columns)
        if community.joining != joining:  # what is public of it changes everywhere
            raise_versions(scopes_of_all(Session.objects.filter(series__community=community)))
        _tell(sessions, now=now, actor_id=actor_id)
    return community


def follow_community(*, community: Community, now: datetime, actor_id: int | None) -> None:
    """Tell calendars of a community's new name or colour, which the caller stores in the same transaction."""
    with transaction.atomic():
        _tell(_held(Session.objects.filter(series__community=community)), now=now, actor_id=actor_id)


def follow_person(*, person: Person, now: datetime, actor_id: int | None) -> None:
    """Tell calendars of another name or affiliation of a speaker, which the caller stores in the same transaction."""
    with transaction.atomic():
        spoken = Session.objects.filter(pk__in=person.appearances.values("session"))
        _tell(_held(spoken), now=now, actor_id=actor_id)


def _held(sessions: SessionQuerySet) -> list[Session]:
    """The sessions, held until the transaction ends: nobody changes one meanwhile, nor waits for us in a ring."""
    return list(sessions.select_for_update(of=("self",)).with_facts().order_by("pk"))


def _tell(sessions: Iterable[Session], *, now: datetime, actor_id: int | None) -> None:
    for session in sessions:
        revise(session, kind="followed", now=now, actor_id=actor_id)


def _wrong(series: Series, fields: dict[str, Any]) -> dict[str, str]:
    asked = copy(series)
    for name, value in fields.items():
        setattr(asked, name, value)
    wrong = wrong_columns(asked, fields) | wrong_words(fields, titled=True) | wrong_links(fields)
    if fields.keys() & {"audience", "cohort_id"}:
        stays = not asked.cohort_id and asked.audience == series.audience
        if stays and Session.objects.filter(series_id=series.pk, audience=Audience.COHORT).exists():
            wrong["cohort_id"] = _("Some of its sessions are for the cohort. Change their audience first.")
        wrong |= wrong_cohort(asked, asked.audience)
    return wrong


def _follow(
    session: Session, before: dict[str, Any], changed: dict[str, Any], *, now: datetime, actor_id: int | None
) -> None:
    """Carry to one session what it had from the series; words that it reads from the series only raise its revision.

    The series' title is a category of every entry. A withdrawn session stays as it is, but its tombstone keeps no other
    company than the rest.
    """
    coming = (session.ends_at is None or session.ends_at > now) and not session.withdrawn_at
    names = [name for name in CARRIED if name in changed and coming] + ["audience"] * ("audience" in changed)
    updates = {name: changed[name] for name in names if getattr(session, name) == before[name]}
    if (
        "audience" in changed and session.is_wider_than_its_series
    ):  # a secret is kept whatever was edited by hand
        updates["audience"] = changed["audience"]
    reads = "title" in changed or ("abstract" in changed and not session.abstract)
    if not updates and not reads:
        return
    updates = with_state(session, now, updates)
    revise(session, kind="followed", now=now, actor_id=actor_id, **updates)
