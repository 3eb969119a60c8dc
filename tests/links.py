"""One link of every kind that opens something without an account, each in its three states: good, ended, wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from seminars.followups.papers import reviewing
from seminars.followups.papers.models import Paper, PaperReview
from seminars.notifications.chasing import stopping as chasing
from seminars.notifications.readers.models import Reader
from seminars.notifications.readers.stopping import stop_address
from seminars.people.accounts.orders import ask, token_of
from seminars.people.introducing.models import Introduction, Party
from seminars.people.membership.models import JoinRequest
from seminars.people.models import Community, Joining
from seminars.people.sign_in_links import make
from seminars.series.inviting import inviting
from seminars.series.inviting.models import Invitation
from seminars.sessions.attendance.noting import headcount_of
from seminars.sessions.models import Session, Speaker
from seminars.sessions.polls.models import DatePoll, PollSlot, Voice
from seminars.sessions.questions.models import Asker
from seminars.sessions.registration.models import Registration, SeriesRegistration
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.speaking.asking import make_link
from seminars.sessions.suggesting.models import Suggestion, Vote
from tests.factories import NOW, make_community, make_person, make_series, make_session, make_user
from tests.world import World

WHO = {"name": "Known Example", "language": "en", "zone": "Africa/Kampala"}
KNOWN = "known@example.org"


@dataclass
class Site:
    """An open community with sessions that were, are and come. worlds: what stands for names in addresses."""

    community: Community
    sessions: dict[str, Session]
    worlds: list[World]
    invitation: Invitation


def make_site() -> Site:
    """Build it around NOW: one session comes tomorrow, one has begun, one was yesterday."""
    community = make_community(slug="open", joining=Joining.OPEN, contact="ask@example.org")
    series = make_series(community, slug="talks")
    walls = {"coming": timedelta(days=1), "live": timedelta(minutes=-10), "past": timedelta(days=-1)}
    sessions = {
        name: make_session(series, wall=(NOW + away).replace(tzinfo=None), zone="UTC", slug=name)
        for name, away in walls.items()
    }
    invitation = inviting.invite(
        community=community, people=[("New", "new@example.org")], role="member", language="en", now=NOW,
        actor_id=None,
    )[0]  # fmt: skip
    links = _of_community(community) | _of_session(sessions["coming"])
    links["invitations/token"] = inviting.token_of(invitation)
    worlds = [World({"communities": "open", "series": "talks", "archive": "none", "sessions": each.slug}, {
        **links, "registration/token": registered(each).token, "here/secret": headcount_of(each).poster,
    }) for each in sessions.values()]  # fmt: skip
    return Site(community, sessions, worlds, invitation)


def registered(session: Session, email: str = KNOWN) -> Registration:
    """A confirmed registration."""
    token = f"reg-{session.slug}-{email.partition('@')[0]}"
    row = {"session": session, "email": email, "token": token, "made_at": NOW, "confirmed_at": NOW}
    return Registration.objects.create(**row, **WHO)


def _of_session(session: Session) -> dict[str, object]:
    person = make_person(name="Speaker")
    Speaker.objects.create(session=session, person=person)
    site = ListeningSite.objects.create(
        session=session, place="Library", city="Gulu", zone="Africa/Kampala", contact="Akello", email=KNOWN,
        expected=5, token="site", made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    asker = Asker.objects.create(
        session=session, email=KNOWN, language="en", token="asker", made_at=NOW, confirmed_at=NOW
    )
    whole = SeriesRegistration.objects.create(
        series=session.series, email=KNOWN, token="whole", made_at=NOW, confirmed_at=NOW, **WHO
    )
    return {
        "speak/token": make_link(session=session, person=person, now=NOW, actor_id=None).token,
        "group/token": site.token,
        "questions/token": asker.token,
        "series-registration/token": whole.token,
        "/word": "maybe",
    }


def _of_community(community: Community) -> dict[str, object]:
    starts: datetime = NOW + timedelta(days=20)
    poll = DatePoll.objects.create(
        community=community, title="When?", language="en", zone="UTC", minutes=60, token="poll", made_at=NOW
    )
    PollSlot.objects.create(poll=poll, local_date=starts.date(), local_time=starts.time(), starts_at=starts)
    voice = Voice.objects.create(
        poll=poll, name="Known Example", key="voice", zone="UTC", made_at=NOW, changed_at=NOW
    )
    reader = Reader.objects.create(email=KNOWN, token="reader", language="en", made_at=NOW, confirmed_at=NOW)
    asks = JoinRequest.objects.create(
        community=community, email=KNOWN, token="asks", standing="waiting", made_at=NOW, asked_at=NOW, **WHO
    )
    wanted = Suggestion.objects.create(community=community, title="Fees", made_at=NOW, confirmed_at=NOW)
    vote = Vote.objects.create(
        suggestion=wanted, email=KNOWN, language="en", token="vote", made_at=NOW, confirmed_at=NOW
    )
    leaving = make_user("leaving@example.org")
    stop = stop_address(email=KNOWN, person_id=None, kind="moves", community=community)
    return {
        "poll/token": poll.token,
        "/key": voice.key,
        "reader/token": reader.token,
        "membership/token": asks.token,
        "suggestions/token": vote.token,
        "suggestions/uuid": wanted.uuid,
        "introductions/token": _introduced(community).token,
        "reviews/token": _reviewed(community).token,
        "stay/token": token_of(ask(user=leaving, keep_names=False, now=NOW)),
        "link/token": make(make_user("signs-in@example.org")),
        "stop/token": stop.rstrip("/").rpartition("/")[2],
        "owed/token": chasing.stop_address(make_person(name="Known Example")).rstrip("/").rpartition("/")[2],
    }


def _reviewed(community: Community) -> PaperReview:
    paper = Paper.objects.create(community=community, title="Fees", made_at=NOW, changed_at=NOW)
    return reviewing.ask(
        paper=paper, name="Known Example", email=KNOWN, due_at=NOW + timedelta(days=9), now=NOW, actor_id=None
    )


def _introduced(community: Community) -> Party:
    meeting = Introduction.objects.create(community=community, made_at=NOW, met_at=NOW)
    for name in ("one", "two"):
        person = make_person(name=name, email=f"{name}@example.org")
        Party.objects.create(introduction=meeting, person=person, token=name, said="yes", said_at=NOW)
    return Party.objects.get(token="one")
