"""Follow by mail without an account: the form, and the page of an address by its secret link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.access import community_or_404, series_or_404, session_or_404
from seminars.changes.refusing import UserError
from seminars.notifications import wishes
from seminars.notifications.posting import language_of
from seminars.notifications.readers import following
from seminars.notifications.readers.linking import Line, lines_of, mail_link, name_of, page_of
from seminars.notifications.readers.models import Followed, Reader, Subscription, scope_of
from seminars.notifications.ready import is_ready
from seminars.people.joining import person_of
from seminars.people.models import Community, Joining, Person, User
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session
from seminars.web.forms.readers import WISHES, FollowForm, ReaderForm, RemindersForm
from seminars.web.limits import within
from seminars.web.listing import rows_of
from seminars.web.organise.gate import say_refusal, show_refusal, signed_in
from seminars.web.secret_links import View, behind_link
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST_AN_HOUR = 30  # from one address: an office, or a school, can share it
Offered = list[tuple[str, str | Promise]]


@dataclass(frozen=True)
class Choices:
    """One thing on the page of an address, with the boxes that can be ticked: name, words, ticked."""

    line: Line
    boxes: list[tuple[str, str, bool]]


# The form.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_site(request: HttpRequest) -> HttpResponse:
    """Be mailed about all that is public."""
    return _follow(request, None, list(WISHES.items()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_community(request: HttpRequest, slug: str) -> HttpResponse:
    """Be mailed about a community; a closed one lets in its members only."""
    return _follow(request, community_or_404(slug, visitor_of(request)), list(WISHES.items()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_series_mails(request: HttpRequest, slug: str) -> HttpResponse:
    """Be mailed about a series."""
    found = series_or_404(slug, visitor_of(request))
    if found.published_at is None:
        raise Http404
    return _follow(request, found, _words("moves", "ready"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Be mailed about one session: its new date, its recording."""
    found = session_or_404(slug, visitor_of(request))
    if found.withdrawn_at or found.published_at is None:
        return redirect("session", found.slug)
    now = timezone.now()
    over = rows_of([found], now)[0].is_over
    offered = _words() if over else _words("moves")
    if not is_ready(found, now) and not (found.series.external and over):
        offered += _words("ready")
    if not offered:
        return redirect("session", found.slug)  # what one could wait for is there
    return _follow(request, found, offered)


def _words(*names: str) -> Offered:
    return [(name, WISHES[name]) for name in names]


def _follow(request: HttpRequest, followed: Followed, offered: Offered) -> HttpResponse:
    """Show the form, or take it. The answer is the same for every address."""
    person = person_of_account(request)
    if not _is_public(followed) and person is None:
        raise Http404
    start = _initial(request, followed, person, offered)
    form = FollowForm(request.POST or None, offered=offered, known=person is not None, initial=start)
    if request.method != "POST":
        return _page(request, followed, form)
    if not form.is_valid():
        return _page(request, followed, form, 422)
    if person is None and not within(request, "follow", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many forms were sent from your address. Try again in an hour."))
        return _page(request, followed, form, 429)
    try:
        _ask(form, followed, person, timezone.now())
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, followed, form, 422)
    if person:
        messages.success(request, _("Saved. From now on these mails come to you."))
        return redirect("my_mails")
    return redirect(f"{request.path}sent/")


def _ask(form: FollowForm, followed: Followed, person: Person | None, now: datetime) -> None:
    data = form.cleaned_data
    user = person.user if person else None
    email = user.email if user else data["email"]
    zone = user.zone if user else data["zone"]
    language = language_of((user.language if user else "") or get_language() or "")
    with transaction.atomic():
        reader = following.follow(
            email=email,
            followed=followed,
            wanted=data["wanted"],
            language=language,
            zone=zone,
            person=person,
            now=now,
        )
        if person is None:
            mail_link(reader, now=now)


