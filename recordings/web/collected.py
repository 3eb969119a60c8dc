"""What is followed together has its feeds at three places: of the site, of a community, of a series."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from recordings.preservation.collecting import Collection, Missing, collection_of
from seminars.web.feeds import missing

PLACES = (("site", ""), ("community", "communities/<slug:slug>/"), ("series", "series/<slug:slug>/"))
"""Of each kind of collection, where it is."""


def collected(view: Callable[[HttpRequest, Collection], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the collection of its address; a program is answered 404 for what is not for everybody."""

    @wraps(view)
    def of_address(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
        try:
            collection = collection_of(kind, slug)
        except Missing:
            return missing()
        return view(request, collection)

    return of_address


def at_each(ending: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """Return the addresses of a view at each place. name: what stands after the kind in theirs."""
    return [path(f"{where}{ending}", view, {"kind": kind}, name=f"{kind}_{name}") for kind, where in PLACES]
