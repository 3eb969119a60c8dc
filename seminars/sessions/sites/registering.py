"""A group comes to one place to follow a session: registered without an account, changed by a secret link, counted."""

import secrets
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Form
from seminars.sessions.models import Session
from seminars.sessions.revising import subject_of
from seminars.sessions.sites.models import MOST_HEADS, ListeningSite
from seminars.sessions.state import OVER, Facts, State

MOST_SITES = 200
"""Of one session: a script that fills the form is stopped there."""
COUNTED_FOR = timedelta(days=60)
"""So long after the session the head-count can be given."""
LONGEST_NOTES = 1000
COLUMNS = ("place", "city", "zone", "contact", "email", "expected", "holds", "welcome", "notes")
_OFF = {State.CANCELLED, State.POSTPONED, State.WITHDRAWN}


class SiteGone(Exception):
    """The link was good once: the site was withdrawn, or its session was. `site` is what there was."""

    def __init__(self, site: ListeningSite) -> None:
        super().__init__(f"{site} is withdrawn")
        self.site = site


def is_open(session: Session, facts: Facts, state: State) -> bool:
    """Return whether groups can register: there is something to follow from elsewhere, and it is not over or off."""
    if session.form == Form.IN_PERSON or session.series.external or state in OVER | _OFF:
        return False
    return bool(facts.joinable or session.view_url or session.dial_in)


def register(
    *, session: Session, form_key: str | None = None, now: datetime, **columns: Any
) -> tuple[ListeningSite, bool]:
    """Return the site and whether it is new; the same `form_key` twice is a double click, and gives the same.

    columns: of `COLUMNS`. now: aware UTC. Whether the session takes sites is `is_open`'s question. Raises UserError by
    field: heads out of range, more heads than its room holds, a place that is registered already.
    """
    if form_key and (known := ListeningSite.objects.filter(session=session, form_key=form_key).first()):
        return known, False
    site = checked(ListeningSite(session=session, form_key=form_key or None), columns)
    site.token, site.made_at, site.changed_at = secrets.token_urlsafe(24), now, now
    try:
        with transaction.atomic():
            Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
            if session.sites.standing().count() >= MOST_SITES:
                raise UserError(
                    {"": _("This session has too many listening sites. Write to the organisers.")}
                )
            site.save(force_insert=True)
            _tell("site-registered", site, now=now)
    except IntegrityError as taken:
        if form_key and (known := ListeningSite.objects.filter(session=session, form_key=form_key).first()):
            return known, False
        raise UserError({"place": _taken()}) from taken
    return site, True


def change(*, site: ListeningSite, now: datetime, **columns: Any) -> ListeningSite:
    """Return the site with other `columns`. Raises SiteGone, or UserError by field as `register`."""
    if site.withdrawn_at:
        raise SiteGone(site)
    asked = checked(site, columns)
    changed = [name for name in COLUMNS if getattr(asked, name) != getattr(site, name)]
    if not changed:
        return site
    asked.changed_at = now
    try:
        with transaction.atomic():
            asked.save(update_fields=[*changed, "changed_at"])
            _tell("site-changed", asked, now=now)
    except IntegrityError as taken:
        raise UserError({"place": _taken()}) from taken
    return asked


def withdraw(*, site: ListeningSite, now: datetime) -> ListeningSite:
    """Return the site, withdrawn: its group does not come together. Twice is once."""
    with transaction.atomic():
        if ListeningSite.objects.filter(pk=site.pk, withdrawn_at=None).update(
            withdrawn_at=now, changed_at=now
        ):
            _tell("site-withdrawn", site, now=now)
    site.withdrawn_at = site.withdrawn_at or now
    return site


def count(*, site: ListeningSite, came: int, now: datetime) -> ListeningSite:
    """Return the site with the heads that came. Raises SiteGone, or UserError too early, too late, out of range."""
    if site.withdrawn_at:
        raise SiteGone(site)
    if not can_count(site.session, now):
        raise UserError({"came": _("Count when the session has begun, and within 60 days of its end.")})
    if not 0 <= came <= MOST_HEADS:
        raise UserError({"came": _("Give a number from 0 to %(most)d.") % {"most": MOST_HEADS}})
    with transaction.atomic():
        ListeningSite.objects.filter(pk=site.pk).update(came=came, changed_at=now)
        _tell("site-counted", site, now=now)
    site.came = came
    return site


def can_count(session: Session, now: datetime) -> bool:
    """Return whether there are heads to count at `now` (aware UTC)."""
    if session.starts_at is None or session.ends_at is None or session.cancelled_at or session.postponed_at:
        return False
    return session.starts_at <= now < session.ends_at + COUNTED_FOR


def opened(token: str) -> ListeningSite:
    """Return the site of a secret link, with its session. Raises DoesNotExist, or SiteGone once it is withdrawn."""
    rows = ListeningSite.objects.select_related("session__series__community", "session__place")
    site = rows.get(token=token)
    if site.withdrawn_at or site.session.withdrawn_at:
        raise SiteGone(site)
    return site


def checked(site: ListeningSite, columns: dict[str, Any]) -> ListeningSite:
    """Return a copy of `site` with `columns`. Raises UserError by field, TypeError for another name."""
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"a listening site has no {', '.join(sorted(unknown))}")
    asked = copy(site)
    for name, value in columns.items():
        setattr(asked, name, " ".join(value.split()) if isinstance(value, str) and name != "notes" else value)
    wrong = {}
    if not clock.is_zone(asked.zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    else:
        asked.zone = clock.canonical(asked.zone)
    try:
        asked.clean_fields(exclude={each.name for each in asked._meta.fields} - set(COLUMNS))
    except ValidationError as error:
        wrong = {name: " ".join(messages) for name, messages in error.message_dict.items()} | wrong
    if len(asked.notes) > LONGEST_NOTES:
        wrong["notes"] = _("Use at most %(most)d characters.") % {"most": LONGEST_NOTES}
    if not asked.expected or not 1 <= asked.expected <= MOST_HEADS:
        wrong["expected"] = _("Give the number of people, from 1 to %(most)d.") % {"most": MOST_HEADS}
    elif asked.holds is not None and asked.holds < asked.expected:
        words = _("Your room holds %(holds)d, and you expect %(n)d. Find a larger room, or expect fewer.")
        wrong["expected"] = words % {"holds": asked.holds, "n": asked.expected}
    raise_if(wrong)
    return asked


# Below: how it is done.


def _taken() -> str:
    return _("This place is registered already. If it was you, open the link you were given then.")


def _tell(kind: str, site: ListeningSite, *, now: datetime) -> None:
    """Write the Change. No feed shows it, so no scope but the site's rises; the organisers' history names the place."""
    subject, after = subject_of(site.session), {"person": str(site)}
    record(kind=kind, subject=subject, scopes=(), now=now, after=after)
