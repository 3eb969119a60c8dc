"""What mail providers post here: handed to the view that reads it, with plain answers for whatever is wrong."""

import logging

from anymail.exceptions import AnymailError, AnymailImproperlyInstalled, AnymailWebhookValidationFailure
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


def hand_over(view: str, request: HttpRequest) -> HttpResponseBase:
    """Return what the provider's view (a dotted path) answers: 400 for what is forged or broken, 503 for a setting."""
    try:
        answer: HttpResponseBase = import_string(view).as_view()(request)
    except AnymailWebhookValidationFailure:
        return HttpResponseBadRequest("The name, the secret or the signature is wrong.\n", "text/plain")
    except (ImproperlyConfigured, AnymailImproperlyInstalled) as wrong:
        log.error("“%s” needs a setting, such as MERIDIAN_MAIL_REPORTS_KEY: %s", view, wrong)
        return HttpResponse("The site lacks a setting; its log says which.\n", "text/plain", status=503)
    except (AnymailError, ValueError, LookupError, TypeError, AttributeError) as wrong:
        log.warning("“%s” could not read what was posted: %r", view, wrong)
        return HttpResponseBadRequest("This could not be read.\n", "text/plain")
    return answer
