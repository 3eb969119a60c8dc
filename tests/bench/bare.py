"""An empty Django view without any middleware, as `tests/bench/polls.py` measures beside the site."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], SECRET_KEY="bench", LOGGING_CONFIG=None
)


def empty(_request: HttpRequest) -> HttpResponse:
    """A view that does nothing."""
    return HttpResponse(b"")


urlpatterns = [path("", empty)]
application = get_wsgi_application()
