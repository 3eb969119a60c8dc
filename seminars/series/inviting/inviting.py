"""Invite somebody by mail to a role, send it again, take it back; accept it or decline."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.changes.recording import record, record_each
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import add_member
from seminars.people.models import Community, Membership, Role, User
from seminars.series.inviting.models import Invitation
from seminars.series.models import Part, Series, SeriesRole
from seminars.series.roles import give_role

GOOD_FOR = timedelta(days=14)
MOST_AT_ONCE = 10_000
CHUNK = 500
_SALT = "seminars.series.inviting"
Person = tuple[str, str]
"""A name, "" if unknown, and an address."""
MAY = {
    Role.MEMBER: gettext_lazy("see and follow what is for members"),
    Role.ORGANISER: gettext_lazy("plan series and sessions, and invite others"),
    Role.MANAGER: gettext_lazy("lead the community: plan, and decide who belongs to it"),
}
MAY_IN_SERIES = {
    Part.OWNER: gettext_lazy("plan the series and give others roles in it"),
    Part.ORGANISER: gettext_lazy("plan the series: its dates, words and speakers"),
    Part.HOST: gettext_lazy("run its sessions on the day, with the run-sheet"),
    Part.NOTES: gettext_lazy("write the reports of its sessions"),
}


class State(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationEnded(Exception):
    """It can no longer be answered; `state` says why. Nothing was changed."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


def state_of(invitation: Invitation, now: datetime) -> State:
    """Return where it stands at `now` (aware UTC)."""
    if invitation.accepted_at:
        return State.ACCEPTED
    if invitation.declined_at:
        return State.DECLINED
    if invitation.revoked_at:
        return State.REVOKED
    return State.OPEN if now < invitation.expires_at else State.EXPIRED


def role_words(invitation: Invitation) -> str:
    """Return the role in the page's language."""
    return str((Part if invitation.series else Role)(invitation.role).label)


def duties(invitation: Invitation) -> str:
    """Return what the role may do, in the page's language."""
    return str(MAY_IN_SERIES[Part(invitation.role)] if invitation.series else MAY[Role(invitation.role)])


def token_of(invitation: Invitation) -> str:
    """Return the secret of its link: made from the site's key, kept nowhere, in mails only."""
    mac = salted_hmac(_SALT, str(invitation.uuid), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def found_by(token: str) -> Invitation | None:
    """Return the invitation whose link has this token; None if there is none."""
    rows = Invitation.objects.select_related("community", "series", "made_by__person")
    return rows.filter(token_hash=hash_of(token)).first()


def invite(
    *,
    community: Community,
    series: Series | None = None,
    people: Iterable[Person],
    role: str,
    language: str,
    now: datetime,
    actor_id: int | None,
) -> list[Invitation]:
    """Return the invitations of `people` to the community, or to the series where one is given: all or none.

    Who has an open one is asked anew, with this role and 14 more days; who has the role already is left out. role: a
    `Role`, or a `Part` of a series. language: of the mail. now: aware UTC. Raises UserError by field.
    """
    asked = {email.strip().lower(): name.strip()[:200] for name, email in people}
    raise_if(_wrong(asked, role, series))
    with transaction.atomic():
        Community.objects.select_for_update().get(pk=community.pk)  # of two with the same list, one waits
        there = _there(community, series, role, asked)
        wanted = {email: name for email, name in asked.items() if email not in there}
        found = _ask_all(community, series, wanted, role, language, now, actor_id)
        subjects = [f"invitation:{each.uuid}" for each in found]
        if subjects:  # without the addresses; no feed shows it, so no scope but the site's rises
            record_each(
                kind="invited-by-mail",
                subjects=subjects,
                scopes=(),
                now=now,
                actor_id=actor_id,
                after={"role": role},
            )
    return found


def again(*, invitation: Invitation, now: datetime, actor_id: int | None) -> Invitation:
    """Return the invitation, good for 14 days from `now` (aware UTC) and to be mailed once more; an expired one too.

    Raises UserError for one that was answered or taken back.
    """
    with transaction.atomic():
        open_one = (
            Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk).standing().first()
        )
        if open_one is None:
            raise UserError({"": _("This invitation was answered or taken back meanwhile.")})
        _anew(open_one, now)
        open_one.save(update_fields=["sends", "expires_at", "token_hash"])
    return open_one


def revoke(*, invitation: Invitation, now: datetime, actor_id: int | None) -> bool:
    """Return whether it ended now; its link then says so."""
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk).standing().update(revoked_at=now):
            return False
        _tell("invitation-ended", invitation, now, actor_id)
    return True


