"""What a session's page offers in each state: one main button, the cheaper ways, one line. One small table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from seminars import clock
from seminars.followups.checklist import promise
from seminars.followups.models import ItemState
from seminars.sessions.dialling import read
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.sessions.questions.opening import takes_place, word_on
from seminars.sessions.registration.models import Mode, Registration, Terms
from seminars.sessions.registration.registering import is_open
from seminars.sessions.state import HEARD, Facts, State
from seminars.web.times import Reader, day_words


@dataclass(frozen=True)
class Button:
    """One thing to do: its words, its icon, and where it leads."""

    words: str | Promise
    icon: str
    href: str


CALENDAR = (gettext_lazy("Add to calendar"), "calendar", "session_file")
REGISTER = (gettext_lazy("Register"), "check", "register")
SUBSCRIBE = (gettext_lazy("Subscribe to the series"), "calendar", "subscribe_series")
JOIN = (gettext_lazy("Join"), "door", "join")
TELL_READY = (gettext_lazy("Tell me when it is ready"), "mail", "follow_session")
ASK = (gettext_lazy("Ask a question"), "plus", "questions")
OTHERS = (gettext_lazy("See other sessions"), "calendar", "series")

# State → words, icon, and the name of the address. States with materials lead to the materials, see `main_button`.
BUTTONS: dict[State, tuple[str | Promise, str, str]] = {
    State.ANNOUNCED: CALENDAR,
    State.UPCOMING: REGISTER,
    State.SOON: (gettext_lazy("Get the join link"), "door", "join"),
    State.DOORS_OPEN: JOIN,
    State.LIVE: JOIN,
    State.JUST_ENDED: TELL_READY,
    State.RECORDING_COMING: TELL_READY,
    State.ENDED: OTHERS,
    State.RESCHEDULED: (gettext_lazy("Add the new time"), "calendar", "session_file"),
    State.POSTPONED: (gettext_lazy("Tell me the new date"), "mail", "follow_session"),
    State.CANCELLED: OTHERS,
}
# What of the materials comes first, and the verb on its button.
OPENS: dict[str, tuple[str | Promise, str]] = {
    MaterialKind.RECORDING: (gettext_lazy("Watch the recording"), "play"),
    MaterialKind.VOICE: (gettext_lazy("Listen"), "sound"),
    MaterialKind.SLIDES: (gettext_lazy("Open the slides"), "slides"),
    MaterialKind.REPORT: (gettext_lazy("Read the report"), "file"),
    MaterialKind.PAPER: (gettext_lazy("Read the paper"), "file"),
    MaterialKind.HANDOUT: (gettext_lazy("Open the handout"), "file"),
}
AFTERWARDS = {State.PARTLY_ARCHIVED, State.ARCHIVED, State.REPORT_ONLY}
BEFORE = {State.ANNOUNCED, State.UPCOMING, State.SOON, State.DOORS_OPEN, State.LIVE, State.RESCHEDULED}


def published(session: Session) -> list[Material]:
    """Return the materials that can be had, in the order of `OPENS`; from a prefetched relation without a query."""
    order = {kind: at for at, kind in enumerate(OPENS)}
    found = [each for each in session.materials.all() if each.state == MaterialState.PUBLISHED]
    return sorted(found, key=lambda each: (order.get(each.kind, 99), each.language, each.pk or 0))


def address(name: str, session: Session) -> str:
    """Return the address that a button's name stands for."""
    if name == "series" and not (session.series.rrule or session.series.rdates):
        return reverse(
            "community", args=[session.series.community.slug]
        )  # a single event: its series shows no other
    slug = session.series.slug if name in {"series", "subscribe_series"} else session.slug
    return reverse(name, args=[slug])


def main_button(
    session: Session,
    state: State,
    facts: Facts,
    registered: Registration | None = None,
    terms: Terms | None = None,
    barred: bool = False,
) -> Button | None:
    """Return the one thing to do now; None for what was withdrawn. registered: of who looks, if known.

    terms: by which people register, if known: where nobody needs to, the calendar comes first. barred: who looks
    cannot join, since they have no place.
    """
    if session.series.external and session.source_url and state in BEFORE:
        return Button(_("Open the organiser's page"), "link", session.source_url)
    if state in AFTERWARDS:
        first = next((each for each in published(session) if each.kind in OPENS), None)
        if first is not None:
            words, icon = OPENS[first.kind]
            return Button(words, icon, "#player" if first.kind in HEARD else first.path)
        return Button(*OTHERS[:2], address("series", session))
    found = ASK if _takes_questions(session, state) else BUTTONS.get(state)
    if found is None:
        return None
    if found[2] == "join" and not facts.joinable:
        found = CALENDAR
    if found[2] == "join" and barred:
        if registered:
            return your_registration(registered)
        found = REGISTER
    asked = terms is None or terms.mode == Mode.ASKED
    if found == REGISTER and (registered or not asked or not is_open(session, state)):
        found = CALENDAR
    if found[2] == "session_file" and session.local_date is None:
        found = SUBSCRIBE  # no calendar can hold what has no date yet
    return Button(found[0], found[1], address(found[2], session))


