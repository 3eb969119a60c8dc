"""What may happen to one session: a new time, cancelled, postponed, back again, withdrawn, ended. One address each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.people.joining import zones_of
from seminars.sessions import moving
from seminars.sessions.asking import TimeQuestion
from seminars.sessions.carrying import followers
from seminars.sessions.models import Precision, Session
from seminars.sessions.revising import Stale
from seminars.sessions.spans import Slot
from seminars.web.forms.sessions import ConfirmForm, MoveForm, ReasonForm, SeenForm, StopForm
from seminars.web.forms.zones import city_of
from seminars.web.organise.following import Follower, called_off_with, followed_by
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.parts import hosted_of, may_change
from seminars.web.organise.sessions import session_of
from seminars.web.organise.stale import Versions, again, versions_of
from seminars.web.times import days_words, span_words
from seminars.web.zones import reader_of

Form = TypeVar("Form", bound=SeenForm)


@dataclass(frozen=True)
class Deed:
    """A decision about a session: its verb and its words."""

    verb: Callable[..., Session]
    form: type[SeenForm]
    title: str | Promise
    lead: str | Promise
    button: str | Promise
    done: str | Promise
    danger: bool = False


DEEDS = {
    "cancel": Deed(
        moving.cancel,
        StopForm,
        gettext_lazy("Cancel this session"),
        gettext_lazy("It stays on the page and in calendars, marked as cancelled. You can reinstate it."),
        gettext_lazy("Cancel the session"),
        gettext_lazy("Cancelled. Calendars show it when they read the feed again."),
        danger=True,
    ),
    "postpone": Deed(
        moving.postpone,
        StopForm,
        gettext_lazy("Postpone this session"),
        gettext_lazy("It keeps its place until you give it a new time."),
        gettext_lazy("Postpone the session"),
        gettext_lazy("Postponed. Give it a new time when you know it."),
    ),
    "reinstate": Deed(
        moving.reinstate,
        ConfirmForm,
        gettext_lazy("Reinstate this session"),
        gettext_lazy("It takes place as announced, at the time it had."),
        gettext_lazy("Reinstate the session"),
        gettext_lazy("Reinstated. It takes place as announced."),
    ),
    "withdraw": Deed(
        moving.withdraw,
        ReasonForm,
        gettext_lazy("Withdraw this session"),
        gettext_lazy(
            "For law or safety only. The page becomes a note that says it was removed, and why. This cannot be undone."
        ),
        gettext_lazy("Withdraw it for good"),
        gettext_lazy("Withdrawn."),
        danger=True,
    ),
    "close": Deed(
        moving.close,
        ConfirmForm,
        gettext_lazy("End this session now"),
        gettext_lazy("People can no longer join. Its checklist opens within two minutes."),
        gettext_lazy("End the session"),
        gettext_lazy("Ended. The checklist opens within two minutes."),
    ),
}


def _deed(name: str) -> Callable[..., HttpResponse]:
    """Return the view of one decision: its form, its verb, and back to the session."""
    deed = DEEDS[name]

    @for_organisers
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        session = (hosted_of if name == "close" else session_of)(request, slug)
        echoed = has_echoes(session)
        if request.method != "POST":
            form = deed.form(initial={"seen": session.revision, "echoes": True})
            return _deed_page(request, session, deed, asking(form, echoed))
        form = asking(deed.form(request.POST), echoed)
        if not form.is_valid():
            return _deed_page(request, session, deed, form)
        given = dict(form.cleaned_data)
        try:
            deed.verb(session=session, now=timezone.now(), actor_id=actor(request), **given)
        except Stale as stale:
            versions = versions_of(stale.current, given["seen"], form, {})
            again(form, stale.current.revision)
            return _deed_page(request, stale.current, deed, form, versions)
        except UserError as refused:
            show_refusal(form, refused)
            return _deed_page(request, session, deed, form)
        messages.success(request, str(deed.done))
        return redirect("organise_session" if may_change(request, session) else "run_sheet", slug)

    return view


def _deed_page(
    request: HttpRequest, session: Session, deed: Deed, form: SeenForm, versions: Versions | None = None
) -> HttpResponse:
    context = {
        "session": session,
        "community": session.series.community,
        "deed": deed,
        "form": form,
        "versions": versions,
        "only_part": not may_change(request, session),
    }
    if deed.form is StopForm:
        locale = reader_of(request).locale
        context["followers"] = called_off_with(followers(session), timezone.now(), locale)
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/deed.html", context, status=status)


@for_organisers
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the session another time."""
    session = session_of(request, slug)
    echoed = has_echoes(session)
    if request.method != "POST":
        form = MoveForm(initial=MoveForm.initial_of(session) | {"echoes": True}, **hours_of(session))
        return move_page(request, session, asking(form, echoed))
    form = asking(MoveForm(request.POST, **hours_of(session)), echoed)
    if not form.is_valid():
        return move_page(request, session, form)
    data = form.cleaned_data
    given = form.arguments() | {"reason": data["reason"], "seen": data["seen"]}
    given["echoes"] = data.get("echoes", True)
    before = session.revision
    try:
        after = moving.reschedule(session=session, now=timezone.now(), actor_id=actor(request), **given)
    except Stale as stale:
        versions = versions_of(stale.current, data["seen"], form, MoveForm.initial_of(stale.current))
        again(form, stale.current.revision)
        return move_page(request, stale.current, form, versions=versions)
    except UserError as refused:
        show_refusal(form, refused, {"wall": "date" if form.all_day else "time"})
        return move_page(request, session, form, ask_fold=_is_fold(refused))
    if after.revision == before:
        messages.info(request, _("Nothing differs from how it is. Nothing was changed."))
    else:
        messages.success(
            request, _("Moved. Google re-reads calendars every 8 to 24 hours, Outlook about every 3.")
        )
    return redirect("organise_session", slug)