def accept(*, invitation: Invitation, user: User, now: datetime) -> None:
    """Give the role to the person of that address. user: its account (`entering.owns`). now: aware UTC.

    A role that somebody has already is never made smaller. Raises InvitationEnded.
    """
    with transaction.atomic():
        _close(invitation, now, accepted_at=now, accepted_by=user)
        community, series = invitation.community, invitation.series
        if _there(community, series, invitation.role, [invitation.email]):
            return
        if series is None:
            add_member(
                community=community,
                email=invitation.email,
                name=invitation.name,
                role=invitation.role,
                now=now,
                actor_id=user.pk,
            )
        else:
            give_role(
                series=series,
                email=invitation.email,
                name=invitation.name,
                role=invitation.role,
                now=now,
                actor_id=user.pk,
            )


def decline(*, invitation: Invitation, now: datetime) -> None:
    """Note that the person does not want it. now: aware UTC. Raises InvitationEnded."""
    with transaction.atomic():
        _close(invitation, now, declined_at=now)
        _tell("invitation-declined", invitation, now, None)


# Below: how it is done.


def _wrong(asked: dict[str, str], role: str, series: Series | None) -> dict[str, str]:
    wrong = {}
    if role not in (Part.values if series else Role.values):
        wrong["role"] = _("Choose a role from the list.")
    if not asked:
        wrong["people"] = _("Paste at least one address.")
    elif len(asked) > MOST_AT_ONCE:
        wrong["people"] = _("Paste at most %(most)d at once.") % {"most": MOST_AT_ONCE}
    elif bad := next((email for email in asked if not is_address(email)), None):
        wrong["people"] = _("“%(address)s” is not an e-mail address.") % {"address": bad[:60]}
    return wrong


def _there(community: Community, series: Series | None, role: str, emails: Iterable[str]) -> set[str]:
    """Those of `emails` who have this role already, or a wider one."""
    if series is None:
        order = Role.values
        enough = order[order.index(role) :]
        rows = Membership.objects.filter(community=community, role__in=enough)
    else:
        parts = Part.values
        rows = SeriesRole.objects.filter(series=series, role__in=parts[: parts.index(role) + 1])  # type: ignore[assignment]
    found = rows.values_list("person__email", "person__user__email")
    known = {each.lower() for pair in found for each in pair if each}
    return known & set(emails)


def _ask_all(
    community: Community,
    series: Series | None,
    wanted: dict[str, str],
    role: str,
    language: str,
    now: datetime,
    actor_id: int | None,
) -> list[Invitation]:
    """The invitation of each address, in their order: one that stands is asked anew. Questions: a few a thousand."""
    found: dict[str, Invitation] = {}
    addresses = list(wanted)
    for start in range(0, len(addresses), CHUNK):
        known = Invitation.objects.filter(
            community=community, series=series, email__in=addresses[start : start + CHUNK]
        )
        for each in known.standing().select_for_update(of=("self",)):
            each.role, each.language = role, language
            _anew(each, now)
            found[each.email] = each
    Invitation.objects.bulk_update(
        found.values(), ["role", "language", "sends", "expires_at", "token_hash"], batch_size=CHUNK
    )
    new = []
    for email, name in wanted.items():
        if email not in found:
            made = Invitation(community=community, series=series, email=email, name=name, role=role)
            made.language, made.made_at, made.made_by_id = language, now, actor_id
            made.expires_at, made.token_hash = now + GOOD_FOR, hash_of(token_of(made))
            new.append(made)
    Invitation.objects.bulk_create(new, batch_size=CHUNK)
    found |= {each.email: each for each in new}
    return [found[email] for email in wanted]


def _anew(invitation: Invitation, now: datetime) -> None:
    invitation.sends += 1
    invitation.expires_at = now + GOOD_FOR
    invitation.token_hash = hash_of(token_of(invitation))  # the site's key may be another one by now


def _close(invitation: Invitation, now: datetime, **columns: object) -> None:
    mine = Invitation.objects.filter(pk=invitation.pk, expires_at__gt=now).standing()
    if not mine.update(**columns):
        invitation.refresh_from_db()
        raise InvitationEnded(state_of(invitation, now))
    invitation.refresh_from_db()


def _tell(kind: str, invitation: Invitation, now: datetime, actor_id: int | None) -> None:
    """Write the Change, without the address. No feed shows it, so no scope but the site's rises."""
    record(
        kind=kind,
        subject=f"invitation:{invitation.uuid}",
        scopes=(),
        now=now,
        actor_id=actor_id,
        after={"role": invitation.role},
    )
