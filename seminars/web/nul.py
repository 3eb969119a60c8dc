"""NUL characters in addresses. No row is named by one, and PostgreSQL refuses the very question."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


class NoNul:
    """Takes them out of the query; a path with one leads nowhere. Stands last, since that page needs the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query and not request.path_info.startswith("/api/"):  # programs are told what is wrong
            request.META["QUERY_STRING"] = query.replace("%00", "")
            request.__dict__.pop("GET", None)  # somebody may have read it
        return self.get_response(request)
