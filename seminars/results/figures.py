"""The figures of results in words: what each says, and how it was counted. One list for pages, "
"tables and reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from seminars.results.measuring import Results
from seminars.results.models import UseKind
from seminars.results.public import FEWEST, guarded

Number = int | float | None


class Unit(StrEnum):
    """In what a figure is told."""

    NUMBER = "number"
    BYTES = "bytes"
    DAYS = "days"
    MEAN = "mean"


@dataclass(frozen=True)
class Line:
    """What one figure is. how: how it was counted. of: takes it from results; None is unknown."""

    key: str
    label: str | Lazy
    how: str | Lazy
    of: Callable[[Results], Number]
    unit: Unit = Unit.NUMBER


@dataclass(frozen=True)
class Figure:
    """One figure. before: of the period before; None where there is none."""

    line: Line
    value: Number
    before: Number = None
    compared: bool = False


@dataclass(frozen=True)
class Group:
    """Figures that belong together."""

    key: str
    label: str | Lazy
    lines: tuple[Line, ...]


BEFORE = Group(
    "before",
    _("Before"),
    (
        Line(
            "sessions",
            _("Sessions held"),
            _(
                "Sessions that are over and took place; a twin counts as one of its own, other "
                "people's events do not."
            ),
            lambda found: len(found.held),
        ),
        Line(
            "registered",
            _("Registered"),
            _(
                "Confirmed registrations with a place, session by session: who comes to three "
                "sessions counts three times."
            ),
            lambda found: sum(each.registered for each in found.held),
        ),
        Line(
            "registered-room",
            _("of these, for the room"),
            _("Registrations that chose the room; the others chose to be online."),
            lambda found: sum(each.room for each in found.held),
        ),
        Line(
            "registrants",
            _("Different people who registered"),
            _("Different e-mail addresses among confirmed registrations, on the waiting list too."),
            lambda found: found.registrants,
        ),
        Line(
            "waiting",
            _("Without a place"),
            _("Confirmed registrations that were still on the waiting list when the session began."),
            lambda found: sum(each.waiting for each in found.held),
        ),
        Line(
            "moved",
            _("Sessions moved"),
            _("Held sessions whose time was changed at least once, by the log of changes."),
            lambda found: found.moved,
        ),
        Line(
            "cancelled",
            _("Sessions cancelled"),
            _("Published sessions of this time that were cancelled."),
            lambda found: found.cancelled,
        ),
    ),
)
LIVE = Group(
    "live",
    _("Live"),
    (
        Line(
            "live",
            _("Took part live"),
            _(
                "The sum of the lines below, session by session. Nobody is known to be counted twice "
                "in one session."
            ),
            lambda found: found.counts.people,
        ),
        Line(
            "devices",
            _("with a device of their own"),
            _("People who are on the meeting's list, or went through the join link and are known by name."),
            lambda found: found.counts.devices,
        ),
        Line(
            "unknown",
            _("through the join link, not known"),
            _(
                "Uses of the join link by nobody we know; none where the meeting's list was taken in, "
                "since it has them."
            ),
            lambda found: found.counts.unknown,
        ),
        Line(
            "sites",
            _("at listening sites"),
            _(
                "Heads that the contacts of listening sites counted, or people checked in there, "
                "whichever are more."
            ),
            lambda found: found.counts.sites,
        ),
        Line(
            "room",
            _("in the room"),
            _("People checked in at the door, or the number a host counted, whichever is larger."),
            lambda found: found.counts.room,
        ),
        Line(
            "phone",
            _("by phone"),
            _("People noted as calling in, or the number a host counted, whichever is larger."),
            lambda found: found.counts.phone,
        ),
        Line(
            "by-hand",
            _("noted by hand"),
            _("People whom an organiser ticked by name, with no other trace of how they came."),
            lambda found: found.counts.by_hand,
        ),
        Line(
            "known",
            _("Different people known to have come"),
            _(
                "Different e-mail addresses, or else persons, among those who came; who is not known "
                "is not in it."
            ),
            lambda found: found.known,
        ),
        Line(
            "countries",
            _("Countries"),
            _(
                "Countries of those who came: the one they gave, or else that of their clock. Who "
                "gave neither is in none."
            ),
            lambda found: len(found.countries),
        ),
        Line(
            "zones",
            _("Time zones"),
            _("Different time zones by which those who came read the hour, and of listening sites."),
            lambda found: len(found.zones),
        ),
    ),
)
LATER = Group(
    "later",
    _("Later use"),
    (
        Line(
            "viewed",
            _("Recordings watched"),
            _(
                "Times the server gave a video from its first byte on, on days of this time, of "
                "earlier sessions too. Programs that say what they are, prefetching and parts further "
                "on do not count."
            ),
            lambda found: found.used(UseKind.VIEW).number,
        ),
        Line(
            "listened",
            _("Recordings listened to"),
            _("The same for voice editions."),
            lambda found: found.used(UseKind.LISTEN).number,
        ),
        Line(
            "fetched",
            _("Files fetched or read"),
            _("The same for slides, papers, reports and captions, and for recordings saved as files."),
            lambda found: found.used(UseKind.DOWNLOAD).number,
        ),
        Line(
            "podcast",
            _("Fetched by podcast apps"),
            _(
                "Times a podcast app was given an edition from its first byte on; most fetch each by themselves."
            ),
            lambda found: found.used(UseKind.PODCAST).number,
        ),
        Line(
            "embedded",
            _("Played on other sites"),
            _("Times an edition was played where another site shows the recording in a page of its own."),
            lambda found: found.used(UseKind.EMBED).number,
        ),
        Line(
            "unique",
            _("Unique in 30 days"),
            _(
                "Devices that opened the page or used a file, each counted once for a session in thirty days. They"
                " are told apart by a keyed digest of address and browser that is thrown away with its key after"
                " thirty days; no cookie, no profile. One address shared by an office with the same browser"
                " counts once."
            ),
            lambda found: found.used(*UseKind.values).first,
        ),
        Line(
            "pages",
            _("Pages opened afterwards"),
            _("Times a browser opened the page of a session that was over."),
            lambda found: found.used(UseKind.PAGE).number,
        ),
        Line(
            "saved",
            _("Saved by small editions"),
            _(
                "Bytes of the video less those of the small edition that was given in its place, each as if "
                "taken whole: an upper bound."
            ),
            lambda found: found.used(*(kind for kind in UseKind.values if kind != UseKind.PAGE)).saved,
            Unit.BYTES,
        ),
    ),
)
KEPT = Group(
    "kept",
    _("Promises and feedback"),
    (
        Line(
            "recorded",
            _("Sessions with a recording"),
            _("Held sessions of which a recording or its voice is out."),
            lambda found: found.recorded,
        ),
        Line(
            "days",
            _("Days to the archive"),
            _(
                "From the end of a session until its first recording or voice was out; half of the "
                "sessions took less."
            ),
            lambda found: found.days,
            Unit.DAYS,
        ),
        Line(
            "due",
            _("Promises due"),
            _(
                "Materials promised for a day that has come, of the checklists of these sessions; "
                "waived ones do not count."
            ),
            lambda found: found.promises.due,
        ),
        Line(
            "kept",
            _("kept on the first day told"),
            _("Promised materials that were out by the day that was told first."),
            lambda found: found.promises.kept,
        ),
        Line(
            "kept-later",
            _("kept on a later day that was told"),
            _("Promised materials that were out by the day to which the promise had been moved."),
            lambda found: found.promises.moved,
        ),
        Line(
            "feedback",
            _("People who said how it was"),
            _("Answers to the questions after a session, one a person and session, without names."),
            lambda found: found.answers,
        ),
    ),
)
GROUPS = (BEFORE, LIVE, LATER, KEPT)
ALWAYS = {
    "sessions",
    "registered",
    "live",
    "countries",
    "zones",
    "viewed",
    "listened",
    "fetched",
    "unique",
    "saved",
    "days",
    "due",
    "kept",
    "feedback",
    "recorded",
}
"""Told even where they are nought; the others only where there is something to tell."""


def figures(found: Results, before: Results | None) -> Iterator[tuple[Group, list[Figure]]]:
    """Yield the figures by group, beside those of the period before."""
    for group in GROUPS:
        lines = []
        for line in group.lines:
            value = line.of(found)
            earlier = line.of(before) if before else None
            if line.key in ALWAYS or value or earlier:
                lines.append(Figure(line, value, earlier, compared=before is not None))
        yield group, lines


WAYS = {"devices", "unknown", "sites", "room", "phone", "by-hand"}
PEOPLE = {"registered", "registered-room", "registrants", "waiting", "live", "known", "feedback"}


def withheld(found: Results) -> set[str]:
    """Return the keys of figures that count people and may not leave the house: under three, or telling such a one.

    Ways to come add up to who took part live, and those for the room and online to who registered.
    """
    values = {line.key: int(line.of(found) or 0) for group in GROUPS for line in group.lines}
    ways = {key: values[key] for key in WAYS if values[key]}
    shown: dict[str, int] = guarded(ways)
    hidden = ways.keys() - shown.keys()
    hidden |= {key for key in PEOPLE if 0 < values[key] < FEWEST}
    if 0 < values["registered"] - values["registered-room"] < FEWEST:
        hidden.add("registered-room")
    return hidden
