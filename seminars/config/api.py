"""The API of the whole site: the routers of both apps behind one OpenAPI document, and what answers when all fails."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views import defaults
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from recordings.api.archive import router as archive
from seminars.api import problems
from seminars.api.about import about
from seminars.api.answers import reading
from seminars.api.routes import router as seminars
from seminars.web.health import VERSION

PREFIX = "/api/"
WORDS = (
    "Webinars, seminar series and their archive, to read. You see what the signed-in visitor of the pages sees, by the "
    "same session cookie; without one, what is public. An answer has an ETag; ask again with If-None-Match. Errors are "
    "problem documents (RFC 9457)."
)


class SiteAPI(NinjaAPI):
    """Ninja's, with problem documents under their own media type."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI document (3.1)."""
        schema = super().get_openapi_schema(path_prefix=path_prefix or PREFIX, path_params=path_params)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {problems.MEDIA_TYPE: answer["content"]["application/json"]}
        return schema


api = SiteAPI(title="Meridian", version=VERSION, description=WORDS, docs_url=None, urls_namespace="api")
api.add_router("", seminars)
api.add_router("", archive)
api.add_exception_handler(problems.Refusal, problems.refused)
api.add_exception_handler(ValidationError, problems.not_valid)
api.add_exception_handler(Http404, problems.not_found)
api.add_exception_handler(Exception, problems.failed)

urlpatterns = [
    path("api/", about, name="api"),
    *(
        path(
            f"api/{each.pattern}",
            reading(each.callback),
            name=each.name.replace("openapi-json", "api_document"),
        )
        for each in api.urls[0]
        if isinstance(each, URLPattern) and each.name and each.name != "api-root"  # ours stands there
    ),
]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere: a problem document below /api/, else a page."""
    if request.path.startswith(PREFIX):
        return problems.not_found(request, exception)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses, likewise."""
    if request.path.startswith(PREFIX):
        return problems.problem(400, problems.refusal_words())
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault outside of any operation, likewise. The log has it already."""
    if request.path.startswith(PREFIX):
        return problems.problem(500, problems.fault_words())
    return defaults.server_error(request)
