"""What mails somebody wants: the page of who is signed in, and the link in each mail that stops them at one click."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from seminars.followups.models import Item
from seminars.notifications import wishes
from seminars.notifications.chasing import stopping as chasing
from seminars.notifications.models import LetterOff, RequestsOff, Wish
from seminars.notifications.posting import language_of
from seminars.notifications.readers import following, stopping
from seminars.notifications.readers.linking import Line, line_of, mail_link, name_of
from seminars.notifications.readers.models import Reader, Subscription, scope_of
from seminars.people.joining import person_of
from seminars.people.models import Community, Joining, Person, Role, User
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.web.forms.readers import WISHES, RemindersForm
from seminars.web.readers import choices_of, initial_of, keep_wishes, person_of_account, save_choices
from seminars.web.secret_links import behind_link

MOST = 20  # registrations that the page lists
Wanted = dict[str, bool]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_mails(request: HttpRequest) -> HttpResponse:
    """All choices of a person: of each community, of what else they follow, and of what they registered for."""
    assert isinstance(request.user, User)  # `login_required` saw to it
    person = person_of(request.user)
    theirs = list(_subscriptions(person))
    rows = _rows(person, theirs)
    near = {scope_of(community) for community, _wanted in rows}
    lines = [line_of(each) for each in theirs if each.scope not in near]
    lines = [each for each in lines if each.wanted]
    form = RemindersForm(request.POST or None, initial=initial_of(_reader(person)))
    if request.method == "POST" and form.is_valid():
        if "stop" in request.POST:
            _stop(request.POST["stop"], lines)
            messages.success(request, _("Stopped."))
        else:
            _save(request, person, rows, lines, form)
            messages.success(request, _("Saved."))
        return redirect("my_mails")
    mine = Registration.objects.standing().filter(person=person, session__ends_at__gt=timezone.now())
    context = {
        "rows": [(community, _boxes(community, wanted)) for community, wanted in rows],
        "duties": _duties(person),
        "things": [choices_of(each) for each in lines],
        "form": form,
        "registrations": mine.select_related("session__series").order_by("session__starts_at", "pk")[:MOST],
    }
    mine_to_do = Q(person=person) | Q(session__in=Session.objects.organised_by(Visitor(request.user.pk)))
    if Item.objects.filter(mine_to_do).exists():
        context["chasing"] = chasing.stop_address(person)
    return render(request, "seminars/my_mails.html", context, status=422 if form.errors else 200)


def _subscriptions(person: Person) -> Any:
    rows = Subscription.objects.filter(reader__person=person).select_related(
        "reader__person", "community", "series__community", "session__series__community"
    )
    return rows.order_by("pk")


def _reader(person: Person) -> Reader | None:
    return Reader.objects.filter(person=person).order_by("pk").first()


def _rows(person: Person, theirs: list[Subscription]) -> list[tuple[Community, Wanted]]:
    """Each community of theirs, also by an invitation or as a speaker, and which of its mails they get."""
    sessions = Session.objects.published().filter(Q(named=person) | Q(speakers__person=person))
    near = set(sessions.values_list("series__community_id", flat=True))
    mine = Q(memberships__person=person) | Q(pk__in=near)
    chosen = dict(Wish.objects.filter(person=person).values_list("community_id", "moves"))
    followed = {each.community_id: each for each in theirs if each.confirmed_at}
    off = set(LetterOff.objects.filter(person=person).values_list("community_id", flat=True))
    members = set(person.memberships.values_list("community_id", flat=True))
    found = []
    for each in Community.objects.filter(mine).distinct().order_by("slug"):
        row = followed.get(each.pk)
        wanted = {name: bool(row and getattr(row, name)) for name in WISHES}
        moves = chosen.get(each.pk, wishes.usual(each, close=each.pk in near))
        letter = wanted["newsletter"] or (each.pk in members and each.pk not in off)
        found.append((each, wanted | {"moves": moves or wanted["moves"], "newsletter": letter}))
    return found


def _boxes(community: Community, wanted: Wanted) -> list[tuple[str, str, bool]]:
    return [(f"{name}-{community.pk}", str(words), wanted[name]) for name, words in WISHES.items()]


def _duties(person: Person) -> list[tuple[Community, str, bool]]:
    """Communities whose requests to join the person answers: the box of each, and whether it is ticked."""
    mine = person.memberships.filter(role__in=Role.organising()).values("community")
    off = set(RequestsOff.objects.filter(person=person).values_list("community_id", flat=True))
    rows = Community.objects.filter(pk__in=mine, joining=Joining.REQUEST).order_by("slug")
    return [(each, f"requests-{each.pk}", each.pk not in off) for each in rows]


def _stop(number: str, lines: list[Line]) -> None:
    for each in lines:
        if str(each.subscription.pk) == number:
            following.change(subscription=each.subscription, wanted=(), now=timezone.now())


def _save(
    request: HttpRequest,
    person: Person,
    rows: list[tuple[Community, Wanted]],
    lines: list[Line],
    form: RemindersForm,
) -> None:
    for community, wanted in rows:
        asked = {name: f"{name}-{community.pk}" in request.POST for name in WISHES}
        if asked != wanted:
            _choose(request, person, community, asked)
    for community, name, ticked in _duties(person):
        if (name in request.POST) != ticked:
            wishes.choose_requests(person=person, community=community, wanted=not ticked)
    save_choices(request, lines)
    known, plain = (
        _reader(person),
        form.wanted() is None and all(form.cleaned_data[wish] for wish in ("ready", "asked")),
    )
    if known is None and not plain and person_of_account(request):
        known = _own(request, person)
    if known:
        for each in Reader.objects.filter(Q(person=person) | Q(pk=known.pk)):
            keep_wishes(each, form)


def _choose(request: HttpRequest, person: Person, community: Community, asked: Wanted) -> None:
    """What moves is a wish of members; the rest, and what both say, is a subscription of their address."""
    now = timezone.now()
    known = Subscription.objects.filter(reader__person=person, scope=scope_of(community))
    wanted = [name for name, ticked in asked.items() if ticked]
    for row in known.select_related("reader__person", "community"):
        following.change(subscription=row, wanted=wanted, now=now)
        wanted = []  # one of their addresses is enough
    if set(wanted) - {"moves"} and (owner := person_of_account(request)):
        reader = _own(request, owner)
        following.follow(
            email=reader.email,
            followed=community,
            wanted=wanted,
            language=reader.language,
            person=owner,
            now=now,
        )
    wishes.choose(person=person, community=community, moves=asked["moves"], now=now)
    wishes.choose_letter(person=person, community=community, wanted=asked["newsletter"])


def _own(request: HttpRequest, person: Person) -> Reader:
    """The reader of the account's own address, which has proved itself (`person_of_account`)."""
    assert isinstance(request.user, User)  # `login_required` saw to it
    language = language_of(request.user.language, get_language() or "")
    return following.reader_of(email=request.user.email, person=person, language=language, now=timezone.now())


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@behind_link(lambda _request, token: stopping.opened(token))
def stop_mails(request: HttpRequest, stop: stopping.Stop) -> HttpResponse:
    """Show what the mails are about; stop them, or begin them again, when the button is pressed."""
    done, undo, now = "", "", timezone.now()
    if request.method == "POST" and request.POST.get("do") == "begin":
        stopping.begin(stop, request.POST.get("undo", ""), now=now)
        done = "begun"
    elif request.POST.get("do") == "link":
        _mail_link(stop)
        return render(request, "seminars/follow_sent.html", {"heading": name_of(stop.community), "back": "/"})
    elif request.method == "POST":
        done, undo = "stopped", stopping.end(stop, now=now)
    context = {
        "name": name_of(stop.community),
        "community": stop.community,
        "kind": stop.kind,
        "done": done,
        "undo": undo,
        "comes": not done and stopping.comes(stop),
        "has_page": Reader.objects.filter(_open_to(stop)).exists(),
    }
    return render(request, "seminars/stop_mails.html", context)


def _open_to(stop: stopping.Stop) -> Q:
    """Without an account one page shows all; its link goes to the address alone, not to whom a mail was sent on."""
    return Q(email=stop.email, person=None, confirmed_at__isnull=False)


def _mail_link(stop: stopping.Stop) -> None:
    with transaction.atomic():
        for each in Reader.objects.filter(_open_to(stop)):
            mail_link(each, now=timezone.now())


urlpatterns = [
    path("me/mails/", my_mails, name="my_mails"),
    path("mails/stop/<str:token>/", stop_mails, name="stop_mails"),
]