@for_organisers
@require_POST
def preview_move(request: HttpRequest, slug: str) -> HttpResponse:
    """Old and new time in three zones: a piece of the page for the script, or the whole page."""
    session = session_of(request, slug)
    form = asking(MoveForm(request.POST, **hours_of(session)), has_echoes(session))
    form.is_valid()
    if getattr(request, "htmx", False):
        context = {"form": form, "times": times_of(request, session, form)}
        context["followers"] = followers_of(request, session, form)
        return render(request, "seminars/organise/_times.html", context)
    return move_page(request, session, form)


def move_page(
    request: HttpRequest,
    session: Session,
    form: MoveForm,
    *,
    versions: Versions | None = None,
    ask_fold: bool = False,
) -> HttpResponse:
    """Return the form with old and new time; 400 with mistakes, 409 with another version in the way."""
    context = {
        "session": session,
        "community": session.series.community,
        "form": form,
        "versions": versions,
        "city": city_of(session.zone, get_language() or "en"),
        "ask_fold": ask_fold or bool(form.data.get("fold")),
        "times": times_of(request, session, form),
        "followers": followers_of(request, session, form),
    }
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/move.html", context, status=status)


def followers_of(request: HttpRequest, session: Session, form: MoveForm) -> list[Follower]:
    """Return what moves along: parts always, twins and relays where they are asked to."""
    rows, later = followers(session), _asked(session, form)
    if form.is_bound and not form.data.get("echoes"):
        rows = [each for each in rows if each.lead_id != session.pk]
    return followed_by(session, rows, later, timezone.now(), reader_of(request).locale)


def hours_of(session: Session) -> dict[str, bool]:
    """Return whether the form asks for whole days or for an hour; what has no day yet may get either."""
    return {"all_day": session.all_day, "either": session.precision != Precision.DAY}


def has_echoes(session: Session) -> bool:
    """Whether the session has twins or relays that could stay."""
    return session.echoes.filter(cancelled_at=None, withdrawn_at=None).exists()


def asking(form: Form, echoed: bool) -> Form:
    """Return the form, without the question about twins and relays where there are none."""
    if not echoed:
        form.fields.pop("echoes", None)
    return form


def times_of(request: HttpRequest, session: Session, form: MoveForm) -> list[tuple[str, str, str]]:
    """Return (city, old, new): the session's zone, UTC, and where most members live; new is "" until it is known."""
    reader, language = reader_of(request), get_language() or "en"
    new = _asked(session, form)
    if session.all_day:
        old = days_words(session.local_date, session.days, reader.locale) if session.local_date else "–"
        later = days_words(new.local_date, new.days, reader.locale) if new else ""
        return [(city_of(session.zone, language), old, later)]
    zones = _telling_zones(session)
    was = (session.starts_at, session.ends_at) if session.starts_at and session.ends_at else None
    will = new.bounds() if new else None
    return [
        (city_of(zone, language), _span(was, zone, reader.locale), _span(will, zone, reader.locale))
        for zone in zones
    ]


def _telling_zones(session: Session) -> list[str]:
    """The session's zone, UTC, and the zone of most members whose hours differ from both."""
    found = list(dict.fromkeys([session.zone, "UTC"]))
    at = session.starts_at or session.made_at
    hours = {clock.offset(at, zone) for zone in found}
    others = (zone for zone in zones_of(session.series.community) if clock.offset(at, zone) not in hours)
    return [*found, *[zone for zone in [next(others, None)] if zone]]


def _asked(session: Session, form: MoveForm) -> Slot | None:
    if not form.is_bound or not form.is_valid():
        return None
    given = form.arguments()
    wall, fold = given["wall"], given["fold"] or 0
    local_time = None if form.all_day else wall.time()
    minutes, days = given["minutes"] or session.minutes, given["days"] or session.days
    slot = Slot(wall.date(), local_time, session.zone, minutes, days, fold)
    try:
        slot.bounds()
    except ValueError:
        return None
    return slot


def _span(bounds: tuple[datetime, datetime] | None, zone: str, locale: str) -> str:
    if bounds is None:
        return ""
    first, last = (clock.to_wall(each, zone) for each in bounds)
    return span_words(first, last, locale)


def _is_fold(refused: UserError) -> bool:
    return isinstance(refused, TimeQuestion) and refused.first is not None


def _route(name: str, view: Any) -> Any:
    return path(f"organise/sessions/<slug:slug>/{name}/", view, name=f"{name}_session")


urlpatterns = [
    _route("move", move),
    path("organise/sessions/<slug:slug>/move/preview/", preview_move, name="preview_move"),
    *[_route(name, _deed(name)) for name in DEEDS],
]
