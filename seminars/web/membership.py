"""Join a community, with or without an account; by a secret link see where a request stands, withdraw, leave."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.access import community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.membership import mail_link, mail_news
from seminars.notifications.posting import language_of
from seminars.people.joining import person_of
from seminars.people.membership import asking
from seminars.people.membership.leaving import leave
from seminars.people.membership.models import JoinRequest, Standing
from seminars.people.models import Community, Joining, Membership, User
from seminars.web.forms.joining import JoinForm
from seminars.web.limits import within
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.secret_links import behind_link
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST_AN_HOUR = 30  # from one address: an office, or a school, can share it


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to belong; who may see the community may do it. The answer is the same for every address."""
    community = community_or_404(slug, visitor_of(request))
    user = request.user if isinstance(request.user, User) else None
    if community.joining == Joining.CLOSED:
        return _page(request, community, None, status=409 if request.method == "POST" else 200)
    if user and own_membership(request, community):
        messages.info(request, _("You are a member already."))
        return redirect("community", slug)
    if request.method != "POST":
        if user and (own := own_request(user, community)):
            return redirect("membership", own.token)
        return _page(
            request, community, JoinForm(initial=_fresh(request), community=community, known=bool(user))
        )
    form = JoinForm(request.POST, community=community, known=bool(user))
    if not form.is_valid():
        return _page(request, community, form, status=422)
    if not within(request, "join", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many requests came from your address. Try again in an hour."))
        return _page(request, community, form, status=429)
    try:
        return _known(request, community, user, form) if user else _unknown(request, community, form)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, community, form, status=422)


def _known(request: HttpRequest, community: Community, user: User, form: JoinForm) -> HttpResponse:
    """Who is signed in is a member at once of an open community; else the request is seen at once."""
    now = timezone.now()
    person = person_of(user)
    if community.joining == Joining.OPEN:
        asking.join(community=community, person=person, organisation=form.organisation(), now=now)
        messages.success(request, _("Welcome. You are a member."))
        return redirect("community", community.slug)
    with transaction.atomic():
        found = asking.ask(
            community=community,
            email=user.email,
            proven=True,
            now=now,
            language=_language(community),
            **form.columns(),
        )
        mail_news(found, now=now)
    messages.success(request, _("Your request has arrived. The organisers answer it."))
    return redirect("membership", found.token)


def _unknown(request: HttpRequest, community: Community, form: JoinForm) -> HttpResponse:
    """Anybody can type any address: it gets a link, whether it is known or not."""
    now = timezone.now()
    with transaction.atomic():
        found = asking.ask(
            community=community,
            email=form.cleaned_data["email"],
            proven=False,
            now=now,
            language=_language(community),
            **form.columns(),
        )
        mail_link(found, now=now)
    return redirect("join_sent", community.slug)


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Look into your mail: what everybody sees after the form."""
    community = community_or_404(slug, visitor_of(request))
    return render(request, "seminars/join_sent.html", {"community": community})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_own(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more, then leave the community."""
    community = community_or_404(slug, visitor_of(request))
    mine = own_membership(request, community)
    if mine is None:
        raise Http404
    if request.method != "POST":
        return render(request, "seminars/leave_community.html", {"community": community, "membership": mine})
    if _leave(request, mine):
        return redirect("me")
    return redirect("community", slug)


def own_membership(request: HttpRequest, community: Community) -> Membership | None:
    """Return the membership of who is signed in; one query for them, none for others."""
    visitor = visitor_of(request)
    if visitor.user_id is None:
        return None
    rows = Membership.objects.filter(community=community, person__user_id=visitor.user_id)
    return rows.select_related("community", "person", "organisation").first()


def own_request(user: User, community: Community) -> JoinRequest | None:
    """Return the request of the account's address, unless it may begin anew."""
    rows = JoinRequest.objects.select_related("community")
    found = rows.filter(community=community, email=user.email.lower()).first()
    return found if found and found.standing in (Standing.WAITING, Standing.DECLINED) else None


by_link = behind_link(lambda _request, token: asking.opened(token))


