"""Addresses whose path holds a NUL character. No row is named by one, and PostgreSQL refuses the very question."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


class NoNul:
    """Stands last, so that the page that says "not found" has all it needs; raises Http404 for such an address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)
