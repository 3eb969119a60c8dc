"""What mail providers report of addresses (bounces, complaints), and the button by which an owner says theirs is right.

A provider posts to /mails/reports/<provider>/ with the name and secret of the setting `MERIDIAN_MAIL_REPORTS`;
django-anymail checks it, and the signatures of those that sign, and reads their formats.
"""

import re
from typing import Any

from anymail.signals import EventType, RejectReason, tracking
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from seminars.notifications.bounces import noting
from seminars.notifications.bounces.models import Trouble
from seminars.people.models import User
from seminars.web.mail_providers import hand_over
from seminars.web.organise.gate import signed_in

PROVIDERS = {
    "amazon-ses": "anymail.webhooks.amazon_ses.AmazonSESTrackingWebhookView",
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailersend": "anymail.webhooks.mailersend.MailerSendTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "mailtrap": "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postal": "anymail.webhooks.postal.PostalTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "resend": "anymail.webhooks.resend.ResendTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
}
UNWANTED = {RejectReason.SPAM, RejectReason.UNSUBSCRIBED}
GONE = {RejectReason.INVALID, RejectReason.BOUNCED}
# What providers call a bounce that may pass, each in its own field.
SOFT = {"SoftBounce", "Transient", "Temporary", "Undetermined", "blocked"}
SOFT |= {"soft_bounce", "soft_bounced", "activity.soft_bounced"}
CODE = re.compile(r"\s*(?:smtp;\s*)?(\d{3})\b")


@csrf_exempt  # a provider's machine posts here; its secret is checked instead
@require_http_methods(["HEAD", "POST", "OPTIONS"])
def report(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Take in what a provider reports. Without the setting there is no such page; without its secret a plain 400."""
    if not settings.MAIL_REPORTS or provider not in PROVIDERS:
        raise Http404
    return hand_over(PROVIDERS[provider], request)


def heard(sender: object, event: Any, esp_name: str, **more: Any) -> None:
    """Note what one event says of its recipient. event: an AnymailTrackingEvent, whatever the provider."""
    email = (event.recipient or "").strip().lower()
    if not email:
        return
    now, words = timezone.now(), event.mta_response or event.description or event.event_type
    said, kind = f"{esp_name}: {words}", event.event_type
    if kind == EventType.DELIVERED:
        noting.note_delivered(email)
    elif kind in {EventType.COMPLAINED, EventType.UNSUBSCRIBED} or (
        kind == EventType.REJECTED and event.reject_reason in UNWANTED
    ):
        noting.note_hard(email, reason=said, now=now, trouble=Trouble.COMPLAINED)
    elif kind == EventType.DEFERRED or _soft(event):
        noting.note_soft(email, reason=said, now=now)
    elif (
        kind == EventType.BOUNCED
        or (kind == EventType.REJECTED and event.reject_reason in GONE)
        or (kind == EventType.FAILED and _gone(str(event.mta_response or "")))
    ):
        noting.note_hard(email, reason=said, now=now)


def _soft(event: Any) -> bool:
    """Whether a bounce may pass: where the provider or the mail server says so, which differs from one to the other."""
    if event.event_type != EventType.BOUNCED:
        return False
    raw = _dict(event.esp_event)
    bounce = _dict(raw.get("bounce")) or _dict(_dict(raw.get("data")).get("bounce"))
    named = [raw.get("Type"), raw.get("type"), raw.get("event"), bounce.get("bounceType"), bounce.get("type")]
    found = CODE.match(str(event.mta_response or ""))
    return (
        any(isinstance(each, str) and each in SOFT for each in named)
        or raw.get("hard_bounce") is False
        or (found is not None and found[1].startswith("4"))
    )


def _gone(answer: str) -> bool:
    """Whether a mail server's answer, passed on as it was, says that there is no such mailbox."""
    found = CODE.match(answer)
    return found is not None and noting.says_gone(int(found[1]), answer)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


tracking.connect(heard, dispatch_uid="seminars.web.bounces")


@signed_in
@require_POST
def write_again(request: HttpRequest) -> HttpResponse:
    """The owner says that the address is right: mails go to it again."""
    assert isinstance(request.user, User)  # `signed_in` saw to it
    if noting.reopen(request.user.email):
        messages.success(request, _("Mails go to your address again."))
    return redirect("me")


urlpatterns = [
    path("mails/reports/<slug:provider>/", report, name="mail_reports"),
    path("me/mails/again/", write_again, name="write_again"),
]