def _initial(
    request: HttpRequest, followed: Followed, person: Person | None, offered: Offered
) -> dict[str, Any]:
    """What is ticked at first: what is wanted already, else all but the newsletter, else the only one."""
    wanted = [name for name, _words in offered if name != "newsletter"]
    if isinstance(followed, Session):
        wanted = wanted[:1]
    if asked := [name for name, _words in offered if name in request.GET.getlist("wanted")]:
        wanted = asked
    if person:
        rows = Subscription.objects.confirmed().filter(reader__person=person, scope=scope_of(followed))
        if found := rows.first():
            wanted = [name for name, _words in offered if getattr(found, name) or name in asked]
        if isinstance(followed, Community) and wishes.gets_letter(person, followed):
            wanted = list(dict.fromkeys([*wanted, "newsletter"]))
    return {"wanted": wanted, "zone": reader_of(request).zone or _zone(followed)}


def _zone(followed: Followed) -> str:
    return followed.home_zone if isinstance(followed, Community) else followed.zone if followed else ""


def _is_public(followed: Followed) -> bool:
    """Whether anybody may follow it; else members do, by their account."""
    if followed is None:
        return True
    if isinstance(followed, Community):
        return followed.joining != Joining.CLOSED
    series = followed if isinstance(followed, Series) else followed.series
    return followed.audience == Audience.EVERYONE and series.community.joining != Joining.CLOSED


def _around(followed: Followed) -> dict[str, Any]:
    session = followed if isinstance(followed, Session) else None
    series = followed if isinstance(followed, Series) else None
    return {
        "now": timezone.now(),
        "heading": name_of(followed),
        "back": page_of(followed),
        "session": session,
        "series": series,
        "community": followed if isinstance(followed, Community) else _community(session, series),
    }


def _community(session: Session | None, series: Series | None) -> Community | None:
    owner = session.series if session else series
    return owner.community if owner else None


def _page(request: HttpRequest, followed: Followed, form: FollowForm, status: int = 200) -> HttpResponse:
    context = _around(followed) | {"form": form}
    return render(request, "seminars/follow.html", context, status=status)


def sent(find: Callable[[HttpRequest, str], Followed]) -> View:
    """Return the view that says: look into your mail. It is what everybody sees, known address or not."""

    @never_cache
    @require_safe
    def view(request: HttpRequest, slug: str = "") -> HttpResponse:
        return render(request, "seminars/follow_sent.html", _around(find(request, slug)))

    return view


def person_of_account(request: HttpRequest) -> Person | None:
    """Return the person who is signed in with an address that has proved itself; None for everybody else."""
    user = request.user
    if not isinstance(user, User):
        return None
    proven = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return person_of(user) if proven.exists() else None


# The page of an address.


by_link = behind_link(lambda _request, token: following.opened(token))


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def reader(request: HttpRequest, found: Reader) -> HttpResponse:
    """All that the address follows; POST changes it, or stops one thing."""
    lines = [each for each in lines_of(found) if each.subscription.confirmed_at]
    if request.method != "POST":
        return _reader_page(request, found)
    if stopped := request.POST.get("stop"):
        for each in lines:
            if str(each.subscription.pk) == stopped:
                following.change(subscription=each.subscription, wanted=(), now=timezone.now())
        messages.success(request, _("Stopped."))
        return redirect("reader", found.token)
    form = ReaderForm(request.POST)
    if not form.is_valid():
        return _reader_page(request, found, form, 422)
    Reader.objects.filter(pk=found.pk).update(
        language=form.cleaned_data["language"], zone=form.cleaned_data["zone"]
    )
    keep_wishes(found, form)
    save_choices(request, lines)
    messages.success(request, _("Saved."))
    return redirect("reader", found.token)


def keep_wishes(found: Reader, form: RemindersForm) -> None:
    """Keep when reminders come, and what else of sessions for which they registered."""
    given = form.cleaned_data
    following.set_leads(reader=found, wanted=form.wanted(), ready=given["ready"], asked=given["asked"])


def save_choices(request: HttpRequest, lines: list[Line]) -> None:
    """Keep the boxes as they were ticked; a thing without one ends."""
    for each in lines:
        row = each.subscription
        wanted = [name for name in offered_of(row) if f"{name}-of-{row.pk}" in request.POST]
        if row.confirmed_at is None or set(wanted) != {n for n in following.WISHES if getattr(row, n)}:
            following.change(subscription=row, wanted=wanted, now=timezone.now())


