"""The archive for harvesters: OAI-PMH 2.0 at one address, asked by GET or POST."""

from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from recordings.preservation.harvesting.answering import answer
from seminars.web.feeds import marked

XML = "text/xml; charset=utf-8"


@csrf_exempt  # it changes nothing: POST is there for questions too long for an address (OAI-PMH 2.0 §3.1.1)
@require_http_methods(["GET", "HEAD", "POST"])
def harvest(request: HttpRequest) -> HttpResponse:
    """Answer one request of a harvester. Mistakes in it are answers of the protocol, so the status is 200."""
    asked = request.POST if request.method == "POST" else request.GET
    body = answer(
        pairs_of(asked),
        base=settings.MERIDIAN_URL + reverse("harvest"),
        host=urlsplit(settings.MERIDIAN_URL).hostname or "localhost",
        mail=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        now=timezone.now(),
    )
    response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=XML)
    response.headers["Cache-Control"] = "no-cache"
    return marked(response)


def pairs_of(asked: QueryDict) -> Iterator[tuple[str, str]]:
    """Yield each argument as often as it is there: one that is repeated is a mistake that must be told."""
    for name, values in asked.lists():
        for value in values:
            yield name, str(value)


urlpatterns = [path("oai", harvest, name="harvest")]
