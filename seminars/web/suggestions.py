"""Suggest a topic and vote for one: members, and in an open community everybody whose address is theirs."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from seminars.access import community_or_404, member_community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.posting import language_of
from seminars.notifications.suggestions import mail_link
from seminars.people.joining import person_of
from seminars.people.models import Community, Joining, User
from seminars.series.models import Series
from seminars.sessions.suggesting import suggesting
from seminars.sessions.suggesting.models import Suggestion, SuggestionState, Vote
from seminars.sessions.suggesting.suggesting import Voter
from seminars.web.forms.suggestions import AddressForm, SuggestForm
from seminars.web.limits import within
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.secret_links import behind_link
from seminars.web.visitors import organises_in, visitor_of
from seminars.web.zones import reader_of

MOST_AN_HOUR = 30  # from one address: an office, or a school, can share it
ON_A_PAGE, DONE = 30, 20
READ = ["GET", "HEAD", "POST"]


def community_of(request: HttpRequest, slug: str) -> Community:
    """Return the community for which this visitor may suggest: an open one, or their own. Raises Http404."""
    visitor = visitor_of(request)
    found = community_or_404(slug, visitor)
    if found.joining == Joining.OPEN or visitor.is_admin:
        return found
    return member_community_or_404(slug, visitor)


@never_cache
@require_http_methods(READ)
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """What is suggested, the most wanted first, and the form; `?series=` names the series it is for."""
    community = community_of(request, slug)
    series = _series(request, community)
    signed_in = isinstance(request.user, User)
    if request.method != "POST":
        return _page(request, community, series, SuggestForm(initial=_fresh(request), signed_in=signed_in))
    form = SuggestForm(request.POST, signed_in=signed_in)
    if not form.is_valid():
        return _page(request, community, series, form, status=422)
    if not within(request, "suggest", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many came from your address. Try again in an hour."))
        return _page(request, community, series, form, status=429)
    data, now = form.cleaned_data, timezone.now()
    given = {name: data[name] for name in ("title", "why", "name")} | {"language": get_language() or "en"}
    try:
        with transaction.atomic():
            voter = voter_of(request, community, data.get("email", ""))
            made = suggesting.suggest(community=community, series=series, voter=voter, now=now, **given)
            if voter.person is None:
                mail_link(made, now=now)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, community, series, form, status=422)
    say_sent(request, known=signed_in, thanks=_("Thank you. Others can vote for it now."))
    return redirect(request.get_full_path())


def say_sent(request: HttpRequest, *, known: bool, thanks: str) -> None:
    """Show what happened: to who is not signed in the same for every address."""
    if known:
        messages.success(request, thanks)
    else:
        messages.success(request, _("Look into your mail: it counts once you have confirmed your address."))


def voter_of(request: HttpRequest, community: Community, email: str) -> Voter:
    """Return whose vote it is. Of who is signed in the address is surely theirs."""
    language, zone = language_of(get_language() or "", community.language), reader_of(request).zone
    if isinstance(request.user, User):
        return Voter(request.user.email, person_of(request.user), language, zone)
    return Voter(email, None, language, zone)


def _series(request: HttpRequest, community: Community) -> Series | None:
    """The series that the address names, if the visitor may see it; else 404."""
    named = request.GET.get("series", "")
    if not named:
        return None
    rows = Series.objects.visible_to(visitor_of(request)).published()
    return get_object_or_404(rows, community=community, slug=named)


def _fresh(request: HttpRequest) -> dict[str, Any]:
    return {"name": person_of(request.user).name} if isinstance(request.user, User) else {}


def _page(
    request: HttpRequest, community: Community, series: Series | None, form: SuggestForm, status: int = 200
) -> HttpResponse:
    visitor = visitor_of(request)
    shown = (
        Suggestion.objects.visible_to(visitor).filter(community=community).select_related("series", "session")
    )
    if series:
        shown = shown.filter(series=series)
    page = Paginator(shown.filter(state=SuggestionState.OPEN).by_votes(), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    done = shown.filter(state__in=[SuggestionState.PLANNED, SuggestionState.DECLINED])
    mine: set[int] = set()
    if isinstance(request.user, User):
        votes = Vote.objects.filter(email=request.user.email, confirmed_at__isnull=False)
        mine = set(
            votes.filter(suggestion__in=[each.pk for each in page]).values_list("suggestion_id", flat=True)
        )
    context = {
        "community": community,
        "series": series,
        "form": form,
        "page": page,
        "mine": mine,
        "done": [_with_session(each) for each in done.order_by("-decided_at", "-pk")[:DONE]],
        "organises_this": organises_in(request, community.pk),
        "query": f"series={series.slug}" if series else "",
    }
    return render(request, "seminars/suggestions.html", context, status=status)


def _with_session(suggestion: Suggestion) -> Suggestion:
    """A session that is not out yet is not named."""
    if suggestion.session and suggestion.session.published_at is None:
        suggestion.session = None
    return suggestion


def suggestion_of(request: HttpRequest, slug: str, uuid: str) -> Suggestion:
    """Return one suggestion that this visitor may see; else 404."""
    community = community_of(request, slug)
    rows = Suggestion.objects.visible_to(visitor_of(request)).filter(community=community)
    return get_object_or_404(rows.select_related("community", "series"), uuid=uuid)


@never_cache
@require_http_methods(READ)
def vote(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Vote: at one click when signed in, by an address that is confirmed by mail else; once each."""
    suggestion = suggestion_of(request, slug, uuid)
    signed_in = isinstance(request.user, User)
    if request.method != "POST":
        if signed_in:
            return redirect("suggestions", slug)
        return _vote_page(request, suggestion, AddressForm())
    form = AddressForm(request.POST if not signed_in else {"website": ""}, signed_in=signed_in)
    if not form.is_valid():
        return _vote_page(request, suggestion, form, status=422)
    if not within(request, "vote", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many came from your address. Try again in an hour."))
        return _vote_page(request, suggestion, form, status=429)
    now = timezone.now()
    try:
        with transaction.atomic():
            voter = voter_of(request, suggestion.community, form.cleaned_data.get("email", ""))
            made = suggesting.vote(suggestion=suggestion, voter=voter, now=now)
            if voter.person is None:
                mail_link(made, now=now)
    except UserError as refused:
        say_refusal(request, refused)
    else:
        say_sent(request, known=signed_in, thanks=_("Your vote counts."))
    return redirect("suggestions", slug)


def _vote_page(
    request: HttpRequest, suggestion: Suggestion, form: AddressForm, status: int = 200
) -> HttpResponse:
    context = {"community": suggestion.community, "suggestion": suggestion, "form": form}
    return render(request, "seminars/vote.html", context, status=status)


by_link = behind_link(lambda _request, token: suggesting.opened(token))


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@require_http_methods(READ)
@by_link
def own_vote(request: HttpRequest, found: Vote) -> HttpResponse:
    """One's vote by its link: confirm it, take it back, or want no word, which is a mail program's bare button."""
    if request.method == "POST":
        now, do = timezone.now(), request.POST.get("do", "")
        if do == "confirm":
            suggesting.confirm(vote=found, now=now)
        elif do == "back":
            suggesting.take_back(vote=found)
        else:
            suggesting.set_word(vote=found, wants=do == "word")
        return redirect("vote", found.token)
    community = found.suggestion.community
    context = {
        "vote": found,
        "suggestion": found.suggestion,
        "community": community,
        "own": settings.MERIDIAN_URL + reverse("vote", args=[found.token]),
        "shown": community.joining == Joining.OPEN,
    }
    return render(request, "seminars/own_vote.html", context)


BASE = "communities/<slug:slug>/suggestions/"
urlpatterns = [
    path(BASE, suggestions, name="suggestions"),
    path(f"{BASE}<uuid:uuid>/", vote, name="vote_for"),
    path("suggestions/<str:token>/", own_vote, name="vote"),
]