@require_safe
@by_link
def membership(request: HttpRequest, found: JoinRequest) -> HttpResponse:
    """Where the request stands, and what can be done with it."""
    return _standing(request, found)


@require_POST
@by_link
def confirm(request: HttpRequest, found: JoinRequest) -> HttpResponse:
    """The address is theirs."""
    now = timezone.now()
    try:
        with transaction.atomic():
            before = found.standing
            found = asking.confirm(request=found, now=now)
            if before != found.standing:
                mail_news(found, now=now)
    except UserError as refused:
        say_refusal(request, refused)
    return redirect("membership", found.token)


@require_POST
@by_link
def withdraw(request: HttpRequest, found: JoinRequest) -> HttpResponse:
    """They do not ask any more; where organisers were faster, the page says so."""
    try:
        asking.withdraw(request=found, now=timezone.now())
    except asking.Answered:
        messages.info(request, _("The organisers have answered meanwhile."))
    else:
        messages.success(request, _("Your request is withdrawn."))
    return redirect("membership", found.token)


@require_POST
@by_link
def again(request: HttpRequest, found: JoinRequest) -> HttpResponse:
    """Ask anew, after withdrawing, leaving, or a while after a decline."""
    form = JoinForm(request.POST, community=found.community, proven=True)
    if not form.is_valid():
        return _standing(request, found, form, status=422)
    now = timezone.now()
    try:
        with transaction.atomic():
            found = asking.ask_again(request=found, now=now, language=found.language, **form.columns())
            mail_news(found, now=now)
    except UserError as refused:
        show_refusal(form, refused)
        return _standing(request, found, form, status=422)
    return redirect("membership", found.token)


@require_POST
@by_link
def leave_by_link(request: HttpRequest, found: JoinRequest) -> HttpResponse:
    """Leave by the link: no account is needed for that either."""
    mine = asking.membership_of(found) if found.standing == Standing.APPROVED else None
    if mine is not None:
        _leave(request, mine)
    return redirect("membership", found.token)


def _leave(request: HttpRequest, mine: Membership) -> bool:
    try:
        leave(membership=mine, now=timezone.now(), actor_id=visitor_of(request).user_id)
    except UserError as refused:
        say_refusal(request, refused)
        return False
    messages.success(request, _("You are no longer a member."))
    return True


def _standing(
    request: HttpRequest, found: JoinRequest, form: JoinForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    may = asking.may_ask_again(found, now)
    if may and form is None:
        initial = {"name": found.name, "zone": found.zone}
        initial |= {f"organisation_{key}": value for key, value in found.organisation.items()}
        form = JoinForm(initial=initial, community=found.community, proven=True)
    context: dict[str, Any] = {
        "asked": found,
        "community": found.community,
        "member": found.standing == Standing.APPROVED and asking.is_member(found),
        "again_from": None if may else asking.again_from(found),
        "form": form if may else None,
        "closed": found.community.joining == Joining.CLOSED,
    }
    return render(request, "seminars/membership.html", context, status=status)


def _page(
    request: HttpRequest, community: Community, form: JoinForm | None, status: int = 200
) -> HttpResponse:
    context = {"community": community, "form": form}
    return render(request, "seminars/join_community.html", context, status=status)


def _fresh(request: HttpRequest) -> dict[str, Any]:
    """What is known of who is signed in, and the visitor's clock."""
    found: dict[str, Any] = {"zone": reader_of(request).zone}
    if isinstance(request.user, User):
        found["name"] = person_of(request.user).name
    return found


def _language(community: Community) -> str:
    return language_of(get_language() or "", community.language)


urlpatterns = [
    path("communities/<slug:slug>/join/", join, name="join_community"),
    path("communities/<slug:slug>/join/sent/", sent, name="join_sent"),
    path("communities/<slug:slug>/leave/", leave_own, name="leave_community"),
    path("membership/<str:token>/", membership, name="membership"),
    path("membership/<str:token>/confirm/", confirm, name="confirm_membership"),
    path("membership/<str:token>/withdraw/", withdraw, name="withdraw_request"),
    path("membership/<str:token>/again/", again, name="ask_again"),
    path("membership/<str:token>/leave/", leave_by_link, name="leave_by_link"),
]
