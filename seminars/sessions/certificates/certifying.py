"""Who has earned a certificate, the code they get, and what a code says now. Nothing of it is stored as truth."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError, raise_if
from seminars.series.models import Series
from seminars.sessions.attendance.models import Attendance, AttendanceQuerySet
from seminars.sessions.certificates.models import (
    ALPHABET,
    LENGTH,
    Certificate,
    CertificateRule,
    digest_of,
    new_code,
)
from seminars.sessions.certificates.rules import Threshold
from seminars.sessions.models import Session
from seminars.words import alphabet

COLUMNS = ("on", "minutes", "share", "sessions", "signed_by", "words")


@dataclass(frozen=True)
class Certified:
    """What a code says now. holds: whether the facts still bear it. session: None where it is of the whole series.

    seconds: there in all; None where somebody was seen there. sessions: how many of the series.
    """

    certificate: Certificate
    name: str
    series: Series
    session: Session | None
    rule: CertificateRule
    holds: bool
    seconds: int | None
    sessions: Sequence[Session]

    @property
    def days(self) -> tuple[datetime | None, datetime | None]:
        """The first and the last start."""
        starts = [each.starts_at for each in self.sessions if each.starts_at]
        return (min(starts), max(starts)) if starts else (None, None)


@dataclass(frozen=True)
class Graduate:
    """Somebody who took part in enough sessions of a series."""

    name: str
    email: str
    person_id: int | None
    sessions: int


def rule_of(series: Series) -> CertificateRule:
    """Return what the series asks; a new one that is off and not stored where there is none."""
    return CertificateRule.objects.filter(series=series).first() or CertificateRule(series=series)


def set_rule(*, series: Series, **columns: Any) -> CertificateRule:
    """Return the rule with these `COLUMNS`. Raises UserError by field."""
    minutes, share, sessions = (columns.get(name) for name in ("minutes", "share", "sessions"))
    wrong = {}
    if minutes is not None and not 1 <= minutes <= 14 * 1440:
        wrong["minutes"] = _("Give minutes from 1 to 20160, or nothing.")
    if share is not None and not 1 <= share <= 100:
        wrong["share"] = _("Give a number from 1 to 100, or nothing.")
    if sessions is not None and not 1 <= sessions <= 1000:
        wrong["sessions"] = _("Give a number from 1 to 1000, or nothing.")
    raise_if(wrong)
    given = {name: columns[name] for name in COLUMNS if name in columns}
    return CertificateRule.objects.update_or_create(series=series, defaults=given)[0]


def is_over(session: Session, now: datetime) -> bool:
    """Return whether there is something to certify at `now` (aware UTC): it took place and has ended."""
    off = session.cancelled_at or session.postponed_at or session.withdrawn_at
    ended = session.closed_at or session.ends_at
    return not off and ended is not None and ended <= now


def earned(attendance: Attendance, rule: CertificateRule) -> bool:
    """Return whether an attendance meets the rule. Load `session` with it."""
    threshold = Threshold(rule.minutes, rule.share)
    length = attendance.session.minutes
    there = threshold.is_met(way=attendance.way, seconds=attendance.seconds, length=length)
    return rule.on and attendance.struck_at is None and bool(attendance.name) and there


def earners(session: Session, rule: CertificateRule) -> list[Attendance]:
    """Return who has earned a certificate of `session`. One query."""
    rows = Attendance.objects.came().filter(session=session).select_related("session").order_by("name", "pk")
    return [each for each in rows if earned(each, rule)]


def issue(*, attendances: Iterable[Attendance], now: datetime) -> list[Certificate]:
    """Return the certificates of these attendances of one session, made where there are none; twice makes them once.

    Who has not earned one is left out. Load `session__series` with the first.
    """
    rows = list(attendances)
    if not rows or not is_over(rows[0].session, now):
        return []
    session = rows[0].session
    rule = rule_of(session.series)
    good = [each for each in rows if earned(each, rule)]
    new = [
        _made(
            session.series, now, session=session, attendance=each, person_id=each.person_id, email=each.email
        )
        for each in good
    ]
    Certificate.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    found = Certificate.objects.filter(session=session, attendance__in=[each.pk for each in good])
    return list(found.select_related("attendance"))


def issue_one(*, attendance: Attendance, now: datetime) -> Certificate:
    """Return the certificate of one attendance. Raises UserError where it is not earned."""
    made = issue(attendances=[attendance], now=now)
    if not made:
        raise UserError({"": _("There is no certificate for this: ask the organisers whether they saw you.")})
    return made[0]


def graduates(series: Series, rule: CertificateRule, *, now: datetime) -> list[Graduate]:
    """Return who took part in enough sessions of `series` for its certificate. Two queries."""
    if not rule.on or not rule.sessions:
        return []
    held: dict[str, set[int]] = {}
    last: dict[str, Attendance] = {}
    rows = Attendance.objects.came().filter(session__series=series).exclude(name="")
    for each in rows.select_related("session").order_by("session__starts_at", "pk"):
        if is_over(each.session, now) and earned(each, rule):
            key = f"p{each.person_id}" if each.person_id else each.email
            held.setdefault(key, set()).add(each.session_id)
            last[key] = each
    found = [
        Graduate(each.name, each.email, each.person_id, len(held[key]))
        for key, each in last.items()
        if key and len(held[key]) >= rule.sessions
    ]
    language = get_language() or "en"
    return sorted(found, key=lambda each: (alphabet(each.name, language), each.email))


def issue_course(*, series: Series, to: Iterable[Graduate], now: datetime) -> list[Certificate]:
    """Return the certificates of the whole series of these people, made where there are none."""
    made = []
    for each in to:
        who = Q(person=each.person_id) if each.person_id else Q(email=each.email, person=None)
        rows = Certificate.objects.filter(who, series=series, session=None)
        if (known := rows.first()) is None:
            try:
                with transaction.atomic():
                    known = _made(series, now, person_id=each.person_id, email=each.email)
                    known.save(force_insert=True)
            except (
                IntegrityError
            ):  # the same address by another person, or a second click: it is there already
                known = Certificate.objects.get(series=series, session=None, email=each.email)
        made.append(known)
    return made


def opened(code: str, *, now: datetime) -> Certified:
    """Return what the code says. Raises DoesNotExist for one that is none.

    It is looked up by its digest, and compared in constant time, so that nothing is learned of it by trying.
    """
    typed = plain(code)
    rows = Certificate.objects.select_related(
        "series__community", "session__series", "attendance__session", "person"
    )
    found = rows.get(digest=digest_of(typed))
    if not hmac.compare_digest(found.code, typed):
        raise Certificate.DoesNotExist
    return said(found, now=now)


def said(certificate: Certificate, *, now: datetime) -> Certified:
    """Return what a certificate says now. Load `series__community`, `session` and `attendance__session` with it."""
    rule = rule_of(certificate.series)
    if certificate.session:
        row = certificate.attendance
        holds = row is not None and is_over(certificate.session, now) and earned(row, rule)
        seconds, name = (row.seconds, row.name) if row else (None, "")
        return Certified(
            certificate,
            name,
            certificate.series,
            certificate.session,
            rule,
            holds,
            seconds,
            [certificate.session],
        )
    rows = [
        each
        for each in _of_one(certificate).select_related("session")
        if is_over(each.session, now) and earned(each, rule)
    ]
    sessions = list({each.session_id: each.session for each in rows}.values())
    holds = bool(rule.on and rule.sessions and len(sessions) >= rule.sessions)
    known = [each.seconds for each in rows if each.seconds is not None]
    name = rows[-1].name if rows else ""
    seconds = sum(known) if known and len(known) == len(rows) else None
    return Certified(certificate, name, certificate.series, None, rule, holds, seconds, sessions)


def plain(code: str) -> str:
    """Return a typed code as it is stored; "" for what cannot be one."""
    found = "".join(each for each in code.upper() if each.isalnum())
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


def spaced(code: str) -> str:
    """Return a code as people read it out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


# Below: how it is done.


def _of_one(certificate: Certificate) -> AttendanceQuerySet:
    rows = Attendance.objects.came().filter(session__series=certificate.series_id).exclude(name="")
    who = Q(email=certificate.email) if certificate.email else Q(pk=None)
    if certificate.person_id:
        who |= Q(person=certificate.person_id)
    return rows.filter(who).order_by("session__starts_at", "pk")


def _made(series: Series, now: datetime, **columns: Mapping[str, Any] | Any) -> Certificate:
    code = new_code()
    return Certificate(series=series, code=code, digest=digest_of(code), made_at=now, **columns)
