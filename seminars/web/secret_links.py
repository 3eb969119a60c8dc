"""Pages behind a secret link: whoever holds the address comes in, without an account. One way for all of them.

A secret is random, 144 bits or more, and looked up in a unique index, or it is signed: nothing is learned by trying.
The address itself is what nobody else may learn: the site's Referrer-Policy keeps it from other sites (a stricter one
would take the forms' origin away), and `unlisted` from caches and search engines. What opens the page changes nothing:
mail programs open every address that they find, so whatever counts takes a button.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def unlisted(view: View) -> View:
    """Keep the page out of caches and of what search engines list."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        response = view(request, *args, **more)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def behind_link(find: Callable[[HttpRequest, str], object]) -> Callable[[View], View]:
    """Return the decorator of views that are given what `find` finds by the `token` in the address.

    find: raises DoesNotExist for a wrong one, of which there is nothing (404); it may return an answer in place of the
    page, such as that the link has ended (410).
    """

    def decorate(view: View) -> View:
        @unlisted
        @wraps(view)
        def opened(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
            try:
                found = find(request, token)
            except ObjectDoesNotExist as unknown:
                raise Http404 from unknown
            return found if isinstance(found, HttpResponse) else view(request, found, **more)

        return opened

    return decorate
