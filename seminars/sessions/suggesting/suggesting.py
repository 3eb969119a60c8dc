"""Suggest a topic, vote for it, and what organisers make of it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import person_known_by
from seminars.people.models import Community, Person
from seminars.series.models import Series
from seminars.sessions.models import Session, SpeakerRole
from seminars.sessions.moving import add_session
from seminars.sessions.speakers import set_speakers
from seminars.sessions.suggesting.models import LONGEST, Suggestion, SuggestionState, Vote

MOST_A_DAY = 5  # suggestions of one address


@dataclass(frozen=True)
class Voter:
    """Whose vote it is: an address, how its owner reads, and their person where the address is surely theirs."""

    email: str
    person: Person | None = None
    language: str = "en"
    zone: str = ""


def suggest(
    *,
    community: Community,
    series: Series | None = None,
    voter: Voter,
    title: str,
    why: str = "",
    name: str = "",
    language: str = "en",
    now: datetime,
) -> Vote:
    """Return the proposer's vote for a new suggestion, which is shown once the vote counts. now: aware UTC.

    The same title by the same address in a day is the same. Raises UserError by field.
    """
    title, name = " ".join(title.replace("\x00", "").split()), " ".join(name.replace("\x00", "").split())
    why = why.replace("\x00", "").strip()
    raise_if(_wrong(voter.email, title, why, name))
    mine = Vote.objects.filter(email=voter.email.strip().lower(), proposes=True)
    mine = mine.filter(suggestion__community=community, made_at__gt=now - timedelta(days=1))
    with transaction.atomic():
        Community.objects.select_for_update(of=("self",)).get(pk=community.pk)
        same = mine.filter(suggestion__title__iexact=title).select_related("suggestion").first()
        if same:
            return same
        if mine.count() >= MOST_A_DAY:
            raise UserError({"": _("That is enough for one day. Go on tomorrow.")})
        made = Suggestion.objects.create(
            community=community,
            series=series,
            title=title,
            why=why,
            name=name,
            language=language,
            made_at=now,
        )
        return vote(suggestion=made, voter=voter, now=now, proposes=True)


def vote(*, suggestion: Suggestion, voter: Voter, now: datetime, proposes: bool = False) -> Vote:
    """Return the vote of an address; twice is once. It counts at once where the address is surely its person's.

    now: aware UTC. Raises UserError for no address, and where nobody votes any more.
    """
    email = voter.email.strip().lower()
    raise_if({} if is_address(email) else {"email": _("Give one e-mail address, such as name@example.org.")})
    with transaction.atomic():
        held = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
        if held.state != SuggestionState.OPEN:
            raise UserError({"": _("Nobody votes for this any more.")})
        made = Vote(
            suggestion=held,
            email=email,
            proposes=proposes,
            language=voter.language,
            zone=voter.zone,
            token=secrets.token_urlsafe(24),
            made_at=now,
        )
        Vote.objects.bulk_create([made], ignore_conflicts=True)
        found = Vote.objects.select_related("suggestion").get(suggestion=held, email=email)
        if voter.person:
            found = confirm(vote=found, person=voter.person, now=now)
    return found


def confirm(*, vote: Vote, person: Person | None = None, now: datetime) -> Vote:
    """Return the vote, which counts from now on; the proposer's shows the suggestion. now: aware UTC."""
    with transaction.atomic():
        known = person or vote.person or person_known_by(vote.email)
        Vote.objects.filter(pk=vote.pk, confirmed_at=None).update(confirmed_at=now, person=known)
        if vote.proposes:
            shown = Suggestion.objects.filter(pk=vote.suggestion_id, confirmed_at=None)
            if shown.update(confirmed_at=now):
                _tell("suggested", vote.suggestion, now, known.user_id if known else None)
    return Vote.objects.select_related("suggestion__community", "person").get(pk=vote.pk)


def take_back(*, vote: Vote) -> None:
    """The vote counts no more; a suggestion stays though its proposer takes the vote back."""
    Vote.objects.filter(pk=vote.pk).update(confirmed_at=None, wants_word=False)


def set_word(*, vote: Vote, wants: bool) -> None:
    """Whether its owner is told when the topic is planned."""
    Vote.objects.filter(pk=vote.pk).update(wants_word=wants)


def decline(*, suggestion: Suggestion, answer: str, now: datetime, actor_id: int | None) -> None:
    """Say no, with words that everybody sees. now: aware UTC. Raises UserError without words, or if it is decided."""
    answer = " ".join(answer.replace("\x00", "").split())
    raise_if({} if answer else {"answer": _("Say why, in a few words: the proposer gets them.")})
    _decide(suggestion, now, actor_id, state=SuggestionState.DECLINED, answer=answer[:500])