def choices_of(line: Line) -> Choices:
    """Return one thing with its boxes."""
    row = line.subscription
    boxes = [(f"{name}-of-{row.pk}", str(WISHES[name]), getattr(row, name)) for name in offered_of(row)]
    return Choices(line, boxes)


def offered_of(row: Subscription) -> list[str]:
    """Return the kinds of mail that there are of a thing: newsletters are of communities and the site."""
    return [name for name in WISHES if name != "newsletter" or not (row.series_id or row.session_id)]


def initial_of(found: Reader | None) -> dict[str, Any]:
    """Return what the form of reminders shows."""
    leads = found.leads if found else None
    return {
        "own": "own" if leads is not None else "",
        "leads": leads if leads is not None else [],
        "ready": found.ready if found else True,
        "asked": found.asked if found else True,
    }


def _reader_page(
    request: HttpRequest, found: Reader, form: ReaderForm | None = None, status: int = 200
) -> HttpResponse:
    lines = lines_of(found)
    start = initial_of(found) | {"language": found.language, "zone": found.zone}
    user = request.user
    mine = isinstance(user, User) and user.email.lower() == found.email
    context = {
        "reader": found,
        "pending": [each for each in lines if not each.subscription.confirmed_at],
        "things": [choices_of(each) for each in lines if each.subscription.confirmed_at],
        "form": form or ReaderForm(initial=start),
        "own": settings.MERIDIAN_URL + reverse("reader", args=[found.token]),
        "can_move": found.person_id is None and mine,
    }
    return render(request, "seminars/reader.html", context, status=status)


@require_POST
@by_link
def confirm_reader(request: HttpRequest, found: Reader) -> HttpResponse:
    """The address is theirs: what it asked for counts from now on."""
    if following.confirm(reader=found, now=timezone.now()):
        messages.success(request, _("Confirmed. From now on these mails come to you."))
    return redirect("reader", found.token)


@require_POST
@by_link
def stop_reader(request: HttpRequest, found: Reader) -> HttpResponse:
    """End all that the address follows."""
    following.stop_all(reader=found, now=timezone.now())
    return render(request, "seminars/reader_stopped.html", {"email": found.email})


@signed_in
@require_POST
@by_link
def move_reader(request: HttpRequest, found: Reader) -> HttpResponse:
    """Make it part of the account that has this same address."""
    assert isinstance(request.user, User)  # `signed_in` saw to it
    try:
        following.move_into(reader=found, person=person_of(request.user), now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("reader", found.token)
    messages.success(request, _("All your mails are in one place now."))
    return redirect("my_mails")


def _site(request: HttpRequest, slug: str) -> Followed:
    return None


def _one_community(request: HttpRequest, slug: str) -> Followed:
    return community_or_404(slug, visitor_of(request))


def _one_series(request: HttpRequest, slug: str) -> Followed:
    return series_or_404(slug, visitor_of(request))


def _one_session(request: HttpRequest, slug: str) -> Followed:
    return session_or_404(slug, visitor_of(request))


urlpatterns = [
    path("mails/follow/", follow_site, name="follow_site"),
    path("mails/follow/sent/", sent(_site), name="follow_site_sent"),
    path("communities/<slug:slug>/mails/", follow_community, name="follow_community"),
    path("communities/<slug:slug>/mails/sent/", sent(_one_community), name="follow_community_sent"),
    path("series/<slug:slug>/mails/", follow_series_mails, name="follow_series_mails"),
    path("series/<slug:slug>/mails/sent/", sent(_one_series), name="follow_series_sent"),
    path("sessions/<slug:slug>/mails/", follow_session, name="follow_session"),
    path("sessions/<slug:slug>/mails/sent/", sent(_one_session), name="follow_session_sent"),
    path("reader/<str:token>/", reader, name="reader"),
    path("reader/<str:token>/confirm/", confirm_reader, name="confirm_reader"),
    path("reader/<str:token>/stop/", stop_reader, name="stop_reader"),
    path("reader/<str:token>/account/", move_reader, name="move_reader"),
]
