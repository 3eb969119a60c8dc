"""/mails/in/<provider>/: where a mail provider posts the mails that come for the addresses of checklists' items.

The setting `MERIDIAN_MAIL_IN` names the domain; the secret is that of `MERIDIAN_MAIL_REPORTS`. django-anymail checks
it, and reads each provider's format. A mail to an address that is none is dropped without a word: nobody learns which
addresses there are, and no answer goes to somebody whose name a spammer wrote.
"""

from typing import Any

from anymail.signals import inbound
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from recordings.catalogue import mailed
from seminars.web.mail_providers import hand_over

PROVIDERS = {
    "amazon-ses": "anymail.webhooks.amazon_ses.AmazonSESInboundWebhookView",
    "brevo": "anymail.webhooks.brevo.BrevoInboundWebhookView",
    "mailersend": "anymail.webhooks.mailersend.MailerSendInboundWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunInboundWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetInboundWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postal": "anymail.webhooks.postal.PostalInboundWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkInboundWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostInboundWebhookView",
}
MOST_BYTES = 80 * 1024**2  # of a whole mail as providers post it, a third of which is their packing


@csrf_exempt  # a provider's machine posts here; its secret is checked instead
@require_http_methods(["HEAD", "POST", "OPTIONS"])
def mail_in(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Take in a mail. Without the settings there is no such page; without the secret a plain 400."""
    if not settings.MAIL_IN or not settings.MAIL_REPORTS or provider not in PROVIDERS:
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return HttpResponse("This mail is too large.\n", "text/plain", status=413)
    if request.method == "POST" and request.content_type != "multipart/form-data":
        request._body = request.read(MOST_BYTES)  # more than other forms may hold
    return hand_over(PROVIDERS[provider], request)


def arrived(sender: object, event: Any, esp_name: str, **more: Any) -> None:
    """Keep the attachments of one mail. event: an AnymailInboundEvent, whatever the provider."""
    message, now = event.message, timezone.now()
    if not settings.MAIL_IN or message.spam_detected:
        return
    named = [message.envelope_recipient or "", *(each.addr_spec for each in [*message.to, *message.cc])]
    items = {item.pk: item for each in named if (item := mailed.item_at(each, now=now))}
    if not items:
        return
    writers = message.get_address_header("From")
    writer = writers[0].addr_spec if writers else ""
    key = message.get("Message-ID") or event.event_id or str(now.timestamp())
    attached = [
        mailed.Attached(each.get_filename() or "", each.get_content_bytes() or b"")
        for each in message.attachments
    ]
    for item in items.values():
        mailed.accept(item=item, key=key, sender=writer, attached=attached, now=now)


inbound.connect(arrived, dispatch_uid="recordings.web.mail_in")
urlpatterns = [path("mails/in/<slug:provider>/", mail_in, name="mail_in")]
