"""What mail providers report, in their own formats as their manuals show them; and the owner's button."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from django.urls import reverse

from seminars.notifications.bounces import noting
from seminars.notifications.bounces.models import MailAddress
from seminars.people.models import Community, User
from tests.conftest import signed_in
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
SECRET = "provider:a-secret-of-the-site"
KEY = "signing-key"
GONE = "gone@example.org"


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    settings.MAIL_REPORTS = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def signed(settings: Any, **keys: str) -> None:
    settings.ANYMAIL = settings.ANYMAIL | keys


def told(provider: str, payload: Any, *, secret: str = SECRET, **headers: Any) -> int:
    basic = f"Basic {base64.b64encode(secret.encode()).decode()}"
    body = payload if isinstance(payload, str) else json.dumps(payload)
    answer = Client(enforce_csrf_checks=True, raise_request_exception=False).post(
        reverse("mail_reports", args=[provider]),
        body,
        content_type="application/json",
        headers={"authorization": basic} | headers,
    )
    return answer.status_code


def state(email: str = GONE) -> tuple[str, int]:
    row = MailAddress.objects.filter(email=email).first()
    return (row.trouble, row.soft) if row else ("", 0)


def postmark(kind: str, record: str = "Bounce") -> dict[str, Any]:
    return {
        "RecordType": record,
        "Type": kind,
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": "Gone@Example.org",
        "From": "sender@example.com",
        "BouncedAt": "2026-11-20T16:33:54.9070259Z",
        "Inactive": True,
        "CanActivate": True,
    }


def mailgun(severity: str, *, key: str = KEY) -> dict[str, Any]:
    stamp, token = "1534108637", "651869375b9df3c98fc15c4889b102119add1235c38fc92824"
    signed = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data = {
        "event": "failed",
        "severity": severity,
        "reason": "bounce",
        "recipient": GONE,
        "id": "pVqXGJWhTzysS9GpwF2hlQ",
        "timestamp": 1534110422.389832,
        "delivery-status": {"code": 550, "message": "550 5.1.1 no such user"},
        "message": {"headers": {"message-id": "20180812@example.org"}},
    }
    return {"signature": {"timestamp": stamp, "token": token, "signature": signed}, "event-data": data}


BREVO = {
    "event": "hard_bounce",
    "email": GONE,
    "id": 1,
    "date": "2018-03-06 19:10:23",
    "ts": 1520363423,
    "message-id": "<201803062010.27287306012@smtp-relay.mailin.fr>",
    "ts_event": 1520363423,
    "subject": "subject",
    "reason": "undefined Unable to find MX of domain",
}
MAILJET = {
    "event": "bounce",
    "time": 1430812195,
    "email": GONE,
    "MessageID": 12345678901234567,
    "blocked": True,
    "hard_bounce": True,
    "error_related_to": "recipient",
    "error": "user unknown",
}
SPARKPOST = [
    {
        "msys": {
            "message_event": {
                "type": "bounce",
                "bounce_class": "10",
                "error_code": "550",
                "event_id": "92356927693813856",
                "message_id": "000443ee14578172be22",
                "raw_rcpt_to": GONE,
                "rcpt_to": GONE,
                "raw_reason": "550 5.1.1 no such user",
                "reason": "550 5.1.1 no such user",
                "timestamp": "1460989507",
            }
        }
    }
]


@pytest.mark.parametrize(
    ("provider", "payload", "trouble"),
    [
        ("postmark", postmark("HardBounce"), "bounced"),
        ("postmark", postmark("BadEmailAddress"), "bounced"),
        ("postmark", postmark("SpamComplaint", "SpamComplaint"), "complained"),
        ("postmark", postmark("ManuallyDeactivated"), ""),
        ("mailgun", mailgun("permanent"), "bounced"),
        ("brevo", BREVO, "bounced"),
        ("brevo", BREVO | {"event": "spam"}, "complained"),
        ("mailjet", MAILJET, "bounced"),
        ("mailjet", MAILJET | {"event": "unsub"}, "complained"),
        ("sparkpost", SPARKPOST, "bounced"),
    ],
)
def test_what_a_provider_reports_stops_the_mails(provider: str, payload: Any, trouble: str) -> None:
    assert [told(provider, payload) for _each in range(2)] == [200, 200]
    assert state()[0] == trouble


def resend(kind: str, **bounce: str) -> dict[str, Any]:
    data = {"email_id": "aaaaaaaa-bbbb", "to": [f"A reader <{GONE}>"], "bounce": bounce}
    return {"type": f"email.{kind}", "created_at": "2023-10-02T18:11:26.101Z", "data": data}


def mailtrap(event: str, code: int = 550) -> dict[str, Any]:
    row = {"event": event, "timestamp": 1498093527, "message_id": "1df37d17", "event_id": "bede7236"}
    return {"events": [row | {"email": GONE, "response": f"bounced ({code} 5.1.1)", "response_code": code}]}


@pytest.mark.parametrize(
    ("provider", "payload"),
    [
        ("postmark", postmark("SoftBounce")),
        ("postmark", postmark("Transient")),
        ("mailgun", mailgun("temporary")),
        ("brevo", BREVO | {"event": "soft_bounce"}),
        ("mailjet", MAILJET | {"hard_bounce": False}),
        ("mailtrap", mailtrap("soft bounce", 450)),
        ("resend", resend("delivery_delayed")),
        (
            "resend",
            resend("bounced", type="Transient", message="It sent a bounce message: the inbox was full."),
        ),
    ],
)
def test_what_may_pass_counts_once_a_day(provider: str, payload: Any) -> None:
    assert [told(provider, payload) for _each in range(3)] == [200] * 3
    assert state() == ("", 1)
    assert told("postmark", postmark("", "Delivery") | {"Recipient": GONE, "Email": GONE}) == 200
    assert state() == ("", 0)


@pytest.mark.parametrize(
    ("provider", "payload", "trouble"),
    [
        ("mailtrap", mailtrap("bounce"), "bounced"),
        ("mailtrap", mailtrap("spam"), "complained"),
        ("resend", resend("bounced", message="It sent a hard bounce message."), "bounced"),
        ("resend", resend("complained"), "complained"),
        ("resend", resend("opened"), ""),
    ],
)
def test_so_do_those_that_need_no_key(provider: str, payload: Any, trouble: str) -> None:
    assert told(provider, payload) == 200
    assert state()[0] == trouble


@pytest.mark.parametrize(
    ("kind", "trouble", "soft"),
    [("hard_bounced", "bounced", 0), ("soft_bounced", "", 1), ("spam_complaint", "complained", 0)],
)
def test_mailersend_signs_its_reports(settings: Any, kind: str, trouble: str, soft: int) -> None:
    email = {"message": {"id": "63fd"}, "recipient": {"email": GONE}}
    data = {"id": "63fd25", "type": kind, "created_at": "2023-02-27T21:48:13.593000Z", "email": email}
    data["morph"] = {"object": "recipient_bounce", "reason": "Host or domain name not found"}
    body = json.dumps({"type": f"activity.{kind}", "data": data})
    signed(settings, MAILERSEND_SIGNING_SECRET=KEY)
    right = hmac.new(KEY.encode(), body.encode(), hashlib.sha256).hexdigest()
    assert told("mailersend", body, signature="0" * 64) == 400
    assert state() == ("", 0)
    assert told("mailersend", body, signature=right) == 200
    assert state() == (trouble, soft)


@pytest.mark.parametrize(
    ("kind", "trouble", "soft"),
    [("hard_bounce", "bounced", 0), ("soft_bounce", "", 1), ("spam", "complained", 0)],
)
def test_mandrill_signs_a_form_and_the_address(settings: Any, kind: str, trouble: str, soft: int) -> None:
    address = reverse("mail_reports", args=["mandrill"])
    message = {"ts": 1461095211, "email": GONE, "diag": "smtp;552 5.2.2 over quota", "_id": "abc"}
    events = json.dumps([{"event": kind, "msg": message, "_id": "abc", "ts": 1461095246}])
    signed(settings, MANDRILL_WEBHOOK_KEY=KEY)
    whole = f"http://{SECRET}@testserver{address}mandrill_events{events}"
    right = base64.b64encode(hmac.new(KEY.encode(), whole.encode(), hashlib.sha1).digest()).decode()
    basic = f"Basic {base64.b64encode(SECRET.encode()).decode()}"
    for signature, status in (("wrong", 400), (right, 200)):
        headers = {"authorization": basic, "x-mandrill-signature": signature}
        answer = Client(enforce_csrf_checks=True).post(address, {"mandrill_events": events}, headers=headers)
        assert answer.status_code == status
    assert state() == (trouble, soft)


@pytest.mark.parametrize(
    ("event", "output", "trouble"),
    [
        ("MessageDeliveryFailed", "550 5.1.1 no such user", "bounced"),
        ("MessageDeliveryFailed", "554 5.7.1 we like no mails of yours", ""),
        ("MessageDelayed", "450 4.2.0 later", ""),
    ],
)
def test_postal_signs_with_a_key_of_its_own(settings: Any, event: str, output: str, trouble: str) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed(
        settings, POSTAL_WEBHOOK_KEY="".join(own.public_key().public_bytes(*form).decode().split("\n")[1:-2])
    )
    message = {"id": 1571, "direction": "outgoing", "to": GONE, "tag": None}
    details = {"message": message, "status": "HardFail", "details": "Could not deliver", "output": output}
    body = json.dumps({"event": event, "timestamp": 1606753101.08, "payload": details, "uuid": "5fec5077"})
    right = base64.b64encode(own.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1())).decode()
    wrong = base64.b64encode(b"invalid").decode()
    assert told("postal", body, **{"x-postal-signature": wrong}) == 400
    assert told("postal", body, **{"x-postal-signature": right}) == 200
    assert state()[0] == trouble


def test_only_who_knows_the_secret_is_heard(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert told("postmark", postmark("HardBounce"), secret="provider:guessed-secret") == 400
    assert told("mailgun", mailgun("permanent", key="another")) == 400
    assert told("nobody", postmark("HardBounce")) == 404
    assert told("mailersend", {}) == 503
    assert "MERIDIAN_MAIL_REPORTS_KEY" in caplog.text
    assert Client().get(reverse("mail_reports", args=["postmark"])).status_code == 405
    settings.MAIL_REPORTS = ""
    assert told("postmark", postmark("HardBounce")) == 404
    assert not MailAddress.objects.exists()


@pytest.mark.parametrize("payload", ["", "no json", "[]", "null", '{"RecordType": []}', '{"Email": 7}'])
def test_what_cannot_be_read_changes_nothing(payload: str) -> None:
    assert told("postmark", payload) in {200, 400}
    assert not MailAddress.objects.exclude(trouble="").exists()


def test_the_owner_reads_why_and_says_that_the_address_is_right(as_member: Client, member: User) -> None:
    told("postmark", postmark("HardBounce") | {"Email": member.email})
    shown = as_member.get(reverse("me")).content.decode()
    assert "came back" in shown
    assert "does not exist" in shown
    assert Client().post(reverse("write_again")).status_code == 302
    assert state(member.email)[0] == "bounced"
    assert signed_in(make_user("other@example.org")).post(reverse("write_again")).status_code == 302
    assert state(member.email)[0] == "bounced"
    assert as_member.get(reverse("write_again")).status_code == 405
    as_member.post(reverse("write_again"))
    assert state(member.email) == ("", 0)
    assert "came back" not in as_member.get(reverse("me")).content.decode()


def test_organisers_see_it_in_their_list(
    as_organiser: Client, community: Community, member: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_member(community, make_user(f"more{number}@example.org"))
    told("postmark", postmark("HardBounce") | {"Email": member.email})
    with django_assert_max_num_queries(25):
        shown = as_organiser.get(reverse("members", args=[community.slug])).content.decode()
    assert shown.count("came back") == 1
    assert noting.troubled(["nobody@example.org"]) == {}
