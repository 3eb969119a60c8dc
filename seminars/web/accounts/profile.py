"""/me/profile/: who one is and how one reads. /language/: the same choice from the foot of every page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language as django_set_language

from seminars.changes.refusing import UserError
from seminars.people.joining import person_of
from seminars.people.models import Person, User
from seminars.people.profile import describe, set_language, set_profile, zone_of
from seminars.sessions.rewording import follow_person
from seminars.web.accounts.forms import ProfileForm
from seminars.web.zones import reader_of

YEAR = 365 * 24 * 3600


def account(request: HttpRequest) -> User:
    """Return the account behind a page that `login_required` guards."""
    assert isinstance(request.user, User)
    return request.user


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and store the profile; cookies make language and zone count at once."""
    user = account(request)
    person = person_of(user)
    if request.method != "POST":
        return _page(request, ProfileForm(initial=_initial(user, person) | {"zone": reader_of(request).zone}))
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 400)
    given = form.cleaned_data
    try:
        _save(user, person, given)
    except UserError as refused:
        for name, words in refused.fields.items():
            form.add_error(name if name in form.fields else None, words)
        return _page(request, form, 400)
    response = redirect("profile")
    for name, value in (
        (settings.LANGUAGE_COOKIE_NAME, given["language"]),
        (settings.ZONE_COOKIE_NAME, given["zone"]),
    ):
        if value:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
        else:
            response.delete_cookie(name)
    with override(given["language"] or None):
        messages.success(request, _("Saved."))
    return response


def _save(user: User, person: Person, given: dict[str, object]) -> None:
    now, zone = timezone.now(), str(given["zone"])
    with transaction.atomic():
        if describe(
            person=person,
            name=str(given["name"]),
            affiliation=str(given["affiliation"]),
            country=str(given["country"]),
            languages=given["languages"],  # type: ignore[arg-type]  # a list of choices
            about=str(given["about"]),
            about_language=get_language() or settings.LANGUAGE_CODE,
        ):
            follow_person(person=person, now=now, actor_id=user.pk)
        zone_of(person, zone)
        set_profile(
            user=user,
            language=str(given["language"]),
            zone=zone,
            saves_data=bool(given["saves_data"]),
            now=now,
        )


def _initial(user: User, person: Person) -> dict[str, object]:
    own = {name: getattr(person, name) for name in ("name", "affiliation", "country", "languages")}
    read = {name: getattr(user, name) for name in ("language", "saves_data")}
    return own | read | {"about": person.about.get(get_language() or settings.LANGUAGE_CODE, "")}


def _page(request: HttpRequest, form: ProfileForm, status: int = 200) -> HttpResponse:
    return render(request, "account/profile.html", {"form": form}, status=status)


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Change the page's language; who is signed in keeps it for every page, their calendar and their mails."""
    chosen = request.POST.get("language", "")
    if request.method == "POST" and isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        set_language(user=request.user, language=chosen, now=timezone.now())
    return django_set_language(request)


urlpatterns = [
    path("me/profile/", profile, name="profile"),
    path("language/", choose_language, name="set_language"),
]
