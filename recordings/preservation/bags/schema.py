"""What metadata.json says: which tables, by which columns a row is known anywhere, and which columns go along.

A column that is not named here never leaves the house. What is left out is left out for a reason, table by table:
addresses of people, secret links and join links, accounts, what organisers say among themselves, and what a queue or a
cache makes again. A test knows every column: a new one must be put in or left out.

Version 1. A reader refuses a newer version. A version is raised when an older reader would misread the newer file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event, FormerAddress
from recordings.catalogue.models import Original, Recording
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapter, Chapters, SlidePage, SlideTime, Timeline
from seminars.followups.models import Checklist, Item, Owed
from seminars.followups.papers.models import TEXT, Paper, PaperSession, PaperVersion
from seminars.followups.reports.models import Report, ReportForm
from seminars.people.models import Community, Person
from seminars.series.models import Series
from seminars.series.resources.models import Resource
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.models import Material, Session, Speaker
from seminars.sessions.questions.models import Question, WrittenAnswer
from seminars.sessions.speaking.models import Engagement

FORMAT, VERSION = "meridian-archive", 1


@dataclass(frozen=True)
class Table:
    """One table. name: in metadata.json.

    key: columns that tell its rows apart everywhere, unlike numbers of a database. fields: plain columns. links:
    columns that name a row of another table, by its key. later: those of them that may name a row further down, or
    none here. many: the same for many rows. unique: columns of which no two rows may have the same, besides the key.
    left_out: columns that stay at home.
    """

    name: str
    model: type[Model]
    key: tuple[str, ...]
    fields: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    many: Mapping[str, str] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NUMBER = ("id",)
TABLES = (
    Table("topics", Topic, ("slug",), ("slug", "name", "made_at"), left_out=_NUMBER),
    Table("topic_addresses", TopicSlug, ("slug",), ("slug",), {"topic": "topics"}, left_out=_NUMBER),
    Table(
        "communities",
        Community,
        ("uuid",),
        _names(
            "uuid slug name summary purpose life joining takes eligibility questions form rhythm rhythmic tied mandate "
            "home_zone language languages countries provinces accent agenda discusses_at discussing made_at"
        ),
        unique=("slug",),
        left_out=(*_NUMBER, "contact", "logo", "logo_width", "logo_height"),
    ),
    Table(
        "rooms",
        Room,
        ("uuid",),
        ("uuid", "name", "address", "capacity", "access", "latitude", "longitude", "closed_at", "revision"),
        {"community": "communities"},
        left_out=_NUMBER,
    ),
    Table(
        "people",
        Person,
        ("uuid",),
        ("uuid", "name", "affiliation"),
        left_out=(*_NUMBER, "user", "email", "about", "zone", "country", "languages"),
    ),
    Table(
        "series",
        Series,
        ("uuid",),
        _names(
            "uuid slug title abstract zone first_date rrule rdates exdates local_time minutes days precision form room "
            "doors language audience external source_url date_rules skipped invites reminders published_at next_number "
            "revision made_at"
        ),
        {"community": "communities", "place": "rooms"},
        many={"topics": "topics"},
        unique=("slug",),
        left_out=(*_NUMBER, "join_url", "view_url", "dial_in", "cohort", "made_by", "form_key"),
    ),
    Table(
        "owed", Owed, ("series", "kind"), ("kind", "words", "days"), {"series": "series"}, left_out=_NUMBER
    ),
    Table(
        "sessions",
        Session,
        ("uid",),
        _names(
            "uid number slug title abstract original_date original_time ruled precision local_date local_time fold "
            "zone minutes days starts_at ends_at tzdata_release form room doors source_url language audience "
            "published_at cancelled_at postponed_at closed_at withdrawn_at reason moved_from report_only state "
            "sequence revision made_at changed_at echo"
        ),
        {"series": "series", "place": "rooms", "within": "sessions", "lead": "sessions"},
        later=frozenset({"within", "lead"}),
        many={"topics": "topics"},
        unique=("slug",),
        left_out=(*_NUMBER, "join_url", "view_url", "dial_in", "named"),
    ),
    Table(
        "speakers",
        Speaker,
        ("session", "person", "role"),
        ("role", "affiliation", "order"),
        {"session": "sessions", "person": "people"},
        left_out=_NUMBER,
    ),
    Table(
        "licences",
        Engagement,
        ("session", "person"),
        ("asked_at", "answer", "answered_at", "may_record", "may_publish", "licence", "consented_at"),
        {"session": "sessions", "person": "people"},
        left_out=(*_NUMBER, "words", "checked_at", "remark"),
    ),
    Table("checklists", Checklist, ("session",), ("opened_at",), {"session": "sessions"}, left_out=_NUMBER),
    Table(
        "promises",
        Item,
        ("session", "kind"),
        _names("kind words state zone due_at first_due_at moves days counted_from reason opened_at done_at"),
        {"session": "sessions"},
        left_out=(*_NUMBER, "person", "done_by"),
    ),
    Table(
        "questions",
        Question,
        ("uuid",),
        _names(
            "uuid text shortened language name made_at confirmed_at standing votes live_at live_second answered_at "
            "told_at"
        ),
        {"session": "sessions"},
        left_out=(
            *_NUMBER,
            *("asker", "person", "phone", "reason", "merged_into", "decided_at", "decided_by", "reports"),
        ),
    ),
    Table(
        "answers",
        WrittenAnswer,
        ("question", "made_at"),
        ("name", "text", "made_at", "changed_at"),
        {"question": "questions"},
        left_out=(*_NUMBER, "person"),
    ),
    Table(
        "report_forms",
        ReportForm,
        ("series", "number"),
        ("number", "fields", "made_at"),
        {"series": "series"},
        left_out=_NUMBER,
    ),
    Table(
        "reports",
        Report,
        ("uuid",),
        (
            "uuid",
            "language",
            "answers",
            "labels",
            "revision",
            "published_at",
            "withdrawn_at",
            "reason",
            "changed_at",
        ),
        {"session": "sessions", "form": "report_forms"},
        unique=("session",),
        left_out=(*_NUMBER, "notes"),
    ),
    Table(
        "papers",
        Paper,
        ("uuid",),
        (
            *TEXT,
            *_names(
                "uuid year number slug for_everybody state revision reason made_at changed_at published_at"
            ),
            "withdrawn_at",
        ),
        {"community": "communities", "replaced_by": "papers"},
        later=frozenset({"replaced_by"}),
        unique=("slug",),
        left_out=(*_NUMBER, "made_by", "sessions"),
    ),
    Table(
        "paper_versions",
        PaperVersion,
        ("paper", "version"),
        (*TEXT, "version", "changes", "out_at", "tell", "told_at"),
        {"paper": "papers"},
        left_out=(*_NUMBER, "by"),
    ),
    Table(
        "paper_sessions",
        PaperSession,
        ("source",),
        ("source",),
        {"paper": "papers", "session": "sessions"},
        left_out=_NUMBER,
    ),
    Table(
        "resources",
        Resource,
        ("uuid",),
        _names(
            "uuid kind title url about language due_on due_time zone due_at state posted_at changed_at "
            "published_at"
        ),
        {"community": "communities"},
        many={"topics": "topics"},
        left_out=(*_NUMBER, "reason", "posted_by"),
    ),
    Table(
        "assets",
        Asset,
        ("sha256",),
        ("sha256", "size", "media_type", "probe", "kept_at"),
        left_out=(*_NUMBER, "verified_at", "damaged_at", "absent"),
    ),
    Table(
        "recordings",
        Recording,
        ("uuid",),
        _names(
            "uuid slug title abstract language recorded_on licence published_at withdrawn_at withdrawn_reason "
            "withdrawn_by even_sound made_at"
        ),
        {"session": "sessions"},
        unique=("slug", "session"),
        left_out=(*_NUMBER, "indexed_revision", "indexed_form"),
    ),
    Table(
        "former_addresses",
        FormerAddress,
        ("slug",),
        ("slug", "left_at"),
        {"recording": "recordings"},
        left_out=_NUMBER,
    ),
    Table(
        "events",
        Event,
        ("recording", "kind", "at", "facts"),
        ("kind", "at", "facts"),
        {"recording": "recordings"},
        left_out=(*_NUMBER, "actor"),
    ),
    Table(
        "originals",
        Original,
        ("uuid",),
        ("uuid", "kind", "language", "origin", "added_at", "superseded_at"),
        {"recording": "recordings", "asset": "assets"},
        left_out=(*_NUMBER, "filename", "source_url", "added_by"),
    ),
    Table(
        "editions",
        Rendition,
        ("uuid",),
        ("uuid", "recipe", "recipe_version", "input", "made_at"),
        {"original": "originals", "asset": "assets"},
        left_out=_NUMBER,
    ),
    Table(
        "slide_pages",
        SlidePage,
        ("uuid",),
        ("uuid", "number", "width", "height", "title", "text", "language", "made_version"),
        {"slides": "originals", "asset": "assets"},
        left_out=(*_NUMBER, "notes"),
    ),
    Table(
        "timelines",
        Timeline,
        ("video", "slides"),
        ("revision", "found_version", "found_at", "corrected_at"),
        {"video": "originals", "slides": "originals"},
        left_out=(*_NUMBER, "corrected_by"),
    ),
    Table(
        "slide_times",
        SlideTime,
        ("timeline", "start"),
        ("start", "page", "confidence", "origin"),
        {"timeline": "timelines"},
        left_out=_NUMBER,
    ),
    Table(
        "chapter_lists",
        Chapters,
        ("recording",),
        ("revision", "origin", "changed_at"),
        {"recording": "recordings"},
        left_out=_NUMBER,
    ),
    Table(
        "chapters",
        Chapter,
        ("chapters", "start"),
        ("start", "title", "origin"),
        {"chapters": "chapter_lists"},
        left_out=_NUMBER,
    ),
    Table(
        "materials",
        Material,
        ("source",),
        _names("source kind title language media_type size seconds path poster state published_at"),
        {"session": "sessions"},
        left_out=_NUMBER,
    ),
)
BY_NAME = {table.name: table for table in TABLES}
