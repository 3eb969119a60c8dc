"""An address that a recording once had leads to the one it has, and so does all that lies under it: files, feeds."""

import re
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect

from recordings.catalogue.models import Recording
from seminars.web.visitors import visitor_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_UNDER = re.compile(
    r"(?P<before>/(?:api/|l/)?archive/)(?P<slug>[-\w]{1,60})(?P<after>/.*)", re.ASCII | re.DOTALL
)


class FormerAddresses:
    """Where nothing answers, look whether something once did. Only then: what answers is not slowed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        return led(request) or response


def led(request: HttpRequest) -> HttpResponseBase | None:
    """Return the way to where it is now; None where nothing was there, or this visitor may not know of it.

    Kept for five minutes only: an address that is taken back must not lead in a circle.
    """
    found = _UNDER.fullmatch(request.path_info)
    if found is None:
        return None
    seen = Recording.objects.visible_to(visitor_of(request))
    now = seen.filter(former_addresses__slug=found["slug"]).values_list("slug", flat=True).first()
    if now is None:
        return None
    rest = request.META.get("QUERY_STRING", "")
    address = quote(f"{found['before']}{now}{found['after']}") + (f"?{rest}" if rest else "")
    return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "private, max-age=300"})