def beside(
    session: Session, state: State, registered: Registration | None, terms: Terms | None = None
) -> Iterable[Button]:
    """Yield what else one can do: register or hear when it is ready where that is not first, add it to a calendar.

    registered: of who looks, if known; they are led to their own page. While people go in, joining is all.
    """
    if _takes_questions(session, state):
        yield Button(*TELL_READY[:2], address("follow_session", session))
    if state not in {State.ANNOUNCED, State.UPCOMING, State.SOON, State.RESCHEDULED}:
        return
    if not is_open(session, state, terms):
        return
    asked = terms is None or terms.mode == Mode.ASKED
    if registered:
        yield your_registration(registered)
    elif state != State.UPCOMING or not asked:
        yield Button(*REGISTER[:2], address("register", session))
    if state == State.UPCOMING and not registered and asked:
        yield Button(*CALENDAR[:2], address("session_file", session))


def your_registration(registered: Registration) -> Button:
    """Return the way to what somebody said, and where they stand."""
    return Button(_("Your registration"), "check", reverse("registration", args=[registered.token]))


def _takes_questions(session: Session, state: State) -> bool:
    """Whether asking comes first: in the day after the end, unless the organisers take no questions."""
    return state == State.JUST_ENDED and takes_place(session) and word_on(session) is not False


def line_of(session: Session, state: State, reader: Reader, now: datetime) -> str:
    """Return the one line under the time; "" where there is nothing to add."""
    external = session.series.external
    if state == State.ANNOUNCED:
        return "" if external or session.local_date is None else _("Speaker and title follow.")
    if state in {State.UPCOMING, State.SOON, State.RESCHEDULED, State.DOORS_OPEN}:
        return _before(session, state, reader)
    if state == State.LIVE:
        return _day_of_days(session, now)
    if state in {State.JUST_ENDED, State.RECORDING_COMING}:
        return _promised(session, reader)
    if state == State.PARTLY_ARCHIVED:
        return _counted(session)
    return {
        State.POSTPONED: _("There is no new date yet. It will come to your calendar by itself."),
        State.CANCELLED: _("There is nothing to do on your side."),
        State.REPORT_ONLY: _("Not recorded, by choice."),
    }.get(state, "")


def _before(session: Session, state: State, reader: Reader) -> str:
    if state == State.DOORS_OPEN:
        return _("Test your sound, then come in.")
    by = promise(session)
    if by is None:
        return ""
    return _("Will be recorded. The recording follows by %(day)s.") % {"day": _day(by, reader)}


def _day_of_days(session: Session, now: datetime) -> str:
    if session.days < 2 or session.local_date is None:
        return ""
    number = (clock.to_wall(now, session.zone).date() - session.local_date).days + 1
    return _("On now, day %(number)d of %(days)d.") % {"number": number, "days": session.days}


def _promised(session: Session, reader: Reader) -> str:
    by = promise(session)
    if by is None:
        return _("What is published will be here.")
    words = _("The recording is promised for %(day)s.") % {"day": _day(by, reader)}
    moves = max(
        (each.moves for each in session.items.all() if each.kind == MaterialKind.RECORDING), default=0
    )
    if not moves:
        return words
    moved = ngettext("(moved %(n)d time)", "(moved %(n)d times)", moves)
    return f"{words} {moved % {'n': moves}}"


def _counted(session: Session) -> str:
    items = [each for each in session.items.all() if each.is_file and each.state != ItemState.WAIVED]
    done = sum(each.state == ItemState.DONE for each in items)
    if not items or done >= len(items):
        return ""
    return _("%(done)d of %(all)d items are ready; the rest follows.") % {"done": done, "all": len(items)}


def _day(day: date, reader: Reader) -> str:
    return day_words(day, reader.locale, short=True)


def cheaper_ways(session: Session, state: State) -> Iterable[Button]:
    """Yield the ways to take part that cost less than video, while one can."""
    if state not in BEFORE or session.series.external:
        return
    if session.view_url and state in {State.SOON, State.DOORS_OPEN, State.LIVE}:
        yield Button(_("View only"), "eye", reverse("view_only", args=[session.slug]))
    numbers = read(session.dial_in)
    if len(numbers) > 1:
        yield Button(_("Listen by phone"), "phone", "#phone")
    for number in numbers if len(numbers) == 1 else ():
        words = number if isinstance(number, str) else number.say(get_language() or "en")
        leads = "" if isinstance(number, str) else number.uri
        yield Button(_("Listen by phone: %(number)s") % {"number": words}, "phone", leads)


def stands_still(session: Session) -> bool:
    """Whether people have decided that it does not take place as planned."""
    return bool(session.cancelled_at or session.postponed_at or session.withdrawn_at)
