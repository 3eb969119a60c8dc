"""A person's own page: what comes next for them, their communities, their calendar's secret address."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seminars.calendars.belonging import sessions_of_person
from seminars.notifications.bounces.noting import troubled
from seminars.people.accounts.models import Erasure
from seminars.people.membership.models import JoinRequest
from seminars.people.models import Community, User
from seminars.people.visitors import Visitor
from seminars.web.addresses import calendars_of
from seminars.web.listing import rows_of, with_series

NEXT = 10


@login_required
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show what comes next for the person who is signed in, and the ways to what is theirs."""
    user, now = _user(request), timezone.now()
    mine = sessions_of_person(user.pk)
    context = {
        "now": now,
        "rows": rows_of(with_series(mine.upcoming(now=now))[:NEXT], now),
        "erasure": Erasure.objects.standing().filter(user=user).first(),
        "mail_trouble": troubled([user.email]).get(user.email.lower()),
        "communities": Community.objects.of_member(Visitor(user.pk)).order_by("slug"),
        "requests": JoinRequest.objects.of_account(user).select_related("community"),
        **calendars_of(request, user, now),
    }
    return render(request, "seminars/me.html", context)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # `login_required` saw to it
    return request.user


urlpatterns = [
    path("me/", me, name="me"),
]
