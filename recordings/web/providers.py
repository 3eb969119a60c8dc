"""/organise/communities/<slug>/providers/: where a community records its meetings, and what was seen there."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recordings.providers import keeping, looking, sealing
from recordings.providers.interface import Provider
from recordings.providers.known import PROVIDERS
from recordings.providers.line import Trouble
from recordings.providers.models import Account, Offer
from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.web.limits import within
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of

SHOWN = 30
HINTS = 6
"""Hints that one account takes in ten minutes: it is looked at every ten anyway."""


class AccountForm(forms.Form):
    """A provider's settings. A secret that is kept is never shown; left empty, it stays."""

    def __init__(
        self, *args: Any, provider: Provider, account: Account | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for each in provider.settings:
            known = bool(account and account.sealed.get(each.name))
            widget = forms.PasswordInput(attrs={"autocomplete": "off"}) if each.secret else forms.TextInput()
            self.fields[each.name] = forms.CharField(
                label=str(each.label),
                help_text=_("Kept, and never shown. Leave it empty to keep it.") if known else str(each.help),
                widget=widget,
                required=False,
                initial="" if each.secret else (account.settings.get(each.name, "") if account else ""),
            )


@for_organisers
@require_safe
def providers(request: HttpRequest, slug: str) -> HttpResponse:
    """The accounts, when they were looked at last, what was seen, and what will be deleted there."""
    community = organised_community_or_404(slug, visitor_of(request))
    accounts = list(Account.objects.filter(community=community).order_by("pk"))
    now = timezone.now()
    offers = Offer.objects.filter(account__in=accounts)
    context = {
        "community": community,
        "accounts": [(each, PROVIDERS[each.provider]) for each in accounts if each.provider in PROVIDERS],
        "offered": PROVIDERS.values(),
        "offers": offers.select_related("session__series", "arrival", "found", "account")[:SHOWN],
        "now": now,
    }
    return render(request, "recordings/organise_providers.html", context)


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Add an account."""
    community = organised_community_or_404(slug, visitor_of(request))
    if name not in PROVIDERS:
        raise Http404
    return _form(request, community, PROVIDERS[name], None)


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change an account."""
    account = _account(request, uuid)
    return _form(request, account.community, PROVIDERS[account.provider], account)


@for_organisers
@require_POST
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Try the settings."""
    account = _account(request, uuid)
    if not within(request, f"provider-check:{account.pk}", most=20, seconds=600):
        messages.error(request, _("Too many tries. Wait a few minutes."))
        return redirect("providers", account.community.slug)
    try:
        words = keeping.check(account=account, provider=PROVIDERS[account.provider], now=timezone.now())
    except (Trouble, sealing.Unreadable) as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, words)
    return redirect("providers", account.community.slug)


@for_organisers
@require_POST
def look_now(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Look now."""
    account = _account(request, uuid)
    looking.order(account, now=timezone.now())
    messages.success(request, _("It is looked at now. New recordings appear here in a moment."))
    return redirect("providers", account.community.slug)


@for_organisers
@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget the account."""
    account = _account(request, uuid)
    keeping.remove(account=account, now=timezone.now(), actor_id=actor(request))
    messages.success(
        request, _("The account and its secrets are forgotten. Recordings that came from it stay.")
    )
    return redirect("providers", account.community.slug)


@csrf_exempt
@require_POST
def hint(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A provider says that something is ready. Whoever it was, it is no more than a reason to look; 204 to all."""
    account = Account.objects.filter(uuid=uuid).first()
    if account and within(request, f"provider-hint:{account.pk}", most=HINTS, seconds=600):
        looking.order(account, now=timezone.now())
    return HttpResponse(status=204)


def _account(request: HttpRequest, uuid: UUID) -> Account:
    rows = Account.objects.kept_by(visitor_of(request)).select_related("community")
    account = get_object_or_404(rows, uuid=uuid)
    if account.provider not in PROVIDERS:
        raise Http404
    return account


def _form(
    request: HttpRequest, community: Community, provider: Provider, account: Account | None
) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None, provider=provider, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.keep(
                provider=provider,
                given=form.cleaned_data,
                now=timezone.now(),
                actor_id=actor(request),
                community=community,
                account=account,
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved. Test the connection now."))
            return redirect("providers", community.slug)
    context = {"community": community, "provider": provider, "account": account, "form": form}
    status = 422 if form.errors else 200
    return render(request, "recordings/organise_provider.html", context, status=status)


_ONE = "organise/providers/<uuid:uuid>/"
urlpatterns = [
    path("organise/communities/<slug:slug>/providers/", providers, name="providers"),
    path("organise/communities/<slug:slug>/providers/add/<slug:name>/", add, name="add_provider"),
    path(_ONE, edit, name="edit_provider"),
    path(f"{_ONE}check/", check, name="check_provider"),
    path(f"{_ONE}look/", look_now, name="look_at_provider_now"),
    path(f"{_ONE}remove/", remove, name="remove_provider"),
    path("providers/<uuid:uuid>/ready/", hint, name="provider_hint"),
]