def merge(*, suggestion: Suggestion, into: Suggestion, now: datetime, actor_id: int | None) -> None:
    """Make one of two that mean the same: the votes go to the other, each address once. now: aware UTC.

    Raises UserError for itself, for another community's, and where one is decided.
    """
    if suggestion.pk == into.pk or suggestion.community_id != into.community_id:
        raise UserError({"into": _("Choose another suggestion of this community.")})
    with transaction.atomic():
        keys = [suggestion.pk, into.pk]
        held = {
            each.pk: each for each in Suggestion.objects.select_for_update(of=("self",)).filter(pk__in=keys)
        }
        if held[into.pk].state != SuggestionState.OPEN:
            raise UserError({"into": _("Nobody votes for this any more.")})
        _decide(suggestion, now, actor_id, state=SuggestionState.MERGED, merged_into=into)
        there = Vote.objects.filter(suggestion=into).values("email")
        theirs = Vote.objects.filter(suggestion=suggestion)
        confirmed = theirs.filter(confirmed_at__isnull=False, email__in=there).values("email")
        Vote.objects.filter(
            suggestion=into, email__in=list(confirmed.values_list("email", flat=True))
        ).filter(confirmed_at=None).update(confirmed_at=now)
        theirs.exclude(email__in=list(there.values_list("email", flat=True))).update(
            suggestion=into, proposes=False
        )


def make_session(
    *,
    suggestion: Suggestion,
    series: Series,
    title: str,
    abstract: str,
    credit: bool,
    now: datetime,
    actor_id: int | None,
    **when: Any,
) -> Session:
    """Return a new session of `series` for the suggestion, which is planned by it. when: as `add_session` takes it.

    credit: the proposer stands on its page as a moderator where the site knows them. Who voted is told once it is
    public. now: aware UTC. Raises UserError.
    """
    if series.community_id != suggestion.community_id:
        raise UserError({"series": _("Choose a series of this community.")})
    with transaction.atomic():
        made = add_session(series=series, title=title, abstract=abstract, now=now, actor_id=actor_id, **when)
        _decide(suggestion, now, actor_id, state=SuggestionState.PLANNED, session=made)
        proposer = proposer_of(suggestion)
        if credit and proposer:
            set_speakers(
                session=made, speakers=[(proposer, SpeakerRole.MODERATOR, "")], now=now, actor_id=actor_id
            )
    return made


def proposer_of(suggestion: Suggestion) -> Person | None:
    """Return the person who suggested it, if the site knows them."""
    first = suggestion.votes.filter(proposes=True).select_related("person").first()
    return first.person if first else None


def opened(token: str) -> Vote:
    """Return the vote of a secret link, with its suggestion. Raises DoesNotExist."""
    rows = Vote.objects.select_related("suggestion__community", "suggestion__series", "suggestion__session")
    return rows.get(token=token)


def forget(*, before: datetime) -> int:
    """Return how many addresses are forgotten that were typed before `before` (aware UTC) and never confirmed."""
    unseen = Suggestion.objects.filter(confirmed_at=None, made_at__lt=before).delete()[0]
    return unseen + Vote.objects.filter(confirmed_at=None, made_at__lt=before).delete()[0]


def _decide(suggestion: Suggestion, now: datetime, actor_id: int | None, **columns: Any) -> None:
    with transaction.atomic():
        rows = Suggestion.objects.filter(pk=suggestion.pk, state=SuggestionState.OPEN)
        if not rows.update(decided_at=now, **columns):
            raise UserError({"": _("This is decided already.")})
        _tell(str(columns["state"]), suggestion, now, actor_id)


def _tell(what: str, suggestion: Suggestion, now: datetime, actor_id: int | None) -> None:
    record(
        kind=f"suggestion-{what}",
        subject=f"suggestion:{suggestion.uuid}",
        scopes=[f"community:{suggestion.community_id}"],
        now=now,
        actor_id=actor_id,
    )


def _wrong(email: str, title: str, why: str, name: str) -> dict[str, str]:
    wrong = {}
    if not is_address(email.strip().lower()):
        wrong["email"] = _("Give one e-mail address, such as name@example.org.")
    if not title:
        wrong["title"] = _("Give a title.")
    for field, text, most in (("title", title, 200), ("why", why, LONGEST), ("name", name, 200)):
        if len(text) > most:
            wrong[field] = _("Shorten this to %(most)d characters.") % {"most": most}
    return wrong
