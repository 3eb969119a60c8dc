"""Make rows of the demo's facts, through the verbs that organisers use."""

from collections.abc import Iterator
from datetime import datetime, time

from allauth.account.models import EmailAddress

from seminars import clock
from seminars.demo import memore, microlinks, rostanga, seta, topics, worldbank
from seminars.demo.asked import ask_some
from seminars.demo.attended import show_attended
from seminars.demo.belonging import show_belonging
from seminars.demo.events import add_echoes, add_programme, document
from seminars.demo.facts import CommunityFacts, PersonFacts, SeriesFacts, SessionFacts
from seminars.demo.imported import COMMUNITY, import_events
from seminars.demo.letters import send_letter
from seminars.demo.papers import write_papers
from seminars.demo.readers import read_some
from seminars.demo.registrations import register_some
from seminars.demo.results import show_results
from seminars.demo.rooms import add_groups, add_rooms, placed, seat
from seminars.demo.together import share_some
from seminars.followups.reports.saving import save_report
from seminars.people.models import Community, Membership, Person, Role, User
from seminars.sessions import drafting, planning, speakers
from seminars.sessions.models import Precision, Session
from seminars.sessions.spans import Slot
from seminars.words import say

ADMINISTRATOR = "admin@demo.example"


def organisations(now: datetime) -> list[CommunityFacts]:
    """Return the five organisations as of `now` (aware UTC)."""

    def today(zone: str) -> datetime:
        return clock.to_wall(now, zone)

    return [
        seta.community(today(seta.ZONE).date()),
        microlinks.community(today(microlinks.ZONE).date(), now),
        *worldbank.communities(today(worldbank.COURSE_ZONE).date()),
        rostanga.community(),
        memore.community(),
    ]


def load(*, now: datetime) -> Iterator[tuple[Session, str]]:
    """Fill an empty database; yield each session that has media, with the stem of its files. now: aware UTC."""
    _confirm(User.objects.create_superuser(ADMINISTRATOR))
    for facts in organisations(now):
        community = Community.objects.create(
            slug=facts.slug, name=dict(facts.name), summary=dict(facts.summary), made_at=now, **facts.fields
        )
        for person in facts.people:
            _add_person(person, community, now)
        add_rooms(facts, community, now=now)
        for series in facts.series:
            yield from _load_series(series, community, now)
        if facts.slug == COMMUNITY:
            import_events(community=community, now=now, actor_id=_planner(community))
    show_belonging(now=now)
    read_some(register_some(now=now), now=now)
    share_some(now=now)
    write_papers(now=now)
    send_letter(now=now)
    ask_some(now=now)
    show_attended(now=now)
    show_results(now=now)


def _confirm(user: User) -> User:
    """Note that the address is the account's own; else the first sign-in asks for a second code."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _add_person(facts: PersonFacts, community: Community, now: datetime) -> None:
    user = None
    if facts.signs_in:
        user = User.objects.filter(email=facts.email).first() or _confirm(
            User.objects.create_user(facts.email, zone=facts.zone, language=facts.language)
        )
    person, _made = Person.objects.get_or_create(
        email=facts.email,
        defaults={"name": facts.name, "user": user, "zone": facts.zone, "country": facts.country},
    )
    Membership.objects.create(person=person, community=community, role=Role(facts.role), since=now)


def _load_series(facts: SeriesFacts, community: Community, now: datetime) -> Iterator[tuple[Session, str]]:
    actor_id = _planner(community)
    planned_at = _out_at(facts, now)
    usual = {"language": community.language, "form": "virtual", "audience": "everyone"}
    options = usual | placed(facts.options, community)
    series = drafting.draft_series(
        community=community,
        slug=facts.slug,
        title=dict(facts.title),
        abstract=dict(facts.abstract),
        zone=facts.zone,
        first_date=facts.first_date,
        local_time=facts.local_time,
        minutes=facts.minutes,
        rrule=facts.rrule,
        rdates=facts.rdates,
        exdates=facts.exdates,
        days=facts.days,
        now=planned_at,
        actor_id=actor_id,
        **options,
    )
    planning.fill(series=series, now=now)
    known = {session.original_date: session for session in series.sessions.all()}
    parts: dict[int, list[Session]] = {}
    for told in facts.sessions:
        session = known[told.on]
        _tell(told, session, now=planned_at, actor_id=actor_id)
        parts[session.pk] = add_programme(told, session, now=planned_at, actor_id=actor_id)
        seat(parts[session.pk], community, now=planned_at)
        add_groups(told.groups, session, now=now)
        add_echoes(told, session, now=planned_at, actor_id=actor_id)
    topics.give(series, now=planned_at, actor_id=actor_id)
    planning.publish(series=series, now=planned_at, actor_id=actor_id)
    for told in facts.sessions:
        session = Session.objects.select_related("series__community").get(pk=known[told.on].pk)
        document(told, parts[session.pk], now=now, actor_id=actor_id)
        if told.report:
            save_report(session=session, answers=dict(told.report), language="en", now=now, actor_id=actor_id)
        if told.media:
            yield session, told.media


def _planner(community: Community) -> int | None:
    """The account of the community's manager."""
    managers = User.objects.filter(
        person__memberships__community=community, person__memberships__role=Role.MANAGER
    )
    return managers.order_by("pk").values_list("pk", flat=True).first()


def _out_at(facts: SeriesFacts, now: datetime) -> datetime:
    """When the series was published: nothing is owed for sessions that were over by then."""
    return clock.to_instant(datetime.combine(facts.out_on, time.min), facts.zone) if facts.out_on else now


def _tell(told: SessionFacts, session: Session, *, now: datetime, actor_id: int | None) -> None:
    """Write what is known of one session while it is a draft."""
    for name, value in told.fields.items():
        setattr(session, name, value)
    session.title, session.abstract = dict(told.title), dict(told.abstract)
    if session.precision == Precision.NONE or session.local_date is None:
        session.local_date = session.starts_at = session.ends_at = None
    else:
        slot = Slot(session.local_date, session.local_time, session.zone, session.minutes, session.days)
        session.starts_at, session.ends_at = slot.bounds()
    session.save()
    if told.named:
        session.named.set(Person.objects.filter(email__in=told.named))
    people = [
        (Person.objects.get_or_create(name=name)[0], role, affiliation)
        for name, role, affiliation in told.speakers
    ]
    if people:
        speakers.set_speakers(session=session, speakers=people, now=now, actor_id=actor_id)


def sign_in_addresses() -> list[tuple[str, str]]:
    """Return the demo's accounts, those who plan first: the address, and what it is in each community."""
    roles: dict[str, list[str]] = {}
    memberships = Membership.objects.exclude(person__user=None).select_related("person__user", "community")
    for each in sorted(memberships, key=lambda each: (each.role not in Role.organising(), each.pk)):
        if each.person.user:
            said = f"{each.get_role_display()} of {say(each.community.name, 'en')}"
            roles.setdefault(each.person.user.email, []).append(said)
    return [(ADMINISTRATOR, "administrator"), *((email, "; ".join(said)) for email, said in roles.items())]
