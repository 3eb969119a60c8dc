"""/me/data/: take what is kept of you with you, ask to be forgotten, or take that back."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.leaving.erasing import consented
from seminars.leaving.handing_over import document
from seminars.leaving.tables import rows_of, whole_of
from seminars.notifications.erasures import mail_order
from seminars.people.accounts.models import Erasure
from seminars.people.accounts.orders import LinkEnded, administers_alone, ask, led_alone, order_of, undo
from seminars.people.models import User
from seminars.sessions.models import Speaker
from seminars.sessions.registration.models import Registration
from seminars.web.accounts.forms import LeaveForm
from seminars.web.accounts.fresh import fresh_sign_in
from seminars.web.accounts.profile import account
from seminars.web.organise.gate import signed_in
from seminars.web.secret_links import behind_link


@signed_in
@never_cache
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Say what can be done, and whether the account is to be forgotten."""
    order = Erasure.objects.standing().filter(user=account(request)).first()
    return render(request, "account/my_data.html", {"order": order})


@fresh_sign_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand over everything as one file, written while it is read; by a button, so that no link fetches it."""
    if request.method != "POST":
        return render(request, "account/export.html")
    now = timezone.now()
    pieces = document(whole_of(account(request)), now=now)
    response = StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="meridian-{now:%Y-%m-%d}.json"'
    return response


@fresh_sign_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Say exactly what goes and what stays; then ask for it."""
    user, now = account(request), timezone.now()
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _leave_page(request, user, form, now, 422 if form.is_bound else 200)
    try:
        with transaction.atomic():
            order = ask(user=user, keep_names=form.cleaned_data["keep_names"], now=now)
            mail_order(order, now=now)
    except UserError as refused:
        form.add_error(None, list(refused.fields.values()))
        return _leave_page(request, user, form, now, 422)
    messages.success(request, _("You will be forgotten in seven days. We sent you a mail to take it back."))
    return redirect("my_data")


def _leave_page(
    request: HttpRequest, user: User, form: LeaveForm, now: datetime, status: int
) -> HttpResponse:
    whole = whole_of(user)
    person = whole.person
    booked = rows_of(Registration, whole)
    kept = list(consented(person)) if person else []
    spoken = Speaker.objects.filter(person=person) if person else Speaker.objects.none()
    context = {
        "form": form,
        "communities": led_alone(user),
        "administers": administers_alone(user),
        "memberships": person.memberships.count() if person else 0,
        "ahead": booked.filter(session__ends_at__gt=now, withdrawn_at=None).count(),
        "registrations": booked.count(),
        "kept": kept,
        "unnamed": spoken.exclude(session__in=[each.session_id for each in kept])
        .values("session")
        .distinct()
        .count(),
    }
    return render(request, "account/leave.html", context, status=status)


@signed_in
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Take the order back from one's own page."""
    order = Erasure.objects.standing().filter(user=account(request)).select_related("user").first()
    if order and undo(order=order, now=timezone.now()):
        messages.success(request, _("Your account stays."))
    return redirect("my_data")


def _standing(request: HttpRequest, token: str) -> Erasure | HttpResponse:
    """The order that stands; of one that does not it says so (410)."""
    try:
        return order_of(token)
    except LinkEnded:
        return render(request, "account/stay.html", {"order": None}, status=410)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link(_standing)
def stay(request: HttpRequest, order: Erasure) -> HttpResponse:
    """Take the order back by the link in the mail; by a button, because scanners open links."""
    done = request.method == "POST" and undo(order=order, now=timezone.now())
    return render(request, "account/stay.html", {"order": order, "done": done})


urlpatterns = [
    path("me/data/", my_data, name="my_data"),
    path("me/data/export/", export, name="export_my_data"),
    path("me/data/leave/", leave, name="leave"),
    path("me/data/keep/", keep, name="keep_account"),
    path("me/stay/<str:token>/", stay, name="stay"),
]
