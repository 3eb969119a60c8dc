"""Who comes in: an organiser sees their own communities, everybody else sees that there is nothing here."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from seminars.access import organiser_or_404
from seminars.changes.refusing import UserError
from seminars.people.visitors import Visitor
from seminars.web.visitors import visitor_of

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Lead who is not signed in to the sign-in, and from there to the page they came from."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request))
        return view(request, *args, **kwargs)

    return guarded


def _way_back(request: HttpRequest) -> str:
    """The page itself; of a form that was sent, the page that holds the form: what it was sent to shows nothing."""
    page = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(
        page, {request.get_host()}, request.is_secure()
    ):
        return urlsplit(page)._replace(scheme="", netloc="").geturl()
    return request.get_full_path()


def for_organisers(view: View) -> View:
    """Let in who organises any community or is an administrator; lead to the sign-in; answer 404 to everybody else."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organiser_or_404(visitor_of(request))
        return view(request, *args, **kwargs)

    return guarded


def for_administrators(view: View) -> View:
    """Let in administrators only."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not visitor_of(request).is_admin:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def actor(request: HttpRequest) -> int:
    """Return the account that does it: the author of every Change of this request."""
    visitor: Visitor = visitor_of(request)
    if visitor.user_id is None:
        raise Http404
    return visitor.user_id


def show_refusal(form: BaseForm, refused: UserError, elsewhere: dict[str, str] | None = None) -> None:
    """Put each message of the domain beside its field of `form`; what has no field here stands above the form."""
    for name, message in refused.fields.items():
        field = (elsewhere or {}).get(name, name)
        form.add_error(field if field in form.fields else None, message)


def say_refusal(request: HttpRequest, refused: UserError) -> None:
    """Show the messages of the domain on the next page, where a button has no form of its own."""
    for message in refused.fields.values():
        messages.error(request, message or _("That did not work. Nothing was changed."))
