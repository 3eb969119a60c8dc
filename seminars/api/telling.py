"""From rows to shapes. Whether the reader may see a row was asked before."""

from collections.abc import Iterable

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from seminars.api import schemas
from seminars.calendars.wording import address as whole
from seminars.people.models import Community, Form, Joining, Life, Purpose
from seminars.people.visitors import Visitor
from seminars.series.models import Audience, Series
from seminars.sessions.dialling import Number, read
from seminars.sessions.models import Echo, Material, MaterialKind, Precision, Session, Speaker, SpeakerRole
from seminars.web.doors import opens
from seminars.web.listing import Row


def at(name: str, *args: str) -> str:
    """Return the whole address of one of our pages by its name."""
    return whole(reverse(name, args=args))


def community_name(community: Community) -> schemas.CommunityName:
    """Name a community."""
    return schemas.CommunityName(
        slug=community.slug,
        name=community.name,
        page=at("community", community.slug),
        address=at("api_community", community.slug),
    )


def community_facts(community: Community) -> schemas.Community:
    """Tell what a community is."""
    closed = community.joining == Joining.CLOSED
    return schemas.Community(
        **community_name(community).model_dump(),
        summary=community.summary,
        eligibility=community.eligibility,
        purpose=Purpose(community.purpose),
        life=Life(community.life),
        joining=Joining(community.joining),
        form=Form(community.form),
        home_zone=community.home_zone,
        language=community.language,
        countries=community.countries,
        discusses_at=community.discusses_at or None,
        calendar=None if closed else at("community_feed", community.slug),
        sessions=at("api_sessions") + f"?community={community.slug}",
    )


def series_name(series: Series) -> schemas.SeriesName:
    """Name a series."""
    return schemas.SeriesName(
        slug=series.slug,
        title=series.title,
        page=at("series", series.slug),
        address=at("api_one_series", series.slug),
    )


def series_facts(series: Series) -> schemas.Series:
    """Tell what a series promises. Load `community` with it."""
    public = series.audience == Audience.EVERYONE and series.community.joining != Joining.CLOSED
    return schemas.Series(
        **series_name(series).model_dump(),
        community=community_name(series.community),
        abstract=series.abstract,
        published=series.published_at is not None,
        zone=series.zone,
        first_date=series.first_date,
        local_time=f"{series.local_time:%H:%M}" if series.local_time else None,
        minutes=series.minutes,
        days=series.days,
        rrule=series.rrule,
        rdates=series.rdates,
        exdates=series.exdates,
        form=Form(series.form),
        language=series.language,
        audience=Audience(series.audience),
        external=series.external,
        source_url=series.source_url or None,
        calendar=at("series_feed", series.slug) if public and series.published_at else None,
        sessions=at("api_sessions") + f"?series={series.slug}",
    )


def session_facts(row: Row) -> schemas.Session:
    """Tell a session as it is at the row's moment."""
    session = row.session
    stopped = bool(session.cancelled_at or session.postponed_at)
    joinable = row.facts.joinable and not row.is_over and not stopped
    return schemas.Session(
        uid=session.uid,
        slug=session.slug,
        number=session.number,
        title=dict(session.heading),
        abstract=session.abstract,
        community=community_name(session.series.community),
        series=series_name(session.series),
        published=session.published_at is not None,
        state=row.state,
        reason=session.reason if stopped else "",
        precision=Precision(session.precision) if session.local_date else Precision.NONE,
        local_date=session.local_date,
        local_time=f"{session.local_time:%H:%M}" if session.local_time else None,
        zone=session.zone,
        minutes=session.minutes,
        days=session.days,
        all_day=session.all_day and session.local_date is not None,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        form=Form(session.form),
        room=session.room,
        language=session.language,
        audience=Audience(session.audience),
        source_url=session.source_url or None,
        within=slug_of(session, "shown_within"),
        parts=[each.slug for each in getattr(session, "shown_parts", [])],
        lead=slug_of(session, "shown_lead"),
        echo=Echo(session.echo) if session.echo else None,
        speakers=[speaker_facts(each) for each in session.speakers.all()],
        materials=[material_facts(each) for each in row.public_files],
        page=at("session", session.slug),
        join=at("join", session.slug) if joinable else None,
        view=at("view_only", session.slug) if joinable and session.view_url else None,
        doors_open_at=opens(session) if joinable else None,
        dial_in=[] if row.is_over or stopped else [number_facts(each) for each in read(session.dial_in)],
        calendar=at("session_file", session.slug) if session.local_date and session.published_at else None,
        address=at("api_session", session.slug),
        changed_at=session.changed_at,
    )


def number_facts(number: Number | str) -> schemas.Number:
    """Tell one number to dial in by; of an older time, only its words."""
    if isinstance(number, str):
        return schemas.Number(country=None, number=number, code=None, uri=None)
    return schemas.Number(
        country=number.country or None, number=number.number, code=number.code or None, uri=number.uri
    )


def with_kin(sessions: Iterable[Session], visitor: Visitor) -> list[Session]:
    """Return the sessions with what `session_facts` says of events, parts and leads that the visitor may see."""
    found = list(sessions)
    seen = Session.objects.visible_to(visitor).published().filter(withdrawn_at=None)
    prefetch_related_objects(
        found,
        Prefetch("within", seen, to_attr="shown_within"),
        Prefetch("lead", seen, to_attr="shown_lead"),
        Prefetch("parts", seen.order_by("starts_at", "id"), to_attr="shown_parts"),
    )
    return found


def slug_of(session: Session, name: str) -> str | None:
    """Return the slug of what `with_kin` found under `name`."""
    kin: Session | None = getattr(session, name, None)
    return kin.slug if kin else None


def speaker_facts(speaker: Speaker) -> schemas.Speaker:
    """Tell who appears. Load `person` with it."""
    affiliation = speaker.affiliation or speaker.person.affiliation
    role = SpeakerRole(speaker.role)
    return schemas.Speaker(name=speaker.person.name, role=role, affiliation=affiliation)


def material_facts(material: Material) -> schemas.Material:
    """Tell one material; what has no size or length of its own has null."""
    return schemas.Material(
        kind=MaterialKind(material.kind),
        title=material.title,
        language=material.language or None,
        media_type=material.media_type or None,
        size=material.size or None,
        seconds=material.seconds,
        address=whole(material.path),
    )
